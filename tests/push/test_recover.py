"""A push dies at a step, for real; `appliance recover` leaves the device old, or verified."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import journal
from appliance.cli import main
from tests.push.dying import Moment, push
from tests.push.ends import EVERY, WAIT, afresh, held, tidy, time_passes
from tests.push.stage import KEY, SITES, Stage, stage


def _moments(events: list[str]) -> Iterator[Moment]:
    """Before and after each event; of the commands in a row the first, one inside, and the last."""
    sends = [number for number, event in enumerate(events, start=1) if event == "send"]
    chosen = {sends[0], sends[len(sends) // 2], sends[-1]}
    for number, event in enumerate(events, start=1):
        if EVERY or event != "send" or number in chosen:
            yield Moment(number, written=False)
            yield Moment(number, written=True)


def _events(driver: str, folder: Path) -> list[str]:
    """What a push that goes well consists of."""
    with afresh(folder), stage(driver, folder) as site:
        assert main(["push", *site.words, *WAIT]) == 0
        (entry,) = journal.history(site.site)
        return [event for _, _, event, _ in journal.events(entry.id)]


def _dies(site: Stage, moment: Moment, folder: Path) -> journal.Entry:
    log = folder / "push.log"
    assert push([*site.words, *WAIT], moment, log), log.read_text(encoding="utf-8")
    (entry, *_) = journal.history(site.site)
    assert entry.ended is None or moment.written
    return entry


@pytest.mark.timeout(3_600 if EVERY else 600)
@pytest.mark.parametrize("driver", SITES)
def test_whenever_it_dies_the_device_ends_old_or_verified(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    for index, moment in enumerate(_moments(_events(driver, tmp_path))):
        with afresh(tmp_path), stage(driver, tmp_path) as site:
            entry = _dies(site, moment, tmp_path)
            if index % 2:  # every other time the device's own timer comes first
                time_passes(site.box, 400)
            code = main(["recover", *site.words])
            told = capsys.readouterr()
            state = journal.entry(entry.id).state
            assert code == 0, f"{moment}, {entry.state}: {told.err}"
            wanted = {"pushed": "new"}.get(state, "old")
            assert held(site) == wanted, f"{moment}, {entry.state} -> {state}: {told.err}"
            tidy(site)
            assert KEY not in told.out + told.err
            ends[f"{entry.state} -> {state}"] += 1
    with capsys.disabled():
        ended = ", ".join(f"{end}: {count}" for end, count in sorted(ends.items()))
        sys.stdout.write(f"\n{driver}: killed {sum(ends.values())} times; {ended}\n")
    assert ends["proven -> rolled back"] > 0
    assert ends["confirming -> pushed"] > 0
