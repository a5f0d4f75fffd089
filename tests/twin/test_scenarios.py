"""Rehearsals that users keep: as expected, otherwise, and folders that lack something."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.cli import main

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped example, where it can be changed."""
    shutil.copytree(ROOT / "examples/azure", tmp_path / "azure")
    shutil.copytree(ROOT / "examples/rehearsals", tmp_path / "rehearsals")
    return tmp_path / "rehearsals/pfs-forgotten"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*words: str) -> tuple[int, str, str]:
        code = main(("rehearse", *words))
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return go


def test_the_shipped_ones_come_as_expected(run: Run) -> None:
    folders = sorted(map(str, (ROOT / "examples/rehearsals").iterdir()))
    code, out, err = run("--scenario", *folders)
    assert code == 0, out + err
    # Each as it comes in.
    assert sorted(out.splitlines()) == [f"{one}: as expected" for one in folders]


def test_what_comes_otherwise_is_told_line_by_line(run: Run, folder: Path) -> None:
    running = folder / "running.cfg"
    text = running.read_text(encoding="utf-8")
    assert text.count("ip route 10.21.0.0 255.255.0.0 Tunnel100\n") == 1
    running.write_text(text.replace("ip route 10.21.0.0 255.255.0.0 Tunnel100\n", ""))
    code, out, _ = run("--scenario", str(folder))
    assert code == 1
    assert out.splitlines() == [
        f"{folder}: NOT as expected",
        "  found, and not expected: leak routes (breaking)",
        "  10.11.0.0/16 <-> 10.21.0.0/16: -- in Tunnel100, not ><",
    ]


def test_a_loss_that_was_to_be_survived_is_told(run: Run, folder: Path) -> None:
    lonely = folder.parent / "one-instance-only"
    expected = lonely / "expected.yaml"
    text = expected.read_text(encoding="utf-8")
    expected.write_text(text.replace("survives: false", "survives: true"))
    code, out, _ = run("--scenario", str(lonely))
    assert code == 1
    assert out.splitlines()[1:] == [
        "  the loss of an instance is not survived, which was not expected"
    ]
    expected.write_text(text.replace("survives: false", "survives: perhaps"))
    code, _, err = run("--scenario", str(lonely))
    assert code == 64
    assert "survives: 'perhaps' is neither true nor false" in err


def test_after_the_planned_change_it_works(run: Run, folder: Path) -> None:
    expected = folder / "expected.yaml"
    expected.write_text(expected.read_text(encoding="utf-8").replace("as_is: true\n", ""))
    code, out, _ = run("--scenario", str(folder), "-o", "json")
    told = json.loads(out)
    (one,) = told["scenarios"]
    assert (code, told["schema"], one["schema"]) == (
        1,
        "appliance/scenarios/1",
        "appliance/rehearsal/1",
    )
    assert one["odd"] == [
        "it works, which was not expected",
        "not found: rekey esp.pfs_group (breaking)",
    ]


def test_a_device_that_holds_nothing_yet(run: Run, folder: Path) -> None:
    (folder / "running.cfg").unlink()
    (folder / "expected.yaml").write_text("works: true\nfindings: []\n")
    code, out, _ = run("--scenario", str(folder))
    assert (code, out) == (0, f"{folder}: as expected\n")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("expected.yaml", "works: maybe\n", "`works: true` or `works: false` must be said"),
        ("expected.yaml", "works: true\nmatrix: {}\n", "'matrix' is not known here"),
        ("expected.yaml", "works: false\nfindings: [{kind: pfs}]\n", "kinds: key, identity"),
        ("expected.yaml", 'works: true\ntraffic: {a <-> b: "<>"}\n', "'<>' is no way"),
        ("expected.yaml", "works: [\n", "expected.yaml:2:1"),
        ("expected.yaml", None, "nothing is expected of this scenario"),
        ("site.yaml", None, "there is no site in this folder"),
        ("site.yaml", "version: 1\nsites: {}\n", "a scenario is of one"),
    ],
)
def test_what_a_folder_lacks_is_told(
    run: Run, folder: Path, file: str, text: str | None, told: str
) -> None:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)
    code, out, err = run("--scenario", str(folder))
    assert code in (3, 64), out
    assert told in err


def test_a_scenario_says_itself_what_it_is_of(run: Run) -> None:
    code, _, err = run("site-a", "--scenario", str(ROOT))
    assert code == 64
    assert "says itself which site it is of" in err
