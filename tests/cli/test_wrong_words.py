"""What a tired engineer types: each answer says what is wrong, and what to type instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance import cli

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "site-a", "--valid-hours", "3"), "--valid-hours and --allow go with --out"),
        (("plan", "site-a", "--allow", "weak-cripto"), "did you mean weak-crypto?"),
        (("push", "site-a", "--allow", "az-net-001"), "did you mean AZ-NET-001?"),
        (("push", "site-a", "--allow", "everything"), "there are management-path, "),
        (("push", "site-a", "--even-if-changed"), "--even-if-changed goes with --resume"),
        (("history", "site-a", "--out", "x"), "--out and --key go with --snapshot"),
        (("history", "site-a", "--show", "1", "--key", "env:K"), "go with --snapshot"),
        (("explain", "."), "'.' is a folder, no log"),
        (("explain", "nofile.log"), "name a file that is there, a site of the inventory, or"),
        (("explain", "AZ-NET-999"), "did you mean AZ-NET-00"),
        (("parse", "saved.cfg"), "--driver NAME, one of cisco_asa, cisco_ios, juniper_junos"),
        (
            ("parse", "--driver", "cisco_ios", "--show", "show bgp summary", "--cross-check", "x"),
            "--cross-check is for a configuration",
        ),
        (("parse", "--driver", "cisco_ios", "nofile"), "-> name a file; - is standard input"),
    ],
)
def test_what_is_wrong_and_what_to_type(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert cli.main(words) == 64
    told = capsys.readouterr()
    assert said in told.err
    assert "\n  -> " in told.err
    assert not told.out


def test_options_may_stand_before_the_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["import", "azure", "--connection", "site-a", str(REPOSITORY / "examples")]) == 0
    )
    assert "site-a" in capsys.readouterr().out


def test_a_program_is_told_too_why_no_session_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in ("PASSWORD", "ENABLE", "PSK"):
        monkeypatch.setenv(f"APPLIANCE_SITE_A_{name}", "Only4711Tests")
    words = ["verify", "site-a", "-i", str(REPOSITORY / "inventory.yaml")]
    assert cli.main([*words, "-o", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"].startswith("site-a: the host key of 127.0.0.1 is not known")
    assert told["code"] == 1
