"""Operational state of RRAS: saved output of one cmdlet, or a live server asked for all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from appliance.errors import CommandRefused, ParseError
from appliance.model.state import BgpState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.session import Session
from vendors.rras.cmdlets import records, words
from vendors.rras.reading.document import cleaned, objects
from vendors.rras.reading.fields import Fields
from vendors.rras.reading.table import table
from vendors.rras.screens import associations, interfaces, routing
from vendors.rras.screens.commands import reader

_STATISTICS = (
    "Name",
    "BytesReceived",
    "BytesTransmitted",
    "FramesReceived",
    "FramesTransmitted",
    "ConnectionUpTime",
)
_MAIN_MODE = (
    "LocalEndpoint",
    "RemoteEndpoint",
    "KeyModule",
    "CipherAlgorithm",
    "HashAlgorithm",
    "GroupId",
    "RemoteUdpEncapsulationPort",
)
_QUICK_MODE = (
    "LocalEndpoint",
    "RemoteEndpoint",
    "EncapsulationMode",
    "InboundDirection",
    "FirstIntegrityAlgorithm",
    "FirstCipherAlgorithm",
    "SecondIntegrityAlgorithm",
    "SecondCipherAlgorithm",
)
_PEER = ("PeerName", "PeerIPAddress", "PeerASN", "ConnectivityStatus")
_QUIET: Mapping[str, object] = {"ErrorAction": "SilentlyContinue"}


def show(command: str, output: str) -> Operational:
    """What the saved output of one cmdlet tells: JSON, `Format-List` or a table.

    Raises `UsageError` for a command we do not read, `ParseError` for text that is not its output.
    """
    cmdlet, member, read = reader(command)
    text = cleaned(output)
    found = tuple(map(Fields, table(text))) or objects(text)
    if not any(member in fields for fields in found) and text.strip(" \r\n[]"):
        raise ParseError(
            f"this is no output of {cmdlet}: nothing in it has {member}",
            where=command,
            hint=f"save `{cmdlet} | Select-Object * | ConvertTo-Json -Depth 4`",
        )
    return read(found)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """SAs, counters, routes and BGP of these tunnels.

    A cmdlet that the server refuses leaves what it would have told at None. Raises what
    `Session.run` raises, but for `CommandRefused`.
    """
    shown = interfaces.interfaces(_interfaces(session))
    counters = {one.text("Name"): one for one in _counters(session)}
    main, quick = _associations(session)
    states = tuple(
        _merged(one, main, quick, counters) for one in (*shown.tunnels, *_absent(shown, tunnels))
    )
    speaks = any(tunnel.bgp is not None for tunnel in tunnels)
    return replace(shown, tunnels=states, bgp=_sessions(session, tunnels) if speaks else ())


def _interfaces(session: Session) -> Iterable[Fields]:
    """As JSON, whose lists are lists, with the words of what JSON shows as numbers."""
    members = ("Name", "Destination", "SourceIpAddress", "IPv4Subnet", "PostConnectionIPv4Subnet")
    found = records(session, "Get-VpnS2SInterface", {}, members)
    spelled = words(session, "Get-VpnS2SInterface", {}, ("Name", "Protocol", "ConnectionState"))
    named = {one["Name"]: one for one in spelled}
    return _fields([one | named.get(str(one.get("Name")), {}) for one in found])


def _counters(session: Session) -> Iterable[Fields]:
    """Never with -Clear, which would set the server's counters back."""
    try:
        return _fields(records(session, "Get-VpnS2SInterfaceStatistics", {}, _STATISTICS))
    except CommandRefused:
        return ()


def _fields(found: Iterable[Mapping[str, object]]) -> tuple[Fields, ...]:
    return objects(json.dumps(list(found)))


def _associations(session: Session) -> tuple[Operational | None, Operational | None]:
    """IKE SAs and child SAs, each None where the server does not tell."""
    found: list[Operational | None] = []
    for cmdlet, members, read in (
        ("Get-NetIPsecMainModeSA", _MAIN_MODE, associations.main_modes),
        ("Get-NetIPsecQuickModeSA", _QUICK_MODE, associations.quick_modes),
    ):
        try:
            found.append(read(_fields(words(session, cmdlet, _QUIET, members))))
        except CommandRefused:
            found.append(None)
    return found[0], found[1]


def _absent(shown: Operational, tunnels: Tunnels) -> Iterable[TunnelState]:
    """A gateway of ours that no interface dials."""
    known = {one.remote for one in shown.tunnels}
    for tunnel in tunnels:
        for remote in tunnel.remote.addresses:
            if remote not in known:
                yield TunnelState(remote=remote, ike=SaStatus.DOWN, child=SaStatus.DOWN)


def _merged(
    one: TunnelState,
    main: Operational | None,
    quick: Operational | None,
    counters: Mapping[str, Fields],
) -> TunnelState:
    """The connection with what was negotiated for it and what went through."""
    ike, child = _of(main, one), _of(quick, one)
    if ike is not None:
        one = replace(
            one,
            local=ike.local or one.local,
            ike=SaStatus.UP,
            encryption=ike.encryption,
            integrity=ike.integrity,
            group=ike.group,
            peer_port=ike.peer_port,
        )
    told = counters.get(one.interface or "")
    sa = child.children[0] if child is not None else None
    if told is None and sa is None:
        return one
    counted = interfaces.counted(told) if told is not None else sa
    if counted is not None:
        counted = replace(
            counted,
            status=one.child,
            encryption=None if sa is None else sa.encryption,
            integrity=None if sa is None else sa.integrity,
        )
    age = told.number("ConnectionUpTime") or None if told is not None else None
    return replace(one, children=() if counted is None else (counted,), age_seconds=age)


def _of(known: Operational | None, one: TunnelState) -> TunnelState | None:
    return next((sa for sa in known.tunnels if sa.remote == one.remote), None) if known else None


def _sessions(session: Session, tunnels: Tunnels) -> tuple[BgpState, ...]:
    try:
        peers = _fields(words(session, "Get-BgpPeer", _QUIET, _PEER))
    except CommandRefused:
        return ()
    try:
        members = ("DestinationNetwork", "LearnedFromPeer")
        routes = _fields(words(session, "Get-BgpRouteInformation", _QUIET, members))
        counts = routing.received(routes)
    except CommandRefused:
        counts = None
    found = [
        one for fields in peers if (one := routing.peer(fields, _count(counts, fields))) is not None
    ]
    return (*found, *_idle(found, tunnels))


def _count(counts: Mapping[str, int] | None, fields: Fields) -> int | None:
    return None if counts is None else counts.get(fields.text("PeerName"), 0)


def _idle(found: Iterable[BgpState], tunnels: Iterable[Tunnel]) -> Iterable[BgpState]:
    """A session that the server does not list is not configured."""
    listed = {one.peer for one in found}
    wanted = (peer.address for tunnel in tunnels if tunnel.bgp for peer in tunnel.bgp.peers)
    return [BgpState(peer=address) for address in dict.fromkeys(wanted) if address not in listed]
