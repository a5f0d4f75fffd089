"""Whatever is typed: the device survives it, and what it prints boots to the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lab import Cli, Device, Settings, branch

LINES = """\
crypto isakmp policy 10
crypto isakmp policy 20
encryption aes 256
encr 3des
hash md5
authentication pre-share
group 14
lifetime 28800
crypto isakmp key abc address 198.51.100.7
crypto isakmp key 6 OPAQUE address 198.51.100.8 no-xauth
crypto isakmp keepalive 10 3 periodic
crypto ikev2 proposal P
encryption aes-cbc-256 aes-gcm-256
integrity sha256 sha1
prf sha256
crypto ikev2 policy P
match address local 203.0.113.10
proposal P
crypto ikev2 keyring K
peer one
peer two
address 198.51.100.7
pre-shared-key local 0 aaa
pre-shared-key bbb
crypto ikev2 profile P
match identity remote address 198.51.100.7 255.255.255.255
identity local address 192.0.2.1
keyring local K
dpd 10 2 on-demand
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec transform-set TS esp-gcm 256
mode transport
crypto ipsec profile IPP
set transform-set TS
set pfs group14
set ikev2-profile P
set security-association lifetime seconds 27000
crypto map M 10 ipsec-isakmp
crypto map M 20 ipsec-isakmp
crypto map M local-address Loopback0
set peer 198.51.100.7
set peer 198.51.100.8 default
match address 101
interface Tunnel1
interface Tunnel50
interface GigabitEthernet1
ip address 169.254.0.1 255.255.255.252
ip address 169.254.0.5 255.255.255.252 secondary
ip unnumbered GigabitEthernet1
tunnel mode ipsec ipv4
tunnel source GigabitEthernet1
tunnel destination 198.51.100.7
tunnel protection ipsec profile IPP
crypto map M
shutdown
load-interval 30
ip nat outside
ntp server 192.0.2.1
ip route 10.20.0.0 255.255.0.0 Tunnel1
ip route 10.20.0.0 255.255.0.0 Tunnel1 200 name backup
router bgp 65050
address-family ipv4
address-family ipv4 vrf RED
neighbor 10.20.255.30 remote-as 65515
neighbor 10.20.255.30 activate
neighbor 10.20.255.30 ebgp-multihop
network 10.10.0.0 mask 255.255.0.0
bgp default ipv4-unicast
access-list 101 permit ip any host 10.0.0.1
ip access-list extended AZURE
permit ip 10.10.0.1 0.0.0.0 any
10 permit udp any any eq 500
remark what for
object-group network OG
10.1.0.0 255.255.0.0
route-map RM permit 10
match ip address 101
banner motd #crypto isakmp policy 99#
snmp-server community public RO
hostname other
exit
end
junk
""".splitlines()
session = st.lists(
    st.tuples(st.sampled_from(("", "", "", "no ", "default ")), st.sampled_from(LINES)),
    min_size=1,
    max_size=50,
)


@settings(max_examples=60, deadline=None)
@given(
    lines=session,
    startup=st.sampled_from(("", branch("site-a"))),
    version=st.sampled_from(("15.7(3)M", "17.9.4a", "17.12.1")),
)
def test_what_is_printed_boots_to_the_same(
    lines: list[tuple[str, str]], startup: str, version: str
) -> None:
    cli = Cli(Device(startup, Settings(version=version)), privilege=15)
    for negation, line in lines:
        if cli.editor is None:
            cli.execute("configure terminal")
        cli.execute(negation + line)
    printed = cli.device.running()
    assert Device(printed, Settings(version=version)).running() == printed
    for screen in ("crypto session detail", "crypto ipsec sa", "crypto map", "ip bgp summary"):
        cli.execute(f"do show {screen}" if cli.editor else f"show {screen}")
