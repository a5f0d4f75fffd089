"""Other people's filters and interface lists: what may cross by them, and which line says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance import driver as drivers
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.filters import Filter, Rule
from appliance.model.secret import Secret
from appliance.model.spoken import told
from appliance.plan import plan
from tests.vendors import intents

ASA = drivers.load("cisco_asa")
BASE = """\
ASA Version 9.16(4)
hostname edge
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.10 255.255.255.0
access-list VPN extended permit ip 10.10.0.0 255.255.0.0 10.20.0.0 255.255.0.0
crypto ipsec ikev2 ipsec-proposal P
 protocol esp encryption aes-256
 protocol esp integrity sha-256
crypto map M 10 match address VPN
crypto map M 10 set peer 198.51.100.7
crypto map M 10 set ikev2 ipsec-proposal P
crypto map M interface outside
crypto ikev2 policy 1
 encryption aes-256
 integrity sha256
 group 14
 prf sha256
 lifetime seconds 28800
crypto ikev2 enable outside
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 general-attributes
 default-group-policy GP
tunnel-group 198.51.100.7 ipsec-attributes
 ikev2 remote-authentication pre-shared-key right-horse-battery
 ikev2 local-authentication pre-shared-key right-horse-battery
group-policy GP internal
group-policy GP attributes
 vpn-tunnel-protocol ikev2
"""


def _filter(text: str) -> Filter | None:
    (tunnel,) = ASA.parse(BASE + text).tunnels
    return tunnel.filter


def _passes(text: str) -> list[str]:
    found = _filter(text)
    assert found is not None
    assert not found.perhaps, told(found.perhaps)
    return told(found.passes, 20)


USED = " vpn-filter value F\n"


def test_without_a_filter_there_is_none() -> None:
    assert _filter("") is None
    assert _filter("access-list F extended deny ip any any\n") is None
    inherited = "group-policy DfltGrpPolicy attributes\n vpn-filter value F\n"
    assert _passes(f"{inherited}access-list F extended permit ip any any\n") == ["any: all <-> all"]
    none = f"{USED[:-1].replace('value F', 'none')}\n{inherited}"
    assert _filter(none) is None, "`none` inherits nothing"


def test_it_is_written_from_the_far_end_and_about_connections() -> None:
    text = f"{USED}access-list F extended permit tcp 10.20.0.0 255.255.0.0 host 10.10.1.7 eq ssh\n"
    assert _passes(text) == [
        "tcp from ports 22: 10.10.1.7/32 -> 10.20.0.0/16",
        "tcp 22: 10.10.1.7/32 <- 10.20.0.0/16",
    ]
    text = f"{USED}access-list F extended permit tcp any eq https 10.10.0.0 255.255.0.0\n"
    assert _passes(text) == [
        "tcp 443: 10.10.0.0/16 -> all",
        "tcp from ports 443: 10.10.0.0/16 <- all",
    ]


def test_objects_groups_services_and_what_is_inactive() -> None:
    text = f"""{USED}object network SERVER
 host 10.20.1.4
object network POOL
 range 10.20.1.8 10.20.1.9
object-group network SERVERS
 network-object object SERVER
 network-object object POOL
 group-object MORE
object-group network MORE
 network-object 10.20.2.0 255.255.255.0
object service ADMIN
 service tcp destination range 8000 8010
object-group service WEB tcp
 port-object eq www
 port-object eq 443
access-list F remark permit ip any any
access-list F extended permit ip any any inactive
access-list F extended deny tcp object-group SERVERS any4 object-group WEB log
access-list F line 1 extended permit object ADMIN object-group SERVERS any
access-list F extended permit udp object-group SERVERS any object-group WEB
access-list F extended deny ip any any
"""
    found = _filter(text.replace("service WEB tcp", "service WEB tcp-udp"))
    assert found is not None
    assert not found.perhaps
    servers = "10.20.1.4/32, 10.20.1.8/31, 10.20.2.0/24"
    assert told(found.passes, 20) == [
        f"tcp from ports 8000-8010: all -> {servers}",
        f"udp from ports 80,443: all -> {servers}",
        f"tcp 8000-8010: all <- {servers}",
        f"udp 80,443: all <- {servers}",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "permit tcp any any eq 443 time-range OFFICE",
        "permit icmp any any echo",
        "permit tcp object NOBODY any eq 22",
        "permit tcp user CORP\\bob any any eq 22",
        "permit tcp any security-group name DBS any eq 22",
        "permit tcp any any eq kerberos",
        "permit object-group NOTHING any any",
    ],
)
def test_a_line_that_is_not_understood_leaves_a_doubt_that_names_it(line: str) -> None:
    found = _filter(f"{USED}access-list F extended {line}\n")
    assert found is not None
    assert not found.passes
    assert found.perhaps
    unclear = [one for chain in found.chains for one in chain.entries if not one.clear]
    assert {one.source.text for one in unclear} == {f"access-list F extended {line}"}


def test_a_filter_that_is_not_defined_leaves_everything_open() -> None:
    found = _filter(USED)
    assert found is not None
    assert (told(found.passes), told(found.perhaps)) == (["nothing"], ["any: all <-> all"])


OUTSIDE_IN = (
    "access-list OUT-IN extended permit tcp any any eq 3389\n"
    "access-group OUT-IN in interface outside\n"
)
NO_SYSOPT = "no sysopt connection permit-vpn\n"
INSPECTED = """\
policy-map global_policy
 class inspection_default
  inspect ftp
  inspect icmp
  inspect icmp error
service-policy global_policy global
"""


def test_interface_lists_count_only_without_permit_vpn() -> None:
    assert _filter(OUTSIDE_IN) is None
    assert _passes(f"{OUTSIDE_IN}{INSPECTED}{NO_SYSOPT}") == [
        "any: all -> all",
        "tcp 3389: all <- all",
    ]
    assert _filter(f"{OUTSIDE_IN}{NO_SYSOPT}{NO_SYSOPT[3:]}") is None, "on again"
    old = NO_SYSOPT.replace("permit-vpn", "permit-ipsec")
    assert _filter(f"{OUTSIDE_IN}{old}") == _filter(f"{OUTSIDE_IN}{NO_SYSOPT}") is not None


def test_answers_to_pings_need_a_line_where_nobody_inspects() -> None:
    pings = "any but icmp: all -> all"
    assert _passes(f"{OUTSIDE_IN}{NO_SYSOPT}")[0] == pings
    flat = "\n".join(line.strip() for line in f"{BASE}{OUTSIDE_IN}{INSPECTED}".split("\n"))
    (tunnel,) = ASA.parse(f"{flat}{NO_SYSOPT}").tunnels
    assert tunnel.filter is not None
    assert told(tunnel.filter.passes)[0] == "any: all -> all", "indentation was lost"
    for nowhere in (
        INSPECTED.replace("_policy global\n", "_policy interface dmz\n"),
        INSPECTED.replace("  inspect icmp\n", ""),
        INSPECTED.replace("inspect icmp\n", "inspect icmp\n  no inspect icmp\n"),
        INSPECTED.replace("service-policy", "no service-policy"),
    ):
        assert _passes(f"{OUTSIDE_IN}{NO_SYSOPT}{nowhere}")[0] == pings
    own = INSPECTED.replace("_policy global\n", "_policy interface outside\n")
    assert _passes(f"{OUTSIDE_IN}{NO_SYSOPT}{own}")[0] == "any: all -> all"
    reply = "access-list OUT-IN extended permit icmp 10.20.0.0 255.255.0.0 any echo-reply\n"
    assert _passes(f"{OUTSIDE_IN}{reply}{NO_SYSOPT}") == [
        "any but icmp: all -> all",
        "icmp: all -> 10.20.0.0/16",
        "tcp 3389: all <- all",
    ]


def test_without_any_list_nothing_begins_from_the_outside() -> None:
    assert _passes(f"{INSPECTED}{NO_SYSOPT}") == ["any: all -> all"]


def test_a_list_of_the_whole_box_is_asked_behind_that_of_the_interface() -> None:
    box = (
        "access-list ALL extended permit udp any any eq 53\n"
        "access-list ALL extended permit tcp any any eq 22\n"
        "access-group ALL global\n"
    )
    assert _filter(box) is None
    assert _passes(f"{box}{INSPECTED}{NO_SYSOPT}") == [
        "any: all -> all",
        "tcp 22: all <- all",
        "udp 53: all <- all",
    ]
    denied = "access-list OUT-IN extended deny tcp any any\n"
    assert _passes(f"{box}{OUTSIDE_IN}{denied}{INSPECTED}{NO_SYSOPT}")[1:] == [
        "tcp 3389: all <- all",
        "udp 53: all <- all",
    ]


def test_groups_and_services_of_icmp_types() -> None:
    text = """\
object-group icmp-type BOTH
 description for operators
 icmp-object echo
 group-object ANSWERS
object-group icmp-type ANSWERS
 icmp-object 0
 icmp-object time-exceeded
object-group service MONITOR
 service-object icmp echo
 service-object icmp unreachable 4
 service-object udp destination eq ntp
access-list OUT-IN extended permit icmp host 10.20.0.4 any object-group ANSWERS log
access-list OUT-IN extended permit icmp host 10.20.0.5 any object-group BOTH
access-list OUT-IN extended permit object-group MONITOR host 10.20.0.6 any
access-list OUT-IN extended permit icmp any any timestamp-request
access-list OUT-IN extended permit icmp any any 13
"""
    assert _passes(f"{OUTSIDE_IN}{text}{NO_SYSOPT}") == [
        "any but icmp: all -> all",
        "icmp: all -> 10.20.0.4/31",
        "icmp: all <- 10.20.0.5/32, 10.20.0.6/32",
        "tcp 3389: all <- all",
        "udp 123: all <- 10.20.0.6/32",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "permit icmp any any object-group NOBODY",
        "permit icmp any any echo time-range OFFICE",
        "permit icmp any any photuris",
    ],
)
def test_an_icmp_type_that_is_not_known_leaves_a_doubt(line: str) -> None:
    found = _filter(f"{OUTSIDE_IN}access-list OUT-IN extended {line}\n{INSPECTED}{NO_SYSOPT}")
    assert found is not None
    assert told(found.passes) == ["any: all -> all", "tcp 3389: all <- all"]
    assert found.perhaps


def test_words_may_be_short_as_they_are_typed() -> None:
    typed = "access-l IN ext perm tcp any any eq 22\naccess-g IN in int outside\n"
    assert _passes(f"{typed}{INSPECTED}no sysopt conn permit-v\n")[1:] == ["tcp 22: all <- all"]


def test_what_firepower_permits_its_snort_may_still_block() -> None:
    text = """\
access-list CSM_FW_ACL_ remark rule-id 9998: PREFILTER POLICY: Default
access-list CSM_FW_ACL_ advanced trust tcp host 10.20.0.4 any eq 22 rule-id 1
access-list CSM_FW_ACL_ advanced deny udp any any rule-id 2 event-log flow-start
access-list CSM_FW_ACL_ advanced permit tcp ifc outside any ifc inside any eq 443 rule-id 3
access-list CSM_FW_ACL_ advanced permit tcp any any eq 25 rule-id 4 event-log both
access-list CSM_FW_ACL_ advanced deny ip any any rule-id 268434432 event-log flow-start
access-group CSM_FW_ACL_ global
"""
    found = _filter(f"{text}{INSPECTED}{NO_SYSOPT}")
    assert found is not None
    assert told(found.passes) == ["any: all -> all", "tcp 22: all <- 10.20.0.4/32"]
    assert told(found.perhaps) == ["tcp 25,443: all <- all"]


def test_the_last_list_of_an_interface_counts() -> None:
    other = (
        "access-list NEW extended permit icmp any any 8 0 log\n"
        "access-group NEW in interface OUTSIDE\n"
        "access-group NEW in interface outside control-plane\n"
    )
    assert _passes(f"{OUTSIDE_IN}{other}{INSPECTED}{NO_SYSOPT}") == [
        "any: all -> all",
        "icmp: all <- all",
    ]


def test_a_group_policy_of_others_gets_no_filter_of_ours() -> None:
    site = replace(intents.site("cisco_asa"), traffic=(Rule(permit=True, protocol=6),))
    azure = intents.expectation(policy_based=True)
    intent = fit(intend(site, azure, Secret("right-horse-battery")), ASA)
    with pytest.raises(RefusedError, match=r"group policy GP .* is not ours"):
        plan(intent, ASA.parse(BASE), ASA)
