"""Whatever is typed: the device survives it, and what it prints boots to the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lab.junos import junos_device
from tests.lab.junos.scene import GATEWAY

SAID = """\
security ike proposal P dh-group group14
security ike proposal P encryption-algorithm aes-256-gcm
security ike proposal P authentication-algorithm sha-256
security ike policy P proposals P
security ike policy P proposals [ P PARTNER ]
security ike policy P proposal-set standard
security ike policy P pre-shared-key ascii-text "a b\\"c\\\\"
security ike policy P pre-shared-key hexadecimal 6162
security ike gateway G ike-policy P
security ike gateway G address 198.51.100.7
security ike gateway G dynamic hostname x.example
security ike gateway G external-interface ge-0/0/0
security ike gateway G version v2-only
security ike gateway G dead-peer-detection
security ike gateway G dead-peer-detection interval 10 threshold 3
security ike gateway G local-identity inet 10.0.0.1
security ipsec proposal P protocol esp
security ipsec policy P perfect-forward-secrecy keys group14
security ipsec policy P proposals P
security ipsec vpn V bind-interface st0.1
security ipsec vpn V ike gateway G
security ipsec vpn V ike ipsec-policy P
security ipsec vpn V ike proxy-identity local 10.0.0.0/8 remote 10.1.0.0/16
security ipsec vpn V traffic-selector T local-ip 10.10.0.0/16 remote-ip 10.1.0.0/16
security ipsec vpn V establish-tunnels immediately
security ipsec vpn V vpn-monitor
interfaces st0 unit 1 family inet
interfaces st0 unit 1 family inet address 169.254.0.1/30
interfaces st0 unit 1 description "to {{ azure }}; # not"
interfaces ge-0/0/1 unit 0 family inet address 10.10.0.9/16 primary
security zones security-zone azure interfaces st0.1
security zones security-zone trust host-inbound-traffic system-services all
security zones security-zone untrust interfaces ge-0/0/0.0 host-inbound-traffic protocols bgp
security policies from-zone trust to-zone azure policy A match source-address any
security policies from-zone trust to-zone azure policy A match destination-address any
security policies from-zone trust to-zone azure policy A match application junos-https
security policies from-zone trust to-zone azure policy A then permit
security policies from-zone trust to-zone azure policy A then log session-init
security policies from-zone trust to-zone azure policy B then deny
security policies default-policy permit-all
security address-book global address X 10.1.0.0/16
security address-book global address-set S address X
security nat source rule-set trust-to-untrust rule no then source-nat off
routing-options static route 10.1.0.0/16 next-hop st0.1
routing-options static route 10.1.0.0/16 qualified-next-hop 203.0.113.1 preference 200
routing-options static route 10.2.0.0/16 discard
routing-options autonomous-system 65010
protocols bgp group G type external
protocols bgp group G neighbor 10.1.255.30 peer-as 65515
protocols bgp group G multihop
policy-options policy-statement E term 1 from route-filter 10.10.0.0/16 upto /24
policy-options policy-statement E term 1 then accept
policy-options prefix-list L 10.10.0.0/16
routing-instances VR instance-type virtual-router
routing-instances VR interface st0.1
applications application web protocol tcp destination-port 443
groups G security ike gateway <*> version v2-only
security ike apply-groups G
system syslog file messages any any
system ntp server 192.0.2.5 prefer
snmp community "a b" authorization read-only
""".splitlines()
OTHER = """\
configure
configure exclusive
configure private
commit
commit check
commit confirmed 1
commit and-quit
rollback 0
rollback 1
rollback 9
show
show | compare
show | display set
show | display inheritance
show security | display set relative | match vpn
exit
no
yes
edit security ike
edit interfaces st0 unit 1
up
top
top show | compare
status
run show security ike sa
show security ike security-associations detail
show security ipsec sa detail
show security ipsec inactive-tunnels
show security ipsec statistics
show interfaces terse
show route
show bgp summary
show bgp neighbor
show security policies hit-count
show system commit
show configuration | compare rollback 1
show configuration | last 3
clear security ipsec sa
load set terminal
load merge terminal
insert security policies from-zone trust to-zone azure policy B before policy A
rename security ike gateway G to gateway H
copy security ike gateway G to gateway I
delete security ike
delete interfaces st0
delete
set
? \x00 "
}
[ a
""".splitlines()
EDITS = st.sampled_from(("set ", "set ", "set ", "delete ", "deactivate ", "activate ", "show "))
LINES = st.one_of(
    st.tuples(EDITS, st.sampled_from(SAID)).map("".join),
    st.tuples(EDITS, st.sampled_from(SAID)).map("".join).map(lambda text: text.rpartition(" ")[0]),
    st.sampled_from(OTHER),
    st.just("\x04"),
    st.just("\x03"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, max_size=60), st.integers(min_value=0, max_value=200))
def test_any_session_leaves_a_device_that_boots_to_itself(lines: list[str], seconds: int) -> None:
    device = junos_device(peers=[GATEWAY])
    cli = device.session("netops")
    cli.execute("configure")
    for line in lines:
        if line == "\x04":
            cli.eof("")
        elif line == "\x03":
            cli.interrupt()
        else:
            cli.execute(line)
        assert cli.prompt is not None
        cli.help(line)
        device.advance(seconds / 10)
    text = device.running()
    assert junos_device(startup=text).running() == text
    assert junos_device(startup=device.running(as_set=True)).running() == text
