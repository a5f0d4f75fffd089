"""What a command loads: start-up is quick by what it leaves out, so that is what is held here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent.parent
KEY = "Canary-Start-5up"
HEAVY = {
    "asyncssh",
    "cffi",
    "ciscoconfparse",
    "cryptography",
    "dataclasses",
    "hashlib",
    "importlib.metadata",
    "inspect",
    "jinja2",
    "jsonschema_rs",
    "logging",
    "lzma",
    "netmiko",
    "paramiko",
    "pathlib",
    "rich",
    "shutil",
    "ssl",
    "textfsm",
    "typing",
    "yaml",
}
OURS = {
    "appliance.azure.importer",
    "appliance.azure.inline",
    "appliance.inventory.check",
    "appliance.lab",
    "appliance.push",
    "appliance.session",
    "appliance.verify",
}
"""Parts of ours that these commands have no use for, once inventory and exports are kept."""

SAVED = """version 17.9
hostname saved
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 keyring K
 peer azure
  address 198.51.100.7
  pre-shared-key Another-Canary-5up
crypto ikev2 profile F
 match identity remote address 198.51.100.7 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local K
crypto ipsec transform-set T esp-gcm 256
crypto ipsec profile I
 set transform-set T
 set ikev2-profile F
interface Tunnel1
 ip unnumbered GigabitEthernet1
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.7
 tunnel protection ipsec profile I
interface GigabitEthernet1
 ip address 203.0.113.10 255.255.255.0
 ip access-group OUTSIDE in
ip access-list extended OUTSIDE
 permit udp host 198.51.100.7 any eq isakmp
ip route 10.20.0.0 255.255.0.0 Tunnel1
end
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped inventory with its export, and a saved configuration."""
    shutil.copy(HOME / "inventory.yaml", tmp_path)
    shutil.copytree(HOME / "examples" / "azure", tmp_path / "examples" / "azure")
    for file in tmp_path.rglob("*.json"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    (tmp_path / "saved.cfg").write_text(SAVED)
    return tmp_path


def loaded(folder: Path, *words: str) -> set[str]:
    """Modules in the process after a command, when it leaves the interpreter."""
    script = (
        "import sys\n"
        "from appliance.cli import main\n"
        f"code = main({words!r})\n"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        cwd=folder,
        env=os.environ | {"APPLIANCE_SITE_A_PSK": KEY},
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code in {"0", "2"}, done.stderr
    return set(modules)


def test_help_loads_almost_nothing(folder: Path) -> None:
    found = loaded(folder, "--help")
    assert not found & (HEAVY | OURS | {"argparse", "json", "ipaddress"})
    assert {name for name in found if name.startswith("appliance")} == {
        "appliance",
        "appliance.cli",
        "appliance.errors",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("render", "site-a"),
        ("drift", "site-a", "--running", "saved.cfg"),
        ("drift", "site-a", "--running", "saved.cfg", "-o", "json"),
    ],
    ids=["render", "drift", "drift-json"],
)
def test_a_second_start_loads_nothing_heavy(folder: Path, words: tuple[str, ...]) -> None:
    assert "yaml" in loaded(folder, *words), "the first start reads the inventory"
    found = loaded(folder, *words)
    assert not found & HEAVY
    assert not found & OURS


def test_render_reads_no_configuration(folder: Path) -> None:
    loaded(folder, "render", "site-a")
    found = loaded(folder, "render", "site-a")
    assert not {name for name in found if name.startswith("appliance.compare")}
    assert not found & {"vendors.cisco_ios.parse", "vendors.cisco.tree", "appliance.secrets"}


def test_no_verb_loads_another(folder: Path) -> None:
    loaded(folder, "render", "site-a")
    found = loaded(folder, "render", "site-a")
    verbs = {name for name in found if name.startswith("appliance.cli.")}
    assert verbs == {f"appliance.cli.{name}" for name in ("common", "parsing", "render")}
