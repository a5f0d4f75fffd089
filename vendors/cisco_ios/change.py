"""Commands from one set of tunnels to another, in the order that keeps live tunnels up.

Create what is referred to before what refers to it, switch over, delete last; sections that are
equal on both sides are not touched. The other way round it is the rollback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.tunnel import Tunnel, Tunnels
from vendors.cisco_ios.section import Line, Section
from vendors.cisco_ios.sections import sections


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the device.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    before, after = sections(running), sections(intended)
    steps: list[Step] = []
    renegotiate: dict[str, None] = {}
    for section in sorted(after.values(), key=lambda section: section.rank):
        old = before.get(section.key)
        changes = tuple(_enter(old, section))
        steps += changes
        if old is not None and changes and _live(old, section):
            renegotiate.update(dict.fromkeys(section.users))
    for section in sorted(before.values(), key=lambda section: -section.rank):
        if section.key not in after and not _unknowable(section, after):
            steps += _leave(section, before, after)
    steps += _clear(running, intended, renegotiate)
    return Change(steps=tuple(steps))


def _enter(old: Section | None, new: Section) -> Iterator[Step]:
    """Steps that make `new` of `old`; the heading alone creates an object without statements."""
    if old is None:
        body = [_step(line, new) for line in new.lines]
        yield from _under(new, body, bare=bool(new.heading))
        return
    known, wanted = _by_slot(old), _by_slot(new)
    body = []
    for line in new.lines:
        before = known.get(line.slot)
        if before is None or not _same(before, line):
            if before is not None and line.first_undo:
                body.append(_undo(before, old))
            body.append(_step(line, new))
    body += [_undo(line, old) for line in old.lines if line.slot not in wanted]
    renamed = old.heading != new.heading
    if body or renamed:
        yield from _under(
            new, [_step(line, new) for line in new.lines] if renamed else body, bare=True
        )


def _unknowable(section: Section, after: Mapping[str, Section]) -> bool:
    """The isakmp policies of a device are known only while some tunnel speaks IKEv1."""
    policy = "crypto isakmp policy "
    return section.key.startswith(policy) and not any(key.startswith(policy) for key in after)


def _leave(
    section: Section, before: Mapping[str, Section], after: Mapping[str, Section]
) -> Iterator[Step]:
    parent = section.heading[0] if len(section.heading) > 1 or section.remove is None else ""
    owner = before.get(parent)
    if owner is not None and owner.key != section.key and owner.key not in after and owner.remove:
        return  # goes with the object it stands in
    if section.remove is not None:
        *context, last = section.remove
        yield from _context(tuple(context))
        yield Step(text=" " * len(context) + last, why=f"no longer needed: {section.why}")
        return
    lives_on = {line.text for other in after.values() for line in other.lines}
    body = [_undo(line, section) for line in section.lines if line.text not in lives_on]
    if body and not section.key.startswith("crypto "):
        yield from _under(section, body, bare=False)


def _by_slot(section: Section) -> dict[str, Line]:
    return {line.slot: line for line in section.lines}


def _same(before: Line, line: Line) -> bool:
    """Equal, or a key that one side does not know: that is no reason to write it."""
    unknown = KEY_MARK in line.text and None in (before.secret, line.secret)
    return before == line or (unknown and before.text == line.text)


def _live(old: Section, new: Section) -> bool:
    """Whether a difference between the two waits for a new negotiation."""
    changed = set(old.lines) ^ set(new.lines)
    return old.heading != new.heading or any(line.renegotiates for line in changed)


def _step(line: Line, section: Section) -> Step:
    return Step(text=line.text, why=section.why, secret=line.secret)


def _undo(line: Line, section: Section) -> Step:
    secret = line.secret if line.first_undo else None
    return Step(text=line.undo, why=f"no longer wanted: {section.why}", secret=secret)


def _under(section: Section, body: list[Step], *, bare: bool) -> Iterator[Step]:
    if not body and not bare:
        return
    yield from _context(section.heading, section.why)
    indent = " " * len(section.heading)
    for step in body:
        yield Step(text=indent + step.text, why=step.why, secret=step.secret, bounces=step.bounces)


def _context(heading: tuple[str, ...], why: str = "") -> Iterator[Step]:
    for depth, command in enumerate(heading):
        yield Step(text=" " * depth + command, why=why)


def _clear(running: Tunnels, intended: Tunnels, names: Mapping[str, None]) -> Iterator[Step]:
    """Live SAs keep their old values until cleared, and a verify would see those (IOS, 1.7)."""
    peers = {tunnel.name: tunnel for tunnel in running}
    for tunnel in intended:
        if tunnel.name in names and tunnel.name in peers:
            for address in _addresses(peers[tunnel.name], tunnel):
                yield Step(
                    text=f"do clear crypto session remote {address}",
                    why="negotiates again with the new settings",
                    bounces=(tunnel.name,),
                )


def _addresses(old: Tunnel, new: Tunnel) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*old.remote.addresses, *new.remote.addresses)))
