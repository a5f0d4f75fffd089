"""`appliance prove`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli import main

REPOSITORY = Path(__file__).parents[2]
INVENTORY = f"""\
version: 1
sites:
  site-a:
    device:
      driver: cisco_ios
      interfaces: {{outside: GigabitEthernet1}}
    on_premises:
      public_ip: 203.0.113.10
      prefixes: [10.10.0.0/16, 10.11.0.0/16]
    azure: {{export: {REPOSITORY}/examples/azure/site-a}}
    traffic:
      permit:
        - {{local: 10.10.0.0/16, protocol: tcp, ports: [443], direction: to-azure}}
        - {{protocol: icmp}}
      deny:
        - {{remote: 10.20.9.0/24}}
"""
NSG = {
    "name": "nsg-app",
    "securityRules": [
        {
            "name": "no-ping",
            "priority": 100,
            "direction": "Inbound",
            "access": "Deny",
            "protocol": "Icmp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.20.1.0/24",
            "destinationPortRange": "*",
        },
        {
            "name": "vnet",
            "priority": 65000,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "*",
            "sourceAddressPrefix": "VirtualNetwork",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "VirtualNetwork",
            "destinationPortRange": "*",
        },
        {
            "name": "out",
            "priority": 65000,
            "direction": "Outbound",
            "access": "Allow",
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    ],
}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An inventory with rules, the device as it should be, and a security group."""
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    (tmp_path / "nsg.json").write_text(json.dumps(NSG))
    assert main(["render", "site-a", "-i", str(tmp_path / "inventory.yaml")]) == 0
    outside = "interface GigabitEthernet1\n ip address 203.0.113.10 255.255.255.0\n!\n"
    (tmp_path / "running.cfg").write_text(outside + capsys.readouterr().out)
    return tmp_path


def _prove(folder: Path, *more: str) -> int:
    inventory, running = folder / "inventory.yaml", folder / "running.cfg"
    return main(["prove", "site-a", "-i", str(inventory), "--running", str(running), *more])


def test_a_device_as_it_should_be_passes_and_blocks_what_it_should(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _prove(folder) == 0
    out = capsys.readouterr().out
    assert "  10.10.0.0/16 -> 10.20.0.0/16: partly, as intended" in out
    assert "    passes: tcp 443: 10.10.0.0/16 -> 10.20.0.0/16 but 10.20.9.0/24" in out
    assert "  all -> 10.20.9.0/24 (prohibited): blocked, as intended" in out
    assert "`deny ip any 10.20.9.0 0.0.0.255`" in out
    assert "not looked at: network security groups" in out


def test_what_leaks_and_what_is_missing_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "running.cfg"
    text = path.read_text().replace(" deny ip any 10.20.9.0 0.0.0.255\n", "")
    text = text.replace(" deny ip 10.20.9.0 0.0.0.255 any\n", "").replace(
        "any eq 443\n", "any eq 4\n"
    )
    path.write_text(text)
    assert _prove(folder) == 2
    out = capsys.readouterr().out
    rows = text.splitlines()
    echo = [n for n, row in enumerate(rows, 1) if row == " permit icmp any any echo"]
    applied = rows.index(" ip access-group appliance-site-a-1-out out") + 1
    assert (
        f"    PASSES, BUT PROHIBITED, by access list appliance-site-a-1-out out, line {echo[1]} "
        "`permit icmp any any echo`: icmp: 10.10.0.0/16 -> 10.20.9.0/24\n"
    ) in out
    assert (
        f"    BLOCKED, BUT PERMITTED, by access list appliance-site-a-1-out out, line {applied} "
        "`ip access-group appliance-site-a-1-out out`: tcp 443: 10.10.0.0/16 -> 10.21.0.0/16\n"
    ) in out


def test_azures_rules_decide_as_well_and_the_document_has_it_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _prove(folder, "--cloud", f"10.20.0.0/16={folder / 'nsg.json'}", "-o", "json") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "appliance/proof/1"
    assert document["not_judged"] == []
    row = document["rows"][0]
    assert (row["local"], row["remote"], row["direction"]) == (
        "10.10.0.0/16",
        "10.20.0.0/16",
        "to-azure",
    )
    assert row["result"] == "partly"
    assert row["as_intended"] is False
    assert row["missing"] == [
        {
            "direction": "to-azure",
            "protocol": "icmp",
            "local": ["10.10.0.0/16"],
            "remote": ["10.20.1.0/24"],
        }
    ]
    by = [one for one in row["stopped"] if one["by"] == "network security group, inbound"]
    assert [one["text"].rpartition(": ")[2] for one in by] == ["rule no-ping (Deny, priority 100)"]


def test_a_wrong_network_or_file_is_a_usage_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _prove(folder, "--cloud", f"10.20.0.0/99={folder / 'nsg.json'}") == 64
    assert "is no IPv4 network" in capsys.readouterr().err
    assert _prove(folder, "--cloud", str(folder / "inventory.yaml")) != 0
    assert "list-effective-nsg" in capsys.readouterr().err
