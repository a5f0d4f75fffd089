"""Sites that share a device, looked at in one run: it is opened and read once for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import yaml

from appliance.cli import boxes, main, rehearse
from appliance.cli.online import connector
from appliance.errors import SessionTimeout
from appliance.inventory.load import load
from appliance.job import Job
from appliance.journal import seen
from appliance.session import Session
from tests.push.ends import WAIT
from tests.push.stage import SITES, Stage, stage
from tests.push.test_two_sites import with_another

THIRD = ("other", "third")


class Counted:
    """Real sessions, counted: `opened` by site, and what was read in each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        self.open = 0
        self.most = 0
        monkeypatch.setattr(boxes, "connector", self._connector)

    def _connector(self, job: Job) -> Callable[[], AbstractContextManager[Session]]:
        real = connector(job)

        @contextmanager
        def opened() -> Iterator[Session]:
            self.opened.append(job.site.name)
            with real() as session:
                self.open += 1
                self.most = max(self.most, self.open)
                try:
                    yield session
                finally:
                    self.open -= 1

        return opened


def _sites(site: Stage) -> list[str]:
    """A third site beside the second; all on one device."""
    with_another(site)
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    more = json.loads(json.dumps(given["sites"]["other"]))
    more["azure"]["endpoints"] = [{"address": "198.51.100.208"}]
    more["azure"]["vnet_prefixes"] = ["10.221.0.0/16"]
    given["sites"]["third"] = more
    site.inventory.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    return [site.site, *THIRD]


def _states(document: Mapping[str, object]) -> list[str]:
    tunnels = document["tunnels"]
    assert isinstance(tunnels, list)
    return [one["state"] for one in tunnels]


def _run(site: Stage, *words: str) -> int:
    return main([*words, "-i", str(site.inventory)])


@pytest.mark.parametrize("driver", sorted(SITES))
def test_drift_of_all_opens_the_device_once(
    driver: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stage(driver, tmp_path) as site:
        names = _sites(site)
        assert _run(site, "push", "other", "--yes", "--no-wait") == 0, capsys.readouterr().err
        counted = Counted(monkeypatch)
        capsys.readouterr()
        assert _run(site, "drift", "--all", "-o", "json") == 2
        rows = {one["site"]: one for one in json.loads(capsys.readouterr().out)["sites"]}
        assert counted.opened == [site.site]
        assert sorted(rows) == sorted(names)
        assert [rows[name]["code"] for name in names] == [2, 0, 2]
        assert {one["path"] for one in rows["third"]["differences"]} == {"tunnel"}
        alone = {}
        for name in names:
            capsys.readouterr()
            _run(site, "drift", name, "-o", "json")
            (alone[name],) = json.loads(capsys.readouterr().out)["sites"]
        assert counted.opened == [site.site, *names]
        for name in names:
            rows[name].pop("azure_age_seconds")
            alone[name].pop("azure_age_seconds")
            assert rows[name] == alone[name], "the same as when it is looked at alone"


def test_status_asks_for_each_in_one_session(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        names = _sites(site)
        assert _run(site, "push", site.site, *WAIT) == 0, capsys.readouterr().err
        counted = Counted(monkeypatch)
        assert _run(site, "status", "--all", "--refresh") == 2
        assert counted.opened == [site.site]
        told = seen.kept()
        assert all(sorted(told[name]) == ["drift", "proof", "verify"] for name in names)
        states = {name: _states(told[name]["verify"].document) for name in names}
        assert states[site.site] == ["up"] * len(states[site.site])
        assert states["other"] == states["third"] == ["down"]


def test_a_device_that_cannot_be_reached_is_told_for_each_and_tried_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        names = _sites(site)
    counted = Counted(monkeypatch)
    capsys.readouterr()
    assert _run(site, "drift", "--all", "-o", "json") == 3
    rows = {one["site"]: one for one in json.loads(capsys.readouterr().out)["sites"]}
    assert counted.opened == [site.site]
    assert {name: rows[name]["code"] for name in names} == dict.fromkeys(names, 3)
    assert all(rows[name]["error"].startswith(name) for name in names), rows
    capsys.readouterr()
    assert _run(site, "drift", "--all") == 3
    said = capsys.readouterr().err
    assert [line.split(":")[0].split()[0] for line in said.splitlines() if "->" not in line] == (
        names
    ), said


def test_a_site_that_cannot_be_told_is_no_matter_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The export of the first is not there: the device is opened for the next of its sites."""
    with stage("cisco_ios", tmp_path) as site:
        names = _sites(site)
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        given["sites"][site.site]["azure"] = {"export": str(tmp_path / "gone")}
        site.inventory.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
        counted = Counted(monkeypatch)
        capsys.readouterr()
        _run(site, "drift", "--all", "-o", "json")
        rows = {one["site"]: one for one in json.loads(capsys.readouterr().out)["sites"]}
        assert counted.opened == ["other"]
        assert "gone" in rows[site.site]["error"]
        assert [rows[name]["code"] for name in names[1:]] == [2, 2]


def test_a_session_that_is_lost_is_opened_anew_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        _sites(site)
        sites = load(str(site.inventory), drivers=tuple(SITES)).sites.values()
        counted = Counted(monkeypatch)
        reads: list[str] = []

        def ask(job: Job, session: Session, text: str) -> str:
            reads.append(text)
            if job.site.name == "other":
                raise SessionTimeout("it went silent", where=f"{job.site.name}: prompt")
            return session.run("show version").split()[0]

        def judge(job: Job, answer: str) -> tuple[str, int]:
            return f"{job.site.name} {answer}", counted.open

        found = {one.name: told for one, told in boxes.visit(sites, ask, judge, workers=20)}
        assert counted.opened == [site.site, "third"]
        assert len(set(reads)) == 1, "the configuration was read once"
        assert isinstance(found["other"], SessionTimeout)
        assert found["third"] == ("third Cisco", 0), "judged when the device was let go"


def test_devices_are_told_apart_by_where_they_answer(tmp_path: Path) -> None:
    """Another port, or another jump host before the same address, is another device."""
    with stage("cisco_ios", tmp_path) as site:
        _sites(site)
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        given["sites"]["third"]["device"]["port"] = 1
        site.inventory.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
        sites = load(str(site.inventory), drivers=tuple(SITES)).sites.values()
        grouped = [[one.name for one in box] for box in boxes.by_device(sites)]
        assert grouped == [[site.site, "other"], ["third"]]


def test_rehearsals_of_all_read_the_device_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is read counts here: what the daemons make of it has tests of its own."""
    with stage("cisco_ios", tmp_path) as site:
        names = _sites(site)
        counted = Counted(monkeypatch)
        texts: list[str | None] = []

        def predicted(_job: Job, text: str | None, *, change: bool) -> None:
            assert change
            texts.append(text)
            raise SessionTimeout("far enough")

        monkeypatch.setattr(rehearse, "predict", predicted)
        capsys.readouterr()
        assert _run(site, "rehearse", "--all") == 3
        assert counted.opened == [site.site]
        assert texts == [site.read()] * len(names)
