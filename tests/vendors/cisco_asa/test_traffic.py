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


def test_interface_lists_count_only_without_permit_vpn() -> None:
    lists = (
        "access-list OUT-IN extended permit tcp any any eq 3389\n"
        "access-group OUT-IN in interface outside\n"
    )
    assert _filter(lists) is None
    assert _passes(f"{lists}no sysopt connection permit-vpn\n") == [
        "any: all -> all",
        "tcp 3389: all <- all",
    ]


def test_a_group_policy_of_others_gets_no_filter_of_ours() -> None:
    site = replace(intents.site("cisco_asa"), traffic=(Rule(permit=True, protocol=6),))
    azure = intents.expectation(policy_based=True)
    intent = fit(intend(site, azure, Secret("right-horse-battery")), ASA)
    with pytest.raises(RefusedError, match=r"group policy GP .* is not ours"):
        plan(intent, ASA.parse(BASE), ASA)


def test_a_tunnel_interface_is_refused_and_says_why() -> None:
    site = replace(intents.site("cisco_asa"), traffic=(Rule(permit=True, protocol=6),))
    intent = fit(intend(site, intents.expectation(), Secret("right-horse-battery")), ASA)
    (refusal,) = ASA.refusals(intent)
    assert refusal.setting == "traffic"
    assert "permit-vpn" in refusal.reason
