"""The laws of drivers, for what they do of ExpressRoute; one body for all of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.compare import compare
from appliance.driver import Driver, change, disagreements, held, place
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.edge import Bfd, Edge, ErLink, Held, HostRoute, lets, port
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Hidden, Secret
from appliance.plan import plan
from appliance.record import replace
from tests.vendors import edges
from tests.vendors.boxes import KINDS
from tests.vendors.cisco_ios.box import IosBox

LAWS = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=edges.DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _intent(driver: Driver, data: st.DataObject) -> Intent:
    return data.draw(edges.edged(driver.name))


def _target(driver: Driver, intent: Intent) -> Held:
    return place(driver, intent, Observed(driver=driver.name))


def _text(driver: Driver, intent: Intent) -> str:
    made = change(driver, Held(), _target(driver, intent))
    steps = "".join(f"{step.reveal()}\n" for step in made.steps)
    return KINDS[driver.name].OUTSIDE + steps


def _held(driver: Driver, text: str) -> Held:
    return held(driver.parse(text), edge=True)


def test_there_are_drivers_for_it() -> None:
    assert edges.DRIVERS == ("cisco_ios", "juniper_junos")


@LAWS
@given(data=st.data())
def test_parse_after_render_is_identity(driver: Driver, data: st.DataObject) -> None:
    intent = _intent(driver, data)
    target, found = _target(driver, intent), _held(driver, _text(driver, intent))
    assert not change(driver, found, target)
    assert not change(driver, target, found)
    assert not compare(intent, driver.parse(_text(driver, intent)))
    assert found.edge is not None
    assert target.edge is not None
    assert found.edge.hosts == target.edge.hosts
    assert set(found.edge.standby) == set(target.edge.standby)
    assert [one.session.key for one in found.edge.links] == [
        one.session.key for one in target.edge.links
    ]


@LAWS
@given(data=st.data())
def test_two_readers_agree_on_what_a_device_then_prints(
    driver: Driver, data: st.DataObject
) -> None:
    box = KINDS[driver.name].make()
    box.apply(plan(_intent(driver, data), driver.parse(box.running()), driver).change)
    assert disagreements(driver, box.running()) == ()


Misread = tuple[str, Callable[[Edge], Edge]]


def _on_first(**members: object) -> Callable[[Edge], Edge]:
    def misread(edge: Edge) -> Edge:
        first = replace(edge.links[0], **members)  # type: ignore[arg-type]  # fields by name
        return replace(edge, links=(first, *edge.links[1:]))

    return misread


def _session(**members: object) -> Callable[[Edge], Edge]:
    def misread(edge: Edge) -> Edge:
        session = replace(edge.links[0].session, **members)  # type: ignore[arg-type]  # as above
        return _on_first(session=session)(edge)

    return misread


MISREAD: tuple[Misread, ...] = (
    ("peer", lambda edge: replace(edge, links=edge.links[1:])),
    ("interface", _on_first(interface="elsewhere.1")),
    ("address", _on_first(address=None)),
    ("vlan", _on_first(vlan=7)),
    ("svlan", _on_first(svlan=7)),
    ("line", _on_first(enabled=False)),
    ("bfd timers", _on_first(bfd=Bfd(transmit_ms=900))),
    ("key", _session(key=None)),
    ("bfd", _session(bfd=False)),
    ("session", _session(enabled=False)),
    ("timers", _session(hold_seconds=30)),
    ("in 0.0.0.0/0", _session(receives=None)),
    ("in 10.20.0.0/16", _session(receives=lets(edges.VNETS[:2], 150))),
    ("in 10.21.0.0/16", _session(receives=lets(edges.VNETS[:1], 200))),
    ("out 10.10.0.0/16", _session(sends=lets(edges.OURS[1:]))),
    ("asn", lambda edge: replace(edge, asn=65_011)),
    ("hosts", lambda edge: replace(edge, hosts=())),
    ("standby", lambda edge: replace(edge, standby=())),
)


@pytest.mark.parametrize("misread", MISREAD, ids=lambda one: one[0])
def test_a_misread_edge_is_told_by_the_second_reader(
    driver: Driver, misread: Misread, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, change_ = misread
    box = KINDS[driver.name].make()
    box.apply(plan(edges.intent(driver.name), driver.parse(box.running()), driver).change)
    text = box.running()
    seen = driver.parse(text)
    wrong = change_(seen.edge or Edge())
    module = import_module(f"vendors.{driver.name}.cross_check")
    monkeypatch.setattr(module, "parse", lambda _text: replace(seen, read_edge=lambda: wrong))
    found = disagreements(driver, text)
    assert field in {one.field for one in found}
    assert edges.KEY.reveal() not in repr(found)


@LAWS
@given(data=st.data())
def test_change_of_equals_is_empty(driver: Driver, data: st.DataObject) -> None:
    target = _target(driver, _intent(driver, data))
    assert not change(driver, target, target)


@LAWS
@given(data=st.data())
def test_rendering_twice_gives_equal_bytes(driver: Driver, data: st.DataObject) -> None:
    intent = _intent(driver, data)
    assert _text(driver, intent) == _text(driver, intent)


@LAWS
@given(data=st.data())
def test_forward_then_back_is_identity_on_a_device(driver: Driver, data: st.DataObject) -> None:
    intent = _intent(driver, data)
    box = KINDS[driver.name].make()
    before = driver.parse(box.running())
    made = plan(intent, before, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not change(driver, held(after, edge=True), made.meant), "what was meant is there"
    assert not compare(intent, after)
    assert not plan(intent, after, driver).change, "a second push has nothing to do"
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert back.tunnels == before.tunnels
    assert not change(driver, held(back, edge=True), held(before, edge=True))
    assert (back.edge or Edge()).links == ()


@LAWS
@given(data=st.data())
def test_one_edge_becomes_another_and_back(driver: Driver, data: st.DataObject) -> None:
    first = _intent(driver, data)
    second = replace(first, edge=_same_vpn(first, _intent(driver, data)), clears=True)
    box = KINDS[driver.name].make()
    box.apply(plan(first, driver.parse(box.running()), driver).change)
    there = driver.parse(box.running())
    made = plan(second, there, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not change(driver, held(after, edge=True), made.meant)
    assert not [one for one in compare(second, after) if one.severity > Severity.INFORMATION]
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert not change(driver, held(back, edge=True), held(there, edge=True))


def _same_vpn(first: Intent, second: Intent) -> Edge:
    """The second edge before the VPN of the first, and with the tags that its ports can carry."""
    one, two = first.edge or Edge(), second.edge or Edge()
    return replace(two, networks=one.networks, standby=one.standby, links=_sending(two, one))


def _sending(edge: Edge, other: Edge) -> tuple[ErLink, ...]:
    """What is advertised is the site's; a port that carries one tag cannot be given two."""
    sent = lets(other.networks)
    ports = {port(one) for one in other.links}
    single = ports - {port(one) for one in other.links if one.svlan is not None}
    return tuple(
        replace(
            one,
            svlan=None if port(one) in single else one.svlan,
            session=replace(one.session, sends=sent),
        )
        for one in edge.links
    )


def test_the_key_shows_only_where_it_is_revealed(driver: Driver) -> None:
    canary = Secret("Canary4711CoalMine")
    intent = edges.intent(driver.name, key=canary)
    box = KINDS[driver.name].make()
    made = plan(intent, driver.parse(box.running()), driver)
    box.apply(made.change)
    seen = driver.parse(box.running())
    other = plan(edges.intent(driver.name, key=Secret("Other4711")), seen, driver)
    shown = (
        repr(made),
        made.change.text,
        made.rollback.text,
        repr(seen),
        repr(intent),
        repr(other),
        other.change.text,
        repr([one.sources for one in (seen.edge or Edge()).links]),
    )
    assert not any(canary.reveal() in text for text in shown)
    assert sum(canary.reveal() in step.reveal() for step in made.change.steps) == 2
    assert [one.session.key for one in (seen.edge or Edge()).links] == [canary, canary]


Mutation = tuple[str, str, Severity, Callable[[ErLink], ErLink]]
MUTATIONS: tuple[Mutation, ...] = (
    (
        "edge.link.vlan",
        "different",
        Severity.BREAKING,
        lambda link: replace(link, vlan=777),
    ),
    (
        "edge.link.bfd",
        "missing",
        Severity.WARNING,
        lambda link: replace(link, bfd=None, session=replace(link.session, bfd=False)),
    ),
    (
        "edge.link.bfd",
        "different",
        Severity.WARNING,
        lambda link: replace(link, bfd=Bfd(transmit_ms=900, receive_ms=900, multiplier=5)),
    ),
    (
        "edge.session.key",
        "missing",
        Severity.BREAKING,
        lambda link: replace(link, session=replace(link.session, key=None)),
    ),
    (
        "edge.session.key",
        "different",
        Severity.BREAKING,
        lambda link: replace(link, session=replace(link.session, key=Secret("another1"))),
    ),
    (
        "edge.session.receives",
        "different",
        Severity.BREAKING,
        lambda link: replace(
            link, session=replace(link.session, receives=lets(edges.VNETS[:1], 200))
        ),
    ),
    (
        "edge.session.local_preference",
        "different",
        Severity.WARNING,
        lambda link: replace(
            link, session=replace(link.session, receives=lets(edges.VNETS[:2], 150))
        ),
    ),
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: f"{one[0]} {one[1]}")
def test_each_mutation_is_one_finding_and_is_repaired(driver: Driver, mutation: Mutation) -> None:
    """Both links, since they share their filters; nothing else is found, and nothing is left."""
    path, verdict, severity, mutate = mutation
    intent = edges.intent(driver.name)
    edge = intent.edge or Edge()
    wrong = replace(intent, edge=replace(edge, links=tuple(map(mutate, edge.links))))
    box = KINDS[driver.name].make()
    box.apply(plan(wrong, driver.parse(box.running()), driver).change)
    found = compare(intent, driver.parse(box.running()))
    assert _told(found) == [(path, verdict, severity)] * 2, found
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    assert not compare(intent, driver.parse(box.running()))


def _told(found: tuple[Difference, ...]) -> list[tuple[str, str, Severity]]:
    return [(one.path, str(one.verdict), one.severity) for one in found]


def test_a_lost_link_network_or_host_route_is_found_and_repaired(driver: Driver) -> None:
    intent = edges.intent(driver.name)
    edge = intent.edge or Edge()
    wrongs = (
        ("edge.links", replace(edge, links=edge.links[:1])),
        ("edge.hosts", replace(edge, hosts=())),
        (
            "edge.hosts",
            replace(
                edge,
                hosts=tuple(
                    HostRoute(address=one.address, via="203.0.113.99") for one in edge.hosts
                ),
            ),
        ),
    )
    for path, wrong in wrongs:
        box = KINDS[driver.name].make()
        box.apply(plan(replace(intent, edge=wrong), driver.parse(box.running()), driver).change)
        found = compare(intent, driver.parse(box.running()))
        assert [one.path for one in found] == [path], path
        box.apply(plan(intent, driver.parse(box.running()), driver).change)
        assert not compare(intent, driver.parse(box.running())), path


def test_a_static_route_that_comes_first_is_found_and_put_behind(driver: Driver) -> None:
    intent = edges.intent(driver.name)
    vpn = replace(intent, edge=None)
    box = KINDS[driver.name].make()
    box.apply(plan(vpn, driver.parse(box.running()), driver).change)
    paths = {one.path for one in compare(intent, driver.parse(box.running()))}
    assert {"edge.standby.10.20.0.0/16", "edge.standby.10.21.0.0/16"} <= paths
    made = plan(intent, driver.parse(box.running()), driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not compare(intent, after)
    assert {
        one.distance for one in (after.edge or Edge()).standby if one.via != _others(driver)
    } == {250}
    box.apply(made.rollback)
    assert not compare(vpn, driver.parse(box.running()))


def _others(driver: Driver) -> str:
    """The tunnel interface of a partner that the lab's device has."""
    return {"cisco_ios": "Tunnel50", "juniper_junos": "st0.50"}[driver.name]


def test_a_key_that_cannot_be_read_is_unverifiable_and_left_alone(driver: Driver) -> None:
    intent = edges.intent(driver.name)
    box = KINDS[driver.name].make()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    edge = intent.edge or Edge()
    hidden = Hidden("no key was asked for")
    links = tuple(replace(one, session=replace(one.session, key=hidden)) for one in edge.links)
    keyless = replace(intent, edge=replace(edge, links=links))
    seen = driver.parse(box.running())
    found = compare(keyless, seen)
    assert {(one.path, one.verdict) for one in found} == {
        ("edge.session.key", Verdict.UNVERIFIABLE)
    }
    assert not plan(keyless, seen, driver).change


def test_a_bad_key_is_refused_before_anything_connects(driver: Driver) -> None:
    intent = edges.intent(driver.name, key=Secret("with-a-dash"))
    assert driver.edge is not None
    refused = driver.edge.refusals(intent)
    assert [one.setting for one in refused] == [
        "express_route: md5 of er-1 primary",
        "express_route: md5 of er-1 secondary",
    ]
    assert "dash" not in repr(refused)


def test_what_others_add_on_the_router_is_found_and_taken_away() -> None:
    """Weight, a default route that is sent anyway, and a session that is shut down."""
    driver = drivers.load("cisco_ios")
    intent = edges.intent("cisco_ios")
    box = IosBox()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    box.device.configure(
        "router bgp 65010",
        "neighbor 172.30.0.2 shutdown",
        "address-family ipv4",
        "neighbor 172.30.0.2 weight 500",
        "neighbor 172.30.0.6 default-originate",
    )
    found = compare(intent, driver.parse(box.running()))
    assert {(one.tunnel, one.path) for one in found} == {
        ("er-1 primary", "edge.session.enabled"),
        ("er-1 primary", "edge.session.weight"),
        ("er-1 secondary", "edge.session.sends.others"),
    }
    made = plan(intent, driver.parse(box.running()), driver)
    assert {step.text.strip() for step in made.change.steps if " no " in f" {step.text}"} == {
        "no neighbor 172.30.0.2 shutdown",
        "no neighbor 172.30.0.2 weight",
        "no neighbor 172.30.0.6 default-originate",
    }
    box.apply(made.change)
    assert not compare(intent, driver.parse(box.running()))


def test_what_others_advertise_is_neither_sent_nor_taken_away() -> None:
    """A router that speaks BGP already, with host routes and networks of its own."""
    driver = drivers.load("cisco_ios")
    intent = edges.intent("cisco_ios")
    box = IosBox()
    box.device.configure(
        "ip route 192.0.2.9 255.255.255.255 203.0.113.1",
        "router bgp 65010",
        "address-family ipv4",
        "network 192.168.0.0 mask 255.255.0.0",
    )
    before = driver.parse(box.running())
    made = plan(intent, before, driver)
    assert not [s.text for s in (*made.change.steps, *made.rollback.steps) if "192." in s.text]
    box.apply(made.change)
    assert not compare(intent, driver.parse(box.running()))
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert (back.edge or Edge()).networks == (before.edge or Edge()).networks
    assert (back.edge or Edge()).hosts == (before.edge or Edge()).hosts


def test_foreign_filters_that_do_what_is_asked_keep_their_names() -> None:
    driver = drivers.load("cisco_ios")
    intent = edges.intent("cisco_ios")
    box = IosBox()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    box.device.configure(
        "ip prefix-list THEIRS permit 10.20.0.0/15 ge 16 le 16",
        "route-map THEIRS permit 10",
        "match ip address prefix-list THEIRS",
        "set local-preference 200",
        "router bgp 65010",
        "address-family ipv4",
        "neighbor 172.30.0.2 route-map THEIRS in",
    )
    seen = driver.parse(box.running())
    assert not compare(intent, seen)
    assert not plan(intent, seen, driver).change
