"""Habits of real configurations that are no style of their own: one small text for each."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel
from vendors.cisco_ios.cross_check import cross_check
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
    assert isinstance(tunnel.psk, Hidden)
    assert tunnel.quirks == (
        "pre-shared-key remote other than local: Azure has one key for both ends",
    )


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


def test_remarks_behind_statements_are_no_part_of_them() -> None:
    tunnel = only(
        """crypto isakmp policy 7 ! phase one
 encr aes 256 ! strong
 authentication pre-share ! as agreed
 group 14 ! theirs
crypto isakmp key Bang!in-it address 192.0.2.77 ! far end
crypto isakmp keepalive 10 3 periodic ! both
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac ! phase two
crypto map M 5 ipsec-isakmp ! to them
 set peer 192.0.2.77 ! far end
 set transform-set T ! above
 match address 110 ! below
access-list 110 permit ip 10.9.0.0 0.0.255.255 10.77.0.0 0.0.255.255 ! all
interface GigabitEthernet0 ! outside
 ip address 192.0.2.9 255.255.255.0 ! fixed
 crypto map M ! here
"""
    )
    (proposal,) = tunnel.ike.proposals
    assert (proposal.encryption, proposal.groups) == ((Encryption.AES256,), (DhGroup.MODP2048,))
    assert tunnel.ike.dpd is not None
    assert not tunnel.ike.dpd.on_demand
    assert tunnel.psk == Secret("Bang!in-it")
    assert [one.name for one in tunnel.esp.proposals] == ["T"]
    assert [str(pair) for pair in tunnel.selectors] == ["10.9.0.0/16 <-> 10.77.0.0/16"]
    assert tunnel.missing == ()


def test_a_map_bound_with_redundancy_is_bound() -> None:
    tunnel = only(
        """crypto map M 5 ipsec-isakmp
 set peer 192.0.2.77
interface GigabitEthernet0
 ip address 192.0.2.9 255.255.255.0
 standby 1 name OUTSIDE
 crypto map M redundancy OUTSIDE stateful
crypto map M redundancy replay-interval inbound 100 outbound 1000
"""
    )
    assert tunnel.enabled
    assert tunnel.local.interface == "GigabitEthernet0"


def test_peers_that_nobody_knows_take_the_key_for_everybody() -> None:
    tunnel = only(
        """crypto isakmp policy 7
 authentication pre-share
crypto isakmp policy 8
crypto isakmp key ForAll address 0.0.0.0 0.0.0.0
crypto isakmp key ForOne address 192.0.2.77
crypto ipsec profile P
interface Tunnel4
 tunnel source 192.0.2.9
 tunnel mode gre multipoint
 tunnel protection ipsec profile P
"""
    )
    assert tunnel.dynamic
    assert tunnel.psk == Secret("ForAll")
    assert [proposal.name for proposal in tunnel.ike.proposals] == ["7"]


def test_settings_that_exist_globally_too_do_not_end_an_interface() -> None:
    text = """crypto ipsec profile P
interface Tunnel4
 crypto ipsec df-bit clear
 crypto ipsec fragmentation before-encryption
 tunnel source 192.0.2.9
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P
crypto ipsec df-bit set
"""
    for paste in (text, text.replace("\n ", "\n")):
        observed = parse(paste)
        assert [str(one) for one in observed.tunnels[0].remote.addresses] == ["192.0.2.77"]
        assert observed.unrecognized == ()


def test_a_source_chosen_by_the_flexvpn_client_is_no_interface() -> None:
    tunnel = only(
        """crypto ipsec profile P
interface Tunnel4
 tunnel source dynamic
 tunnel mode ipsec ipv4
 tunnel destination dynamic
 tunnel protection ipsec profile P
"""
    )
    assert (tunnel.local.interface, tunnel.missing, tunnel.dynamic) == (None, (), True)


def test_transforms_as_they_were_once_written() -> None:
    observed = parse(
        """crypto ipsec transform-set T esp-aes 256 esp-sha
crypto ipsec transform-set U esp-192-aes esp-sha-hmac
crypto map M 5 ipsec-isakmp
 set peer 192.0.2.77
 set transform-set T U
"""
    )
    old, wrong = observed.tunnels[0].esp.proposals
    assert (old.encryption, old.integrity) == ((Encryption.AES256,), (Integrity.SHA1,))
    assert wrong.encryption == ()
    assert [odd.line for odd in observed.unrecognized] == [2]


def test_an_isakmp_profile_for_everybody_of_a_vrf_expects_nobody() -> None:
    tunnel = only(
        """crypto isakmp profile ALL
 match identity address 0.0.0.0 OUTSIDE
crypto ipsec profile P
 set isakmp-profile ALL
interface Tunnel4
 tunnel source 192.0.2.9
 tunnel destination 192.0.2.77
 tunnel vrf OUTSIDE
 tunnel protection ipsec profile P
"""
    )
    assert tunnel.remote.identity is None


def test_prompts_quoted_without_the_name_of_the_device() -> None:
    tunnel = only(
        """(config)#crypto ipsec profile P
(ipsec-profile)#set pfs group14
(ipsec-profile)#exit
(config)#interface Tunnel4
(config-if)#tunnel source 192.0.2.9
(config-if)#tunnel destination 192.0.2.77
(config-if)#tunnel protection ipsec profile P
(config-if)#end
"""
    )
    assert tunnel.esp.pfs_group is DhGroup.MODP2048


def test_the_second_reading_knows_what_devices_print_seldom() -> None:
    text = """crypto keyring K
  pre-shared-key address 192.0.2.77 key Key
crypto isakmp profile INNER
   match identity address 192.0.2.78 255.255.255.255
crypto isakmp profile OUTER
   keyring K
   match identity address 192.0.2.77 255.255.255.255
crypto ipsec transform-set T esp-aes esp-sha-hmac
crypto ipsec profile P
 set transform-set T
 set pfs
 set isakmp-profile INNER
interface Tunnel4
 tunnel source dynamic
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P isakmp-profile OUTER
"""
    assert only(text).objects["isakmp profile"] == "OUTER"
    assert cross_check(text) == ()


def test_a_flat_paste_with_statements_that_the_top_level_knows_better() -> None:
    tunnel = only(
        """crypto ipsec profile P
interface Tunnel4
ip flow monitor NETFLOW input
tunnel source 192.0.2.9
tunnel destination 192.0.2.77
tunnel protection ipsec profile P
ip nat inside source list 7 interface Gi0 overload
ip route 10.77.0.0 255.255.0.0 Tunnel4
"""
    )
    assert [str(route) for route in tunnel.routes] == ["10.77.0.0/16"]


def test_a_session_quoted_with_a_margin() -> None:
    session = """edge(config)#crypto ipsec profile P
edge(ipsec-profile)#set pfs group14
edge(config)#interface Tunnel4
edge(config-if)#tunnel source 192.0.2.9
edge(config-if)#tunnel destination 192.0.2.77
edge(config-if)#tunnel protection ipsec profile P
edge(config-if)#end
edge#
"""
    quoted = "".join(f"    {row}\n" for row in session.splitlines())
    assert only(quoted) == only(session)


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


def test_each_of_several_proposals_and_sessions_has_lines_of_its_own() -> None:
    tunnel = only(
        """crypto isakmp policy 20
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp policy 10
 authentication pre-share
 group 2
 lifetime 3600
crypto isakmp key K address 192.0.2.77
crypto ipsec transform-set A esp-aes esp-sha-hmac
 mode transport
crypto ipsec transform-set B esp-aes 256 esp-sha-hmac
crypto ipsec profile P
 set transform-set A B
interface Tunnel4
 ip address 172.30.9.1 255.255.255.252
 tunnel source 192.0.2.9
 tunnel destination 192.0.2.77
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
router bgp 65001
 neighbor AZURE peer-group
 neighbor AZURE remote-as 65515
 neighbor AZURE timers 7 21
 neighbor 172.30.9.2 peer-group AZURE
 neighbor 172.30.9.2 shutdown
"""
    )
    said = {path: source.text.strip() for path, source in tunnel.sources.items()}
    assert said["ike.proposals.10.groups"] == "group 2"
    assert said["ike.proposals.10.lifetime_seconds"] == "lifetime 3600"
    assert said["ike.proposals.20.groups"] == "group 14"
    assert said["ike.proposals.20.encryption"] == "encr aes 256"
    assert "ike.proposals.20.lifetime_seconds" not in said, "IOS's default stands nowhere"
    assert said["esp.proposals.A.transport"] == "mode transport"
    assert said["esp.proposals.B"] == "crypto ipsec transform-set B esp-aes 256 esp-sha-hmac"
    assert said["bgp.peers.172.30.9.2.asn"] == "neighbor AZURE remote-as 65515"
    assert said["bgp.peers.172.30.9.2.timers"] == "neighbor AZURE timers 7 21"
    assert said["bgp.peers.172.30.9.2.enabled"] == "neighbor 172.30.9.2 shutdown"
    assert said["esp.lifetime_seconds"] == "crypto ipsec profile P"


SNIPPET = """crypto isakmp policy 10
 authentication pre-share
crypto isakmp key first address 192.0.2.77
crypto isakmp key other address 192.0.2.78
crypto ipsec transform-set A esp-aes esp-sha-hmac
crypto ipsec profile P
 set transform-set A
crypto map OUT 10 ipsec-isakmp
 set peer 192.0.2.78
 set transform-set A
 match address 101
interface Tunnel4
 ip address 172.30.9.1 255.255.255.252
 tunnel source 192.0.2.9
 tunnel destination 192.0.2.77
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
ip route 10.1.0.0 255.255.0.0 Tunnel4
ip route 10.2.0.0 255.255.0.0 Tunnel4
access-list 101 permit ip 10.3.0.0 0.0.255.255 10.4.0.0 0.0.255.255
access-list 102 permit ip any any
"""


def test_what_a_snippet_takes_back_is_gone() -> None:
    tunnel, entry = parse(SNIPPET).tunnels
    assert (tunnel.psk, len(tunnel.routes)) == (Secret("first"), 2)
    assert len(entry.selectors) == 1

    tunnel, _ = parse(f"{SNIPPET}no crypto isa key first address 192.0.2.77\n").tunnels
    assert tunnel.psk is None
    tunnel, entry = parse(
        f"{SNIPPET}no crypto isakmp key first address 192.0.2.77\n"
        "crypto isakmp key second address 192.0.2.77\n"
    ).tunnels
    assert tunnel.psk == Secret("second")
    assert entry.psk == Secret("other")
    tunnel, _ = parse(f"{SNIPPET}no ip route 10.1.0.0 255.255.0.0\n").tunnels
    assert [str(route) for route in tunnel.routes] == ["10.2.0.0/16"]
    tunnel, _ = parse(f"{SNIPPET}no ip route 10.1.0.0 255.255.0.0 Tunnel5\n").tunnels
    assert len(tunnel.routes) == 2, "another route"


def test_no_access_list_takes_the_whole_list() -> None:
    again = "access-list 101 permit ip 10.5.0.0 0.0.255.255 10.6.0.0 0.0.255.255\n"
    for line in (
        "no access-list 101",
        "no access-list 101 permit ip any any",
        "no ip access-list extended 101",
    ):
        _, entry = parse(f"{SNIPPET}{line}\n").tunnels
        assert entry.missing == ("access-list 101",), line
        _, entry = parse(f"{SNIPPET}{line}\n{again}").tunnels
        assert [str(pair) for pair in entry.selectors] == ["10.5.0.0/16 <-> 10.6.0.0/16"]
    _, entry = parse(f"{SNIPPET}no access-list 102\n").tunnels
    assert len(entry.selectors) == 1


def test_every_entry_of_a_dynamic_map_is_a_tunnel() -> None:
    text = """crypto isakmp policy 10
 authentication pre-share
crypto isakmp key K address 0.0.0.0
crypto ipsec transform-set A esp-aes esp-sha-hmac
crypto ipsec transform-set B esp-aes 256 esp-sha256-hmac
crypto dynamic-map SPOKES 20
 set transform-set B
 set pfs group14
 match address EAST
crypto dynamic-map SPOKES 10
 set transform-set A
crypto map OUT 65000 ipsec-isakmp dynamic SPOKES
interface GigabitEthernet1
 ip address 192.0.2.9 255.255.255.0
 crypto map OUT
ip access-list extended EAST
 permit ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255
end
"""
    first, second = parse(text).tunnels
    assert (first.name, second.name) == ("OUT 65000", "OUT 65000 SPOKES 20")
    assert first.dynamic
    assert second.dynamic
    assert first.esp.proposals[0].name == "A"
    assert first.esp.pfs_group is None
    assert first.selectors == ()
    assert second.esp.proposals[0].name == "B"
    assert second.esp.pfs_group is DhGroup.MODP2048
    assert [str(pair) for pair in second.selectors] == ["10.1.0.0/16 <-> 10.9.0.0/16"]
    assert cross_check(text) == ()


def test_a_backdoor_network_is_preferred_and_not_advertised() -> None:
    tunnel = only(
        """crypto ipsec profile P
interface Tunnel4
 ip address 172.30.9.1 255.255.255.252
 tunnel source 192.0.2.9
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P
router bgp 65070
 neighbor 172.30.9.2 remote-as 65515
 network 10.9.0.0 mask 255.255.0.0
 network 10.8.0.0 mask 255.255.0.0 backdoor
"""
    )
    assert tunnel.bgp is not None
    assert [str(network) for network in tunnel.bgp.networks] == ["10.9.0.0/16"]
