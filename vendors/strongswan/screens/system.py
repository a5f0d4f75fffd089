"""`ip route`, `ip link` and `ip address`, as text, in short form, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.state import InterfaceState, Operational, RouteState

NOWHERE = ("unreachable", "blackhole", "prohibit", "throw")
"""Kinds of routes that lead nowhere."""

_ROUTE = re.compile(
    rf"^(?:(?P<kind>unicast|{'|'.join(NOWHERE)}) )?(?P<net>default|[\d.]+(?:/\d+)?)(?P<rest> .*|)$"
)
_LONG = re.compile(r"^\d+: (?P<name>[^\s:@]+)(?:@\S+)?: <(?P<flags>[^>]*)>(?P<rest>.*)")
_SHORT = re.compile(r"^(?P<name>[^\s@]+)(?:@\S+)? +(?P<state>[A-Z]+)\b")


def routes(text: str) -> Operational:
    """IPv4 routes; `via` is the interface they leave by, or the word of those that lead nowhere."""
    found = _routes_json(text) if text.lstrip().startswith("[") else _routes(text)
    return Operational(routes=tuple(dict.fromkeys(found)))


def links(text: str) -> Operational:
    """Interfaces that are switched on and have their carrier, and others."""
    found = _links_json(text) if text.lstrip().startswith("[") else _links(text)
    return Operational(interfaces=tuple(dict.fromkeys(found)))


def _routes(text: str) -> Iterator[RouteState]:
    above: IPv4Network | None = None
    for line in text.splitlines():
        hop = re.match(r"^\s+nexthop\b.*?\bdev (\S+)", line)
        match = _ROUTE.match(line.rstrip())
        if hop is not None and above is not None:
            yield RouteState(prefix=above, via=hop[1])
        elif match is not None:
            above = _network(match["net"])
            device = re.search(r" dev (\S+)", match["rest"])
            via = match["kind"] if match["kind"] in NOWHERE else device and device[1]
            if above is not None and via:
                yield RouteState(prefix=above, via=via)


def _routes_json(text: str) -> Iterator[RouteState]:
    for one in _objects(text):
        net = _network(str(one.get("dst", "")))
        kind = one.get("type", "unicast")
        hops = one.get("nexthops")
        ways = hops if isinstance(hops, list) else [one]
        for way in ways if net is not None else ():
            via = kind if kind in NOWHERE else way.get("dev") if isinstance(way, dict) else None
            if net is not None and isinstance(via, str):
                yield RouteState(prefix=net, via=via)


def _links(text: str) -> Iterator[InterfaceState]:
    for line in text.splitlines():
        long, short = _LONG.match(line), _SHORT.match(line)
        if long is not None:
            state = re.search(r"\bstate ([A-Z]+)", long["rest"])
            flags = long["flags"].split(",")
            yield InterfaceState(name=long["name"], up=_up(flags, state[1] if state else ""))
        elif short is not None:
            flagged = re.search(r"<([^>]*)>", line)
            # Without flags (`ip -br address`) the state alone tells.
            flags = flagged[1].split(",") if flagged else ["UP"]
            yield InterfaceState(name=short["name"], up=_up(flags, short["state"]))


def _links_json(text: str) -> Iterator[InterfaceState]:
    for one in _objects(text):
        flags, name = one.get("flags"), one.get("ifname")
        if isinstance(flags, list) and isinstance(name, str):
            yield InterfaceState(name=name, up=_up(flags, str(one.get("operstate", ""))))


def _up(flags: list[str], state: str) -> bool:
    """Tunnel interfaces are of unknown state, always; the others say DOWN without a carrier."""
    return "UP" in flags and "NO-CARRIER" not in flags and state in ("", "UP", "UNKNOWN")


def _objects(text: str) -> list[dict[str, object]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network("0.0.0.0/0" if text == "default" else text)
    except ValueError:
        return None
