"""Rows 51 to 54: a tunnel that carries production, has no peer yet, is old, or cannot be tried."""

from __future__ import annotations

import re
from dataclasses import replace
from json import JSONDecoder
from pathlib import Path

import pytest

from appliance.cli import lab as verb
from appliance.cli.lab import gateways
from appliance.job import Job
from appliance.lab.associations import Associations
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.faults import swallow
from appliance.lab.linux.host import LinuxHost
from appliance.lab.meddle import meddle
from appliance.lab.rras.server import Server
from appliance.lab.shell import Device, Host
from tests.faults.rows import VENDORS
from tests.faults.scene import Scene, scene

Capture = pytest.CaptureFixture[str]


def _gateway(box: Scene) -> str:
    return str(box.site.job.intent.tunnels[0].remote.addresses[0])


def _document(told: str) -> dict[str, object]:
    """The JSON that stands in front of what else was said."""
    found, _ = JSONDecoder().raw_decode(told)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("driver", VENDORS)
def test_51_a_plan_says_what_bounces_and_what_works_is_left_alone(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    with scene(driver, tmp_path, capsys) as box:
        assert box.push().code == 0
        assert box.run("plan", *box.site.words).code == 0
        held = box.picture
        assert "nothing to change" in box.push().told
        assert box.picture == held

        meddle(driver, box.site.box, _gateway(box))
        planned = box.run("plan", *box.site.words, "-o", "json")
        assert planned.code == 2
        bounced = _document(planned.told)["bounces"]
        assert isinstance(bounced, list)
        assert len(bounced) == 1, "one tunnel goes down, not that of a partner"
        repaired = box.push()
        assert repaired.code == 0
        assert f"bounces {bounced[0]}" in repaired.told


@pytest.mark.parametrize("driver", VENDORS)
def test_52_azure_that_is_not_there_yet_is_waited_for_and_not_called_broken(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "gateways", _silent)
    with scene(driver, tmp_path, capsys) as box:
        waited = box.push(wait="1")
        assert waited.code == 5
        assert f"waiting for peer {_gateway(box)}" in waited.told
        assert box.old
        pushed = box.push("--no-wait")
        assert pushed.code == 0, pushed.told
        assert box.new
        looked = box.run("verify", *box.site.words)
        assert looked.code == 1
        assert "see whether the Azure gateway exists" in looked.told


def _silent(job: Job) -> tuple[AzurePeer, ...]:
    return tuple(replace(peer, reachable=False) for peer in gateways(job))


RENEWS = {
    "cisco_ios": "clear crypto session",
    "cisco_asa": "clear crypto ipsec sa",
}
"""What makes the SAs anew on devices that tell how old they are, and on which the lab's time can
pass."""


@pytest.mark.parametrize("driver", RENEWS)
def test_53_sas_from_before_the_change_prove_nothing_of_it(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    """The device takes the change, and keeps the tunnel that was negotiated before it."""
    with scene(driver, tmp_path, capsys, swallow(RENEWS[driver])) as box:
        assert box.push().code == 0
        meddle(driver, box.site.box, _gateway(box))
        assert not isinstance(box.site.box, LinuxHost)
        box.site.box.advance(600)  # type: ignore[union-attr]  # those of RENEWS can
        pushed = box.push(wait="1")
        assert pushed.code == 5, pushed.told
        assert "it was negotiated by the configuration before" in pushed.told
        assert "clear the SA in a quiet moment" in pushed.told


@pytest.mark.parametrize("driver", VENDORS)
def test_54_hosts_that_answer_no_ping_undo_nothing(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    """Traffic goes out and none comes back: told, and no reason to take a good tunnel back."""
    with scene(driver, tmp_path, capsys) as box:
        _answers_nothing(box.site.box)
        pushed = box.push()
        assert pushed.code == 0, pushed.told
        assert re.search(r"^  (FAIL|\?) +traffic ", pushed.told, re.MULTILINE), pushed.told
        assert box.new
        looked = box.run("verify", *box.site.words)
        assert looked.code in {1, 3}, "whoever only looks is told"


def _answers_nothing(box: Device | Host) -> None:
    if isinstance(box, LinuxHost):
        box.run("ip -n azure rule add to 10.16.0.0/16 priority 10 blackhole")
    elif isinstance(box, Server):
        box.associations.traffic.back = False
    else:
        associations = vars(box)["crypto"]
        assert isinstance(associations, Associations)
        associations.traffic.back = False
