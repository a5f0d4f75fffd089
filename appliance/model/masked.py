"""What tools that keep or share configurations put in the place of a key, and what holds one."""

from __future__ import annotations

import re
from functools import lru_cache

_MASKED = (
    r"[*xX.]{3,}|<[^<>]*>|\[(?i:removed|redacted|hidden|masked)\]"
    r"|(?i:(?:netconan)?removed\d*|redacted|hidden|secret-data|masked|scrubbed|sanitized)"
)


def masked(text: str) -> bool:
    """Whether a key, as a text has it, only says that somebody took the key away."""
    return re.fullmatch(_MASKED, text) is not None


_HOLDERS = ("secret", "psk", "password", "passwd", "passphrase", "sharedkey", "credential")


@lru_cache(maxsize=1024)
def secretive(name: str) -> bool:
    """Whether a setting that nobody knows may hold a secret, by its name: `PSK`, `secrte`."""
    plain = re.sub(r"[^a-z]", "", name.casefold())
    if any(holder in plain for holder in _HOLDERS):
        return True
    from difflib import get_close_matches  # noqa: PLC0415 -- only for what nobody knows

    return bool(get_close_matches(plain, (*_HOLDERS, "presharedkey", "sharedsecret"), 1, 0.75))
