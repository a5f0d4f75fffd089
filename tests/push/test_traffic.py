"""Rules on traffic over real SSH: pushed, verified, held against drift and proven, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.lab.asa import AsaDevice
from tests.push.stage import stage
from tests.push.test_two_sites import OTHER

TRAFFIC = {
    "permit": [
        {"protocol": "tcp", "ports": [443, "8000-8009"], "direction": "to-azure"},
        {"protocol": "icmp"},
    ],
    "deny": [{"remote": "10.99.0.0/16"}],
}


@pytest.mark.parametrize(
    "driver", ["cisco_ios", "cisco_asa", "juniper_junos", "rras", "strongswan"]
)
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


OFF, ON = "no sysopt connection permit-vpn", "sysopt connection permit-vpn"


def test_an_asa_is_switched_to_ask_the_lists_of_its_tunnel_interface(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_asa", tmp_path, traffic=TRAFFIC, azure=OTHER) as site:
        assert isinstance(site.box, AsaDevice)
        assert main(["push", *site.words, "--yes"]) == 4, "a partner has a tunnel there"
        assert "tunnel outside_map 10" in capsys.readouterr().err
        site.box.configure("clear configure crypto map", "clear configure tunnel-group 192.0.2.50")
        site.before = site.read()
        assert main(["push", *site.words, "--yes"]) == 0
        assert site.new
        assert f"\n{OFF}\n" in site.read()
        capsys.readouterr()
        assert main(["prove", *site.words, "-o", "json"]) == 0
        rows = json.loads(capsys.readouterr().out)["rows"]
        assert rows
        assert not any(row["leaking"] or row["missing"] for row in rows)
        assert main(["rollback", *site.words, "--yes"]) == 0
        assert site.old

        assert main(["push", *site.words, "--yes"]) == 0
        site.box.configure(ON)
        capsys.readouterr()
        assert main(["drift", *site.words]) == 2
        assert "prohibited traffic passes" in capsys.readouterr().out
        assert main(["prove", *site.words]) == 2
        assert main(["push", *site.words, "--yes"]) == 0
        assert main(["drift", *site.words]) == 0
        assert main(["prove", *site.words]) == 0
