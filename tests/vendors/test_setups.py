"""Every kind of setup that Microsoft documents is rendered, or refused with the reason."""

from __future__ import annotations

import pytest

from appliance import driver as drivers
from appliance.compare import compare
from appliance.model.intent import Observed
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


def test_the_table_says_what_the_drivers_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
