"""Ready-made devices: branch routers as they are found in the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Interface

from appliance.lab.azure_peer import AzurePeer, Policy
from appliance.lab.clock import Clock
from appliance.lab.ios.device import Device, Settings
from appliance.lab.ios.users import hashed
from appliance.lab.login import ENABLE, PASSWORD, USERNAME
from appliance.lab.wiring import USUAL, Wiring

# The partner's gateway speaks for itself: not Azure, but it negotiates the same way.
PARTNER = AzurePeer(
    address="192.0.2.50",
    psk="partner-Only-1",
    ike_version=1,
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 0)),
)
# A partner's IKEv1 tunnel that has nothing to do with Azure and must survive everything.
_PARTNER = """\
crypto keyring PARTNER
  pre-shared-key address 192.0.2.50 key partner-Only-1
!
crypto isakmp policy 100
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
 lifetime 28800
crypto isakmp profile PARTNER
   keyring PARTNER
   match identity address 192.0.2.50 255.255.255.255
!
crypto ipsec transform-set PARTNER esp-aes 256 esp-sha256-hmac
 mode tunnel
!
crypto ipsec profile PARTNER
 set transform-set PARTNER
 set isakmp-profile PARTNER
!
"""
_LINE = """\
interface {name}
 description provider
 no ip address
 negotiation auto
!
"""
_BRANCH = """\
version 17.9
service timestamps debug datetime msec
service timestamps log datetime msec
no service pad
platform qfp utilization monitor load 80
!
hostname {hostname}
!
boot-start-marker
boot-end-marker
!
vrf definition Mgmt-intf
 !
 address-family ipv4
 exit-address-family
!
logging buffered 64000
enable secret 9 {enable}
!
no aaa new-model
!
no ip domain lookup
ip domain name branch.example.net
!
archive
 path flash:backup
 maximum 10
!
username {username} secret 9 {password}
!
redundancy
!
{partner}interface Loopback0
 ip address 10.255.0.1 255.255.255.255
!
interface Tunnel50
 description partner warehouse, not ours to touch
 ip address 172.31.50.2 255.255.255.252
 ip mtu 1400
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.50
 tunnel protection ipsec profile PARTNER
!
interface GigabitEthernet1
 description outside
 ip address {outside} 255.255.255.0
 negotiation auto
 no mop enabled
!
interface GigabitEthernet2
 description inside
 ip address {inside}
 negotiation auto
!
interface GigabitEthernet3
 no ip address
 shutdown
 negotiation auto
!
{lines}ip forward-protocol nd
no ip http server
no ip http secure-server
ip route 0.0.0.0 0.0.0.0 {gateway}
ip route 172.16.50.0 255.255.255.0 Tunnel50
ip ssh version 2
!
control-plane
!
banner motd ^C
*** {name} *** authorised staff only
crypto ikev2 proposal FAKE
 encryption des
router#
interface Tunnel99
^C
!
line con 0
 stopbits 1
line vty 0 4
 login local
 transport input ssh
line vty 5 15
 login local
 transport input ssh
!
end
"""


def branch(name: str, *, wiring: Wiring = USUAL) -> str:
    """The configuration of a branch router with a partner tunnel, an archive and a rude banner."""
    return _BRANCH.format(
        name=name,
        hostname=f"{name}-rtr",
        outside=wiring.outside,
        inside=" ".join(IPv4Interface(wiring.inside).with_netmask.split("/")),
        gateway=".".join((*wiring.outside.split(".")[:3], "1")),
        enable=hashed(ENABLE),
        username=USERNAME,
        password=hashed(PASSWORD),
        partner=_PARTNER,
        lines="".join(_LINE.format(name=name) for name in wiring.lines),
    )


def ios_device(  # noqa: PLR0913 -- each is something that a lab device can be made with
    name: str = "site-a",
    *,
    peers: Iterable[AzurePeer] = (),
    startup: str = "",
    settings: Settings | None = None,
    clock: Clock | None = None,
    wiring: Wiring = USUAL,
) -> Device:
    """A branch router `<name>-rtr`; `peers` are the gateways that answer on the other side.

    The partner's gateway is always there, so that its tunnel is up until somebody breaks it.
    `startup` replaces the ready-made configuration. Without `settings` and `clock` its clock
    stands still.
    """
    made = settings or Settings(clock=clock or Clock())
    partner = replace(PARTNER, device_address=wiring.outside)
    return Device(startup or branch(name, wiring=wiring), made, peers=(partner, *peers))
