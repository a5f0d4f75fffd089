"""A rehearsal as a gate before a push, and many sites rehearsed at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import journal
from appliance.cli import main, rehearsed
from appliance.cli.prediction import Prediction, predict
from appliance.errors import RefusedError
from appliance.job import Job
from appliance.model.algorithms import DhGroup
from appliance.push import Options, Watcher, push
from tests.push.stage import KEY, Stage, stage

pytestmark = pytest.mark.twin
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Stage]:
    with stage("cisco_ios", tmp_path, rehearse="required") as made:
        yield made


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*words: str) -> tuple[int, str, str]:
        code = main(words)
        printed = capfd.readouterr()
        assert KEY not in printed.out + printed.err
        return code, printed.out, printed.err

    return go


def _other_pfs(job: Job, text: str | None) -> Prediction:
    """As if the driver had written another PFS group than was meant."""
    good = predict(job, text)
    bad = [replace(one, esp=replace(one.esp, pfs_group=DhGroup.ECP384)) for one in good.tunnels]
    return replace(good, tunnels=tuple(bad))


def test_what_would_not_work_is_not_pushed(
    site: Stage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.read()
    with monkeypatch.context() as patched:
        patched.setattr(rehearsed, "predict", _other_pfs)
        code, _, err = run("push", *site.words, "--yes")
    assert code == 4, err
    assert "the rehearsal failed: it would not work" in err
    assert "!! esp.pfs_group: it comes up, but when the device renews the child SA" in err
    assert site.read() == before
    assert journal.history("site-a") == ()


def test_what_would_work_is_pushed_and_recorded(site: Stage, run: Run) -> None:
    code, _, err = run("push", *site.words, "--yes")
    assert code == 0, err
    (entry,) = journal.history("site-a")
    record = json.loads(journal.texts(entry.id)["rehearsal"])
    assert (record["schema"], record["works"]) == ("appliance/rehearsal/1", True)
    assert [one["daemons"] for one in record["tunnels"]] == [True] * len(record["tunnels"])


def test_a_plan_file_has_the_record(
    site: Stage, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.plan"
    with monkeypatch.context() as patched:
        patched.setattr(rehearsed, "predict", _other_pfs)
        assert run("plan", *site.words, "--out", str(path))[0] == 4
    assert not path.exists()
    assert run("plan", *site.words, "--out", str(path))[0] == 2
    record = json.loads(path.read_text(encoding="utf-8"))["rehearsal"]
    assert (record["schema"], record["works"]) == ("appliance/rehearsal/1", True)
    code, _, err = run("push", "--plan", str(path), "-i", str(site.inventory), "--yes")
    assert code == 0, err


def test_where_nothing_can_be_rehearsed_nothing_is_pushed(
    site: Stage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsed, "missing", lambda: "not installed: charon-systemd")
    code, _, err = run("push", *site.words, "--yes")
    assert code == 4
    assert "it cannot be rehearsed: not installed: charon-systemd" in err
    assert "`appliance doctor rehearse`" in err


def test_a_library_without_a_twin_is_refused_too(site: Stage) -> None:
    with pytest.raises(RefusedError, match="pushed only after a rehearsal"):
        push(site.job, site.connect, Options(), Watcher())


def test_many_sites_each_have_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).resolve().parents[2]
    monkeypatch.chdir(root)
    for letter in "ABCDE":
        monkeypatch.setenv(f"APPLIANCE_SITE_{letter}_PSK", KEY)
    code, out, err = run("rehearse", "site-*", "--new")
    assert code == 0, out + err
    told = sorted(line for line in out.splitlines() if not line.startswith("  "))
    assert {f"site-{letter}: would work" for letter in "abcde"} <= set(told)
    assert all(": would work" in line for line in told), told
    few = ("rehearse", "--limit", "site-a,site-c", "--new", "-o", "json")
    plain, whole = (json.loads(run(*few, *more)[1])["sites"] for more in ((), ("--thorough",)))
    assert [site["together"] is None for site in plain] == [True, False]
    assert plain[1]["together"]["survives"] is None
    assert plain[1]["together"]["why_not"].startswith("by rules alone: nothing is lost unless")
    assert [site["together"] and site["together"]["survives"] for site in whole] == [None, True]
    pair = ("rehearse", "branch-fibre", "branch-lte", "--new", "--together")
    document = json.loads(run(*pair, "-o", "json")[1])
    both = document["together"]
    assert (both["devices"], both["survives"], both["findings"]) == (True, True, [])
    assert [loss["lost"] for loss in both["losses"]] == ["branch-fibre", "branch-lte"]
    code, out, err = run("rehearse", "site-a", "--new", "--together")
    assert (code, out) == (64, "")
    assert "--together is of several devices" in err
    code, out, _ = run("rehearse", "--limit", "site-a,site-b", "--new", "-o", "json")
    told = json.loads(out)
    assert (code, told["schema"], told["code"]) == (0, "appliance/rehearsals/1", 0)
    assert [(one["site"], one["works"]) for one in told["sites"]] == [
        ("site-a", True),
        ("site-b", True),
    ]


def test_a_site_that_cannot_be_asked_is_told_and_the_others_are_tried(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).resolve().parents[2]
    monkeypatch.chdir(root)
    monkeypatch.setenv("APPLIANCE_SITE_A_PSK", KEY)
    monkeypatch.delenv("APPLIANCE_SITE_A_PASSWORD", raising=False)
    code, out, err = run("rehearse", "site-a", "site-b", "--as-is")
    assert code == 3, out
    assert out == ""
    assert {line.partition(":")[0] for line in err.splitlines() if line.startswith("site-")} == {
        "site-a",
        "site-b",
    }
