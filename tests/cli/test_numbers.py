"""Numbers on the command line that make no sense: a sentence and 64, no traceback, no hang."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli import main

INVENTORY = str(Path(__file__).resolve().parents[2] / "inventory.yaml")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["drift", "--all", "--workers", "0"], "--workers must be 1 or more"),
        (["push", "site-a", "--wait-seconds", "-1"], "--wait-seconds must be 0 to 7200"),
        (["push", "site-a", "--wait-seconds", "nan"], "--wait-seconds must be 0 to 7200"),
        (["lab", "site-a", "--port", "99999"], "there is no port 99999"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_they_are_refused(
    words: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("APPLIANCE_SITE_A_PSK", "right-horse-battery")
    assert main([*words, "-i", INVENTORY]) == 64
    assert message in capsys.readouterr().err
