"""`appliance rehearse` of a site with a circuit, as a person types it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import driver as drivers
from appliance.cli import main
from appliance.cli.rehearsed import gate
from appliance.errors import RefusedError
from appliance.inventory.load import load
from appliance.job import forget, prepare
from appliance.lab.ios.factory import branch as router
from appliance.lab.junos.factory import branch
from appliance.lab.wiring import Wiring
from appliance.twin import needs
from tests.foreground import command
from tests.twin.processes import below, mounted, parents, shown, until

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]
KEY, MD5 = "Canary-4711-in-the-line", "Canary4711md5"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped inventory, and what the SRX with the circuit holds before the first push."""
    shutil.copy(ROOT / "inventory.yaml", tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    wiring = Wiring(outside="203.0.113.90", inside="10.34.0.1/16")
    (tmp_path / "saved.cfg").write_text(branch("er-junos", wiring=wiring))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPLIANCE_ER_JUNOS_PSK", KEY)
    monkeypatch.setenv("APPLIANCE_ER_DUBLIN_MD5", MD5)
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001 -- its own place
    def go(*words: str) -> tuple[int, str, str]:
        code = main(("rehearse", *words))
        printed = capfd.readouterr()
        assert KEY not in printed.out + printed.err
        assert MD5 not in printed.out + printed.err
        return code, printed.out, printed.err

    return go


def test_the_commands_of_the_plan_are_what_fails_over(run: Run) -> None:
    code, out, err = run("er-junos", "--running", "saved.cfg")
    assert code == 0, out + err
    assert "commands of the plan, carried out by a lab device\n" in out
    _, _, told = out.partition("ExpressRoute er-dublin primary and er-dublin secondary, ")
    lines = [line.strip() for line in told.splitlines()]
    assert lines[0] == "er-junos-1 stands by: works"
    begins = (
        ("all links up", "er-dublin primary both ways"),
        ("er-dublin primary goes down", "er-dublin secondary both ways; 0."),
        ("er-dublin secondary goes down", "er-dublin primary both ways; 0."),
        ("all links go down", "VPN er-junos-1 both ways; 0."),
        ("they come up", "er-dublin primary both ways, after "),
        ("they drop packets, and stay up", "VPN er-junos-1 both ways; "),
        ("they carry again", "er-dublin primary both ways, after "),
    )
    for line, (what, ways) in zip(lines[1:], begins, strict=False):
        assert line.startswith(what)
        assert line.removeprefix(what).strip().startswith(ways), line
    hold = "BGP's hold time 90 s is 3 s here"
    assert lines[8] == f"timers: BFD notices after 0.9 s, here as on the device; {hold}"


def test_the_document_has_every_moment(run: Run) -> None:
    code, out, _ = run("er-junos", "--new", "-o", "json")
    told = json.loads(out)["express_route"]
    assert (code, told["works"], told["daemons"], told["why_not"]) == (0, True, True, None)
    assert told["links"][0] == {
        "link": "er-dublin primary",
        "up": True,
        "timers": {
            "bfd_ms": {"device": 900, "here": 900},
            "hold_seconds": {"device": 90, "here": 3},
        },
    }
    moments = {(one["what"], one["link"]): one for one in told["moments"]}
    lost = moments["circuit-down", None]
    assert lost["pairs"][0]["device_to_azure"] == "VPN er-junos-1"
    assert lost["pairs"][0]["azure_to_device"] == "VPN er-junos-1"
    assert 0 < lost["gap_ms"] < 2_000
    assert 500 < moments["circuit-silent", None]["gap_ms"] < 3_000
    assert told["findings"] == []


def test_without_bird_it_is_judged_by_rules_and_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "BGP", {"bird-of-paradise": "bird2"})
    code, out, _ = run("er-junos", "--new")
    assert code == 3
    assert "by rules alone: not installed: bird-of-paradise (apt-get install " in out
    assert "all links go down" not in out


def test_of_many_sites_circuits_are_judged_by_rules(run: Run) -> None:
    code, out, err = run("--limit", "er-junos", "--new", "-o", "json")
    assert code == 0, out + err
    told = json.loads(out)["sites"][0]["express_route"]
    assert (told["daemons"], told["works"], told["moments"]) == (False, True, [])
    assert "--thorough" in told["why_not"]


def test_before_a_push_rules_judge_the_circuit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Azure knows by the VPN is more specific: half of the answers would not take the circuit.

    The router is one that holds nothing of it yet.
    """
    monkeypatch.setenv("APPLIANCE_ER_IOS_PSK", KEY)
    monkeypatch.setenv("APPLIANCE_ER_AMSTERDAM_MD5", MD5)
    lines = ("GigabitEthernet4", "GigabitEthernet5")
    text = router(
        "er-ios", wiring=Wiring(outside="203.0.113.80", inside="10.30.0.1/16", lines=lines)
    )
    site = load(folder / "inventory.yaml", drivers=drivers.names()).sites["er-ios"]
    told = json.loads(gate(prepare(site), text))["express_route"]
    assert (told["works"], told["daemons"]) == (True, False)
    forget()
    path = folder / "examples/azure/er-ios/local-gateway.json"
    known = path.read_text(encoding="utf-8")
    assert known.count('"10.31.0.0/16"') == 1
    path.write_text(known.replace('"10.31.0.0/16"', '"10.31.0.0/16", "10.30.64.0/18"'))
    with pytest.raises(RefusedError, match="by the VPN is more specific") as refused:
        gate(prepare(site), text)
    assert "azure.on_premises.prefixes: Azure returns by the VPN" in refused.value.message
    assert "10.30.64.0/18" in refused.value.message


def test_a_scenario_may_expect_a_failover(run: Run, folder: Path) -> None:
    kept = folder / "examples/rehearsals/circuit-filter-narrow"
    expected = kept / "expected.yaml"
    expected.write_text("works: true\nfailover: true\n", encoding="utf-8")
    code, out, err = run("--scenario", str(kept))
    assert code == 0, out + err
    expected.write_text("as_is: true\nworks: false\nfailover: true\n", encoding="utf-8")
    code, out, _ = run("--scenario", str(kept))
    assert code == 1
    assert "the failover from the circuit does not work, which was not expected" in out


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_while_routers_run_it_leaves_nothing(folder: Path, how: signal.Signals) -> None:
    mounts, seen = mounted(), dict[int, str]()
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command("rehearse", "er-junos", "--new"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def routing() -> bool:
        seen.update(below(process.pid))
        return list(seen.values()).count("bird") > 3 or process.poll() is not None

    while not until(routing):
        assert process.poll() is None
    assert process.poll() is None
    told = shown(set(seen))
    assert KEY.encode() not in told
    assert MD5.encode() not in told
    process.send_signal(how)
    process.wait(15)
    assert until(lambda: not seen.keys() & parents().keys())
    assert mounted() == mounts
