"""Random sequences of pushes, faults, kills, edits, timers and repairs: no device in between."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from appliance.lab.faults import Fault, Kind
from appliance.push import recover
from tests.push import lives
from tests.push.dying import Moment
from tests.push.lives import ANOTHER, Life
from tests.push.stage import KEY, SITES
from vendors.cisco_asa import transaction as asa
from vendors.cisco_ios import transaction as ios
from vendors.juniper_junos import transaction as junos
from vendors.rras import transaction as rras
from vendors.strongswan import transaction as strongswan

SHOWS_KEYS = ("cisco_ios", "juniper_junos", "strongswan")
SEQUENCES = int(os.environ.get("SEQUENCES", "60"))
"""How many in all; the drivers share them."""

SEED = int(os.environ.get("SEQUENCES_SEED", "1"))
STEPS = 5

SSH = (
    *(Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.REFUSE, Kind.SWALLOW, Kind.CUT),
    *(Kind.GARBLE, Kind.REBOOT, Kind.SAVE_FAILS, Kind.STALL),
)
KINDS = {
    "cisco_ios": SSH,
    "cisco_asa": SSH,
    "juniper_junos": SSH,
    "rras": tuple(kind for kind in SSH if kind not in {Kind.GARBLE, Kind.SAVE_FAILS}),
    "strongswan": SSH[:5],
}
ANSWERS = {
    "cisco_ios": "% Invalid input detected at '^' marker.",
    "cisco_asa": "ERROR: % Invalid input detected at '^' marker.",
    "juniper_junos": "error: syntax error",
    "rras": "The parameter is incorrect.",
    "strongswan": "error: no",
}
"""What the device says to what it refuses."""

KEYS = {
    driver: st.sampled_from((KEY, KEY, ANOTHER) if driver in SHOWS_KEYS else (KEY,))
    for driver in SITES
}
"""Where a device hides its key nobody sees that it holds another than the one that is meant."""

WAITS = st.sampled_from((0, 0, 2))
SKEWS = st.sampled_from((0, 0, 0, -90_000, 90_000))
MOMENTS = st.builds(
    Moment, number=st.one_of(st.integers(1, 8), st.integers(1, 45)), written=st.booleans()
)


def _faults(driver: str) -> st.SearchStrategy[Fault | None]:
    one = st.builds(
        Fault,
        kind=st.sampled_from(KINDS[driver]),
        at=st.integers(1, 60),
        text=st.just(ANSWERS[driver]),
        count=st.integers(0, 40),
        seconds=st.just(0.0),
    )
    return st.one_of(one, one, st.none())


def _machine(driver: str) -> type[RuleBasedStateMachine]:  # noqa: C901 -- a list of rules
    """What may happen at a site with this kind of device."""
    faults = _faults(driver)

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.life = Life(driver)

        @rule(key=KEYS[driver], wait=WAITS, fault=faults, skew=SKEWS)
        def push(self, key: str, wait: int, fault: Fault | None, skew: int) -> None:
            self.life.push(key, wait, fault, skew)

        @rule(key=KEYS[driver], moment=MOMENTS, fault=st.one_of(st.none(), faults))
        def dies(self, key: str, moment: Moment, fault: Fault | None) -> None:
            self.life.dies(key, moment, fault)

        @rule(fault=faults, skew=SKEWS)
        def recover(self, fault: Fault | None, skew: int) -> None:
            self.life.recover(fault, skew)

        @precondition(lambda self: not self.life.asked)
        @rule(fault=faults)
        def rollback(self, fault: Fault | None) -> None:
            self.life.rollback(fault)

        @rule(seconds=st.sampled_from((30, 290, 400)))
        def time_passes(self, seconds: int) -> None:
            self.life.time_passes(seconds)

        @rule()
        def another_operator(self) -> None:
            self.life.another_operator()

        @rule()
        def person_edits(self) -> None:
            self.life.person_edits()

        def teardown(self) -> None:
            try:
                if sys.exc_info()[0] is None:
                    self.life.end()
            finally:
                self.life.close()

    return Machine


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits long for a device that answers at once."""
    monkeypatch.setattr(recover, "_PAUSE", 0.05)
    waits = [module._PATIENCE for module in (asa, ios, junos, rras, strongswan)]
    former = [one.pause for one in waits]
    for one in waits:
        object.__setattr__(one, "pause", 0.05)  # drivers hold this very value
    yield
    for one, pause in zip(waits, former, strict=True):
        object.__setattr__(one, "pause", pause)


@pytest.fixture
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """hypothesis also draws numbers that stand in the modules that are loaded: others each time."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    monkeypatch.setattr(providers, "CONSTANTS_CACHE", {})


@pytest.mark.timeout(7_200)
@pytest.mark.usefixtures("_same_everywhere")
@pytest.mark.parametrize("driver", SITES)
def test_whatever_happens_no_device_is_left_in_between(
    driver: str, capsys: pytest.CaptureFixture[str]
) -> None:
    count = SEQUENCES // len(SITES)
    lives.TOLD.clear()
    chosen = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(SEED)(_machine(driver)), settings=chosen)
    with capsys.disabled():
        told = ", ".join(f"{end}: {times}" for end, times in sorted(lives.TOLD.items()))
        sys.stdout.write(f"\n{driver}: {count} lives; {told}\n")


# What the sequences have found, kept as it was.


@pytest.fixture(name="life")
def _life(driver: str) -> Iterator[Life]:
    made = Life(driver)
    yield made
    made.close()


@pytest.mark.parametrize("driver", ["cisco_ios", "juniper_junos"])
def test_another_operators_timer_is_waited_for(life: Life) -> None:
    life.another_operator()
    assert lives.TOLD["push 4"] > 0
    life.end()


@pytest.mark.parametrize("driver", ["cisco_ios"])
def test_a_clock_that_was_set_back_does_not_hide_the_latest_push(life: Life) -> None:
    life.push(ANOTHER, 0, None, 90_000)
    life.push(KEY, 0, None, -90_000)
    life.end()


@pytest.mark.parametrize("driver", ["cisco_asa"])
def test_an_applet_that_nobody_may_look_at_does_not_wait(life: Life) -> None:
    seen = "^show running-config event manager"
    for number in (1, 2, 3):
        life.push(
            KEY, 0, Fault(kind=Kind.REFUSE, command=seen, at=number, text=ANSWERS["cisco_asa"])
        )
    life.end()
