"""Other people's zone policies: what may cross by them, and which line says so."""

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
from appliance.model.traffic import Box, flows
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.juniper_junos.box import make

JUNOS = drivers.load("juniper_junos")
BASE = """\
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24
set interfaces ge-0/0/1 unit 0 family inet address 10.10.0.1/16
set interfaces st0 unit 0 family inet
set security zones security-zone untrust interfaces ge-0/0/0.0
set security zones security-zone trust interfaces ge-0/0/1.0
set security zones security-zone azure interfaces st0.0
set security ike proposal P authentication-method pre-shared-keys
set security ike policy P proposals P
set security ike policy P pre-shared-key ascii-text "right-horse"
set security ike gateway G ike-policy P
set security ike gateway G address 198.51.100.7
set security ike gateway G external-interface ge-0/0/0.0
set security ipsec proposal P protocol esp
set security ipsec policy P proposals P
set security ipsec vpn V bind-interface st0.0
set security ipsec vpn V ike gateway G
set security ipsec vpn V ike ipsec-policy P
set security address-book global address lan 10.10.0.0/16
set security address-book global address cloud 10.20.0.0/16
"""
OUT = "set security policies from-zone trust to-zone azure policy"
IN = "set security policies from-zone azure to-zone trust policy"


def _policy(head: str, source: str, target: str, application: str, action: str) -> str:
    return (
        f"{head} match source-address {source}\n{head} match destination-address {target}\n"
        f"{head} match application {application}\n{head} then {action}\n"
    )


def _filter(text: str) -> Filter:
    observed = JUNOS.parse(BASE + text)
    assert observed.unrecognized == ()
    (tunnel,) = observed.tunnels
    assert tunnel.filter is not None
    return tunnel.filter


def _passes(text: str) -> list[str]:
    found = _filter(text)
    assert not found.perhaps, told(found.perhaps)
    return told(found.passes, 20)


def test_between_zones_nothing_passes_unless_something_says_so() -> None:
    assert _passes("") == ["nothing"]
    assert _passes("set security policies default-policy permit-all\n") == ["any: all <-> all"]
    assert _passes(_policy(f"{OUT} P", "lan", "cloud", "any", "permit")) == [
        "any: 10.10.0.0/16 -> 10.20.0.0/16"
    ]


def test_an_earlier_permit_shadows_a_later_denial() -> None:
    wide = _policy(f"{OUT} WIDE", "any", "any", "any", "permit")
    deny = _policy(f"{OUT} NO-SSH", "any", "cloud", "junos-ssh", "deny")
    assert _passes(wide + deny) == ["any: all -> all"]
    assert _passes(deny + wide) == [
        "any but tcp: all -> all",
        "tcp: all -> all but 10.20.0.0/16",
        "tcp 0-21,23-65535: all -> 10.20.0.0/16",
    ]


def test_applications_of_ones_own_with_terms_and_sets() -> None:
    text = (
        "set applications application web protocol tcp\n"
        "set applications application web destination-port 8000-8099\n"
        "set applications application app term 1 protocol tcp source-port 1024-65535 "
        "destination-port 9443\n"
        "set applications application app term 2 protocol udp\n"
        "set applications application app term 2 destination-port 9000\n"
        "set applications application ping protocol icmp\n"
        "set applications application ping icmp-type 8\n"
        "set applications application-set ALL application web\n"
        "set applications application-set ALL application app\n"
        "set applications application-set ALL application ping\n"
        "set applications application-set ALL application junos-https\n"
    )
    assert _passes(text + _policy(f"{IN} P", "cloud", "lan", "ALL", "permit")) == [
        "icmp: 10.10.0.0/16 <- 10.20.0.0/16",
        "tcp 443,8000-8099: 10.10.0.0/16 <- 10.20.0.0/16",
        "tcp 9443 from ports 1024-65535: 10.10.0.0/16 <- 10.20.0.0/16",
        "udp 9000: 10.10.0.0/16 <- 10.20.0.0/16",
    ]


def test_sets_ranges_exceptions_and_what_is_deactivated() -> None:
    text = (
        "set security address-book global address r range-address 10.10.1.8 to 10.10.1.9\n"
        "set security address-book global address h 10.10.2.4/32\n"
        "set security address-book global address-set S address r\n"
        "set security address-book global address-set S address h\n"
        + _policy(f"{OUT} OFF", "any", "any", "any", "permit")
        + "deactivate security policies from-zone trust to-zone azure policy OFF\n"
        + _policy(f"{OUT} P", "S", "cloud", "any", "permit")
        + f"{OUT} P match destination-address-excluded\n"
    )
    assert _passes(text) == ["any: 10.10.1.8/31, 10.10.2.4/32 -> all but 10.20.0.0/16"]


def test_global_policies_come_behind_those_of_the_zones() -> None:
    head = "set security policies global policy"
    text = _policy(f"{OUT} NO", "any", "cloud", "junos-telnet", "reject")
    text += _policy(f"{head} G", "any", "cloud", "junos-tcp-any", "permit")
    assert _passes(text) == [
        "tcp 0-22,24-65535: all -> 10.20.0.0/16",
        "tcp: 10.20.0.0/16 <- all",
    ], "a global policy is for every pair of zones"


def test_what_is_translated_on_the_way_does_not_pass() -> None:
    nat = (
        "set security nat source rule-set R from zone trust\n"
        "set security nat source rule-set R to zone azure\n"
        "set security nat source rule-set R rule 1 match source-address 10.10.8.0/24\n"
        "set security nat source rule-set R rule 1 then source-nat interface\n"
    )
    both = _policy(f"{OUT} P", "lan", "cloud", "any", "permit")
    both += _policy(f"{IN} P", "cloud", "lan", "any", "permit")
    assert _passes(nat + both) == [
        "any: 10.10.0.0/16 but 10.10.8.0/24 -> 10.20.0.0/16",
        "any: 10.10.0.0/16 <- 10.20.0.0/16",
    ]


def test_of_several_inside_zones_each_has_its_own_policies() -> None:
    text = (
        "set interfaces ge-0/0/2 unit 0 family inet address 10.11.0.1/16\n"
        "set security zones security-zone dmz interfaces ge-0/0/2.0\n"
        "set security policies from-zone dmz to-zone azure policy D match source-address any\n"
        "set security policies from-zone dmz to-zone azure policy D match destination-address any\n"
        "set security policies from-zone dmz to-zone azure policy D match application junos-ntp\n"
        "set security policies from-zone dmz to-zone azure policy D then permit\n"
    )
    text += _policy(f"{OUT} P", "any", "cloud", "junos-https", "permit")
    text += "set routing-options static route 10.12.0.0/16 next-hop 10.11.0.9\n"
    found = _filter(text)
    assert told(found.passes) == [
        "tcp 443: 10.10.0.0/16 -> 10.20.0.0/16",
        "udp 123: 10.11.0.0/16, 10.12.0.0/16 -> all",
    ]
    near = flows(Box(local=((0x0A0A0000, 0x0A0CFFFF),)))
    assert not found.perhaps & near
    assert found.perhaps == flows(Box()) - near, "in which zone the rest is, nobody says"


@pytest.mark.parametrize(
    "text",
    [
        _policy(f"{OUT} P", "any", "any", "unheard-of", "permit"),
        _policy(f"{OUT} P", "any", "any", "any", "permit") + f"{OUT} P scheduler-name NIGHT\n",
        "set security address-book global address d dns-name www.example.net\n"
        + _policy(f"{OUT} P", "any", "d", "any", "permit").replace("address any", "address d"),
        _policy(f"{OUT} P", "any", "any", "any", "permit")
        + f"{OUT} P match source-identity authenticated-user\n",
    ],
)
def test_a_policy_that_is_not_understood_leaves_a_doubt(text: str) -> None:
    found = _filter(text)
    assert not found.passes
    unclear = [one for chain in found.chains for one in chain.entries if not one.clear]
    assert len(unclear) == 1
    assert "policy P" in unclear[0].source.text


def test_a_zone_with_others_in_it_is_not_ours_to_rule() -> None:
    site = replace(intents.site("juniper_junos"), traffic=(Rule(permit=True, protocol=6),))
    intent = fit(intend(site, intents.expectation(), Secret("right-horse-battery")), JUNOS)
    shared = BASE + "set security zones security-zone azure interfaces st0.9\n"
    with pytest.raises(RefusedError, match=r"st0\.9 is in zone azure too"):
        plan(intent, JUNOS.parse(shared), JUNOS)


def test_ours_stand_before_those_of_others() -> None:
    box = make()
    cli_text = box.running()
    assert "to-zone azure" not in cli_text
    site = replace(intents.site("juniper_junos"), traffic=(Rule(permit=True, protocol=6),))
    intent = fit(intend(site, intents.expectation(), Secret("right-horse-battery")), JUNOS)
    held = BASE + _policy(f"{OUT} THEIRS", "any", "any", "any", "permit")
    made = plan(intent, JUNOS.parse(held), JUNOS)
    inserted = [step.text for step in made.change.steps if step.text.startswith("insert ")]
    assert inserted == [
        "insert security policies from-zone trust to-zone azure policy V-traffic-out-1 "
        "before policy THEIRS",
        "insert security policies from-zone trust to-zone azure policy V-traffic-out-2 "
        "before policy THEIRS",
    ]
