"""A small part of the margins that `make bench` measures, so that a busy machine does not fail."""

from __future__ import annotations

import pytest

from benchmarks import fetch, profiles, push
from benchmarks.device import device


def test_fetching_is_many_times_faster_than_netmiko() -> None:
    timings = fetch.measure(400, 3)
    assert timings[fetch.PEER].wall / timings[fetch.OURS].wall > 4


def test_pushing_line_by_line_is_many_times_faster_than_netmiko() -> None:
    timings = push.measure(3)
    assert timings[push.PEER].wall / timings["appliance, lock-step"].wall > 3
    assert timings[push.PEER].wall / timings["appliance, 20 lines typed ahead"].wall > 6


@pytest.mark.parametrize("name", [name for name in profiles.PROFILES if "cut" not in name])
def test_every_fetch_is_complete(name: str) -> None:
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "complete"


def test_a_cut_fetch_is_an_error() -> None:
    name = next(name for name in profiles.PROFILES if "cut" in name)
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "error"
