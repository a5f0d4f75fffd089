"""Commands from one set of tunnels to another; a whole configuration is the change from nothing."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.tunnel import Tunnels
from appliance.record import replace

from .sections import Line, sections

_QUIET = ("remark", "mss", "mtu")
"""Statements that take effect without a new negotiation; all others bounce the tunnel."""


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """A whole configuration; byte-stable for equal tunnels."""
    return change((), tunnels).steps


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`, in the order Cool OS needs.

    A route names its tunnel, so tunnels come before routes, and go after them.
    """
    before, after = sections(running), sections(intended)
    routes, wanted = before.pop(""), after.pop("")
    steps: list[Step] = []
    for heading, lines in after.items():
        steps += _block(heading, before.get(heading), lines)
    steps += [_top(slot, "leads into the tunnel") for slot in wanted if slot not in routes]
    steps += [_top(f"no {slot}", "no longer wanted") for slot in routes if slot not in wanted]
    gone = (heading for heading in before if heading not in after)
    steps += [_top(f"no {heading}", "no longer wanted") for heading in gone]
    return Change(steps=tuple(steps))


def _top(text: str, why: str) -> Step:
    return Step(text=text, why=why)


def _block(heading: str, old: dict[str, Line] | None, new: dict[str, Line]) -> Iterator[Step]:
    """The differing statements of one tunnel, under its heading; nothing when none differ."""
    name, held = heading.removeprefix("vpn "), old or {}
    steps = [_set(line) for slot, line in new.items() if not _same(held.get(slot), line)]
    steps += [_unset(slot) for slot in held if slot not in new]
    if steps or old is None:
        yield Step(text=heading, why=f"tunnel {name}")
    for slot, step in steps:
        bounces = old is not None and slot not in _QUIET
        yield replace(step, bounces=(name,)) if bounces else step


def _set(line: Line) -> tuple[str, Step]:
    return line.slot, Step(text=f" {line.text}", why=f"{line.slot} as intended", secret=line.secret)


def _unset(slot: str) -> tuple[str, Step]:
    return slot, Step(text=f" no {slot}", why="no longer wanted")


def _same(held: Line | None, line: Line) -> bool:
    """Equal, or a key that one side does not know: that is no reason to write it."""
    if held is None:
        return False
    unknown = KEY_MARK in line.text and None in (held.secret, line.secret)
    return held == line or (unknown and held.text == line.text)
