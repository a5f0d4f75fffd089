"""Our tables of nftables as chains of lines: nft(8), as a file or as `nft list table` writes it.

Each base chain sees the first packets of one direction, and the answers to those of the other: it
is asked about both. What is not understood is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.model.filters import Chain, Entry
from appliance.model.traffic import BOTH, EVERYTHING, NOTHING, Box, Direction, flows, interval
from appliance.model.tunnel import Mode, Source, Tunnel
from appliance.record import dataclass
from vendors.strongswan.files import File
from vendors.strongswan.reading.matches import Crossing, Line, understood

_CHAIN = re.compile(r"chain (?P<name>\S+) \{")
_HOOK = re.compile(
    r"type filter hook (?P<hook>\w+) priority (?P<priority>[^;]+?) ?;"
    r"(?: ?policy (?P<policy>accept|drop) ?;)?"
)
_WAYS = {"postrouting": Direction.TO_AZURE, "prerouting": Direction.FROM_AZURE}
_OUTSIDE = re.compile(r"(?:add |delete |destroy |flush )?table ip \S+(?: \{)?|\}")
_STANDARD = ("filter", "0")
"""Behind connection tracking and destination NAT, before source NAT (nft(8), priorities)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One chain of a table: its lines, the first of which tells where it is hooked in."""

    source: Source
    lines: tuple[Source, ...]


def chains(file: File, tunnel: Tunnel) -> Iterator[Chain]:
    """What our table lets cross a tunnel, and by its selectors what can cross it at all."""
    yield from _selectors(tunnel)
    name = None if tunnel.interface is None else tunnel.interface.name
    for one in _blocks(file):
        if isinstance(one, Source):
            yield _doubt(one, "not understood")
        else:
            yield from _of(one, name)


def nothing_loaded(told: File, tunnel: Tunnel) -> Iterator[Chain]:
    """What crosses a tunnel whose table the kernel does not hold."""
    yield from _selectors(tunnel)
    source = Source(line=told.above, text=f"{told.path}: not among them")
    yield Chain(name="no table", entries=(), source=source, otherwise=True)


def _selectors(tunnel: Tunnel) -> Iterator[Chain]:
    if tunnel.mode is not Mode.POLICY_BASED or not tunnel.selectors:
        return
    source = tunnel.sources.get("selectors", Source(line=0, text=""))
    passed = NOTHING
    for pair in tunnel.selectors:
        passed |= flows(Box(local=(interval(pair.local),), remote=(interval(pair.remote),)))
    entry = Entry(flows=passed, permit=True, source=source)
    yield Chain(name="selectors", entries=(entry,), source=source)


def _blocks(file: File) -> Iterator[_Block | Source]:
    """The chains of a file, and lines outside of them that are nothing of ours."""
    head: Source | None = None
    inside: list[Source] = []
    for number, raw in enumerate(file.text.split("\n"), start=file.above + 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        source = Source(line=number, text=raw)
        if head is None and _CHAIN.fullmatch(line):
            head, inside = source, []
        elif head is None and not _OUTSIDE.fullmatch(line):
            yield source
        elif head is not None and line == "}":
            yield _Block(source=head, lines=tuple(inside))
            head = None
        elif head is not None:
            inside.append(source)
    if head is not None:
        yield head


def _of(block: _Block, interface: str | None) -> Iterator[Chain]:
    said = _HOOK.fullmatch(block.lines[0].text.strip()) if block.lines else None
    way = _WAYS.get(said["hook"]) if said else None
    if said is None or way is None or said["priority"] not in _STANDARD:
        yield _doubt(block.lines[0] if block.lines else block.source, "hook not understood")
        return
    name = block.source.text.strip().split()[1]
    for answers in (False, True):
        crossing = Crossing(way=way, answers=answers, interface=interface)
        begun = Direction(1 - way) if answers else way
        yield Chain(
            name=f"chain {name}" + (", answers" if answers else ""),
            entries=tuple(e for s in block.lines[1:] for e in _entries(s, crossing)),
            source=block.lines[0],
            scope=flows(Box(direction=((int(begun), int(begun)),))),
            otherwise=said["policy"] != "drop",
        )


def _entries(source: Source, crossing: Crossing) -> Iterator[Entry]:
    line: Line | None = understood(source.text.strip(), crossing)
    if line is None:
        yield Entry(flows=EVERYTHING, permit=None, source=source, sure=False)
    elif line.verdict is not None and line.flows:
        yield Entry(flows=line.flows, permit=line.verdict == "accept", source=source)


def _doubt(source: Source, name: str) -> Chain:
    entry = Entry(flows=flows(Box(direction=BOTH)), permit=None, source=source, sure=False)
    return Chain(name=name, entries=(entry,), source=source, otherwise=True)
