"""A push loses its session, or its device reboots, at each of its commands."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.lab.faults import Fault, Kind
from tests.push.ends import EVERY, WAIT, settled
from tests.push.stage import KEY, SITES
from tests.push.trouble import troubled

LOSSES = (Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.REBOOT)
NO_REBOOT = "strongswan"
"""A namespace on this machine cannot be rebooted; what a reboot leaves is tested for its guard."""

SAMPLES = 8
"""So many commands of each push are taken where not all are."""

CASES = [
    (driver, kind)
    for driver in SITES
    for kind in LOSSES
    if not (driver == NO_REBOOT and kind is Kind.REBOOT)
]
TOLD = {
    "not saved": "NOT SAVED",
    "rolled back": "the device is back at its old configuration, seen by reading it",
    "unknown": "`appliance recover ",
}
"""What a person reads where a push has ended so."""


def _length(driver: str, folder: Path) -> int:
    """How many commands a push has that goes well."""
    with troubled(driver, folder) as (site, luck):
        luck.strike(None)
        assert main(["push", *site.words, *WAIT]) == 0
        return luck.count


def _ends(driver: str, fault: Fault, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """How a push ends that meets this fault: its exit code, and what the journal has."""
    with troubled(driver, folder) as (site, luck):
        luck.strike(fault)
        code = main(["push", *site.words, *WAIT])
        luck.strike(None)
        told = capsys.readouterr()
        assert KEY not in told.out + told.err
        if code == 6:
            assert TOLD["unknown"] in told.err
            assert main(["recover", *site.words]) == 0, capsys.readouterr().err
            return f"6 unknown, recovered: {settled(site)}"
        ended = settled(site)
        assert TOLD.get(ended, "") in told.out + told.err
        assert {"pushed": 0, "rolled back": 5}.get(ended, 1) == code, told.err
        return f"{code} {ended}"


@pytest.mark.timeout(3_600 if EVERY else 300)
@pytest.mark.parametrize(("driver", "kind"), CASES)
def test_wherever_it_is_cut_the_device_ends_old_or_verified(
    driver: str, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    length = _length(driver, tmp_path)
    stride = 1 if EVERY else max(length // SAMPLES, 1)
    for turn in range(stride):  # more turns only where the samples have missed the change
        first = 1 + (LOSSES.index(kind) + turn) % stride  # the kinds take turns, none is left out
        for number in range(first, length + 1, stride):
            ended = _ends(driver, Fault(kind=kind, at=number), tmp_path, capsys)
            ends[ended] += 1
        if ends["5 rolled back"]:
            break
    with capsys.disabled():
        listed = ", ".join(f"{end}: {count}" for end, count in sorted(ends.items()))
        sys.stdout.write(f"\n{driver}: {kind} at {ends.total()} of {length}; exit {listed}\n")
    assert ends["5 rolled back"] > 0
