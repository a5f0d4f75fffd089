"""Edges of Junos devices as others have written them, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pytest

from appliance.model.edge import DEFAULT_ROUTE, Edge, decide
from appliance.model.secret import Hidden, Secret
from vendors.juniper_junos.cross_check import cross_check
from vendors.juniper_junos.edge.second_look import Edges
from vendors.juniper_junos.parse import parse

AZURE = IPv4Network("10.20.0.0/16")
OURS = IPv4Network("10.10.0.0/16")
LINE = """
set interfaces xe-0/0/1 vlan-tagging
set interfaces xe-0/0/1 unit 100 vlan-id 100
set interfaces xe-0/0/1 unit 100 family inet address 192.168.15.17/30
set routing-options autonomous-system 65010
"""
PLAIN = """
set protocols bgp group er type external
set protocols bgp group er neighbor 192.168.15.18 peer-as 12076
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A configuration, and what its one link is; `received` as (passes, preference)."""

    name: str
    text: str
    interface: str = "xe-0/0/1.100"
    tags: tuple[int | None, int | None] = (None, 100)
    bfd: tuple[int, int, int] | None = None
    key: str | None = None
    enabled: tuple[bool, bool] = (True, True)
    received: tuple[bool | None, int] = (True, 100)
    default_in: bool | None = True
    sent: bool | None = False
    asn: int = 65_010
    hold: int = 90


CASES = (
    Case(name="nothing but a session: Junos sends nothing of its own", text=LINE + PLAIN),
    Case(
        name="microsoft's sample in braces: two tags, policies both ways",
        text="""
interfaces {
    xe-0/0/1 {
        description "MSEE primary";
        flexible-vlan-tagging;
        unit 100 {
            vlan-tags outer 30 inner 100;
            family inet {
                address 192.168.15.17/30;
            }
        }
    }
}
routing-options {
    autonomous-system 65010;
}
protocols {
    bgp {
        group ER {
            export ours;
            import azure;
            peer-as 12076;
            neighbor 192.168.15.18;
        }
    }
}
policy-options {
    policy-statement ours {
        term 1 {
            from {
                route-filter 10.10.0.0/16 exact;
            }
            then accept;
        }
        then reject;
    }
    policy-statement azure {
        term in {
            from {
                prefix-list-filter AZ orlonger;
            }
            then {
                local-preference 150;
                accept;
            }
        }
        term rest {
            then reject;
        }
    }
    prefix-list AZ {
        10.20.0.0/16;
    }
}
""",
        tags=(30, 100),
        received=(True, 150),
        default_in=False,
        sent=True,
    ),
    Case(
        name="all from the group: key, bfd, preference, hold time",
        text=LINE
        + """
set protocols bgp group er type external
set protocols bgp group er peer-as 12076
set protocols bgp group er local-preference 180
set protocols bgp group er hold-time 30
set protocols bgp group er authentication-key "plainKey1"
set protocols bgp group er bfd-liveness-detection minimum-interval 300
set protocols bgp group er bfd-liveness-detection multiplier 3
set protocols bgp group er neighbor 192.168.15.18
""",
        bfd=(300, 300, 3),
        key="plainKey1",
        received=(True, 180),
        hold=30,
    ),
    Case(
        name="bfd with its two directions apart, at the neighbour",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er bfd-liveness-detection minimum-interval 1000
edit protocols bgp group er neighbor 192.168.15.18
set bfd-liveness-detection minimum-receive-interval 400
set bfd-liveness-detection transmit-interval minimum-interval 300
top
""",
        bfd=(300, 400, 3),
    ),
    Case(
        name="inherited from a configuration group",
        text="""
set groups MSEE protocols bgp group <*> bfd-liveness-detection minimum-interval 300
set groups MSEE protocols bgp group <*> bfd-liveness-detection multiplier 3
set groups MSEE protocols bgp group <*> import AZ-IN
set groups MSEE interfaces <*> vlan-tagging
set apply-groups MSEE
set interfaces xe-0/0/1 unit 100 vlan-id 100
set interfaces xe-0/0/1 unit 100 family inet address 192.168.15.17/30
set routing-options autonomous-system 65010
set protocols bgp group er type external
set protocols bgp group er neighbor 192.168.15.18 peer-as 12076
set policy-options policy-statement AZ-IN term a from route-filter 10.20.0.0/14 upto /24
set policy-options policy-statement AZ-IN term a then local-preference 200
set policy-options policy-statement AZ-IN term a then accept
set policy-options policy-statement AZ-IN then reject
""",
        bfd=(300, 300, 3),
        received=(True, 200),
        default_in=False,
    ),
    Case(
        name="a term that only prefers, and BGP's own default",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import prefer
set policy-options policy-statement prefer from route-filter 10.0.0.0/8 orlonger
set policy-options policy-statement prefer then local-preference 250
""",
        received=(True, 250),
    ),
    Case(
        name="two policies one after the other",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import [ no-default azure ]
set policy-options policy-statement no-default term d from route-filter 0.0.0.0/0 exact
set policy-options policy-statement no-default term d then reject
set policy-options policy-statement azure term a from prefix-list AZ
set policy-options policy-statement azure term a then local-preference 170
set policy-options policy-statement azure term a then accept
set policy-options prefix-list AZ 10.20.0.0/16
""",
        received=(True, 170),
        default_in=False,
    ),
    Case(
        name="a condition that is no prefix cannot be judged",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import azure
set policy-options policy-statement azure term a from community MS
set policy-options policy-statement azure term a then accept
set policy-options policy-statement azure term b then reject
""",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="a policy that is not there",
        text=LINE + PLAIN + "set protocols bgp group er neighbor 192.168.15.18 import gone\n",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="a preference that is only set, and then a term that refuses the rest",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import azure
set protocols bgp group er local-preference 130
set policy-options policy-statement azure term prefer from route-filter 10.0.0.0/8 orlonger
set policy-options policy-statement azure term prefer then local-preference 250
set policy-options policy-statement azure term keep from route-filter 10.20.0.0/16 exact
set policy-options policy-statement azure term keep then accept
set policy-options policy-statement azure term rest then reject
""",
        received=(True, 250),
        default_in=False,
    ),
    Case(
        name="a preference that is only set does not let anything in",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import azure
set policy-options policy-statement azure term prefer then local-preference 250
set policy-options policy-statement azure term rest then reject
""",
        received=(False, 250),
        default_in=False,
    ),
    Case(
        name="the longest route filter around a prefix decides, not a shorter one",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import azure
set policy-options policy-statement azure term a from route-filter 10.0.0.0/8 orlonger
set policy-options policy-statement azure term a from route-filter 10.20.0.0/15 exact
set policy-options policy-statement azure term a then accept
set policy-options policy-statement azure then reject
""",
        received=(False, 100),
        default_in=False,
    ),
    Case(
        name="a route filter that acts by itself cannot be judged",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import azure
set policy-options policy-statement azure term a from route-filter 10.20.0.0/16 exact reject
set policy-options policy-statement azure term a then accept
set policy-options policy-statement azure then reject
""",
        received=(None, 100),
        default_in=False,
    ),
    Case(
        name="options of an AS number on lines of their own",
        text=LINE
        + PLAIN
        + "set routing-options autonomous-system loops 2\n"
        + "set routing-options autonomous-system asdot-notation\n",
    ),
    Case(
        name="disabled port and deactivated neighbour",
        text=LINE
        + PLAIN
        + "set interfaces xe-0/0/1 disable\n"
        + "deactivate protocols bgp group er neighbor 192.168.15.18\n",
        enabled=(False, False),
    ),
    Case(
        name="in a routing instance, local AS at the group, key with a master password",
        text="""
set interfaces xe-0/0/1 flexible-vlan-tagging
set interfaces xe-0/0/1 unit 100 vlan-tags outer 0x8100.30
set interfaces xe-0/0/1 unit 100 vlan-tags inner 0x8100.100
set interfaces xe-0/0/1 unit 100 family inet address 192.168.15.17/30
set routing-instances AZ instance-type virtual-router
set routing-instances AZ interface xe-0/0/1.100
set routing-instances AZ protocols bgp group er type external
set routing-instances AZ protocols bgp group er local-as 65020
set routing-instances AZ protocols bgp group er authentication-key "$8$aes256-gcm$x$y$z"
set routing-instances AZ protocols bgp group er neighbor 192.168.15.18 peer-as 12076
""",
        tags=(30, 100),
        key="hidden",
        asn=65_020,
    ),
    Case(
        name="export by protocol alone: what that is cannot be told",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er export all-direct
set policy-options policy-statement all-direct term 1 from protocol direct
set policy-options policy-statement all-direct term 1 then accept
""",
        sent=None,
    ),
    Case(
        name="export by protocol and prefix",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er export mine
set policy-options policy-statement mine term bgp from protocol bgp
set policy-options policy-statement mine term bgp then reject
set policy-options policy-statement mine term 1 from protocol [ direct static ]
set policy-options policy-statement mine term 1 from route-filter 10.0.0.0/8 upto /16
set policy-options policy-statement mine term 1 then accept
set policy-options policy-statement mine then reject
""",
        sent=True,
    ),
    Case(
        name="next policy leaves the rest of a policy out",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import [ first then ]
set policy-options policy-statement first term 1 from route-filter 10.0.0.0/8 orlonger
set policy-options policy-statement first term 1 from route-filter 10.99.0.0/16 exact
set policy-options policy-statement first term 1 then local-preference 220
set policy-options policy-statement first term 1 then next policy
set policy-options policy-statement first term 2 then local-preference 50
set policy-options policy-statement first term 3 from route-filter 0.0.0.0/0 exact
set policy-options policy-statement first term 3 then reject
set policy-options policy-statement then term 1 from route-filter 10.20.0.0/16 exact
set policy-options policy-statement then term 1 then accept
""",
        received=(True, 220),
        default_in=False,
    ),
    Case(
        name="conditions that few know are conditions",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import odd
set policy-options policy-statement odd term 1 from route-filter-list few
set policy-options policy-statement odd term 1 then accept
set policy-options policy-statement odd then reject
""",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="a default action, and a route filter that acts by itself",
        text=LINE
        + PLAIN
        + """
set protocols bgp group er import acts
set policy-options policy-statement acts term 1 from route-filter 10.20.0.0/16 exact reject
set policy-options policy-statement acts term 2 then default-action reject
""",
        received=(None, 100),
        default_in=None,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_others_wrote(case: Case) -> None:
    edge = parse(case.text).edge or Edge()
    (link,) = edge.links
    session = link.session
    assert edge.asn == case.asn
    assert str(session.peer) == "192.168.15.18"
    assert (link.interface, (link.svlan, link.vlan)) == (case.interface, case.tags)
    assert str(link.address) == "192.168.15.17/30"
    bfd = link.bfd
    assert (None if bfd is None else (bfd.transmit_ms, bfd.receive_ms, bfd.multiplier)) == case.bfd
    assert session.bfd is (bfd is not None)
    assert _key(session.key) == case.key
    assert session.hold_seconds == case.hold
    assert (link.enabled, session.enabled) == case.enabled
    verdict = decide(session.receives, AZURE)
    assert (verdict.passes, verdict.local_preference) == case.received
    assert decide(session.receives, DEFAULT_ROUTE).passes is case.default_in
    assert decide(session.sends, OURS).passes is case.sent


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_readers_agree(case: Case) -> None:
    assert cross_check(case.text) == ()


def test_the_second_reader_follows_all_but_what_was_typed_or_inherits() -> None:
    untold = {case.name for case in CASES if not Edges(case.text).told}
    assert untold == {
        "bfd with its two directions apart, at the neighbour",
        "inherited from a configuration group",
    }


def _key(key: Secret | Hidden | None) -> str | None:
    if isinstance(key, Secret):
        return key.reveal()
    return None if key is None else "hidden"


def test_static_routes_are_told_apart_by_where_they_lead() -> None:
    edge = parse(
        "set interfaces st0 unit 0 family inet\n"
        "set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24\n"
        "set routing-options static route 10.20.0.0/16 qualified-next-hop st0.0 preference 200\n"
        "set routing-options static route 10.21.0.0/16 next-hop st0.0\n"
        "set routing-options static route 20.1.2.3/32 next-hop 203.0.113.1\n"
        "set routing-options static route 10.9.9.9/32 next-hop st0.0\n"
        "set routing-options static route 0.0.0.0/0 next-hop 203.0.113.1\n"
    ).edge
    assert edge is not None
    assert {(str(one.prefix), one.via, one.distance) for one in edge.standby} == {
        ("10.20.0.0/16", "st0.0", 200),
        ("10.21.0.0/16", "st0.0", 5),
        ("10.9.9.9/32", "st0.0", 5),
    }
    assert [(str(one.address), one.via) for one in edge.hosts] == [("20.1.2.3", "203.0.113.1")]


def test_a_preference_for_all_static_routes_is_that_of_each() -> None:
    text = (
        "set interfaces st0 unit 0 family inet\n"
        "set routing-options static defaults preference 240\n"
        "set routing-options static route 10.20.0.0/16 next-hop st0.0\n"
        "set routing-options static route 10.21.0.0/16 next-hop st0.0\n"
        "set routing-options static route 10.21.0.0/16 preference 210\n"
    )
    edge = parse(text).edge or Edge()
    assert {(str(one.prefix), one.distance) for one in edge.standby} == {
        ("10.20.0.0/16", 240),
        ("10.21.0.0/16", 210),
    }
    assert cross_check(text) == ()


def test_a_device_without_any_of_it_has_no_edge() -> None:
    assert (
        parse(
            "set system host-name x\nset protocols bgp group a neighbor 10.0.0.1 peer-as 1\n"
        ).edge
        is None
    )
