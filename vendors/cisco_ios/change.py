"""Commands from one set of tunnels to another, in the order that keeps live tunnels up.

Create what is referred to before what refers to it, switch over, delete last; sections that are
equal on both sides are not touched. The other way round it is the rollback.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import dataclass, replace
from vendors.cisco_ios.writing.section import Line, Section
from vendors.cisco_ios.writing.sections import sections


@dataclass(frozen=True, slots=True)
class _Entry:
    """Steps under one heading; the heading alone creates an object without statements."""

    heading: tuple[str, ...]
    steps: tuple[Step, ...]
    why: str


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the device.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    before, after = sections(running), sections(intended)
    entries: list[_Entry] = []
    renegotiate: dict[str, None] = {}
    for section in sorted(after.values(), key=lambda section: section.rank):
        old = before.get(section.key)
        entry = _create(section) if old is None else _edit(old, section)
        entries += [] if entry is None else [entry]
        if old is not None and entry is not None and _live(old, section):
            renegotiate.update(dict.fromkeys(section.users))
    for section in sorted(before.values(), key=lambda section: -section.rank):
        if section.key not in after and not _unknowable(section, after):
            entries += _leave(section, before, after)
    return Change(steps=(*_written(entries), *_clear(running, intended, renegotiate)))


def _create(new: Section) -> _Entry | None:
    lines = tuple(line for line in new.lines if not _kept(new, line))
    if not (new.heading or lines):
        return None
    return _Entry(new.heading, tuple(_step(line, new) for line in lines), new.why)


def _kept(section: Section, line: Line) -> bool:
    """A hidden key of others: objects that are not ours are never deleted, so it is still there."""
    return section.remove is None and KEY_MARK in line.text and line.secret is None


def _edit(old: Section, new: Section) -> _Entry | None:
    if old.heading != new.heading:
        return _create(new)
    known, wanted = _by_slot(old), _by_slot(new)
    steps: list[Step] = []
    for line in new.lines:
        before = known.get(line.slot)
        if before is None or not _same(before, line):
            if before is not None and line.first_undo:
                steps.append(_undo(before, old))
            steps.append(_step(line, new))
    steps += [_undo(line, old) for line in old.lines if line.slot not in wanted]
    return _Entry(new.heading, tuple(steps), new.why) if steps else None


def _unknowable(section: Section, after: Mapping[str, Section]) -> bool:
    """The isakmp policies of a device are known only while some tunnel speaks IKEv1."""
    policy = "crypto isakmp policy "
    return section.key.startswith(policy) and not any(key.startswith(policy) for key in after)


def _leave(
    section: Section, before: Mapping[str, Section], after: Mapping[str, Section]
) -> Iterator[_Entry]:
    owner = before.get(section.owner or "")
    if owner is not None and owner.remove and owner.key not in after:
        return
    if section.remove is not None:
        *context, last = section.remove
        step = Step(text=last, why=f"no longer needed: {section.why}")
        yield _Entry(tuple(context), (step,), section.why)
        return
    lives_on = {line.text for other in after.values() for line in other.lines}
    steps = tuple(_undo(line, section) for line in section.lines if line.text not in lives_on)
    if steps and not section.key.startswith("crypto "):
        yield _Entry(section.heading, steps, section.why)


def _written(entries: Iterable[_Entry]) -> Iterator[Step]:
    """Headings are typed once: what is still open is not entered again."""
    open_: tuple[str, ...] = ()
    for entry in entries:
        depth = len(open_) if open_ == entry.heading[: len(open_)] else 0
        for level, command in enumerate(entry.heading[depth:], start=depth):
            yield Step(text=" " * level + command, why=entry.why)
        indent = " " * len(entry.heading)
        yield from (replace(step, text=indent + step.text) for step in entry.steps)
        open_ = entry.heading


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
