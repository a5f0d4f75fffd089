"""Rungs of the SAs: the IKE SA, the key it proves, child SAs, and the traffic they carry."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import Encryption, Integrity
from appliance.model.state import ChildState, SaStatus, TunnelState
from appliance.model.tunnel import Mode, TrafficSelector, Tunnel
from appliance.verify import paths
from appliance.verify.finding import Evidence, Renewal, Said, failed, proven, unknown

_NAT_TRAVERSAL = 4500  # the port IKE and ESP share behind NAT (RFC 3948)
_NOT_TOLD = "the device did not tell"
_OLD = (
    "clear the SA in a quiet moment so that it is negotiated anew; then both sides are proven to "
    "agree on what is configured now"
)
_WAITING = (
    "see whether the Azure gateway exists and its connection is not disabled, whether its local "
    "network gateway holds our public address, and whether UDP 500 and 4500 pass in between"
)

_NOTHING_BACK = (
    "Azure's side does not answer: a network security group or route table there, a local network "
    "gateway that lacks our prefixes, a host whose own firewall drops the ping, or ESP blocked on "
    "the way in"
)
_NOTHING_SENT = (
    "our side does not send into the tunnel: look for a missing route, for address translation "
    "that takes the traffic first, and for an access list on the inside"
)


def ike(evidence: Evidence) -> Iterator[Said]:
    """The IKE SA: up, and by what is configured now."""
    peer = evidence.peer
    if peer.ike is SaStatus.UP:
        renewal = evidence.renewal
        if renewal is not None and not renewal.child_only and renewal.missed(peer.age_seconds):
            yield unknown(_before("up", peer.age_seconds, renewal), _OLD)
        else:
            yield _established(evidence.tunnel, peer)
    elif peer.ike is None:
        yield unknown(f"{_NOT_TOLD} of an IKE SA", "read the IKE SAs of the device by hand")
    else:
        yield paths.obstacle(evidence) or _waiting(peer)


def _before(what: str, age: int | None, renewal: Renewal) -> str:
    return (
        f"{what}, but for {age} s already, and the change was made {renewal.seconds:.0f} s ago: "
        "it was negotiated by the configuration before"
    )


def _waiting(peer: TunnelState) -> Said:
    """Azure may not be there yet: that is no fault of ours, and said first."""
    if peer.ike is SaStatus.DOWN:
        return failed(
            f"no IKE SA, waiting for peer {peer.remote}",
            f"see that the tunnel is not shut down here; then {_WAITING}",
        )
    return failed(
        f"negotiating, waiting for peer {peer.remote}",
        f"if it stays so, {_WAITING}; if Azure does answer, compare IKE version, proposals, "
        "identities and key of both sides",
    )


def _established(tunnel: Tunnel, peer: TunnelState) -> Said:
    if peer.ike_version not in (None, tunnel.ike.version):
        return unknown(
            f"up, but as IKEv{peer.ike_version:d}, while IKEv{tunnel.ike.version:d} is configured",
            _OLD,
        )
    if _ike_differs(tunnel, peer):
        return unknown(f"up, but with {_words(peer)}, which no proposal configured now has", _OLD)
    return proven(f"up with {peer.remote}{_details(peer)}")


def _ike_differs(tunnel: Tunnel, peer: TunnelState) -> bool:
    """Whether the algorithms, as far as told, are in none of the proposals.

    Without the IKE version the state was told by a child SA, whose algorithms are others.
    """
    if peer.ike_version is None:
        return False
    return not any(
        peer.encryption in (None, *proposal.encryption)
        and peer.integrity in (None, Integrity.NONE, *proposal.integrity)
        and peer.group in (None, *proposal.groups)
        for proposal in tunnel.ike.proposals
    )


def _words(peer: TunnelState) -> str:
    group = None if peer.group is None else f"group {peer.group:d}"
    told = (peer.encryption, peer.integrity, group)
    return "/".join(str(word) for word in told if word not in (None, Integrity.NONE))


def _details(peer: TunnelState) -> str:
    nat = " behind NAT" if peer.peer_port == _NAT_TRAVERSAL else ""
    return f"{nat}, {_words(peer)}" if _words(peer) else nat


def key(evidence: Evidence) -> Iterator[Said]:
    """An established IKE SA proves the pre-shared key; nothing less does."""
    match evidence.peer.ike:
        case SaStatus.UP:
            yield proven("both sides hold the same key: the IKE SA is established")
        case SaStatus.NEGOTIATING:
            yield unknown(
                "a wrong key would look like this: negotiation begins and never ends",
                "compare our key with the connection's shared key in Azure; mind blanks and the "
                "end of the line",
            )
        case _:
            yield unknown("not judged before an IKE SA tries it", "")


def child(evidence: Evidence) -> Iterator[Said]:
    """A child SA for each selector pair; any to any where a tunnel interface decides."""
    for selector in _wanted(evidence.tunnel):
        yield _pair(evidence, selector)


def _wanted(tunnel: Tunnel) -> tuple[TrafficSelector | None, ...]:
    policy = tunnel.mode is Mode.POLICY_BASED and tunnel.selectors
    return tunnel.selectors if policy else (None,)


def _pair(evidence: Evidence, selector: TrafficSelector | None) -> Said:
    found = _states(evidence.peer, selector)
    name = "any to any" if selector is None else str(selector)
    statuses = {state.status for state in found} or _alone(evidence.peer, selector)
    if statuses == {SaStatus.UP}:
        return _older(evidence, name, found) or _up(evidence.tunnel, name, found)
    if SaStatus.DOWN in statuses:
        return failed(
            f"{name}: no child SA",
            "send traffic that matches it; if it stays down, compare the proposals for ESP, PFS "
            "and the selectors (address prefixes) with the connection in Azure",
        )
    if SaStatus.NEGOTIATING in statuses:
        return failed(f"{name}: still negotiating", "wait a moment and verify again")
    return unknown(f"{name}: {_NOT_TOLD}", "read the child SAs of the device by hand")


def _older(evidence: Evidence, name: str, found: tuple[ChildState, ...]) -> Said | None:
    renewal = evidence.renewal
    ages = [state.age_seconds for state in found if renewal and renewal.missed(state.age_seconds)]
    if renewal is None or not ages:
        return None
    return unknown(_before(f"{name}: up", ages[0], renewal), _OLD)


def _states(peer: TunnelState, selector: TrafficSelector | None) -> tuple[ChildState, ...]:
    if selector is None:
        return peer.children
    return tuple(state for state in peer.children if state.selector == selector)


def _alone(peer: TunnelState, selector: TrafficSelector | None) -> set[SaStatus | None]:
    """Without pairs the tunnel's own word; a pair missing among others has no SA."""
    if not peer.children:
        return {peer.child}
    return set() if selector is None else {SaStatus.DOWN}


def _up(tunnel: Tunnel, name: str, found: tuple[ChildState, ...]) -> Said:
    wrong = next((state for state in found if _esp_differs(tunnel, state)), None)
    if wrong is None:
        return proven(f"{name}: up")
    used = (wrong.encryption, wrong.integrity)
    words = "/".join(str(word) for word in used if word not in (None, Integrity.NONE))
    return unknown(f"{name}: up, but with {words}, which no proposal configured now has", _OLD)


def _esp_differs(tunnel: Tunnel, state: ChildState) -> bool:
    return not any(
        _fits(state.encryption, proposal.encryption)
        and state.integrity in (None, Integrity.NONE, *proposal.integrity)
        for proposal in tunnel.esp.proposals
    )


def _fits(used: Encryption | None, configured: tuple[Encryption, ...]) -> bool:
    return used is None or used in configured


def counters(evidence: Evidence) -> Iterator[Said]:
    """Packets in both directions: since the earlier sample where there is one."""
    out, came = _moved(evidence, "out"), _moved(evidence, "in")
    since = " since the first sample" if evidence.earlier is not None else ""
    if out is None or came is None:
        yield unknown(f"{_NOT_TOLD} packet counters", "read the counters of the SAs by hand")
    elif out and came:
        yield proven(f"{out} packets sent, {came} received{since}")
    elif out:
        yield failed(f"one-way: {out} packets sent, none received{since}", _NOTHING_BACK)
    elif came:
        yield failed(f"one-way: {came} packets received, none sent{since}", _NOTHING_SENT)
    else:
        yield unknown(
            f"no traffic in either direction{since}",
            "ping a host in Azure from an inside address and verify again",
        )


def _moved(evidence: Evidence, way: str) -> int | None:
    """Packets (or bytes) of one direction; counters that fell began anew with a new SA."""
    now = _total(evidence.peer, way)
    then = None if evidence.earlier is None else _total(evidence.earlier, way)
    if now is None or then is None or then > now:
        return now
    return now - then


def _total(peer: TunnelState, way: str) -> int | None:
    told = [count for state in peer.children if (count := _count(state, way)) is not None]
    return sum(told) if told else None


def _count(state: ChildState, way: str) -> int | None:
    if way == "in":
        return state.bytes_in if state.packets_in is None else state.packets_in
    return state.bytes_out if state.packets_out is None else state.packets_out
