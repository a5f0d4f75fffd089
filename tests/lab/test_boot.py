"""Configurations from the field: everything is kept, and reading back is stable."""

from __future__ import annotations

import pytest

from appliance.lab import Device, Settings, branch

HUB = """\
Building configuration...

Current configuration : 9999 bytes
!
! Last configuration change at 10:00:00 UTC Mon Jan 5 2015 by admin
!
version 15.2
service password-encryption
!
hostname HUB
!
boot-start-marker
boot-end-marker
!
enable secret 5 $1$abcd$efghijklmnop
aaa new-model
!
aaa authentication login default local
aaa group server radius RAD
 server name one
!
crypto pki trustpoint TP-self-signed-1
 enrollment selfsigned
 subject-name cn=IOS-Self-Signed-Certificate-1
!
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  3082022B 30820194 A0030201 02020101 300D0609
  interface 0101
  \tquit
!
crypto isakmp policy 1
 encr 3des
 authentication pre-share
 group 2
crypto isakmp key cisco123 address 0.0.0.0 0.0.0.0
crypto isakmp keepalive 10 3 periodic
!
crypto ipsec transform-set ESP-3DES-SHA esp-3des esp-sha-hmac
crypto dynamic-map DYN 10
 set transform-set ESP-3DES-SHA
!
crypto map VPN 10 ipsec-isakmp
 ! a remark
 set peer 198.51.100.7
 set peer 198.51.100.8
 set transform-set ESP-3DES-SHA
 match address 110
crypto map VPN 65000 ipsec-isakmp dynamic DYN
!
class-map match-any VOICE
 match dscp ef
 match access-group name VOICE
policy-map OUT
 class VOICE
  priority percent 30
 class class-default
  fair-queue
!
interface GigabitEthernet0/0
 description *** ISP ***
 ip address 203.0.113.2 255.255.255.252
 ip access-group OUTSIDE in
 no ip redirects
 ip nat outside
 duplex auto
 speed auto
 service-policy output OUT
 crypto map VPN
!
interface GigabitEthernet0/1.20
 encapsulation dot1Q 20
 ip address 10.1.20.1 255.255.255.0 secondary
 ip address 10.1.21.1 255.255.255.0
!
router ospf 1
 network 10.0.0.0 0.255.255.255 area 0
!
router bgp 65001
 bgp log-neighbor-changes
 network 10.1.0.0 mask 255.255.0.0
 neighbor 192.0.2.9 remote-as 65002
!
ip nat inside source list NAT interface GigabitEthernet0/0 overload
ip route 0.0.0.0 0.0.0.0 203.0.113.1
!
access-list 110 permit ip 10.1.0.0 0.0.255.255 10.20.0.0 0.0.255.255
access-list 110 remark the rest
snmp-server community secret RO
route-map RM permit 10
 match ip address 110
 set local-preference 200
!
banner login @
crypto ikev2 proposal FAKE
 encryption des
HUB#show run
@
line con 0
line vty 0 4
 password 7 094F471A1A0A
 transport input telnet ssh
!
end
"""
VRF = """\
vrf definition RED
 rd 65000:1
 !
 address-family ipv4
  route-target export 65000:1
 exit-address-family
!
crypto ikev2 policy P
 match fvrf RED
 proposal A
 proposal B
crypto ikev2 keyring K
 peer one
  address 198.51.100.7
  pre-shared-key local 6 AbCdEfGh
  pre-shared-key remote 6 ZzYyXx
 peer two
  address 198.51.100.8 255.255.255.255
  pre-shared-key same!one
interface Tunnel10
 vrf forwarding RED
 ip address 169.254.21.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel vrf INET
router bgp 65001
 bgp log-neighbor-changes
 !
 address-family ipv4 vrf RED
  neighbor 169.254.21.1 remote-as 65515
  neighbor 169.254.21.1 ebgp-multihop 5
  neighbor 169.254.21.1 activate
 exit-address-family
"""
PASTED = """\
crypto ikev2 proposal A
encryption aes-cbc-256
integrity sha1
group 2
 crypto ikev2 policy P
proposal A
interface tunnel 7
ip mtu 1400
tunnel mode ipsec ipv4
"""


@pytest.mark.parametrize("text", [HUB, VRF, PASTED, branch("x"), ""])
@pytest.mark.parametrize("version", ["15.7(3)M", "16.9.1", "17.9.4a"])
def test_reading_back_is_stable(text: str, version: str) -> None:
    once = Device(text, Settings(version=version)).running()
    assert Device(once, Settings(version=version)).running() == once


def test_nothing_is_lost() -> None:
    text = Device(HUB, Settings(version="15.2(4)M")).running()
    headers = ("Building", "Current", "!", " !")
    for line in HUB.split("\n"):
        if line.strip() and not line.startswith(headers):
            expected = line.replace("@", "^C").rstrip()
            assert expected in [kept.rstrip() for kept in text.split("\n")], line


def test_foreign_lines_keep_their_place() -> None:
    lines = Device(HUB, Settings(version="15.2(4)M")).running().split("\n")
    interface = lines[lines.index("interface GigabitEthernet0/0") :]
    assert interface.index(" duplex auto") < interface.index(" speed auto")
    assert lines.index("snmp-server community secret RO") > lines.index(
        "access-list 110 remark the rest"
    )
    assert lines.index("policy-map OUT") > lines.index("class-map match-any VOICE")


def test_a_banner_is_no_configuration() -> None:
    device = Device(HUB)
    assert device.config.root.find("crypto", "ikev2", "proposal") is None
    assert "HUB#show run" in device.banner("login")


def test_lines_belong_where_their_words_say() -> None:
    device = Device(PASTED)
    text = device.running()
    assert "crypto ikev2 proposal A\n encryption aes-cbc-256 \n integrity sha1 \n group 2\n" in text
    assert "crypto ikev2 policy P\n proposal A\n" in text
    assert "interface Tunnel7\n no ip address\n ip mtu 1400\n tunnel mode ipsec ipv4\n" in text


def test_old_bgp_form_stays_old() -> None:
    text = Device(HUB, Settings(version="17.3.1")).running()
    bgp = text[text.index("router bgp") :]
    assert " network 10.1.0.0 mask 255.255.0.0\n" in bgp
    assert "address-family" not in bgp


def test_crlf_and_odd_bytes() -> None:
    raw = HUB.replace("\n", "\r\n").replace("ISP", "ISP caf\xe9")
    assert Device(raw).running() == Device(HUB.replace("ISP", "ISP caf\xe9")).running()


def test_a_release_that_refuses_weak_algorithms_drops_them_when_it_boots() -> None:
    text = Device(HUB, Settings(version="17.12.1")).running()
    assert "3des" not in text
    assert "group 2" not in text
    assert "crypto isakmp policy 1\n authentication pre-share\n" in text


def test_key_that_looks_like_anything_survives() -> None:
    key = "6!x|y$%#^C"
    device = Device(f"crypto isakmp key {key} address 198.51.100.7\n")
    assert f"crypto isakmp key {key} address 198.51.100.7" in device.running()


def test_five_thousand_lines_boot_in_a_moment() -> None:
    tunnels = "".join(
        f"interface Tunnel{n}\n ip address 10.{n // 256}.{n % 256}.1 255.255.255.252\n"
        f" tunnel source GigabitEthernet1\n tunnel mode ipsec ipv4\n"
        f" tunnel destination 198.51.{n // 256}.{n % 256}\n"
        for n in range(1000)
    )
    device = Device(tunnels)
    assert device.running().count("interface Tunnel") == 1000


def test_words_known_to_interfaces_and_to_the_top_stay_where_they_stood() -> None:
    text = "interface Tunnel1\n ntp disable\n logging event link-status\nntp server 192.0.2.1\n"
    shown = Device(text + "vlan 20\n name X\nspanning-tree mode pvst\n").running()
    assert " ntp disable\n logging event link-status\n!\nntp server 192.0.2.1\n" in shown
    assert "\nvlan 20\n name X\n" in shown
    assert "\nspanning-tree mode pvst\n" in shown
