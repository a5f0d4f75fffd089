"""Placing what decides which traffic enters a tunnel, and what leaves it untranslated."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from appliance.model.pairing import LABEL
from appliance.model.tunnel import Mode, TrafficSelector, Tunnel
from appliance.record import dataclass, replace
from vendors.cisco.writing.section import LABEL as MARK
from vendors.cisco.writing.section import ours
from vendors.cisco_asa.writing.behind import behind
from vendors.cisco_asa.writing.box import Box
from vendors.cisco_asa.writing.labels import own
from vendors.cisco_asa.writing.networks import exemptions, groups_in
from vendors.cisco_asa.writing.own import stem


@dataclass(frozen=True, slots=True)
class Block:
    """Networks of ours that all reach the same networks of Azure's."""

    locals: tuple[IPv4Network, ...]
    remotes: tuple[IPv4Network, ...]


def networks(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """`tunnel` with its access list, object groups and NAT exemption; raises `RefusedError`."""
    if tunnel.mode is Mode.POLICY_BASED:
        tunnel = _access_list(box, tunnel, running)
    return _exempt(box, tunnel, running)


def blocks(pairs: Iterable[TrafficSelector]) -> tuple[Block, ...]:
    """The pairs as few products of networks, in order: usually it is one."""
    reached: dict[IPv4Network, dict[IPv4Network, None]] = {}
    for pair in pairs:
        reached.setdefault(pair.local, {})[pair.remote] = None
    found: dict[frozenset[IPv4Network], tuple[list[IPv4Network], tuple[IPv4Network, ...]]] = {}
    for local, remotes in reached.items():
        found.setdefault(frozenset(remotes), ([], tuple(remotes)))[0].append(local)
    return tuple(Block(tuple(sorted(one)), tuple(sorted(other))) for one, other in found.values())


def _access_list(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """A list of others that says the right thing stays; else the tunnel gets one of its own."""
    held = {} if running is None else running.objects
    acl = held.get("acl")
    same = running is not None and set(running.selectors) == set(tunnel.selectors)
    if acl is not None and same and not (ours(acl) and "acl lines" not in held):
        return tunnel
    if acl is None or not ours(acl) or box.shared("acl", acl):
        acl = box.free("access-list", own(box.label(tunnel)))
    label = tunnel.objects.get(LABEL)
    lines = [f"remark {MARK}{label}"] if label else []
    kept = {k: v for k, v in tunnel.objects.items() if not k.startswith("group ")}
    groups: dict[str, str] = {}
    for name, block in _named(acl, blocks(tunnel.selectors)):
        groups |= _groups(name, block)
        lines.append(f"extended permit ip object-group {name[0]} object-group {name[1]}")
    return replace(tunnel, objects={**kept, "acl": acl, "acl lines": "\n".join(lines), **groups})


def _named(base: str, found: tuple[Block, ...]) -> list[tuple[tuple[str, str], Block]]:
    """Each block with the names of its two groups."""
    ends = ["" if number == 1 else f"-{number}" for number in range(1, len(found) + 1)]
    return [
        ((f"{base}-local{end}", f"{base}-remote{end}"), block)
        for end, block in zip(ends, found, strict=True)
    ]


def _groups(name: tuple[str, str], block: Block) -> dict[str, str]:
    return {
        f"group {name[0]}": "\n".join(map(_member, block.locals)),
        f"group {name[1]}": "\n".join(map(_member, block.remotes)),
    }


def _member(network: IPv4Network) -> str:
    if network.prefixlen == 32:  # noqa: PLR2004 -- a host
        return f"network-object host {network.network_address}"
    return f"network-object {network.network_address} {network.netmask}"


# --- NAT ---


def _exempt(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """What others' rules leave alone already needs none of ours."""
    outside = tunnel.objects.get("nameif") or tunnel.local.interface or "outside"
    mine = exemptions(tunnel)
    wanted = tunnel.passes or ()
    if not wanted or not _needed(box, tunnel, running, outside):
        return replace(tunnel, passes=None if running is None else running.passes)
    if (
        running is not None
        and _covered(wanted, running.passes or ())
        and not _shrinks(tunnel, mine)
    ):
        return replace(tunnel, objects=_with_groups(running, tunnel))
    base = stem(groups_in(mine[0])[0]) if mine else _base(box, tunnel)
    groups: dict[str, str] = {}
    rules = []
    for name, block in _named(base, blocks(wanted)):
        zones = _zones(box, block, outside)
        for zone, locals_ in zones.items():
            local = name[0] if len(zones) == 1 else f"{name[0]}-{zone}"
            groups |= _groups((local, name[1]), Block(locals_, block.remotes))
            rules.append(
                f"nat ({zone},{outside}) source static {local} {local} "
                f"destination static {name[1]} {name[1]} no-proxy-arp route-lookup"
            )
    objects = {**_without(tunnel, base), **groups, "nat": "\n".join(rules)}
    return replace(tunnel, objects=objects)


def _zones(box: Box, block: Block, outside: str) -> dict[str, tuple[IPv4Network, ...]]:
    """Our networks by the interface they are behind: a rule is for one pair of interfaces."""
    found: dict[str, tuple[IPv4Network, ...]] = {}
    for network in block.locals:
        zone = behind(box, network)
        zone = box.inside() if zone is None or zone.lower() == outside.lower() else zone
        found[zone] = (*found.get(zone, ()), network)
    return found


def _needed(box: Box, tunnel: Tunnel, running: Tunnel | None, outside: str) -> bool:
    """Traffic into a tunnel interface meets only rules that name it, or any interface."""
    if running is not None and running.passes is not None:
        return True
    if running is not None and set(tunnel.selectors) <= set(running.selectors):
        return False  # no rule touches what it carries
    if box.blank and tunnel.mode is Mode.ROUTE_BASED:
        return False
    return box.translates(outside)


def _covered(wanted: tuple[TrafficSelector, ...], held: tuple[TrafficSelector, ...]) -> bool:
    return all(
        any(
            pair.local.subnet_of(wider.local) and pair.remote.subnet_of(wider.remote)
            for wider in held
        )
        for pair in wanted
    )


def _shrinks(tunnel: Tunnel, mine: tuple[str, ...]) -> bool:
    """Whether groups of our rules have just got other members for the access list."""
    names = {f"group {group}" for rule in mine for group in groups_in(rule)}
    return bool(names) and not names <= set(tunnel.objects)


def _with_groups(running: Tunnel, tunnel: Tunnel) -> dict[str, str]:
    """The groups of our own rules stay in view as they are."""
    used = {f"group {group}" for rule in exemptions(running) for group in groups_in(rule)}
    kept = {kind: lines for kind, lines in running.objects.items() if kind in used}
    return {**kept, **tunnel.objects}


def _without(tunnel: Tunnel, base: str) -> dict[str, str]:
    """The objects without groups of this name that only rules used."""
    listed = groups_in(tunnel.objects.get("acl lines", ""))
    return {
        kind: lines
        for kind, lines in tunnel.objects.items()
        if not kind.startswith("group ")
        or kind.removeprefix("group ") in listed
        or stem(kind.removeprefix("group ")) != base
    }


def _base(box: Box, tunnel: Tunnel) -> str:
    """Our own list and our rules share their groups where there is such a list."""
    acl = tunnel.objects.get("acl", "")
    return acl if ours(acl) else own(box.label(tunnel))
