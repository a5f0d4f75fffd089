"""Why a machine cannot play the host, in words that tell what to do; and that it ends whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance import machine
from appliance.cli import main
from appliance.lab.kinds import unavailable
from appliance.lab.linux import needs
from tests.foreground import command
from tests.lab.linux.box import inhabitants

pytestmark = pytest.mark.twin

ROOT = Path(__file__).resolve().parents[3]


def test_this_machine_can() -> None:
    assert unavailable("strongswan") == ""


def test_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unavailable("strongswan") == (
        "namespaces and network devices need root's rights (run it with sudo)"
    )


def test_without_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "libstrongswan-vici.so").touch()
    for name in ("ip", "unshare", "chpasswd", "ssh-keygen"):
        (tmp_path / name).symlink_to("/bin/true")
    monkeypatch.setattr(machine, "SYSTEM_PATH", str(tmp_path))
    monkeypatch.setattr(machine, "PLUGINS", (str(tmp_path),))
    assert unavailable("strongswan") == (
        "not installed: charon-systemd, swanctl, sshd, strongSwan's plugin kernel-libipsec, "
        "strongSwan's plugin openssl (apt-get install --no-install-recommends charon-systemd "
        "libcharon-extra-plugins libstrongswan-standard-plugins openssh-server "
        "strongswan-swanctl)"
    )


def test_without_tun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(needs, "TUN", str(tmp_path / "tun"))
    assert "tun cannot be opened: No such file" in unavailable("strongswan")
    assert main(["lab", "site-e", "-i", str(ROOT / "inventory.yaml")]) == 64
    assert "the lab cannot play a strongswan here: " in capsys.readouterr().err


def test_where_namespaces_are_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root of a container is: without the capability to make them."""
    less = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")
    monkeypatch.setattr(needs, "NAMESPACES", (*less, *needs.NAMESPACES))
    why = unavailable("strongswan")
    assert why.startswith("namespaces with network devices are not permitted here: unshare")
    assert "Operation not permitted" in why


SERVED = """\
import os, sys
from appliance.lab import Lab
from appliance.lab.linux import linux_host
host = linux_host()
with Lab({"site-a": host}):
    print(host.run("readlink /proc/self/ns/net").strip(), flush=True)
    print(host.azure("readlink /proc/self/ns/net").strip(), flush=True)
    sys.stdin.read()
"""


def test_the_sandbox_ends_with_its_process_even_when_that_is_killed() -> None:
    with subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-c", SERVED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        networks = [process.stdout.readline().strip() for _ in range(2)]
        assert all(inhabitants(one) for one in networks)
        process.kill()
    _empty(networks)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_and_all_it_started(number: signal.Signals) -> None:
    mounts = Path("/proc/mounts").read_text(encoding="utf-8")
    environment = {**os.environ, "APPLIANCE_SITE_E_PSK": "a-key-of-the-lab"}
    words = command("lab", "site-e", "--port", "0", "-i", str(ROOT / "inventory.yaml"))
    with subprocess.Popen(  # noqa: S603 -- our own words
        words,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(2)]
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        (unshare,) = children.read_text(encoding="ascii").split()
        network = os.readlink(f"/proc/{unshare}/ns/net")  # noqa: PTH115 -- it is no path
        process.send_signal(number)
    assert told[0].startswith("site-e: ssh -p ")
    assert told[1] == "  password branch-0ffice\n"
    assert inhabitants(network) == []
    assert not Path("/run/netns/azure").exists()
    assert Path("/proc/mounts").read_text(encoding="utf-8") == mounts


def _empty(networks: list[str]) -> None:
    """The kernel takes a moment over what was killed."""
    end = time.monotonic() + 10
    while any(inhabitants(one) for one in networks):
        assert time.monotonic() < end
        os.sched_yield()
