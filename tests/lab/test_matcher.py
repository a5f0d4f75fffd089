"""Tunnels come up only when both ends would agree: every mismatch, and life afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.lab import AzurePeer, BgpPeer, Cli, Device, Policy, Settings, ios_device

GATEWAY = "198.51.100.7"
KEY = "Sh4red!Key"
POLICY = Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 14))
PEER = AzurePeer(address=GATEWAY, psk=KEY, policy=POLICY)
BGP = BgpPeer(
    address="10.20.255.30",
    device_address="10.255.0.1",
    device_asn=65050,
    prefixes=("10.20.0.0/16", "10.21.0.0/16"),
)
ROUTE_BASED = f"""\
crypto ikev2 proposal azure
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy azure
 match address local 203.0.113.10
 proposal azure
crypto ikev2 keyring azure
 peer gw
  address {GATEWAY}
  pre-shared-key {KEY}
crypto ikev2 profile azure
 match identity remote address {GATEWAY} 255.255.255.255
 authentication local pre-share
 authentication remote pre-share
 keyring local azure
crypto ipsec transform-set azure esp-aes 256 esp-sha256-hmac
crypto ipsec profile azure
 set transform-set azure
 set pfs group14
 set ikev2-profile azure
interface Tunnel1
 ip address 169.254.0.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination {GATEWAY}
 tunnel protection ipsec profile azure
ip route 10.20.0.0 255.255.0.0 Tunnel1
"""
POLICY_BASED = f"""\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {KEY} address {GATEWAY}
crypto ipsec transform-set azure esp-aes 256 esp-sha256-hmac
ip access-list extended AZURE
 permit ip 10.10.0.0 0.0.255.255 10.20.0.0 0.0.255.255
 permit ip 10.11.0.0 0.0.255.255 10.20.0.0 0.0.255.255
crypto map VPN 10 ipsec-isakmp
 set peer {GATEWAY}
 set transform-set azure
 set pfs group14
 match address AZURE
interface GigabitEthernet1
 crypto map VPN
"""
PAIRS = (("10.10.0.0/16", "10.20.0.0/16"), ("10.11.0.0/16", "10.20.0.0/16"))


def configured(text: str, *peers: AzurePeer, edits: tuple[str, ...] = ()) -> Cli:
    device = ios_device(peers=peers or (PEER,))
    device.configure(*text.splitlines(), *edits)
    return Cli(device, user="tester", privilege=15)


def protocol(cli: Cli, name: str = "Tunnel1") -> str:
    line = cli.execute(f"show ip interface brief | include {name} ")
    return line.split()[-1]


def test_a_tunnel_that_fits_comes_up() -> None:
    cli = configured(ROUTE_BASED)
    assert protocol(cli) == "up"
    assert "READY" in cli.execute("show crypto ikev2 sa")
    assert "Session status: UP-ACTIVE" in cli.execute(f"show crypto session remote {GATEWAY}")
    assert any("Tunnel1, changed state to up" in line for line in cli.device.logged)


MISMATCHES = {
    "ike encryption": ("crypto ikev2 proposal azure", "encryption aes-cbc-128"),
    "ike integrity": ("crypto ikev2 proposal azure", "integrity sha1"),
    "ike group": ("crypto ikev2 proposal azure", "group 20"),
    "key": ("crypto ikev2 keyring azure", "peer gw", "pre-shared-key wrong"),
    "no key for the peer": ("crypto ikev2 keyring azure", "peer gw", "address 198.51.100.99"),
    "no key at all": ("crypto ikev2 keyring azure", "no peer gw"),
    "identity": (
        "crypto ikev2 profile azure",
        f"no match identity remote address {GATEWAY} 255.255.255.255",
        "match identity remote address 192.0.2.1 255.255.255.255",
    ),
    "no identity": (
        "crypto ikev2 profile azure",
        f"no match identity remote address {GATEWAY} 255.255.255.255",
    ),
    "one-sided authentication": (
        "crypto ikev2 profile azure",
        "no authentication remote pre-share",
    ),
    "no keyring": ("crypto ikev2 profile azure", "no keyring local azure"),
    "policy for another address": (
        "crypto ikev2 policy azure",
        "no match address local 203.0.113.10",
        "match address local 203.0.113.11",
    ),
    "profile for another vrf": ("crypto ikev2 profile azure", "match fvrf INET"),
    "another ike version": ("crypto ipsec profile azure", "no set ikev2-profile"),
    "destination": ("interface Tunnel1", "tunnel destination 198.51.100.8"),
    "esp encryption": ("crypto ipsec transform-set azure esp-aes 192 esp-sha256-hmac",),
    "esp integrity": ("crypto ipsec transform-set azure esp-aes 256 esp-sha-hmac",),
    "transport mode": (
        "crypto ipsec transform-set azure esp-aes 256 esp-sha256-hmac",
        "mode transport",
    ),
    "ah": ("crypto ipsec transform-set azure ah-sha-hmac esp-aes 256 esp-sha256-hmac",),
    "gre": ("interface Tunnel1", "no tunnel mode"),
    "tunnel shut": ("interface Tunnel1", "shutdown"),
    "outside shut": ("interface GigabitEthernet1", "shutdown"),
    "no source": ("interface Tunnel1", "no tunnel source"),
    "no protection": ("interface Tunnel1", "no tunnel protection ipsec profile azure"),
    "no route to the peer": ("no ip route 0.0.0.0 0.0.0.0 203.0.113.1",),
    "route to the peer through the tunnel": (f"ip route {GATEWAY} 255.255.255.255 Tunnel1",),
}


@pytest.mark.parametrize("edits", MISMATCHES.values(), ids=list(MISMATCHES))
def test_any_mismatch_keeps_it_down(edits: tuple[str, ...]) -> None:
    cli = configured(ROUTE_BASED, edits=edits)
    cli.execute("clear crypto session")
    expected = "up" if edits[-1] == "no tunnel mode" else "down"
    assert protocol(cli) == expected  # the line protocol of GRE does not look at IPsec
    assert "UP-ACTIVE" not in cli.execute(f"show crypto session remote {GATEWAY}")


PEERS = {
    "unreachable": replace(PEER, reachable=False),
    "expects another device": replace(PEER, device_address="203.0.113.99"),
    "ikev1 only": replace(PEER, ike_version=1),
    "another key": replace(PEER, psk="other"),
    "default policy has group 2 only": replace(PEER, policy=None),
    "policy-based selectors": replace(PEER, selectors=PAIRS),
    "identity of a peer behind NAT": replace(PEER, identity="10.1.0.4"),
}


@pytest.mark.parametrize("peer", PEERS.values(), ids=list(PEERS))
def test_the_gateway_may_be_the_one_that_differs(peer: AzurePeer) -> None:
    assert protocol(configured(ROUTE_BASED, peer)) == "down"


def test_azure_defaults_accept_group_2_and_many_esp_combinations() -> None:
    edits = (
        "crypto ikev2 proposal azure",
        "integrity sha1",
        "group 2",
        "crypto ipsec transform-set azure esp-gcm 256",
        "crypto ipsec profile azure",
        "no set pfs",
    )
    assert protocol(configured(ROUTE_BASED, replace(PEER, policy=None), edits=edits)) == "up"


def test_gcm_for_ike_takes_its_hash_from_the_prf() -> None:
    peer = replace(PEER, policy=Policy(ike=("aes256gcm", "sha384", 20), esp=("aes256gcm", "", 0)))
    edits = (
        "crypto ikev2 proposal azure",
        "encryption aes-gcm-256",
        "no integrity",
        "prf sha384",
        "group 20",
        "crypto ipsec transform-set azure esp-gcm 256",
        "crypto ipsec profile azure",
        "no set pfs",
    )
    cli = configured(ROUTE_BASED, peer, edits=edits)
    assert protocol(cli) == "up"
    text = cli.execute("show crypto ikev2 sa")
    assert "Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20" in text


def test_behind_nat_the_gateway_sees_the_public_address() -> None:
    nat = {"203.0.113.10": "192.0.2.200"}
    peer = replace(PEER, device_address="192.0.2.200")
    device = ios_device(peers=[peer], settings=Settings(nat=nat))
    device.configure(*ROUTE_BASED.splitlines())
    cli = Cli(device, privilege=15)
    assert protocol(cli) == "up"
    assert f"{GATEWAY}/4500" in cli.execute("show crypto ikev2 sa")


def test_a_policy_for_every_address_that_stands_first_wins() -> None:
    first = (
        "no crypto ikev2 policy azure",
        "crypto ikev2 proposal other",
        "encryption aes-cbc-128",
        "integrity sha1",
        "group 2",
        "crypto ikev2 policy all",
        "match fvrf any",
        "proposal other",
        "crypto ikev2 policy azure",
        "match address local 203.0.113.10",
        "proposal azure",
    )
    cli = configured(ROUTE_BASED, edits=first)
    cli.execute("clear crypto session")
    assert protocol(cli) == "down"


def test_pfs_acts_at_the_first_rekey_in_ikev2() -> None:
    cli = configured(ROUTE_BASED, edits=("crypto ipsec profile azure", "set pfs group20"))
    assert protocol(cli) == "up"
    cli.device.advance(3599)
    assert protocol(cli) == "up"
    cli.device.advance(2)
    assert protocol(cli) == "down"


def test_rekeying_keeps_a_good_tunnel_up() -> None:
    cli = configured(ROUTE_BASED)
    before = cli.execute(f"show crypto ipsec sa peer {GATEWAY} | include outbound spi")
    cli.device.advance(3601)
    assert protocol(cli) == "up"
    assert cli.execute(f"show crypto ipsec sa peer {GATEWAY} | include outbound spi") != before


def test_edits_leave_a_live_tunnel_alone_until_it_is_cleared() -> None:
    cli = configured(ROUTE_BASED)
    cli.device.configure("crypto ikev2 keyring azure", "peer gw", "pre-shared-key wrong")
    cli.device.advance(60)
    assert protocol(cli) == "up"
    cli.execute(f"clear crypto session remote {GATEWAY}")
    assert protocol(cli) == "down"


def test_applying_the_tunnel_anew_builds_it_anew() -> None:
    cli = configured(ROUTE_BASED)
    cli.device.configure("crypto ikev2 keyring azure", "peer gw", "pre-shared-key wrong")
    cli.execute("conf t")
    for line in ("interface Tunnel1", "shutdown", "no shutdown", "end"):
        cli.execute(line)
    assert protocol(cli) == "down"


def test_azure_changes_its_key() -> None:
    cli = configured(ROUTE_BASED)
    cli.device.meet(replace(PEER, psk="rotated"))
    assert protocol(cli) == "up"
    cli.execute("clear crypto ikev2 sa")
    assert protocol(cli) == "down"


def test_counters_follow_the_traffic() -> None:
    cli = configured(ROUTE_BASED)
    cli.device.advance(30)
    text = cli.execute(f"show crypto ipsec sa peer {GATEWAY}")
    assert "#pkts encaps: 3000, " in text
    assert "#pkts decaps: 3000, " in text
    cli.device.crypto.traffic.back = False
    assert "#pkts decaps: 0, " in cli.execute(f"show crypto ipsec sa peer {GATEWAY}")
    cli.device.configure("no ip route 10.20.0.0 255.255.0.0 Tunnel1")
    assert "#pkts encaps: 0, " in cli.execute(f"show crypto ipsec sa peer {GATEWAY}")


def test_policy_based_ikev1() -> None:
    peer = replace(PEER, ike_version=1, selectors=PAIRS)
    cli = configured(POLICY_BASED, peer)
    text = cli.execute(f"show crypto session remote {GATEWAY}")
    assert text.count("Active SAs: 2") == 2
    assert "Interface: GigabitEthernet1\n" in text
    assert f"{GATEWAY}    203.0.113.10    QM_IDLE " in cli.execute("show crypto isakmp sa")
    assert "permit ip 10.10.0.0/255.255.0.0 10.20.0.0/255.255.0.0" in text


def test_one_selector_too_few_is_up_with_a_hole() -> None:
    peer = replace(PEER, ike_version=1, selectors=PAIRS[:1])
    cli = configured(POLICY_BASED, peer)
    text = cli.execute(f"show crypto session remote {GATEWAY}")
    assert "UP-ACTIVE" in text
    assert text.count("Active SAs: 2") == 1
    assert text.count("Active SAs: 0") == 1
    assert "current outbound spi: 0x0(0)" in cli.execute(f"show crypto ipsec sa peer {GATEWAY}")


V1_MISMATCHES = {
    "selectors against any-to-any": ((), replace(PEER, ike_version=1)),
    "hash": (("no crypto isakmp policy 100", "crypto isakmp policy 10", "hash sha"), None),
    "authentication": (
        ("no crypto isakmp policy 100", "crypto isakmp policy 10", "no authentication"),
        None,
    ),
    "key": (
        (
            f"no crypto isakmp key {KEY} address {GATEWAY}",
            f"crypto isakmp key wrong address {GATEWAY}",
        ),
        None,
    ),
    "pfs": (("crypto map VPN 10 ipsec-isakmp", "no set pfs"), None),
    "map not bound": (("interface GigabitEthernet1", "no crypto map VPN"), None),
    "peer": (
        (
            "crypto map VPN 10 ipsec-isakmp",
            f"no set peer {GATEWAY}",
            "set peer 198.51.100.9",
        ),
        None,
    ),
}


@pytest.mark.parametrize("case", V1_MISMATCHES.values(), ids=list(V1_MISMATCHES))
def test_policy_based_mismatches(case: tuple[tuple[str, ...], AzurePeer | None]) -> None:
    edits, peer = case
    cli = configured(
        POLICY_BASED, peer or replace(PEER, ike_version=1, selectors=PAIRS), edits=edits
    )
    cli.execute("clear crypto sa")
    assert "UP-ACTIVE" not in cli.execute(f"show crypto session remote {GATEWAY}")


def test_several_isakmp_policies_are_all_offered() -> None:
    lines = "crypto isakmp policy 1\n encr 3des\n authentication pre-share\n group 2\n"
    peer = replace(PEER, ike_version=1, selectors=PAIRS)
    cli = configured(lines + POLICY_BASED, peer)
    assert "UP-ACTIVE" in cli.execute(f"show crypto session remote {GATEWAY}")


def test_a_second_peer_is_tried() -> None:
    peer = replace(PEER, ike_version=1, selectors=PAIRS)
    text = POLICY_BASED.replace(
        f" set peer {GATEWAY}", f" set peer 198.51.100.200\n set peer {GATEWAY}"
    )
    cli = configured(text, peer)
    assert f"Peer: {GATEWAY} port 500" in cli.execute(f"show crypto session remote {GATEWAY}")


def test_policy_based_ikev2_on_a_crypto_map() -> None:
    lines = ROUTE_BASED.split("crypto ipsec profile", maxsplit=1)[0] + POLICY_BASED.replace(
        " set pfs group14", " set pfs group14\n set ikev2-profile azure"
    )
    cli = configured(lines, replace(PEER, selectors=PAIRS))
    assert "IKEv2 SA: local 203.0.113.10/500" in cli.execute(
        f"show crypto session remote {GATEWAY}"
    )
    assert "UP-ACTIVE" in cli.execute(f"show crypto session remote {GATEWAY}")


BGP_LINES = (
    "ip route 10.20.255.30 255.255.255.255 Tunnel1",
    "router bgp 65050",
    "neighbor 10.20.255.30 remote-as 65515",
    "neighbor 10.20.255.30 ebgp-multihop 2",
    "neighbor 10.20.255.30 update-source Loopback0",
)


def last_column(cli: Cli) -> str:
    return cli.execute("show ip bgp summary | include ^10").split()[-1]


def test_bgp_is_established_through_the_tunnel() -> None:
    cli = configured(ROUTE_BASED, replace(PEER, bgp=BGP), edits=BGP_LINES)
    assert last_column(cli) == "2"
    assert "B        10.21.0.0/16 [20/0] via 10.20.255.30" in cli.execute("show ip route")


BGP_MISMATCHES = {
    "no host route": ("no ip route 10.20.255.30 255.255.255.255 Tunnel1",
                      "no ip route 10.20.0.0 255.255.0.0 Tunnel1"),
    "remote-as": ("router bgp 65050", "neighbor 10.20.255.30 remote-as 65001"),
    "multihop": ("router bgp 65050", "no neighbor 10.20.255.30 ebgp-multihop"),
    "source": ("router bgp 65050", "no neighbor 10.20.255.30 update-source"),
    "shutdown": ("router bgp 65050", "neighbor 10.20.255.30 shutdown"),
    "not activated": (
        "router bgp 65050", "address-family ipv4", "no neighbor 10.20.255.30 activate"),
    "tunnel down": ("interface Tunnel1", "shutdown"),
}  # fmt: skip


@pytest.mark.parametrize("edits", BGP_MISMATCHES.values(), ids=list(BGP_MISMATCHES))
def test_bgp_mismatches(edits: tuple[str, ...]) -> None:
    cli = configured(ROUTE_BASED, replace(PEER, bgp=BGP), edits=(*BGP_LINES, *edits))
    assert not last_column(cli).isdecimal()


def test_the_partner_is_untouched_by_all_of_it() -> None:
    cli = configured(ROUTE_BASED)
    assert protocol(cli, "Tunnel50") == "up"
    assert protocol(cli) == "up"


def test_a_device_without_tunnels_shows_empty_screens() -> None:
    cli = Cli(Device("hostname r\n"), privilege=15)
    assert cli.execute("show crypto session") == "Crypto session current status\n\n"
    assert cli.execute(f"show crypto ipsec sa peer {GATEWAY}").strip() == ""
    assert cli.execute("show ip bgp summary") == "% BGP not active\n"


def test_ping_needs_a_live_tunnel() -> None:
    cli = configured(ROUTE_BASED)
    assert "Success rate is 100 percent (5/5)" in cli.execute("ping 10.20.0.4 source gi2")
    cli.device.configure("interface Tunnel1", "shutdown")
    assert "Success rate is 0 percent (0/5)" in cli.execute("ping 10.20.0.4")


def test_a_crypto_map_waits_for_traffic() -> None:
    peer = replace(PEER, ike_version=1, selectors=PAIRS)
    cli = configured(POLICY_BASED, peer)
    session = f"show crypto session remote {GATEWAY}"
    cli.device.crypto.traffic.out = False
    cli.device.crypto.traffic.back = False
    cli.execute("clear crypto sa")
    assert "UP-ACTIVE" not in cli.execute(session)
    cli.device.crypto.traffic.back = True
    cli.execute("clear crypto sa")
    assert "UP-ACTIVE" in cli.execute(session)
    cli.device.meet(replace(peer, initiates=False))
    cli.execute("clear crypto sa")
    assert "UP-ACTIVE" not in cli.execute(session)


def test_azure_proposes_less_than_it_accepts() -> None:
    peer = replace(PEER, ike_version=1, selectors=PAIRS, policy=None)
    edits = ("crypto isakmp policy 10", "hash sha", "group 2")
    cli = configured(POLICY_BASED, peer, edits=edits)
    session = f"show crypto session remote {GATEWAY}"
    assert "UP-ACTIVE" in cli.execute(session)  # AES256, SHA256, PFS group 14: as responder only
    cli.device.crypto.traffic.out = False
    cli.execute("clear crypto sa")
    assert "UP-ACTIVE" not in cli.execute(session)


FRONT_DOOR = (
    "vrf definition INET",
    "address-family ipv4",
    "interface GigabitEthernet1",
    "vrf forwarding INET",
    "ip address 203.0.113.10 255.255.255.0",
    "ip route vrf INET 0.0.0.0 0.0.0.0 203.0.113.1",
    "crypto ikev2 policy azure",
    "match fvrf any",
    "crypto ikev2 profile azure",
    "match fvrf INET",
    "interface Tunnel1",
    "tunnel vrf INET",
    "shutdown",
    "no shutdown",
)


def test_a_front_door_vrf_needs_its_own_route_and_profile() -> None:
    cli = configured(ROUTE_BASED, edits=FRONT_DOOR)
    cli.execute("clear crypto session")
    assert protocol(cli) == "up"
    cli.device.configure("no ip route vrf INET 0.0.0.0 0.0.0.0 203.0.113.1")
    cli.execute("clear crypto session")
    assert protocol(cli) == "down"


def test_without_the_profile_of_its_vrf_it_stays_down() -> None:
    edits = tuple(line for line in FRONT_DOOR if line != "match fvrf INET")
    cli = configured(ROUTE_BASED, edits=(*edits, "crypto ikev2 profile azure", "match fvrf OTHER"))
    cli.execute("clear crypto session")
    assert protocol(cli) == "down"


def test_moving_an_interface_to_a_vrf_costs_its_address() -> None:
    cli = configured("vrf definition RED")
    cli.execute("conf t")
    cli.execute("interface GigabitEthernet2")
    assert cli.execute("vrf forwarding RED") == (
        "% Interface GigabitEthernet2 IPv4 disabled and address(es) removed due to "
        "enabling VRF RED\n"
    )
    assert "10.10.0.1" not in cli.device.running()
