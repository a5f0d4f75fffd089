"""Each command of a push is refused in its turn: reading, arming, changing, looking, confirming."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.lab.faults import Fault, Kind
from tests.faults.row import VENDORS
from tests.push.ends import EVERY, WAIT, settled
from tests.push.stage import KEY
from tests.push.trouble import troubled

STRIDE = 1 if EVERY else 13
WORDS = {
    "cisco_ios": "% Invalid input detected at '^' marker.",
    "cisco_asa": "ERROR: % Invalid input detected at '^' marker.",
    "juniper_junos": "error: syntax error",
    "rras": "A general error occurred.",
    "strongswan": "Operation not permitted",
}
CODES = {
    "pushed": {0},
    "rolled back": {5},
    "not saved": {1},
    "untouched": {1, 4},
    "never begun": {1, 4},
}


def _length(driver: str, folder: Path) -> int:
    with troubled(driver, folder) as (site, luck):
        luck.strike(None)
        assert main(["push", *site.words, *WAIT]) == 0
        return luck.count


def _end(driver: str, number: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """How a push ends whose command of this number is refused: its exit code, and the journal."""
    fault = Fault(kind=Kind.REFUSE, at=number, text=WORDS[driver])
    with troubled(driver, folder) as (site, luck):
        luck.strike(fault)
        code = main(["push", *site.words, *WAIT])
        luck.strike(None)
        told = "".join(capsys.readouterr())
        assert KEY not in told
        if code == 6:
            assert "`appliance recover " in told, f"command {number}: {told}"
            assert main(["recover", *site.words]) == 0, capsys.readouterr().err
            return "6 unknown, recovered"
        ended = settled(site)
        assert code in CODES[ended], f"command {number}: {code}, {ended}: {told}"
        return f"{code} {ended}"


@pytest.mark.timeout(3_600 if EVERY else 300)
@pytest.mark.parametrize("driver", VENDORS)
def test_24_every_command_is_refused_in_its_turn(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    length = _length(driver, tmp_path)
    for turn in range(STRIDE):  # more turns only where the samples have missed the change
        for number in range(1 + (4 + 5 * turn) % STRIDE, length + 1, STRIDE):
            ends[_end(driver, number, tmp_path, capsys)] += 1
        if ends["5 rolled back"]:
            break
    with capsys.disabled():
        listed = ", ".join(f"{end}: {count}" for end, count in sorted(ends.items()))
        sys.stdout.write(f"\n{driver}: refused {ends.total()} of {length}; exit {listed}\n")
    assert ends["5 rolled back"] > 0
