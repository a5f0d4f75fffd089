"""Keys of every character that Azure takes: intact through the vendor's quoting, or refused."""

from __future__ import annotations

import string

import pytest

from appliance import driver as drivers
from appliance.driver import Driver
from appliance.intend import intend
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import mine
from appliance.model.secret import Hidden, Secret
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.boxes import KINDS

CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " "
"""Printable ASCII, which is what Azure's portal and API take (Azure, "VPN Gateway FAQ")."""

MEANING = 9
"""Shorter ones are words that a sentence may hold."""

PLACES = (
    "{}nside-the-Key-7",
    "inside{}the-Key-7",
    "inside-the-Key-7{}",
    "in{0}{0}side-the-Key{0}7",
)
SHAPES = (
    *("0 letter", "6 letter", "7 letter", "$9$looks.like.Junos", "$8$aes256-gcm$", "0xC0FFEE42"),
    *("0sQUJD", "a" * 128, '"quoted"', "'single'", "no", "encrypted"),
    *("address 10.0.0.1", "{{ 7*7 }}", "$(reboot)", "`reboot`", "%{x}", "!remark", "; inactive"),
    *("## SECRET-DATA", "\\n\\\\n"),
)


def _asked(driver: Driver, key: str) -> Intent:
    return driver.express(intend(intents.site(driver.name), intents.expectation(), Secret(key)))


def _keys() -> list[str]:
    alone = [place.format(character) for character in CHARACTERS for place in PLACES]
    return [*dict.fromkeys(alone), *SHAPES]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_key_is_written_as_it_is_read_or_refused(name: str) -> None:
    driver, refused = drivers.load(name), []
    for key in _keys():
        asked = _asked(driver, key)
        refusals = driver.refusals(asked)
        if refusals:
            assert [one.setting for one in refusals] == ["psk"]
            assert len(key) < MEANING or key not in repr(refusals), "a refusal shows no key"
            refused.append(key)
            continue
        target = driver.place(asked, Observed(driver=name))
        text = KINDS[name].OUTSIDE + "".join(f"{step.reveal()}\n" for step in driver.render(target))
        observed = driver.parse(text)
        (tunnel,) = mine(asked, observed.tunnels)
        assert tunnel.psk == Secret(key), f"{key!r} does not come back"
        assert observed.unrecognized == ()
    assert len(refused) < len(_keys()) / 4, refused


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_device_keeps_a_key_as_it_is(name: str) -> None:
    """What the lab's device holds after the commands, where it shows keys."""
    driver = drivers.load(name)
    for character in CHARACTERS:
        key = f"in{character}side-the{character}Key"
        asked = _asked(driver, key)
        if driver.refusals(asked):
            continue
        box = KINDS[name].make()
        box.apply(plan(asked, driver.parse(box.running()), driver).change)
        (tunnel,) = mine(asked, driver.parse(box.running()).tunnels)
        assert isinstance(tunnel.psk, Hidden) or tunnel.psk == Secret(key), f"{key!r} is another"
