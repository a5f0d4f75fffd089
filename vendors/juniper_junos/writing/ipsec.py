"""The ESP part of a tunnel and what carries it: `security ipsec`, the st0 unit and its zone."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import Integrity
from appliance.model.tunnel import EspProposal, Mode, Tunnel, TunnelInterface
from vendors.juniper_junos import names
from vendors.juniper_junos.writing.statement import LABEL, Statement, Thing, inactive, word


def ipsec(tunnel: Tunnel) -> Iterator[Statement]:
    """Statements for the child SAs of one tunnel, down to its interface and zone."""
    policy = tunnel.objects.get("ipsec policy")
    if tunnel.objects.get("ipsec proposal-set") is None:
        for proposal in tunnel.esp.proposals:
            yield from _proposal(tunnel, proposal)
    if policy is not None:
        yield from _policy(tunnel, policy)
    yield from _vpn(tunnel, policy)
    if tunnel.interface is not None and tunnel.interface.name:
        yield from _unit(tunnel, tunnel.interface)
        yield from _around_unit(tunnel, tunnel.interface)


def _proposal(tunnel: Tunnel, proposal: EspProposal) -> Iterator[Statement]:
    thing = Thing(
        f"security ipsec proposal {word(proposal.name)}", "what the traffic is encrypted with"
    )
    yield thing.one("protocol", "esp" if proposal.ah is None else "ah")
    hashes = [proposal.ah] if proposal.ah is not None else proposal.integrity
    for hash_ in hashes[:1]:
        if hash_ is not Integrity.NONE:
            yield thing.one("authentication-algorithm", names.IPSEC_AUTHENTICATION[hash_])
    for cipher in proposal.encryption[:1]:
        if cipher in names.IPSEC_ENCRYPTION:
            yield thing.one("encryption-algorithm", names.IPSEC_ENCRYPTION[cipher])
    if len(tunnel.esp.proposals) == 1:  # of several each has its own, and one is known
        if tunnel.esp.lifetime_seconds is not None:
            yield thing.one("lifetime-seconds", tunnel.esp.lifetime_seconds)
        if tunnel.esp.lifetime_kilobytes is not None:
            yield thing.one("lifetime-kilobytes", tunnel.esp.lifetime_kilobytes)


def _policy(tunnel: Tunnel, name: str) -> Iterator[Statement]:
    thing = Thing(f"security ipsec policy {word(name)}", "ties cipher and PFS together")
    if chosen := tunnel.objects.get("ipsec proposal-set"):
        yield thing.one("proposal-set", chosen)
    else:
        for proposal in tunnel.esp.proposals:
            yield thing.each("proposals", proposal.name)
    group = tunnel.esp.pfs_group
    if group is not None:
        yield thing.part("perfect-forward-secrecy").one("keys", names.group_word(group))


def _vpn(tunnel: Tunnel, policy: str | None) -> Iterator[Statement]:
    thing = Thing(f"security ipsec vpn {word(tunnel.name)}", "the tunnel itself")
    if tunnel.interface is not None and tunnel.interface.name:
        yield thing.one("bind-interface", tunnel.interface.name)
    if gateway := tunnel.objects.get("gateway"):
        yield thing.one("ike gateway", gateway)
    if policy is not None:
        yield thing.one("ike ipsec-policy", policy)
    yield from _selectors(tunnel, thing)
    if (when := tunnel.objects.get("establish")) is not None:
        yield thing.one("establish-tunnels", when)
    if not tunnel.enabled:
        yield from _off(tunnel.objects.get("off", f"inactive {thing.path}"))


def _off(switches: str) -> Iterator[Statement]:
    for switch in switches.splitlines():
        path, why = switch.removeprefix("inactive "), "the tunnel is switched off"
        if path != switch:
            yield inactive(path, why)
        else:
            yield Statement(text=switch, slot=switch, why=why)


def _selectors(tunnel: Tunnel, vpn: Thing) -> Iterator[Statement]:
    if tunnel.mode is Mode.ROUTE_BASED:
        for pair in tunnel.selectors[:1]:
            identity = vpn.part("ike proxy-identity")
            yield identity.one("local", pair.local)
            yield identity.one("remote", pair.remote)
        return
    for pair in tunnel.selectors:
        plain = f"{pair.local}-{pair.remote}".replace("/", "_")
        name = tunnel.objects.get(f"selector {pair.local} {pair.remote}", plain)
        selector, *terms = name.split(names.TERM)
        behind = "".join(f" term {word(term)}" for term in terms)
        entry = vpn.part(f"traffic-selector {word(selector)}{behind}")
        yield entry.one("local-ip", pair.local)
        yield entry.one("remote-ip", pair.remote)


def _unit(tunnel: Tunnel, interface: TunnelInterface) -> Iterator[Statement]:
    name, _, unit = interface.name.partition(".")
    path = f"interfaces {name}"
    thing = Thing(f"{path} unit {unit}", "the tunnel interface", (path,))
    if label := tunnel.objects.get("label"):
        yield thing.one("description", f"{LABEL}{label}")
    if any((interface.address, interface.unnumbered, interface.mtu)):
        yield thing.has("family inet")
    family = thing.part("family inet")
    if interface.mtu is not None:
        yield family.one("mtu", interface.mtu)
    if interface.mss is not None and tunnel.objects.get("mss") == "unit":
        yield family.one("tcp-mss", interface.mss)
    if interface.address is not None:
        yield family.has(f"address {interface.address}")


def _around_unit(tunnel: Tunnel, interface: TunnelInterface) -> Iterator[Statement]:
    if zone := tunnel.objects.get("zone"):
        thing = Thing(f"security zones security-zone {word(zone)}", "the zone of the tunnel")
        yield thing.part(f"interfaces {interface.name}").alone()
    if instance := tunnel.objects.get("instance"):
        thing = Thing(f"routing-instances {word(instance)}", "the routing instance of the tunnel")
        yield Statement(
            text=f"{thing.path} interface {interface.name}",
            slot=f"{thing.path} interface {interface.name}",
            why=thing.why,
        )
    if interface.mss is not None and "mss" not in tunnel.objects:
        thing = Thing("security flow tcp-mss", "keeps TCP segments of all VPNs small enough")
        yield thing.one("ipsec-vpn mss", interface.mss)
