"""`appliance recover` itself dies, or loses its session or its device, and is run again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from appliance import journal
from appliance.cli import main
from appliance.lab.faults import Fault, Kind
from appliance.plan import plan
from tests.push.dying import Moment, dies, push
from tests.push.ends import EVERY, settled, state
from tests.push.stage import KEY, SITES, Stage
from tests.push.test_cut import CASES, LOSSES
from tests.push.trouble import troubled

STRIDE = 1 if EVERY else 16
PLACES = {"sent": 1, "confirming": 4}
"""Where the push has died: so many events after its last command."""

SAID = {1: "NOT SAVED", 4: "nothing was touched", 6: "`appliance recover "}
"""What a person reads where recovering ends with this code, so that it is run again."""

Read = pytest.CaptureFixture[str]


def _dies(site: Stage, place: str, folder: Path) -> None:
    made = plan(site.job.intent, site.driver.parse(site.read()), site.driver)
    moment = Moment(2 + len(made.change.steps) + PLACES[place], written=True)
    log = folder / "push.log"
    assert push([*site.words, "--yes", "--no-wait"], moment, log), log.read_text("utf-8")
    assert state(site) == place


def _length(driver: str, place: str, folder: Path) -> int:
    """How many commands a recovery has that goes well."""
    with troubled(driver, folder) as (site, luck):
        _dies(site, place, folder)
        luck.strike(None)
        assert main(["recover", *site.words]) == 0
        return luck.count


def _again(site: Stage, capsys: Read, code: int) -> str:
    """How it ends once it is run again; what was said before was what to do."""
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
    assert SAID.get(code, "") in told.err, told.err
    (entry, *_) = journal.history(site.site)
    if entry.state in {"not saved", "rolled back", "pushed"}:
        return f"{code} {settled(site)}"
    assert code != 0
    assert main(["recover", *site.words]) == 0, capsys.readouterr().err
    return f"{code}, then 0 {settled(site)}"


def _tell(capsys: Read, words: str, ends: Counter[str]) -> None:
    with capsys.disabled():
        listed = ", ".join(f"{end}: {count}" for end, count in sorted(ends.items()))
        sys.stdout.write(f"\n{words} {ends.total()} times; exit {listed}\n")


@pytest.mark.timeout(3_600 if EVERY else 300)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("driver", "kind"), CASES)
def test_wherever_recovery_is_cut_it_can_be_run_again(
    driver: str, kind: Kind, place: str, tmp_path: Path, capsys: Read
) -> None:
    ends: Counter[str] = Counter()
    length = _length(driver, place, tmp_path)
    first = 1 if EVERY else 1 + 4 * LOSSES.index(kind)
    for number in range(first, length + 1, STRIDE):
        with troubled(driver, tmp_path) as (site, luck):
            _dies(site, place, tmp_path)
            luck.strike(Fault(kind=kind, at=number))
            code = main(["recover", *site.words])
            luck.strike(None)
            ends[_again(site, capsys, code)] += 1
    _tell(capsys, f"{driver}, {place}: recovery met {kind}, of {length} commands,", ends)
    assert ends


@pytest.mark.timeout(600)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("driver", SITES)
def test_recovery_that_dies_is_run_again(
    driver: str, place: str, tmp_path: Path, capsys: Read
) -> None:
    ends: Counter[str] = Counter()
    for number, written in ((1, False), (1, True), (2, False), (2, True)):
        with troubled(driver, tmp_path) as (site, luck):
            luck.strike(None)
            _dies(site, place, tmp_path)
            log = tmp_path / "recover.log"
            moment = Moment(number, written=written)
            assert dies("recover", site.words, moment, log), log.read_text("utf-8")
            assert main(["recover", *site.words]) == 0
            ends[_again(site, capsys, 0)] += 1
    _tell(capsys, f"{driver}, {place}: recovery was killed", ends)
    assert set(ends) == {"0 rolled back" if place == "sent" else "0 pushed"}
