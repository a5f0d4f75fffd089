"""What Junos says in its many versions, and what it means for a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from appliance.driver import load
from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.lab import Lab
from appliance.lab.faults import Fault, cut, garble, pager
from appliance.lab.junos import Settings, junos_device
from appliance.model.change import KEY_MARK, Step
from appliance.model.secret import Secret
from appliance.session import Credentials, Editor, Session, Target
from appliance.session.masking import Mask
from appliance.session.platform import compiled, is_log_line, prompt_in, refusal
from vendors.juniper_junos.session import (
    JUNOS,
    connect,
    editor,
    facts,
    identify,
    incomplete,
    read,
    serial,
    uptime,
)

VERSIONS = {
    "modern": (
        "Hostname: site-a-srx\nModel: srx345\nJunos: 21.4R3-S1.5\n"
        "JUNOS Software Release [21.4R3-S1.5]\n",
        ("site-a-srx", "21.4R3-S1.5"),
    ),
    "older": (
        "Hostname: srx240-1\nModel: srx240h2\nJUNOS Software Release [12.1X46-D35.1]\n",
        ("srx240-1", "12.1X46-D35.1"),
    ),
    "cluster": (
        "node0:\n"
        "--------------------------------------------------------------------------\n"
        "Hostname: fw-a\nModel: srx1500\nJunos: 18.4R3.3\n\n"
        "node1:\n"
        "--------------------------------------------------------------------------\n"
        "Hostname: fw-b\nModel: srx1500\nJunos: 18.4R3.3\n",
        ("fw-a", "18.4R3.3"),
    ),
    "nothing known": ("garbage\n", ("from-the-prompt", None)),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_facts(name: str) -> None:
    text, expected = VERSIONS[name]
    found = facts(text, "from-the-prompt")
    assert (found.hostname, found.version) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Chassis                                CW3617AF0123      SRX345\n", "CW3617AF0123"),
        ("Hardware inventory:\nItem  Version\nChassis      AG4212AA0099  SRX240\n", "AG4212AA0099"),
        ("Midplane REV 08 650-065042 AB12345678 SRX345\n", None),
        ("", None),
    ],
)
def test_serial_numbers(text: str, number: str | None) -> None:
    assert serial(text) == number


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("3w0d 16:00 ago", 3 * 604_800 + 16 * 3_600),
        ("00:05:17 ago", 317),
        ("5d 02:03 ago", 5 * 86_400 + 2 * 3_600 + 180),
        ("1w2d 03:04 ago", 604_800 + 2 * 86_400 + 3 * 3_600 + 240),
    ],
)
def test_uptimes(words: str, seconds: int) -> None:
    text = (
        f"Current time: 2026-11-21 08:00:00 UTC\nSystem booted: 2026-11-01 10:00:00 UTC ({words})\n"
    )
    assert uptime(text) == seconds
    assert uptime("nothing") is None


COMPLETE = "set version 21.4R3\nset system host-name site-a\ndeactivate protocols bgp\n"


@pytest.mark.parametrize(
    ("text", "prompt", "count", "fault"),
    [
        (COMPLETE, "site-a", 3, ""),
        (f"\n{COMPLETE}\n", "site-a", 3, ""),
        (COMPLETE, "site-a", 4, "has 3 lines, the device says 4"),
        (COMPLETE, "site-a", None, "does not tell"),
        ("", "site-a", 0, "empty"),
        (COMPLETE + "---(more 40%)---\n", "site-a", 4, "no statement"),
        (COMPLETE + "error: communication failure\n", "site-a", 4, "no statement"),
        (COMPLETE, "site-b", 3, "of 'site-a', but the prompt says 'site-b'"),
        (COMPLETE.replace("site-a", "site-a.example.net"), "site-a", 3, ""),
        ("set version 21.4R3\nset groups node0 system host-name a\n", "site-b", 2, ""),
    ],
)
def test_completeness(text: str, prompt: str, count: int | None, fault: str) -> None:
    found = incomplete(text, prompt, count)
    assert fault in found
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("line", "name", "mode"),
    [
        ("netops@site-a> ", "site-a", "privileged"),
        ("netops@site-a>", "site-a", "privileged"),
        ("root@srx.example.net> ", "srx.example.net", "privileged"),
        ("netops@site-a# ", "site-a", "configuration"),
        ("root@site-a:~ # ", "site-a", "user"),
        ("root@site-a% ", "site-a", "user"),
        ("root@:~ # ", "", "user"),
        ("% ", "", "user"),
    ],
)
def test_prompts(line: str, name: str, mode: str) -> None:
    found = prompt_in(JUNOS, line)
    assert found is not None
    assert (found.name, found.mode) == (name, mode)


@pytest.mark.parametrize(
    "line",
    ["", "[edit]", "{primary:node0}", "### only for staff ###", "a b@c> d", "set x", "Amnesiac"],
)
def test_what_is_no_prompt(line: str) -> None:
    assert prompt_in(JUNOS, line) is None


@pytest.mark.parametrize(
    "line",
    [
        "[edit]",
        "[edit security ike]",
        "{primary:node0}",
        "{primary:node0}[edit]",
        "{secondary:node1}",
        "{master:0}[edit]",
        "{backup}",
        "# commit confirmed will be rolled back in 5 minutes",
    ],
)
def test_what_stands_above_a_prompt(line: str) -> None:
    assert JUNOS.above is not None
    assert compiled(JUNOS.above).match(line)


@pytest.mark.parametrize(
    "line",
    [
        "syntax error.",
        "syntax error, expecting <command>.",
        "unknown command.",
        "missing argument.",
        "missing mandatory argument: name",
        "invalid value 'x' in ip address: '10.0.0.300'",
        "invalid numeric value: 'banana'",
        "invalid interface type in 'xe-0'",
        "'sec' is ambiguous.",
        "error: configuration check-out failed",
        "error: commit failed: (statement constraint check failed)",
        "error: configuration database locked by:",
        "error: configuration database modified",
        "error: permission denied: configure",
        "permission denied.",
        "load complete (2 errors)",
        "terminal:2:(5) syntax error: foo",
        "terminal:7:(63) Value 99 is not within range (2..60)",
        "IKE gateway 'g' must be defined",
    ],
)
def test_what_is_an_error(line: str) -> None:
    assert refusal(JUNOS, ["", "        ^", line]) == line


@pytest.mark.parametrize(
    "line",
    [
        "load complete",
        "commit complete",
        "configuration check succeeds",
        "warning: statement not found",
        "warning: Clear-text pre-shared key is not recommended",
        "Entering configuration mode",
        "Exiting configuration mode",
        "commit confirmed will be automatically rolled back in 5 minutes unless confirmed",
        'set system login message "error: this is not one"',
        "[edit security ike]",
        "+   description syntax;",
    ],
)
def test_what_is_none(line: str) -> None:
    assert refusal(JUNOS, [line]) is None


@pytest.mark.parametrize(
    "line",
    [
        "Message from syslogd@site-a at Nov 21 12:00:00  ...",
        "Nov 21 12:00:00  site-a mgd[4711]: UI_COMMIT: User 'netops' requested 'commit'",
        "Broadcast Message from root@site-a",
    ],
)
def test_log_lines(line: str) -> None:
    assert is_log_line(JUNOS, line)


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (
            'set security ike policy P pre-shared-key ascii-text "a b\\"c d"',
            f"set security ike policy P pre-shared-key ascii-text {KEY_MARK}",
        ),
        (
            "pre-shared-key ascii-text $9$abc/def.ghi; ## SECRET-DATA",
            f"pre-shared-key ascii-text {KEY_MARK}; ## SECRET-DATA",
        ),
        ('authentication-key "$9$abc"', f"authentication-key {KEY_MARK}"),
        ("x $8$aes256-gcm$y;", f"x {KEY_MARK};"),
        (
            'set system root-authentication encrypted-password "$6$a$b"',
            f"set system root-authentication encrypted-password {KEY_MARK}",
        ),
    ],
)
def test_keys_are_masked_where_they_stand(line: str, masked: str) -> None:
    assert Mask(JUNOS)(line) == masked


# --- over SSH ---


@contextmanager
def session(*faults: Fault, user: str = "", settings: Settings | None = None) -> Iterator[Session]:
    device = junos_device("site-a", settings=settings)
    with Lab({"site-a": device}, faults={"site-a": faults}) as lab:
        site = lab.ssh("site-a")
        target = Target(
            site="site-a", host=site.host, port=site.port, host_key=site.host_key, timeout=30.0
        )
        login = Credentials(username=user or site.username, password=Secret(site.password))
        with connect(target, login) as opened:
            yield opened


@pytest.mark.parametrize("user", ["", "root"])
def test_who_it_is_and_what_it_runs(user: str) -> None:
    with session(user=user) as opened:
        assert opened.prompt == "site-a-srx"
        found = identify(opened)
        assert (found.hostname, found.version) == ("site-a-srx", Settings().version)
        assert found.serial == "CV2026LABSRX"
        assert found.uptime_seconds == 0
        (tunnel,) = load("juniper_junos").parse(read(opened)).tunnels
        assert tunnel.name == "PARTNER"


@pytest.mark.parametrize("settings", [Settings(cluster=True), Settings(engines=True)])
def test_what_stands_above_the_prompt_is_in_no_answer(settings: Settings) -> None:
    with session(settings=settings) as opened:
        assert isinstance(opened, Editor)
        assert "{" not in read(opened).replace("{ }", "")
        assert bool(opened.above) is settings.cluster
        opened.edit("configure exclusive")
        assert opened.above.endswith("[edit]")
        assert opened.look("show | compare") == ""
        opened.edit("exit configuration-mode")


def test_a_page_is_turned() -> None:
    with session(pager(5)) as opened:
        assert len(read(opened).splitlines()) > 20


def test_a_reading_that_is_cut_is_never_taken() -> None:
    with (
        session(cut(400, "^show configuration . display set$")) as opened,
        pytest.raises(SessionError),
    ):
        read(opened)


def test_a_reading_that_is_garbled_is_never_taken() -> None:
    with (
        session(garble("^show configuration . display set$")) as opened,
        pytest.raises(SessionError),
    ):
        read(opened)


def test_a_command_that_is_refused() -> None:
    with session() as opened, pytest.raises(CommandRefused) as caught:
        opened.run("show frobnication")
    assert caught.value.command == "show frobnication"
    assert "syntax error" in caught.value.answer


def test_a_control_character_is_never_typed() -> None:
    with session() as opened, pytest.raises(RefusedError, match="control character"):
        editor(opened).paste(
            "load set terminal",
            (Step(text="set system host-name a\nset system host-name b"),),
            ready="Type",
            end="\x04",
        )


class Plain:
    """A session of netmiko's own engine cannot stay in configuration mode."""

    prompt = "site-a"
    transcript = ""

    def run(self, command: str, *, timeout: float | None = None) -> str:
        raise NotImplementedError

    def configure(self, *_: object, **__: object) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def test_an_engine_that_cannot_edit_is_refused() -> None:
    with pytest.raises(RefusedError, match="cannot stay in configuration mode"):
        editor(Plain())
