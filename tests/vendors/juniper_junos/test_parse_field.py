"""Habits of real configurations that are no style of their own: one small text for each."""

from __future__ import annotations

import pytest

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Mode, Tunnel
from vendors.juniper_junos.nine import encode
from vendors.juniper_junos.parse import parse
from vendors.juniper_junos.render import render

BASE = """set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24
set interfaces st0 unit 0 family inet
set security ike proposal P dh-group group14
set security ike proposal P authentication-algorithm sha-256
set security ike proposal P encryption-algorithm aes-256-cbc
set security ike policy P proposals P
set security ike policy P pre-shared-key ascii-text key
set security ike gateway G ike-policy P
set security ike gateway G address 198.51.100.7
set security ike gateway G external-interface ge-0/0/0.0
set security ipsec proposal E protocol esp
set security ipsec proposal E encryption-algorithm aes-256-gcm
set security ipsec policy E proposals E
set security ipsec vpn V bind-interface st0.0
set security ipsec vpn V ike gateway G
set security ipsec vpn V ike ipsec-policy E
"""
ZONES = """set security zones security-zone trust interfaces ge-0/0/1.0
set security zones security-zone untrust interfaces ge-0/0/0.0
set security zones security-zone azure interfaces st0.0
"""


def only(*rows: str) -> Tunnel:
    (tunnel,) = parse(BASE + "\n".join(rows)).tunnels
    return tunnel


def passes(*rows: str) -> list[str] | None:
    found = only(ZONES, *rows).passes
    return None if found is None else [str(pair) for pair in found]


def policy(zones: str, name: str, ends: str, action: str, application: str = "any") -> str:
    source, target = zones.split()
    above = f"set security policies from-zone {source} to-zone {target} policy {name}"
    local, remote = ends.split()
    return (
        f"{above} match source-address {local}\n{above} match destination-address {remote}\n"
        f"{above} match application {application}\n{above} then {action}\n"
    )


OUT, BACK = "trust azure", "azure trust"
BOTH = policy(OUT, "o", "any any", "permit") + policy(BACK, "b", "any any", "permit")


# --- how IKE is said ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "dpd"),
    [
        ("dead-peer-detection", Dpd(delay_seconds=10, timeout_seconds=50)),
        ("dead-peer-detection threshold 3", Dpd(delay_seconds=10, timeout_seconds=30)),
        ("dead-peer-detection interval 60", Dpd(delay_seconds=60, timeout_seconds=300)),
        (
            "dead-peer-detection always-send interval 20 threshold 2",
            Dpd(delay_seconds=20, timeout_seconds=40, on_demand=False),
        ),
        (
            "dead-peer-detection probe-idle-tunnel",
            Dpd(delay_seconds=10, timeout_seconds=50, on_demand=False),
        ),
    ],
)
def test_liveness_is_an_interval_and_so_many_losses(rows: str, dpd: Dpd) -> None:
    assert only(f"set security ike gateway G {rows}").ike.dpd == dpd


@pytest.mark.parametrize(
    ("rows", "identity"),
    [
        ("remote-identity inet 10.0.0.4", "10.0.0.4"),
        ("remote-identity hostname gw.example.net", "gw.example.net"),
        ('remote-identity user-at-hostname "gw@example.net"', "gw@example.net"),
        (
            "remote-identity distinguished-name container CN=gw,O=example",
            "distinguished-name container CN=gw,O=example",
        ),
        ("remote-identity key-id azure", "key-id azure"),
        ("remote-identity inet6 2001:db8::1", "inet6 2001:db8::1"),
        ("remote-identity hostname 10.0.0.4", "hostname 10.0.0.4"),
        ("remote-identity user-at-hostname gw", "user-at-hostname gw"),
        ("description x", None),
    ],
)
def test_who_the_peer_says_it_is(rows: str, identity: str | None) -> None:
    assert only(f"set security ike gateway G {rows}").remote.identity == identity


@pytest.mark.parametrize(
    "said",
    [
        "inet 10.0.0.4",
        "inet6 2001:db8::1",
        "hostname gw.example.net",
        "hostname 10.0.0.4",
        "user-at-hostname gw@example.net",
        'key-id "a key"',
        "distinguished-name container CN=gw",
    ],
)
def test_who_we_say_we_are_is_written_as_it_was(said: str) -> None:
    row = f"set security ike gateway G local-identity {said}"
    assert row in [step.text for step in render((only(row),))]


@pytest.mark.parametrize(("cipher", "prf"), [("aes-128-gcm", "sha256"), ("aes-256-gcm", "sha384")])
def test_gcm_brings_its_own_prf(cipher: str, prf: str) -> None:
    tunnel = only(
        f"set security ike proposal P encryption-algorithm {cipher}",
        "delete security ike proposal P authentication-algorithm",
    )
    (proposal,) = tunnel.ike.proposals
    assert proposal.integrity == ()
    assert [one.value for one in proposal.prf] == [prf]


def test_a_hash_beside_gcm_is_the_prf() -> None:
    tunnel = only("set security ike proposal P encryption-algorithm aes-256-gcm")
    (proposal,) = tunnel.ike.proposals
    assert (proposal.integrity, [one.value for one in proposal.prf]) == ((), ["sha256"])


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (f'ascii-text "{encode("a b;c")}"', Secret("a b;c")),
        ('ascii-text "tab\\\\and \\"quote\\""', Secret('tab\\and "quote"')),
        ("hexadecimal 0x6b6579", Secret("key")),
        (f"hexadecimal {encode('00ff10')}", Secret("0x00ff10")),
        (
            "ascii-text $8$aes256$abc",
            Hidden("stored as $8$: encrypted with the device's own master password"),
        ),
        ("ascii-text $9$notone", Hidden("stored as $9$, but damaged or masked")),
        ("ascii-text <your-key>", Hidden("masked in the text")),
        ("ascii-text ********", Hidden("masked in the text")),
        ("ascii-text", Hidden("not shown to the login that saved the text")),
        ("ascii-text /* SECRET-DATA */", Hidden("not shown to the login that saved the text")),
    ],
)
def test_a_key_in_all_its_forms(rows: str, key: Secret | Hidden) -> None:
    tunnel = only(
        "delete security ike policy P pre-shared-key",
        f"set security ike policy P pre-shared-key {rows}",
    )
    assert tunnel.psk == key


def test_the_same_key_with_another_salt_is_the_same() -> None:
    rows = [
        f'set security ike policy P pre-shared-key ascii-text "{encode("key", s)}"' for s in "Qi"
    ]
    assert only(rows[0]).psk == only(rows[1]).psk == Secret("key")


def test_the_first_release_of_a_statement_counts_as_well() -> None:
    tunnel = only(
        "set security ike proposal P authentication-algorithm sha-384",
        "set security ipsec proposal E encryption-algorithm 3des-cbc",
        "set security ipsec proposal E authentication-algorithm hmac-sha-256-96",
        "set security ipsec policy E perfect-forward-secrecy keys group24",
        "set security ike gateway G version v1-only",
    )
    assert tunnel.ike.version is IkeVersion.V1
    assert tunnel.ike.proposals[0].integrity == (Integrity.SHA384,)
    assert tunnel.esp.proposals[0].encryption == (Encryption.TRIPLE_DES,)
    assert tunnel.esp.proposals[0].integrity == (Integrity.SHA256,)
    assert tunnel.esp.pfs_group is DhGroup.MODP2048_256


def test_ordinary_statements_are_no_news() -> None:
    observed = parse(
        BASE
        + """set security ike traceoptions file ike
set security ike traceoptions flag all
set security ike respond-bad-spi 5
set security ike gateway G description azure
set security ike gateway G general-ikeid
set security ike gateway G nat-keepalive 20
set security ike gateway G fragmentation size 1300
set security ike gateway G tcp-encap-profile X
set security ipsec traceoptions flag all
set security ipsec vpn-monitor-options interval 10
set security ipsec vpn V df-bit copy
set security ipsec vpn V copy-outer-dscp
set security ipsec vpn V multi-sa forwarding-class ef
set security ipsec vpn V ike idle-time 600
set security ipsec vpn V ike install-interval 5
set security ipsec vpn V ike no-anti-replay
set security ipsec proposal E extended-sequence-number
set interfaces st0 traceoptions flag all
set interfaces st0 unit 0 bandwidth 100m
set interfaces st0 unit 0 family inet6
set interfaces st0 unit 0 family inet filter input F
"""
    )
    assert observed.unrecognized == ()


@pytest.mark.parametrize(
    "row",
    [
        "set security ike gateway G version v9-only",
        "set security ike gateway G dead-peer-detection interval soon",
        "set security ike proposal P dh-group group99",
        "set security ike proposal P lifetime-seconds long",
        "set security ipsec proposal E protocol gre",
        "set security ipsec proposal E lifetime-kilobytes unlimited",
        "set security ipsec proposal E authentication-algorithm hmac-sha-3",
        "set security ipsec policy E perfect-forward-secrecy keys group99",
    ],
)
def test_values_nobody_knows_are_reported(row: str) -> None:
    assert [odd.text for odd in parse(BASE + row).unrecognized] == [row]


# --- what goes through ----------------------------------------------------------------------------


def test_any_to_any_is_what_a_route_based_tunnel_has_anyway() -> None:
    above = "set security ipsec vpn V ike proxy-identity"
    tunnel = only(f"{above} local 0.0.0.0/0", f"{above} remote 0.0.0.0/0", f"{above} service any")
    assert (tunnel.mode, tunnel.selectors) == (Mode.ROUTE_BASED, ())


def test_half_a_proxy_identity_means_any_on_the_other_side() -> None:
    tunnel = only("set security ipsec vpn V ike proxy-identity local 10.1.0.0/16")
    assert [str(pair) for pair in tunnel.selectors] == ["10.1.0.0/16 <-> 0.0.0.0/0"]


def test_selectors_decide_what_enters_even_on_a_tunnel_interface() -> None:
    above = "set security ipsec vpn V traffic-selector"
    tunnel = only(
        f"{above} A local-ip 10.1.0.0/16 remote-ip 10.2.0.0/16",
        f"{above} B term t1 local-ip 10.3.0.0/16",
        f"{above} B term t1 remote-ip 10.2.0.0/16",
        f"{above} C local-ip 2001:db8::/64",
        f"{above} C remote-ip 2001:db8:1::/64",
    )
    assert tunnel.mode is Mode.POLICY_BASED
    assert [str(pair) for pair in tunnel.selectors] == [
        "10.1.0.0/16 <-> 10.2.0.0/16",
        "10.3.0.0/16 <-> 10.2.0.0/16",
    ]
    assert tunnel.objects["selector 10.1.0.0/16 10.2.0.0/16"] == "A"


def test_a_selector_of_everything_leaves_it_to_the_routes() -> None:
    above = "set security ipsec vpn V traffic-selector T"
    tunnel = only(f"{above} local-ip 0.0.0.0/0", f"{above} remote-ip 0.0.0.0/0")
    assert (tunnel.mode, tunnel.selectors) == (Mode.ROUTE_BASED, ())


def test_routes_of_every_kind_lead_into_the_tunnel() -> None:
    tunnel = only(
        "set interfaces st0 unit 0 family inet address 10.255.0.1/30",
        "set routing-options static route 10.1.0.0/16 next-hop st0.0",
        "set routing-options static route 10.2.0.0/16 next-hop 10.255.0.2",
        "set routing-options static route 10.3.0.0/16 qualified-next-hop st0.0 preference 30",
        "set routing-options static route 10.4.0.0/16 next-hop [ 203.0.113.1 st0.0 ]",
        "set routing-options static route 10.5.0.0/16 next-hop 10.1.0.9 resolve",
        "set routing-options rib inet.0 static route 10.6.0.0/16 next-hop st0",
        "set routing-options static route 10.7.0.0/16 next-hop 203.0.113.1",
        "set routing-options static route 10.8.0.0/16 discard",
        "set routing-options static route 10.9.0.0/16 qualified-next-hop 10.255.0.2 "
        "interface st0.0",
    )
    assert [route.exploded.split(".")[1] for route in tunnel.routes] == list("1234569")
    assert tunnel.objects["route 10.3.0.0/16"] == "qualified-next-hop st0.0 preference 30"
    assert tunnel.objects["route 10.2.0.0/16"] == "next-hop 10.255.0.2"
    assert "route 10.1.0.0/16" not in tunnel.objects


def test_a_table_for_forwarding_reaches_next_hops_as_the_main_one_does() -> None:
    rows = (
        "set interfaces st0 unit 0 family inet address 169.254.7.1/30",
        "set routing-instances STEER instance-type forwarding",
        "set routing-instances STEER routing-options static route 10.7.0.0/16 next-hop 169.254.7.2",
    )
    assert [str(route) for route in only(*rows).routes] == ["10.7.0.0/16"]
    other = rows[1].replace("forwarding", "virtual-router")
    assert only(rows[0], other, rows[2]).routes == ()


def test_a_route_in_another_instance_is_not_this_tunnels() -> None:
    tunnel = only(
        "set routing-instances X instance-type virtual-router",
        "set routing-instances X routing-options static route 10.1.0.0/16 next-hop st0.0",
        "set routing-instances F instance-type forwarding",
        "set routing-instances F routing-options static route 10.2.0.0/16 next-hop st0.0",
    )
    assert [str(route) for route in tunnel.routes] == ["10.2.0.0/16"]


@pytest.mark.parametrize(
    ("rows", "passing"),
    [
        (("interfaces ge-0/0/0.0 host-inbound-traffic system-services ike",), True),
        (("host-inbound-traffic system-services ike",), True),
        (("host-inbound-traffic system-services all",), True),
        (("host-inbound-traffic system-services any-service",), True),
        (("host-inbound-traffic system-services ping",), False),
        (("host-inbound-traffic protocols all",), False),
        (
            (
                "host-inbound-traffic system-services all",
                "host-inbound-traffic system-services ike except",
            ),
            False,
        ),
        (
            (
                "host-inbound-traffic system-services ike",
                "interfaces ge-0/0/0.0 host-inbound-traffic system-services ping",
            ),
            False,
        ),
        (
            (
                "host-inbound-traffic system-services ike",
                "interfaces ge-0/0/0.0 host-inbound-traffic protocols ospf",
            ),
            False,
        ),
        ((), False),
    ],
)
def test_what_reaches_the_device_itself(rows: tuple[str, ...], passing: bool) -> None:  # noqa: FBT001
    above = "set security zones security-zone untrust"
    found = only(ZONES, *(f"{above} {row}" for row in rows)).permits
    assert [str(one) for one in found or ()] == (["198.51.100.7"] if passing else [])
    assert found is not None


def test_without_zones_nothing_is_known_of_them() -> None:
    tunnel = only()
    assert (tunnel.permits, tunnel.passes, tunnel.missing) == (None, None, ())


def test_an_interface_in_no_zone_is_missing_one() -> None:
    tunnel = only("set security zones security-zone trust interfaces ge-0/0/1.0")
    assert tunnel.missing == ("security zone of st0.0",)
    assert (tunnel.permits, tunnel.passes) == ((), ())


def test_one_zone_for_all_interfaces() -> None:
    tunnel = only(
        "set security zones security-zone trust interfaces all",
        "set security zones security-zone trust host-inbound-traffic system-services all",
    )
    assert tunnel.objects["zone"] == tunnel.objects["outside zone"] == "trust"
    assert [str(one) for one in tunnel.permits or ()] == ["198.51.100.7"]


EVERYTHING = "0.0.0.0/0 <-> 0.0.0.0/0"
LAN = "set security address-book global address lan 10.1.0.0/16"
NET = "set security address-book global address net 10.2.0.0/16"
POLICIES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "both ways": ((BOTH,), [EVERYTHING]),
    "out only": ((policy(OUT, "o", "any any", "permit"),), []),
    "nothing": ((), []),
    "all by default": (("set security policies default-policy permit-all",), [EVERYTHING]),
    "all by default, but for a net": (
        (
            "set security policies default-policy permit-all",
            LAN,
            policy(OUT, "no", "lan any", "reject"),
            policy(BACK, "b", "any lan", "permit"),
        ),
        [
            "128.0.0.0/1 <-> 0.0.0.0/0",
            "64.0.0.0/2 <-> 0.0.0.0/0",
            "32.0.0.0/3 <-> 0.0.0.0/0",
            "16.0.0.0/4 <-> 0.0.0.0/0",
            "0.0.0.0/5 <-> 0.0.0.0/0",
            "12.0.0.0/6 <-> 0.0.0.0/0",
            "8.0.0.0/7 <-> 0.0.0.0/0",
            "11.0.0.0/8 <-> 0.0.0.0/0",
            "10.128.0.0/9 <-> 0.0.0.0/0",
            "10.64.0.0/10 <-> 0.0.0.0/0",
            "10.32.0.0/11 <-> 0.0.0.0/0",
            "10.16.0.0/12 <-> 0.0.0.0/0",
            "10.8.0.0/13 <-> 0.0.0.0/0",
            "10.4.0.0/14 <-> 0.0.0.0/0",
            "10.2.0.0/15 <-> 0.0.0.0/0",
            "10.0.0.0/16 <-> 0.0.0.0/0",
        ],
    ),
    "nets": (
        (LAN, NET, policy(OUT, "o", "lan net", "permit"), policy(BACK, "b", "net lan", "permit")),
        ["10.1.0.0/16 <-> 10.2.0.0/16"],
    ),
    "narrower on the way back": (
        (LAN, NET, policy(OUT, "o", "any any", "permit"), policy(BACK, "b", "net lan", "permit")),
        ["10.1.0.0/16 <-> 10.2.0.0/16"],
    ),
    "denied before": ((policy(OUT, "no", "any any", "deny"), BOTH), []),
    "denied behind": ((BOTH, policy(OUT, "no", "any any", "deny")), [EVERYTHING]),
    "one application only": (
        (
            policy(OUT, "o", "any any", "permit", "junos-https"),
            policy(BACK, "b", "any any", "permit"),
        ),
        [],
    ),
    "one application denied": (
        (policy(OUT, "no", "any any", "deny", "junos-smtp"), BOTH),
        [EVERYTHING],
    ),
    "deactivated": (
        (BOTH, "deactivate security policies from-zone trust to-zone azure policy o"),
        [],
    ),
    "by the hour": (
        (
            BOTH,
            f"{'set security policies from-zone trust to-zone azure policy o'} "
            "scheduler-name workdays",
        ),
        [],
    ),
    "some users only": (
        (
            BOTH,
            "set security policies from-zone trust to-zone azure policy o match "
            "source-identity staff",
        ),
        [],
    ),
    "any user": (
        (
            BOTH,
            "set security policies from-zone trust to-zone azure policy o match "
            "source-identity any",
        ),
        [EVERYTHING],
    ),
    "moved in front": (
        (
            BOTH,
            policy(OUT, "no", "any any", "deny"),
            "insert security policies from-zone trust to-zone azure policy no before policy o",
        ),
        [],
    ),
    "by global policies": (
        tuple(
            f"set security policies global policy g{word}"
            for word in (
                " match source-address any",
                " match destination-address any",
                " match application any",
                " then permit",
            )
        ),
        [EVERYTHING],
    ),
    "by a book of the zone": (
        (
            "set security zones security-zone trust address-book address lan 10.1.0.0/16",
            "set security zones security-zone azure address-book address lan 10.9.0.0/16",
            policy(OUT, "o", "lan lan", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        ["10.1.0.0/16 <-> 10.9.0.0/16"],
    ),
    "by an attached book": (
        (
            "set security address-book B address lan 10.1.0.0/16",
            "set security address-book B attach zone trust",
            policy(OUT, "o", "lan any", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        ["10.1.0.0/16 <-> 0.0.0.0/0"],
    ),
    "by a book of another zone": (
        (
            "set security address-book B address lan 10.1.0.0/16",
            "set security address-book B attach zone other",
            policy(OUT, "o", "lan any", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        [],
    ),
    "by sets in sets that go round": (
        (
            LAN,
            "set security address-book global address-set one address lan",
            "set security address-book global address-set one address-set two",
            "set security address-book global address-set two address-set one",
            policy(OUT, "o", "two any", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        ["10.1.0.0/16 <-> 0.0.0.0/0"],
    ),
    "by a range": (
        (
            "set security address-book global address r range-address 10.1.0.0 to 10.1.0.191",
            policy(OUT, "o", "r any", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        ["10.1.0.0/25 <-> 0.0.0.0/0", "10.1.0.128/26 <-> 0.0.0.0/0"],
    ),
    "by a name": (
        (
            "set security address-book global address w dns-name www.example.net",
            policy(OUT, "o", "w any", "permit"),
            policy(BACK, "b", "any any", "permit"),
        ),
        [],
    ),
    "with NAT in the way": (
        (
            BOTH,
            "set security nat source rule-set S from zone trust",
            "set security nat source rule-set S to zone azure",
            "set security nat source rule-set S rule r match source-address 0.0.0.0/0",
            "set security nat source rule-set S rule r then source-nat interface",
        ),
        [],
    ),
    "with NAT elsewhere": (
        (
            BOTH,
            "set security nat source rule-set S from zone trust",
            "set security nat source rule-set S to zone untrust",
            "set security nat source rule-set S rule r match source-address 0.0.0.0/0",
            "set security nat source rule-set S rule r then source-nat interface",
        ),
        [EVERYTHING],
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_zone_policies_let_through(name: str) -> None:
    rows, expected = POLICIES[name]
    assert sorted(passes(*rows) or []) == sorted(expected)


def test_the_tunnel_beside_the_lan_needs_a_policy_inside_the_zone() -> None:
    rows = (
        "set security zones security-zone trust interfaces ge-0/0/1.0",
        "set security zones security-zone trust interfaces st0.0",
        "set security zones security-zone untrust interfaces ge-0/0/0.0",
    )
    assert only(*rows).passes == ()
    inside = policy("trust trust", "i", "any any", "permit")
    assert [str(one) for one in only(*rows, inside).passes or ()] == [EVERYTHING]


# --- BGP ------------------------------------------------------------------------------------------

PEER = "set protocols bgp group A neighbor 10.255.0.2"


def bgp(*rows: str) -> Tunnel:
    return only("set interfaces st0 unit 0 family inet address 10.255.0.1/30", *rows)


@pytest.mark.parametrize(
    ("rows", "asn"),
    [
        (("set routing-options autonomous-system 65001",), 65001),
        (("set routing-options autonomous-system 1.10 loops 2",), 65546),
        (("set protocols bgp local-as 65002", "set routing-options autonomous-system 1"), 65002),
        (("set protocols bgp group A local-as 65003", "set protocols bgp local-as 1"), 65003),
        ((f"{PEER} local-as 65004 private", "set protocols bgp group A local-as 1"), 65004),
        # `display set` has a line of its own for each option.
        (
            (
                "set routing-options autonomous-system 65001",
                "set routing-options autonomous-system loops 2",
                "set routing-options autonomous-system asdot-notation",
            ),
            65001,
        ),
        ((f"{PEER} local-as 65004", f"{PEER} local-as loops 2", f"{PEER} local-as private"), 65004),
    ],
)
def test_our_as_is_said_at_four_levels(rows: tuple[str, ...], asn: int) -> None:
    found = bgp(f"{PEER} peer-as 65515", *rows).bgp
    assert found is not None
    assert found.local_asn == asn


def test_what_a_session_leaves_to_the_defaults() -> None:
    found = bgp(f"{PEER} peer-as 65515", "set routing-options autonomous-system 65001").bgp
    assert found is not None
    (peer,) = found.peers
    assert (peer.multihop, peer.keepalive_seconds, peer.hold_seconds) == (None, 30, 90)
    assert (str(peer.local_address), peer.source, peer.enabled) == ("10.255.0.1", None, True)


def test_a_bare_multihop_is_sixty_four_hops() -> None:
    found = bgp(
        f"{PEER} peer-as 65515",
        "set protocols bgp group A multihop",
        "set routing-options autonomous-system 65001",
    ).bgp
    assert found is not None
    assert found.peers[0].multihop == 64


@pytest.mark.parametrize(
    "row",
    [
        "deactivate protocols bgp group A neighbor 10.255.0.2",
        "deactivate protocols bgp group A",
        "deactivate protocols bgp",
        "deactivate protocols",
        f"{PEER} shutdown",
        "set protocols bgp group A shutdown",
        "set protocols bgp disable",
    ],
)
def test_a_session_that_is_switched_off_is_still_there(row: str) -> None:
    found = bgp(f"{PEER} peer-as 65515", "set routing-options autonomous-system 65001", row).bgp
    assert found is not None
    assert [peer.enabled for peer in found.peers] == [False]


def test_sessions_elsewhere_are_not_the_tunnels() -> None:
    tunnel = bgp(
        "set protocols bgp group A neighbor 203.0.113.1 peer-as 65100",
        "set protocols bgp group A neighbor 2001:db8::1 peer-as 65100",
        "set routing-options autonomous-system 65001",
    )
    assert tunnel.bgp is None


def test_several_tunnels_on_one_interface_have_a_session_each() -> None:
    rows = """set interfaces st0 unit 0 multipoint
set interfaces st0 unit 0 family inet address 10.255.0.1/24
set interfaces st0 unit 0 family inet next-hop-tunnel 10.255.0.2 ipsec-vpn V
set interfaces st0 unit 0 family inet next-hop-tunnel 10.255.0.3 ipsec-vpn W
set security ipsec vpn W bind-interface st0.0
set security ipsec vpn W ike gateway G
set security ipsec vpn W ike ipsec-policy E
set routing-options autonomous-system 65001
set routing-options static route 10.2.0.0/16 next-hop 10.255.0.2
set routing-options static route 10.3.0.0/16 next-hop 10.255.0.3
set protocols bgp group A neighbor 10.255.0.2 peer-as 65515
set protocols bgp group A neighbor 10.255.0.3 peer-as 65516
"""
    found = parse(BASE + rows).tunnels
    assert [[peer.asn for peer in one.bgp.peers] if one.bgp else [] for one in found] == [
        [65515],
        [65516],
    ]
    assert [[str(net) for net in one.routes] for one in found] == [["10.2.0.0/16"], ["10.3.0.0/16"]]


TERM = "set policy-options policy-statement OUT term t"
NETWORKS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "a filter": (
        (f"{TERM} from route-filter 10.1.0.0/16 exact", f"{TERM} then accept"),
        ["10.1.0.0/16"],
    ),
    "two filters": (
        (
            f"{TERM} from route-filter 10.1.0.0/16 exact",
            f"{TERM} from route-filter 10.2.0.0/16 orlonger",
            f"{TERM} then accept",
        ),
        ["10.1.0.0/16", "10.2.0.0/16"],
    ),
    "a list": (
        (
            "set policy-options prefix-list L 10.1.0.0/16",
            "set policy-options prefix-list L 10.3.0.0/16",
            f"{TERM} from prefix-list L",
            f"{TERM} then accept",
        ),
        ["10.1.0.0/16", "10.3.0.0/16"],
    ),
    "a list by a filter": (
        (
            "set policy-options prefix-list L 10.1.0.0/16",
            f"{TERM} from prefix-list-filter L orlonger",
            f"{TERM} then accept",
        ),
        ["10.1.0.0/16"],
    ),
    "static routes": (
        (
            "set routing-options static route 10.5.0.0/16 discard",
            f"{TERM} from protocol static",
            f"{TERM} then accept",
        ),
        ["10.5.0.0/16"],
    ),
    "connected networks": (
        (
            f"{TERM} from protocol direct",
            f"{TERM} from interface ge-0/0/0.0",
            f"{TERM} then accept",
        ),
        ["203.0.113.0/24"],
    ),
    "aggregates": (
        (
            "set routing-options aggregate route 10.0.0.0/8",
            f"{TERM} from protocol aggregate",
            f"{TERM} then accept",
        ),
        ["10.0.0.0/8"],
    ),
    "without a term": (
        (
            "set policy-options policy-statement OUT from route-filter 10.1.0.0/16 exact",
            "set policy-options policy-statement OUT then accept",
        ),
        ["10.1.0.0/16"],
    ),
    "refused first": (
        (
            "set policy-options policy-statement OUT term a from route-filter 10.1.0.0/16 exact",
            "set policy-options policy-statement OUT term a then reject",
            f"{TERM} from route-filter 10.1.0.0/16 exact",
            f"{TERM} then accept",
        ),
        [],
    ),
    "what came by BGP": ((f"{TERM} from protocol bgp", f"{TERM} then accept"), []),
    "by community": ((f"{TERM} from community C", f"{TERM} then accept"), []),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_advertised(name: str) -> None:
    rows, expected = NETWORKS[name]
    found = bgp(
        f"{PEER} peer-as 65515",
        "set protocols bgp group A export OUT",
        "set routing-options autonomous-system 65001",
        *rows,
    ).bgp
    assert found is not None
    assert [str(net) for net in found.networks] == expected


def test_a_policy_that_is_not_there_is_missing() -> None:
    tunnel = bgp(
        f"{PEER} peer-as 65515",
        "set protocols bgp group A export [ OUT LATER ]",
        "set routing-options autonomous-system 65001",
        "set policy-options policy-statement LATER then accept",
    )
    assert tunnel.missing == ("policy-statement OUT",)
    assert tunnel.objects["bgp export"] == "OUT LATER"


# --- groups ---------------------------------------------------------------------------------------


def test_the_nearest_statement_wins_over_groups() -> None:
    tunnel = only(
        "set groups A security ike gateway <*> version v2-only",
        "set groups B security ike gateway G version v1-only",
        "set groups B security ike gateway G local-identity hostname b.example",
        "set groups IN security ike gateway <G*> dead-peer-detection interval 30",
        "set groups A security ike gateway <G> dead-peer-detection interval 60",
        "set security ike gateway G apply-groups IN",
        "set apply-groups [ A B ]",
    )
    assert tunnel.ike.version is IkeVersion.V2
    assert tunnel.local.identity == "b.example"
    assert tunnel.ike.dpd is not None
    assert tunnel.ike.dpd.delay_seconds == 30
    assert set(tunnel.objects["groups"].split(", ")) == {"A", "B", "IN"}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("<G>", True), ("<[EFG]>", True), ("<[!G]>", False), ("<[A-H]*>", True), ("<az-[12]>", False)],
)
def test_names_in_brackets_may_have_classes(pattern: str, fits: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    inner = f"gateway {pattern} {{ version v2-only; }}"
    curly = f"groups {{ A {{ security {{ ike {{ {inner} }} }} }} }}"
    for rows in (f"set groups A security ike gateway {pattern} version v2-only", curly):
        text = f"{BASE}{rows}\nset apply-groups A\n"
        (tunnel,) = parse(text).tunnels
        assert (tunnel.ike.version is IkeVersion.V2) is fits
        assert parse(text).unrecognized == ()


def test_whatever_comes_from_a_group_names_it() -> None:
    tunnel = only(
        "set groups D security ipsec vpn <*> establish-tunnels immediately",
        "set security apply-groups D",
    )
    assert (tunnel.objects["establish"], tunnel.objects["groups"]) == ("immediately", "D")


def test_lists_of_groups_come_behind_ones_own() -> None:
    tunnel = only(
        "set groups A security ike policy P proposals [ Q P ]",
        "set groups A security ike proposal Q dh-group group2",
        "set security ike apply-groups A",
    )
    assert [one.name for one in tunnel.ike.proposals] == ["P", "Q"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("set apply-groups GONE", ["set apply-groups GONE"]),
        (
            "set security ipsec vpn V apply-groups GONE",
            ["set security ipsec vpn V apply-groups GONE"],
        ),
        ("set system apply-groups GONE", []),
        ('set apply-groups "${node}"', []),
        ("set apply-groups junos-defaults", []),
    ],
)
def test_a_group_that_is_not_there_is_reported_where_it_matters(rows: str, told: list[str]) -> None:
    assert [odd.text for odd in parse(f"{BASE}{rows}\n").unrecognized] == told


def test_groups_of_cluster_nodes_that_touch_our_sections_are_reported() -> None:
    rows = 'set groups node0 security ike gateway G version v2-only\nset apply-groups "${node}"\n'
    assert [odd.text for odd in parse(BASE + rows).unrecognized] == ['set apply-groups "${node}"']


# --- what is off ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "security",
        "security ipsec",
        "security ipsec vpn",
        "security ipsec vpn V",
        "security ike",
        "security ike gateway",
        "security ike gateway G",
        "security ike policy P",
        "security ipsec policy E",
        "interfaces",
        "interfaces st0",
        "interfaces st0 unit",
        "interfaces st0 unit 0",
    ],
)
def test_what_is_deactivated_above_is_off_below(path: str) -> None:
    tunnel = only(f"deactivate {path}")
    assert not tunnel.enabled
    assert str(tunnel.remote.addresses[0]) == "198.51.100.7"


@pytest.mark.parametrize("row", ["set interfaces st0 disable", "set interfaces st0 unit 0 disable"])
def test_an_interface_that_is_disabled_takes_its_tunnel_down(row: str) -> None:
    assert not only(row).enabled


def test_a_vpn_that_nothing_leads_into_is_off() -> None:
    rows = ("delete security ipsec vpn V bind-interface", policy(OUT, "o", "any any", "permit"))
    assert not only(*rows).enabled
    tunnel = only("delete security ipsec vpn V bind-interface")
    assert (tunnel.enabled, tunnel.mode) == (True, Mode.POLICY_BASED)


# --- logical systems and tenants ------------------------------------------------------------------

PART = """set logical-systems RED interfaces st0 unit 4 family inet address 10.255.4.1/30
set logical-systems RED interfaces ge-0/0/5 unit 0 family inet address 10.4.0.1/16
set logical-systems RED routing-options static route 10.104.0.0/16 next-hop st0.4
set logical-systems RED routing-options autonomous-system 65004
set logical-systems RED protocols bgp group AZ type external
set logical-systems RED protocols bgp group AZ multihop ttl 10
set logical-systems RED protocols bgp group AZ export OF-ITS-OWN
set logical-systems RED protocols bgp group AZ neighbor 10.104.255.4 peer-as 65515
set logical-systems RED security zones security-zone az interfaces st0.4
set security ipsec vpn V bind-interface st0.4
"""


def test_a_logical_system_has_routes_and_sessions_of_its_own() -> None:
    tunnel = only(ZONES, PART, "set routing-options static route 10.9.0.0/16 next-hop st0.4")
    assert tunnel.interface is not None
    assert (tunnel.interface.vrf, tunnel.objects["elsewhere"]) == ("RED", "logical-systems RED")
    assert [str(route) for route in tunnel.routes] == ["10.104.0.0/16"]
    assert tunnel.bgp is not None
    assert (tunnel.bgp.local_asn, tunnel.bgp.networks) == (65004, ())
    assert [(str(peer.address), peer.multihop) for peer in tunnel.bgp.peers] == [
        ("10.104.255.4", 10)
    ]
    assert tunnel.missing == ()


@pytest.mark.parametrize("above", ["logical-systems RED", "tenants RED"])
def test_an_instance_inside_has_the_unit(above: str) -> None:
    rows = (
        "set interfaces st0 unit 4 family inet",
        "set security ipsec vpn V bind-interface st0.4",
        f"set {above} routing-instances V4 instance-type virtual-router",
        f"set {above} routing-instances V4 interface st0.4",
        f"set {above} routing-instances V4 routing-options static route 10.3.0.0/16 next-hop st0.4",
    )
    tunnel = only(ZONES, *rows)
    assert tunnel.interface is not None
    assert (tunnel.interface.vrf, tunnel.objects["elsewhere"]) == ("V4", above)
    assert [str(route) for route in tunnel.routes] == ["10.3.0.0/16"]
    assert tunnel.missing == ()
