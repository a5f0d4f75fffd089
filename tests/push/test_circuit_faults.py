"""A change of an ExpressRoute edge is cut, refused or killed: the edge ends old, or as intended."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance import journal
from appliance.cli import main
from appliance.driver import held
from appliance.lab.faults import Fault, Kind
from appliance.model.edge import Edge
from tests.push.circuits import DRIVERS, MD5, circuits, rewrite
from tests.push.dying import Moment, push
from tests.push.ends import EVERY, WAIT, afresh
from tests.push.stage import Stage
from tests.push.trouble import QUIET, Trouble, trouble

SAMPLES = 3
"""So many of the commands that change something are taken where not all of a push are."""
CHANGING = r"local-preference|fall-over|bfd|^conf|^commit|^load|^wr|^copy r"
LOSSES = (Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.REBOOT)
REFUSALS = {
    "cisco_ios": "% Invalid input detected at '^' marker.",
    "juniper_junos": "error: configuration check-out failed",
}
OF_THE_EDGE = {
    "cisco_ios": r"fall-over|set local-preference|bfd interval",
    "juniper_junos": r"^commit check",
}
"""Commands that carry the change: what is loaded on Junos is judged as a whole."""


@contextmanager
def changed(driver: str, folder: Path) -> Iterator[tuple[Stage, Trouble]]:
    """A pushed edge of which another preference and no BFD are wanted now, and trouble for it."""
    with (
        afresh(folder),
        circuits(driver, folder, faults=(QUIET,)) as site,
        trouble(site.box) as luck,
    ):
        assert main(["push", *site.words, *WAIT]) == 0
        rewrite(site, local_preference=300, bfd=False)
        yield site, luck


def _edge(site: Stage) -> str:
    """Which of the two edges the device holds, by what would have to be done to have it."""
    driver, running = site.driver, site.driver.parse(site.read())
    former = held(driver.parse(site.before), edge=True)
    assert driver.edge is not None
    assert len((running.edge or Edge()).links) == 2
    assert not site.waits()
    if not driver.edge.change(held(running, edge=True), former).steps:
        return "old"
    assert site.new, "neither the old edge nor the new one"
    return "new"


def _numbers(driver: str, folder: Path, turn: int) -> list[int]:
    """At which commands of a push something strikes; others are taken at each turn."""
    with changed(driver, folder) as (site, luck):
        luck.strike(None)
        assert main(["push", *site.words, *WAIT]) == 0
        heard = list(luck.heard)
        assert _edge(site) == "new"
    if EVERY:
        return list(range(1, len(heard) + 1))
    telling = [n for n, line in enumerate(heard, start=1) if re.search(CHANGING, line.strip())]
    stride = max(len(telling) // SAMPLES, 1)
    return telling[turn % stride :: stride]


def _ended(site: Stage, code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """The exit code and the edge, where need be after `recover`."""
    told = capsys.readouterr()
    assert MD5 not in told.out + told.err
    if code == 6:
        assert main(["recover", *site.words]) == 0, capsys.readouterr().err
    now = _edge(site)
    assert now == ("new" if code == 0 else "old") or code in {1, 6}, (code, now, told.err)
    return f"{code} {now}"


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("driver", DRIVERS)
def test_cut_or_rebooted_at_any_command_the_edge_is_old_or_as_intended(
    driver: str, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    for number in _numbers(driver, tmp_path, LOSSES.index(kind)):
        with changed(driver, tmp_path) as (site, luck):
            luck.strike(Fault(kind=kind, at=number))
            code = main(["push", *site.words, *WAIT])
            luck.strike(None)
            ends[_ended(site, code, capsys)] += 1
    assert ends["5 old"] > 0, ends


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_refused_statement_of_the_edge_takes_all_of_it_back(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(driver, tmp_path) as (site, luck):
        luck.strike(
            Fault(kind=Kind.REFUSE, command=OF_THE_EDGE[driver], at=1, text=REFUSALS[driver])
        )
        code = main(["push", *site.words, *WAIT])
        assert any(re.search(OF_THE_EDGE[driver], line) for line in luck.heard)
        luck.strike(None)
        assert _ended(site, code, capsys) == "5 old"
        assert main(["push", *site.words, *WAIT]) == 0
        assert _edge(site) == "new"


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_statement_that_the_device_ignores_is_seen_and_taken_back(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(driver, tmp_path) as (site, luck):
        luck.strike(Fault(kind=Kind.SWALLOW, command="local-preference 300", at=1))
        code = main(["push", *site.words, *WAIT])
        luck.strike(None)
        assert _ended(site, code, capsys) == "5 old"


@pytest.mark.parametrize("driver", DRIVERS)
def test_killed_and_recovered_the_edge_is_old_or_as_intended(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(driver, tmp_path) as (site, _):
        assert main(["push", *site.words, *WAIT]) == 0
        (entry, *_) = journal.history(site.site)
        events = [event for _, _, event, _ in journal.events(entry.id)]
    sends = [number for number, event in enumerate(events, start=1) if event == "send"]
    for number in sorted({sends[0], sends[-1], len(events) - 2, len(events) - 1}):
        with changed(driver, tmp_path) as (site, _):
            moment = Moment(number, written=True)
            assert push([*site.words, *WAIT], moment, tmp_path / "log")
            capsys.readouterr()
            assert main(["recover", *site.words]) == 0, capsys.readouterr().err
            (entry, *_) = journal.history(site.site)
            assert _edge(site) == {"pushed": "new"}.get(entry.state, "old"), str(moment)
            assert MD5 not in capsys.readouterr().out


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_rollback_takes_the_edge_back_and_the_vpn_stays(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(driver, tmp_path) as (site, _):
        assert main(["push", *site.words, *WAIT]) == 0
        capsys.readouterr()
        assert main(["rollback", *site.words, "--yes"]) == 0, capsys.readouterr().err
        assert _edge(site) == "old"
        capsys.readouterr()
        assert main(["drift", *site.words, "-o", "json"]) == 2
        (row,) = json.loads(capsys.readouterr().out)["sites"]
        assert {one["path"] for one in row["differences"]} >= {"edge.session.local_preference"}
