"""The `appliance/state/1` document: what a device says of its tunnels, as JSON values."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.model.algorithms import Encryption
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
