"""Units of interfaces as the line of a circuit: tags, address, and what else stands on them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface

from appliance.model.edge import MORE
from appliance.record import dataclass
from vendors.juniper_junos.reading.bgp import Neighbor
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.words import number
from vendors.juniper_junos.tree import NOTHING, Node
from vendors.juniper_junos.writing.statement import LABEL


@dataclass(frozen=True, slots=True)
class Line:
    """The unit that a session runs over."""

    name: str
    port: Node
    unit: Node
    held: IPv4Interface | None


def line(device: Device, neighbor: Neighbor) -> Line | None:
    """The unit whose own network the neighbor is in; None where there is none."""
    for name, held in device.interfaces.held.items():
        own = next((one for one in held if neighbor.address in one.network), None)
        if own is not None and device.interfaces.instance(name) == neighbor.instance:
            ports = device.root.any("interfaces", name.rpartition(".")[0])
            return Line(name, ports or NOTHING, device.interfaces.units[name], own)
    return None


def label(unit: Node) -> str | None:
    """The name we gave the link, out of its description."""
    text = unit.value("description") or ""
    return text.removeprefix(LABEL) if text.startswith(LABEL) else None


def tags(unit: Node) -> tuple[int | None, int | None]:
    """Outer and inner tag; `vlan-id` alone is the inner one, and the only one."""
    said = unit.values("vlan-tags")  # one statement, or one for each tag
    if not said:
        return None, number(unit.value("vlan-id"))
    words = [word.rpartition(".")[2] for word in " ".join(said).split()]
    kinds = dict(zip(words[::2], words[1::2], strict=False))
    inner = number(kinds.get("inner"))
    outer = number(kinds.get("outer"))
    return (outer, inner) if inner is not None else (None, outer)


def line_objects(device: Device, over: Line | None) -> dict[str, str]:
    """Kinds of `ErLink.objects` that its unit and its zone tell."""
    if over is None:
        return {}
    found = {}
    port, _, number_ = over.name.rpartition(".")
    if off := list(_off(over, port, number_)):
        found["off"] = "\n".join(off)
    if more := list(_more(over.unit)):
        found[MORE] = ", ".join(more)
    zone = device.zones.of(over.name)
    if zone is not None:
        found["zone"] = zone
        node = device.root.at("security", "zones", "security-zone", zone, "interfaces", over.name)
        own = node.values("host-inbound-traffic", "protocols")
        if own:
            found["inbound"] = " ".join(own)
    return found


def _more(unit: Node) -> Iterator[str]:
    """What stands on a unit besides what a link is made of."""
    for path, known in _OF_A_LINE.items():
        for word in unit.values(*path):
            if word not in known:
                yield " ".join((*path, word))


_OF_A_LINE = {
    (): ("description", "vlan-id", "vlan-tags", "family", "disable"),
    ("family",): ("inet",),
    ("family", "inet"): ("address",),
}


def _off(over: Line, port: str, unit: str) -> Iterator[str]:
    """What switches the line off: statements, or paths that are deactivated."""
    paths = ((f"interfaces {port}", over.port), (f"interfaces {port} unit {unit}", over.unit))
    for path, node in paths:
        if node.inactive:
            yield f"inactive {path}"
        if node.get("disable") is not None:
            yield f"{path} disable"
