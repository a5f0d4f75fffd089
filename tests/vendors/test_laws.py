"""Laws that every driver keeps, over generated intents; one body for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.compare import compare
from appliance.driver import Driver
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import mine
from appliance.model.secret import Secret
from appliance.model.tunnel import TunnelInterface, Tunnels
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.boxes import KINDS

DRIVERS = sorted(KINDS)
LAWS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return drivers.load(request.param)


def _intent(driver: Driver, data: st.DataObject) -> Intent:
    return data.draw(intents.intents(driver.name))


def _text(driver: Driver, intent: Intent) -> str:
    """The rendered configuration with its key, as a file of --with-secrets has it."""
    target = driver.place(intent, Observed(driver=driver.name))
    return KINDS[driver.name].OUTSIDE + "".join(
        f"{step.reveal()}\n" for step in driver.render(target)
    )


@LAWS
@given(data=st.data())
def test_parse_after_render_is_identity(driver: Driver, data: st.DataObject) -> None:
    intent = _intent(driver, data)
    target = driver.place(intent, Observed(driver=driver.name))
    observed = driver.parse(_text(driver, intent))
    assert observed.unrecognized == ()
    assert not driver.change(observed.tunnels, target)
    assert not driver.change(target, observed.tunnels)
    assert not compare(intent, observed)


@LAWS
@given(data=st.data())
def test_change_of_equals_is_empty(driver: Driver, data: st.DataObject) -> None:
    target = driver.place(_intent(driver, data), Observed(driver=driver.name))
    assert not driver.change(target, target)


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
    assert not driver.change(after.tunnels, made.target), "the device holds what was meant"
    assert not compare(intent, after)
    assert not plan(intent, after, driver).change, "a second push has nothing to do"
    box.apply(made.rollback)
    assert driver.parse(box.running()).tunnels == before.tunnels


@LAWS
@given(data=st.data())
def test_one_intent_becomes_another_and_back(driver: Driver, data: st.DataObject) -> None:
    """A change between two states of one site touches no other tunnel, and can be undone."""
    first, second = _intent(driver, data), _intent(driver, data)
    second = _same_form(first, second)
    assume(not driver.refusals(second))
    box = KINDS[driver.name].make()
    others = driver.parse(box.running()).tunnels
    box.apply(plan(first, driver.parse(box.running()), driver).change)
    held = driver.parse(box.running())
    made = plan(second, held, driver)
    box.apply(made.change)
    after = driver.parse(box.running())
    assert not driver.change(after.tunnels, made.target)
    assert not compare(second, after)
    assert _as_they_were(others, after.tunnels) == others
    box.apply(made.rollback)
    back = driver.parse(box.running())
    assert not driver.change(back.tunnels, held.tunnels)
    assert not compare(first, back)


def _as_they_were(others: Tunnels, after: Tunnels) -> Tunnels:
    """The same tunnels, without what is one for a whole box on some platforms.

    Proposals behind theirs (IKEv1 offers a new one to every peer), and the TCP MSS.
    """
    held = {tunnel.name: tunnel for tunnel in after}
    return tuple(
        replace(
            held[other.name],
            interface=_clamped(held[other.name].interface, other.interface),
            ike=replace(
                held[other.name].ike,
                proposals=held[other.name].ike.proposals[: len(other.ike.proposals)],
            ),
        )
        for other in others
    )


def _clamped(
    after: TunnelInterface | None, before: TunnelInterface | None
) -> TunnelInterface | None:
    """The interface as it is, with the MSS that it had: what is smaller does no harm."""
    if after is None or before is None or after.mss is None:
        return after
    assert before.mss is None or after.mss <= before.mss
    return replace(after, mss=before.mss)


def _same_form(first: Intent, second: Intent) -> Intent:
    """The second with as many tunnels of the same form, so that it is a change of the same ones."""
    tunnels = tuple(
        replace(
            one,
            ike=two.ike if one.ike.version is two.ike.version else one.ike,
            esp=two.esp,
            psk=two.psk,
            enabled=two.enabled,
        )
        for one, two in zip(first.tunnels, second.tunnels * 2, strict=False)
    )
    same = first.tunnels[0].ike.version is second.tunnels[0].ike.version
    peer = second.peer if same else replace(second.peer, ike=first.peer.ike)
    return replace(first, tunnels=tunnels, peer=peer)


@LAWS
@given(data=st.data(), number=st.integers(0, 200))
def test_an_unknown_line_is_reported(driver: Driver, data: st.DataObject, number: int) -> None:
    text, odd = KINDS[driver.name].disturb(_text(driver, _intent(driver, data)), number)
    found = [source.text.strip() for source in driver.parse(text).unrecognized]
    assert any(odd in line for line in found), found


@LAWS
@given(data=st.data())
def test_the_key_shows_only_where_it_is_revealed(driver: Driver, data: st.DataObject) -> None:
    intent = _intent(driver, data)
    canary = Secret("Canary-4711-in-the-coal-mine")
    intent = replace(intent, tunnels=tuple(replace(t, psk=canary) for t in intent.tunnels))
    box = KINDS[driver.name].make()
    made = plan(intent, driver.parse(box.running()), driver)
    observed = driver.parse(_text(driver, intent))
    shown = (repr(made), made.change.text, made.rollback.text, repr(observed), repr(intent))
    assert not any(canary.reveal() in text for text in shown)
    assert sum(canary.reveal() in step.reveal() for step in made.change.steps) >= 1
    assert all(tunnel.psk == canary for tunnel in mine(intent, observed.tunnels))
