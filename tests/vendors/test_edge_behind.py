"""What somebody gives the VPN's own BGP sessions, so that it wins over the circuit: it is told."""

from __future__ import annotations

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.driver import change, held, place
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.edge import Held
from appliance.model.intent import Observed
from tests.vendors import edges
from tests.vendors.boxes import KINDS

IOS = """\
router bgp 65010
 address-family ipv4
"""
PREFERS = """\
  neighbor 10.20.255.30 route-map VPN-IN in
ip prefix-list HUB permit 10.21.0.0/16
route-map VPN-IN permit 10
 match ip address prefix-list HUB
 {condition}set local-preference {preference}
route-map VPN-IN permit 20
"""
JUNOS = "set protocols bgp group site-a neighbor 10.20.255.30 "
POLICY = "set policy-options policy-statement VPN-IN term a "
TOLD = {
    "ios weight": ("cisco_ios", IOS + "  neighbor 10.20.255.30 weight 50\n", "weight", 50),
    "ios preference": (
        "cisco_ios",
        IOS + PREFERS.format(condition="", preference=300),
        "local_preference",
        300,
    ),
    "ios more specific": (
        "cisco_ios",
        IOS + "  network 10.10.7.0 mask 255.255.255.0\n",
        "sends",
        ["10.10.7.0/24"],
    ),
    "junos session": ("juniper_junos", JUNOS + "local-preference 201\n", "local_preference", 201),
    "junos policy": (
        "juniper_junos",
        f"{JUNOS}import VPN-IN\n{POLICY}then local-preference 300\n{POLICY}then accept\n",
        "local_preference",
        300,
    ),
}
SILENT = {
    "ios behind it": ("cisco_ios", IOS + PREFERS.format(condition="", preference=150)),
    "ios another's weight": (
        "cisco_ios",
        "router bgp 65010\n neighbor 10.99.0.1 remote-as 65099\n"
        " address-family ipv4\n  neighbor 10.99.0.1 weight 50\n",
    ),
    "junos as the circuit's": ("juniper_junos", JUNOS + "local-preference 200\n"),
}


def _found(name: str, more: str) -> list[Difference]:
    """What is said of the VPN's sessions, where this stands besides what we would write."""
    driver, intent = drivers.load(name), edges.intent(name, bgp=True)
    made = change(driver, Held(), place(driver, intent, Observed(driver=name)))
    steps = "".join(f"{step.reveal()}\n" for step in made.steps)
    observed = driver.parse(f"{KINDS[name].OUTSIDE}{steps}{more}")
    assert change(driver, held(observed, edge=True), place(driver, intent, observed)).steps == ()
    return [one for one in compare(intent, observed) if ".behind." in one.path]


@pytest.mark.parametrize("case", TOLD)
def test_what_puts_the_vpn_first_is_told_and_left_to_a_person(case: str) -> None:
    name, more, path, value = TOLD[case]
    (found,) = _found(name, more)
    assert (found.path, found.running) == (f"edge.behind.{path}", value)
    assert found.severity is Severity.WARNING
    assert "10.20.255.30" in found.reason


@pytest.mark.parametrize("case", SILENT)
def test_what_leaves_it_behind_is_not(case: str) -> None:
    assert _found(*SILENT[case]) == []


def test_a_rule_that_may_do_so_is_told_as_unknown() -> None:
    rules = PREFERS.format(condition="match community 7\n ", preference=300)
    (found,) = _found("cisco_ios", IOS + rules)
    assert (found.verdict, found.running) == (Verdict.UNVERIFIABLE, "match community 7")
