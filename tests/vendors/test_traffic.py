"""Rules on traffic, on every platform that has words for them: written, read back, repaired."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.azure.expectation import Expectation
from appliance.compare import compare
from appliance.driver import Driver
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.change import Change, Step
from appliance.model.difference import Severity
from appliance.model.filters import Rule
from appliance.model.intent import Intent
from appliance.model.pairing import mine
from appliance.model.secret import Secret
from appliance.model.traffic import ICMP, TCP, UDP, Direction
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.boxes import KINDS, Box
from tests.vendors.cisco_asa import box as asa

NET = IPv4Network
TO, FROM = Direction
KEY = Secret("right-horse-battery-staple")
LAWS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

LOCAL = ("0.0.0.0/0", "10.10.0.0/16", "10.11.0.0/16", "10.10.1.0/24", "10.10.1.7/32")
REMOTE = ("0.0.0.0/0", "10.20.0.0/16", "10.21.0.0/16", "10.20.9.0/24", "10.20.9.4/32")
PORTS = st.lists(
    st.sampled_from(((22, 22), (53, 53), (80, 80), (443, 443), (8000, 8099), (0, 1023))),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
SETUPS = {
    "route-based": intents.expectation(),
    "policy-based": intents.expectation(policy_based=True),
}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    protocol = draw(st.sampled_from((None, TCP, UDP, ICMP, TCP)))
    return Rule(
        permit=draw(st.booleans()),
        local=NET(draw(st.sampled_from(LOCAL))),
        remote=NET(draw(st.sampled_from(REMOTE))),
        protocol=protocol,
        ports=draw(st.one_of(st.just(()), PORTS)) if protocol in (TCP, UDP) else (),
        direction=draw(st.sampled_from((None, TO, FROM))),
    )


@pytest.fixture(params=sorted(KINDS))
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _box(driver: Driver, azure: Expectation, *, alone: bool = True) -> Box:
    """A device that may be told what is asked: on an ASA that takes a switch of the whole box."""
    if driver.name == "cisco_asa" and not azure.policy_based:
        return asa.route_based(alone=alone)
    return KINDS[driver.name].make()


def _intent(driver: Driver, azure: Expectation, asked: tuple[Rule, ...]) -> Intent:
    ordered = sorted(asked, key=lambda rule: rule.permit)  # as the inventory has them
    site = replace(intents.site(driver.name), traffic=tuple(ordered))
    return fit(intend(site, azure, KEY), driver)


@LAWS
@given(data=st.data(), asked=st.lists(rules(), min_size=1, max_size=5))
def test_what_is_asked_is_written_read_back_and_taken_back(
    driver: Driver, data: st.DataObject, asked: list[Rule]
) -> None:
    azure = SETUPS[data.draw(st.sampled_from(sorted(SETUPS)))]
    intent = _intent(driver, azure, tuple(asked))
    if driver.refusals(intent):
        return
    box = _box(driver, azure, alone=data.draw(st.booleans()))
    before = driver.parse(box.running())
    made = plan(intent, before, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    (tunnel,) = mine(intent, after.tunnels)
    assert tunnel.filter is not None
    assert intent.tunnels[0].filter is not None
    assert tunnel.filter.passes == intent.tunnels[0].filter.passes
    assert not tunnel.filter.perhaps
    assert compare(intent, after) == ()
    assert after.unrecognized == before.unrecognized
    assert not plan(intent, after, driver).change
    box.apply(made.rollback)
    assert driver.parse(box.running()).tunnels == before.tunnels


@LAWS
@given(
    data=st.data(),
    first=st.lists(rules(), min_size=1, max_size=3),
    second=st.lists(rules(), max_size=3),
)
def test_rules_become_others_and_back(
    driver: Driver, data: st.DataObject, first: list[Rule], second: list[Rule]
) -> None:
    azure = SETUPS[data.draw(st.sampled_from(sorted(SETUPS)))]
    one, two = _intent(driver, azure, tuple(first)), _intent(driver, azure, tuple(second))
    if driver.refusals(one) or driver.refusals(two):
        return
    box = _box(driver, azure, alone=data.draw(st.booleans()))
    box.apply(plan(one, driver.parse(box.running()), driver).change)
    held = driver.parse(box.running())
    made = plan(two, held, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert compare(two, after) == ()
    assert not driver.change(after.tunnels, made.target)
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert not driver.change(back.tunnels, held.tunnels)
    assert compare(one, back) == ()


ASKED = (
    Rule(permit=False, remote=NET("10.20.9.0/24")),
    Rule(permit=True, local=NET("10.10.0.0/16"), protocol=TCP, ports=((443, 443),), direction=TO),
    Rule(permit=True, local=NET("10.10.1.7/32"), protocol=TCP, ports=((22, 22),), direction=FROM),
    Rule(permit=True, protocol=ICMP),
)
OUT = "ip access-list extended appliance-site-a-1-out"
FILTER = "access-list appliance-site-a-1-filter"
CONTEXT = "security policies from-zone trust to-zone azure policy"
TABLE = "/etc/nftables.d/appliance-site-a-1.nft"


def _table(*edits: tuple[str, str]) -> tuple[str, ...]:
    """The host's table, each of these texts replaced where it stands first."""
    text = NFT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return (f"replace {TABLE}", *(f" {line}" for line in text.strip().split("\n")))


NFT = """
table ip appliance-site-a-1
delete table ip appliance-site-a-1
table ip appliance-site-a-1 {
  chain to-azure-1 {
    type filter hook postrouting priority filter; policy accept;
    oifname != "xfrm100" accept
    ct direction reply accept
    ct state related meta l4proto icmp accept
    ip daddr 10.20.9.0/24 drop
    ip saddr 10.10.0.0/16 tcp dport 443 accept
    icmp type echo-request accept
    drop
  }
  chain from-azure-1 {
    type filter hook prerouting priority filter; policy accept;
    iifname != "xfrm100" accept
    ct direction reply accept
    ct state related meta l4proto icmp accept
    ip saddr 10.20.9.0/24 drop
    ip daddr 10.10.1.7/32 tcp dport 22 accept
    icmp type echo-request accept
    drop
  }
}
"""
"""What `ASKED` becomes on Linux, written by hand."""


def test_on_linux_the_table_is_this() -> None:
    driver = drivers.load("strongswan")
    intent = _intent(driver, SETUPS["route-based"], ASKED)
    made = plan(intent, driver.parse(KINDS["strongswan"].make().running()), driver)
    lines = [step.text[1:] for step in made.change.steps if step.text.startswith(" ")]
    assert "\n".join(lines).startswith(NFT.strip())


def _filters(verb: str, lines: dict[str, list[str]], **given: object) -> tuple[str, ...]:
    """A cmdlet for each way of the server's interface, as operations; without lines it has none."""
    return tuple(
        json.dumps(
            {
                "cmdlet": f"{verb}-RemoteAccessIpFilter",
                "parameters": {
                    "InterfaceAlias": "site-a-1",
                    "AddressFamily": "IPv4",
                    "Direction": way,
                    **({"List": listed} if listed else {}),
                    **given,
                },
            }
        )
        for way, listed in lines.items()
    )


MEDDLING: dict[str, dict[str, tuple[str, ...]]] = {
    "cisco_ios": {
        "a permit is widened": (
            OUT,
            " no permit tcp 10.10.0.0 0.0.255.255 any eq 443",
            " permit tcp any any eq 443",
            "ip access-list extended appliance-site-a-1-in",
            " permit tcp any eq 443 any established",
        ),
        "a deny is dropped": (OUT, " no deny ip any 10.20.9.0 0.0.0.255"),
        "the order is changed": (
            OUT,
            " no deny ip any 10.20.9.0 0.0.0.255",
            " deny ip any 10.20.9.0 0.0.0.255",
        ),
        "somebody's line stands first": (OUT, " 5 permit ip any any"),
        "the list is taken off": (
            "interface Tunnel100",
            " no ip access-group appliance-site-a-1-out out",
        ),
        "another list is put on": (
            "ip access-list extended OTHERS",
            " permit ip any any",
            "interface Tunnel100",
            " ip access-group OTHERS out",
        ),
    },
    "cisco_asa": {
        "a permit is widened": (f"{FILTER} extended permit tcp any4 any4 eq 443",),
        "a deny is dropped": (f"no {FILTER} extended deny ip 10.20.9.0 255.255.255.0 any4",),
        "the order is changed": (
            f"no {FILTER} extended deny ip 10.20.9.0 255.255.255.0 any4",
            f"{FILTER} extended deny ip 10.20.9.0 255.255.255.0 any4",
        ),
        "somebody's line stands first": (f"{FILTER} line 1 extended permit ip any4 any4",),
        "the list is taken off": ("group-policy appliance-site-a attributes", " no vpn-filter"),
    },
    "strongswan": {
        "a permit is widened": _table(
            ("    ip saddr 10.10.0.0/16 tcp dport 443", "    tcp dport 443")
        ),
        "a deny is dropped": _table(("    ip daddr 10.20.9.0/24 drop\n", "")),
        "the order is changed": _table(
            ("    ip daddr 10.20.9.0/24 drop\n", ""),
            ("    icmp type", "    ip daddr 10.20.9.0/24 drop\n    icmp type"),
        ),
        "somebody's line stands first": _table(
            ("    ct direction", "    accept\n    ct direction")
        ),
        "answers are let out no more": _table(("    ct direction reply accept\n", "")),
        "it is for another interface": _table(('"xfrm100"', '"xfrm7"')),
        "the end is open": _table(("    drop\n  }", "  }")),
        "the list is taken off": (f"delete {TABLE}",),
    },
    "rras": {
        "a permit is widened": _filters(
            "Add",
            {
                "Outbound": ["10.0.0.0/8:10.21.0.0/16:TCP:0:443"],
                "Inbound": ["10.21.0.0/16:10.0.0.0/8:tcpestablished:443:0"],
            },
            Action="Deny",
        ),
        "what is denied is permitted": _filters(
            "Add",
            {
                "Outbound": ["0.0.0.0/0:10.20.9.0/24:Any"],
                "Inbound": ["10.20.9.0/24:0.0.0.0/0:Any"],
            },
            Action="Deny",
        ),
        "somebody's line stands beside": _filters(
            "Add",
            {
                "Outbound": ["0.0.0.0/0:0.0.0.0/0:Other:47"],
                "Inbound": ["0.0.0.0/0:0.0.0.0/0:Other:47"],
            },
            Action="Deny",
        ),
        "answers are let in no more": _filters(
            "Remove", {"Inbound": ["10.20.10.0/23:10.10.0.0/16:TCPEstablished:443:0"]}, Force=True
        ),
        "the action is another": _filters("Set", {"Outbound": []}, Action="Allow"),
    },
    "juniper_junos": {
        "a permit is widened": (
            f"delete {CONTEXT} site-a-1-traffic-out-2 match source-address",
            f"set {CONTEXT} site-a-1-traffic-out-2 match source-address any",
        ),
        "a deny is dropped": (f"delete {CONTEXT} site-a-1-traffic-out-1",),
        "a deny is switched off": (f"deactivate {CONTEXT} site-a-1-traffic-out-1",),
        "the order is changed": (
            f"insert {CONTEXT} site-a-1-traffic-out-1 after policy site-a-1-traffic-out-3",
        ),
        "somebody's line stands first": (
            f"set {CONTEXT} all match source-address any",
            f"set {CONTEXT} all match destination-address any",
            f"set {CONTEXT} all match application any",
            f"set {CONTEXT} all then permit",
            f"insert {CONTEXT} all before policy site-a-1-traffic-out-1",
        ),
        "an application is another": (
            "set applications application appliance-tcp-443 destination-port 400-499",
        ),
    },
}


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name in MEDDLING for what in MEDDLING[name]]
)
def test_meddling_is_one_finding_and_exactly_that_is_repaired(name: str, what: str) -> None:
    driver = drivers.load(name)
    setup = "policy-based" if name == "cisco_asa" else "route-based"
    intent = _intent(driver, SETUPS[setup], ASKED)
    box = KINDS[name].make()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    held = driver.parse(box.running())
    assert compare(intent, held) == ()

    box.apply(Change(steps=tuple(Step(text=text) for text in MEDDLING[name][what])))
    observed = driver.parse(box.running())
    (found,) = compare(intent, observed)
    assert found.path == "filter"
    assert found.severity is Severity.BREAKING
    assert found.source is not None or "taken off" in what

    box.apply(plan(intent, observed, driver).change)
    after = driver.parse(box.running())
    assert compare(intent, after) == ()
    assert not plan(intent, after, driver).change
    bare = [replace(tunnel, objects={}) for tunnel in after.tunnels]
    assert bare == [replace(tunnel, objects={}) for tunnel in held.tunnels]
