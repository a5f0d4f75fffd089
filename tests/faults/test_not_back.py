"""Row 56: the change fails, and so does taking it back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.cli import lab as verb
from appliance.cli.lab import gateways
from appliance.job import Job
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.faults import swallow
from appliance.model.change import KEY_MARK
from tests.faults.rows import VENDORS
from tests.faults.scene import scene
from vendors.juniper_junos import transaction

GOES_BACK = {
    "cisco_ios": r"^(configure revert|no )",
    "cisco_asa": r"^(no|clear) ",
    "juniper_junos": r"^rollback",
    "rras": r"^Remove-VpnS2SInterface",
    "strongswan": r"guard/restore|^rm ",
}
"""The commands of the way back, which the device takes and does not carry out."""


@contextmanager
def _impatient() -> Iterator[None]:
    """Junos is waited for until its own way back is due: here a minute passes at each look."""
    minutes, patience = itertools.count(), transaction._PATIENCE
    former = {name: getattr(patience, name) for name in ("pause", "now")}
    object.__setattr__(patience, "pause", 0.0)
    object.__setattr__(patience, "now", lambda: 60.0 * next(minutes))
    yield
    for name, value in former.items():
        object.__setattr__(patience, name, value)


def _silent(job: Job) -> tuple[AzurePeer, ...]:
    return tuple(replace(peer, reachable=False) for peer in gateways(job))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("driver", VENDORS)
def test_56_a_way_back_that_fails_is_left_to_a_person_with_the_commands(
    driver: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verb, "gateways", _silent)
    with _impatient(), scene(driver, tmp_path, capsys, swallow(GOES_BACK[driver])) as box:
        pushed = box.push(wait="0.1")
        assert pushed.code == 6, pushed.told
        assert box.state == "unknown"
        assert not box.old
        site = box.site.site
        assert f"`appliance history {site} --show 1 rollback`" in pushed.told
        kept = box.run("history", site, "--show", "1", "rollback")
        assert kept.code == 0
        lines = [line for line in kept.told.splitlines() if line.strip()]
        assert lines
        assert all(line in pushed.told for line in lines), "printed, and kept"
        assert KEY_MARK not in kept.told, "the way back to nothing needs no key"
        assert f"`appliance recover {site}` reads the device" in pushed.told
