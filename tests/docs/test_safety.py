"""docs/safety.md: its picture is that of the code, and each test it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from appliance.push import machine

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")


def test_the_picture_is_that_of_the_machine() -> None:
    drawn = re.search(r"^```\n(BEGUN .*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert drawn is not None
    told = (machine.__doc__ or "").partition("\n\n")[2].partition("\n\nThe table")[0]
    assert drawn[1].strip() == dedent(told).strip()


def test_each_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
