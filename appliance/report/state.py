"""What a device says of its tunnels, for people and as the `appliance/state/1` document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.model.algorithms import Encryption, Integrity
from appliance.model.state import BgpState, ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector

SCHEMA = "appliance/state/1"


def document(operational: Operational, driver: str) -> dict[str, object]:
    """The document; `bgp`, `interfaces` and `routes` are there only when the device told any.

    Counters of a tunnel are sums over its selector pairs, null when no pair has one.
    """
    found: dict[str, object] = {
        "schema": SCHEMA,
        "driver": driver,
        "tunnels": [_tunnel(state) for state in operational.tunnels],
    }
    if operational.bgp:
        found["bgp"] = [_bgp(session) for session in operational.bgp]
    if operational.interfaces:
        found["interfaces"] = [{"name": one.name, "up": one.up} for one in operational.interfaces]
    if operational.routes:
        found["routes"] = [{"prefix": str(r.prefix), "via": r.via} for r in operational.routes]
    return found


def _tunnel(state: TunnelState) -> dict[str, object]:
    children = state.children
    return {
        "remote": str(state.remote),
        "local": None if state.local is None else str(state.local),
        "interface": state.interface,
        "ike": _status(state.ike),
        "ike_version": None if state.ike_version is None else int(state.ike_version),
        "child": _status(state.child),
        "selectors": [_selector(child.selector) for child in children if child.selector],
        "bytes_in": _sum(child.bytes_in for child in children),
        "bytes_out": _sum(child.bytes_out for child in children),
        "packets_in": _sum(child.packets_in for child in children),
        "packets_out": _sum(child.packets_out for child in children),
        "encryption": _encryption(state.encryption),
        "integrity": None if state.integrity is None else state.integrity.value,
        "group": None if state.group is None else int(state.group),
        "age_seconds": state.age_seconds,
        "peer_port": state.peer_port,
        "children": [_child(child) for child in children],
    }


def _child(child: ChildState) -> dict[str, object]:
    return {
        "selector": None if child.selector is None else _selector(child.selector),
        "status": _status(child.status),
        "bytes_in": child.bytes_in,
        "bytes_out": child.bytes_out,
        "packets_in": child.packets_in,
        "packets_out": child.packets_out,
        "encryption": _encryption(child.encryption),
        "integrity": None if child.integrity is None else child.integrity.value,
        "age_seconds": child.age_seconds,
    }


def _selector(selector: TrafficSelector) -> dict[str, str]:
    return {"local": str(selector.local), "remote": str(selector.remote)}


def _status(status: SaStatus | None) -> str | None:
    return None if status is None else status.value


def _encryption(encryption: Encryption | None) -> str | None:
    return None if encryption is None else encryption.value


def _sum(counts: Iterable[int | None]) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _bgp(session: BgpState) -> dict[str, object]:
    return {
        "peer": str(session.peer),
        "asn": session.asn,
        "status": session.status,
        "prefixes_received": session.prefixes_received,
    }


def lines(operational: Operational) -> Iterator[str]:
    """A line for each peer and, below it, each selector pair; then BGP, interfaces and routes."""
    for state in operational.tunnels:
        yield _peer_line(state)
        yield from (f"  {_child_line(child)}" for child in state.children)
    for session in operational.bgp:
        asn = "" if session.asn is None else f" AS {session.asn}"
        told = session.prefixes_received
        count = "" if told is None else f", prefixes received: {told}"
        yield f"BGP {session.peer}{asn}: {session.status}{count}"
    yield from (f"{one.name}: {'up' if one.up else 'down'}" for one in operational.interfaces)
    yield from (f"{route.prefix} via {route.via}" for route in operational.routes)
    if operational == Operational():
        yield "nothing is listed"


def _peer_line(state: TunnelState) -> str:
    version = "IKE" if state.ike_version is None else f"IKEv{state.ike_version:d}"
    parts = (
        f"{state.remote}{'' if state.interface is None else f' ({state.interface})'}:",
        f"{version} {_word(state.ike)},",
        f"child {_word(state.child)}",
        _algorithms(state.encryption, state.integrity),
        "" if state.group is None else f"group {state.group:d}",
        "" if state.age_seconds is None else f"for {state.age_seconds} s",
    )
    return " ".join(part for part in parts if part)


def _child_line(child: ChildState) -> str:
    counts = (("in", child.packets_in, child.bytes_in), ("out", child.packets_out, child.bytes_out))
    parts = (
        f"{child.selector or 'selectors untold'}:",
        _word(child.status),
        *(f"{way} {packets} packets" for way, packets, _ in counts if packets is not None),
        *(f"{way} {octets} bytes" for way, _, octets in counts if octets is not None),
        _algorithms(child.encryption, child.integrity),
    )
    return " ".join(part for part in parts if part)


def _word(status: SaStatus | None) -> str:
    return "untold" if status is None else status.value


def _algorithms(encryption: Encryption | None, integrity: Integrity | None) -> str:
    told = (encryption, None if integrity is Integrity.NONE else integrity)
    return "/".join(word.value for word in told if word is not None)
