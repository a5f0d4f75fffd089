"""Two pushes at once, from two processes, of one site, and of one device under two names."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from appliance import journal
from appliance.journal.locks import held
from appliance.lab.meddle import meddle
from appliance.session import hostkeys
from tests.faults.contending import Operator, contest
from tests.push.ends import EVERY
from tests.push.stage import SITES, Stage, stage

ROUNDS = {"cisco_ios": 100 if EVERY else 20}
"""How often; the others, where only the reading of the serial number is another, a few times."""

ELSEWHERE = "elsewhere"
"""The same box under another name and another address: the inventory takes no address twice."""


@contextmanager
def _twice(driver: str, folder: Path) -> Iterator[Stage]:
    with stage(driver, folder) as site:
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        said = given["sites"][site.site]
        moved = deepcopy(said)
        moved["device"]["host"] = "localhost"
        given["sites"] |= {ELSEWHERE: moved}
        site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
        key = hostkeys.lookup(site.site, "127.0.0.1", site.job.port)
        assert key is not None
        hostkeys.pin(ELSEWHERE, "localhost", site.job.port, key)
        yield site


def _names_the_first(winner: Operator, loser: Operator) -> None:
    assert loser.code == 4, loser.said
    named = f"another push works on this device: site {winner.site}, process {winner.process.pid},"
    assert named in loser.said
    assert re.search(r"since [0-9:]{8} UTC\n  -> nothing was touched; wait for it", loser.said)


def _begun() -> int:
    """How many pushes the journal has, of either name."""
    return max(
        (one.id for name in (*SITES.values(), ELSEWHERE) for one in journal.history(name)),
        default=0,
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("driver", SITES)
def test_22_one_device_under_two_names_pushed_at_once(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds, won = ROUNDS.get(driver, 4), Counter[str]()
    with _twice(driver, tmp_path) as site:
        peer = str(site.job.intent.tunnels[0].remote.addresses[0])
        for number in range(rounds):
            other = ELSEWHERE if number % 3 else site.site
            with contest((site.site, other), site.inventory, tmp_path) as (winner, loser):
                _names_the_first(winner, loser)
                assert _begun() == won.total()
                winner.agree()
            assert winner.code == 0, winner.said
            assert "pushed, verified and saved" in winner.said
            won[winner.site] += 1
            assert _begun() == won.total()
            assert number % 10 or site.new
            meddle(driver, site.box, peer)
        assert not held(f"127.0.0.1:{site.job.port}")
        assert not journal.unfinished()
    with capsys.disabled():
        told = ", ".join(f"{name} {count}" for name, count in sorted(won.items()))
        sys.stdout.write(f"\n{driver}: {rounds} times two at once: one each time; {told}\n")
