"""A tunnel comes up only if the gateway could agree with what the configuration says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.lab import Policy
from appliance.lab.asa import AsaDevice, Settings, asa_device
from tests.lab.asa.firewall import (
    GATEWAY,
    POLICY_BASED,
    ROUTE_BASED,
    WITH_MAP,
    WITH_VTI,
    firewall,
    partner_up,
    typing,
    up,
    without,
)


def test_a_crypto_map_entry_comes_up_with_every_pair() -> None:
    device = firewall(WITH_MAP)
    assert up(device)
    assert partner_up(device)
    held = device.crypto.live["outside_map 20"]
    assert held.outcome.flows == POLICY_BASED.selectors
    assert held.outcome.esp is not None
    assert (held.outcome.esp.encryption, held.outcome.esp.group) == ("aes256gcm", 14)


def test_a_tunnel_interface_comes_up_and_bgp_with_it() -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    assert up(device)
    said = typing(device).execute("show bgp summary")
    assert said.splitlines()[-1].split()[-1] == "2"
    assert "Interface Tunnel1, changed state to up" in "".join(device.logged)


@pytest.mark.parametrize(
    "missing",
    [
        "crypto ikev2 enable",
        "vpn-tunnel-protocol",
        "ikev2 local-authentication",
        "ikev2 remote-authentication",
        "nat (",
        "crypto map outside_map 20 match",
        "crypto map outside_map 20 set peer",
        "crypto map outside_map 20 set ikev2",
        "protocol esp encryption",
        "encryption aes-256",
    ],
)
def test_what_a_crypto_map_tunnel_cannot_do_without(missing: str) -> None:
    lines = without(WITH_MAP, missing)
    if missing == "vpn-tunnel-protocol":
        lines = (*WITH_MAP, "group-policy AZ attributes", "vpn-tunnel-protocol ikev1")
    device = firewall(lines, peer=replace(POLICY_BASED, initiates=False))
    assert not up(device)
    assert partner_up(device)


@pytest.mark.parametrize(
    "missing",
    ["nameif", "tunnel source", "tunnel destination", "tunnel mode", "tunnel protection"],
)
def test_what_a_tunnel_interface_cannot_do_without(missing: str) -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    assert up(device)
    cli = typing(device)
    cli.execute("interface Tunnel1")
    cli.execute(f"no {missing}" if missing in {"nameif", "tunnel mode"} else _negated(missing))
    assert not up(device)


def _negated(statement: str) -> str:
    return {
        "tunnel source": "no tunnel source interface outside",
        "tunnel destination": f"no tunnel destination {GATEWAY}",
        "tunnel protection": "no tunnel protection ipsec profile AZ",
    }[statement]


def test_without_exemption_the_traffic_is_translated_and_the_tunnel_stays_down() -> None:
    device = firewall(without(WITH_MAP, "nat ("), peer=replace(POLICY_BASED, initiates=False))
    cli = typing(device)
    assert not up(device)
    assert cli.execute("show crypto ikev2 sa") == "\nThere are no IKEv2 SAs\n"
    assert "Dynamic translate" in cli.execute(
        "packet-tracer input inside icmp 10.10.0.9 8 0 10.20.0.4"
    )


def test_without_exemption_the_gateway_may_dial_and_gets_no_answer() -> None:
    device = firewall(without(WITH_MAP, "nat ("))
    assert up(device)
    device.advance(60)
    said = typing(device).execute(f"show crypto ipsec sa peer {GATEWAY}")
    assert "#pkts encaps: 0," in said
    assert "#pkts decaps: 6100," in said or "#pkts decaps: 6000," in said


def test_an_exemption_below_the_dynamic_rule_is_none() -> None:
    lines = (
        *without(WITH_MAP, "nat ("),
        "nat (inside,outside) source dynamic any interface",
        "nat (inside,outside) source static AZ-LAN AZ-LAN destination static AZ-VNET AZ-VNET",
    )
    device = firewall(lines, peer=replace(POLICY_BASED, initiates=False))
    assert not up(device)
    device.configure(
        "no nat (inside,outside) source static AZ-LAN AZ-LAN destination static AZ-VNET AZ-VNET",
        "nat (inside,outside) 1 source static AZ-LAN AZ-LAN destination static AZ-VNET AZ-VNET",
    )
    assert up(device)


def test_another_key_is_refused() -> None:
    device = firewall(WITH_MAP, peer=replace(POLICY_BASED, psk="another"))
    assert not up(device)
    assert device.crypto.failed["outside_map 20"][1].reason == "the keys differ"


def test_two_different_keys_do_not_work() -> None:
    lines = (
        *WITH_MAP,
        f"tunnel-group {GATEWAY} ipsec-attributes",
        "ikev2 local-authentication pre-shared-key another",
    )
    assert not up(firewall(lines))


@pytest.mark.parametrize(
    "policy",
    [
        Policy(ike=("aes256", "sha256", 20), esp=("aes256gcm", "", 14)),
        Policy(ike=("aes128", "sha256", 14), esp=("aes256gcm", "", 14)),
        Policy(ike=("aes256", "sha1", 14), esp=("aes256gcm", "", 14)),
        Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 14)),
    ],
)
def test_other_algorithms_do_not_agree(policy: Policy) -> None:
    assert not up(firewall(WITH_MAP, peer=replace(POLICY_BASED, policy=policy)))


def test_a_policy_with_several_values_means_every_combination() -> None:
    lines = (*WITH_MAP, "crypto ikev2 policy 20", "encryption aes aes-256", "group 19 14")
    assert up(firewall(lines))


def test_pfs_counts_from_the_first_rekey_on() -> None:
    policy = Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 20))
    device = firewall(WITH_MAP, peer=replace(POLICY_BASED, policy=policy))
    assert up(device)
    device.advance(27001)
    assert not device.crypto.live["outside_map 20"].outcome.up


def test_a_bare_pfs_is_the_default_group_of_the_release() -> None:
    """Group 14 from 9.13 on, group 2 before."""
    lines = (*without(WITH_MAP, "crypto map outside_map 20 set pfs"),
             "crypto map outside_map 20 set pfs")  # fmt: skip
    new, old = firewall(lines), firewall(lines, version="9.12(4)")
    assert [held.link.esp[0].group for held in new.crypto.live.values()][-1] == 14
    assert [held.link.esp[0].group for held in old.crypto.live.values()][-1] == 2


def test_galois_counter_mode_for_ike_needs_a_prf_and_no_integrity() -> None:
    policy = Policy(ike=("aes256gcm", "sha384", 20), esp=("aes256gcm", "", 14))
    lines = (*WITH_MAP, "crypto ikev2 policy 20", "encryption aes-gcm-256", "integrity null",
             "prf sha384", "group 20")  # fmt: skip
    device = firewall(lines, peer=replace(POLICY_BASED, policy=policy))
    assert up(device)
    said = typing(device).execute("show crypto ikev2 sa")
    assert "Encr: AES-GCM, keysize: 256, Hash: N/A, DH Grp:20" in said


def test_the_default_group_policy_decides_where_there_is_no_other() -> None:
    lines = (*without(WITH_MAP, "default-group-policy"),)
    assert up(firewall(lines))
    closed = (
        *lines,
        "group-policy DfltGrpPolicy attributes",
        "vpn-tunnel-protocol ikev1 ssl-client",
    )
    assert not up(firewall(closed))


def test_associations_outlive_edits_until_they_are_cleared() -> None:
    device = firewall(WITH_MAP)
    assert up(device)
    device.configure(f"tunnel-group {GATEWAY} ipsec-attributes",
                     "ikev2 local-authentication pre-shared-key wrong",
                     "ikev2 remote-authentication pre-shared-key wrong")  # fmt: skip
    assert up(device)
    typing(device).execute(f"clear crypto ipsec sa peer {GATEWAY}")
    assert not up(device)
    assert partner_up(device)


def test_logging_off_clears_only_that_peer() -> None:
    device = firewall(WITH_MAP)
    assert up(device)
    cli = typing(device)
    cli.execute(f"vpn-sessiondb logoff ipaddress {GATEWAY}")
    assert cli.prompt == "Do you want to logoff the VPN session(s)? [confirm]"
    said = cli.execute("")
    assert said.endswith(f'with the IP address "{GATEWAY}" logged off : 1\n')
    assert partner_up(device)


def test_taking_the_map_off_the_interface_ends_all_its_tunnels() -> None:
    device = firewall(WITH_MAP)
    assert up(device)
    device.configure("no crypto map outside_map interface outside")
    assert not up(device)
    assert not partner_up(device)


def test_another_map_on_the_interface_takes_the_place_of_the_first() -> None:
    device = firewall((*WITH_MAP, "crypto map other interface outside"))
    assert not partner_up(device)
    assert "crypto map outside_map interface" not in device.running()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("no neighbor 10.20.255.30 ebgp-multihop",), "Idle"),
        (("neighbor 10.20.255.30 shutdown",), "(Admin)"),
        (("neighbor 10.20.255.30 remote-as 65514",), "Idle"),
    ],
)
def test_a_neighbor_stays_down_with_its_reason(lines: tuple[str, ...], why: str) -> None:
    entered = (*WITH_VTI, "router bgp 65010", "address-family ipv4 unicast", *lines)
    device = firewall(entered, peer=ROUTE_BASED)
    assert up(device)
    said = typing(device).execute("show bgp summary")
    assert said.splitlines()[-1].split()[-1] == why


def test_without_the_host_route_the_neighbor_is_not_reached_through_the_tunnel() -> None:
    device = firewall(without(WITH_VTI, "route azure"), peer=ROUTE_BASED)
    assert up(device)
    assert typing(device).execute("show bgp summary").splitlines()[-1].split()[-1] == "Active"


def test_learned_routes_are_in_the_table() -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    assert up(device)
    cli = typing(device)
    assert "B        10.21.0.0 255.255.0.0 [20/0] via 10.20.255.30" in cli.execute("show route bgp")
    assert 'Known via "bgp", distance 20' in cli.execute("show route 10.21.0.4")
    assert cli.execute("show route 172.30.0.1") == "% Network not in table\n"


def test_behind_translation_the_gateway_sees_the_public_address() -> None:
    peer = replace(POLICY_BASED, device_address="198.18.0.1")
    settings = Settings(nat={"203.0.113.10": "198.18.0.1"})
    device = asa_device(peers=[peer], settings=settings)
    device.configure(*WITH_MAP)
    assert up(device)
    said = typing(device).execute("show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7")
    assert "IPsecOverNatT Tunnels: 2" in said
    assert "UDP Dst Port : 4500" in said


@pytest.mark.parametrize(
    ("lines", "works"),
    [
        (("extended deny ip any any",), False),
        (("extended permit udp host 198.51.100.7 any eq isakmp", "extended deny ip any any"), True),
        (("extended permit udp any any eq 4500", "extended deny udp any any"), False),
        (("extended permit esp any any",), True),
    ],
)
def test_only_a_control_plane_list_concerns_the_device_itself(
    lines: tuple[str, ...], *, works: bool
) -> None:
    entered = tuple(f"access-list GATE {line}" for line in lines)
    plain = firewall((*WITH_MAP, *entered, "access-group GATE in interface outside"))
    assert up(plain)
    control = "access-group GATE in interface outside control-plane"
    assert up(firewall((*WITH_MAP, *entered, control))) is works


V1 = (
    "crypto ipsec ikev1 transform-set AZ esp-aes-256 esp-sha-hmac",
    "crypto ikev1 policy 20",
    "encryption aes-256",
    "group 2",
    "lifetime 28800",
    "tunnel-group 198.51.100.7 type ipsec-l2l",
    "tunnel-group 198.51.100.7 ipsec-attributes",
    "ikev1 pre-shared-key Canary-4711-battery",
    "crypto map outside_map 20 set peer 198.51.100.7",
    "crypto map outside_map 20 set ikev1 transform-set AZ",
    "crypto map outside_map 20 match address AZ-VPN",
)


def test_a_policy_based_gateway_with_the_default_lists() -> None:
    """IKEv1 with group 2, which Azure proposes; releases from 9.15 on cannot."""
    peer = replace(POLICY_BASED, ike_version=1, policy=None, initiates=False)
    networks = tuple(line for line in WITH_MAP if "AZ-" in line or "network-object" in line)
    lines = (*networks[:-1], *V1)
    device = firewall(lines, peer=peer, version="9.12(4)")
    assert up(device)
    said = typing(device).execute("show crypto ikev1 sa detail")
    assert "2   IKE Peer: 198.51.100.7\n    Type    : L2L " in said
    assert "Encrypt : aes-256         Hash    : SHA" in said
    said = typing(device).execute("show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7")
    assert "IKEv1 Tunnels: 1\nIPsec Tunnels: 2\n" in said
    assert "  IKE Neg Mode : Main" in said


def test_a_negotiation_that_hangs_shows_where() -> None:
    peer = replace(POLICY_BASED, ike_version=1, policy=None, psk="another")
    networks = tuple(line for line in WITH_MAP if "AZ-" in line or "network-object" in line)
    device = firewall((*networks[:-1], *V1), peer=peer, version="9.12(4)")
    assert not up(device)
    assert "State   : MM_WAIT_MSG6" in typing(device).execute("show crypto isakmp sa")


def test_two_instances_of_a_gateway_are_two_tunnels() -> None:
    second = replace(ROUTE_BASED, address="198.51.100.8", bgp=None)
    device = asa_device(peers=[ROUTE_BASED, second])
    device.configure(*WITH_VTI)
    device.configure(
        "tunnel-group 198.51.100.8 type ipsec-l2l",
        "tunnel-group 198.51.100.8 ipsec-attributes",
        "ikev2 remote-authentication pre-shared-key Canary-4711-battery",
        "ikev2 local-authentication pre-shared-key Canary-4711-battery",
        "interface Tunnel2",
        "nameif azure2",
        "ip address 169.254.22.1 255.255.255.252",
        "tunnel source interface outside",
        "tunnel destination 198.51.100.8",
        "tunnel mode ipsec ipv4",
        "tunnel protection ipsec profile AZ",
    )
    assert up(device)
    said = typing(device).execute("show interface ip brief")
    states = {line.split()[0]: line.split()[-1] for line in said.splitlines()[1:]}
    assert (states["Tunnel1"], states["Tunnel2"]) == ("up", "up")
    shown = typing(device).execute("show crypto ipsec sa")
    assert shown.count("local ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)") == 2
    assert "Crypto map tag: __vti-crypto-map-" in shown


def test_a_second_peer_is_tried_with_its_own_key() -> None:
    spare = replace(POLICY_BASED, address="198.51.100.8", psk="spare")
    device = asa_device(peers=[replace(POLICY_BASED, reachable=False), spare])
    device.configure(
        *WITH_MAP,
        "crypto map outside_map 20 set peer 198.51.100.8",
        "tunnel-group 198.51.100.8 type ipsec-l2l",
        "tunnel-group 198.51.100.8 ipsec-attributes",
        "ikev2 remote-authentication pre-shared-key spare",
        "ikev2 local-authentication pre-shared-key spare",
    )
    device.advance(1)
    assert device.crypto.live["outside_map 20"].outcome.peer == "198.51.100.8"
    assert device.crypto.live["outside_map 20"].outcome.up


def test_the_volume_of_an_entry_is_shown() -> None:
    start = "crypto map outside_map 20 set security-association lifetime"
    device = firewall((*WITH_MAP, f"{start} kilobytes 102400000"))
    assert up(device)
    said = typing(device).execute("show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7")
    assert "Rekey Int (D): 102400000 K-Bytes" in said


def test_a_device_that_is_booted_from_its_text_builds_the_same_tunnels() -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    again = AsaDevice(device.running(), peers=[ROUTE_BASED])
    assert up(again)
