"""What a tired engineer types: each answer says what is wrong, and what to type instead."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from appliance import cli

REPOSITORY = Path(__file__).parents[2]
INVENTED = "site-a"
OURS = ("-i", str(REPOSITORY / "inventory.yaml"))


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a log in it, and the secrets of site-a."""
    monkeypatch.chdir(tmp_path)
    for name in ("PASSWORD", "ENABLE", "PSK"):
        monkeypatch.setenv(f"APPLIANCE_SITE_A_{name}", "Only4711Tests")
    (tmp_path / "a.log").write_text("nothing\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "site-a", "--valid-hours", "3"), "--valid-hours and --allow go with --out"),
        (("plan", "site-a", "--allow", "weak-cripto"), "did you mean weak-crypto?"),
        (("push", "site-a", "--allow", "az-net-001"), "did you mean AZ-NET-001?"),
        (("push", "site-a", "--allow", "everything"), "there are management-path, "),
        (("push", "site-a", "--remove-leftover"), "; did you mean '--remove-leftovers'?"),
        (("status", "--htm", "x"), "unrecognized arguments: --htm\n"),
        (("push", "site-a", "--psk=Only4711Tests"), "unrecognized arguments: --psk\n"),
        (("render", "site-a", "--psk", "Only4711Tests"), "unrecognized arguments: --psk\n"),
        (("push", "site-a", "--even-if-changed"), "--even-if-changed goes with --resume"),
        (
            ("push", "site-a", "--no-wait", "--wait-seconds", "9"),
            "--wait-seconds: not allowed with",
        ),
        (("history", "site-a", "--out", "x"), "--out and --key go with --snapshot"),
        (("history", "site-a", "--show", "1", "--key", "env:K"), "go with --snapshot"),
        (("explain", "."), "'.' is a folder, no log"),
        (("explain", "nofile.log"), "name a file that is there, a site of the inventory, or"),
        (("explain", "AZ-NET-999"), "did you mean AZ-NET-00"),
        (("explain", "AZ-NET-001", "--site", "a"), "--site does nothing for a check"),
        (("explain", "AZ-NET-001", "--driver", "rras"), "--driver does nothing for a check"),
        (("explain", "--running", "a"), "--running does nothing for a check"),
        (("explain", "a.log", "-o", "markdown"), "-o markdown does nothing for a log"),
        (("explain", "a.log", "--running", "a"), "--running does nothing for a log"),
        (("explain", INVENTED, "--site", "a", *OURS), "--site does nothing for a site, which"),
        (("explain", INVENTED, "--running", "a", *OURS), "--running does nothing for a site"),
        (("trust", INVENTED, "--fingerprint", "foo", *OURS), "nothing was connected to"),
        (("trust", INVENTED, "--fingerprint", "SHA256:abc", *OURS), "nothing was connected to"),
        (("trust", INVENTED, "--fingerprint", "MD5:aa:bb", *OURS), "is no fingerprint of SHA-256"),
        (("rehearse", INVENTED, "--new", "--as-is", *OURS), "--new --as-is: a device without"),
        (("rehearse", INVENTED, "--scenario", "x", *OURS), "a scenario says itself"),
        (("rehearse", "--all", "--workers", "0", *OURS), "--workers must be 1 or more"),
        (("drift", "--all", "--workers", "0", *OURS), "--workers must be 1 or more"),
        (("status", "--all", "--workers", "0", *OURS), "--workers must be 1 or more"),
        (("report", "--all", "--html", "-", "--workers", "-1", *OURS), "--workers must be 1 or"),
        (("push", "--all", "--serial", "x", *OURS), "--serial is a number of sites, or a"),
        (("push", "--all", "--workers", "0", *OURS), "--workers and --serial must be 1 or more"),
        (("push", "--plan", "nofile", *OURS), "cannot read nofile: No such file"),
        (("lab", INVENTED, "--port", "99999", *OURS), "there is no port 99999"),
        (("parse", "saved.cfg"), "--driver NAME, one of cisco_asa, cisco_ios, juniper_junos"),
        (
            ("parse", "--driver", "cisco_ios", "--show", "show bgp summary", "--cross-check", "x"),
            "--cross-check is for a configuration",
        ),
        (("parse", "--driver", "cisco_ios", "nofile"), "-> name a file; - is standard input"),
    ],
)
def test_what_is_wrong_and_what_to_type(
    words: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(words) == 64
    told = capsys.readouterr()
    assert said in told.err
    assert "\n  -> " in told.err
    assert not told.out


def test_options_may_stand_before_the_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["import", "azure", "--connection", "site-a", str(REPOSITORY / "examples")]) == 0
    )
    assert "site-a" in capsys.readouterr().out


def test_a_program_is_told_too_why_no_session_was_opened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["verify", "site-a", "-i", str(REPOSITORY / "inventory.yaml")]
    assert cli.main([*words, "-o", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"].startswith("site-a: the host key of the device 127.0.0.1 is not known")
    assert told["code"] == 1


def test_every_usage_error_says_what_to_do() -> None:
    silent = [
        f"{path.relative_to(REPOSITORY)}:{call.lineno}"
        for path in sorted((REPOSITORY / "appliance").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "UsageError"
        and not any(keyword.arg in ("hint", None) for keyword in call.keywords)
    ]
    assert silent == []


UNREADABLE = {
    "the text is empty": b"",
    "this is no IOS configuration": bytes(range(256)) * 8,
}


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "site-a", "--running"),
        ("prove", "site-a", "--running"),
        ("render", "site-a", "--running"),
        ("rehearse", "site-a", "--running"),
        ("drift", "site-a", "--running"),
        ("explain", "a.log", "--site", "site-a", "--running"),
        ("parse", "--driver", "cisco_ios"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("says", UNREADABLE)
def test_a_saved_text_that_cannot_be_read_is_told_by_its_name(
    words: tuple[str, ...],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "odd.cfg").write_bytes(UNREADABLE[says])
    ours = () if words[0] == "parse" else OURS
    assert cli.main([*words, "odd.cfg", *ours]) in (1, 3)
    told = capsys.readouterr()
    assert f"odd.cfg: {says}" in told.err + told.out
    assert "\n  -> save the " in told.err + told.out


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\0\1\xff" * 500, "holds bytes that are no text"), (b"", "it is empty")],
)
def test_a_file_that_is_no_log_is_told_so(
    content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert cli.main(["explain", str(path)]) == 3
    told = capsys.readouterr()
    assert says in told.err + told.out
