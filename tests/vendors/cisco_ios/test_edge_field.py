"""Edges of routers as others have written them, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pytest

from appliance.model.edge import DEFAULT_ROUTE, Edge, decide
from appliance.model.secret import Hidden, Secret
from vendors.cisco_ios.cross_check import cross_check
from vendors.cisco_ios.parse import parse

AZURE = IPv4Network("10.20.0.0/16")
SUBNET = IPv4Network("10.20.3.0/24")
OURS = IPv4Network("10.10.0.0/16")
LINE = """
interface GigabitEthernet0/0/1
 no ip address
 negotiation auto
!
interface GigabitEthernet0/0/1.100
 encapsulation dot1Q 100
 ip address 192.168.15.17 255.255.255.252
!
"""
PLAIN = """
router bgp 65010
 neighbor 192.168.15.18 remote-as 12076
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A configuration, and what its one link is; `received` and `sent` as (passes, preference)."""

    name: str
    text: str
    interface: str = "GigabitEthernet0/0/1.100"
    tags: tuple[int | None, int | None] = (None, 100)
    bfd: tuple[int, int, int] | None = None
    falls: bool = False
    key: str | None = None
    enabled: tuple[bool, bool] = (True, True)
    received: tuple[bool | None, int] = (True, 100)
    default_in: bool | None = True
    sent: bool | None = True
    default_out: bool | None = True
    weight: int | None = None


CASES = (
    Case(name="nothing but a session", text=LINE + PLAIN),
    Case(
        name="microsoft's sample: QinQ, family, filter inward",
        text="""
interface TenGigabitEthernet0/1/0.100
 encapsulation dot1q 30 second-dot1q 100
 ip address 192.168.15.17 255.255.255.252
router bgp 65010
 bgp log-neighbor-changes
 neighbor 192.168.15.18 remote-as 12076
 !
 address-family ipv4
 neighbor 192.168.15.18 activate
 neighbor 192.168.15.18 route-map MS-Prefixes-Inbound in
 exit-address-family
!
route-map MS-Prefixes-Inbound permit 10
 match ip address prefix-list MS-Prefixes
!
ip prefix-list MS-Prefixes seq 5 permit 10.20.0.0/16 le 24
""",
        interface="TenGigabitEthernet0/1/0.100",
        tags=(30, 100),
        default_in=False,
    ),
    Case(
        name="bfd and a key of type 7, all from a peer group",
        text=LINE.replace(
            " ip address 192", " bfd interval 300 min_rx 300 multiplier 3\n ip address 192"
        )
        + """
router bgp 65010
 neighbor MSEE peer-group
 neighbor MSEE remote-as 12076
 neighbor MSEE password 7 0822455D0A16
 neighbor MSEE fall-over bfd
 neighbor MSEE timers 10 30
 neighbor 192.168.15.18 peer-group MSEE
 address-family ipv4
  neighbor MSEE prefix-list OUT out
  neighbor MSEE weight 500
  neighbor 192.168.15.18 activate
 exit-address-family
ip prefix-list OUT seq 10 deny 10.10.99.0/24
ip prefix-list OUT seq 20 permit 10.10.0.0/16
""",
        bfd=(300, 300, 3),
        falls=True,
        key="cisco",
        default_out=False,
        weight=500,
    ),
    Case(
        name="peer session and peer policy templates",
        text=LINE
        + """
router bgp 65010
 template peer-policy ER-POL
  route-map ER-IN in
  prefix-list OURS out
 exit-peer-policy
 !
 template peer-session BASE
  password s3cretKey
 exit-peer-session
 !
 template peer-session ER-SES
  remote-as 12076
  fall-over bfd
  inherit peer-session BASE
 exit-peer-session
 !
 neighbor 192.168.15.18 inherit peer-session ER-SES
 !
 address-family ipv4
  neighbor 192.168.15.18 activate
  neighbor 192.168.15.18 inherit peer-policy ER-POL
 exit-address-family
!
ip prefix-list AZ permit 10.20.0.0/16
ip prefix-list OURS permit 10.10.0.0/16
route-map ER-IN permit 10
 match ip address prefix-list AZ
 set local-preference 150
route-map ER-IN deny 20
""",
        falls=True,
        key="s3cretKey",
        received=(True, 150),
        default_in=False,
        default_out=False,
    ),
    Case(
        name="several entries: the first that matches decides",
        text=LINE
        + PLAIN
        + """ neighbor 192.168.15.18 route-map IN in
ip prefix-list LAB permit 10.20.3.0/24
ip prefix-list ALL10 permit 10.0.0.0/8 le 32
route-map IN deny 5
 match ip address prefix-list LAB
route-map IN permit 10
 match ip address prefix-list NOT-THIS ALL10
 set local-preference 300
 set community 65010:1
route-map IN permit 1000
ip prefix-list NOT-THIS permit 192.168.0.0/16
""",
        received=(True, 300),
    ),
    Case(
        name="a route map that asks for more than prefixes cannot be judged",
        text=LINE
        + PLAIN
        + """ neighbor 192.168.15.18 route-map IN in
route-map IN permit 10
 match as-path 7
 set local-preference 300
""",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="a route map that is not there",
        text=LINE + PLAIN + " neighbor 192.168.15.18 route-map GONE in\n",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="prefix list and route map in one direction: both must let it pass",
        text=LINE
        + PLAIN
        + """ neighbor 192.168.15.18 prefix-list AZ in
 neighbor 192.168.15.18 route-map PREF in
ip prefix-list AZ seq 5 permit 10.20.0.0/14 le 24
route-map PREF permit 10
 set local-preference 220
""",
        received=(True, 220),
        default_in=False,
    ),
    Case(
        name="the default route is sent whatever the filter says",
        text=LINE
        + PLAIN
        + """ neighbor 192.168.15.18 default-originate
 neighbor 192.168.15.18 prefix-list OURS out
ip prefix-list OURS seq 5 permit 10.10.0.0/16
""",
    ),
    Case(
        name="shut down, and the port too",
        text=LINE.replace(" no ip address\n", " no ip address\n shutdown\n")
        + PLAIN
        + " neighbor 192.168.15.18 shutdown\n",
        enabled=(False, False),
    ),
    Case(
        name="not activated where nothing is by default",
        text=LINE
        + """
router bgp 65010
 no bgp default ipv4-unicast
 neighbor 192.168.15.18 remote-as 12076
 !
 address-family ipv4
 exit-address-family
""",
        enabled=(True, False),
    ),
    Case(
        name="pasted without indentation, shortened, with prompts",
        text="""
edge#show run
interface Gi0/0/1.100
encapsulation dot1Q 100
ip address 192.168.15.17 255.255.255.252
bfd interval 750 min_rx 750 multiplier 4
router bgp 65010
neighbor 192.168.15.18 remote-as 12076
neighbor 192.168.15.18 fall-over bfd single-hop
address-family ipv4
network 10.10.0.0 mask 255.255.0.0
neighbor 192.168.15.18 activate
neighbor 192.168.15.18 distribute-list 7 out
exit-address-family
edge#
""",
        bfd=(750, 750, 4),
        falls=True,
        sent=None,
        default_out=None,
    ),
    Case(
        name="an untagged port, bfd from a template, AS in two parts, key of type 6",
        text="""
bfd-template single-hop FAST
 interval min-tx 100 min-rx 150 multiplier 5
!
interface GigabitEthernet0/0/5
 ip address 192.168.15.17 255.255.255.252
 bfd template FAST
!
router bgp 1.10
 bgp asnotation dot
 neighbor 192.168.15.18 remote-as 0.12076
 neighbor 192.168.15.18 password 6 JDUKUHXWFTeQLZEWKGeUJ
 neighbor 192.168.15.18 fall-over bfd
""",
        interface="GigabitEthernet0/0/5",
        tags=(None, None),
        bfd=(100, 150, 5),
        falls=True,
        key="hidden",
    ),
    Case(
        name="in a VRF, beside another session that is none of Microsoft's",
        text="""
vrf definition AZURE
 address-family ipv4
!
interface GigabitEthernet0/0/1.100
 vrf forwarding AZURE
 encapsulation dot1Q 100
 ip address 192.168.15.17 255.255.255.252
interface GigabitEthernet0/0/9
 ip address 192.168.15.17 255.255.255.252
router bgp 65010
 neighbor 10.0.0.9 remote-as 65010
 address-family ipv4 vrf AZURE
  network 10.10.0.0 mask 255.255.0.0
  neighbor 192.168.15.18 remote-as 12076
  neighbor 192.168.15.18 activate
  neighbor 192.168.15.18 prefix-list NONE out
 exit-address-family
ip prefix-list NONE seq 5 deny 0.0.0.0/0 le 32
""",
        sent=False,
        default_out=False,
    ),
    Case(
        name="activated with its peer group",
        text=LINE
        + """
router bgp 65010
 no bgp default ipv4-unicast
 neighbor MSEE peer-group
 neighbor MSEE remote-as 12076
 neighbor 192.168.15.18 peer-group MSEE
 address-family ipv4
  neighbor MSEE activate
 exit-address-family
""",
    ),
    Case(
        name="a filter of the whole process is one of each neighbour",
        text=LINE
        + PLAIN
        + """
 distribute-list prefix AZ in
ip prefix-list AZ seq 5 permit 10.20.0.0/16
""",
        received=(None, 100),
        default_in=None,
    ),
    Case(
        name="a preference that all other routes have as well",
        text=LINE
        + PLAIN
        + """
 bgp default local-preference 250
 neighbor 192.168.15.18 route-map AZ in
route-map AZ permit 10
 match ip address prefix-list AZ
 set local-preference 200
route-map AZ permit 20
 set local-preference 300
ip prefix-list AZ seq 5 permit 10.20.0.0/16
""",
        received=(None, 100),
        default_in=True,
    ),
    Case(
        name="a switch's interface has its tag in its name",
        text=LINE.replace("GigabitEthernet0/0/1.100", "Vlan100").replace(
            " encapsulation dot1Q 100\n", ""
        )
        + PLAIN,
        interface="Vlan100",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_others_wrote(case: Case) -> None:
    edge = parse(f"hostname edge\n{case.text}").edge or Edge()
    (link,) = edge.links
    session = link.session
    assert str(session.peer) == "192.168.15.18"
    assert (link.interface, (link.svlan, link.vlan)) == (case.interface, case.tags)
    assert str(link.address) == "192.168.15.17/30"
    bfd = link.bfd
    assert (None if bfd is None else (bfd.transmit_ms, bfd.receive_ms, bfd.multiplier)) == case.bfd
    assert (session.bfd, session.weight) == (case.falls, case.weight)
    assert _key(session.key) == case.key
    assert (link.enabled, session.enabled) == case.enabled
    verdict = decide(session.receives, AZURE)
    assert (verdict.passes, verdict.local_preference) == case.received
    assert decide(session.receives, DEFAULT_ROUTE).passes is case.default_in
    assert decide(session.sends, OURS).passes is case.sent
    assert decide(session.sends, DEFAULT_ROUTE).passes is case.default_out


PRINTED = [case for case in CASES if not case.name.startswith("pasted")]


@pytest.mark.parametrize("case", PRINTED, ids=lambda case: case.name)
def test_both_readers_agree_on_what_a_router_prints(case: Case) -> None:
    assert cross_check(f"hostname edge\n{case.text}") == ()


def test_a_text_that_was_typed_is_not_vouched_for() -> None:
    (typed,) = (case for case in CASES if case not in PRINTED)
    found = {(one.tunnel, one.field) for one in cross_check(typed.text)}
    assert ("session with 192.168.15.18", "peer") in found


def _key(key: Secret | Hidden | None) -> str | None:
    if isinstance(key, Secret):
        return key.reveal()
    return None if key is None else "hidden"


def test_a_refused_part_of_a_prefix_stays_refused() -> None:
    case = next(one for one in CASES if one.name.startswith("several"))
    (link,) = (parse(f"hostname e\n{case.text}").edge or Edge()).links
    assert decide(link.session.receives, SUBNET).passes is False


def test_static_routes_are_told_apart_by_where_they_lead() -> None:
    edge = parse(
        "hostname e\n"
        "ip route 10.20.0.0 255.255.0.0 Tunnel1 250 name backup\n"
        "ip route 10.21.0.0 255.255.0.0 Tunnel 2\n"
        "ip route 20.1.2.3 255.255.255.255 203.0.113.1 track 1\n"
        "ip route 20.1.2.4 255.255.255.255 GigabitEthernet0/0/0 203.0.113.1 tag 9\n"
        "ip route vrf X 20.1.2.5 255.255.255.255 203.0.113.1\n"
        "ip route 0.0.0.0 0.0.0.0 203.0.113.1\n"
    ).edge
    assert edge is not None
    assert [(str(one.prefix), one.via, one.distance) for one in edge.standby] == [
        ("10.20.0.0/16", "Tunnel1", 250),
        ("10.21.0.0/16", "Tunnel2", 1),
    ]
    assert [(str(one.address), one.via) for one in edge.hosts] == [
        ("20.1.2.3", "203.0.113.1"),
        ("20.1.2.4", "GigabitEthernet0/0/0 203.0.113.1"),
    ]


def test_a_banner_is_no_configuration() -> None:
    said = "router bgp 1\n neighbor 9.9.9.9 remote-as 12076\n"
    text = f"hostname e\n{LINE}{PLAIN}banner motd ^C\n{said}^C\n"
    assert [str(one.session.peer) for one in (parse(text).edge or Edge()).links] == [
        "192.168.15.18"
    ]


def test_a_router_without_any_of_it_has_no_edge() -> None:
    assert (
        parse("hostname e\ninterface Loopback0\n ip address 10.0.0.1 255.255.255.255\n").edge
        is None
    )


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        (" set local-preference 150", " set local-preference"),
        ("  password s3cretKey", "  password"),
        ("  remote-as 12076", "  no remote-as 12076"),
        ("  route-map ER-IN in", "  route-map"),
    ],
)
def test_a_statement_that_is_cut_short_stops_nothing(whole: str, cut: str) -> None:
    case = next(one for one in CASES if one.name.startswith("peer session"))
    assert whole in case.text
    found = parse(f"hostname e\n{case.text.replace(whole, cut)}")
    assert found.edge is None or len(found.edge.links) <= 1
