"""Whose a statement is: of which VRF, of which router of a pair, of which of several profiles."""

from __future__ import annotations

import pytest

from appliance.model.algorithms import DhGroup
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel
from vendors.cisco_ios.parse import parse

VTI = """crypto isakmp policy 1
 authentication pre-share
crypto isakmp key Kk address 192.0.2.77
crypto ipsec profile P
interface Tunnel4
 tunnel source 203.0.113.9
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P
"""
V2 = """crypto ikev2 profile PROF
 match identity remote address 192.0.2.77 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local RING
crypto ipsec profile P
 set ikev2-profile PROF
interface Tunnel4
 ip unnumbered Loopback0
 tunnel source 203.0.113.9
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P
interface Loopback0
 ip address 10.9.0.1 255.255.255.255
"""
RING = """crypto ikev2 keyring RING
 peer A
  address 192.0.2.77
  pre-shared-key Kk
"""


def only(text: str) -> Tunnel:
    (tunnel,) = parse(text).tunnels
    return tunnel


@pytest.mark.parametrize("vrf", ["vrf forwarding", "ip vrf forwarding"])
def test_an_address_that_two_vrfs_have_is_the_one_of_the_tunnels_own(vrf: str) -> None:
    text = f"""interface GigabitEthernet1
 {vrf} LAB
 ip address 203.0.113.9 255.255.255.0
interface GigabitEthernet2
 {vrf} INET
 ip address 203.0.113.9 255.255.255.0
 ip access-group ONLY-PEER in
interface GigabitEthernet3
 ip address 203.0.113.9 255.255.255.0
access-list 1 permit 192.0.2.1
ip access-list standard ONLY-PEER
 permit 192.0.2.77
"""
    inside = only(VTI + " tunnel vrf INET\n" + text)
    assert (inside.local.interface, inside.local.vrf) == ("GigabitEthernet2", "INET")
    assert [str(peer) for peer in inside.permits or ()] == ["192.0.2.77"]
    assert only(VTI + text).local.interface == "GigabitEthernet3"


@pytest.mark.parametrize(
    "shared",
    [
        " standby version 2\n standby 7 ip 203.0.113.9\n standby 7 priority 110\n",
        " standby ip 203.0.113.9\n",
        " standby 7 ip 203.0.113.8\n standby 7 ip 203.0.113.9 secondary\n",
        " vrrp 3 ip 203.0.113.9\n vrrp 3 timers learn\n",
        " vrrp 3 address-family ipv4\n  priority 120\n  address 203.0.113.9 primary\n  exit-vrrp\n",
    ],
)
def test_a_tunnel_may_leave_from_an_address_that_routers_share(shared: str) -> None:
    tunnel = only(
        VTI
        + "interface GigabitEthernet2\n ip address 203.0.113.2 255.255.255.0\n"
        + shared
        + " ip access-group 101 in\naccess-list 101 permit esp any any\n"
    )
    assert tunnel.local.interface == "GigabitEthernet2"
    assert tunnel.permits == ()


def test_a_map_with_redundancy_speaks_from_the_shared_address() -> None:
    text = """crypto map M 5 ipsec-isakmp
 set peer 192.0.2.77
interface GigabitEthernet0
 ip address 192.0.2.9 255.255.255.0
 standby 1 ip 192.0.2.5
 standby 2 ip 192.0.2.4
 standby 2 name OUTSIDE
 crypto map M redundancy OUTSIDE stateful
"""
    assert str(only(text).local.address) == "192.0.2.4"
    assert str(only(text.replace("2 name OUTSIDE", "2 name OTHER")).local.address) == "192.0.2.9"
    lent = """crypto map M local-address Loopback1
interface Loopback1
 ip address 10.1.1.1 255.255.255.255
"""
    assert str(only(text + lent).local.address) == "10.1.1.1"


@pytest.mark.parametrize(
    ("kind", "value"), [("key-id", "BRANCH"), ("email", "a@b.example"), ("fqdn", "gw.b.example")]
)
def test_a_keyring_knows_its_peer_by_identity(kind: str, value: str) -> None:
    text = V2.replace("address 192.0.2.77 255.255.255.255", f"{kind} {value}") + RING.replace(
        "address 192.0.2.77", f"identity {kind} {value}"
    )
    assert only(text).psk == Secret("Kk")
    assert only(text.replace("address 192.0.2.77", "address 192.0.2.78")).psk == Secret("Kk")


@pytest.mark.parametrize(
    ("local", "remote", "differ"),
    [("Kk", "Kk", False), ("Kk", "0 Kk", False), ("Kk", "Other", True), ("Kk", "6 `ab", True)],
)
def test_keys_in_a_profile_itself_may_differ(local: str, remote: str, differ: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    text = V2.replace(" keyring local RING\n", "").replace(
        "remote pre-share", f"remote pre-share key {remote}"
    )
    tunnel = only(text.replace("local pre-share", f"local pre-share key {local}"))
    assert tunnel.psk == (tunnel.psk if differ else Secret("Kk"))
    assert isinstance(tunnel.psk, Hidden) is differ
    assert bool(tunnel.quirks) is differ


MASKS = [
    "<removed>",
    "<secret hidden>",
    "********",
    "0 <removed>",
    "REDACTED",
    "[removed]",
]


@pytest.mark.parametrize("mask", MASKS)
def test_what_a_tool_left_of_a_key_is_no_key(mask: str) -> None:
    for text in (VTI.replace("Kk", mask), V2 + RING.replace("Kk", mask)):
        psk = only(text).psk
        assert psk == Hidden("masked in the text")


def test_lines_that_rancid_took_out_are_told_of() -> None:
    v1 = VTI.replace("crypto isakmp key Kk", "!crypto isakmp key <removed>")
    assert only(v1).psk == Hidden("masked in the text")
    v2 = V2 + RING.replace("  pre-shared-key Kk", "!  pre-shared-key <removed>")
    assert only(v2).psk == Hidden("masked in the text")
    assert only(V2 + RING.replace("  pre-shared-key", "!  pre-shared-key")).psk is None


@pytest.mark.parametrize(
    ("digits", "key"), [("0x4B31", "K1"), ("4b 31", "K1"), ("0xFF00", None), ("xyz", None)]
)
def test_a_key_in_hexadecimal_is_what_it_spells(digits: str, key: str | None) -> None:
    psk = only(V2 + RING.replace("Kk", f"hex {digits}")).psk
    assert psk == (Hidden("given in hexadecimal, and no text") if key is None else Secret(key))


def test_the_policy_that_ios_prints_itself_comes_last() -> None:
    text = (
        "crypto ikev2 policy default\n match fvrf any\n proposal default\n"
        "crypto ikev2 policy MINE\n match fvrf any\n proposal MINE\n"
        "crypto ikev2 proposal MINE\n encryption aes-cbc-256\n integrity sha256\n group 14\n"
    )
    (proposal,) = only(text + V2 + RING).ike.proposals
    assert (proposal.name, proposal.groups) == ("MINE", (DhGroup.MODP2048,))
    alone, _, _ = text.partition("crypto ikev2 policy MINE")
    assert [one.name for one in only(alone + V2 + RING).ike.proposals] == ["default"]


def test_without_any_policy_nothing_is_offered() -> None:
    text = "no crypto ikev2 policy default\n" + V2 + RING
    assert only(text).ike.proposals == ()
    assert [one.name for one in only(V2 + RING).ike.proposals] == ["default"]


def test_a_profile_that_is_shut_down_serves_nobody() -> None:
    text = V2.replace(" keyring local RING\n", " keyring local RING\n shutdown\n") + RING
    assert only(text).missing == ("no shutdown in ikev2 profile PROF",)
    assert only(text.replace(" shutdown\n", " no shutdown\n")).missing == ()


def test_a_session_template_counts_beside_a_policy_template() -> None:
    text = """router bgp 65010
 template peer-policy POL
  route-map X in
 exit-peer-policy
 template peer-session BASE
  timers 7 21
 exit-peer-session
 template peer-session SESS
  remote-as 65515
  ebgp-multihop 4
  update-source Loopback0
  inherit peer-session BASE
 exit-peer-session
 neighbor 10.77.255.4 inherit peer-session SESS
 address-family ipv4
  neighbor 10.77.255.4 activate
  neighbor 10.77.255.4 inherit peer-policy POL
ip route 10.77.255.4 255.255.255.255 Tunnel4
"""
    bgp = only(V2 + RING + text).bgp
    assert bgp is not None
    (peer,) = bgp.peers
    assert (peer.asn, peer.multihop, peer.source) == (65515, 4, "Loopback0")
    assert (peer.keepalive_seconds, peer.hold_seconds) == (7, 21)


def test_the_answer_to_another_command_is_in_no_section() -> None:
    log = f"""r1#show running-config | section crypto|interface
{V2 + RING}r1#show crypto ikev2 sa
 IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         203.0.113.9/500       192.0.2.77/500        none/none            READY
r1#show interfaces Tunnel4
Tunnel4 is up, line protocol is up
  Tunnel protection via IPSec (profile "P")
r1#"""
    observed = parse(log)
    assert [tunnel.name for tunnel in observed.tunnels] == ["Tunnel4"]
    assert observed.unrecognized == ()
