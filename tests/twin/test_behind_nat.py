"""Sites behind NAT: what a platform cannot be told to call itself is taken, and said unproven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from appliance.cli import main, rehearsed
from appliance.cli import rehearse as verb

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary-4711-in-the-mine"
SITES = {"cisco_ios": "site-a", "cisco_asa": "site-b", "juniper_junos": "site-c", "rras": "site-d"}
NAMELESS = {"cisco_asa", "rras"}
WORDS = "our identity: the device says its private address, and Azure is taken to accept it"


@pytest.mark.parametrize("on_paper", [False, True], ids=["daemons", "rules"])
@pytest.mark.parametrize("driver", SITES)
def test_what_we_render_behind_nat_is_not_said_to_fail(
    driver: str,
    on_paper: bool,  # noqa: FBT001 -- a parameter of a test
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    site = SITES[driver]
    given = yaml.safe_load((ROOT / "inventory.yaml").read_text("utf-8"))
    said = given["sites"][site]
    said["on_premises"] |= {"nat": True, "private_ip": "192.168.77.2"}
    said["azure"]["export"] = str(ROOT / said["azure"]["export"])
    said["psk"] = "env:BEHIND_NAT_PSK"
    monkeypatch.setenv("BEHIND_NAT_PSK", KEY)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(yaml.safe_dump({**given, "sites": {site: said}}), "utf-8")
    for module in (verb, rehearsed) if on_paper else ():
        monkeypatch.setattr(module, "missing", lambda: "nothing is installed")
    code = main(["rehearse", site, "--new", "-i", str(inventory), "-o", "json"])
    printed = capfd.readouterr()
    document = json.loads(printed.out)
    assert (code, document["works"]) == (3 if on_paper else 0, True), printed.out
    for tunnel in document["tunnels"]:
        assert (WORDS in tunnel["unproven"]) is (driver in NAMELESS)
