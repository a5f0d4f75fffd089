"""Every kind of setup that Microsoft documents is rendered, or refused with the reason."""

from __future__ import annotations

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.errors import SecretError
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.change import KEY_MARK
from appliance.model.intent import Observed
from appliance.model.secret import Hidden
from tests.vendors import intents
from tests.vendors.boxes import KINDS
from tests.vendors.setups import PAGE, SETUPS, Setup, intent, page


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name)
@pytest.mark.parametrize("name", drivers.names())
def test_a_setup_is_rendered_or_refused(name: str, setup: Setup) -> None:
    driver = drivers.load(name)
    asked = intent(driver, setup)
    refusals = driver.refusals(asked)
    if refusals:
        assert all(refusal.reason and refusal.setting for refusal in refusals)
        return
    target = driver.place(asked, Observed(driver=name))
    text = KINDS[name].OUTSIDE + "".join(f"{step.reveal()}\n" for step in driver.render(target))
    observed = driver.parse(text)
    assert compare(asked, observed) == ()
    assert len(observed.tunnels) == len(asked.tunnels)


@pytest.mark.parametrize("name", drivers.names())
def test_without_a_key_the_place_of_the_key_is_marked(name: str) -> None:
    """Nothing is left out of what a person reviews, and a push without the key stops early."""
    driver = drivers.load(name)
    site, azure = SETUPS[0].make(intents.site(name), intents.expectation())
    asked = fit(intend(site, azure, Hidden("no key was asked for")), driver)
    steps = driver.render(driver.place(asked, Observed(driver=name)))
    marked = [step for step in steps if KEY_MARK in step.text]
    assert marked
    for step in marked:
        with pytest.raises(SecretError):
            step.reveal()


def test_the_table_says_what_the_drivers_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
