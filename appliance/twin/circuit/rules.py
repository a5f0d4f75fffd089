"""What keeps a link of a circuit down, and what decides a direction's way: by rules alone."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.edge import (
    DEFAULT_ROUTE,
    MICROSOFT_ASN,
    USUAL_PREFERENCE,
    Edge,
    ErLink,
    decide,
)
from appliance.model.failure import Kind
from appliance.twin.circuit.customer import acts, peer_of
from appliance.twin.circuit.standing import (
    Link,
    Standing,
    announced,
    gateways,
    key_word,
    originated,
    own_networks,
    routes,
    told_by_vpn,
)
from appliance.twin.finding import Finding
from appliance.twin.sessions import speaks

Cause = tuple[str, str]
"""A field and what it does; both empty where no setting is to blame."""


def link_faults(standing: Standing, link: Link) -> Iterator[Finding]:
    """Everything that keeps this link's session down, what comes first on the wire first."""
    held, azure = link.held, link.azure
    if held is None:
        peer = azure.microsoft.ip
        reason = f"the device has no session with Microsoft's {peer} (AS {MICROSOFT_ASN})"
        yield _down(link, "edge.links", reason, azure=(f"{azure.ours}, peer {peer}",))
        return
    yield from _line(link, held)
    yield from _session(standing.held, link, held)


def _line(link: Link, held: ErLink) -> Iterator[Finding]:
    azure = link.azure
    if not held.interface:
        reason = f"no interface of the device has a network with {held.session.peer}"
        yield _down(link, "edge.link.address", reason, (), (str(azure.ours),))
        return
    if not held.enabled:
        yield _down(link, "edge.link.enabled", "its interface is shut down")
    if held.vlan not in (None, azure.vlan):
        reason = "another VLAN tag: no frame arrives"
        yield _down(link, "edge.link.vlan", reason, (str(held.vlan),), (str(azure.vlan),))
    if held.svlan != azure.svlan:
        reason = "another outer VLAN tag: no frame arrives"
        yield _down(link, "edge.link.svlan", reason, (str(held.svlan),), (str(azure.svlan),))
    if held.address != azure.ours:
        reason = "another address than the peering has for this link"
        yield _down(link, "edge.link.address", reason, (str(held.address),), (str(azure.ours),))


def _session(edge: Edge, link: Link, held: ErLink) -> Iterator[Finding]:
    session, azure = held.session, link.azure
    if session.peer != azure.microsoft.ip:
        reason = "Microsoft's router has another address"
        told = (str(session.peer),), (str(azure.microsoft.ip),)
        yield _down(link, "edge.session.peer", reason, *told)
    if not session.enabled:
        yield _down(link, "edge.session.enabled", "the session is shut down on the device")
    if azure.asn is not None and edge.asn != azure.asn:
        reason = "Azure's peering has another AS number of this site"
        yield _down(link, "edge.asn", reason, (str(edge.asn),), (str(azure.asn),))
    if key_word(session.key, azure.key) != key_word(azure.key, session.key) or (
        key_word(session.key, azure.key) == "ours"
    ):
        reason = "the MD5 keys differ, or only one end has one"
        yield _down(link, "edge.session.key", reason)


def outward(standing: Standing, up: list[ErLink], network: IPv4Network) -> Cause:
    """Why the device would send to this network by the VPN, or at random, while links are up."""
    prefix = announced(standing, network)
    narrow = _narrower(routes(standing), prefix, network)
    if narrow:
        return "routes", f"{narrow[0]} into the tunnel is more specific than the circuit's {prefix}"
    verdicts = [decide(link.session.receives, prefix) for link in up]
    taken = [verdict for verdict in verdicts if verdict.passes is not False]
    if not taken:
        return "edge.session.receives", f"{prefix} is not let in over the circuit"
    edge = standing.held
    eager = [r for r in standing.standby if r.prefix == prefix and r.distance <= edge.bgp_distance]
    if eager:
        reason = f"the static route into the tunnel ({eager[0].distance}) stands before BGP"
        return f"edge.standby.{prefix}", f"{reason} ({edge.bgp_distance})"
    best = max(verdict.local_preference for verdict in taken)
    if speaks(standing.subject) and best <= USUAL_PREFERENCE and not any(_weighs(up)):
        reason = f"{prefix} has local preference {best} over the circuit, {USUAL_PREFERENCE} by VPN"
        return "edge.session.local_preference", reason
    return "", ""


def _weighs(links: list[ErLink]) -> Iterator[bool]:
    yield from (bool(link.session.weight) for link in links)


def homeward(standing: Standing, up: list[ErLink], network: IPv4Network) -> Cause:
    """Why Azure would return to this network by the VPN while links are up."""
    prefix, subject = originated(standing, network), standing.subject
    for field, known in (
        ("azure.on_premises.prefixes", subject.expectation.on_premises.prefixes),
        ("bgp.networks", told_by_vpn(standing)),
    ):
        narrow = [
            one
            for one in _narrower(known, prefix, network)
            if not (one in own_networks(standing) and _let_out(up, one))
        ]
        if narrow:
            reason = f"{narrow[0]} by the VPN is more specific than the circuit's {prefix}"
            return field, reason
    if not _let_out(up, prefix):
        return "edge.session.sends", f"{prefix} is not advertised over the circuit"
    if prefix not in own_networks(standing):
        return "edge.networks", f"the device's BGP does not originate {prefix}"
    return "", ""


def _let_out(up: list[ErLink], prefix: IPv4Network) -> bool:
    return any(decide(link.session.sends, prefix).passes is not False for link in up)


def without_circuit(standing: Standing, local: IPv4Network, remote: IPv4Network) -> Cause:
    """Why this pair's traffic would stop once the circuit is gone."""
    subject = standing.subject
    learnt = subject.expectation.vnet_prefixes if peer_of(standing) is not None else ()
    if not any(remote.subnet_of(one) for one in (*routes(standing), *learnt)):
        return "routes", f"no route of the device leads to {remote} by the VPN"
    if not any(local.subnet_of(one) for one in told_by_vpn(standing)):
        field = "bgp.networks" if subject.expectation.bgp_enabled else "azure.on_premises.prefixes"
        return field, f"Azure has no route to {local} by the VPN"
    rules = subject.tunnel.passes
    if rules is not None and not any(
        local.subnet_of(one.local) and remote.subnet_of(one.remote) for one in rules
    ):
        return "passes", "the device's own rules keep it out of the tunnel"
    return "", ""


def unsafe(standing: Standing) -> Iterator[Finding]:
    """What keeps Azure's VPN gateway off the circuit: only its filters, or nothing."""
    held = {route.address for route in standing.held.hosts}
    lacking = [one for one in gateways(standing) if one not in held]
    if lacking:
        yield found(
            "edge.hosts",
            "no route of its own keeps Azure's VPN gateway off the circuit: "
            + " and ".join(map(str, lacking)),
            breaking=False,
            kind=Kind.CONFIGURATION,
        )


def astray(standing: Standing, up: list[ErLink]) -> tuple[str, ...]:
    """What a default route over the circuit would take along; see `Crossed.astray`."""
    if not any(decide(link.session.receives, DEFAULT_ROUTE).passes is not False for link in up):
        return ()
    held = {route.address for route in standing.held.hosts}
    gateway = standing.subject.endpoint.address
    return ("internet",) if gateway in held else ("gateway", "internet")


def undetected(standing: Standing) -> Iterator[Finding]:
    """Links whose silence nobody notices before BGP does."""
    slow = [one for one in standing.links if one.held is not None and acts(one.held) is None]
    for link in slow:
        hold = 0 if link.held is None else min(link.held.session.hold_seconds or 180, 180)
        yield found(
            "edge.link.bfd",
            f"{link.azure.label}: without BFD a link that drops packets while it stays up is "
            f"noticed after up to {hold} s, when BGP's hold time is over",
            breaking=False,
            kind=Kind.FAILOVER,
        )


def found(field: str, reason: str, *, breaking: bool, kind: Kind) -> Finding:
    """A finding that is about one field, or about none."""
    return Finding(kind=kind, fields=(field,) if field else (), breaking=breaking, reason=reason)


def _narrower(
    known: tuple[IPv4Network, ...], prefix: IPv4Network, network: IPv4Network
) -> list[IPv4Network]:
    """Parts of the prefix that take this network's packets."""
    return [r for r in known if r != prefix and r.subnet_of(prefix) and network.subnet_of(r)]


def _down(
    link: Link,
    field: str,
    reason: str,
    device: tuple[str, ...] = (),
    azure: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        kind=Kind.BGP,
        fields=(field,),
        breaking=True,
        reason=f"{link.azure.label} would not come up: {reason}",
        device=device,
        azure=azure,
    )
