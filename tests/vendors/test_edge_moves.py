"""A link of a circuit that the inventory has on another port, or with another tag, is moved."""

from __future__ import annotations

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.driver import Driver, change, disagreements, held
from appliance.errors import RefusedError
from appliance.model.difference import Severity
from appliance.model.edge import Edge, ErLink
from appliance.model.intent import Intent
from appliance.plan import plan
from appliance.record import replace
from tests.vendors import edges
from tests.vendors.boxes import KINDS, Box

ELSEWHERE = {"cisco_ios": "GigabitEthernet1", "juniper_junos": "ge-0/0/3"}


@pytest.fixture(params=edges.DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _with(intent: Intent, *links: ErLink) -> Intent:
    return replace(intent, edge=replace(intent.edge or Edge(), links=links))


def _links(intent: Intent) -> tuple[ErLink, ErLink]:
    first, second = (intent.edge or Edge()).links
    return first, second


def _on(link: ErLink, port: str) -> ErLink:
    return replace(link, interface=f"{port}.{link.interface.partition('.')[2]}")


def _pushed(driver: Driver, intent: Intent) -> Box:
    box = KINDS[driver.name].make()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    return box


def _there(driver: Driver, box: Box) -> dict[str, str]:
    """Which link is where on the device, by Microsoft's address."""
    edge = driver.parse(box.running()).edge or Edge()
    return {str(link.session.peer): link.interface for link in edge.links}


def _told(driver: Driver, box: Box, intent: Intent) -> list[tuple[str, str, object, object]]:
    found = compare(intent, driver.parse(box.running()))
    return [(one.tunnel, one.path, one.intended, one.running) for one in found]


def _moves_and_comes_back(driver: Driver, box: Box, intent: Intent) -> None:
    before = driver.parse(box.running())
    made = plan(intent, before, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not compare(intent, after)
    assert not change(driver, held(after, edge=True), made.meant)
    assert not plan(intent, after, driver).change, "a second push has nothing to do"
    assert disagreements(driver, box.running()) == ()
    there = _there(driver, box)
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert not change(driver, held(back, edge=True), held(before, edge=True))
    assert back.edge == before.edge
    box.apply(made.change)
    assert _there(driver, box) == there


def test_a_link_on_another_port_is_drift_and_is_moved(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    first, second = _links(former)
    meant = _with(former, _on(first, ELSEWHERE[driver.name]), second)
    old, new = first.interface, _links(meant)[0].interface
    assert _told(driver, box, meant) == [("er-1 primary", "edge.link.interface", new, old)]
    (found,) = compare(meant, driver.parse(box.running()))
    assert found.severity is Severity.BREAKING
    assert found.source is not None
    assert found.source.line > 0
    _moves_and_comes_back(driver, box, meant)
    assert _there(driver, box) == {"172.30.0.2": new, "172.30.0.6": second.interface}
    assert old not in driver.parse(box.running()).interfaces, "the former sub-interface is gone"


def test_a_moved_link_keeps_its_session(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    first, second = _links(former)
    made = plan(
        _with(former, _on(first, ELSEWHERE[driver.name]), second),
        driver.parse(box.running()),
        driver,
    )
    said = [step.text.strip() for step in made.change.steps]
    assert not [text for text in said if "172.30.0.2" in text], "BGP is not touched"
    assert not [text for text in said if "172.30.0.5" in text or second.interface in text]


def test_two_links_change_places(driver: Driver) -> None:
    """Each goes where the other still is, with the same tag: no address is ever there twice."""
    former = edges.intent(driver.name)
    first, second = (replace(one, vlan=300) for one in _links(former))
    ports = edges.PORTS[driver.name]
    here = _with(
        former,
        replace(first, interface=f"{ports[0]}.300"),
        replace(second, interface=f"{ports[1]}.300"),
    )
    box = _pushed(driver, here)
    one, other = _links(here)
    meant = _with(
        former,
        replace(one, interface=other.interface),
        replace(other, interface=one.interface),
    )
    assert {path for _, path, _, _ in _told(driver, box, meant)} == {"edge.link.interface"}
    _moves_and_comes_back(driver, box, meant)
    assert _there(driver, box) == {"172.30.0.2": other.interface, "172.30.0.6": one.interface}


def test_another_tag_is_another_sub_interface(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    first, second = _links(former)
    port = edges.PORTS[driver.name][0]
    meant = _with(former, replace(first, vlan=777, interface=f"{port}.777"), second)
    assert _told(driver, box, meant) == [("er-1 primary", "edge.link.vlan", 777, first.vlan)]
    _moves_and_comes_back(driver, box, meant)
    assert _there(driver, box)["172.30.0.2"] == f"{port}.777"
    assert first.interface not in driver.parse(box.running()).interfaces


def test_another_outer_tag_stays_where_it_is(driver: Driver) -> None:
    former = edges.intent(driver.name, qinq=True)
    box = _pushed(driver, former)
    first, second = _links(former)
    meant = _with(former, replace(first, svlan=43), second)
    assert _told(driver, box, meant) == [("er-1 primary", "edge.link.svlan", 43, 42)]
    _moves_and_comes_back(driver, box, meant)
    assert _there(driver, box)["172.30.0.2"] == first.interface


def test_a_unit_is_but_a_name(driver: Driver) -> None:
    """With the port and the tags that are meant it is the link, whatever its number is."""
    former = edges.intent(driver.name)
    first, second = _links(former)
    port = edges.PORTS[driver.name][0]
    box = _pushed(driver, _with(former, replace(first, interface=f"{port}.7"), second))
    seen = driver.parse(box.running())
    assert not compare(former, seen)
    assert not plan(former, seen, driver).change


def test_a_line_that_others_made_is_told_and_not_moved(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    seen = driver.parse(box.running())
    running = seen.edge or Edge()
    theirs = tuple(replace(link, label=None) for link in running.links)
    by_hand = replace(seen, read_edge=lambda: replace(running, links=theirs))
    assert not compare(former, by_hand)
    first, second = _links(former)
    meant = _with(former, _on(first, ELSEWHERE[driver.name]), second)
    assert [one.path for one in compare(meant, by_hand)] == ["edge.link.interface"]
    with pytest.raises(RefusedError) as refused:
        plan(meant, by_hand, driver)
    assert f"{first.interface} has the address for the session with 172.30.0.2" in str(refused)
    assert f"take {first.interface} away by hand" in refused.value.hint


ADDED = {
    "cisco_ios": (
        "interface {0}\n description appliance: er-1 primary\n",
        "interface {0}\n description appliance: er-1 primary\n service-policy output SHAPE\n"
        " ip access-group EDGE in\n",
        "service-policy output, ip access-group",
    ),
    "juniper_junos": (
        "set interfaces {0} unit {1} description ",
        "set interfaces {0} unit {1} family inet filter input EDGE\n"
        "set interfaces {0} unit {1} family mpls\n"
        "set interfaces {0} unit {1} description ",
        "family mpls, family inet filter",
    ),
}
"""What others have put on the sub-interface of the first link, and how it is told."""


def test_what_others_have_put_on_our_sub_interface_is_not_lost(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    first, second = _links(former)
    plain, more, told = ADDED[driver.name]
    names = first.interface.split(".") if driver.name == "juniper_junos" else [first.interface]
    text = box.running()
    assert plain.format(*names) in text
    seen = driver.parse(text.replace(plain.format(*names), more.format(*names), 1))
    assert not compare(former, seen), "where the link stays it is no matter"
    meant = _with(former, _on(first, ELSEWHERE[driver.name]), second)
    with pytest.raises(RefusedError) as refused:
        plan(meant, seen, driver)
    assert f"{first.interface} would go" in refused.value.message
    assert refused.value.message.endswith(f"others have put more on it: {told}")


def test_where_another_line_is_nothing_is_moved(driver: Driver) -> None:
    former = edges.intent(driver.name)
    box = _pushed(driver, former)
    first, second = _links(former)
    seen = driver.parse(box.running())
    there = _on(first, ELSEWHERE[driver.name])
    taken = replace(seen, interfaces={**seen.interfaces, there.interface: None})
    with pytest.raises(RefusedError, match="exists already"):
        plan(_with(former, there, second), taken, driver)


def test_a_session_on_the_port_itself_is_not_given_a_tag() -> None:
    """A router's port carries no `encapsulation dot1Q`: only sub-interfaces do."""
    driver = drivers.load("cisco_ios")
    former = edges.intent("cisco_ios")
    box = _pushed(driver, former)
    seen = driver.parse(box.running())
    running = seen.edge or Edge()
    bare = replace(running.links[0], label=None, interface="GigabitEthernet2", vlan=None)
    by_hand = replace(seen, read_edge=lambda: replace(running, links=(bare, running.links[1])))
    assert [one.path for one in compare(former, by_hand)] == ["edge.link.vlan"]
    with pytest.raises(RefusedError, match="GigabitEthernet2 has the address"):
        plan(former, by_hand, driver)
