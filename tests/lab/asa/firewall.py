"""A lab firewall with Azure's gateway behind it, and the lines that build a tunnel to it."""

from __future__ import annotations

from dataclasses import replace

from appliance.lab import AzurePeer, BgpPeer, Policy
from appliance.lab.asa import AsaDevice, Cli, Settings, asa_device

GATEWAY = "198.51.100.7"
KEY = "Canary-4711-battery"
CUSTOM = Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 14))
POLICY_BASED = AzurePeer(
    address=GATEWAY,
    psk=KEY,
    policy=CUSTOM,
    selectors=(("10.10.0.0/16", "10.20.0.0/16"), ("10.10.0.0/16", "10.21.0.0/16")),
)
ROUTE_BASED = AzurePeer(
    address=GATEWAY,
    psk=KEY,
    policy=CUSTOM,
    bgp=BgpPeer(
        address="10.20.255.30",
        device_address="169.254.21.1",
        device_asn=65010,
        prefixes=("10.20.0.0/16", "10.21.0.0/16"),
    ),
)
_SHARED = """\
crypto ikev2 policy 20
 encryption aes-256
 integrity sha256
 group 14
 prf sha256
 lifetime seconds 28800
crypto ikev2 enable outside
crypto ipsec ikev2 ipsec-proposal AZ
 protocol esp encryption aes-gcm-256
 protocol esp integrity null
group-policy AZ internal
group-policy AZ attributes
 vpn-tunnel-protocol ikev2
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 general-attributes
 default-group-policy AZ
tunnel-group 198.51.100.7 ipsec-attributes
 ikev2 remote-authentication pre-shared-key Canary-4711-battery
 ikev2 local-authentication pre-shared-key Canary-4711-battery
"""
_MAP = """\
object-group network AZ-VNET
 network-object 10.20.0.0 255.255.0.0
 network-object 10.21.0.0 255.255.0.0
object-group network AZ-LAN
 network-object 10.10.0.0 255.255.0.0
access-list AZ-VPN extended permit ip object-group AZ-LAN object-group AZ-VNET
nat (inside,outside) 1 source static AZ-LAN AZ-LAN destination static AZ-VNET AZ-VNET \
no-proxy-arp route-lookup
crypto map outside_map 20 set pfs group14
crypto map outside_map 20 set peer 198.51.100.7
crypto map outside_map 20 set ikev2 ipsec-proposal AZ
crypto map outside_map 20 set security-association lifetime seconds 27000
crypto map outside_map 20 match address AZ-VPN
"""
_VTI = """\
crypto ipsec profile AZ
 set ikev2 ipsec-proposal AZ
 set pfs group14
 set security-association lifetime seconds 27000
interface Tunnel1
 nameif azure
 ip address 169.254.21.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.7
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile AZ
route azure 10.20.255.30 255.255.255.255 169.254.21.2
router bgp 65010
 address-family ipv4 unicast
  neighbor 10.20.255.30 remote-as 65515
  neighbor 10.20.255.30 ebgp-multihop 255
"""
WITH_MAP = tuple((_SHARED + _MAP).splitlines())
WITH_VTI = tuple((_SHARED + _VTI).splitlines())


def firewall(
    lines: tuple[str, ...] = (), *, peer: AzurePeer = POLICY_BASED, version: str = "9.16(4)"
) -> AsaDevice:
    """A branch firewall on which these lines have been entered."""
    device = asa_device(peers=[peer], settings=Settings(version=version))
    device.configure(*lines)
    return device


def typing(device: AsaDevice) -> Cli:
    """A session in configuration mode."""
    cli = device.session("netops")
    cli.become()
    return cli


def without(lines: tuple[str, ...], start: str) -> tuple[str, ...]:
    """All lines but those that begin so."""
    return tuple(line for line in lines if not line.strip().startswith(start))


def up(device: AsaDevice) -> bool:
    """Whether the tunnel to Azure carries traffic."""
    device.advance(1)
    return any(
        held.outcome.peer == GATEWAY and held.outcome.up for held in device.crypto.live.values()
    )


def partner_up(device: AsaDevice) -> bool:
    """Whether the partner's tunnel does."""
    device.advance(1)
    return any(
        held.outcome.peer == "192.0.2.50" and held.outcome.up
        for held in device.crypto.live.values()
    )


def other(peer: AzurePeer, **values: object) -> AzurePeer:
    """The gateway with some of its values changed."""
    return replace(peer, **values)  # type: ignore[arg-type]  # the names are the fields'
