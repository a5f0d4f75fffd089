"""`status` and `report` over a device of the lab, and over what was kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from appliance.cli import main
from appliance.report.hub import age
from tests.push.stage import stage


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main([*words])
    return code, capsys.readouterr().out


def test_what_was_never_looked_at_is_said_to_be_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        code, out = run(capsys, "status", *site.words)
    assert code == 3
    assert "never looked at" in out
    assert "1 unknown" in out


@pytest.mark.parametrize("driver", ["cisco_ios", "juniper_junos", "rras"])
def test_a_refresh_asks_the_device_and_is_remembered(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        assert main(["push", *site.words, "--yes"]) == 0
        code, out = run(capsys, "status", *site.words, "--refresh", "-o", "json")
        (told,) = json.loads(out)["sites"]
        words = site.words
    assert code == 0
    assert {tunnel["state"] for tunnel in told["tunnels"]} == {"up"}
    assert (told["drift"], told["pushed"]) == ("in sync", "pushed")
    assert told["proof"]
    code, out = run(capsys, "status", *words)  # the device is gone: what was kept is told
    assert (code, "in sync (" in out) == (0, True)


def test_drift_and_a_site_that_is_not_reached_are_in_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        code, out = run(capsys, "status", *site.words, "--refresh")
        words = site.words
    assert code == 2
    assert "drift (" in out
    assert "1 down: " in out
    code, out = run(capsys, "status", *words, "--refresh")
    assert code == 3
    assert "not determined (" in out


def test_drift_and_verify_keep_what_they_saw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert main(["push", *site.words, "--yes"]) == 0
        assert main(["drift", *site.words]) == 0
        assert main(["verify", *site.words]) == 0
        code, out = run(capsys, "status", *site.words)
    assert code == 0
    assert "1 up (" in out


def test_a_page_is_written_whole_and_one_broken_site_spoils_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        document = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        broken = json.loads(json.dumps(document["sites"][site.site]))
        broken["azure"]["connection"] = "nobodys"
        broken["device"]["port"] += 1
        document["sites"] = {"broken": broken, site.site: document["sites"][site.site]}
        site.inventory.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        page = tmp_path / "page.html"
        words = ["report", "--all", "-i", str(site.inventory), "--refresh", "--html", str(page)]
        assert main(words) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>")
    assert text.count("<section") == 2
    assert [path.name for path in tmp_path.glob(".page*")] == []
    assert main([*words[:-1], str(tmp_path / "no" / "where.html")]) == 64
    assert "cannot write" in capsys.readouterr().err


def test_ages_are_told_in_the_unit_that_says_enough() -> None:
    told = [age(1_000_000 - s, 1_000_000) for s in (5, 90, 3_700, 90_000, 200_000)]
    assert told == ["5 s", "1 min", "1 h", "25 h", "2 d"]
    assert age(None) == "never"
