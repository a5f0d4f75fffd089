"""Interfaces as the line of a circuit: tags, address, BFD timers, and whether they are up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Interface
from itertools import pairwise

from appliance.model.edge import MORE, Bfd
from appliance.record import dataclass
from vendors.cisco.addresses import network
from vendors.cisco.sections import number
from vendors.cisco.writing.section import LABEL
from vendors.cisco_ios.edge.rows import Row, Rows


@dataclass(frozen=True, slots=True)
class Line:
    """An interface as far as a link needs it."""

    name: str
    vrf: str | None
    held: IPv4Interface | None
    rows: dict[str, Row]
    off: tuple[str, ...]


def lines(rows: Rows) -> Iterator[Line]:
    """All interfaces, in order."""
    for name, said in rows.interfaces.items():
        found = {"interface": said[0]} | _by_name(said[1:])
        held = found.get("ip address")
        parent = rows.interfaces.get(name.partition(".")[0], [])
        off = [name] if "shutdown" in found else []
        if "." in name and "shutdown" in _by_name(parent[1:]):
            off.append(name.partition(".")[0])
        vrf = found.get("vrf")
        yield Line(
            name=name,
            vrf=None if vrf is None else vrf.words[-1],
            held=None if held is None else _held(held),
            rows=found,
            off=tuple(off),
        )


_NAMES = {
    "encapsulation dot1q": "encapsulation",
    "ip address": "ip address",
    "bfd interval": "bfd interval",
    "bfd template": "bfd template",
    "vrf forwarding": "vrf",
    "ip vrf": "vrf",
}


def _by_name(rows: Iterable[Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        folded = row.text.lower()
        name = _NAMES.get(" ".join(folded.split()[:2]), folded.split()[0])
        if row.negated:
            found.pop(name, None)
        elif not (name == "ip address" and "secondary" in folded):
            found[name] = row
    return found


def _held(row: Row) -> IPv4Interface | None:
    covered = network(*row.words[2:4]) if len(row.words) > 3 else None  # noqa: PLR2004 -- words
    return None if covered is None else IPv4Interface(f"{row.words[2]}/{covered.prefixlen}")


def leads(line: Line, vrf: str | None, peer: IPv4Address) -> bool:
    """Whether the peer is in the interface's own network."""
    return line.vrf == vrf and line.held is not None and peer in line.held.network


def label(row: Row | None) -> str | None:
    """The name we gave the link, out of its description."""
    text = "" if row is None else " ".join(row.words[1:])
    return text.removeprefix(LABEL) if text.startswith(LABEL) else None


def tags(line: Line) -> tuple[int | None, int | None]:
    """`encapsulation dot1Q 100 [native] [second-dot1q 10]`: the outer tag, and the inner one.

    A switch's `interface Vlan100` has its tag in its name.
    """
    row = line.rows.get("encapsulation")
    if row is None or len(row.words) < 3:  # noqa: PLR2004 -- words
        return number(line.name.removeprefix("Vlan")), None
    folded = [word.lower() for word in row.words]
    inner = number(row.words[-1]) if "second-dot1q" in folded[:-1] else None
    return number(row.words[2]), inner


def bfd(rows: Rows, found: dict[str, Row]) -> Bfd | None:
    """`bfd interval 300 min_rx 300 multiplier 3`, or the same in a template."""
    row = found.get("bfd interval")
    if row is None and (named := found.get("bfd template")) is not None:
        inside = rows.templates.get(named.words[-1], [])
        row = next((one for one in inside[1:] if one.words[0].lower() == "interval"), None)
    if row is None:
        return None
    words = [word.lower().replace("-", "_") for word in row.words]
    values = {name: number(value) for name, value in pairwise(words)}
    sent = values.get("min_tx") or values.get("both") or values.get("interval")
    heard = values.get("min_rx") or values.get("both")
    if sent is None or heard is None:
        return None
    return Bfd(transmit_ms=sent, receive_ms=heard, multiplier=values.get("multiplier") or 3)


def line_objects(line: Line) -> Iterator[tuple[str, str]]:
    """Kinds of `ErLink.objects` that its interface tells."""
    if line.off:
        yield "off", "\n".join(line.off)
    if "bfd template" in line.rows and "bfd interval" not in line.rows:
        yield "bfd template", line.rows["bfd template"].words[-1]
    more = [" ".join(row.words[:2]) for name, row in line.rows.items() if name not in _OF_A_LINE]
    if more:
        yield MORE, ", ".join(more)


_OF_A_LINE = {
    "interface",
    "description",
    "encapsulation",
    "ip address",
    "bfd interval",
    "bfd template",
    "shutdown",
    "exit",
}
