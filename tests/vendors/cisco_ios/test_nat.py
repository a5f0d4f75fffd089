"""NAT that takes traffic before a crypto map can: which pairs, by which line, what it spares."""

from __future__ import annotations

import random
from ipaddress import IPv4Address, IPv4Network
from itertools import product

import pytest

from appliance.model.tunnel import Tunnel
from vendors.cisco_ios.parse import parse

MAP = """crypto isakmp policy 1
 authentication pre-share
crypto isakmp key Kk address 192.0.2.77
crypto map M 5 ipsec-isakmp
 set peer 192.0.2.77
 match address VPN
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.255.255 10.77.0.0 0.0.255.255
 permit ip 10.2.0.0 0.0.255.255 10.77.0.0 0.0.255.255
interface GigabitEthernet0
 ip address 192.0.2.9 255.255.255.0
 ip nat outside
 crypto map M
interface GigabitEthernet1
 ip address 10.1.0.1 255.255.0.0
 ip nat inside
"""
BY_MAP = "ip nat inside source route-map NONAT interface GigabitEthernet0 overload\n"
BY_LIST = "ip nat inside source list 120 interface GigabitEthernet0 overload\n"
ALL = "access-list 120 permit ip any any\n"
BOTH = ["10.1.0.0/16 <-> 10.77.0.0/16", "10.2.0.0/16 <-> 10.77.0.0/16"]


def only(text: str) -> Tunnel:
    (tunnel,) = parse(text).tunnels
    return tunnel


def lost(text: str) -> list[str]:
    """The pairs that NAT takes, by what it leaves."""
    tunnel = only(MAP + text)
    left = tunnel.selectors if tunnel.passes is None else tunnel.passes
    assert bool(tunnel.quirks) == (tunnel.passes is not None)
    return [str(pair) for pair in tunnel.selectors if pair not in left]


DENY_1 = "access-list 120 deny ip 10.1.0.0 0.0.255.255 10.77.0.0 0.0.255.255\n"
DENY_2 = "access-list 120 deny ip 10.2.0.0 0.0.255.255 10.77.0.0 0.0.255.255\n"


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        (ALL, BOTH),
        (DENY_1 + ALL, BOTH[1:]),
        (DENY_1 + DENY_2 + ALL, []),
        ("access-list 120 deny ip 10.0.0.0 0.15.255.255 10.64.0.0 0.31.255.255\n" + ALL, []),
        ("access-list 120 deny ip any 10.77.0.0 0.0.127.255\n" + ALL, BOTH),
        (
            "access-list 120 deny ip any 10.77.0.0 0.0.127.255\n"
            "access-list 120 deny ip any 10.77.128.0 0.0.127.255\n" + ALL,
            [],
        ),
        (ALL + DENY_1 + DENY_2, BOTH),
        ("access-list 120 deny tcp any 10.77.0.0 0.0.255.255\n" + ALL, BOTH),
        ("access-list 120 permit ip 10.1.5.0 0.0.0.255 any\n", BOTH[:1]),
        ("access-list 120 permit ip 10.9.0.0 0.0.255.255 any\n", []),
        ("access-list 120 deny ip 10.0.0.0 0.255.0.255 any\n" + ALL, []),
        ("", []),
    ],
)
def test_what_a_list_takes(rows: str, taken: list[str]) -> None:
    assert lost(BY_LIST + rows) == taken
    assert lost(BY_MAP + "route-map NONAT permit 10\n match ip address 120\n" + rows) == taken


def test_a_standard_list_knows_no_destination() -> None:
    rows = "access-list 12 permit 10.1.0.0 0.0.255.255\n"
    assert lost(BY_LIST.replace("120", "12") + rows) == BOTH[:1]


@pytest.mark.parametrize(
    ("clauses", "taken"),
    [
        (
            "deny 5\n match ip address 121\n!\nroute-map NONAT permit 10\n match ip address 120\n",
            [],
        ),
        (
            "permit 20\n match ip address 120\n!\nroute-map NONAT deny 5\n match ip address 121\n",
            [],
        ),
        ("permit 10\n match ip address 121 120\n", BOTH),
        ("permit 10\n match ip address 120\n match interface GigabitEthernet0\n", BOTH),
        ("permit 10\n match ip address 120\n match interface Dialer1\n", []),
        ("permit 10\n match ip address 120\n match ip next-hop 5\n", []),
        ("permit 10\n", []),
    ],
)
def test_clauses_of_a_route_map_in_order(clauses: str, taken: list[str]) -> None:
    lists = ALL + "access-list 121 permit ip any 10.77.0.0 0.0.255.255\n"
    assert lost(BY_MAP + "route-map NONAT " + clauses + lists) == taken


@pytest.mark.parametrize(
    "rule",
    [
        "ip nat inside source list 120 interface Dialer1 overload",
        "ip nat inside source list 120 pool P vrf OTHER overload",
        "ip nat inside source static 10.1.0.5 192.0.2.50",
        "ip nat inside destination list 120 pool P",
        "ip nat outside source list 120 pool P",
    ],
)
def test_rules_about_other_traffic_are_in_nobodys_way(rule: str) -> None:
    assert lost(f"{rule}\n{ALL}") == []
    assert lost(f"ip nat inside source list 120 pool P overload\n{rule}\n{ALL}") == BOTH


@pytest.mark.parametrize("role", [" ip nat outside\n", " ip nat inside\n"])
def test_where_nat_has_one_side_only_it_does_nothing(role: str) -> None:
    assert only(MAP.replace(role, "") + BY_LIST + ALL).passes is None


def test_it_is_told_with_the_line_that_decides() -> None:
    tunnel = only(MAP + BY_LIST + DENY_1 + ALL)
    assert tunnel.quirks == (
        "nat: `ip nat inside source list 120` translates 10.2.0.0/16 <-> 10.77.0.0/16 before it "
        "can enter the tunnel",
    )
    assert tunnel.sources["quirks.nat"].text == "access-list 120 permit ip any any"
    assert tunnel.sources["passes"].text == "access-list 120 permit ip any any"


def test_a_tunnel_interface_is_outside_of_nat() -> None:
    text = """crypto ipsec profile P
interface Tunnel4
 tunnel source GigabitEthernet0
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.77
 tunnel protection ipsec profile P
"""
    bound = MAP.replace(" crypto map M\n", "")
    tunnel = next(one for one in parse(bound + text + BY_LIST + ALL).tunnels if one.interface)
    assert (tunnel.passes, tunnel.quirks) == (None, ())


def test_an_entry_crosses_the_firewall_of_its_interface() -> None:
    zoned = MAP.replace(" crypto map M\n", " zone-member security OUTSIDE\n crypto map M\n")
    found = only(zoned).filter
    assert found is not None
    assert [chain.source.text for chain in found.chains] == ["zone-member security OUTSIDE"]
    assert only(MAP).filter is None


def test_each_pair_and_each_route_has_its_line() -> None:
    sources = only(MAP).sources
    assert sources["selectors.10.2.0.0/16 <-> 10.77.0.0/16"].text == (
        "permit ip 10.2.0.0 0.0.255.255 10.77.0.0 0.0.255.255"
    )


def _packets(network: IPv4Network) -> range:
    return range(int(network[0]), int(network[-1]) + 1)


def _taken(rows: list[tuple[bool, IPv4Network, IPv4Network]], packet: tuple[int, int]) -> bool:
    """Whether the first line that matches a packet is a permit."""
    for permit, source, target in rows:
        if packet[0] in _packets(source) and packet[1] in _packets(target):
            return permit
    return False


@pytest.mark.parametrize("seed", range(40))
def test_the_same_comes_out_packet_by_packet(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 -- no secret

    def some(base: str) -> IPv4Network:
        length = dice.randint(28, 32)
        return IPv4Network((int(IPv4Address(base)) + dice.randrange(16), length), strict=False)

    rows = [(dice.random() < 0.4, some("10.1.0.0"), some("10.77.0.0")) for _ in range(6)]
    text = "".join(
        f"access-list 120 {'permit' if permit else 'deny'} ip {source[0]} {source.hostmask} "
        f"{target[0]} {target.hostmask}\n"
        for permit, source, target in rows
    )
    selector = (some("10.1.0.0"), some("10.77.0.0"))
    local, remote = (f"{one[0]} {one.hostmask}" for one in selector)
    base = MAP.replace(" permit ip 10.2.0.0 0.0.255.255 10.77.0.0 0.0.255.255\n", "").replace(
        "10.1.0.0 0.0.255.255 10.77.0.0 0.0.255.255", f"{local} {remote}"
    )
    packets = product(_packets(selector[0]), _packets(selector[1]))
    expected = any(_taken(rows, packet) for packet in packets)
    assert (only(base + BY_LIST + text).passes is not None) is expected
