"""Every verb as a person types it: what it prints, where, and its exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.cli import CODES, VERBS, main
from appliance.lab import Lab, ios_device
from appliance.lab.faults import Fault, refuse
from appliance.session import hostkeys
from tests.routers import azure

ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary-4711-in-the-mine"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command line in a folder with the first site of the shipped inventory."""
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    (tmp_path / "inventory.yaml").write_text(text.partition("\n  # A Cisco ASA")[0] + "\n")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPLIANCE_SITE_A_PSK", KEY)

    def go(*words: str) -> tuple[int, str, str]:
        code = main(words)
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return go


class Bench:
    """The lab router of site-a, trusted, at the port of the inventory."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        served = lab.ssh("site-a")
        text = (folder / "inventory.yaml").read_text()
        (folder / "inventory.yaml").write_text(text.replace("port: 2022", f"port: {served.port}"))
        hostkeys.pin("site-a", served.host, served.port, served.host_key)
        self.served = served
        self.device = lab.device("site-a")


@pytest.fixture
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,  # noqa: ARG001 -- it lays out the folder
) -> Iterator[Bench]:
    faults: list[Fault] = getattr(request, "param", [])
    device = ios_device(peers=[azure(key=KEY)])
    with Lab({"site-a": device}, faults={"site-a": faults}) as lab:
        made = Bench(lab, tmp_path)
        monkeypatch.setenv("APPLIANCE_SITE_A_PASSWORD", made.served.password)
        monkeypatch.setenv("APPLIANCE_SITE_A_ENABLE", made.served.enable)
        yield made


# --- words that are wrong ---


def test_help_lists_every_verb_and_every_code(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(f"  {verb} " in out for verb in VERBS)
    assert CODES in out


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert f"usage: appliance {verb}" in out
    assert "examples:" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rendr", "site-a"], "did you mean `render`?"),
        (["render"], "SITE"),
        (["render", "site-a", "--colour"], "--colour"),
        (["render", "site-x"], "site-a"),
        (["drift"], "no site is chosen"),
        (["drift", "nothing-*"], "no site matches"),
        (["parse", "--driver", "cisco_iox", "inventory.yaml"], "cisco_ios"),
        (["parse", "--driver", "cisco_ios", "not-there.txt"], "not-there.txt"),
        (["render", "site-a", "-i", "nowhere.yaml"], "nowhere.yaml"),
        (["render", "site-a", "--with-secrets"], "--out FILE"),
        (["schema", "everything"], "inventory"),
        (["push", "site-a", "--confirm-minutes", "500"], "1 to 120"),
        (["push", "site-a", "--confirm-minutes", "1"], "would end before the wait"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_usage_errors_are_64_or_say_what_is_wrong(run: Run, words: list[str], message: str) -> None:
    code, out, err = run(*words)
    assert code in (1, 64)
    assert code == 64 or words[0] == "render"
    assert message in err
    assert out == ""
    assert "Traceback" not in err


def test_no_words_at_all_is_a_usage_error(run: Run) -> None:
    assert run()[0] == 64


def test_without_an_inventory_it_says_where_it_looked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "inventory.yaml").unlink()
    monkeypatch.chdir(tmp_path / "empty")
    code, _, err = run("render", "site-a")
    assert code == 64
    assert "appliance init" in err


def test_a_folder_below_finds_the_inventory_above(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert run("render", "site-a")[0] == 0


# --- without a device ---


def test_render_is_stable_and_shows_a_mark_for_the_key(run: Run) -> None:
    code, out, err = run("render", "site-a")
    assert code == 0
    assert "pre-shared-key <pre-shared-key>" in out
    assert KEY not in out + err
    assert out == run("render", "site-a")[1]
    assert out.startswith("! site-a: cisco_ios, Azure connection site-a")


def test_render_with_secrets_goes_only_into_a_private_file(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "site-a", "--with-secrets", "--out", "a.cfg")
    assert code == 0
    assert KEY not in out + err
    assert f"pre-shared-key {KEY}" in (tmp_path / "a.cfg").read_text()
    assert (tmp_path / "a.cfg").stat().st_mode & 0o777 == 0o600


def test_render_with_secrets_refuses_a_file_others_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.cfg").write_text("before\n")
    (tmp_path / "a.cfg").chmod(0o644)
    code, _, err = run("render", "site-a", "--with-secrets", "--out", "a.cfg")
    assert code == 4
    assert "chmod 600 a.cfg" in err
    assert (tmp_path / "a.cfg").read_text() == "before\n"


def test_render_takes_names_that_are_free_on_a_device(run: Run, tmp_path: Path) -> None:
    running = ios_device().running().replace("interface Tunnel50", "interface Tunnel100")
    (tmp_path / "running.cfg").write_text(running)
    assert "interface Tunnel101" in run("render", "site-a", "--running", "running.cfg")[1]


def test_render_leaves_to_a_device_what_azure_takes_as_well(run: Run, tmp_path: Path) -> None:
    made = run("render", "site-a", "--with-secrets", "--out", "made.cfg")
    assert made[0] == 0
    text = (tmp_path / "made.cfg").read_text()
    held = re.sub(r"\n dpd .*", "\n dpd 20 4 periodic", text)
    assert held != text
    (tmp_path / "running.cfg").write_text(ios_device().running() + held)
    assert "\n dpd 20 4 periodic\n" in run("render", "site-a", "--running", "running.cfg")[1]


def test_render_as_json(run: Run) -> None:
    document = json.loads(run("render", "site-a", "-o", "json")[1])
    assert document["schema"] == "appliance/rendered/1"
    assert {"text": "interface Tunnel100", "why": "the tunnel itself"} in document["lines"]


def test_init_writes_an_example_that_validates_and_never_overwrites(
    run: Run, tmp_path: Path
) -> None:
    assert run("init", "new.yaml")[0] == 0
    code, out, err = run("validate", "-i", "new.yaml")
    assert (code, "no fault" in out) == (0, True), err
    before = (tmp_path / "new.yaml").read_text()
    assert run("init", "new.yaml")[0] == 4
    assert (tmp_path / "new.yaml").read_text() == before


def test_validate_needs_no_secret_and_no_network(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPLIANCE_SITE_A_PSK")
    code, out, _ = run("validate")
    assert (code, out) == (0, "inventory.yaml: 1 site, no fault\n")


def test_validate_tells_every_fault_at_once(run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "inventory.yaml").read_text()
    text = text.replace("port: 2022", "prot: 2022").replace("10.11.0.0/16", "10.11.0.1/16")
    (tmp_path / "inventory.yaml").write_text(text)
    code, _, err = run("validate")
    assert code == 1
    assert "did you mean 'port'" in err
    assert "10.11.0.0/16" in err


def test_validate_fails_where_a_push_would_stop_and_names_the_site(
    run: Run, tmp_path: Path
) -> None:
    text = (tmp_path / "inventory.yaml").read_text()
    (tmp_path / "inventory.yaml").write_text(text.replace("203.0.113.10", "203.0.113.77"))
    code, out, err = run("validate")
    assert (code, out) == (1, "inventory.yaml: 1 site, 1 with faults\n")
    assert "site-a: !! site-a  azure.on_premises.address: inventory 203.0.113.77, Azure 20" in err
    (tmp_path / "inventory.yaml").write_text(text.replace("azure/site-a", "azure/site-x"))
    code, _, err = run("validate")
    assert code == 1
    assert err.startswith("site-a: "), err
    assert "examples/azure/site-x: cannot be read" in err
    aged = text.replace("export: examples/azure/site-a", "export: aged\n      max_age_days: 30")
    assert aged != text
    shutil.copytree(tmp_path / "examples" / "azure" / "site-a", tmp_path / "aged")
    for file in (tmp_path / "aged").iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    (tmp_path / "inventory.yaml").write_text(aged)
    code, out, err = run("validate")
    assert (code, out) == (1, "inventory.yaml: 1 site, 1 with faults\n")
    assert " d old, older than azure.max_age_days" in err
    (tmp_path / "inventory.yaml").write_text("version: 1\nsites: {}\n")
    assert run("validate")[0] == 64
    assert "inventory.yaml: the inventory has no site" in run("drift", "--all")[2]


def test_import_prints_one_document(run: Run) -> None:
    code, out, _ = run("import", "azure", "examples/azure/site-a", "-o", "json")
    document = json.loads(out)
    assert code == 0
    assert document["schema"] == "appliance/expectation/1"
    assert document["connections"][0]["endpoints"][0]["address"] == "198.51.100.7"


def test_import_write_gives_a_part_that_loads(run: Run, tmp_path: Path) -> None:
    part = run("import", "azure", "examples/azure/site-a", "--write", "site-z")[1]
    device = "    device: {driver: cisco_ios, host: 192.0.2.1, username: netops}\n"
    (tmp_path / "z.yaml").write_text("version: 1\n" + part + device)
    code, out, err = run("validate", "-i", "z.yaml")
    assert code == 0, out + err


def test_schema_is_one_json_document(run: Run) -> None:
    assert "$schema" in json.loads(run("schema", "inventory")[1])


def test_parse_prints_what_it_understood(run: Run, tmp_path: Path) -> None:
    (tmp_path / "running.cfg").write_text(ios_device().running())
    code, out, _ = run("parse", "--driver", "cisco_ios", "running.cfg", "-o", "json")
    assert code == 0
    (tunnel,) = json.loads(out)["tunnels"]
    assert (tunnel["name"], tunnel["psk"]["state"]) == ("Tunnel50", "known")
    assert "partner-Only-1" not in out
    code, out, err = run("parse", "--driver", "cisco_ios", "running.cfg", "--cross-check")
    assert (code, err) == (0, "two readers agree\n")
    assert "Tunnel50: route-based, GigabitEthernet1 -> 192.0.2.50, IKEv1" in out


def test_parse_show_reads_saved_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sa.txt").write_text(
        "dst             src             state          conn-id status\n"
    )
    command = ("parse", "--driver", "cisco_ios", "--show", "show crypto isakmp sa", "sa.txt")
    assert json.loads(run(*command, "-o", "json")[1])["tunnels"] == []


# --- a saved configuration ---


def _pushed(tmp_path: Path, run: Run) -> Path:
    rendered = run("render", "site-a", "--with-secrets", "--out", "held.cfg")
    assert rendered[0] == 0
    base = ios_device().running().removesuffix("end\n")
    path = tmp_path / "running.cfg"
    path.write_text(base + (tmp_path / "held.cfg").read_text() + "end\n")
    return path


def test_drift_of_a_saved_configuration_is_silent_when_clean(run: Run, tmp_path: Path) -> None:
    path = _pushed(tmp_path, run)
    assert run("drift", "site-a", "--running", str(path)) == (0, "", "")
    code, out, _ = run("drift", "site-a", "--running", str(path), "-v")
    assert code == 0
    assert re.match(r"site-a: in sync \(Azure's export is \d+ d \d+ h old\)\n", out)
    assert "other tunnels on the device: Tunnel50" in out


@pytest.mark.parametrize("more", [[], ["-o", "json"]])
def test_drift_of_a_site_that_cannot_be_looked_at_is_not_in_sync(
    run: Run, tmp_path: Path, more: list[str]
) -> None:
    path = tmp_path / "inventory.yaml"
    lines = [line for line in path.read_text().splitlines() if "host: " not in line]
    path.write_text("\n".join(lines) + "\n")
    code, out, err = run("drift", "site-a", *more)
    assert code == 64
    assert "site-a has no device.host" in out + err


def test_drift_tells_field_line_and_reason(run: Run, tmp_path: Path) -> None:
    path = _pushed(tmp_path, run)
    path.write_text(path.read_text().replace(" set pfs group14\n", " set pfs group2\n"))
    code, out, _ = run("drift", "site-a", "--running", str(path))
    assert code == 2
    assert "!! site-a-1  esp.pfs_group: intended 14, running 2   line " in out
    assert ": set pfs group2" in out
    assert "Azure demands PFS group 14" in out
    document = json.loads(run("drift", "site-a", "--running", str(path), "-o", "json")[1])
    (site,) = document["sites"]
    assert (document["code"], site["code"], site["drifted"]) == (2, 2, True)
    assert [found["path"] for found in site["differences"]] == ["esp.pfs_group"]


def test_drift_finds_another_key_without_showing_either(run: Run, tmp_path: Path) -> None:
    path = _pushed(tmp_path, run)
    path.write_text(path.read_text().replace(KEY, "another-key-altogether"))
    code, out, err = run("drift", "site-a", "--running", str(path))
    assert code == 2
    assert "psk: intended set, running set, another" in out
    assert KEY not in out + err
    assert "another-key-altogether" not in out + err


def test_drift_without_our_key_is_unverifiable_not_drift(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _pushed(tmp_path, run)
    monkeypatch.delenv("APPLIANCE_SITE_A_PSK")
    code, out, _ = run("drift", "site-a", "--running", str(path), "-v")
    assert code == 0
    assert " ? site-a-1  psk: cannot be compared" in out
    assert "APPLIANCE_SITE_A_PSK" in out


def test_plan_of_a_saved_configuration(run: Run, tmp_path: Path) -> None:
    path = _pushed(tmp_path, run)
    assert run("plan", "site-a", "--running", str(path))[0] == 0
    path.write_text(path.read_text().replace(" set pfs group14\n", ""))
    code, out, _ = run("plan", "site-a", "--running", str(path), "-o", "json")
    document = json.loads(out)
    assert code == 2
    assert document["schema"] == "appliance/plan/1"
    assert document["bounces"] == ["Tunnel100"]
    assert {
        "command": " set pfs group14",
        "why": "ties cipher, lifetime, PFS and peer together",
    } in (document["change"])


def test_stale_azure_data_is_no_verdict(run: Run, tmp_path: Path) -> None:
    import os  # noqa: PLC0415 -- used here alone

    path = _pushed(tmp_path, run)
    text = (tmp_path / "inventory.yaml").read_text()
    text = text.replace("    psk: env:", "      max_age_days: 7\n    psk: env:", 1)
    (tmp_path / "inventory.yaml").write_text(text)
    for file in (tmp_path / "examples" / "azure" / "site-a").iterdir():
        os.utime(file, (1_600_000_000, 1_600_000_000))
    code, out, _ = run("drift", "site-a", "--running", str(path))
    assert code == 3
    assert "older than azure.max_age_days" in out


# --- a live device ---


def test_the_main_job_on_a_live_device(run: Run, bench: Bench) -> None:
    assert run("drift", "site-a")[0] == 2
    assert run("plan", "site-a")[0] == 2
    assert run("push", "site-a", "--dry-run")[0] == 2
    code, out, err = run("push", "site-a", "--yes")
    assert (code, "site-a: pushed, verified and saved" in out) == (0, True), err
    assert run("drift", "site-a", "--cross-check") == (0, "", "")
    code, out, _ = run("push", "site-a", "--yes", "-o", "json")
    assert (code, json.loads(out)["outcome"]) == (0, "unchanged")
    bench.device.configure("interface Tunnel100", "no ip tcp adjust-mss")
    code, out, _ = run("drift", "--all")
    assert code == 2
    assert "interface.mss" in out
    assert KEY not in out


@pytest.mark.usefixtures("bench")
def test_verify_reads_the_ladder(run: Run) -> None:
    code, out, _ = run("verify", "site-a")
    assert code == 1
    assert "FAIL IKE SA" in out
    assert run("push", "site-a", "--yes")[0] == 0
    code, out, _ = run("verify", "site-a", "-o", "json")
    document = json.loads(out)
    assert document["schema"] == "appliance/verify/1"
    assert code == document["code"]
    rungs = {found["rung"]: found["verdict"] for found in document["findings"]}
    assert rungs["ike"] == rungs["child"] == "passed"


@pytest.mark.parametrize(
    "bench", [[refuse("% Invalid input detected at '^' marker.", "set pfs")]], indirect=True
)
def test_a_refused_line_ends_with_five_and_the_devices_words(run: Run, bench: Bench) -> None:
    before = bench.device.startup
    code, out, err = run("push", "site-a", "--yes")
    assert code == 5
    assert "set pfs group14" in err
    assert "Invalid input" in err
    assert "back at its old configuration" in out
    assert bench.device.startup == before


@pytest.mark.usefixtures("bench")
def test_push_without_a_person_or_yes_is_refused(run: Run) -> None:
    code, _, err = run("push", "site-a")
    assert code == 4
    assert "nobody is here to ask" in err


def test_trust_pins_only_the_key_of_that_fingerprint(run: Run, bench: Bench) -> None:
    shown = hostkeys.fingerprint(bench.served.host_key)
    assert run("trust", "site-a", "--fingerprint", "SHA256:" + "A" * 43)[0] == 4
    code, out, _ = run("trust", "site-a", "--fingerprint", shown)
    assert code == 0
    assert shown in out


def test_an_unreachable_device_is_undetermined_for_drift_and_a_failure_for_push(
    run: Run, bench: Bench, tmp_path: Path
) -> None:
    text = (tmp_path / "inventory.yaml").read_text()
    port = bench.served.port
    (tmp_path / "inventory.yaml").write_text(text.replace(f"port: {port}", "port: 1"))
    hostkeys.pin("site-a", "127.0.0.1", 1, bench.served.host_key)
    code, out, err = run("drift", "site-a")
    assert (code, out) == (3, "")
    assert "127.0.0.1" in err
    assert run("push", "site-a", "--yes")[0] == 1
    code, out, _ = run("verify", "site-a")
    assert code == 1
    assert "FAIL reachable" in out


def test_the_lab_serves_and_ends_cleanly(run: Run, tmp_path: Path) -> None:
    """Another process serves; SIGTERM ends it with 143."""
    assert run("validate")[0] == 0
    script = Path(sys.executable).with_name("appliance")
    with subprocess.Popen(  # noqa: S603 -- our own script
        [script, "lab", "site-a", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("site-a: ssh -p ")
        assert process.stdout.readline().startswith("  password ")
        to_push = process.stdout.readline()
        assert to_push.startswith("  to push to it, write host: 127.0.0.1, port: ")
        process.terminate()
        assert process.wait(20) == 143


def test_the_canary_key_is_in_no_file_and_no_output(
    run: Run, bench: Bench, tmp_path: Path, state: Path
) -> None:
    told = ""
    for words in (
        ["validate"],
        ["render", "site-a", "-o", "json"],
        ["plan", "site-a"],
        ["push", "site-a", "--yes", "--diff"],
        ["push", "site-a", "--yes", "-o", "json"],
        ["verify", "site-a"],
        ["drift", "site-a", "-v", "-o", "json"],
        ["drift", "site-a", "-v", "--cross-check"],
    ):
        _, out, err = run(*words)
        told += out + err
    assert KEY in bench.device.running(), "the canary is really out there"
    import base64  # noqa: PLC0415 -- used here alone

    forms = (KEY.encode(), base64.b64encode(KEY.encode()), KEY.encode().hex().encode())
    for form in forms:
        assert form not in told.encode()
        for folder in (tmp_path, state.parent):
            for path in folder.rglob("*"):
                assert not path.is_file() or form not in path.read_bytes(), path
    assert bench.served.password not in told


def test_an_interrupt_while_modules_are_loaded_is_told_in_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("appliance.cli.common.parser", interrupted)
    assert main(["validate"]) == 130
    assert capsys.readouterr().err == "appliance: interrupted\n"


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_the_null_device(run: Run, tmp_path: Path, streams: str) -> None:
    """Also for a push, which would ask: there nobody is."""
    assert run("validate")[0] == 0
    script = Path(sys.executable).with_name("appliance")
    for words, code in (("validate", 0), ("render site-z", 64), ("push site-a", 1)):
        done = subprocess.run(  # noqa: S602 -- our own words
            f"{script} {words} {streams}",
            cwd=tmp_path,
            shell=True,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        if "2>&-" in streams:
            assert "appliance:" not in done.stdout


@pytest.mark.parametrize("verb", ["render", "plan", "drift", "push", "verify", "trust", "validate"])
def test_a_site_that_is_not_there_is_a_usage_error(run: Run, verb: str) -> None:
    code, out, err = run(verb, "site-b")
    assert (code, out) == (64, "")
    assert "inventory.yaml: there is no site 'site-b'; did you mean 'site-a'?" in err
    assert "-> sites of this inventory: site-a" in err
    assert "fault" not in err


def test_a_mistyped_site_is_told_beside_a_pattern_or_a_tag(run: Run) -> None:
    for others in (("site-*",), ("--tag", "azure"), ("--all",)):
        code, _, err = run("drift", "nosite", *others)
        assert code == 64
        assert "there is no site 'nosite'" in err


def test_verify_says_first_that_the_tunnel_is_not_there_or_shut_down(
    run: Run, bench: Bench
) -> None:
    code, out, _ = run("verify", "site-a")
    assert code == 1
    assert "FAIL IKE SA     the device has no tunnel to 198.51.100.7\n" in out
    assert run("push", "site-a", "--yes", "--no-wait")[0] == 0
    bench.device.configure("interface Tunnel100", "shutdown")
    code, out, _ = run("verify", "site-a")
    assert code == 3
    assert "?    IKE SA     the tunnel is shut down by configuration\n" in out
