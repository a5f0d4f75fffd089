"""Laws of two sites on one device; one body for all drivers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.capability import check
from appliance.compare import compare
from appliance.driver import Driver
from appliance.errors import RefusedError, UnsupportedError
from appliance.gates import Question, others
from appliance.model.algorithms import IkeVersion
from appliance.model.change import Change, Plan, Step
from appliance.model.difference import Difference, Severity
from appliance.model.intent import Beside, Intent, Observed
from appliance.model.interruption import Effect
from appliance.model.pairing import LABEL, mine
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnels
from appliance.plan import foreseen, plan
from tests.vendors import intents, two_sites
from tests.vendors.boxes import KINDS, Box
from tests.vendors.test_laws import DRIVERS, _as_they_were

LAWS = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _planned(box: Box, intent: Intent, driver: Driver) -> Plan:
    return plan(intent, driver.parse(box.running()), driver)


def _pushed(box: Box, intent: Intent, driver: Driver) -> Plan:
    """Pushed as it is, without a gate's leave, with all others left as they were."""
    before = driver.parse(box.running())
    theirs = {one.name for one in mine(intent, before.tunnels)}
    others_ = tuple(one for one in before.tunnels if one.name not in theirs)
    made = plan(intent, before, driver)
    assert list(_closed(intent, made)) == []
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not driver.change(after.tunnels, made.target), "the device holds what was meant"
    assert _unlike(_passing_no_more(_as_they_were(others_, after.tunnels), others_), others_) == []
    return made


def _passing_no_more(after: Tunnels, before: Tunnels) -> Tunnels:
    """Without what policies between zones let through besides: two sites may share a zone.

    The names of policies are no more than names.
    """
    return tuple(
        replace(one, passes=old.passes, filter=old.filter, objects=old.objects)
        if {*(old.passes or ())} <= {*(one.passes or ())}
        else one
        for one, old in zip(after, before, strict=True)
    )


def _unlike(these: Tunnels, those: Tunnels) -> list[str]:
    """What two lists of tunnels do not have in common, field by field."""
    assert [one.name for one in these] == [one.name for one in those]
    return [
        f"{one.name}.{field}: {getattr(one, field)} or {getattr(other, field)}"
        for one, other in zip(these, those, strict=True)
        for field in one.__slots__
        if field != "sources" and getattr(one, field) != getattr(other, field)
    ]


def _closed(intent: Intent, made: Plan) -> Iterator[str]:
    asked = Question(job=two_sites.job(intent), plan=made)
    for gate in others.GATES:
        yield from gate.find(asked)


def _matter(intent: Intent, observed: Observed) -> list[Difference]:
    found = compare(intent, observed)
    return [one for one in found if one.severity > Severity.INFORMATION]


def _rests(box: Box, both: tuple[Intent, ...], driver: Driver) -> None:
    observed = driver.parse(box.running())
    for intent in both:
        assert len(mine(intent, observed.tunnels)) == len(intent.tunnels)
        assert _matter(intent, observed) == []
        assert not _planned(box, intent, driver).change


@LAWS
@given(data=st.data())
def test_whichever_is_pushed_first_both_are_there(driver: Driver, data: st.DataObject) -> None:
    both = data.draw(two_sites.pairs(driver.name))
    for order in (both, both[::-1]):
        box = KINDS[driver.name].make()
        for intent in order:
            _pushed(box, intent, driver)
        _rests(box, both, driver)


@LAWS
@given(data=st.data())
def test_taking_the_second_back_leaves_exactly_the_first(
    driver: Driver, data: st.DataObject
) -> None:
    first, second = data.draw(two_sites.pairs(driver.name))
    if data.draw(st.booleans()):
        first, second = second, first
    box = KINDS[driver.name].make()
    _pushed(box, first, driver)
    alone = driver.parse(box.running()).tunnels
    made = _pushed(box, second, driver)
    box.apply(made.rollback)
    assert _unlike(driver.parse(box.running()).tunnels, alone) == []
    _rests(box, (first,), driver)


@LAWS
@given(data=st.data())
def test_written_without_a_device_they_share_no_name(driver: Driver, data: st.DataObject) -> None:
    """Both renders entered by hand, in whichever order, are both sites."""
    both = data.draw(two_sites.pairs(driver.name))
    texts = []
    labels: set[str] = set()
    for intent in both:
        target = driver.place(intent, foreseen(intent, driver))
        own = mine(intent, target)
        labels |= {one.objects[LABEL] for one in own if LABEL in one.objects}
        texts.append("".join(f"{step.reveal()}\n" for step in driver.render(own)))
    assert len(labels) == sum(len(intent.tunnels) for intent in both)
    for order in (texts, texts[::-1]):
        observed = driver.parse(KINDS[driver.name].OUTSIDE + "".join(order))
        for intent in both:
            assert len(mine(intent, observed.tunnels)) == len(intent.tunnels)
            assert _matter(intent, observed) == []


SECOND_LINK = {
    "cisco_ios": (
        "GigabitEthernet3",
        "interface GigabitEthernet3\n ip address 192.0.2.10 255.255.255.0\n no shutdown\n",
    ),
    "juniper_junos": (
        "ge-0/0/2.0",
        "set interfaces ge-0/0/2 unit 0 family inet address 192.0.2.10/24\n"
        "set security zones security-zone untrust interfaces ge-0/0/2.0\n",
    ),
    "strongswan": ("eth1", ""),
}
"""What two tunnels to one gateway can be told apart on, and how a box gets its second link."""


def _two_links(driver: str) -> Box:
    box = KINDS[driver].make()
    lines = SECOND_LINK[driver][1].splitlines()
    if lines:
        box.apply(Change(steps=tuple(Step(text=line) for line in lines)))
    return box


@pytest.mark.parametrize(
    ("name", "bgp"),
    [("cisco_ios", True), ("cisco_ios", False), ("juniper_junos", True), ("strongswan", False)],
)
@pytest.mark.parametrize("turned", [False, True])
def test_two_links_to_one_gateway_keep_their_keys_apart(
    name: str,
    bgp: bool,  # noqa: FBT001 -- a parameter of the test
    turned: bool,  # noqa: FBT001 -- as above
) -> None:
    driver = drivers.load(name)
    both = two_sites.links(name, SECOND_LINK[name][0], bgp=bgp)
    order = both[::-1] if turned else both
    box = _two_links(name)
    check(order[0], driver)
    _pushed(box, order[0], driver)
    alone = driver.parse(box.running()).tunnels
    check(order[1], driver)
    made = _pushed(box, order[1], driver)
    _rests(box, both, driver)
    observed = driver.parse(box.running())
    for intent in both:
        held = mine(intent, observed.tunnels)
        assert {one.psk for one in held} == {Secret(f"key-of-{intent.site}")}
        assert len({one.local.address for one in held}) == 1
    box.apply(made.rollback)
    assert _unlike(driver.parse(box.running()).tunnels, alone) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cisco_asa", "one key serves a peer at all interfaces"),
        ("rras", "with a pre-shared key one interface an address is possible"),
    ],
)
def test_where_one_key_serves_a_gateway_two_links_are_refused(name: str, words: str) -> None:
    both = two_sites.links(name, "outside2", bgp=False)
    for intent in both:
        with pytest.raises(UnsupportedError, match=words):
            check(intent, drivers.load(name))


@pytest.mark.parametrize("name", DRIVERS)
def test_from_one_end_to_one_gateway_there_is_one_tunnel(name: str) -> None:
    driver = drivers.load(name)
    first = two_sites.links(name, intents.reach(name).outside, bgp=False)[0]
    named = tuple(replace(one, name=one.name.replace("-a-", "-b-")) for one in first.tunnels)
    both = two_sites.beside(first, replace(first, site="site-b", tunnels=named))
    for intent, other in zip(both, ("site-b", "site-a"), strict=True):
        with pytest.raises(UnsupportedError, match=rf"the same end for .* as {other} does"):
            check(intent, driver)


def test_what_ikev1_cannot_keep_apart_is_refused() -> None:
    driver = drivers.load("cisco_ios")
    both = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=False)
    old = tuple(
        replace(one, ike=replace(one.ike, version=IkeVersion.V1)) for one in both[1].tunnels
    )
    first, _ = two_sites.beside(both[0], replace(both[1], tunnels=old))
    with pytest.raises(UnsupportedError, match="takes an IKEv1 key by the peer's address"):
        check(first, driver)


@pytest.mark.parametrize("name", ["cisco_asa", "juniper_junos"])
def test_one_clamp_is_for_all_tunnels(name: str) -> None:
    both = two_sites.links(name, "outside2", bgp=False)
    smaller = tuple(
        replace(one, interface=one.interface and replace(one.interface, mss=1200))
        for one in both[1].tunnels
    )
    first, _ = two_sites.beside(both[0], replace(both[1], tunnels=smaller))
    with pytest.raises(UnsupportedError, match="site-b asks for 1200"):
        check(first, drivers.load(name))


def test_a_site_that_was_there_alone_is_pushed_before_a_second_link() -> None:
    """Its profile took the gateway in at any end: then IOS would choose none of the two."""
    driver = drivers.load("cisco_ios")
    first, second = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=False)
    box = _two_links("cisco_ios")
    alone = driver.express(replace(first, beside=(), tunnels=_together(first)))
    _pushed(box, alone, driver)
    with pytest.raises(RefusedError, match=r"takes 198\.51\.100\.7 in at any local address"):
        _planned(box, second, driver)
    told = {one.path for one in _matter(first, driver.parse(box.running()))}
    assert told == {"local.apart"}
    _pushed(box, first, driver)
    _pushed(box, second, driver)
    _rests(box, (first, second), driver)
    assert "match address local 192.0.2.10" in box.running()
    # Alone again: that it is for one end only does no harm, and nothing bounces for it.
    assert not _planned(box, alone, driver).change


def _together(intent: Intent) -> Tunnels:
    """The tunnels as a site has them that is alone on its device."""
    return tuple(replace(one, local=replace(one.local, apart=False)) for one in intent.tunnels)


def test_a_tunnel_without_a_label_goes_to_the_site_whose_end_it_leaves_from() -> None:
    driver = drivers.load("cisco_ios")
    both = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=False)
    box = _two_links("cisco_ios")
    for intent in both:
        _pushed(box, intent, driver)
    text = re.sub(r"(?m)^ description appliance: .*\n", "", box.running())
    observed = driver.parse(text)
    assert not any(LABEL in one.objects for one in observed.tunnels)
    for intent, address in zip(both, ("203.0.113.10", "192.0.2.10"), strict=True):
        held = mine(intent, observed.tunnels)
        assert [str(one.local.address) for one in held] == [address, address]
        assert list(_closed(intent, plan(intent, observed, driver))) == []


def test_a_tunnel_that_could_be_anothers_closes_the_gate() -> None:
    driver = drivers.load("cisco_ios")
    first, second = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=False)
    box = _two_links("cisco_ios")
    _pushed(box, second, driver)
    text = re.sub(r"(?m)^ description appliance: .*\n", "", box.running())
    elsewhere = text.replace("tunnel source GigabitEthernet3", "tunnel source GigabitEthernet2")
    observed = driver.parse(elsewhere)
    (reason, *_) = _closed(first, plan(first, observed, driver))
    assert "could be site-b's as well as this site's site-a-1" in reason
    assert "leaves from neither's end" in reason
    nobody = replace(first, beside=(Beside(site="site-b", unknown="its export is gone"),))
    (reason, *_) = _closed(nobody, plan(nobody, observed, driver))
    assert "what that site needs is not known (its export is gone)" in reason


def test_another_link_to_the_gateway_stays_up_when_one_negotiates_again() -> None:
    driver = drivers.load("cisco_ios")
    both = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=False)
    box = _two_links("cisco_ios")
    for intent in both:
        _pushed(box, intent, driver)
    plain = tuple(replace(one, esp=replace(one.esp, pfs_group=None)) for one in both[1].tunnels)
    changed = replace(both[1], tunnels=plain)
    made = _pushed(box, changed, driver)
    assert made.change.bounces == ("Tunnel102", "Tunnel103")
    assert "do clear crypto session local 192.0.2.10 remote 198.51.100.7\n" in made.change.text
    told = {one.tunnel: (one.site, one.effect) for one in made.interruptions}
    assert told["Tunnel100"] == ("site-a", Effect.NOTHING)
    assert told["Tunnel102"] == (None, Effect.IKE)


def test_a_link_in_a_front_door_vrf_has_its_tunnels_there() -> None:
    """As the second provider's is, so that each link has a default route of its own."""
    driver = drivers.load("cisco_ios")
    both = two_sites.links("cisco_ios", "GigabitEthernet3", bgp=True)
    box = KINDS["cisco_ios"].make()
    lines = (
        "vrf definition LTE\n address-family ipv4\ninterface GigabitEthernet3\n"
        " vrf forwarding LTE\n ip address 192.0.2.10 255.255.255.0\n no shutdown\n"
        "ip route vrf LTE 0.0.0.0 0.0.0.0 192.0.2.1"
    )
    box.apply(Change(steps=tuple(Step(text=line) for line in lines.splitlines())))
    for intent in both:
        _pushed(box, intent, driver)
    _rests(box, both, driver)
    text = box.running()
    assert text.count(" tunnel vrf LTE\n") == len(both[1].tunnels)
    assert [one.local.vrf for one in mine(both[1], driver.parse(text).tunnels)] == ["LTE", "LTE"]
    policy = text.partition("crypto ikev2 policy appliance-site-b\n")[2].partition("!")[0]
    assert " match fvrf LTE " in policy
