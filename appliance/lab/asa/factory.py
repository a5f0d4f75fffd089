"""Ready-made devices: branch firewalls as they are found in the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Interface

from appliance.lab.asa.device import AsaDevice, Settings
from appliance.lab.asa.users import hashed
from appliance.lab.azure_peer import AzurePeer, Policy
from appliance.lab.clock import Clock
from appliance.lab.login import ENABLE, PASSWORD, USERNAME
from appliance.lab.wiring import USUAL, Wiring

# The partner's gateway speaks for itself: not Azure, but it negotiates the same way.
PARTNER = AzurePeer(
    address="192.0.2.50",
    psk="partner-Only-1",
    ike_version=1,
    policy=Policy(ike=("aes256", "sha1", 5), esp=("aes256", "sha1", 0)),
    selectors=(("10.10.0.0/16", "172.16.50.0/24"),),
)
_BRANCH = """\
hostname {hostname}
domain-name branch.example.net
enable password {enable} pbkdf2
names
name 192.0.2.50 partner-gw description warehouse
no mac-address auto
!
interface GigabitEthernet0/0
 description uplink
 nameif outside
 security-level 0
 ip address {outside} 255.255.255.0
!
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address {inside}
!
interface GigabitEthernet0/2
 shutdown
 no nameif
 no security-level
 no ip address
!
interface Management0/0
 management-only
 shutdown
 no nameif
 no security-level
 no ip address
!
banner login authorised staff only
banner motd *** {name} *** authorised staff only
banner motd crypto map outside_map 99 set peer 203.0.113.99
banner motd asa(config)# reload in 1
banner motd asa> ERROR: % Invalid input detected at '^' marker.
ftp mode passive
clock timezone UTC 0
dns server-group DefaultDNS
 domain-name branch.example.net
same-security-traffic permit intra-interface
object network INSIDE-NET
 subnet {network}
object-group network PARTNER-LAN
 network-object 172.16.50.0 255.255.255.0
object-group network BRANCH-LAN
 network-object {network}
access-list outside_in extended permit icmp any any unreachable
access-list outside_in extended deny ip any any log
access-list PARTNER-VPN remark warehouse, not ours to touch
access-list PARTNER-VPN extended permit ip object-group BRANCH-LAN object-group PARTNER-LAN
pager lines 24
logging enable
logging buffered informational
mtu outside 1500
mtu inside 1500
no failover
no monitor-interface service-module
icmp unreachable rate-limit 1 burst-size 1
no asdm history enable
arp timeout 14400
no arp permit-nonconnected
arp rate-limit 8192
nat (inside,outside) source static BRANCH-LAN BRANCH-LAN destination static PARTNER-LAN \
PARTNER-LAN no-proxy-arp route-lookup
object network INSIDE-NET
 nat (inside,outside) dynamic interface
access-group outside_in in interface outside
route outside 0.0.0.0 0.0.0.0 {gateway} 1
timeout xlate 3:00:00
timeout pat-xlate 0:00:30
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 sctp 0:02:00 icmp 0:00:02
user-identity default-domain LOCAL
aaa authentication ssh console LOCAL
aaa authentication login-history
no snmp-server location
no snmp-server contact
crypto ipsec ikev1 transform-set PARTNER esp-aes-256 esp-sha-hmac
crypto ipsec security-association pmtu-aging infinite
crypto map outside_map 10 match address PARTNER-VPN
crypto map outside_map 10 set peer 192.0.2.50
crypto map outside_map 10 set ikev1 transform-set PARTNER
crypto map outside_map 10 set security-association lifetime seconds 3600
crypto map outside_map interface outside
crypto ca trustpool policy
crypto ikev1 enable outside
crypto ikev1 policy 10
 authentication pre-share
 encryption aes-256
 hash sha
 group 5
 lifetime 28800
telnet timeout 5
ssh stricthostkeycheck
ssh 0.0.0.0 0.0.0.0 inside
ssh timeout 5
console timeout 0
threat-detection basic-threat
threat-detection statistics access-list
no threat-detection statistics tcp-intercept
group-policy PARTNER internal
group-policy PARTNER attributes
 vpn-tunnel-protocol ikev1
dynamic-access-policy-record DfltAccessPolicy
username {username} password {password} pbkdf2 privilege 15
tunnel-group 192.0.2.50 type ipsec-l2l
tunnel-group 192.0.2.50 general-attributes
 default-group-policy PARTNER
tunnel-group 192.0.2.50 ipsec-attributes
 ikev1 pre-shared-key partner-Only-1
!
class-map inspection_default
 match default-inspection-traffic
!
policy-map type inspect dns preset_dns_map
 parameters
  message-length maximum client auto
  message-length maximum 512
policy-map global_policy
 class inspection_default
  inspect dns preset_dns_map
  inspect ftp
!
service-policy global_policy global
prompt {prompt}
no call-home reporting anonymous
"""


def branch(name: str, *, wiring: Wiring = USUAL, prompt: str = "hostname context") -> str:
    """The configuration of a branch firewall with a partner tunnel, NAT and a rude banner."""
    inside = IPv4Interface(wiring.inside)
    return _BRANCH.format(
        name=name,
        hostname=f"{name}-asa",
        outside=wiring.outside,
        inside=" ".join(inside.with_netmask.split("/")),
        network=" ".join(inside.network.with_netmask.split("/")),
        gateway=".".join((*wiring.outside.split(".")[:3], "1")),
        enable=hashed(ENABLE),
        username=USERNAME,
        password=hashed(PASSWORD),
        prompt=prompt,
    )


def asa_device(  # noqa: PLR0913 -- each is something that a lab device can be made with
    name: str = "site-b",
    *,
    peers: Iterable[AzurePeer] = (),
    startup: str = "",
    settings: Settings | None = None,
    clock: Clock | None = None,
    wiring: Wiring = USUAL,
) -> AsaDevice:
    """A branch firewall `<name>-asa`; `peers` are the gateways that answer on the other side.

    The partner's gateway is always there, so that its tunnel is up until somebody breaks it.
    `startup` replaces the ready-made configuration. Without `settings` and `clock` its clock
    stands still. In a failover pair the prompt shows the unit and its state.
    """
    made = settings or Settings(clock=clock or Clock())
    prompt = "hostname priority state" if made.failover else "hostname context"
    network = IPv4Interface(wiring.inside).network
    partner = replace(
        PARTNER,
        device_address=wiring.outside,
        selectors=tuple((str(network), theirs) for _, theirs in PARTNER.selectors),
    )
    text = startup or branch(name, wiring=wiring, prompt=prompt)
    return AsaDevice(text, made, peers=(partner, *peers))
