"""Change one field on the device: exactly one finding, and a push repairs exactly that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance import driver as drivers
from appliance.azure.expectation import Expectation
from appliance.compare import compare
from appliance.driver import Driver
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp, Site, TunnelSettings
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.difference import Difference
from appliance.model.intent import Intent
from appliance.model.pairing import mine
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector, Tunnel
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.boxes import KINDS, Box
from tests.vendors.lines import LINES

Mutation = Callable[[Tunnel], Tunnel]

KEY = Secret("right-horse-battery-staple")


def _routed(driver: str) -> tuple[Site, Expectation]:
    site = intents.site(driver)
    settings = TunnelSettings(mtu=1400, addresses=(IPv4Interface("169.254.100.1/30"),))
    return replace(site, device=replace(site.device, tunnel=settings)), intents.expectation()


def _old(driver: str) -> tuple[Site, Expectation]:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, intents.reach(driver).esp_hashes_v1[-1], DhGroup.MODP2048),
    )
    return intents.site(driver), intents.expectation(ike_version=IkeVersion.V1, policy=policy)


def _selected(driver: str) -> tuple[Site, Expectation]:
    made = intents.expectation(policy_based=True)
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in made.on_premises.prefixes
        for remote in made.vnet_prefixes
    )
    return intents.site(driver), replace(made, selectors=pairs)


def _speaking(driver: str) -> tuple[Site, Expectation]:
    site = intents.site(driver)
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    return site, intents.expectation(bgp_enabled=True)


def _behind_nat(driver: str) -> tuple[Site, Expectation]:
    site = intents.site(driver)
    ours = replace(
        site.on_premises,
        nat=True,
        address=IPv4Address("192.0.2.77"),
        private_address=intents.OUTSIDE,
    )
    return replace(site, on_premises=ours), intents.expectation()


SETUPS = {
    "route-based": _routed,
    "IKEv1": _old,
    "policy-based": _selected,
    "BGP": _speaking,
    "NAT": _behind_nat,
}


def _ike(**changes: object) -> Mutation:
    def mutate(tunnel: Tunnel) -> Tunnel:
        last = replace(tunnel.ike.proposals[-1], **changes)  # type: ignore[arg-type]  # by name
        proposals = (*tunnel.ike.proposals[:-1], last)
        return replace(tunnel, ike=replace(tunnel.ike, proposals=proposals))

    return mutate


def _esp(**changes: object) -> Mutation:
    def mutate(tunnel: Tunnel) -> Tunnel:
        proposal = replace(tunnel.esp.proposals[0], **changes)  # type: ignore[arg-type]  # by name
        return replace(tunnel, esp=replace(tunnel.esp, proposals=(proposal,)))

    return mutate


def _child(**changes: object) -> Mutation:
    return lambda tunnel: replace(tunnel, esp=replace(tunnel.esp, **changes))  # type: ignore[arg-type]  # by name


def _interface(**changes: object) -> Mutation:
    def mutate(tunnel: Tunnel) -> Tunnel:
        assert tunnel.interface is not None
        return replace(tunnel, interface=replace(tunnel.interface, **changes))  # type: ignore[arg-type]  # by name

    return mutate


def _peer(**changes: object) -> Mutation:
    def mutate(tunnel: Tunnel) -> Tunnel:
        assert tunnel.bgp is not None
        peer = replace(tunnel.bgp.peers[0], **changes)  # type: ignore[arg-type]  # by name
        return replace(tunnel, bgp=replace(tunnel.bgp, peers=(peer,)))

    return mutate


def _field(**changes: object) -> Mutation:
    return lambda tunnel: replace(tunnel, **changes)  # type: ignore[arg-type]  # by name


def _selectors(
    change: Callable[[tuple[TrafficSelector, ...]], tuple[TrafficSelector, ...]],
) -> Mutation:
    return lambda tunnel: replace(tunnel, selectors=change(tunnel.selectors))


def _stranger(tunnel: Tunnel) -> Tunnel:
    remote = replace(tunnel.remote, addresses=(IPv4Address("198.51.100.99"),))
    return replace(tunnel, remote=remote)


def _slower(tunnel: Tunnel) -> Tunnel:
    assert tunnel.ike.dpd is not None
    return replace(tunnel, ike=replace(tunnel.ike, dpd=replace(tunnel.ike.dpd, delay_seconds=50)))


def _networks(tunnel: Tunnel) -> Tunnel:
    assert tunnel.bgp is not None
    return replace(tunnel, bgp=replace(tunnel.bgp, networks=tunnel.bgp.networks[:1]))


NET = IPv4Network

CASES: tuple[tuple[str, str, Mutation], ...] = (
    ("route-based", "ike.proposals.encryption", _ike(encryption=(Encryption.AES128,))),
    (
        "route-based",
        "ike.proposals.integrity",
        _ike(integrity=(Integrity.SHA384,), prf=(Prf.SHA384,)),
    ),
    ("route-based", "ike.proposals.prf", _ike(prf=(Prf.SHA384,))),
    ("route-based", "ike.proposals.groups", _ike(groups=(DhGroup.ECP256,))),
    ("route-based", "ike.proposals.groups#weak", _ike(groups=(DhGroup.MODP2048, DhGroup.MODP1024))),
    (
        "route-based",
        "ike.proposals.encryption#weak",
        _ike(encryption=(Encryption.AES256, Encryption.TRIPLE_DES)),
    ),
    ("route-based", "ike.proposals.lifetime_seconds", _ike(lifetime_seconds=3_600)),
    ("route-based", "ike.dpd", lambda t: replace(t, ike=replace(t.ike, dpd=None))),
    (
        "route-based",
        "ike.dpd",
        _slower,
    ),
    ("route-based", "esp.proposals.encryption", _esp(encryption=(Encryption.AES128GCM,))),
    (
        "route-based",
        "esp.proposals.encryption",
        _esp(encryption=(Encryption.AES256,), integrity=(Integrity.SHA256,)),
    ),
    ("route-based", "esp.proposals.transport", _esp(transport=True)),
    ("route-based", "esp.pfs_group", _child(pfs_group=None)),
    ("route-based", "esp.pfs_group#weak", _child(pfs_group=DhGroup.MODP2048_256)),
    ("route-based", "esp.lifetime_seconds", _child(lifetime_seconds=7_200)),
    ("route-based", "esp.lifetime_kilobytes", _child(lifetime_kilobytes=5_000_000)),
    ("route-based", "esp.lifetime_kilobytes", _child(lifetime_kilobytes=None)),
    ("route-based", "psk", _field(psk=Secret("wrong-horse-battery-staple"))),
    ("route-based", "routes", _field(routes=(NET("10.20.0.0/16"),))),
    (
        "route-based",
        "routes",
        _field(routes=(NET("10.20.0.0/16"), NET("10.21.0.0/16"), NET("10.99.0.0/16"))),
    ),
    ("route-based", "interface.mss", _interface(mss=1_400)),
    ("route-based", "interface.mss", _interface(mss=None)),
    ("route-based", "interface.mtu", _interface(mtu=1_460)),
    ("route-based", "interface.address", _interface(address=IPv4Interface("169.254.9.1/30"))),
    ("route-based", "interface.address", _interface(address=None)),
    ("route-based", "enabled", _field(enabled=False)),
    ("route-based", "remote.addresses", _stranger),
    (
        "route-based",
        "local.identity",
        lambda t: replace(t, local=replace(t.local, identity="192.0.2.9")),
    ),
    ("NAT", "local.identity", lambda t: replace(t, local=replace(t.local, identity=None))),
    ("IKEv1", "psk", _field(psk=Secret("wrong-horse-battery-staple"))),
    ("IKEv1", "esp.proposals.integrity", _esp(integrity=(Integrity.SHA1,))),
    ("IKEv1", "esp.pfs_group", _child(pfs_group=None)),
    ("policy-based", "selectors", _selectors(lambda pairs: pairs[1:])),
    (
        "policy-based",
        "selectors",
        _selectors(
            lambda p: (*p, TrafficSelector(local=NET("10.12.0.0/16"), remote=NET("10.20.0.0/16")))
        ),
    ),
    ("policy-based", "remote.addresses", _stranger),
    ("policy-based", "esp.proposals.encryption", _esp(encryption=(Encryption.AES192GCM,))),
    ("BGP", "bgp.peers.asn", _peer(asn=65_010)),
    ("BGP", "bgp.peers.multihop", _peer(multihop=None)),
    ("BGP", "bgp.peers.timers", _peer(keepalive_seconds=10, hold_seconds=30)),
    ("BGP", "bgp.peers.enabled", _peer(enabled=False)),
    ("BGP", "bgp.peers.source", _peer(source="Loopback0", local_address=IPv4Address("10.255.0.1"))),
    ("BGP", "bgp.networks", _networks),
    ("BGP", "routes", _field(routes=(NET("10.20.255.30/32"), NET("10.99.0.0/16")))),
)

SPELT = {2: ("modp1024",), 14: ("modp2048",), 19: ("ecp256", "ECP256"), 24: ("modp2048s256",)}
"""Groups, for devices that call them by their names."""


def _stands_where_it_says(found: Difference, lines: Mapping[str, str]) -> None:
    if found.source is None:
        return
    text = found.source.text
    assert re.fullmatch(lines.get(found.path, ".*"), text.strip())
    values = found.running if isinstance(found.running, list) else [found.running]
    numbers = [value for value in values if type(value) is int]
    told = {str(number): SPELT.get(number, ()) for number in numbers}
    # Some say one timer, and derive the other.
    enough = any if found.path.endswith("timers") else all
    assert not told or enough(
        any(word in text for word in (one, *words)) for one, words in told.items()
    ), f"{text} does not tell {numbers}"


CANNOT: Mapping[str, Mapping[str, str]] = {
    "cisco_asa": {
        "*/local.identity": "`crypto isakmp identity` is one for the whole box",
        "*/interface.mtu": "the MTU of a VTI follows from its algorithms",
        "*/esp.proposals.transport": "an ipsec-proposal has no mode of its own",
        "*/bgp.peers.source": "there is no update-source",
        "*/*#weak": "this release has no weak algorithms left",
        "IKEv1/esp.proposals.integrity": "SHA-1 is all that is left for IKEv1",
    },
    "cisco_ios": {},
    "juniper_junos": {
        "*/esp.proposals.transport": "an IPsec VPN is a tunnel",
        "*/ike.proposals.prf": "the PRF follows the integrity",
        "*/ike.proposals.*#weak": "a proposal has one value of each kind",
    },
    "rras": {
        "*/ike.proposals.*#weak": "an interface has one value of each kind",
        "IKEv1/*": "IKEv2 only",
        "policy-based/*": "route-based only",
        "*/local.identity": "there is no statement for it",
        "*/ike.dpd": "there is no statement for it",
        "*/interface.*": "its interfaces are not those of the network stack",
        "*/esp.proposals.transport": "an S2S interface is a tunnel",
        "*/ike.proposals.prf": "the PRF follows the integrity",
        "*/bgp.peers.multihop": "sessions are multihop",
    },
    "strongswan": {
        "BGP/*": "charon speaks no BGP",
        "*/interface.mss": "the kernel's packet filter clamps, not charon",
    },
}
"""setup/path that a device cannot hold otherwise, and why."""


def _possible() -> Iterator[tuple[str, tuple[str, str, Mutation]]]:
    for name in sorted(KINDS):
        for case in CASES:
            if not any(fnmatchcase(f"{case[0]}/{case[1]}", cannot) for cannot in CANNOT[name]):
                yield name, case


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}-{case[0]}-{case[1]}") for name, case in _possible()],
)
def test_one_change_is_one_finding_and_is_repaired(
    name: str, case: tuple[str, str, Mutation]
) -> None:
    setup, variant, mutate = case
    path = variant.partition("#")[0]
    driver = drivers.load(name)
    site, azure = SETUPS[setup](name)
    asked = replace(intend(site, azure, KEY), any_pace=False)  # else the device's own DPD stays
    intent = fit(asked, driver)
    box = KINDS[name].make()
    held = _pushed(driver, intent, box)

    ours = {tunnel.name for tunnel in mine(intent, held)}
    before = tuple(_without_loopback(tunnel) for tunnel in held)
    changed = tuple(mutate(tunnel) if tunnel.name in ours else tunnel for tunnel in before)
    box.apply(driver.change(before, changed))
    observed = driver.parse(box.running())

    found = compare(intent, observed)
    assert [difference.path for difference in found] == [path]
    assert found[0].source is not None or found[0].verdict.value == "missing"
    _stands_where_it_says(found[0], LINES[name])
    assert "battery-staple" not in repr(found)

    made = plan(intent, observed, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert compare(intent, after) == ()
    assert not driver.change(after.tunnels, held), "exactly that was repaired"


def _without_loopback(tunnel: Tunnel) -> Tunnel:
    """Whoever changes a tunnel by hand leaves the loopback alone, though nothing uses it then."""
    kept = {kind: name for kind, name in tunnel.objects.items() if kind != "loopback"}
    return replace(tunnel, objects=kept)


def _pushed(driver: Driver, intent: Intent, box: Box) -> tuple[Tunnel, ...]:
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    observed = driver.parse(box.running())
    assert compare(intent, observed) == ()
    return observed.tunnels


@pytest.mark.parametrize("setup", ["policy-based", "route-based"])
@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_lets_traffic_through_is_found_and_put_back(name: str, setup: str) -> None:
    driver = drivers.load(name)
    site, azure = SETUPS[setup](name)
    intent = fit(intend(site, azure, KEY), driver)
    block = getattr(KINDS[name], "block", None)
    assert (block is None) is (intent.tunnels[0].passes is None)
    if block is None or driver.refusals(intent):
        return
    box = KINDS[name].make()
    held = _pushed(driver, intent, box)
    if mine(intent, held)[0].passes is None:
        return  # a tunnel interface of this vendor is not behind NAT rules
    block(box)
    observed = driver.parse(box.running())
    assert [difference.path for difference in compare(intent, observed)] == ["passes"]
    box.apply(plan(intent, observed, driver).change)
    after = driver.parse(box.running())
    assert compare(intent, after) == ()
    assert not driver.change(after.tunnels, held)


def test_every_field_of_a_tunnel_is_mutated_or_named_here() -> None:
    """A field that the model grows must get a mutation, or a word here why it has none."""
    fields = set(Tunnel.__dataclass_fields__)
    mutated = {path.split(".")[0] for _, path, _ in CASES}
    why_not = {
        "name": "free",
        "mode": "a change of form is refused, see test_place",
        "encapsulation": "see test_gre_is_found",
        "dynamic": "never a site's tunnel",
        "missing": "see test_a_dangling_reference_is_found",
        "quirks": "each platform's own, see its driver's test_drift",
        "objects": "free",
        "sources": "no part of equality",
        "passes": "see test_what_lets_traffic_through_is_found_and_put_back",
        "permits": "see test_place",
        "filter": "see test_traffic",
        "routes_unseen": "what a text does not tell, see tests/test_compare.py",
    }
    assert fields - mutated == set(why_not)
