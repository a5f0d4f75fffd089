"""Habits of real configurations that are no style of their own: one small text for each."""

from __future__ import annotations

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel
from vendors.cisco_ios.parse import parse


def only(text: str) -> Tunnel:
    (tunnel,) = parse(text).tunnels
    return tunnel


def test_the_built_in_ipsec_profile_goes_with_the_ikev2_profile_default() -> None:
    tunnel = only(
        """crypto ikev2 profile default
 match identity remote fqdn far.example
 authentication remote pre-share key TheirKey
 authentication local pre-share key OurKey
interface Tunnel4
 ip address 172.30.9.1 255.255.255.252
 tunnel source 192.0.2.9
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile default
"""
    )
    assert tunnel.ike.version is IkeVersion.V2
    assert tunnel.missing == ()
    assert tunnel.remote.identity == "far.example"
    assert tunnel.psk == Secret("OurKey")


def test_a_flat_paste_ends_an_interface_with_a_static_route() -> None:
    tunnel = only(
        """crypto ipsec profile P
interface Tunnel4
ip address 172.30.9.1 255.255.255.252
tunnel source 192.0.2.9
tunnel destination 192.0.2.77
tunnel protection ipsec profile P
ip route 10.77.0.0 255.255.0.0 172.30.9.2
"""
    )
    assert [str(route) for route in tunnel.routes] == ["10.77.0.0/16"]


def test_what_follows_an_object_group_without_a_mark_is_not_in_it() -> None:
    observed = parse(
        """object-group network THERE
 10.77.0.0 255.255.0.0
route-map NONAT permit 10
 match ip address 120
crypto map M 5 ipsec-isakmp
 set peer 192.0.2.77
 match address VPN
ip access-list extended VPN
 permit ip any object-group THERE
interface GigabitEthernet0
 ip address 192.0.2.9 255.255.255.0
 crypto map M
"""
    )
    assert [str(pair.remote) for pair in observed.tunnels[0].selectors] == ["10.77.0.0/16"]
    assert observed.tunnels[0].missing == ()
    assert observed.unrecognized == ()
