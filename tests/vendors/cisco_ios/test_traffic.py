"""Other people's access lists on a tunnel: what may cross by them, and which line says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance import driver as drivers
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.filters import Fate, Filter, Rule, decisions
from appliance.model.secret import Secret
from appliance.model.spoken import told
from appliance.model.traffic import Box, Direction, flows
from appliance.plan import plan
from tests.vendors import intents

IOS = drivers.load("cisco_ios")
TO, FROM = Direction
BASE = """\
hostname edge
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp key right-horse address 198.51.100.7
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
interface GigabitEthernet1
 ip address 203.0.113.10 255.255.255.0
interface Tunnel7
 ip unnumbered GigabitEthernet1
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.7
 tunnel protection ipsec profile PROF
"""


def _filter(text: str) -> Filter | None:
    (tunnel,) = IOS.parse(BASE + text).tunnels
    return tunnel.filter


def _passes(text: str) -> list[str]:
    found = _filter(text)
    assert found is not None
    assert not found.perhaps, told(found.perhaps)
    return told(found.passes, 20)


OPEN = "ip access-list extended OPEN\n permit ip any any\n"
BOTH = "interface Tunnel7\n ip access-group IN in\n ip access-group OUT out\n"


def test_without_a_list_there_is_no_filter() -> None:
    assert _filter("") is None
    assert _filter("ip access-list extended IN\n deny ip any any\n") is None


def test_a_list_that_is_not_there_or_empty_lets_all_through() -> None:
    assert _passes("interface Tunnel7\n ip access-group GONE in\n") == ["any: all <-> all"]
    text = "ip access-list extended IN\n remark nothing yet\n"
    assert _passes(f"{text}interface Tunnel7\n ip access-group IN in\n") == ["any: all <-> all"]


def test_answers_need_a_line_too() -> None:
    text = (
        "ip access-list extended OUT\n permit tcp any any eq www\n permit udp any any eq domain\n"
    )
    closed = f"{text}ip access-list extended IN\n deny ip any any\n{BOTH}"
    assert _passes(closed) == ["nothing"]
    answers = (
        f"{text}ip access-list extended IN\n permit tcp any any established\n"
        f" permit udp any eq domain any\n{BOTH}"
    )
    assert _passes(answers) == [
        "tcp 80: all -> all",
        "udp 53: all -> all",
        "udp from ports 53: all <- all",
    ]


def test_echo_needs_its_reply_and_errors_are_no_flow() -> None:
    text = (
        "ip access-list extended OUT\n permit icmp any any echo\n permit icmp any any unreachable\n"
        "ip access-list extended IN\n permit icmp any any 0\n permit icmp any any packet-too-big\n"
    )
    assert _passes(text + BOTH) == ["icmp: all -> all"]


def test_numbers_remarks_groups_and_wildcards_with_holes() -> None:
    text = (
        """\
object-group network SERVERS
 host 10.20.1.4
 range 10.20.1.8 10.20.1.9
 group-object MORE
object-group network MORE
 10.20.2.0 255.255.255.0
object-group service WEB
 tcp eq www
 tcp range 8000 8010
 tcp source gt 1023 eq 8443
ip access-list extended OUT
 30 permit ip any any
 10 remark permit ip any any
 20 deny object-group WEB 10.10.1.0 0.0.2.255 object-group SERVERS log
 25 deny ip any any fragments
"""
        + OPEN.replace("OPEN", "IN")
        + BOTH
    )
    found = _filter(text)
    assert found is not None
    denied = flows(Box(direction=((0, 0),))) - found.passes
    assert told(denied) == [
        "tcp 80,8000-8010: 10.10.1.0/24, 10.10.3.0/24 -> 10.20.1.4/32, 10.20.1.8/31, 10.20.2.0/24",
        "tcp 8443 from ports 1024-65535: 10.10.1.0/24, 10.10.3.0/24 -> "
        "10.20.1.4/32, 10.20.1.8/31, 10.20.2.0/24",
    ]


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("evaluate MIRROR", ["any: all <-> all"]),
        ("permit tcp any any eq 443 time-range OFFICE", ["tcp 443: all <- all"]),
        ("deny udp any any eq frobnicate", []),
        ("permit ip any any dscp ef", ["any: all <-> all"]),
        ("permit tcp any any match-all +syn -ack", ["tcp: all <-> all"]),
        ("permit tcp object-group NOBODY any eq 22", ["tcp 22: all <- all"]),
    ],
)
def test_a_line_that_is_not_understood_leaves_a_doubt_that_names_it(
    line: str, doubt: list[str]
) -> None:
    text = f"ip access-list extended IN\n {line}\n deny ip any any\n"
    found = _filter(text + "interface Tunnel7\n ip access-group IN in\n")
    assert found is not None
    assert not found.passes
    assert set(doubt) <= set(told(found.perhaps)), told(found.perhaps)
    assert bool(found.perhaps) is bool(doubt), "behind a doubtful denial all is denied anyway"
    if doubt:
        unclear = [one for chain in found.chains for one in chain.entries if not one.clear]
        assert {one.source.text.strip() for one in unclear} == {line}


def test_a_numbered_list_and_the_line_that_decides() -> None:
    text = (
        "access-list 101 remark from Azure\naccess-list 101 deny ip 10.20.9.0 0.0.0.255 any\n"
        "access-list 101 permit ip any any\ninterface Tunnel7\n ip access-group 101 in\n"
    )
    found = _filter(text)
    assert found is not None
    own = next(chain for chain in found.chains if chain.name == "access list 101 in")
    decided = [
        (one.fate, one.source.text, told(one.flows))
        for one in decisions(own, flows(Box(direction=((1, 1),), protocol=((6, 6),))))
    ]
    assert decided == [
        (
            Fate.BLOCKED,
            "access-list 101 deny ip 10.20.9.0 0.0.0.255 any",
            ["tcp: all <- 10.20.9.0/24"],
        ),
        (Fate.PASSES, "access-list 101 permit ip any any", ["tcp: all <- all but 10.20.9.0/24"]),
    ]


def test_a_zone_based_firewall_is_a_doubt_and_not_an_open_door() -> None:
    found = _filter("interface Tunnel7\n zone-member security AZURE\n")
    assert found is not None
    assert (told(found.passes), told(found.perhaps)) == (["nothing"], ["any: all <-> all"])
    assert found.chains[0].source.text.strip() == "zone-member security AZURE"


def test_rules_are_written_beside_a_firewall_that_is_not_read() -> None:
    site = replace(intents.site("cisco_ios"), traffic=(Rule(permit=True, protocol=6),))
    intent = fit(intend(site, intents.expectation(), Secret("right-horse")), IOS)
    running = IOS.parse(f"{BASE}interface Tunnel7\n zone-member security AZURE\n")
    made = plan(intent, running, IOS)
    texts = [step.text for step in made.change.steps]
    assert " ip access-group appliance-site-a-Tunnel7-in in" in texts


def test_a_standard_list_tells_sources_only() -> None:
    text = "access-list 7 permit 10.20.0.0 0.0.255.255\ninterface Tunnel7\n ip access-group 7 in\n"
    assert _passes(text) == ["any: all <-> 10.20.0.0/16"]


def test_a_crypto_map_entry_has_lists_of_its_own() -> None:
    text = """\
hostname edge
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp key right-horse address 198.51.100.7
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
ip access-list extended VPN
 permit ip 10.10.0.0 0.0.255.255 10.20.0.0 0.0.255.255
ip access-list extended CLEAR
 permit tcp any any eq 3389
crypto map M 10 ipsec-isakmp
 set peer 198.51.100.7
 set transform-set TS
 set ip access-group CLEAR in
 match address VPN
interface GigabitEthernet1
 ip address 203.0.113.10 255.255.255.0
 crypto map M
"""
    observed = IOS.parse(text)
    assert observed.unrecognized == ()
    (tunnel,) = observed.tunnels
    assert tunnel.filter is not None
    assert told(tunnel.filter.passes) == ["tcp from ports 3389: all -> all", "tcp 3389: all <- all"]
    assert tunnel.sources["filter"].text.strip() == "set ip access-group CLEAR in"
