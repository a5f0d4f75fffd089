"""Operational state of IOS: saved output of one command, or a live device asked for all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address

from appliance.errors import CommandRefused, ParseError
from appliance.model.algorithms import IkeVersion
from appliance.model.state import Operational
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.session import Session
from vendors.cisco.screens import absent, peers, saved, text
from vendors.cisco_ios.screens import isakmp
from vendors.cisco_ios.screens.commands import SCREENS

_NONE_AT_ALL = re.compile(
    r"\bThere (?:are|is) no |\bNo (?:active )?(?:IPSec |ISAKMP |IKEv2 )?SAs? |% ?BGP not active"
    r"|% ?(?:Network|Subnet) not in table",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\d+(?:\.\d+){3}")
_FEW = 4
"""Up to so many peers are asked for one by one: the whole screen of a hub is long."""


def show(command: str, output: str) -> Operational:
    """What the saved output of one command tells.

    Prompts, echoes, pagers and log lines around it do not matter. In `show crypto isakmp sa` the
    remote end is `dst` unless the rows tell better. Raises `UsageError` for a command we do not
    read, `ParseError` for text that is not its output.
    """
    return saved.show(command, output, SCREENS, _NONE_AT_ALL)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """SAs, counters, BGP sessions, interfaces and routes of these tunnels, one state a peer.

    What the device was asked for and does not list is down; a command that its image refuses
    leaves what it would have told at None. Raises what `Session.run` raises, but for
    `CommandRefused`.
    """
    ike = {version: _ike(session, tunnels, version) for version in _versions(tunnels)}
    ipsec = [_ask(session, command) for command in _ipsec_commands(tunnels)]
    bgp = [_ask(session, command) for command in _bgp_commands(tunnels)]
    rest = [_ask(session, command) for command in _other_commands(tunnels)]
    rest += [_ask(session, command) for command in _hop_commands(rest, tunnels)]
    answers = (*ike.values(), *ipsec, *bgp, *rest)
    found = peers.merged(answer for answer in answers if answer is not None)
    asked = frozenset(version for version, answer in ike.items() if answer is not None)
    states = absent.with_absent(found.tunnels, tunnels)
    return replace(
        found,
        tunnels=tuple(absent.down(one, tunnels, asked, child=None not in ipsec) for one in states),
        bgp=found.bgp if None in bgp else (*found.bgp, *absent.idle(found.bgp, tunnels)),
    )


def _ask(session: Session, command: str) -> Operational | None:
    """What the device answers, None when it refuses or answers something else."""
    try:
        return show(command, session.run(command))
    except CommandRefused as error:
        return Operational() if _NONE_AT_ALL.search(error.answer) else None
    except ParseError:
        return None


def _versions(tunnels: Tunnels) -> tuple[IkeVersion, ...]:
    return tuple(sorted({tunnel.ike.version for tunnel in tunnels}))


def _ike(session: Session, tunnels: Tunnels, version: IkeVersion) -> Operational | None:
    """The detailed tables tell local from remote; the short one of IKEv1 needs to be told."""
    if version is IkeVersion.V2:
        found = _ask(session, "show crypto ikev2 sa detailed")
        return _ask(session, "show crypto ikev2 sa") if found is None else found
    found = _ask(session, "show crypto isakmp sa detail")
    if found is not None:
        return found
    try:
        answer = session.run("show crypto isakmp sa")
    except CommandRefused:
        return None
    return isakmp.read(text.cleaned(answer), frozenset(_remotes(tunnels)))


def _remotes(tunnels: Iterable[Tunnel]) -> tuple[IPv4Address, ...]:
    return tuple(dict.fromkeys(one for tunnel in tunnels for one in tunnel.remote.addresses))


def _ipsec_commands(tunnels: Tunnels) -> tuple[str, ...]:
    remotes = _remotes(tunnels)
    if len(remotes) > _FEW:
        return ("show crypto ipsec sa",)
    return tuple(f"show crypto ipsec sa peer {remote}" for remote in remotes)


def _bgp_commands(tunnels: Tunnels) -> tuple[str, ...]:
    vrfs = dict.fromkeys(_vrf(tunnel) for tunnel in tunnels if tunnel.bgp is not None)
    return tuple(
        f"show ip bgp vpnv4 vrf {vrf} summary" if vrf else "show ip bgp summary" for vrf in vrfs
    )


def _vrf(tunnel: Tunnel) -> str | None:
    return None if tunnel.interface is None else tunnel.interface.vrf


def _other_commands(tunnels: Tunnels) -> Iterator[str]:
    """Session, interfaces, and the route of every address that must lead somewhere.

    One address a question: a whole table can hold a million routes.
    """
    yield "show crypto session detail"
    yield "show ip interface brief"
    yield from dict.fromkeys(
        f"show ip route vrf {vrf} {address}" if vrf else f"show ip route {address}"
        for tunnel in tunnels
        for vrf, address in _destinations(tunnel)
    )
    if _policy_based(tunnels):
        yield "show ip route 0.0.0.0"  # IOS does not name it for what nothing else covers


def _hop_commands(answers: Iterable[Operational | None], tunnels: Tunnels) -> Iterator[str]:
    """Behind which interface the next hops are: that decides whether a crypto map sees traffic."""
    if _policy_based(tunnels):
        routes = (route for answer in answers if answer for route in answer.routes)
        hops = dict.fromkeys(route.via for route in routes if _ADDRESS.fullmatch(route.via))
        yield from (f"show ip route {hop}" for hop in hops)


def _policy_based(tunnels: Tunnels) -> bool:
    return any(tunnel.mode is Mode.POLICY_BASED for tunnel in tunnels)


def _destinations(tunnel: Tunnel) -> Iterator[tuple[str | None, IPv4Address]]:
    """The gateway outside, what lies behind it inside, and its BGP addresses, with their VRF."""
    for address in tunnel.remote.addresses:
        yield tunnel.local.vrf, address
    inside = (*tunnel.routes, *(selector.remote for selector in tunnel.selectors))
    for prefix in inside:
        if prefix.prefixlen:
            yield _vrf(tunnel), prefix.network_address
    for peer in tunnel.bgp.peers if tunnel.bgp is not None else ():
        yield _vrf(tunnel), peer.address
