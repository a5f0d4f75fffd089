"""Generated static packet filters of a Windows server, and what becomes of single packets in them.

By itself, as `brute` is: one action for each way, lines that are exceptions, no order, no sets.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from tests.proof.brute import LOCALS, PORTS, REMOTES, Flow, Generated, Net, Packet, dotted, net

KINDS = ("any", "tcp", "tcp", "tcp", "udp", "TCPEstablished", "TCP-EST", "icmp", "other")
PINGS = ((8, 0), (8, 255), (0, 0), (0, 255), (255, 255), (255, 0), (3, 255), (8, 4))
NAMED = tuple(port for port in PORTS if port)


@dataclass(frozen=True)
class Row:
    """A line: networks, a word, and two numbers of which some words need one or none."""

    source: Net
    target: Net
    word: str
    one: int = 0
    two: int = 0

    def text(self) -> str:
        """As people and the server write it, bits behind the mask and all."""
        ends = f"{_place(self.source)}:{_place(self.target)}:{self.word}"
        if self.word == "any":
            return ends
        return f"{ends}:{self.one}" if self.word == "other" else f"{ends}:{self.one}:{self.two}"

    def matches(self, packet: Packet) -> bool:
        """Whether it is about this packet."""
        if not (self.source.has(packet.source) and self.target.has(packet.target)):
            return False
        if self.word == "any":
            return True
        if self.word == "other":
            return packet.protocol == self.one
        if self.word == "icmp":
            kind = 0 if packet.answer else 8
            return packet.protocol == 1 and self.one in (kind, 255) and self.two in (0, 255)
        if packet.protocol != (17 if self.word == "udp" else 6):
            return False
        ports = self.one in (0, packet.source_port) and self.two in (0, packet.target_port)
        return ports and (self.word in ("tcp", "udp") or packet.answer)


def _place(place: Net) -> str:
    return f"{dotted(place.base)}/{place.length}"


def rras(draw: random.Random, name: str) -> Generated:
    """Filters of both ways of an interface, in either shape of the cmdlet's objects."""
    lists = {way: _rows(draw, inwards=way == "Inbound") for way in ("Inbound", "Outbound")}
    apart = draw.random() < 0.5
    shown = [_shown(name, way, *one, apart=apart) for way, one in lists.items()]

    def through(way: str, packet: Packet) -> bool:
        action, rows = lists[way]
        return any(row.matches(packet) for row in rows) is (action == "Deny")

    def passes(flow: Flow) -> bool:
        own, other = ("Inbound", "Outbound") if flow.inwards else ("Outbound", "Inbound")
        later = Packet(**{**flow.first().__dict__, "answer": True})
        packets = [(own, flow.first()), (other, flow.answer())]
        if flow.protocol == 6:
            packets.append((own, later))
        return all(through(way, packet) for way, packet in packets)

    return Generated(text="".join(f"{json.dumps(one)}\n" for one in shown), passes=passes)


def _shown(name: str, way: str, action: str, rows: list[Row], *, apart: bool) -> dict[str, object]:
    listed = [row.text() for row in rows]
    head: dict[str, object] = {"InterfaceAlias": name, "Direction": way}
    if not apart:
        return {**head, "Ipv4FilterAction": action, "Ipv4Filters": listed}
    return {**head, "AddressFamily": 0, "Action": int(action == "Deny"), "List": listed}


def _rows(draw: random.Random, *, inwards: bool) -> tuple[str, list[Row]]:
    """Many lines let a little through, few stop a little."""
    action = draw.choice(("Allow", "Deny"))
    count = draw.randint(4, 12) if action == "Deny" else draw.randint(0, 3)
    return action, [_row(draw, inwards=inwards) for _ in range(count)]


def _row(draw: random.Random, *, inwards: bool) -> Row:
    local, remote = (net(draw.choice(places)) for places in (LOCALS, REMOTES))
    source, target = (remote, local) if inwards else (local, remote)
    word = draw.choice(KINDS)
    if word == "other":
        return Row(source, target, word, draw.choice((1, 6, 47, 50)))
    if word == "icmp":
        return Row(source, target, word, *draw.choice(PINGS))
    ports = [draw.choice((0, 0, draw.choice(NAMED))) for _ in "ab"]
    return Row(source, target, word, *ports)
