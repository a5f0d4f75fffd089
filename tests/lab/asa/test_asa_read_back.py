"""What is typed reads back the way an ASA writes it, and boots to the same again."""

from __future__ import annotations

import pytest

from appliance.lab.asa import AsaDevice, Settings, asa_device, branch
from tests.lab.asa.firewall import WITH_MAP, WITH_VTI, firewall, typing

FULL = """\
: Saved
: Written by enable_15 at 10:00:00.123 UTC Tue Jun 3 2025
ASA Version 9.12(4)
!
hostname hub
enable password $sha512$5000$abc pbkdf2
names
name 10.1.1.5 dc1
!
interface GigabitEthernet0/0
 nameif OUTSIDE
 security-level 0
 ip address 203.0.113.2 255.255.255.0 standby 203.0.113.3
!
interface GigabitEthernet0/1
 no nameif
 no security-level
 no ip address
!
interface GigabitEthernet0/1.100
 vlan 100
 nameif inside
 security-level 100
 ip address 10.1.1.1 255.255.255.0
!
object network SRV
 host 10.1.1.5
object network POOL
 range 203.0.113.20 203.0.113.29
object-group service WEB tcp
 port-object eq www
 port-object eq https
object-group network ALL
 network-object object SRV
 network-object 10.2.0.0 255.255.0.0
access-list out extended permit tcp any object SRV object-group WEB
access-list out extended permit udp any4 host 203.0.113.2 eq isakmp
access-list split standard permit 10.0.0.0 255.0.0.0
access-list vpn extended permit ip object-group ALL 10.20.0.0 255.255.0.0
nat (inside,OUTSIDE) source static ALL ALL destination static SRV SRV no-proxy-arp route-lookup
!
object network SRV
 nat (inside,OUTSIDE) static 203.0.113.9
!
nat (inside,OUTSIDE) after-auto source dynamic any interface
access-group out in interface OUTSIDE
router ospf 1
 network 10.1.1.0 255.255.255.0 area 0
 log-adj-changes
!
route OUTSIDE 0.0.0.0 0.0.0.0 203.0.113.1 1
aaa-server RAD protocol radius
aaa-server RAD (inside) host 10.1.1.5
 key *****
crypto ipsec ikev1 transform-set OLD esp-3des esp-md5-hmac
crypto ipsec ikev2 ipsec-proposal P
 protocol esp encryption aes-256 aes
 protocol esp integrity sha-256 sha-1
crypto dynamic-map DYN 65535 set ikev1 transform-set OLD
crypto map M 1 match address vpn
crypto map M 1 set pfs group5
crypto map M 1 set peer 198.51.100.1 198.51.100.2
crypto map M 1 set ikev2 ipsec-proposal P
crypto map M 65535 ipsec-isakmp dynamic DYN
crypto map M interface OUTSIDE
crypto ca trustpoint ASDM
 enrollment self
 subject-name CN=hub
crypto ca certificate chain ASDM
 certificate 1a2b
    308201b3 30820119
    quit
crypto ikev2 policy 1
 encryption aes-256 aes
 integrity sha256 sha
 group 14 5 2
 prf sha256 sha
 lifetime seconds 86400
crypto ikev2 enable OUTSIDE client-services port 443
tunnel-group 198.51.100.1 type ipsec-l2l
tunnel-group 198.51.100.1 ipsec-attributes
 ikev2 remote-authentication pre-shared-key a$b;c"d
 ikev2 local-authentication pre-shared-key a$b;c"d
tunnel-group VPNUSERS type remote-access
tunnel-group VPNUSERS general-attributes
 address-pool POOL1
 default-group-policy GP
tunnel-group VPNUSERS webvpn-attributes
 group-alias VPN enable
!
policy-map global_policy
 class inspection_default
  inspect ftp
!
service-policy global_policy global
Cryptochecksum:0123
: end
"""


@pytest.mark.parametrize("version", ["9.8(4)", "9.12(4)", "9.16(4)", "9.20(2)"])
@pytest.mark.parametrize("text", [FULL, branch("site-b")])
def test_a_boot_is_stable(text: str, version: str) -> None:
    once = AsaDevice(text, Settings(version=version)).running()
    assert AsaDevice(once, Settings(version=version)).running() == once


@pytest.mark.parametrize("lines", [WITH_MAP, WITH_VTI])
def test_a_changed_configuration_boots_to_itself(lines: tuple[str, ...]) -> None:
    text = firewall(lines).running()
    assert AsaDevice(text).running() == text
    everything = firewall(lines).running(everything=True)
    assert set(text.splitlines()[7:-3]) <= set(everything.splitlines())


def test_nothing_of_a_full_configuration_is_lost() -> None:
    printed = AsaDevice(FULL, Settings(version="9.12(4)")).running()
    for line in FULL.splitlines()[3:-3]:
        if line.strip() not in {"!", ""}:
            shown = line.replace("10.1.1.5", "dc1") if line.startswith(" host") else line
            assert any(have.rstrip() == shown.rstrip() for have in printed.splitlines()), line


def test_a_text_without_indentation_is_read_by_its_words() -> None:
    text = firewall(WITH_MAP).running()
    flat = "\n".join(line.strip() for line in text.splitlines())
    again = AsaDevice(flat).running().splitlines()
    first = text.index("crypto ipsec ikev1")
    wanted = text[first : text.index("class-map")].splitlines()
    assert [line for line in again if line in wanted] == wanted
    assert " nameif outside" in again


def test_what_9_15_took_out_is_gone_after_the_upgrade() -> None:
    text = AsaDevice(FULL, Settings(version="9.16(4)")).running()
    assert "OLD" not in text.split("crypto ipsec", 1)[1].split("crypto dynamic-map", 1)[0]
    assert "crypto map M 1 set pfs group5\n" in text


def test_the_frame_around_the_configuration() -> None:
    lines = asa_device().shown().splitlines()
    assert lines[0] == ": Saved"
    assert lines[3] == ": Serial Number: 9A1LAB5ITEA"
    assert lines[5] == "ASA Version 9.16(4) "
    assert lines[-2].startswith("Cryptochecksum:")
    assert len(lines[-2]) == len("Cryptochecksum:") + 32
    assert lines[-1] == ": end"


def test_the_checksum_follows_every_difference() -> None:
    device = asa_device()
    before = device.running().splitlines()[-2]
    device.configure("tunnel-group 192.0.2.50 ipsec-attributes", "ikev1 pre-shared-key other")
    assert device.running().splitlines()[-2] != before
    device.configure("tunnel-group 192.0.2.50 ipsec-attributes",
                     "ikev1 pre-shared-key partner-Only-1")  # fmt: skip
    assert device.running().splitlines()[-2] == before


def shown(*lines: str, version: str = "9.16(4)", family: str = "") -> list[str]:
    device = asa_device(settings=Settings(version=version))
    device.configure(*lines)
    said = typing(device).execute(f"show running-config {family}".strip())
    return [line.rstrip() for line in said.splitlines()]


def test_a_new_policy_has_all_its_lines() -> None:
    assert shown("crypto ikev2 policy 5", "encryption aes-256", family="crypto ikev2") == [
        "crypto ikev2 policy 5",
        " encryption aes-256",
        " integrity sha",
        " group 14",
        " prf sha",
        " lifetime seconds 86400",
    ]
    old = shown("crypto ikev2 policy 5", version="9.12(4)", family="crypto ikev2")
    assert (old[1], old[3]) == (" encryption 3des", " group 2")


def test_the_words_of_old_releases_read_back_in_new_ones() -> None:
    lines = shown("crypto isakmp policy 5", "hash sha", "crypto isakmp enable inside",
                  family="crypto ikev1")  # fmt: skip
    assert "crypto ikev1 policy 5" in lines
    assert "crypto ikev1 enable inside" in lines


@pytest.mark.parametrize(
    ("version", "typed", "printed"),
    [
        ("9.16(4)", "group14", "set pfs"),
        ("9.12(4)", "group14", "set pfs group14"),
        ("9.12(4)", "group2", "set pfs"),
        ("9.16(4)", "group20", "set pfs group20"),
    ],
)
def test_the_default_group_is_printed_bare(version: str, typed: str, printed: str) -> None:
    lines = shown(f"crypto map outside_map 20 set pfs {typed}", version=version,
                  family="crypto map")  # fmt: skip
    assert f"crypto map outside_map 20 {printed}" in lines


def test_both_lifetimes_in_one_line_become_two() -> None:
    lines = shown(
        "crypto map outside_map 20 set security-association lifetime kilobytes 102400 seconds 7200",
        family="crypto map",
    )
    start = "crypto map outside_map 20 set security-association lifetime"
    assert [line for line in lines if line.startswith(start)] == [
        f"{start} seconds 7200",
        f"{start} kilobytes 102400",
    ]


def test_a_second_peer_is_added_and_one_may_be_taken_out() -> None:
    device = asa_device()
    start = "crypto map outside_map 10 set peer"
    device.configure(f"{start} 198.51.100.8", f"{start} 198.51.100.9")
    assert f"{start} partner-gw 198.51.100.8 198.51.100.9 \n" in device.shown()
    device.configure(f"no {start} 198.51.100.8")
    assert f"{start} partner-gw 198.51.100.9 \n" in device.shown()


def test_entries_stand_by_name_and_number_however_they_were_typed() -> None:
    device = asa_device()
    device.configure(
        "crypto map outside_map 200 set peer 198.51.100.8",
        "crypto map outside_map 5 set peer 198.51.100.9",
        "crypto map outside_map 5 match address PARTNER-VPN",
    )
    lines = typing(device).execute("show run crypto map").splitlines()
    numbers = [line.split()[3] for line in lines]
    assert numbers == ["5", "5", "10", "10", "10", "10", "200", "interface"]
    assert lines[0].endswith("match address PARTNER-VPN")


def test_object_groups_stand_in_the_order_they_were_made() -> None:
    lines = shown("object-group network ZZ", "network-object host 10.9.9.9",
                  "object-group network AA", "network-object 10.0.0.1 255.255.255.255",
                  family="object-group")  # fmt: skip
    names = [line.split()[-1] for line in lines if line.startswith("object-group")]
    assert names == ["PARTNER-LAN", "BRANCH-LAN", "ZZ", "AA"]
    assert lines[-1] == " network-object host 10.0.0.1"


def test_lines_of_a_list_go_where_they_are_told() -> None:
    lines = shown(
        "access-list outside_in line 1 extended permit esp host 198.51.100.7 any",
        "access-list outside_in permit udp host 198.51.100.7 0.0.0.0 0.0.0.0 eq isakmp",
        family="access-list outside_in",
    )
    assert lines[0] == "access-list outside_in extended permit esp host 198.51.100.7 any"
    assert lines[-1] == "access-list outside_in extended permit udp host 198.51.100.7 any eq isakmp"


def test_rules_of_translation_go_where_they_are_told() -> None:
    rule = "source static BRANCH-LAN BRANCH-LAN"
    lines = shown(
        f"nat (inside,outside) 1 {rule}",
        f"nat (inside,outside) after-auto {rule}",
        f"nat (any,outside) {rule} no-proxy-arp",
        family="nat",
    )
    assert lines[0] == f"nat (inside,outside) {rule}"
    assert lines[2] == f"nat (any,outside) {rule} no-proxy-arp"
    assert lines[3:] == [
        "!",
        "object network INSIDE-NET",
        " nat (inside,outside) dynamic interface",
        "!",
        f"nat (inside,outside) after-auto {rule}",
    ]


def test_defaults_are_hidden_until_all_is_asked_for() -> None:
    device = asa_device()
    device.configure("sysopt connection tcpmss 1380", "crypto isakmp identity auto")
    assert "tcpmss" not in device.shown()
    everything = device.shown(everything=True)
    assert "sysopt connection tcpmss 1380\n" in everything
    assert "sysopt connection permit-vpn\n" in everything
    assert "no crypto map outside_map 10 set tfc-packets\n" in everything
    device.configure("no sysopt connection permit-vpn", "sysopt connection tcpmss 1350")
    assert "no sysopt connection permit-vpn\n" in device.shown()
    assert "sysopt connection tcpmss 1350\n" in device.shown()
    assert "sysopt connection permit-vpn\n" in device.shown().replace("no sysopt", "sysopt")


def test_all_prints_an_entry_with_what_goes_without_saying() -> None:
    assert shown(family="all crypto map") == [
        "crypto map outside_map 10 match address PARTNER-VPN",
        "crypto map outside_map 10 set connection-type bidirectional",
        "crypto map outside_map 10 set peer partner-gw",
        "crypto map outside_map 10 set ikev1 phase1-mode main",
        "crypto map outside_map 10 set ikev1 transform-set PARTNER",
        "crypto map outside_map 10 set ikev2 mode tunnel",
        "crypto map outside_map 10 set security-association lifetime seconds 3600",
        "no crypto map outside_map 10 set tfc-packets",
        "crypto map outside_map interface outside",
    ]
    assert " isakmp keepalive threshold 10 retry 2" in shown(family="all tunnel-group")


def test_a_user_goes_with_the_attributes() -> None:
    device = asa_device()
    device.configure("username ops password secret-1", "username ops attributes",
                     "service-type admin")  # fmt: skip
    assert "username ops attributes\n service-type admin\n" in device.running()
    assert "secret-1" not in device.running()
    device.configure("no username ops")
    assert "username ops" not in device.running()


def test_bgp_prints_what_it_is_not() -> None:
    lines = shown(
        "router bgp 65010",
        "address-family ipv4",
        "neighbor 10.20.255.30 remote-as 65515",
        "network 10.10.0.0 mask 255.255.0.0",
        family="router bgp",
    )
    assert lines == [
        "router bgp 65010",
        " bgp log-neighbor-changes",
        " address-family ipv4 unicast",
        "  neighbor 10.20.255.30 remote-as 65515",
        "  neighbor 10.20.255.30 activate",
        "  network 10.10.0.0 mask 255.255.0.0",
        "  no auto-summary",
        "  no synchronization",
        " exit-address-family",
    ]


@pytest.mark.parametrize(
    "key", ["a" * 128, "p@ss!w0rd#1", "semi;colon", 'quo"te', "back\\slash", "{{brace}}", "$(x)"]
)
def test_keys_travel_intact(key: str) -> None:
    device = asa_device()
    device.configure("tunnel-group 192.0.2.50 ipsec-attributes", f"ikev1 pre-shared-key {key}")
    assert f" ikev1 pre-shared-key {key}\n" in device.running()
    assert AsaDevice(device.running()).running() == device.running()
    assert key not in device.shown()


def test_forward_and_backward_leaves_the_firewall_as_it_was() -> None:
    device = asa_device()
    before = device.running()
    device.configure(*WITH_MAP)
    device.configure(
        "clear configure crypto map outside_map 20",
        "clear configure access-list AZ-VPN",
        "no nat (inside,outside) source static AZ-LAN AZ-LAN destination static AZ-VNET AZ-VNET"
        " no-proxy-arp route-lookup",
        "clear configure tunnel-group 198.51.100.7",
        "clear configure group-policy AZ",
        "no crypto ipsec ikev2 ipsec-proposal AZ",
        "no object-group network AZ-VNET",
        "no object-group network AZ-LAN",
        "no crypto ikev2 enable outside",
        "no crypto ikev2 policy 20",
    )
    assert device.running() == before


def test_the_same_for_a_tunnel_interface() -> None:
    device = asa_device()
    before = device.running()
    device.configure(*WITH_VTI)
    device.configure(
        "no router bgp 65010",
        "no route azure 10.20.255.30 255.255.255.255 169.254.21.2",
        "no interface Tunnel1",
        "no crypto ipsec profile AZ",
        "clear configure tunnel-group 198.51.100.7",
        "no group-policy AZ",
        "no crypto ipsec ikev2 ipsec-proposal AZ",
        "no crypto ikev2 enable outside",
        "no crypto ikev2 policy 20",
    )
    assert device.running() == before
