"""Rules on traffic over real SSH: pushed, verified, held against drift and proven, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli import main
from tests.push.stage import stage

TRAFFIC = {
    "permit": [
        {"protocol": "tcp", "ports": [443, "8000-8099"], "direction": "to-azure"},
        {"protocol": "icmp"},
    ],
    "deny": [{"remote": "10.99.0.0/16"}],
}


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco_asa", "juniper_junos", "strongswan"])
def test_rules_are_pushed_held_proven_and_taken_back(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path, traffic=TRAFFIC) as site:
        assert main(["push", *site.words, "--yes"]) == 0
        assert site.new
        capsys.readouterr()
        assert main(["push", *site.words, "--yes"]) == 0, "nothing is left to do"
        assert main(["drift", *site.words]) == 0
        capsys.readouterr()
        assert main(["prove", *site.words, "-o", "json"]) in {0, 3}, "BGP decides on routes"
        rows = json.loads(capsys.readouterr().out)["rows"]
        assert rows
        assert not any(row["leaking"] or row["missing"] for row in rows)
        assert main(["rollback", *site.words, "--yes"]) == 0
        assert site.old
