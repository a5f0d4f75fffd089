"""`appliance history` over a real push."""

from __future__ import annotations

import json

import pytest

from appliance.cli import main
from tests.routers import KEY, router


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["history", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_push_is_told_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    with router() as site:
        site.push()
    code, out, _ = _run(capsys, "site-a")
    (line,) = out.splitlines()
    assert code == 0
    assert line.split()[0] == "1"
    assert line.endswith("pushed")
    code, out, _ = _run(capsys, "site-a", "--show", "1")
    assert code == 0
    states = [row.split()[1] for row in out.splitlines()[1:]]
    assert states[0] == "arming"
    assert states[-1] == "pushed"
    assert " interface Tunnel100" in out
    code, out, _ = _run(capsys, "site-a", "--show", "1", "after")
    assert "interface Tunnel100\n" in out
    assert KEY not in out
    code, out, _ = _run(capsys, "site-a", "--show", "1", "-o", "json")
    told = json.loads(out)
    assert told["schema"] == "appliance/history/1"
    assert told["runs"][0]["steps"][-1]["state"] == "pushed"


@pytest.mark.parametrize(
    ("words", "words_back"),
    [
        (("site-a", "--show", "7"), "the journal has no push 7"),
        (("site-a", "--show", "one"), "--show takes a number"),
        (("site-a", "--show", "1", "later"), "push 1 kept no 'later'"),
        (("site-b", "--show", "1"), "push 1 was to site-a, not site-b"),
    ],
)
def test_what_is_not_there_is_said(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], words_back: str
) -> None:
    with router() as site:
        site.push()
    code, out, err = _run(capsys, *words)
    assert (code, out) == (64, "")
    assert words_back in err
    assert _run(capsys, "site-q")[2].endswith(" from here; there are pushes to site-a\n")


def test_nothing_was_pushed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "site-z") == (0, "", "nothing was pushed to site-z from here\n")
