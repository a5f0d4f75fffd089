"""Operational state of Junos: saved output of one command, or a live device asked for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from appliance.errors import CommandRefused, ParseError, UsageError
from appliance.model.state import BgpState, ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.session import Session
from vendors.juniper_junos.screens import commands, ipsec, peers, statistics, text

IKE = "show security ike security-associations detail"
IPSEC = "show security ipsec security-associations detail"
INACTIVE = "show security ipsec inactive-tunnels"
_MANY = 32
"""So many tunnels are asked for their counters one by one; a hub's would take minutes."""


def show(command: str, output: str) -> Operational:
    """What the saved output of one command tells.

    Prompts, echoes and pagers around it do not matter; in a log of several commands the answers to
    this one are taken. Raises `UsageError` for a command we do not read, `ParseError` for text
    that is not its output.
    """
    known = commands.screen(command)
    answer = _answer(known, text.cleaned(output))
    found = known.read(answer)
    if found == Operational():
        _check_empty(known, command, answer)
    return found


def _answer(known: commands.Screen, output: str) -> str:
    """The answers to this command in a terminal log; of the same question asked twice the last."""
    parts = [part for part in text.sections(output) if part[1].strip() or part[0]]
    answers: dict[str, str] = {}
    for command, body in parts:
        if command and _is(command, known):
            answers[commands.arguments(command, known)] = body
    return "\n".join(answers.values() if answers else (body for _command, body in parts))


def _is(command: str, known: commands.Screen) -> bool:
    try:
        return commands.screen(command) is known
    except UsageError:
        return False


def _check_empty(known: commands.Screen, command: str, answer: str) -> None:
    """Junos prints nothing at all when it has nothing to list."""
    refused = text.refusal(answer)
    if refused is not None:
        raise ParseError(
            f"the device refused the command: {refused}",
            where=command,
            hint="this Junos does not know the command, or the login may not run it",
        )
    nodes = [line for line in answer.split("\n") if line.strip(" -") and line.strip()[:4] != "node"]
    listed = any(mark in answer for mark in known.marks)
    if nodes and not listed:
        raise ParseError(
            f"the text is not the output of `{known.command}`",
            where=command,
            hint="save the complete output of that command, or name the command that printed it",
        )


def state(session: Session, tunnels: Tunnels) -> Operational:
    """SAs, counters, BGP sessions, interfaces and routes of these tunnels, one state a peer.

    What the device was asked for and does not list is down; a command that its release refuses
    leaves what it would have told at None. Raises what `Session.run` raises, but for
    `CommandRefused`.
    """
    ike = _ask(session, IKE)
    children = _children(session, tunnels)
    bgp = [_ask(session, command) for command in _bgp_commands(tunnels)]
    rest = [_ask(session, command) for command in _other_commands(tunnels)]
    answers = (ike, children, *bgp, *rest)
    found = peers.merged(answer for answer in answers if answer is not None)
    states = _with_absent(found.tunnels, tunnels)
    told = (ike is not None, children is not None)
    own = ike.tunnels if ike is not None else ()
    return replace(
        found,
        tunnels=tuple(_down(_with_ike(one, own), tunnels, told) for one in states),
        bgp=found.bgp if None in bgp else (*found.bgp, *_idle(found.bgp, tunnels)),
    )


def _ask(session: Session, command: str) -> Operational | None:
    """What the device answers, None when it refuses or answers something else."""
    try:
        return show(command, session.run(command))
    except (CommandRefused, ParseError):
        return None


def _children(session: Session, tunnels: Tunnels) -> Operational | None:
    """The child SAs with the counters of each, and what is told of those that are down."""
    try:
        answer = text.cleaned(session.run(IPSEC))
        if answer.strip():
            show(IPSEC, answer)  # raises where this is something else
    except (CommandRefused, ParseError):
        return None
    ours = {remote for tunnel in tunnels for remote in tunnel.remote.addresses}
    found: list[TunnelState] = []
    for one in ipsec.tunnels(answer):
        told = one.state()
        if told is not None and told.remote in ours:
            counted = _counted(session, one.index) if len(found) < _MANY else None
            found.append(_with_counters(told, counted))
    down = _ask(session, INACTIVE) or Operational()
    named = {(one.remote, one.interface) for one in found} | {(one.remote, None) for one in found}
    found += [one for one in down.tunnels if (one.remote, one.interface) not in named]
    return Operational(tunnels=peers.grouped(found))


def _counted(session: Session, index: str | None) -> ChildState | None:
    if index is None:
        return None
    try:
        return statistics.counters(session.run(f"show security ipsec statistics index {index}"))
    except CommandRefused:
        return None


def _with_counters(told: TunnelState, counted: ChildState | None) -> TunnelState:
    if counted is None:
        return told
    children = tuple(
        replace(
            child,
            bytes_in=counted.bytes_in,
            bytes_out=counted.bytes_out,
            packets_in=counted.packets_in,
            packets_out=counted.packets_out,
        )
        for child in told.children
    )
    return replace(told, children=children)


def _bgp_commands(tunnels: Tunnels) -> tuple[str, ...]:
    found = dict.fromkeys(_instance(tunnel) for tunnel in tunnels if tunnel.bgp is not None)
    return tuple(
        f"show bgp summary instance {instance}" if instance else "show bgp summary"
        for instance in found
    )


def _instance(tunnel: Tunnel) -> str | None:
    return None if tunnel.interface is None else tunnel.interface.vrf


def _other_commands(tunnels: Tunnels) -> Iterator[str]:
    """Tunnel interfaces, and the route of every address that must lead somewhere.

    One address a question: a whole table can hold a million routes.
    """
    if any(tunnel.interface is not None for tunnel in tunnels):
        yield "show interfaces terse st0"
    yield from dict.fromkeys(
        f"show route {address} table {instance}.inet.0"
        if instance
        else f"show route {address} table inet.0"
        for tunnel in tunnels
        for instance, address in _destinations(tunnel)
    )


def _destinations(tunnel: Tunnel) -> Iterator[tuple[str | None, IPv4Address]]:
    """The gateway outside, what lies behind it inside, and its BGP addresses."""
    for address in tunnel.remote.addresses:
        yield tunnel.local.vrf, address
    inside: tuple[IPv4Network, ...] = (
        *tunnel.routes,
        *(selector.remote for selector in tunnel.selectors),
    )
    for prefix in inside:
        if prefix.prefixlen:
            yield _instance(tunnel), prefix.network_address
    for peer in tunnel.bgp.peers if tunnel.bgp is not None else ():
        yield _instance(tunnel), peer.address


def _with_absent(states: Iterable[TunnelState], tunnels: Tunnels) -> tuple[TunnelState, ...]:
    """With a state for each peer of ours that no screen lists, told apart by our address."""
    known = tuple(states)
    absent = (
        TunnelState(remote=remote, local=tunnel.local.address)
        for tunnel in tunnels
        for remote in tunnel.remote.addresses
        if not any(one.remote == remote and _leaves_from(tunnel, one) for one in known)
    )
    return (*known, *dict.fromkeys(absent))


def _leaves_from(tunnel: Tunnel, one: TunnelState) -> bool:
    ours = tunnel.local.address
    return ours is None or one.local is None or ours == one.local


def _with_ike(one: TunnelState, ike: Iterable[TunnelState]) -> TunnelState:
    """Several tunnels through one gateway share its IKE SA, which is listed once."""
    if one.ike is not None:
        return one
    shared = (sa for sa in ike if sa.remote == one.remote and sa.local in {None, one.local})
    known = next(shared, None)
    return one if known is None else replace(one, ike=known.ike, ike_version=known.ike_version)


def _down(one: TunnelState, tunnels: Tunnels, told: tuple[bool, bool]) -> TunnelState:
    """An SA of ours that its own table does not list: none. `told`: of IKE, of children."""
    if not any(one.remote in tunnel.remote.addresses for tunnel in tunnels):
        return one
    ike = SaStatus.DOWN if one.ike is None and told[0] else one.ike
    unlisted = told[1] and one.child is None and not one.children
    return replace(one, ike=ike, child=SaStatus.DOWN if unlisted else one.child)


def _idle(known: Iterable[BgpState], tunnels: Tunnels) -> Iterator[BgpState]:
    """A neighbour that the summary does not list is not configured: nothing is tried."""
    listed = {session.peer for session in known}
    wanted = (peer for tunnel in tunnels if tunnel.bgp for peer in tunnel.bgp.peers)
    for address in dict.fromkeys(peer.address for peer in wanted):
        if address not in listed:
            yield BgpState(peer=address)
