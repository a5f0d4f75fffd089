"""Operational state of an ASA: saved output of one command, or a live device asked for all of it.

Routes and interfaces go by the name people gave an interface (`nameif`); a live device's answers
are told by the names that the tunnels have, `Tunnel1` for what leads to its nameif.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address

from appliance.errors import CommandRefused, ParseError
from appliance.model.algorithms import IkeVersion
from appliance.model.state import InterfaceState, Operational
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.session import Session
from vendors.cisco.screens import absent, peers, saved, text
from vendors.cisco_asa.screens import interfaces
from vendors.cisco_asa.screens.commands import SCREENS

_NONE_AT_ALL = re.compile(
    r"\bThere (?:are|is) (?:no |presently no )|\bNo (?:active )?(?:IPSec |ISAKMP |IKEv2 )?SAs? "
    r"|% ?BGP not active|% ?(?:Network|Subnet) not in table",
    re.IGNORECASE,
)
_FEW = 4
"""Up to so many peers are asked for one by one: the whole screen of a hub is long."""

Ask = Callable[[str], Operational | None]


def show(command: str, output: str) -> Operational:
    """What the saved output of one command tells.

    Prompts, echoes, pagers and log lines around it do not matter. A peer that the output knows by
    a name (`name 198.51.100.7 azure`) only is not told. Raises `UsageError` for a command we do not
    read, `ParseError` for text that is not its output.
    """
    return saved.show(command, output, SCREENS, _NONE_AT_ALL)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """SAs, counters, BGP sessions, interfaces and routes of these tunnels, one state a peer.

    What the device was asked for and does not list is down; a command that its release refuses
    leaves what it would have told at None. Raises what `Session.run` raises, but for
    `CommandRefused`.
    """
    ask = _asking(session, tunnels)
    ike = {version: _ike(ask, version) for version in _versions(tunnels)}
    ipsec = [_child_sas(ask(command)) for command in _per_peer(_CHILD_SAS, tunnels)]
    sessions = [ask(command) for command in _per_peer(_SESSIONS, tunnels)]
    bgp = [ask("show bgp summary")] if any(tunnel.bgp for tunnel in tunnels) else []
    rest = [ask("show interface ip brief"), *_routes(ask, tunnels)]
    answers = (*ike.values(), *ipsec, *sessions, *bgp, *rest)
    found = peers.merged(answer for answer in answers if answer is not None)
    asked = frozenset(version for version, answer in ike.items() if answer is not None)
    states = absent.with_absent(found.tunnels, tunnels)
    return replace(
        found,
        tunnels=tuple(absent.down(one, tunnels, asked, child=None not in ipsec) for one in states),
        bgp=found.bgp if None in bgp else (*found.bgp, *absent.idle(found.bgp, tunnels)),
        interfaces=(*found.interfaces, *_outside(session, tunnels)),
        routes=tuple(replace(one, via=_inner(one.via, tunnels)) for one in found.routes),
    )


_CHILD_SAS = "show crypto ipsec sa peer"
_SESSIONS = "show vpn-sessiondb detail l2l filter ipaddress"


def _asking(session: Session, tunnels: Tunnels) -> Ask:
    """What the device answers, None when it refuses or answers something else.

    Names that stand for addresses are put back: the ASA prints them instead.
    """
    aliases = _aliases(session, tunnels)

    def ask(command: str) -> Operational | None:
        try:
            return show(command, _unnamed(session.run(command), aliases))
        except CommandRefused as error:
            return Operational() if _NONE_AT_ALL.search(error.answer) else None
        except ParseError:
            return None

    return ask


def _aliases(session: Session, tunnels: Tunnels) -> dict[str, str]:
    """Name -> address of the `name` statements, without those that interfaces have as well."""
    try:
        answer = text.cleaned(session.run("show running-config name"))
    except CommandRefused:
        return {}
    taken = {tunnel.objects.get("nameif") for tunnel in tunnels}
    taken |= {tunnel.local.interface for tunnel in tunnels}
    found = re.findall(r"^name (\d+(?:\.\d+){3}) (\S+)", answer, re.MULTILINE)
    return {name: address for address, name in found if name not in taken}


def _unnamed(answer: str, aliases: dict[str, str]) -> str:
    if not aliases:
        return answer
    return re.sub(r"[A-Za-z][\w.-]*", lambda word: aliases.get(word[0], word[0]), answer)


def _versions(tunnels: Tunnels) -> tuple[IkeVersion, ...]:
    return tuple(sorted({tunnel.ike.version for tunnel in tunnels}))


def _ike(ask: Ask, version: IkeVersion) -> Operational | None:
    """8.3 and older know IKEv1 under its old name only."""
    if version is IkeVersion.V2:
        return ask("show crypto ikev2 sa detail")
    found = ask("show crypto ikev1 sa detail")
    return ask("show crypto isakmp sa detail") if found is None else found


def _child_sas(found: Operational | None) -> Operational | None:
    """Algorithms of child SAs must not pass for those of the IKE SA."""
    if found is None:
        return None
    return replace(found, tunnels=tuple(replace(one, ike_version=None) for one in found.tunnels))


def _per_peer(command: str, tunnels: Tunnels) -> tuple[str, ...]:
    """The command for each peer, or once for all of them."""
    remotes = _remotes(tunnels)
    if len(remotes) > _FEW:
        return (re.sub(r" (?:peer|filter ipaddress)$", "", command),)
    return tuple(f"{command} {remote}" for remote in remotes)


def _remotes(tunnels: Iterable[Tunnel]) -> tuple[IPv4Address, ...]:
    return tuple(dict.fromkeys(one for tunnel in tunnels for one in tunnel.remote.addresses))


def _routes(ask: Ask, tunnels: Tunnels) -> Iterator[Operational | None]:
    """The route of every address that must lead somewhere; a whole table only where it must be."""
    addresses = dict.fromkeys(one for tunnel in tunnels for one in _destinations(tunnel))
    for address in addresses:
        found = ask(f"show route {address}")
        if found is None:  # before 9.2 the command takes no address
            yield ask("show route")
            return
        yield found
    if any(tunnel.mode is Mode.POLICY_BASED for tunnel in tunnels):
        yield ask("show route 0.0.0.0")  # not named for what nothing else covers


def _destinations(tunnel: Tunnel) -> Iterator[IPv4Address]:
    """The gateway outside, what lies behind it inside, and its BGP addresses."""
    yield from tunnel.remote.addresses
    for prefix in (*tunnel.routes, *(selector.remote for selector in tunnel.selectors)):
        if prefix.prefixlen:
            yield prefix.network_address
    for peer in tunnel.bgp.peers if tunnel.bgp is not None else ():
        yield peer.address


def _inner(via: str, tunnels: Tunnels) -> str:
    """The tunnel interface of a nameif; any other way as it is."""
    for tunnel in tunnels:
        nameif = tunnel.objects.get("nameif")
        if nameif is not None and nameif.lower() == via.lower() and tunnel.interface is not None:
            return tunnel.interface.name
        if tunnel.local.interface is not None and tunnel.local.interface.lower() == via.lower():
            return tunnel.local.interface
    return via


def _outside(session: Session, tunnels: Tunnels) -> Iterator[InterfaceState]:
    """The interfaces that tunnels leave from, by their names."""
    for nameif in dict.fromkeys(tunnel.local.interface for tunnel in tunnels):
        if nameif is None:
            continue
        try:
            answer = text.cleaned(session.run(f"show interface {nameif}"))
        except CommandRefused:
            continue
        yield from (
            replace(one, name=nameif)
            for one in interfaces.by_nameif(answer)
            if one.name.lower() == nameif.lower()
        )
