"""Hosts as they are written in `configs`: a push leaves others' files and tunnels as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.compare import compare
from appliance.errors import ApplianceError
from appliance.model.change import Plan
from appliance.model.intent import Intent
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.strongswan.box import OUTSIDE, LinuxBox
from vendors.strongswan import files

CONFIGS = Path(__file__).parent / "configs"
CASES = sorted(case.stem for case in CONFIGS.glob("*.txt"))
_DRIVER = drivers.load("strongswan")


class Host(LinuxBox):
    """A host that has the files of a text, and what we add."""

    def __init__(self, text: str) -> None:
        super().__init__()
        split = files.split(text)
        self.files = {part.path or _place(part): part.text for part in split}

    def running(self) -> str:
        text = super().running()
        return text.removeprefix(OUTSIDE) if "/etc/swanctl/swanctl.conf" in self.files else text


def _place(part: files.File) -> str:
    return "/etc/ipsec.conf" if part.legacy else "/etc/swanctl/conf.d/others.conf"


def _planned(intent: Intent, host: Host) -> Plan | ApplianceError:
    try:
        return plan(intent, _DRIVER.parse(host.running()), _DRIVER)
    except ApplianceError as error:
        return error


def test_there_are_hosts_of_every_kind() -> None:
    assert len(CASES) >= 29


@pytest.mark.parametrize("case", CASES)
def test_both_readers_agree_on_a_written_host(case: str) -> None:
    text = (CONFIGS / f"{case}.txt").read_text()
    assert _DRIVER.cross_check is not None
    assert _DRIVER.cross_check(text) == ()


@pytest.mark.parametrize("case", [case for case in CASES if not case.startswith("ours-")])
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_forward_and_back_beside_others(case: str, data: st.DataObject) -> None:
    intent = data.draw(intents.intents("strongswan"))
    host = Host((CONFIGS / f"{case}.txt").read_text())
    written = dict(host.files)
    before = _DRIVER.parse(host.running())
    made = _planned(intent, host)
    if isinstance(made, ApplianceError):
        assert made.hint, "a refusal says what to do"
        return
    host.apply(made.change)
    after = _DRIVER.parse(host.running())
    assert host.files == written
    kept = [one for one in after.tunnels if one in before.tunnels]
    assert len(kept) == len(before.tunnels), "others' tunnels are what they were"
    assert not compare(intent, after)
    assert not plan(intent, after, _DRIVER).change
    host.apply(made.rollback)
    assert host.files == written
    assert _DRIVER.parse(host.running()).tunnels == before.tunnels
