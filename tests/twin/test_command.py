"""`appliance rehearse` as a person types it, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from appliance.cli import main, rehearsed
from appliance.cli import rehearse as verb
from appliance.lab import ios_device
from appliance.lab.after import after
from appliance.lab.ios.factory import branch
from tests.foreground import command
from tests.twin.processes import below, mounted, parents, shown, until

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary-4711-in-the-mine"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first sites of the shipped inventory, and what a router holds before the first push."""
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    (tmp_path / "inventory.yaml").write_text(text.partition("\n  # A Windows")[0] + "\n")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "saved.cfg").write_text(branch("site-a"))
    monkeypatch.chdir(tmp_path)
    for letter in "AC":
        monkeypatch.setenv(f"APPLIANCE_SITE_{letter}_PSK", KEY)
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001 -- its own place
    def go(*words: str) -> tuple[int, str, str]:
        code = main(("rehearse", "site-a", *words))
        printed = capfd.readouterr()
        assert KEY not in printed.out + printed.err
        return code, printed.out, printed.err

    return go


def _pushed() -> str:
    """The router after a push, as it shows itself."""
    from appliance import driver as drivers  # noqa: PLC0415 -- beside the other names of this step
    from appliance.inventory.load import load  # noqa: PLC0415 -- as above
    from appliance.job import prepare  # noqa: PLC0415 -- as above
    from appliance.plan import plan  # noqa: PLC0415 -- as above

    job = prepare(load("inventory.yaml", drivers=drivers.names()).sites["site-a"])
    text = branch("site-a")
    made = plan(job.intent, job.driver.parse(text), job.driver)
    return after("cisco_ios", text, [step.reveal() for step in made.change.steps])


def test_a_planned_change_works(run: Run) -> None:
    code, out, err = run("--running", "saved.cfg")
    assert code == 0, err
    assert out.startswith("site-a: would work\n")
    assert "commands of the plan, carried out by a lab device" in out
    assert "    ><  10.10.0.0/16 <-> 10.20.0.0/16\n" in out
    assert "not proven by this:" in out


def test_a_device_that_holds_nothing(run: Run) -> None:
    code, out, _ = run("--new", "-o", "json")
    document = json.loads(out)
    assert (code, document["works"]) == (0, True)
    assert document["schema"] == "appliance/rehearsal/1"
    (tunnel,) = document["tunnels"]
    assert tunnel["daemons"] is True
    assert tunnel["gateway"] == "198.51.100.7"
    for attempt in tunnel["attempts"].values():
        assert (attempt["child_rekey"], attempt["ike_rekey"]) == (True, True)
        assert {
            (one["local"], one["remote"])
            for one in attempt["pairs"]
            if one["device_to_azure"] and one["azure_to_device"]
        } == {(f"10.{a}.0.0/16", f"10.{b}.0.0/16") for a in (10, 11) for b in (20, 21)}


def test_what_runs_now_is_judged_as_it_is(run: Run, folder: Path) -> None:
    good = _pushed()
    (folder / "good.cfg").write_text(good)
    assert run("--running", "good.cfg", "--as-is")[0] == 0
    (folder / "bad.cfg").write_text(good.replace(" set pfs group14\n", " set pfs group19\n"))
    code, out, _ = run("--running", "bad.cfg", "--as-is", "-o", "json")
    (tunnel,) = json.loads(out)["tunnels"]
    assert code == 1
    assert [(one["kind"], one["fields"]) for one in tunnel["findings"]] == [
        ("rekey", ["esp.pfs_group"])
    ]
    code, out, _ = run("--running", "bad.cfg", "--as-is")
    assert code == 1
    assert "  !! esp.pfs_group: it comes up, but when the device renews" in out
    assert run("--running", "bad.cfg")[0] == 0, "the plan repairs it"


def test_either_instance_of_an_active_active_gateway_is_lost(
    folder: Path,  # noqa: ARG001 -- its own place
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = main(("rehearse", "site-c", "--new", "-o", "json"))
    document = json.loads(capfd.readouterr().out)
    both = document["together"]
    assert (code, document["works"], both["survives"]) == (0, True, True)
    assert both["timers"]["liveness_check_seconds"] == {"here": 1, "device": 10}
    assert both["timers"]["bgp_hold_seconds"] == {"here": 3, "there": 180}
    for loss, gateway, how in zip(
        both["losses"], ("198.51.100.7", "198.51.100.8"), ("cut", "stopped"), strict=True
    ):
        assert (loss["lost"], loss["how"]) == (gateway, how)
        assert [(one["local"], one["remote"]) for one in loss["pairs"]] == [
            ("10.14.0.0/16", "10.20.0.0/16"),
            ("10.14.0.0/16", "10.21.0.0/16"),
        ]
        assert loss["silence_ms"] == max(
            one[f"{way}_silence_ms"]
            for one in loss["pairs"]
            for way in ("device_to_azure", "azure_to_device")
        )
    for tunnel in document["tunnels"]:
        spoken = tunnel["attempts"]["device"]["bgp"]
        assert spoken["up"] is True
        assert spoken["azure"]["learnt"] == ["10.14.0.0/16"]
        assert [size["path_mtu"] for size in tunnel["attempts"]["device"]["sizes"]] == [1500, 1400]
        assert tunnel["attempts"]["azure"]["sizes"] == []


def test_one_site_is_always_rehearsed_thoroughly(run: Run) -> None:
    code, _, err = run("--new", "--thorough")
    assert code == 64
    assert "--thorough is for several sites" in err


def test_a_device_without_our_tunnel_has_none_to_try(run: Run) -> None:
    code, _, err = run("--running", "saved.cfg", "--as-is")
    assert code == 64
    assert "holds no tunnel for site site-a" in err


def test_where_no_daemon_can_run_rules_are_told_as_such(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (verb, rehearsed):
        monkeypatch.setattr(module, "missing", lambda: "not installed: charon-systemd")
    code, out, err = run("--new")
    assert code == 3
    assert "no daemon can run here: not installed: charon-systemd" in err
    assert out.startswith("site-a: would work (by rules alone, no daemon ran)\n")
    assert "  no daemon has tried it: rules know what is known to fail" in out
    assert "strongSwan at both ends" not in out
    bad = _pushed().replace(" set pfs group14\n", "")
    (folder / "bad.cfg").write_text(bad)
    assert run("--running", "bad.cfg", "--as-is")[0] == 1


def test_a_refused_command_is_told_by_its_number() -> None:
    with pytest.raises(ValueError, match="it refuses command 2"):
        after("cisco_ios", branch("site-a"), ["ip domain name x.example", "frobnicate 7"])
    with pytest.raises(ValueError, match="none can be given"):
        after("rras", "{}", [])
    assert after("cisco_ios", branch("site-a"), []) == ios_device("site-a").running()


# --- killed


ALONE = ("site-a", "--running", "saved.cfg")
BOTH = ("site-c", "--new")
"""An active-active gateway with BGP: two daemons more, four that speak BGP, hosts that stream."""


@pytest.mark.parametrize(
    ("site", "sight"),
    [(ALONE, "unshare"), (ALONE, "ip"), (ALONE, "charon-systemd"), (BOTH, "bird")],
)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_moment_it_leaves_nothing(
    folder: Path, site: tuple[str, ...], sight: str, how: signal.Signals
) -> None:
    """Neither process nor namespace nor file; and while it runs, no process shows the key."""
    temporary = folder / "tmp"
    temporary.mkdir()
    spaces = sorted(Path("/run").glob("netns/*"))
    words = command("rehearse", *site)
    seen: dict[int, str] = {}

    def sighted(process: subprocess.Popen[bytes]) -> bool:
        """Whether it was seen before the command ended: some live for a moment only."""
        while sight not in seen.values() and process.poll() is None:
            seen.update(below(process.pid))
        return process.poll() is None

    for _ in range(5):
        seen.clear()
        process = subprocess.Popen(  # noqa: S603 -- our own command
            words,
            cwd=folder,
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if sighted(process):
            break
    assert sight in seen.values()
    assert KEY.encode() not in shown(set(seen))
    process.send_signal(how)
    process.wait(15)
    assert until(lambda: not seen.keys() & parents().keys())
    assert list(temporary.iterdir()) == []
    assert spaces == sorted(Path("/run").glob("netns/*"))


@pytest.mark.parametrize("site", [ALONE, BOTH])
def test_killed_at_twenty_moments_it_leaves_nothing(folder: Path, site: tuple[str, ...]) -> None:
    """From before the first namespace until the last probe: spread over a whole run."""
    temporary = folder / "tmp"
    temporary.mkdir()
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    mounts = mounted()
    begun = time.monotonic()
    assert _started(folder, temporary, site).wait(60) == 0
    whole = time.monotonic() - begun
    with ThreadPoolExecutor(4) as pool:
        left = list(
            pool.map(
                lambda n: _killed(_started(folder, temporary, site), whole * n / 20), range(20)
            )
        )
    assert until(lambda: not {pid for seen in left for pid in seen} & parents().keys())
    assert mounted() == mounts
    assert list(temporary.iterdir()) == []
    now = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {
        path for path in now if KEY.encode() in now[path] and now[path] != kept.get(path)
    } == set()


def _started(folder: Path, temporary: Path, site: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- our own command
        command("rehearse", *site),
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _killed(process: subprocess.Popen[bytes], seconds: float) -> set[int]:
    """All processes that it had started by then, and itself."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    seen = {process.pid, *below(process.pid)}
    process.kill()
    process.wait(15)
    return seen
