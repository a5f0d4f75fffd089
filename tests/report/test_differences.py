"""Differences in words."""

from __future__ import annotations

import pytest

from appliance.model.difference import Difference, Severity, Verdict
from appliance.report.differences import lines


@pytest.mark.parametrize(
    ("intended", "running", "words"),
    [
        (["aes256"], ["aes256", "3des"], "extra 3des"),
        ([], ["10.99.0.0/16"], "extra 10.99.0.0/16"),
        (["aes256"], ["aes256"], "extra aes256"),
    ],
)
def test_what_is_extra_is_told_without_what_is_wanted(
    intended: list[object], running: list[object], words: str
) -> None:
    found = Difference(
        tunnel="a-1",
        path="routes",
        verdict=Verdict.EXTRA,
        severity=Severity.WARNING,
        intended=intended,
        running=running,
        reason="because",
        source=None,
    )
    assert list(lines((found,))) == [f" ! a-1  routes: {words}", "     because"]
