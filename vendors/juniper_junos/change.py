"""Statements that lead from one set of tunnels to another; the other way round it is the rollback.

Junos judges a candidate as a whole at commit, so order matters only where it is meaning: deletions
stand first, then what is set, then policies are put in front of those that would shadow them.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import Change, Step
from appliance.model.tunnel import Tunnels
from appliance.record import replace
from vendors.juniper_junos.writing.statement import AGAIN, Statement
from vendors.juniper_junos.writing.statements import Statements, kept, statements

RESTARTS = ("security ike ", "security ipsec ")
"""A commit that changes something in these tears down the SAs that use it."""

BEFORE = "before "
"""Kind of `Tunnel.objects`, with the path of a policy of ours: the policy it must stand before."""


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the device.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    return between((statements(running), statements(intended)), running, intended)


def between(sides: tuple[Statements, Statements], running: Tunnels, intended: Tunnels) -> Change:
    """Steps from the statements of the first side to those of the second, for these tunnels."""
    before, after = sides
    fixed = kept((*running, *intended))
    lists = _reordered(before, after)
    again = kept(intended, AGAIN)
    unset = fixed - again
    new = [s for key, s in after.items() if s.text not in unset and _new(key, s, before, lists)]
    gone = [s for key, s in before.items() if s.text not in fixed and key not in after]
    steps = (
        *_deletions(gone, after, fixed, lists),
        *(_set(statement) for statement in new if not statement.inactive),
        *_insertions(intended, new),
        *(_switch("deactivate", statement) for statement in new if statement.inactive),
    )
    live, things = {tunnel.name for tunnel in running}, _things(before)
    made = (
        _bouncing(step, [name for name in users if name in live], things) for step, users in steps
    )
    return Change(steps=tuple(made))


_Planned = tuple[Step, tuple[str, ...]]
Things = dict[str, tuple[str, ...]]


def _new(
    key: tuple[str, bool], statement: Statement, before: Statements, lists: frozenset[str]
) -> bool:
    """Whether it must be set: absent, in a list to be written anew, or with another key."""
    held = before.get(key)
    if held is None or statement.slot in lists:
        return True
    return None not in (held.secret, statement.secret) and held.secret != statement.secret


def _reordered(before: Statements, after: Statements) -> frozenset[str]:
    """Slots of ordered lists that hold other values, or in another order."""
    old, new = _lists(before), _lists(after)
    return frozenset(slot for slot in old.keys() & new.keys() if old[slot] != new[slot])


def _lists(all_: Statements) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for statement in all_.values():
        if statement.several:
            found.setdefault(statement.slot, []).append(statement.text)
    return found


def _deletions(
    gone: list[Statement], after: Statements, fixed: frozenset[str], lists: frozenset[str]
) -> Iterator[_Planned]:
    alive = {path for statement in after.values() for path in statement.inside} | fixed
    written = {statement.slot for statement in after.values() if not statement.several} - lists
    doomed: dict[str, tuple[str, tuple[str, ...]]] = {}
    for statement in gone:
        dead = next((path for path in statement.inside if path not in alive), None)
        if statement.inactive:
            if not any(statement.text == path for path in doomed):
                yield _switch("activate", statement)
        elif dead is not None or statement.slot not in written:
            path = dead or statement.slot
            why, users = doomed.get(path, (statement.why, ()))
            doomed[path] = (why, tuple(dict.fromkeys((*users, *statement.users))))
    for slot in lists - doomed.keys():
        users = next(s.users for s in after.values() if s.slot == slot)
        doomed[slot] = ("written anew", users)
    for path, (why, users) in doomed.items():
        yield Step(text=f"delete {path}", why=f"no longer wanted: {why}"), users


def _set(statement: Statement) -> _Planned:
    text = f"set {statement.text}"
    return Step(text=text, why=statement.why, secret=statement.secret), statement.users


def _switch(verb: str, statement: Statement) -> _Planned:
    return Step(text=f"{verb} {statement.text}", why=statement.why), statement.users


def _insertions(intended: Tunnels, new: list[Statement]) -> Iterator[_Planned]:
    made = {path for statement in new for path in statement.inside}
    for tunnel in intended:
        for kind, other in tunnel.objects.items():
            path = kind.removeprefix(BEFORE)
            if kind.startswith(BEFORE) and path in made:
                why = "stands before a policy that would keep it from ever being reached"
                step = Step(text=f"insert {path} before policy {other}", why=why)
                yield step, (tunnel.name,)


def _things(before: Statements) -> Things:
    """Who uses each named thing of IKE and IPsec that the device has now."""
    found: dict[str, dict[str, None]] = {}
    for statement in before.values():
        for path in statement.inside:
            if path.startswith(RESTARTS):
                found.setdefault(path, {}).update(dict.fromkeys(statement.users))
    return {path: tuple(users) for path, users in found.items()}


def _bouncing(step: Step, users: list[str], things: Things) -> Step:
    """What changes inside of a thing tears down also those of others who use it."""
    path = step.text.partition(" ")[2]
    if not path.startswith(RESTARTS):
        return step
    words = path.split(" ")
    starts = (" ".join(words[:count]) for count in range(1, len(words) + 1))
    touched = tuple(dict.fromkeys(name for start in starts for name in things.get(start, ())))
    return replace(step, bounces=tuple(dict.fromkeys((*users, *touched))), touches=touched)
