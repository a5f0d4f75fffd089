"""`appliance explain` with logs, with a site's configuration, and asking a device."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.lab.asa.device import AsaDevice
from appliance.lab.ios.device import Device as IosDevice
from appliance.lab.junos.device import SrxDevice
from appliance.lab.linux import LinuxHost, settings
from appliance.lab.rras.server import Server
from tests.diagnose.test_corpus import ALL
from tests.push.stage import ROOT, stage

BY_NAME = {log.name: log.text for log in ALL}
REFUSED = {
    "cisco_ios": "%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: Auth exchange failed",
    "cisco_asa": "%ASA-4-750003: Local:198.51.100.20:4500 Remote:{gateway}:4500 Username:x "
    "IKEv2 Negotiation aborted due to ERROR: Auth exchange failed",
    "juniper_junos": "kmd[1]: IKE negotiation failed with error: Authentication failed.",
}


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["explain", *words])
    return code, capsys.readouterr().out


def test_a_log_is_found_by_its_path_and_packed_ones_are_unpacked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = BY_NAME["asa-v1-proposal"]
    (tmp_path / "fw.log").write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / "fw.log.1.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    code, plain = told(capsys, str(tmp_path / "fw.log"))
    assert code == 0
    assert "203.0.113.50: ike-proposal: " in plain
    assert "offered: Group 2\n  taken here: Group 14" in plain
    code, packed = told(capsys, str(tmp_path / "fw.log.1.gz"))
    assert packed.partition(": ")[2] == plain.partition(": ")[2]


def test_json_names_kind_evidence_and_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    path.write_text(BY_NAME["charon-identity"], encoding="utf-8")
    _, out = told(capsys, str(path), "-o", "json", "--driver", "strongswan")
    document = json.loads(out)
    (peer,) = document["peers"]
    assert document["schema"] == "appliance/diagnosis/1"
    assert peer["causes"][0]["kind"] == "identity"
    assert peer["causes"][0]["evidence"][0]["line"] == 3
    assert peer["causes"][0]["advice"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("nothing here\n", "1 record, and it tells of no tunnel"),
        ("nothing here\nnor here\n", "2 records, and none of them tells of a tunnel"),
    ],
)
def test_a_log_that_tells_nothing_is_said_to(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    path.write_text(text, encoding="utf-8")
    assert told(capsys, str(path)) == (3, f"{path}: {says}\n")


def test_what_is_no_regular_file_is_read_too(capsys: pytest.CaptureFixture[str]) -> None:
    """As the shell's <(ssh gateway journalctl) is."""
    assert told(capsys, "/dev/null") == (3, "/dev/null: it is empty\n")


def test_peers_that_are_just_up_do_not_hide_the_one_that_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    line = "%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is {}.  Peer 192.0.2.{}:500  Id: x\n"
    path.write_text(
        "".join(line.format("UP", at) for at in range(1, 41)) + line.format("DOWN", 7),
        encoding="utf-8",
    )
    _, out = told(capsys, str(path))
    assert out.startswith(f"{path}: 192.0.2.7: closed: ")
    assert out.endswith(f"{path}: 39 peers are up, and nothing speaks against them\n")


def test_what_befell_the_whole_device_is_of_no_peer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    path.write_text("%SYS-5-RELOAD: Reload requested by ops\n", encoding="utf-8")
    code, out = told(capsys, str(path))
    assert code == 0
    assert out.startswith(f"{path}: restart: the device was restarted\n")


def test_a_broken_archive_and_an_unknown_word_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"\x1f\x8b broken")
    assert main(["explain", str(path)]) == 64
    assert "cannot read" in capsys.readouterr().err
    assert main(["explain", "nosuch", "-i", str(ROOT / "inventory.yaml")]) == 64
    assert "'nosuch' is no check, no file and no site" in capsys.readouterr().err


def test_the_configuration_says_the_same_as_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        running = tmp_path / "running.cfg"
        held = site.read()
        running.write_text(re.sub(r"(?m)^ group \d+$", " group 5", held), encoding="utf-8")
        log = tmp_path / "router.log"
        log.write_text(BY_NAME["ios-v2-proposal-syslog"], encoding="utf-8")
        capsys.readouterr()
        words = ["--site", site.site, "-i", str(site.inventory), "--running", str(running)]
        code, out = told(capsys, str(log), *words)
    assert code == 0
    assert "the configuration says the same:" in out
    assert "ike.proposals.groups" in out


@pytest.mark.parametrize("driver", REFUSED)
def test_a_device_is_asked_for_its_state_its_configuration_and_its_log(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        assert isinstance(site.box, IosDevice | AsaDevice | SrxDevice)
        gateway = site.job.expectation.endpoints[0].address
        site.box.log(REFUSED[driver].format(gateway=gateway))
        capsys.readouterr()
        code, out = told(capsys, *site.words)
    assert code == 0
    assert out.startswith(f"{site.site}: ")
    assert "key: one end does not take the other's authentication" in out


def test_the_words_of_the_end_that_refused_come_before_its_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert isinstance(site.box, IosDevice)
        gateway = site.job.expectation.endpoints[0].address
        site.box.log(
            f"IKEv2:(SESSION ID = 4,SA ID = 1):Received Packet [From {gateway}:500/To x:500]"
        )
        site.box.log(
            "IKEv2:(SESSION ID = 4,SA ID = 1):Verification of peer's authentication data FAILED"
        )
        code, out = told(capsys, *site.words)
    assert code == 0
    assert out.startswith(f"{site.site}'s log: {gateway}: key: ")
    assert f"\n{site.site}: " in out


def test_charons_log_is_found_where_its_settings_send_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("strongswan", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        assert isinstance(site.box, LinuxHost)
        named = f"charon {{\n filelog {{\n  a {{\n   path = {settings.BOX}/log\n  }}\n }}\n}}\n"
        site.box.run("cat >/etc/strongswan.d/log.conf", named)
        site.box.meet(*(replace(one, psk="another") for one in site.box.peers))
        site.box.run(f"swanctl --terminate --ike {site.site}-1 >/dev/null")
        capsys.readouterr()
        code, out = told(capsys, *site.words)
    assert code == 0
    gateway = site.job.expectation.endpoints[0].address
    assert f"{site.site}'s log: {gateway}: key: one end does not take" in out
    assert "AUTHENTICATION_FAILED" in out
    assert "also: " not in out


def test_the_last_error_of_a_windows_interface_is_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("rras", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        assert isinstance(site.box, Server)
        for one in site.box.interfaces.values():
            one.key = "another-key"
        site.box.associations.live.clear()
        site.box.associations.failed.clear()
        capsys.readouterr()
        code, out = told(capsys, *site.words)
    assert code == 0
    gateway = site.job.expectation.endpoints[0].address
    assert f"{site.site}'s log: {gateway}: key: the credentials are not taken" in out
    assert "LastError=13801" in out


def test_a_device_that_is_not_reached_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        words = site.words
    code, out = told(capsys, *words)
    assert code == 3
    assert "the device itself is not reached" in out
