"""BIRD in a namespace: what it is told it does, and what it does it tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.machine import SYSTEM_PATH
from appliance.twin import needs
from appliance.twin.bird import spelled
from appliance.twin.speaker import Neighbor, Speaker, read_speaker
from tests.twin import bird_inside
from tests.twin.bird_inside import HELD

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]


def scene(name: str) -> Any:  # noqa: ANN401 -- JSON of the script's own making
    """What came of one scene, in namespaces of its own."""
    done = subprocess.run(  # noqa: S603 -- our own words
        [*needs.way(), sys.executable, "-m", bird_inside.__name__, name],
        cwd=ROOT,
        env={**os.environ, "PATH": SYSTEM_PATH, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_this_machine_can_speak_bgp() -> None:
    assert needs.missing_bgp() == ""


def test_what_is_told_is_done() -> None:
    found = scene("both")
    assert found["established"] is True
    assert found["bfd"] == [True, True]
    learnt = {(r["network"], r["via"]) for r in found["routes"] if r["protocol"] == "er1"}
    assert learnt == {("10.20.0.0/16", "er1"), ("10.20.8.0/24", "er1")}
    floating = {(r["network"], r["best"]) for r in found["routes"] if r["protocol"] == "far_250"}
    assert floating == {("10.20.0.0/16", False), ("10.21.0.0/16", True)}
    assert found["preference"] == "200"
    assert found["kernel"] == ["10.20.0.0/16", "via", "172.30.0.2", "dev", "er1"]
    assert found["taught"] == ["10.10.0.0/16"]
    assert found["path"] == ["65010"] * 3
    assert found["secret"] == []


def test_a_neighbour_that_dies_is_noticed_and_the_static_route_takes_over() -> None:
    found = scene("killed")
    assert found["fell"] is True
    assert found["session"]["bfd"] is not True
    assert found["via"] == ["lo"]
    assert found["kernel"] == ["10.20.0.0/16", "dev", "lo"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("asn", "Bad peer AS"), ("key", ""), ("none", ""), ("hops", "")],
)
def test_a_session_that_stays_down_is_down(name: str, words: str) -> None:
    found = scene(name)
    assert not any(one["state"] == "Established" for one in found)
    assert words in " ".join(one["error"] for one in found)


def test_a_speaker_survives_its_document() -> None:
    document = json.loads(json.dumps(asdict(HELD)))
    assert read_speaker(document) == HELD
    assert "abcDEF" not in repr(HELD)


def test_a_key_that_bird_cannot_be_told_is_refused_without_showing_it() -> None:
    one = Neighbor(
        name="x", local="10.0.0.1", local_asn=1, remote="10.0.0.2", remote_asn=2, key='a"b'
    )
    with pytest.raises(ApplianceError, match="quotes") as refused:
        spelled(Speaker(identity="10.0.0.1", neighbors=(one,)))
    assert 'a"b' not in str(refused.value)
