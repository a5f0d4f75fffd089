"""An SRX with a tunnel to Azure, and a way to talk to it."""

from __future__ import annotations

from appliance.lab import AzurePeer, BgpPeer, Policy
from appliance.lab.junos import Cli, Settings, SrxDevice, junos_device

GATEWAY = AzurePeer(
    address="198.51.100.7",
    psk='k"e?y\\1',
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 14)),
    bgp=BgpPeer(
        address="10.1.255.30",
        device_asn=65010,
        device_address="10.10.0.1",
        prefixes=("10.1.0.0/16", "10.2.0.0/16"),
    ),
)
TUNNEL = """\
set security ike proposal az authentication-method pre-shared-keys
set security ike proposal az dh-group group14
set security ike proposal az authentication-algorithm sha-256
set security ike proposal az encryption-algorithm aes-256-cbc
set security ike policy az proposals az
set security ike policy az pre-shared-key ascii-text "k\\"e?y\\\\1"
set security ike gateway az ike-policy az
set security ike gateway az address 198.51.100.7
set security ike gateway az external-interface ge-0/0/0.0
set security ike gateway az version v2-only
set security ipsec proposal az protocol esp
set security ipsec proposal az encryption-algorithm aes-256-gcm
set security ipsec proposal az lifetime-seconds 27000
set security ipsec policy az perfect-forward-secrecy keys group14
set security ipsec policy az proposals az
set security ipsec vpn az bind-interface st0.1
set security ipsec vpn az ike gateway az
set security ipsec vpn az ike ipsec-policy az
set security ipsec vpn az establish-tunnels immediately
set interfaces st0 unit 1 family inet
set security zones security-zone azure interfaces st0.1
set security zones security-zone azure host-inbound-traffic protocols bgp
set security address-book global address az1 10.1.0.0/16
set security policies from-zone trust to-zone azure policy out match source-address branch-lan
set security policies from-zone trust to-zone azure policy out match destination-address az1
set security policies from-zone trust to-zone azure policy out match application any
set security policies from-zone trust to-zone azure policy out then permit
set security policies from-zone azure to-zone trust policy in match source-address az1
set security policies from-zone azure to-zone trust policy in match destination-address branch-lan
set security policies from-zone azure to-zone trust policy in match application any
set security policies from-zone azure to-zone trust policy in then permit
""".splitlines()
STATIC = ["set routing-options static route 10.1.0.0/16 next-hop st0.1"]
BGP = """\
set routing-options static route 10.1.255.30/32 next-hop st0.1
set routing-options autonomous-system 65010
set policy-options policy-statement TO-AZ term 1 from route-filter 10.10.0.0/16 exact
set policy-options policy-statement TO-AZ term 1 then accept
set policy-options policy-statement TO-AZ term 2 then reject
set protocols bgp group AZ type external
set protocols bgp group AZ multihop ttl 2
set protocols bgp group AZ local-address 10.10.0.1
set protocols bgp group AZ export TO-AZ
set protocols bgp group AZ neighbor 10.1.255.30 peer-as 65515
""".splitlines()


def device(*lines: str, settings: Settings | None = None) -> SrxDevice:
    """A branch firewall with the tunnel and its static route, and these lines on top."""
    made = junos_device(peers=[GATEWAY], settings=settings)
    made.configure(*TUNNEL, *STATIC, *lines)
    return made


def plain(settings: Settings | None = None) -> SrxDevice:
    """A branch firewall as it is found."""
    return junos_device(peers=[GATEWAY], settings=settings)


def session(made: SrxDevice, *lines: str, user: str = "netops") -> Cli:
    """Somebody at the command line, after these lines."""
    cli = made.session(user)
    cli.length = 0
    for line in lines:
        cli.execute(line)
    return cli


def said(cli: Cli, *lines: str) -> str:
    """What the device prints for the last of the lines."""
    answer = ""
    for line in lines:
        answer = cli.execute(line)
    return answer


def loaded(cli: Cli, command: str, text: str) -> str:
    """What `load` says to a text."""
    cli.execute(command)
    for line in text.splitlines():
        assert cli.execute(line) == ""
    return cli.eof("") or ""
