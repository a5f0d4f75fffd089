"""Commands from one set of sections to another, in the order that keeps live tunnels up.

Create what is referred to before what refers to it, switch over, delete last; sections that are
equal on both sides are not touched. The other way round it is the rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from appliance.model.change import KEY_MARK, Step
from appliance.record import dataclass, replace
from vendors.cisco.writing.section import Line, Section

Sections = Mapping[str, Section]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Steps under one heading; the heading alone creates an object without statements."""

    heading: tuple[str, ...]
    steps: tuple[Step, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """The commands, and the sections that live tunnels must negotiate anew to follow."""

    steps: tuple[Step, ...]
    stale: tuple[Section, ...]


def edits(before: Sections, after: Sections, stays: Callable[[Section, Sections], bool]) -> Edits:
    """Steps from the sections `before` to those `after`.

    `stays` tells of a section that is not wanted any more, and of all that are, whether it is
    left on the device all the same.
    """
    entries: list[_Entry] = []
    stale: list[Section] = []
    for section in sorted(after.values(), key=lambda section: section.rank):
        old = before.get(section.key)
        entry = _create(section) if old is None else _edit(old, section)
        entries += [] if entry is None else [entry]
        if old is not None and entry is not None and _live(old, section):
            stale.append(section)
    for section in sorted(before.values(), key=lambda section: -section.rank):
        if section.key not in after and not stays(section, after):
            entries += _leave(section, before, after)
    return Edits(steps=tuple(_written(entries)), stale=tuple(stale))


def _create(new: Section) -> _Entry | None:
    if new.given:
        return None
    lines = tuple(line for line in new.lines if not (line.implied or _kept(new, line)))
    if not (new.heading or lines):
        return None
    return _Entry(new.heading, tuple(_step(line, new) for line in lines), new.why)


def _kept(section: Section, line: Line) -> bool:
    """A hidden key of others: objects that are not ours are never deleted, so it is still there."""
    others = section.remove is None and section.owner is None
    return others and KEY_MARK in line.text and line.secret is None


def _edit(old: Section, new: Section) -> _Entry | None:
    if old.heading != new.heading:
        return _create(new)
    known, wanted = _by_slot(old), _by_slot(new)
    steps: list[Step] = []
    for line in new.lines:
        held = known.get(line.slot)
        made = _overwritten(held, line, (old, new))
        more = held is None and (line.adds or not line.renegotiates)
        steps += made if more else _touching(old, made)
    gone = [line for line in old.lines if line.slot not in wanted and _ends(line)]
    # What only adds is taken away when nobody who stays has it: whoever stays never used it.
    steps += (_undo(line, old) for line in gone if line.adds)
    steps += _touching(old, (_undo(line, old) for line in gone if not line.adds))
    return _Entry(new.heading, tuple(steps), new.why) if steps else None


def _touching(section: Section, steps: Iterable[Step]) -> Iterator[Step]:
    """Whoever uses the section now is concerned; a line more (a BGP neighbor) changes nothing."""
    return (replace(step, touches=section.users) for step in steps)


def _ends(line: Line) -> bool:
    """Whether a statement can be taken away: one with a hidden key nobody could bring back."""
    return not line.implied and not (KEY_MARK in line.text and line.secret is None)


def _overwritten(before: Line | None, line: Line, sides: tuple[Section, Section]) -> Iterator[Step]:
    old, new = sides
    if before is not None and _same(before, line):
        return
    if line.implied:
        if before is not None and not before.implied:
            yield _undo(before, old)
        return
    if before is not None and line.first_undo:
        yield _undo(before, old)
    yield _step(line, new)


def _leave(section: Section, before: Sections, after: Sections) -> Iterator[_Entry]:
    owner = before.get(section.owner or "")
    if owner is not None and owner.remove and owner.key not in after:
        return
    if section.remove is not None:
        *context, last = section.remove
        step = Step(text=last, why=f"no longer needed: {section.why}")
        yield _Entry(tuple(context), tuple(_touching(section, [step])), section.why)
        return
    lives_on = {line.text for other in after.values() for line in other.lines}
    gone = (line for line in section.lines if line.text not in lives_on and not line.implied)
    steps = tuple(_touching(section, (_undo(line, section) for line in gone)))
    if steps:
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
    return old.heading != new.heading or any(
        line.renegotiates and not line.adds for line in changed
    )


def _step(line: Line, section: Section) -> Step:
    return Step(text=line.typed or line.text, why=section.why, secret=line.secret)


def _undo(line: Line, section: Section) -> Step:
    secret = line.secret if line.first_undo else None
    return Step(text=line.undo, why=f"no longer wanted: {section.why}", secret=secret)
