"""The lab without its extra: a sentence, not a traceback."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from appliance.cli import main

ROOT = Path(__file__).resolve().parents[2]


def test_without_its_extra_the_lab_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APPLIANCE_SITE_A_PSK", "right-horse-battery")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert main(["lab", "site-a", "-i", str(ROOT / "inventory.yaml")]) == 64
    assert "pip install 'appliance[lab]'" in capsys.readouterr().err
