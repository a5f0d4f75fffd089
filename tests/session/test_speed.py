"""Half the margin of the targets, both sides measured in turns; never an absolute time.

The least of each is compared, over more rounds where that is not enough, so that what else runs on
the machine counts for neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from benchmarks import fetch, profiles, push
from benchmarks.device import device
from benchmarks.runner import Timing


def _least(measured: Callable[[], Mapping[str, Timing]]) -> Iterator[dict[str, float]]:
    """The least of each so far, in seconds, after each of at most eight rounds."""
    least: dict[str, float] = {}
    for _ in range(8):
        for name, timing in measured().items():
            least[name] = min(timing.least, least.get(name, timing.least))
        yield least


def test_fetching_is_ten_times_faster_than_netmiko() -> None:
    assert any(
        least[fetch.PEER] / least[fetch.OURS] > 10
        for least in _least(lambda: fetch.measure(400, 3))
    )


def test_pushing_line_by_line_is_six_times_faster_than_netmiko() -> None:
    rounds = _least(lambda: push.measure(3))
    assert any(
        least[push.PEER] / least["appliance, lock-step"] > 6
        and least[push.PEER] / least["appliance, 20 lines typed ahead"] > 15
        for least in rounds
    )


@pytest.mark.parametrize("name", [name for name in profiles.PROFILES if "cut" not in name])
def test_every_fetch_is_complete(name: str) -> None:
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "complete"


def test_a_cut_fetch_is_an_error() -> None:
    name = next(name for name in profiles.PROFILES if "cut" in name)
    with device(profiles.PROFILES[name]) as target:
        assert profiles.outcome(fetch.ours, target) == "error"
