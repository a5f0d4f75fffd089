"""Sites whose Azure side is read live, through the command line: from the first look to a push."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from appliance.cli import main
from appliance.lab.login import ENABLE, PASSWORD
from tests.azure.arm import deployment, identity
from tests.azure.arm.server import Arm, Json, denied, refused
from tests.push.stage import ROOT, stage

TOKEN = identity.jwt()
KEY = "CanaryLive55Xq"
_OUTSIDE = ("id", "name", "type", "location", "etag")


@pytest.fixture(autouse=True)
def login(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine has a managed identity."""
    arm.tokens = {TOKEN}
    with identity.issuing(TOKEN) as (address, _):
        monkeypatch.setenv("IDENTITY_ENDPOINT", address)
        monkeypatch.setenv("IDENTITY_HEADER", identity.SECRET_HEADER)
        yield


def inventory(folder: Path, arm: Arm, **azure: Json) -> str:
    """An inventory with sites of the deployment; returns its path."""
    live: Json = {
        "subscription": deployment.SUBSCRIPTION,
        "resource_group": deployment.GROUP,
        "cloud": arm.endpoint,
    }
    device: Json = {"driver": "cisco_ios", "interfaces": {"outside": "GigabitEthernet1"}}
    site: Json = {
        "device": device,
        "on_premises": {
            "public_ip": "203.0.113.77",
            "prefixes": ["10.10.0.0/16"],
            "bgp": {"asn": 65077, "address": "169.254.21.5"},
        },
        "azure": {"connection": "conn-a", **azure},
    }
    path = folder / "inventory.yaml"
    path.write_text(
        yaml.safe_dump(
            {"version": 1, "defaults": {"azure": {"live": live}}, "sites": {"site-a": site}}
        )
    )
    return str(path)


def test_import_prints_what_azure_says(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", "azure", "--live", "site-a", "-i", inventory(tmp_path, arm)]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert text.startswith("conn-a (vnet-gateway), Connected, exported 0 min ago\n")
    assert "  gateway       198.51.100.66 (activeActive, BGP 10.40.255.5 169.254.22.6)\n" in text
    assert main([*words, "-o", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["connections"]
    assert (told["name"], told["psk"]["state"]) == ("conn-a", "known")
    assert len({token for _, _, token in arm.log}) == 1


def test_import_saves_and_reads_back(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "exports"
    path = inventory(tmp_path, arm)
    assert main(["import", "azure", "--live", "site-a", "-i", path, "--save", str(folder)]) == 0
    live = capsys.readouterr()
    assert "kept in" in live.err
    assert main(["import", "azure", str(folder), "--connection", "conn-a"]) == 0
    kept = [line for line in capsys.readouterr().out.splitlines() if "note:" not in line]
    said = [line for line in live.out.splitlines() if "note:" not in line]
    assert kept == [line.replace("key           known", "key           absent") for line in said]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--save", "x"],
        ["exports", "--live", "site-a"],
        ["exports", "--save", "x"],
        ["exports", "--with-key"],
    ],
)
def test_options_that_do_not_go_together(
    arm: Arm, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "azure", *words, "-i", inventory(tmp_path, arm)]) == 64
    assert "->" in capsys.readouterr().err
    assert arm.log == []


def test_a_site_that_is_not_live(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = inventory(tmp_path, arm, live=None, export="exports")
    assert main(["import", "azure", "--live", "site-a", "-i", path]) == 64
    assert "site site-a has no azure.live" in capsys.readouterr().err


def test_validate_asks_for_no_key(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["validate", "-i", inventory(tmp_path, arm)])
    assert "site-a" in capsys.readouterr().err
    assert arm.log
    assert not [path for _, path in arm.requests if "sharedkey" in path.casefold()]


def test_a_fleet_is_validated_side_by_side_with_one_look_at_each_gateway(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(inventory(tmp_path, arm))
    document = yaml.safe_load(path.read_text())
    one = document["sites"].pop("site-a")
    for number in range(30):
        arm.put(deployment.connection(f"conn-{number}", f"site-{number}"))
        arm.put(deployment.site(f"site-{number}", f"203.0.113.{number + 1}", 65100 + number))
        ours = {**one["on_premises"], "public_ip": f"203.0.113.{number + 1}"}
        azure = {"connection": f"conn-{number}"}
        document["sites"][f"site-{number}"] = {**one, "on_premises": ours, "azure": azure}
    path.write_text(json.dumps(document))  # which is YAML, and has no aliases
    arm.together = 8
    assert main(["validate", "-i", str(path), "-o", "json"]) in {0, 1}
    told = json.loads(capsys.readouterr().out)["sites"]
    assert [row["site"] for row in told] == list(document["sites"])
    assert not [row["error"] for row in told if row["error"]]
    assert (len(arm.log), arm.most_at_once) == (2 * 30 + 8, 8)


def test_each_command_reads_anew(arm: Arm, tmp_path: Path) -> None:
    words = ["import", "azure", "--live", "site-a", "-i", inventory(tmp_path, arm)]
    main(words)
    first = len(arm.log)
    main(words)
    assert len(arm.log) == 2 * first


def test_a_missing_right_is_told_and_exits_with_the_verbs_own_code(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arm.always["/vgw-hub"] = denied("Microsoft.Network/virtualNetworkGateways/read", "/x")
    path = inventory(tmp_path, arm)
    running = tmp_path / "running.txt"
    running.write_text("hostname r1\n")
    assert main(["import", "azure", "--live", "site-a", "-i", path]) == 1
    assert main(["drift", "site-a", "-i", path, "--running", str(running)]) == 3
    told = capsys.readouterr()
    assert "not allowed to this login: Microsoft.Network/virtualNetworkGateways/read" in told.err


def example(arm: Arm) -> Json:
    """The shipped export of site-a as the resources that Resource Manager has; its azure part."""
    for file in sorted((ROOT / "examples/azure/site-a").glob("*.json")):
        flat: dict[str, Json] = json.loads(file.read_text())
        outer = {name: value for name, value in flat.items() if name in _OUTSIDE}
        inner = {name: value for name, value in flat.items() if name not in _OUTSIDE}
        arm.put({**outer, "properties": inner})
        if "/connections/" in str(flat["id"]):
            found = str(flat["id"])
    arm.put({"id": f"{found}/sharedkey", "value": KEY})
    parts = found.split("/")
    live: Json = {"subscription": parts[2], "resource_group": parts[4], "cloud": arm.endpoint}
    return {"live": live, "connection": parts[-1]}


def test_from_the_plan_to_the_push_and_drift_after_azure_moved(
    arm: Arm,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("tests.push.stage.KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with stage("cisco_ios", tmp_path) as site:
        document = yaml.safe_load(site.inventory.read_text())
        azure = example(arm)
        document["sites"][site.site]["azure"] = azure
        del document["sites"][site.site]["psk"]
        site.inventory.write_text(yaml.safe_dump(document))
        monkeypatch.setenv("STAGE_PASSWORD", PASSWORD)
        monkeypatch.setenv("STAGE_ENABLE", ENABLE)
        assert main(["plan", *site.words]) == 2
        pushed = main(["push", *site.words, "--yes"])
        assert pushed == 0, capsys.readouterr().err
        assert main(["drift", *site.words]) == 0
        connection = arm.resources[_path(azure)]
        assert isinstance(connection, dict)
        properties = connection["properties"]
        assert isinstance(properties, dict)
        changed: Json = {
            **properties,
            "ipsecPolicies": [{**deployment.policy(), "dhGroup": "ECP384"}],
        }
        arm.put({**connection, "properties": changed})
        capsys.readouterr()
        assert main(["drift", *site.words]) == 2
        told = capsys.readouterr().out
        assert "group" in told
    written = caplog.text + told + "".join(_texts(tmp_path)) + "".join(_texts(_state()))
    assert KEY not in written
    assert TOKEN not in written


def _path(azure: Json) -> str:
    assert isinstance(azure, dict)
    live, name = azure["live"], azure["connection"]
    assert isinstance(live, dict)
    group = f"/subscriptions/{live['subscription']}/resourceGroups/{live['resource_group']}"
    return f"{group}/providers/Microsoft.Network/connections/{name}".casefold()


def _state() -> Path:
    import os  # noqa: PLC0415 -- only here

    return Path(os.environ["XDG_STATE_HOME"]).parent


def _texts(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.read_bytes().decode("latin-1")


def test_nobody_is_signed_in(
    arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    assert main(["import", "azure", "--live", "site-a", "-i", inventory(tmp_path, arm)]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"appliance: {arm.endpoint}: no login for Azure works"
    assert "az login" in second


def test_nothing_but_our_words_where_no_logging_is_set_up(
    arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    code = "import sys; from appliance.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["import", "azure", "--live", "site-a", "-i", inventory(tmp_path, arm)]
    done = subprocess.run(  # noqa: S603 -- this very Python
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"appliance: {arm.endpoint}: no login for Azure works\n  -> ")
    assert done.stderr.count("\n") == 2


def test_a_wrong_place_is_told_with_its_id(
    arm: Arm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arm.always["/conn-x"] = refused(404, "ResourceNotFound")
    path = inventory(tmp_path, arm, connection="conn-x")
    assert main(["import", "azure", "--live", "site-a", "-i", path]) == 1
    assert "/connections/conn-x: there is no such resource" in capsys.readouterr().err
