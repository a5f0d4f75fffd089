"""Half the margin of the targets, both sides measured in turns; never an absolute time.

The least of each is compared, so that what else runs on the machine counts for neither.
"""

from __future__ import annotations

import pytest

from benchmarks import fetch, profiles, push
from benchmarks.device import device


def test_fetching_is_ten_times_faster_than_netmiko() -> None:
    timings = fetch.measure(400, 5)
    assert timings[fetch.PEER].least / timings[fetch.OURS].least > 10


def test_pushing_line_by_line_is_six_times_faster_than_netmiko() -> None:
    timings = push.measure(5)
    assert timings[push.PEER].least / timings["appliance, lock-step"].least > 6
    assert timings[push.PEER].least / timings["appliance, 20 lines typed ahead"].least > 15


@pytest.mark.parametrize("name", [name for name in profiles.PROFILES if "cut" not in name])
def test_every_fetch_is_complete(name: str) -> None:
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "complete"


def test_a_cut_fetch_is_an_error() -> None:
    name = next(name for name in profiles.PROFILES if "cut" in name)
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "error"
