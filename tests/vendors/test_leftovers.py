"""What a site has made and asks for no more: told, left alone, and taken away on demand."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.driver import Driver, change, held
from appliance.gates import Question
from appliance.gates.others import GATES
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.difference import Severity, Verdict
from appliance.model.edge import Bfd, Edge, ErLink
from appliance.model.intent import Intent, Observed
from appliance.model.interruption import Effect
from appliance.model.leftover import left_over
from appliance.model.pairing import LABEL
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel
from appliance.plan import plan
from appliance.record import replace
from tests.vendors import edges, intents
from tests.vendors.boxes import KINDS, Box
from tests.vendors.two_sites import job


@pytest.fixture(params=drivers.names())
def any_driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


@pytest.fixture(params=edges.DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _two(driver: Driver) -> Intent:
    """Two tunnels to a gateway of two instances."""
    made = intents.expectation()
    both = replace(made, endpoints=(*made.endpoints, intents.SECOND))
    return fit(intend(intents.site(driver.name), both, Secret("Zk3vR8wQ1xT6yB4n")), driver)


def _pushed(driver: Driver, intent: Intent) -> Box:
    box = KINDS[driver.name].make()
    box.apply(plan(intent, driver.parse(box.running()), driver).change)
    return box


def _seen(driver: Driver, box: Box) -> Observed:
    return driver.parse(box.running())


def test_a_tunnel_that_the_site_has_no_more_is_told_and_goes_on_demand(any_driver: Driver) -> None:
    driver, two = any_driver, _two(any_driver)
    box = _pushed(driver, two)
    first, second = two.tunnels
    meant = replace(two, tunnels=(first,))
    before = _seen(driver, box)
    (old,) = left_over(meant, before).tunnels
    assert old.remote.addresses == second.remote.addresses
    found = compare(meant, before)
    assert [(one.path, one.verdict, one.severity) for one in found] == [
        ("leftover", Verdict.EXTRA, Severity.WARNING)
    ]
    assert second.name in found[0].reason
    made = plan(meant, before, driver)
    assert made.differences == found
    assert not made.change, "nobody asked for it to go"
    clearing = replace(meant, clears=True)
    made = plan(clearing, before, driver)
    box.apply(made.change)
    after = _seen(driver, box)
    assert not compare(meant, after)
    assert not plan(clearing, after, driver).change
    assert {one.name for one in after.tunnels} == {one.name for one in before.tunnels} - {old.name}
    gone = [one for one in made.interruptions if one.tunnel == old.name]
    assert [(one.ours, one.effect) for one in gone] == [(True, Effect.GONE)]
    box.apply(made.rollback)
    assert not compare(two, _seen(driver, box))


def test_it_goes_together_with_what_else_is_amiss(any_driver: Driver) -> None:
    driver, two = any_driver, _two(any_driver)
    box = _pushed(driver, two)
    first, _ = two.tunnels
    elsewhere = (IPv4Address("198.51.100.77"),)
    remote = replace(first.remote, addresses=elsewhere)
    moved = replace(first, remote=remote, permits=None if first.permits is None else elsewhere)
    meant = replace(two, tunnels=(moved,), clears=True)
    before = _seen(driver, box)
    assert {one.path for one in compare(meant, before)} >= {"remote.addresses", "leftover"}
    made = plan(meant, before, driver)
    box.apply(made.change)
    assert not compare(meant, _seen(driver, box))
    assert not plan(meant, _seen(driver, box), driver).change


def test_what_has_another_label_or_none_is_never_left_over(any_driver: Driver) -> None:
    driver, two = any_driver, _two(any_driver)
    seen = _seen(driver, _pushed(driver, two))
    meant = replace(two, tunnels=two.tunnels[:1], clears=True)
    assert len(left_over(meant, seen).tunnels) == 1
    for label in ("site-b-2", "site-a-x-2", "site-a", None):
        strange = replace(seen, tunnels=tuple(_labelled(one, label) for one in seen.tunnels))
        assert left_over(meant, strange).tunnels == (), label


def _labelled(tunnel: Tunnel, label: str | None) -> Tunnel:
    objects = {kind: name for kind, name in tunnel.objects.items() if kind != LABEL}
    return replace(tunnel, objects=objects if label is None else {**objects, LABEL: label})


def test_no_gate_is_in_the_way_of_what_is_the_sites_own(any_driver: Driver) -> None:
    driver, two = any_driver, _two(any_driver)
    seen = _seen(driver, _pushed(driver, two))
    meant = replace(two, tunnels=two.tunnels[:1], clears=True)
    asked = Question(job=job(meant), plan=plan(meant, seen, driver))
    assert asked.plan.change
    assert [reason for gate in GATES for reason in gate.find(asked)] == []


def _edged(driver: Driver) -> tuple[Intent, Edge, Box]:
    intent = edges.intent(driver.name)
    return intent, intent.edge or Edge(), _pushed(driver, intent)


def _there(driver: Driver, box: Box) -> list[str]:
    return [str(one.session.peer) for one in (_seen(driver, box).edge or Edge()).links]


def _same_edge(driver: Driver, one: Observed, other: Observed) -> bool:
    return not change(driver, held(one, edge=True), held(other, edge=True))


@pytest.mark.parametrize("all_of_it", [False, True])
def test_a_link_that_the_site_has_no_more_is_told_and_goes_on_demand(
    driver: Driver, *, all_of_it: bool
) -> None:
    """One link of the two, or the whole of `express_route`."""
    intent, edge, box = _edged(driver)
    meant = replace(intent, edge=None if all_of_it else replace(edge, links=edge.links[:1]))
    gone = edge.links if all_of_it else edge.links[1:]
    before = _seen(driver, box)
    found = compare(meant, before)
    assert [(one.tunnel, one.path, one.verdict, one.severity) for one in found] == [
        (link.label, "edge.leftover", Verdict.EXTRA, Severity.WARNING) for link in gone
    ]
    assert all(
        str(one.running).startswith(link.interface) for one, link in zip(found, gone, strict=True)
    )
    assert all(one.source is not None and one.source.line > 0 for one in found)
    assert not plan(meant, before, driver).change, "nobody asked for it to go"
    clearing = replace(meant, clears=True)
    made = plan(clearing, before, driver)
    box.apply(made.change)
    after = _seen(driver, box)
    assert not compare(meant, after)
    assert not plan(clearing, after, driver).change
    assert _there(driver, box) == [str(one.session.peer) for one in edge.links if one not in gone]
    assert after.tunnels == before.tunnels, "the VPN stays as it is"
    assert ("appliance-er-" in box.running()) is not all_of_it, "and filters that nobody uses go"
    box.apply(made.rollback)
    back = _seen(driver, box)
    assert _same_edge(driver, back, before)
    assert not compare(intent, back)


def test_filters_stay_as_long_as_a_link_that_is_left_over_uses_them(driver: Driver) -> None:
    """Else its session would let everything in. The link that is meant has filters of others."""
    intent, edge, box = _edged(driver)
    seen = _seen(driver, box)
    running = seen.edge or Edge()
    foreign = {
        kind: name.replace("appliance-er-site-a", "THEIRS")
        for kind, name in running.links[0].objects.items()
    }
    first = replace(running.links[0], objects=foreign)
    theirs = replace(running, links=(first, *running.links[1:]))
    by_hand = replace(seen, read_edge=lambda: theirs)
    meant = replace(
        intent, edge=replace(edge, links=(replace(edge.links[0], bfd=Bfd(transmit_ms=400)),))
    )
    assert "edge.link.bfd" in {one.path for one in compare(meant, by_hand)}
    made = plan(meant, by_hand, driver)
    assert made.change
    assert made.edge_target is not None
    assert made.edge_target.objects == running.objects
    cleared = plan(replace(meant, clears=True), by_hand, driver)
    assert cleared.edge_target is not None
    assert not [key for key in cleared.edge_target.objects if "appliance-er-" in key]


def _foreign(link: ErLink) -> ErLink:
    return replace(link, label=None)


def _of_another_site(link: ErLink) -> ErLink:
    names = {k: v.replace("er-site-a", "er-site-ab") for k, v in link.objects.items()}
    return replace(link, objects=names)


@pytest.mark.parametrize("made", [_foreign, _of_another_site])
def test_lines_of_others_and_of_other_sites_are_never_left_over(
    driver: Driver, made: Callable[[ErLink], ErLink]
) -> None:
    intent, edge, box = _edged(driver)
    seen = _seen(driver, box)
    running = seen.edge or Edge()
    strange = replace(running, links=(running.links[0], made(running.links[1])))
    observed = replace(seen, read_edge=lambda: strange)
    meant = replace(intent, edge=replace(edge, links=edge.links[:1]), clears=True)
    assert not left_over(meant, observed)
    without = replace(intent, edge=None, clears=True)
    assert [one.session.peer for one in left_over(without, observed).links] == [
        running.links[0].session.peer
    ]


def test_a_site_beside_leaves_the_circuits_of_another_alone(driver: Driver) -> None:
    """A second site on the device, without circuits: those there are none of its business."""
    _, _, box = _edged(driver)
    second = replace(edges.vpn(driver.name), site="other", clears=True)
    assert not left_over(second, _seen(driver, box)).links
