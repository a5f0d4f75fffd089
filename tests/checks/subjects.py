"""Sites to be checked, made of the one that has nothing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from appliance.azure.expectation import Expectation, GatewayFacts
from appliance.checks import Finding, Subject, run
from appliance.driver import load
from appliance.intend import intend
from appliance.intend.edge import with_edge
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremises, OnPremisesBgp, Site, TunnelSettings
from appliance.model.secret import Secret
from appliance.model.tunnel import BgpPeer, Tunnel
from tests.vendors import intents

TODAY = "2026-11-22"
KEY = "Zk3vR8wQ1xT6yB4nM7pL2s"
BGP = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))


def nets(*texts: str) -> tuple[IPv4Network, ...]:
    """Networks."""
    return tuple(map(IPv4Network, texts))


def site(**changes: object) -> Site:
    """The site; fields of Site, OnPremises and TunnelSettings by name, `mode` of Device."""
    made = intents.site("cisco_ios")
    tunnel = {name: changes.pop(name) for name in tuple(changes) if name in _TUNNEL}
    ours = {name: changes.pop(name) for name in tuple(changes) if name in _OURS}
    device = {name: changes.pop(name) for name in ("mode",) if name in changes}
    settings = replace(made.device.tunnel, **tunnel)  # type: ignore[arg-type]  # fields by name
    return replace(
        made,
        device=replace(made.device, tunnel=settings, **device),  # type: ignore[arg-type]  # as above
        on_premises=replace(made.on_premises, **ours),  # type: ignore[arg-type]  # as above
        **changes,  # type: ignore[arg-type]  # as above
    )


_TUNNEL = frozenset(TunnelSettings.__slots__)
_OURS = frozenset(OnPremises.__slots__)


def azure(**changes: object) -> Expectation:
    """What Azure expects; also fields of GatewayFacts and of its end on premises (`lng_...`)."""
    made = intents.expectation()
    facts = {name: changes.pop(name) for name in tuple(changes) if name in _FACTS}
    ends = {
        name.removeprefix("lng_"): changes.pop(name)
        for name in tuple(changes)
        if name.startswith("lng_")
    }
    if "dials" in changes:
        changes["policy"] = replace(made.policy, dials=changes.pop("dials"))  # type: ignore[arg-type]  # as above
    told = GatewayFacts(
        sku="VpnGw2AZ",
        vpn_type="RouteBased",
        subnet="GatewaySubnet",
        subnet_prefixes=nets("10.20.255.0/27"),
    )
    return replace(
        made,
        gateway=replace(told, **facts),  # type: ignore[arg-type]  # as above
        on_premises=replace(made.on_premises, **ends),  # type: ignore[arg-type]  # as above
        **changes,  # type: ignore[arg-type]  # as above
    )


_FACTS = frozenset(GatewayFacts.__slots__)


def subject(ours: Site | None = None, theirs: Expectation | None = None, key: str = KEY) -> Subject:
    """A site ready to be checked, as `prepare` makes it."""
    ours, theirs = ours or site(), theirs or azure()
    intent = fit(intend(ours, theirs, Secret(key)), load("cisco_ios"))
    intent = with_edge(intent, ours, theirs, {})
    return Subject(site=ours, expectation=theirs, intent=intent)


def changed(made: Subject, **changes: object) -> Subject:
    """The subject with fields of its tunnels changed: what no driver at hand would do."""
    tunnels = tuple(_changed(tunnel, changes) for tunnel in made.intent.tunnels)
    return replace(made, intent=replace(made.intent, tunnels=tunnels))


def _changed(tunnel: Tunnel, changes: dict[str, object]) -> Tunnel:
    return replace(tunnel, **changes)  # type: ignore[arg-type]  # as above


def speaking(made: Subject, **changes: object) -> Subject:
    """The subject with fields of its BGP sessions changed."""

    def peer(held: BgpPeer) -> BgpPeer:
        return replace(held, **changes)  # type: ignore[arg-type]  # as above

    tunnels = tuple(
        replace(t, bgp=replace(t.bgp, peers=tuple(map(peer, t.bgp.peers)))) if t.bgp else t
        for t in made.intent.tunnels
    )
    return replace(made, intent=replace(made.intent, tunnels=tunnels))


def bgp(address: str = "10.11.255.1", asn: int = 65_050, **changes: object) -> Subject:
    """A site that speaks BGP from that address."""
    ours = OnPremisesBgp(asn=asn, address=IPv4Address(address))
    theirs = azure(
        **{"bgp_enabled": True, "lng_prefixes": (), "lng_bgp_asn": asn, "lng_bgp_address": None}
        | changes
    )
    return subject(site(bgp=ours), theirs)


def neighbour(made: Subject, name: str, **changes: object) -> Subject:
    """Another site, with another connection to the same gateway."""
    theirs = replace(made.expectation, id=f"/connections/{name}", name=name)
    return replace(
        made,
        site=replace(made.site, name=name, **changes),  # type: ignore[arg-type]  # as above
        expectation=theirs,
    )


def found(subjects: Subject | Sequence[Subject], today: str = TODAY) -> tuple[Finding, ...]:
    """What the checks say."""
    listed = (subjects,) if isinstance(subjects, Subject) else tuple(subjects)
    return run(listed, today=today)
