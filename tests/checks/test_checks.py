"""Each check: what makes it speak, in which words, and the nearest thing that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface
from types import MappingProxyType

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import Expectation, NatRule
from appliance.checks import CHECKS, Subject
from appliance.inventory.model import Acceptance
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Beside, Dials
from appliance.model.secret import Secret, SecretRef
from appliance.model.tunnel import Mode, TrafficSelector
from tests.checks import around_cases, er_cases
from tests.checks.subjects import (
    BGP,
    KEY,
    azure,
    bgp,
    changed,
    found,
    neighbour,
    nets,
    site,
    speaking,
    subject,
)
from tests.vendors import intents

Subjects = Subject | Sequence[Subject]


@dataclass(frozen=True, slots=True)
class Case:
    """`wrong` makes the check say `said`, `right` makes it say nothing."""

    id: str
    wrong: Subjects
    said: str
    right: Subjects


GOOD = subject()
BOTH = (*intents.expectation().endpoints, intents.SECOND)
NAMELESS = replace(intents.SECOND, address=None)
PAIRS = tuple(
    TrafficSelector(local=local, remote=remote)
    for local in intents.expectation().on_premises.prefixes
    for remote in intents.expectation().vnet_prefixes
)


def _on_one_box(made: Subject, other: Subject) -> Subject:
    """The first, with the other as another site on its device."""
    beside = (Beside(site="site-b", intent=replace(other.intent, site="site-b")),)
    return replace(made, intent=replace(made.intent, beside=beside))


def _elsewhere(made: Subject, *networks: str) -> Subject:
    """The same to another gateway, with these networks behind it or the same ones."""
    tunnels = tuple(
        replace(
            one,
            remote=replace(one.remote, addresses=(IPv4Address("198.51.100.99"),)),
            routes=nets(*networks) or one.routes,
        )
        for one in made.intent.tunnels
    )
    return replace(made, intent=replace(made.intent, tunnels=tunnels))


CLEAR = intents.custom(
    (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    (Encryption.NULL, Integrity.SHA256, DhGroup.MODP2048),
)
GCM_IKE = intents.custom(
    (Encryption.AES256GCM, Integrity.SHA384, DhGroup.MODP2048),
    (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
)
OLD = intents.custom(
    (Encryption.TRIPLE_DES, Integrity.MD5, DhGroup.MODP1024),
    (Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MODP1024),
)
AGING = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048_256),
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048_256),
)
WAN = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
    (Encryption.AES256GCM, Integrity.NONE, DhGroup.ECP384),
)
DES = intents.custom(
    (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    (Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MODP1024),
)
DEFAULTS = azure(policy=ROUTE_BASED.policy(Dials.EITHER))
PFS = replace(GOOD.intent.tunnels[0].esp, pfs_group=DhGroup.MODP2048)
ESP = replace(
    PFS,
    proposals=(
        replace(PFS.proposals[0], encryption=(Encryption.AES256,), integrity=(Integrity.SHA256,)),
    ),
)
MANY = tuple(f"10.{number // 250}.{number % 250}.0/24" for number in range(1_001))


def _many(count: int) -> Subject:
    """A site with so many prefixes to advertise."""
    prefixes = nets(*(f"172.{16 + n // 65536}.{n // 256 % 256}.{n % 256}/32" for n in range(count)))
    return replace(bgp(), site=site(bgp=BGP, prefixes=prefixes))


def _addressed(*addresses: str) -> Subject:
    """An APIPA speaker whose tunnels have addresses of their own."""
    apipa = (IPv4Address("169.254.21.1"), IPv4Address("169.254.22.1"))
    ends = tuple(replace(end, apipa_addresses=(own,)) for end, own in zip(BOTH, apipa, strict=True))
    theirs = bgp("169.254.21.2", endpoints=ends)
    ours = replace(theirs.site.device.tunnel, addresses=tuple(map(IPv4Interface, addresses)))
    device = replace(theirs.site.device, tunnel=ours)
    return subject(replace(theirs.site, device=device), theirs.expectation)


def _egress() -> Expectation:
    """The VNet is 10.20.0.0/16, and shown as 100.65.0.0/16."""
    (inner, outer) = nets("10.20.0.0/16", "100.65.0.0/16")
    rule = NatRule(name="out", egress=True, dynamic=False, internal=inner, external=outer)
    return azure(
        bgp_enabled=True,
        lng_prefixes=(),
        nat_rules=1,
        nat=(rule,),
        vnet_prefixes=(outer,),
        untranslated=(inner,),
    )


def _key(key: str) -> Subject:
    return subject(key=key)


def _space(*prefixes: str) -> Subject:
    """The site and Azure agree on these prefixes."""
    return subject(site(prefixes=nets(*prefixes)), azure(lng_prefixes=nets(*prefixes)))


CASES = (
    Case(
        "AZ-NET-001",
        _space("10.10.0.0/16", "10.20.4.0/24"),
        "10.20.4.0/24 of the site and 10.20.0.0/16 of Azure",
        _space("10.10.0.0/16", "10.22.0.0/16"),
    ),
    Case(
        "AZ-NET-001",
        _space("10.16.0.0/12"),
        "10.20.0.0/16 of Azure and 10.16.0.0/12 of the site, "
        "10.21.0.0/16 of Azure and 10.16.0.0/12 of the site",
        subject(site(prefixes=nets("10.16.0.0/12")), azure(nat_rules=1)),
    ),
    Case(
        "AZ-NET-002",
        replace(bgp(), site=site(bgp=BGP, prefixes=nets("10.10.0.0/16", "10.20.0.0/16"))),
        "10.20.0.0/16 would be advertised",
        replace(bgp(), site=site(bgp=BGP, prefixes=nets("10.0.0.0/8"))),
    ),
    Case(
        "AZ-NET-002",
        replace(bgp(), expectation=_egress(), site=site(bgp=BGP, prefixes=nets("10.20.4.0/24"))),
        "10.20.4.0/24 would be advertised",
        replace(bgp(), expectation=_egress(), site=site(bgp=BGP, prefixes=nets("10.21.4.0/24"))),
    ),
    Case(
        "AZ-NET-003",
        subject(theirs=azure(vnet_prefixes=nets("10.20.0.0/16", "168.63.128.0/17"))),
        "168.63.128.0/17 behind the gateway",
        subject(theirs=azure(vnet_prefixes=nets("10.20.0.0/16", "168.64.0.0/16"))),
    ),
    Case(
        "AZ-NET-003",
        _space("169.254.21.0/24"),
        "169.254.21.0/24 on premises",
        _space("169.253.0.0/16"),
    ),
    Case("AZ-NET-004", _space("100.64.3.0/24"), "100.64.3.0/24 on premises", GOOD),
    Case(
        "AZ-NET-005",
        _space("10.10.0.0/16", "203.0.113.0/24"),
        "203.0.113.0/24 holds the appliance's public address 203.0.113.10",
        _space("10.10.0.0/16", "203.0.113.64/26"),
    ),
    Case(
        "AZ-NET-006",
        subject(theirs=azure(vnet_prefixes=nets("10.20.0.0/16", "198.51.100.0/28"))),
        "198.51.100.0/28 holds the gateway's address 198.51.100.7",
        subject(theirs=azure(vnet_prefixes=nets("10.20.0.0/16", "198.51.100.16/28"))),
    ),
    Case(
        "AZ-NET-007",
        subject(
            theirs=azure(endpoints=(replace(BOTH[0], address=IPv4Address("10.20.255.4")),)),
        ),
        "10.20.0.0/16 holds the gateway's address 10.20.255.4",
        subject(
            theirs=azure(endpoints=(replace(BOTH[0], address=IPv4Address("10.30.255.4")),)),
        ),
    ),
    Case(
        "AZ-NET-008",
        subject(theirs=azure(lng_prefixes=nets(*MANY))),
        "1001 prefixes, Azure takes 1000",
        subject(theirs=azure(lng_prefixes=nets(*MANY[:1000]))),
    ),
    Case(
        "AZ-NET-009",
        subject(theirs=azure(vnet_prefixes=nets(*MANY[:601]))),
        "601 prefixes, Azure takes 600",
        subject(theirs=azure(vnet_prefixes=nets(*MANY[:600]))),
    ),
    Case(
        "AZ-NET-010",
        subject(theirs=azure(lng_prefixes=nets("10.10.0.0/16", "10.10.4.0/24", "10.10.5.0/24"))),
        "10.10.4.0/24 in 10.10.0.0/16, 10.10.5.0/24 in 10.10.0.0/16",
        subject(theirs=azure(lng_prefixes=nets("10.10.0.0/16", "0.0.0.0/0"))),
    ),
    Case(
        "AZ-NET-011",
        _space("10.10.0.0/16", "10.11.0.0/16", "10.13.0.0/16"),
        "of 3 prefixes some add up to 10.10.0.0/15",
        _space("10.11.0.0/16", "10.12.0.0/16"),
    ),
    Case(
        "AZ-NET-012",
        (_space("10.10.0.0/16"), neighbour(_space("10.10.9.0/24"), "site-b")),
        "10.10.9.0/24 overlaps 10.10.0.0/16 of site-a, at the same gateway 198.51.100.7",
        (
            _space("10.10.0.0/16"),
            neighbour(
                subject(
                    site(prefixes=nets("10.10.9.0/24")),
                    azure(lng_prefixes=(), endpoints=(intents.SECOND,)),
                ),
                "site-b",
            ),
        ),
    ),
    Case(
        "AZ-NET-012",
        (bgp(), neighbour(_space("10.10.9.0/24"), "b")),
        "10.10.9.0/24 overlaps 10.10.0.0/16 of site-a, at the same gateway 198.51.100.7",
        (bgp(), neighbour(replace(bgp(), site=site(bgp=BGP, prefixes=nets("10.10.9.0/24"))), "b")),
    ),
    Case(
        "AZ-NET-014",
        (bgp(), neighbour(replace(bgp(), site=site(bgp=BGP, prefixes=nets("10.10.9.0/24"))), "b")),
        "10.10.9.0/24 is in 10.10.0.0/16 of site-a, at the same gateway 198.51.100.7",
        (bgp(), neighbour(bgp(), "b")),
    ),
    Case(
        "AZ-NET-012",
        (_space("10.10.0.0/16"), neighbour(_space("10.10.0.0/16"), "b")),
        "10.10.0.0/16 overlaps 10.10.0.0/16 of b, at the same gateway 198.51.100.7",
        tuple(
            replace(one, expectation=replace(one.expectation, name=f"branch/{one.site.name}"))
            for one in (_space("10.10.0.0/16"), neighbour(_space("10.10.0.0/16"), "b"))
        ),
    ),
    Case(
        "AZ-NET-013",
        _on_one_box(GOOD, _elsewhere(GOOD, "10.20.0.0/17")),
        "10.20.0.0/16 here and 10.20.0.0/17 of site-b, on one device to two gateways",
        _on_one_box(GOOD, _elsewhere(GOOD, "10.40.0.0/16", "0.0.0.0/0")),
    ),
    Case(
        "AZ-NET-013",
        _on_one_box(GOOD, _elsewhere(GOOD, "10.21.0.0/16")),
        "10.21.0.0/16 here and 10.21.0.0/16 of site-b, on one device to two gateways",
        _on_one_box(GOOD, GOOD),  # two links to one gateway
    ),
    Case(
        "AZ-GW-001",
        subject(theirs=azure(subnet="gateways")),
        "the gateway stands in subnet gateways",
        subject(theirs=azure(subnet="gatewaysubnet")),
    ),
    Case(
        "AZ-GW-002",
        subject(theirs=azure(subnet_prefixes=nets("10.20.255.0/28"))),
        "10.20.255.0/28 is longer than /27, SKU VpnGw2AZ",
        subject(theirs=azure(subnet_prefixes=nets("10.20.255.0/29"), sku="Basic")),
    ),
    Case(
        "AZ-GW-002",
        subject(theirs=azure(subnet_prefixes=nets("10.20.255.0/30"), sku="Basic")),
        "10.20.255.0/30 is longer than /29, SKU Basic",
        subject(theirs=azure(subnet_prefixes=nets("10.20.255.0/28"), sku=None)),
    ),
    Case(
        "AZ-GW-003",
        subject(theirs=azure(subnet_prefixes=nets("10.22.255.0/27"))),
        "10.22.255.0/27 is in none of the networks behind the gateway",
        subject(theirs=azure(subnet_prefixes=nets("10.21.0.0/26"))),
    ),
    Case(
        "AZ-GW-003",
        subject(theirs=azure(untranslated=nets("10.22.0.0/16"))),
        "10.20.255.0/27 is in none of the networks behind the gateway",
        subject(
            theirs=azure(vnet_prefixes=nets("100.65.0.0/16"), untranslated=nets("10.20.0.0/16"))
        ),
    ),
    Case(
        "AZ-GW-004",
        subject(theirs=azure(security_group="edge-nsg")),
        "network security group edge-nsg",
        subject(theirs=azure(security_group=None)),
    ),
    Case(
        "AZ-GW-005",
        subject(theirs=azure(route_table="edge-rt")),
        "route table edge-rt; its routes are not in the export",
        subject(theirs=azure(route_table=None)),
    ),
    Case(
        "AZ-GW-005",
        subject(theirs=azure(route_table="edge-rt")),
        "route table edge-rt; its routes are not in the export",
        subject(theirs=azure(route_table="edge-rt", routes=(), propagation=True)),
    ),
    *(Case(*case) for case in around_cases.CASES),
    Case(
        "AZ-GW-006",
        subject(theirs=azure(ike_version=IkeVersion.V1, sku="Standard")),
        "IKEv1 on a Standard gateway",
        subject(theirs=azure(ike_version=IkeVersion.V1, sku="VpnGw1")),
    ),
    Case(
        "AZ-GW-006",
        subject(theirs=azure(sku=None, vpn_type="PolicyBased")),
        "IKEv2 on a policy-based gateway",
        subject(theirs=azure(sku="Basic", vpn_type="PolicyBased", ike_version=IkeVersion.V1)),
    ),
    Case(
        "AZ-GW-007",
        subject(theirs=azure(sku="Basic")),
        "a custom policy on a Basic gateway",
        subject(theirs=replace(DEFAULTS, gateway=azure(sku="Basic").gateway)),
    ),
    Case("AZ-GW-008", bgp(sku="Basic"), "BGP on a Basic gateway", bgp(sku="Standard")),
    Case(
        "AZ-GW-009",
        subject(theirs=azure(sku="Standard", active_active=True)),
        "active-active mode on a Standard gateway",
        subject(theirs=azure(sku="HighPerformance", active_active=True)),
    ),
    Case(
        "AZ-GW-010",
        subject(theirs=azure(sku="VpnGw1AZ", nat_rules=2)),
        "NAT rules on a VpnGw1AZ gateway",
        subject(theirs=azure(sku="VpnGw2", nat_rules=2)),
    ),
    Case(
        "AZ-GW-011",
        [neighbour(subject(theirs=azure(sku="Basic")), f"site-{n}") for n in range(11)],
        "11 tunnels of 11 connections end at 198.51.100.7; a Basic gateway takes 10",
        [neighbour(subject(theirs=azure(sku="Basic")), f"site-{n}") for n in range(10)],
    ),
    Case(
        "AZ-GW-012",
        subject(theirs=azure(sku="VpnGw3")),
        "SKU VpnGw3",
        subject(theirs=azure(sku="VpnGw3AZ")),
    ),
    Case(
        "AZ-GW-013",
        subject(theirs=azure(nat_rules=1, policy_based=True, selectors=PAIRS)),
        "1 NAT rules and policy-based selectors",
        subject(theirs=azure(policy_based=True, selectors=PAIRS)),
    ),
    Case(
        "AZ-GW-014",
        bgp("169.254.21.2", nat_rules=1, lng_bgp_address=IPv4Address("169.254.21.2")),
        "1 NAT rules, and the BGP peer is 169.254.21.2",
        bgp(nat_rules=1, lng_bgp_address=IPv4Address("10.11.255.1")),
    ),
    Case(
        "AZ-CON-001",
        subject(theirs=azure(provisioning=MappingProxyType({"connection": "Updating"}))),
        "the connection is Updating",
        subject(theirs=azure(provisioning=MappingProxyType({"connection": "succeeded"}))),
    ),
    Case(
        "AZ-CON-002",
        subject(theirs=azure(lng_address=None, lng_fqdn="branch.example.net")),
        "Azure looks for branch.example.net",
        subject(theirs=azure(lng_fqdn="branch.example.net")),
    ),
    Case(
        "AZ-CON-003",
        subject(theirs=azure(default_site="hq")),
        "gatewayDefaultSite is hq",
        subject(theirs=azure(default_site=None)),
    ),
    Case(
        "AZ-CRY-001",
        changed(GOOD, esp=ESP),
        "site-a-1: no ESP proposal that Azure takes",
        changed(GOOD, esp=PFS),
    ),
    Case(
        "AZ-CRY-001",
        changed(subject(theirs=DEFAULTS), ike=GOOD.intent.tunnels[0].ike),
        "site-a-1: no IKE proposal that Azure takes",
        subject(theirs=DEFAULTS),
    ),
    Case(
        "AZ-CRY-002",
        changed(subject(theirs=DEFAULTS), esp=ESP),
        "site-a-1: Azure accepts this child SA, but proposes another",
        changed(subject(theirs=azure(policy=ROUTE_BASED.policy(Dials.APPLIANCE))), esp=ESP),
    ),
    Case(
        "AZ-CRY-003",
        subject(theirs=azure(esp_lifetime_seconds=299)),
        "saLifeTimeSeconds 299",
        subject(theirs=azure(esp_lifetime_seconds=300)),
    ),
    Case(
        "AZ-CRY-004",
        subject(theirs=azure(esp_lifetime_kilobytes=1_023)),
        "saDataSizeKilobytes 1023",
        subject(theirs=azure(esp_lifetime_kilobytes=1_024)),
    ),
    Case(
        "AZ-CRY-005",
        subject(theirs=azure(dpd_seconds=8)),
        "dpdTimeoutSeconds 8",
        subject(theirs=azure(dpd_seconds=9)),
    ),
    Case(
        "AZ-CRY-006",
        subject(theirs=azure(dpd_seconds=46)),
        "dpdTimeoutSeconds 46",
        subject(theirs=azure(dpd_seconds=30)),
    ),
    Case(
        "AZ-ALG-001",
        subject(theirs=azure(policy=OLD)),
        "IKE 3des, IKE md5, IKE group 2, ESP 3des, PFS group 2",
        subject(theirs=azure(policy=AGING)),
    ),
    Case(
        "AZ-ALG-001", subject(theirs=DEFAULTS), "IKE group 2", subject(theirs=azure(policy=CLEAR))
    ),
    Case(
        "AZ-ALG-002",
        subject(theirs=azure(policy=AGING)),
        "IKE sha1, IKE group 24, ESP sha1, PFS group 24",
        GOOD,
    ),
    Case(
        "AZ-ALG-003",
        subject(theirs=azure(policy=CLEAR)),
        "site-a-1: ESP without encryption",
        subject(theirs=azure(policy=OLD)),
    ),
    Case(
        "AZ-ALG-004",
        replace(GOOD, expectation=azure(policy=GCM_IKE, ike_version=IkeVersion.V1)),
        "IKEv1 with aes256gcm",
        subject(theirs=azure(policy=GCM_IKE)),
    ),
    Case(
        "AZ-CRY-007",
        subject(theirs=azure(ike_version=IkeVersion.V1)),
        "connectionProtocol IKEv1",
        subject(theirs=azure(ike_version=IkeVersion.V2)),
    ),
    Case(
        "AZ-CRY-008",
        subject(theirs=azure(ike_version=IkeVersion.V1, dials=Dials.APPLIANCE)),
        "connectionMode ResponderOnly with IKEv1",
        subject(theirs=azure(dials=Dials.APPLIANCE)),
    ),
    Case(
        "AZ-CRY-009",
        subject(
            site(nat=True, private_address=IPv4Address("192.168.1.2")), azure(dials=Dials.AZURE)
        ),
        "connectionMode InitiatorOnly, and `on_premises.nat` is true",
        subject(
            site(nat=True, private_address=IPv4Address("192.168.1.2")), azure(dials=Dials.EITHER)
        ),
    ),
    Case(
        "AZ-ALG-005",
        subject(theirs=azure(kind="virtual-wan", policy=WAN)),
        "IKE sha1",
        subject(theirs=azure(kind="virtual-wan")),
    ),
    Case(
        "AZ-ALG-005",
        subject(theirs=azure(kind="virtual-wan", policy=DES)),
        "ESP 3des, ESP sha1, ESP group 2",
        subject(theirs=azure(policy=DES)),
    ),
    Case(
        "AZ-TRF-001",
        changed(subject(theirs=azure(policy_based=True, selectors=PAIRS)), selectors=PAIRS[:2]),
        "site-a-1 lacks 10.11.0.0/16 <-> 10.20.0.0/16, 10.11.0.0/16 <-> 10.21.0.0/16",
        subject(theirs=azure(policy_based=True, selectors=PAIRS)),
    ),
    Case(
        "AZ-TRF-002",
        replace(GOOD, expectation=azure(policy_based=True, selectors=PAIRS * 26)),
        "104 pairs of networks",
        replace(GOOD, expectation=azure(policy_based=True, selectors=PAIRS * 25)),
    ),
    Case(
        "AZ-TRF-003",
        subject(site(mode=Mode.POLICY_BASED)),
        "site-a-1: selectors on the appliance, any-to-any in Azure",
        subject(site(mode=Mode.POLICY_BASED), azure(dials=Dials.APPLIANCE)),
    ),
    Case(
        "AZ-TRF-004",
        subject(site(mss=None)),
        "`device.tunnel.mss` and `.mtu` are both null",
        subject(site(mss=None, mtu=1_400)),
    ),
    Case("AZ-TRF-005", subject(site(mss=1_351)), "MSS 1351", subject(site(mss=1_350, mtu=1_400))),
    Case("AZ-TRF-005", subject(site(mtu=1_401)), "MTU 1401", GOOD),
    Case(
        "AZ-TRF-006",
        subject(theirs=azure(endpoints=(BOTH[0], NAMELESS))),
        "1 of 2 instances have a tunnel",
        subject(theirs=azure(endpoints=BOTH)),
    ),
    Case(
        "AZ-TRF-007",
        bgp(endpoints=(BOTH[0], NAMELESS)),
        "1 of 2 instances have a tunnel, and BGP is on",
        bgp(endpoints=BOTH),
    ),
    Case(
        "AZ-TRF-008",
        subject(theirs=azure(endpoints=BOTH)),
        "2 tunnels carry traffic at the same time",
        GOOD,
    ),
    Case(
        "AZ-TRF-009",
        changed(GOOD, routes=nets("10.20.0.0/16")),
        "site-a-1: no route to 10.21.0.0/16",
        bgp(),
    ),
    Case(
        "AZ-TRF-010",
        subject(site(dpd_seconds=60)),
        "first probe after 60 s, Azure gives up after 45 s",
        subject(site(dpd_seconds=45)),
    ),
    Case("AZ-KEY-001", _key("Zk3vR8wQ1x T6yB4nM7pL2s"), "a blank", GOOD),
    Case(
        "AZ-KEY-001",
        _key("Zk3vR8wQ1x~T6yB4nM7pLé\t"),
        "a tilde and a control character and a character that is not ASCII",
        _key("Zk3vR8wQ1x-T6yB4nM7pL!"),
    ),
    Case("AZ-KEY-002", _key("Zk3vR8wQ1x-T6yB4nM7pL2s"), "Azure's FAQ excludes hyphens", GOOD),
    Case("AZ-KEY-003", _key("k" * 129), "it is longer than 128 characters", _key("k" * 128)),
    Case("AZ-KEY-003", _key(""), "it is empty", _key("k")),
    Case("AZ-KEY-004", _key("Zk3vR8wQ1xT6yB4nM7p"), "it has fewer than 20 characters", GOOD),
    Case(
        "AZ-KEY-004",
        _key("4-v3ry-53cr37-1p53c-5h4r3d-k3y"),
        "it stands in published examples",
        _key("4-v3ry-53cr37-1p53c-5h4r3d-k3Z"),
    ),
    Case(
        "AZ-KEY-005",
        (GOOD, neighbour(GOOD, "site-b")),
        "the same key as site-a",
        (GOOD, neighbour(_key(KEY[::-1]), "site-b")),
    ),
    Case(
        "AZ-KEY-005",
        (
            neighbour(_key("k"), "site-a", psk=SecretRef("env", "KEY")),
            neighbour(_key("l"), "site-b", psk=SecretRef("env", "KEY")),
        ),
        "the same key as site-a",
        (
            neighbour(_key("k"), "site-a", psk=SecretRef("prompt", "")),
            neighbour(_key("l"), "site-b", psk=SecretRef("prompt", "")),
        ),
    ),
    Case(
        "AZ-BGP-001",
        bgp(asn=65_520, lng_bgp_asn=None),
        "AS 65520 in the inventory",
        bgp(asn=65_521),
    ),
    Case(
        "AZ-BGP-001",
        bgp(lng_bgp_asn=64_500),
        "AS 64500 in the local network gateway",
        subject(theirs=azure(lng_bgp_asn=64_500)),
    ),
    Case("AZ-BGP-002", bgp(bgp_asn=65_050), "both are AS 65050", bgp(bgp_asn=65_051)),
    Case(
        "AZ-BGP-003",
        bgp("203.0.113.10"),
        "203.0.113.10 is the public address too",
        bgp("203.0.113.11"),
    ),
    Case("AZ-BGP-004", bgp("10.21.0.9"), "10.21.0.9 lies in 10.21.0.0/16", bgp("10.22.0.9")),
    Case(
        "AZ-BGP-004",
        bgp("10.21.0.9", vnet_prefixes=nets("0.0.0.0/0", "10.21.0.0/16")),
        "10.21.0.9 lies in 10.21.0.0/16",
        bgp("10.21.0.9", vnet_prefixes=nets("0.0.0.0/0")),
    ),
    Case(
        "AZ-BGP-004",
        bgp("10.25.0.9", untranslated=nets("10.25.0.0/16")),
        "10.25.0.9 lies in 10.25.0.0/16",
        bgp("10.25.0.9", untranslated=nets("10.26.0.0/16")),
    ),
    Case("AZ-BGP-005", bgp("169.254.23.0"), "169.254.23.0", bgp("169.254.22.255")),
    Case(
        "AZ-BGP-005",
        bgp("169.254.23.0", location="westeurope"),
        "169.254.23.0",
        bgp("169.254.23.0", location="usgovvirginia"),
    ),
    Case(
        "AZ-BGP-006",
        bgp("169.254.21.2"),
        "the site's peer address is 169.254.21.2",
        bgp("10.11.255.1"),
    ),
    Case("AZ-BGP-007", changed(bgp(), routes=()), "site-a-1: no route to 10.20.255.30", bgp()),
    Case("AZ-BGP-008", speaking(bgp(), hold_seconds=90), "site-a-1: 60/90 s", bgp()),
    Case(
        "AZ-BGP-009",
        speaking(bgp(), hold_seconds=30, keepalive_seconds=10),
        "site-a-1: hold time 30 s",
        speaking(bgp(), hold_seconds=60),
    ),
    Case("AZ-BGP-010", _many(4_001), "4001 prefixes", _many(4_000)),
    Case("AZ-BGP-011", _many(3_201), "3201 of 4000 prefixes", _many(3_200)),
    Case(
        "AZ-BGP-012",
        replace(bgp(), site=site(bgp=BGP, prefixes=nets("0.0.0.0/0"))),
        "0.0.0.0/0 in `on_premises.prefixes`",
        _space("10.10.0.0/16", "0.0.0.0/0"),
    ),
    Case(
        "AZ-BGP-013",
        (bgp(), neighbour(bgp(), "site-b")),
        "10.11.255.1 is site-a's too, at 198.51.100.7",
        (bgp(), neighbour(bgp("10.11.255.2"), "site-b")),
    ),
    Case(
        "AZ-BGP-014",
        _addressed("169.254.21.2/30", "169.254.22.2/30"),
        "169.254.21.2 and the tunnel's own 169.254.21.2/30",
        _addressed("169.254.21.6/30", "169.254.22.2/30"),
    ),
    Case(
        "AZ-BGP-014",
        _addressed("169.254.21.2/30", "169.254.22.2/30"),
        "169.254.21.2 and the tunnel's own 169.254.21.2/30",
        speaking(_addressed("169.254.21.2/30", "169.254.22.2/30"), source="Tunnel100"),
    ),
    Case(
        "AZ-BGP-015",
        _on_one_box(bgp(), _elsewhere(bgp())),
        "10.20.255.30 is a BGP peer of site-b as well, on one device",
        _on_one_box(bgp(), speaking(bgp(), address=IPv4Address("10.30.255.30"))),
    ),
    *(Case(*case) for case in er_cases.CASES),
    Case(
        "AZ-ACC-001",
        subject(site(accept=(Acceptance(check="AZ-GW-004", reason="r", until="2026-11-21"),))),
        "AZ-GW-004, until 2026-11-21: r",
        subject(site(accept=(Acceptance(check="AZ-GW-004", reason="r", until="2026-11-22"),))),
    ),
    Case(
        "AZ-ACC-002",
        subject(site(accept=(Acceptance(check="AZ-KEX-001", reason="r", until="2027-01-01"),))),
        "there is no check AZ-KEX-001; did you mean AZ-KEY-001?",
        subject(site(accept=(Acceptance(check="AZ-GW-004", reason="r", until="2027-01-01"),))),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_speaks(case: Case) -> None:
    said = [finding.detail for finding in found(case.wrong) if finding.check.id == case.id]
    assert said == [case.said]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_is_silent(case: Case) -> None:
    assert [finding for finding in found(case.right) if finding.check.id == case.id] == []


def test_every_check_has_a_case_and_an_id_of_its_own() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids)) > 60
    assert {case.id for case in CASES} == set(ids)


def test_a_good_site_has_nothing_that_stops_or_warns() -> None:
    assert [finding.check.id for finding in found(GOOD)] == ["AZ-NET-011"]


def test_no_finding_repeats_a_key() -> None:
    for case in CASES:
        if case.id.startswith("AZ-KEY"):
            subjects = (case.wrong,) if isinstance(case.wrong, Subject) else case.wrong
            for one in subjects:
                assert isinstance(one.key, Secret)
                key = one.key.reveal()
                assert not key or len(key) < 2 or key not in repr(found(case.wrong))


def test_findings_come_site_by_site_and_worst_first() -> None:
    bad = subject(theirs=azure(security_group="nsg", route_table="rt", default_site="hq"))
    told = found((bad, neighbour(bad, "site-b")))
    assert [finding.site for finding in told] == sorted(finding.site for finding in told)
    first = [finding.check.severity for finding in told if finding.site == "site-a"]
    assert first == sorted(first, reverse=True)
