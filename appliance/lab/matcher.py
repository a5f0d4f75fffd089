"""Would this gateway and that device agree? A small IKE negotiation on paper.

RFC 7296 and RFC 2409 in outline: version, proposal, identity, key, then ESP proposal, PFS and
traffic selectors. In IKEv2 the group of the first child SA is that of the IKE SA, so a PFS
mismatch passes at first and breaks at the first rekey (RFC 7296 1.2 and 1.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.lab.azure_peer import AzurePeer
from appliance.lab.link import ANY, Esp, Link, Offer, covers

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a negotiation. `reason` is empty when everything is up.

    `answered`: the peer replied at all. `ike`: the IKE combination agreed on, None without an IKE
    SA. `esp`: the child's, None without one. `flows`: the selector pairs that got SAs.
    """

    peer: str
    reason: str = ""
    answered: bool = False
    ike: Offer | None = None
    esp: Esp | None = None
    flows: tuple[Pair, ...] = ()

    @property
    def up(self) -> bool:
        """Whether traffic can flow."""
        return bool(self.flows)


def negotiate(
    link: Link,
    peers: Iterable[AzurePeer],
    *,
    nat: Mapping[str, str] | None = None,
    rekey: bool = False,
    called: bool = False,
) -> Outcome:
    """Try the link's peers in order. `nat` maps the device's addresses to public ones; `rekey`
    says that this is not the first child SA, `called` that the gateway dials, not the device."""
    known = {peer.address: peer for peer in peers}
    outcome = Outcome(peer=link.peers[0], reason="nobody answers at that address")
    public = (nat or {}).get(link.local, link.local)
    for address in link.peers:
        peer = known.get(address)
        if peer is None or not peer.reachable or (called and not peer.initiates):
            continue
        outcome = _with(link, peer, public, _Manner(rekey=rekey, called=called))
        if outcome.ike is not None:
            return outcome
    return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    rekey: bool
    called: bool


def _with(link: Link, peer: AzurePeer, public: str, manner: _Manner) -> Outcome:
    silent = _silent(link, peer, public)
    if silent:
        return Outcome(peer=peer.address, reason=silent)
    chosen = _ike(link, peer)
    failed = "no IKE proposal in common" if chosen is None else _authenticated(link, peer)
    if chosen is None or failed:
        return Outcome(peer=peer.address, reason=failed, answered=True)
    return _child(link, peer, chosen, manner)


def _silent(link: Link, peer: AzurePeer, public: str) -> str:
    """Why the gateway does not answer at all."""
    if public != peer.device_address:
        return f"the gateway expects {peer.device_address}, not {public}"
    if link.version != peer.ike_version:
        return f"the gateway speaks IKEv{peer.ike_version} only"
    return link.towards(peer.address).problem


def _ike(link: Link, peer: AzurePeer) -> Offer | None:
    for encryption, integrity, group in peer.ike:
        for offer in link.ike:
            aead = encryption.endswith("gcm")
            digest = offer.prf if aead else offer.integrity
            same = (offer.encryption, offer.group) == (encryption, group)
            if same and (digest == integrity or (aead and not integrity)):
                return offer
    return None


def _authenticated(link: Link, peer: AzurePeer) -> str:
    """Why authentication fails; empty when it does not."""
    secret = link.towards(peer.address)
    if secret.key is None:
        return "the device has no key for this peer"
    if secret.key != peer.psk:
        return "the keys differ"
    shown = peer.identity or peer.address
    for allowed in secret.identities:
        if allowed == "any" or covers(allowed.split(), shown):
            return ""
    return f"the device does not accept the identity {shown}"


def _child(link: Link, peer: AzurePeer, ike: Offer, manner: _Manner) -> Outcome:
    esp = _esp(link, peer, manner)
    flows = _flows(link, peer) if esp is not None and not link.gre else ()
    reason = ""
    if esp is None:
        reason = "no ESP proposal in common"
    elif link.gre:
        reason = "the device sends GRE, which the gateway cannot terminate"
    elif len(flows) < len(link.selectors):
        reason = "traffic selectors differ"
    return Outcome(
        peer=peer.address,
        reason=reason,
        answered=True,
        ike=ike,
        esp=esp if flows else None,
        flows=flows,
    )


def _esp(link: Link, peer: AzurePeer, manner: _Manner) -> Esp | None:
    checked = manner.rekey or link.version == 1
    for encryption, integrity, group in peer.proposed_esp if manner.called else peer.esp:
        for offer in link.esp:
            same = (offer.encryption, offer.integrity) == (encryption, integrity)
            if offer.usable and same and (not checked or offer.group == group):
                return offer
    return None


def _flows(link: Link, peer: AzurePeer) -> tuple[Pair, ...]:
    wanted = set(peer.selectors) or {(ANY, ANY)}
    return tuple(pair for pair in link.selectors if pair in wanted)
