"""Placing what lets a tunnel's packets through: ways in to the device, and zone policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import chain

from appliance.errors import RefusedError
from appliance.model.tunnel import TrafficSelector, Tunnel, Tunnels
from appliance.record import replace
from vendors.juniper_junos import around
from vendors.juniper_junos.change import BEFORE
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.place_routing import joined
from vendors.juniper_junos.writing.place_traffic import traffic
from vendors.juniper_junos.writing.statement import AROUND
from vendors.juniper_junos.writing.zone_policy import OUTSIDE, ZonePolicy, inside_zone, is_rule


def surroundings(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """`tunnel` with what must stand beside it; raises `RefusedError` where that is not possible."""
    lines = [*_ike_in(box, tunnel, running), *_bgp_in(box, tunnel)]
    tunnel = _with_zone(box, tunnel)
    lines += box.surroundings.ways_in(tunnel)
    tunnel = replace(tunnel, objects={**tunnel.objects, AROUND: joined(tunnel, lines)})
    if running is None:
        _check_leftovers(box, tunnel)
    if tunnel.filter is not None:
        return traffic(box, tunnel, running, siblings)
    held = running.passes or () if running is not None else ()
    same = [t.passes or () for t in siblings if t.objects["zone"] == tunnel.objects["zone"]]
    if not _uncovered(tunnel.passes, (*held, *chain.from_iterable(same))):
        return tunnel
    return _with_rules(box, tunnel)


def _with_zone(box: Box, tunnel: Tunnel) -> Tunnel:
    zone = box.zones.get(tunnel.local.interface or "")
    return tunnel if zone is None else _with(tunnel, "outside zone", zone)


def _with(tunnel: Tunnel, kind: str, name: str) -> Tunnel:
    return replace(tunnel, objects={**tunnel.objects, kind: name})


def _check_leftovers(box: Box, tunnel: Tunnel) -> None:
    left = box.surroundings.policies(tunnel)
    if left:
        raise RefusedError(
            f"`{left[0]}` is left on the device from an earlier tunnel of this name",
            where=box.where,
            hint=f"delete it by hand: {'; '.join(f'delete {path}' for path in left)}",
        )


def _uncovered(
    wanted: tuple[TrafficSelector, ...] | None, held: tuple[TrafficSelector, ...]
) -> bool:
    return any(
        not any(p.local.subnet_of(h.local) and p.remote.subnet_of(h.remote) for h in held)
        for p in wanted or ()
    )


# --- the way in to the device itself ---


def _ike_in(box: Box, tunnel: Tunnel, running: Tunnel | None) -> tuple[str, ...]:
    interface = tunnel.local.interface
    if interface is None or (running is not None and _permitted(tunnel, running)):
        return ()
    zone = box.zones.get(interface) or tunnel.objects.get("outside zone")
    if zone is None and not box.blank:
        raise RefusedError(
            f"{interface} is in no security zone: an SRX drops all that comes in there",
            where=box.where,
            hint=f"set security zones security-zone {OUTSIDE} interfaces {interface}",
        )
    return _way_in(box, zone or OUTSIDE, interface, "system-services ike")


def _permitted(tunnel: Tunnel, running: Tunnel) -> bool:
    same = running.local.interface == tunnel.local.interface
    return same and set(tunnel.remote.addresses) <= set(running.permits or ())


def _bgp_in(box: Box, tunnel: Tunnel) -> tuple[str, ...]:
    if tunnel.bgp is None or tunnel.interface is None:
        return ()
    return _way_in(box, tunnel.objects["zone"], tunnel.interface.name, "protocols bgp")


_OFF = "inactive: "


def _way_in(box: Box, zone: str, interface: str, what: str) -> tuple[str, ...]:
    """What opens the way, where rules stand already: those of an interface replace the zone's."""
    at_interface, at_zone = around.inbound(zone, interface, what)
    kind, service = what.split()
    for path, statement in ((at_interface, at_interface), (at_zone, at_zone)):
        level = path.removesuffix(f" {what}")
        rules = box.below(level)
        if not rules and path == at_zone:
            break
        if not rules:
            continue
        if f"{kind} {service} except" in rules:
            raise RefusedError(
                f"`{level} {kind} {service} except` shuts out what Azure sends",
                where=box.where,
                hint=f"delete {level} {kind} {service}",
            )
        if f"{kind} {service}" in {x.replace(_OFF, "") for x in rules if _OFF in x}:
            raise RefusedError(
                f"`{level} {kind} {service}` is deactivated, and `set` would leave it so",
                where=box.where,
                hint=f"activate {level} {kind} {service}",
            )
        wide = {f"{kind} all", "system-services any-service" if kind == "system-services" else ""}
        return () if wide & set(rules) else (statement,)
    return (at_interface,)


# --- zone policies ---


def _with_rules(box: Box, tunnel: Tunnel) -> Tunnel:
    """Policies for all pairs, in both directions, with their addresses."""
    kept = [line for line in tunnel.objects.get(AROUND, "").splitlines() if not is_rule(line)]
    objects = {k: v for k, v in tunnel.objects.items() if not k.startswith(BEFORE)}
    zone, lines = tunnel.objects["zone"], list[str]()
    for inside, pairs in _by_zone(box, tunnel).items():
        for index, (locals_, remotes) in enumerate(_products(pairs), start=1):
            number = f"-{index}" if index > 1 else ""
            out = ZonePolicy(box, inside, zone, f"{around.base(tunnel)}-out{number}")
            back = ZonePolicy(box, zone, inside, f"{around.base(tunnel)}-in{number}")
            lines += [*out.lines(locals_, remotes), *back.lines(remotes, locals_)]
            for rule in (out, back):
                if (other := rule.shadow()) is not None:
                    objects[f"{BEFORE}{rule.path}"] = other
    objects[AROUND] = "\n".join(dict.fromkeys((*kept, *lines)))
    return replace(tunnel, objects=objects)


def _by_zone(box: Box, tunnel: Tunnel) -> dict[str, list[TrafficSelector]]:
    found: dict[str, list[TrafficSelector]] = {}
    for pair in tunnel.passes or ():
        found.setdefault(inside_zone(box, tunnel, pair.local), []).append(pair)
    return found


def _products(
    pairs: Iterable[TrafficSelector],
) -> Iterator[tuple[tuple[IPv4Network, ...], tuple[IPv4Network, ...]]]:
    """The pairs as full products of networks: one policy lets a whole product through."""
    by_local: dict[IPv4Network, list[IPv4Network]] = {}
    for pair in pairs:
        by_local.setdefault(pair.local, []).append(pair.remote)
    by_remotes: dict[tuple[IPv4Network, ...], list[IPv4Network]] = {}
    for local, remotes in by_local.items():
        by_remotes.setdefault(tuple(sorted(set(remotes))), []).append(local)
    for remotes_, locals_ in by_remotes.items():
        yield tuple(locals_), remotes_
