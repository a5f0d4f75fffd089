"""What changed at Azure between two exports, by meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.azure.expectation import Expectation
from appliance.model.flat import Told, changed, flat
from appliance.record import dataclass

VOLATILE = ("provenance", "notes", "exported_at")
"""Of an expectation: where and when it was read, which is no part of what Azure expects."""
_STATE = ("status", "provisioning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that is another now; `state` is what comes and goes and is nobody's setting."""

    path: str
    before: str
    after: str
    state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One connection: as it was and as it is, None where it was not or is no longer there."""

    name: str
    before: Expectation | None
    after: Expectation | None
    changes: tuple[Change, ...] = ()


def changes(
    before: Sequence[Expectation], after: Sequence[Expectation], told: Told
) -> tuple[Moved, ...]:
    """Connections that are new, gone or otherwise now; those that stay as they were are not told.

    Joined by id, else by name: a connection that was made anew under its name is the same.
    """
    return tuple(_moved(before, after, told))


def _moved(
    before: Sequence[Expectation], after: Sequence[Expectation], told: Told
) -> Iterator[Moved]:
    left = list(before)
    for one in after:
        former = _same(one, left)
        if former is None:
            yield Moved(name=one.name, before=None, after=one)
            continue
        left.remove(former)
        found = tuple(_between(former, one, told))
        if found:
            yield Moved(name=one.name, before=former, after=one, changes=found)
    for one in left:
        yield Moved(name=one.name, before=one, after=None)


def _same(one: Expectation, others: Sequence[Expectation]) -> Expectation | None:
    by_id = (o for o in others if one.id and (o.id or "").casefold() == one.id.casefold())
    by_name = (o for o in others if o.name.casefold() == one.name.casefold())
    return next(by_id, None) or next(by_name, None)


def _between(before: Expectation, after: Expectation, told: Told) -> Iterator[Change]:
    # An export mostly leaves the key out: that it is told now, or no longer, is no change of it.
    without = VOLATILE if before.psk and after.psk else (*VOLATILE, "psk", "psk_state")
    was, now = (flat(one, told, without=without) for one in (before, after))
    for path, (old, new) in changed(was, now).items():
        yield Change(path=path, before=old, after=new, state=path.partition(".")[0] in _STATE)
