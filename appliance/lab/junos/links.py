"""Every tunnel that a Junos configuration asks for."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from appliance.lab.junos import proposals
from appliance.lab.junos.nine import MAGIC, reveal
from appliance.lab.junos.routes import addresses, instance_of, unit_of
from appliance.lab.junos.tree import Node
from appliance.lab.junos.writing import statement
from appliance.lab.junos.zones import admits, policies, zone_of
from appliance.lab.link import ANY, Link, Secret

Pairs = tuple[tuple[str, str], ...]


def links(root: Node) -> Iterator[Link]:
    """The tunnels of `root`, which holds only what is in force."""
    for vpn in root.all("security", "ipsec", "vpn"):
        link = _link(root, vpn)
        if link is not None:
            yield link


def _link(root: Node, vpn: Node) -> Link | None:
    gateway = root.find("security", "ike", "gateway", vpn.value("ike", "gateway"))
    peers = tuple(gateway.many("address")) if gateway is not None else ()
    if gateway is None or not peers:
        return None
    outside = gateway.value("external-interface")
    local = _local(root, gateway)
    bound = vpn.value("bind-interface")
    policy = root.find("security", "ike", "policy", gateway.value("ike-policy"))
    pairs = selectors(root, vpn)
    version = 2 if gateway.value("version") == "v2-only" else 1
    offers = tuple(proposals.ike(root, policy)) if policy is not None else ()
    children = tuple(proposals.esp(root, vpn))
    secret = _secret(gateway, policy, problem=_problem(root, vpn, gateway))
    parts = (gateway, policy, version, offers, children, secret, pairs, vpn)
    return Link(
        name=vpn.name,
        interface=bound,
        anchor=(vpn.name, bound, outside, local, *peers, _digest(*parts)),
        local=local,
        peers=peers,
        version=version,
        ike=offers,
        secret=secret,
        esp=children,
        lifetime=proposals.lifetime(root, vpn),
        selectors=pairs,
        vrf=instance_of(root, outside),
        map_entry="" if vpn.value("establish-tunnels") == "immediately" else vpn.name,
        profile=gateway.name,
    )


def _digest(*parts: object) -> str:
    """Junos takes a tunnel down whenever something of it is committed anew."""
    key = "".join(part.key or "" for part in parts if isinstance(part, Secret))
    said = "".join(statement(p) if isinstance(p, Node) else repr(p) for p in parts)
    return sha256(f"{said}{key}".encode()).hexdigest()


def _local(root: Node, gateway: Node) -> str:
    unit = unit_of(root, gateway.value("external-interface"))
    own = [str(address.ip) for address in addresses(unit)] if unit is not None else []
    asked = gateway.value("local-address")
    if asked:
        return asked if asked in own else ""
    return own[0] if own else ""


def _problem(root: Node, vpn: Node, gateway: Node) -> str:
    """Why there is no tunnel at all, whoever answers; empty when there may be one."""
    outside = gateway.value("external-interface")
    if not _local(root, gateway):
        return f"external interface {outside} has no address or is not up"
    if not admits(root, outside, "system-services", "ike"):
        return f"IKE is not allowed as host-inbound traffic on {outside}"
    policy = root.find("security", "ike", "policy", gateway.value("ike-policy"))
    if _is_aggressive(gateway, policy):
        return "the gateway does no aggressive mode"
    if vpn.has("vpn-monitor") and not vpn.has("vpn-monitor", "destination-ip"):
        return "vpn-monitor gets no answer: the gateway does not answer pings"
    return _unbound(root, vpn)


def _unbound(root: Node, vpn: Node) -> str:
    """Why nothing can get into the tunnel; empty when something may."""
    bound = vpn.value("bind-interface")
    if not bound:
        return "" if _used(root, vpn) else "no policy uses the VPN and it has no bind-interface"
    unit = unit_of(root, bound)
    if unit is None or unit.find("family", "inet") is None:
        return f"tunnel interface {bound} is not configured, has no family, or is disabled"
    return "" if zone_of(root, bound) is not None else f"tunnel interface {bound} is in no zone"


def _is_aggressive(gateway: Node, policy: Node | None) -> bool:
    """Only IKEv1 has the mode."""
    modern = gateway.value("version") == "v2-only"
    return policy is not None and policy.value("mode") == "aggressive" and not modern


def _used(root: Node, vpn: Node) -> bool:
    return any(policy.tunnel == vpn.name for policy in policies(root))


def _secret(gateway: Node, policy: Node | None, *, problem: str) -> Secret:
    if policy is None:
        return Secret(problem="the gateway has no IKE policy")
    stored = policy.value("pre-shared-key", "ascii-text")
    key = reveal(stored) if stored.startswith(MAGIC) else stored or None
    coded = policy.value("pre-shared-key", "hexadecimal")
    if coded:
        key = _hexadecimal(reveal(coded) or coded)
    shown = next(iter(gateway.many("remote-identity", "inet")), "")
    identities = (shown,) if shown else tuple(gateway.many("address"))
    other = gateway.find("remote-identity")
    if gateway.has("general-ikeid"):
        identities = ("any",)
    elif other is not None and not shown:
        identities = ("0.0.0.0",)  # noqa: S104 -- an identity that no peer shows; nothing is bound
    return Secret(key=key, identities=identities, problem=problem)


def _hexadecimal(text: str) -> str | None:
    try:
        return bytes.fromhex(text.removeprefix("0x")).decode()
    except ValueError:
        return None


def selectors(root: Node, vpn: Node) -> Pairs:
    """(here, there) of each child SA that the VPN asks for."""
    listed = vpn.all("traffic-selector")
    if listed:
        return tuple((n.value("local-ip"), n.value("remote-ip")) for n in listed)
    if not vpn.value("bind-interface"):
        return tuple(_by_policy(root, vpn)) or ((ANY, ANY),)
    own = vpn.find("ike", "proxy-identity")
    if own is None:
        return ((ANY, ANY),)
    return ((own.value("local") or ANY, own.value("remote") or ANY),)


def _by_policy(root: Node, vpn: Node) -> Iterator[tuple[str, str]]:
    """A policy tunnel has one pair for each policy from the inside out; the other direction says
    the same from the other end."""
    gateway = root.find("security", "ike", "gateway", vpn.value("ike", "gateway"))
    zone = zone_of(root, gateway.value("external-interface")) if gateway is not None else None
    for policy in policies(root):
        if policy.tunnel == vpn.name and zone is not None and policy.target == zone.name:
            for source in policy.sources:
                for destination in policy.destinations:
                    yield str(source), str(destination)
