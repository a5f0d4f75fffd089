"""Which exchange of IKE a log is in: the same refusal means another thing in each."""

from __future__ import annotations

import re
from enum import StrEnum


class Stage(StrEnum):
    """What is being agreed on."""

    INIT = "the IKE SA"
    AUTH = "who the ends are, and the first child SA"
    CHILD = "a child SA, or new keys"


_SIGNS = re.compile(
    r"(?P<AUTH>\bike_auth|\bsa_auth|verify peer's (?:policy|auth)|generat\w+ ike_auth)"
    r"|(?P<CHILD>create_child|quick[ _]mode(?! (?:sa|filter))|\bqm[ _](?:fsm|sa|failure)|"
    r"ikeqmfailure|ikeext_qm|phase[ -]?2|ipsec negotiation)"
    r"|(?P<INIT>sa_init|init_sa|main mode(?! (?:sa|filter))|\bmm_|id_prot|ikemmfailure|"
    r"ikeext_mm|phase[ -]?1)"
)
_LITERALS = (
    "_init",
    "init_",
    "_auth",
    "child",
    "mode",
    "mm_",
    "qm",
    "phase",
    "id_prot",
    "mmfailure",
    "negotiation",
    "verify peer's",
    "ike_auth",
)
"""One of them is in every sign: looking for them first is what makes large logs fast."""
_LAST = ""
"""Of a record that is in no thread, and of a peer that nothing was said of yet."""


class Stages:
    """The last exchange that was named, for each peer or thread."""

    def __init__(self) -> None:
        self._of: dict[str, Stage] = {}

    def of(self, low: str, *whose: str | None) -> Stage | None:
        """The stage that a record belongs to: the first of `whose` that is known, or the last.

        `low` is its text in lower case.
        """
        found = _SIGNS.search(low) if any(map(low.__contains__, _LITERALS)) else None
        named = [name for name in whose if name is not None]
        if found and found.lastgroup:
            self._of.update(dict.fromkeys((*named, _LAST), Stage[found.lastgroup]))
        known = (self._of[name] for name in (*named, _LAST) if name in self._of)
        return next(known, None)
