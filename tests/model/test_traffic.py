"""Sets of flows: exact, canonical, and the same as counting on a small space."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.model import diagram
from appliance.model.diagram import DIFFERENCE, EMPTY, INTERSECTION, UNION, Interval, Node
from appliance.model.filters import Chain, Entry, Fate, Rule, agrees, asked, decisions, held
from appliance.model.spoken import document, told
from appliance.model.traffic import (
    EVERYTHING,
    ICMP,
    NOTHING,
    PORTS,
    TCP,
    UDP,
    Box,
    Direction,
    Flows,
    answered,
    between,
    flows,
    networks,
)
from appliance.model.tunnel import Source

SIDE = 5
Point = tuple[int, ...]
NET = IPv4Network
TO, FROM = Direction

intervals = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1)).map(
    lambda pair: (min(pair), max(pair))
)
sides = st.lists(intervals, min_size=1, max_size=2)
boxes = st.tuples(sides, sides, sides)
script = st.lists(st.tuples(st.sampled_from((UNION, DIFFERENCE, INTERSECTION)), boxes), max_size=8)


def _points(box: tuple[list[Interval], ...]) -> set[Point]:
    ranges = [{n for low, high in side for n in range(low, high + 1)} for side in box]
    return set(product(*ranges))


def _members(node: Node, depth: int) -> set[Point]:
    if depth == 0:
        return {()} if node else set()
    return {
        (n, *rest)
        for low, high, inner in node
        for n in range(low, high + 1)
        for rest in _members(inner, depth - 1)
    }


def _canonical(node: Node, depth: int) -> bool:
    if depth == 0:
        return node in (EMPTY, diagram.POINT)
    apart = all(
        one[1] < two[0] and not (one[1] + 1 == two[0] and one[2] == two[2])
        for one, two in pairwise(node)
    )
    return apart and all(
        low <= high and inner and _canonical(inner, depth - 1) for low, high, inner in node
    )


@settings(max_examples=400, deadline=None)
@given(script)
def test_the_arithmetic_is_that_of_plain_sets(
    steps: list[tuple[diagram.Keep, tuple[list[Interval], ...]]],
) -> None:
    node, counted = EMPTY, set[Point]()
    for keep, sides_ in steps:
        other, points = diagram.box(sides_), _points(sides_)
        node = diagram.combine(node, other, keep)
        if keep == UNION:
            counted |= points
        elif keep == DIFFERENCE:
            counted -= points
        else:
            counted &= points
        assert _canonical(node, 3)
    assert _members(node, 3) == counted


@settings(max_examples=100, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=6))
def test_equal_sets_are_equal_values_however_they_were_made(
    parts: list[tuple[list[Interval], ...]],
) -> None:
    nodes = [diagram.box(part) for part in parts]
    backwards = EMPTY
    for node in reversed(nodes):
        backwards = diagram.combine(node, backwards, UNION)
    forwards = EMPTY
    for node in nodes:
        forwards = diagram.combine(forwards, node, UNION)
    assert forwards == backwards
    assert hash(forwards) == hash(backwards)


def test_everything_without_a_network_is_two_ranges() -> None:
    rest = EVERYTHING - between(NET("0.0.0.0/0"), NET("10.1.0.0/16"))
    assert rest & between(NET("0.0.0.0/0"), NET("10.1.7.0/24")) == NOTHING
    assert rest | between(NET("0.0.0.0/0"), NET("10.1.0.0/16")) == EVERYTHING
    (box,) = rest.boxes()
    assert box.remote == ((0, 0x0A00FFFF), (0x0A020000, 0xFFFFFFFF))


def test_boxes_make_the_set_again() -> None:
    made = (between(NET("10.0.0.0/8"), NET("10.9.0.0/16")) - _tcp(22, NET("10.1.0.0/16"))) | _tcp(
        443, NET("192.0.2.0/24")
    )
    again = NOTHING
    for box in made.boxes():
        assert not (again & flows(box)), "boxes do not overlap"
        again |= flows(box)
    assert again == made


def _tcp(port: int, local: IPv4Network, direction: Direction | None = None) -> Flows:
    rule = Rule(permit=True, local=local, protocol=TCP, ports=((port, port),), direction=direction)
    return rule.flows()


def test_what_has_no_ports_is_in_no_set_with_ports() -> None:
    assert not (flows(Box(ports=((443, 443),))) & flows(Box(protocol=((ICMP, ICMP),))))
    assert flows(Box(protocol=((ICMP, ICMP),)))
    assert not flows(Box(protocol=((47, 47),), from_ports=((1, 2),)))


def test_answers_may_begin_where_nobody_can_tell() -> None:
    asked_ = flows(Box(direction=((0, 0),), protocol=((UDP, UDP),), ports=((53, 53),)))
    closed = answered(((UDP, UDP),), asked_)
    back = flows(Box(direction=((1, 1),), protocol=((UDP, UDP),), from_ports=((53, 53),)))
    assert closed == asked_ | back
    assert answered(((TCP, TCP),), asked_) == asked_


def test_the_first_rule_decides() -> None:
    wanted = asked(
        (
            Rule(permit=False, remote=NET("10.20.9.0/24")),
            Rule(permit=True, protocol=TCP, ports=((443, 443),), direction=TO),
        )
    )
    assert told(wanted.passes) == ["tcp 443: all -> all but 10.20.9.0/24"]


def test_a_set_in_words_and_as_a_document() -> None:
    made = _tcp(443, NET("10.1.0.0/16"), TO) | flows(Box(protocol=((ICMP, ICMP),)))
    assert told(made) == ["icmp: all <-> all", "tcp 443: 10.1.0.0/16 -> all"]
    assert {
        "direction": "to-azure",
        "protocol": "tcp",
        "local": ["10.1.0.0/16"],
        "remote": ["all"],
        "ports": ["443"],
    } in document(made)
    assert told(NOTHING) == ["nothing"]
    assert told(EVERYTHING) == ["any: all <-> all"]


LINES = [Source(number, f"line {number}") for number in range(9)]


def _chain(*entries: Entry, otherwise: bool = False) -> Chain:
    return Chain(name="list", entries=entries, source=LINES[0], otherwise=otherwise)


def test_lines_that_nobody_understands_leave_a_doubt_and_no_more() -> None:
    web, ssh = _tcp(443, NET("10.1.0.0/16"), TO), _tcp(22, NET("10.1.0.0/16"), TO)
    chain = _chain(
        Entry(flows=ssh, permit=False, source=LINES[1]),
        Entry(flows=ssh | web, permit=True, source=LINES[2], sure=False),
        Entry(flows=web, permit=True, source=LINES[3]),
        Entry(flows=EVERYTHING, permit=False, source=LINES[4], sure=False),
    )
    known = held((chain,))
    assert known.passes == web
    assert not known.perhaps, (
        "the doubtful permit is before the same, the doubtful denial at the end"
    )
    doubtful = held((_chain(Entry(flows=web, permit=True, source=LINES[1], sure=False)),))
    assert (doubtful.passes, doubtful.perhaps) == (NOTHING, web)
    assert agrees(
        asked(
            (
                Rule(
                    permit=True,
                    local=NET("10.1.0.0/16"),
                    protocol=TCP,
                    ports=((443, 443),),
                    direction=TO,
                ),
            )
        ),
        doubtful,
    )
    assert [
        (found.fate, found.source.line) for found in decisions(doubtful.chains[0], web | ssh)
    ] == [(Fate.UNKNOWN, 1), (Fate.BLOCKED, 0)]
    assert [(f.fate, f.source.line) for f in decisions(chain, web | ssh)] == [
        (Fate.BLOCKED, 1),
        (Fate.PASSES, 3),
    ]


def test_hundreds_of_lines_stay_small() -> None:
    entries = [
        Entry(
            flows=flows(
                Box(
                    protocol=((TCP, TCP),),
                    local=((n << 8, (n << 8) + 255),),
                    remote=((n << 10, (n << 10) + 4095),),
                    ports=((n % 7 * 100, n % 7 * 100 + 50),),
                )
            ),
            permit=bool(n % 5),
            source=LINES[0],
        )
        for n in range(600)
    ]
    known = held((_chain(*entries),))
    assert 0 < sum(1 for _ in known.passes.boxes()) < 2_000


def test_networks_of_a_range() -> None:
    assert list(networks(((0x0A000000, 0x0A0001FF), (5, 5)))) == [
        NET("10.0.0.0/23"),
        NET("0.0.0.5/32"),
    ]
    assert PORTS == ((0, 65535),)


def test_filters_are_told_apart_by_their_words() -> None:
    one = asked((Rule(permit=True, protocol=TCP, ports=((443, 443),)),))
    other = asked((Rule(permit=True, protocol=TCP, ports=((444, 444),)),))
    assert repr(one) != repr(other), "plans and progress are digests of intents"
    assert str(one).startswith("tcp 443: all <-> all (")
    known = held((_chain(Entry(flows=one.passes, permit=True, source=LINES[1])),))
    assert str(known) == str(one)
    assert known == one
    assert repr(known) == "Filter(of a device)"
    assert str(other) != str(one)
