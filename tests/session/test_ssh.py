"""Sessions over real SSH against boxes with bad manners."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import Mock

import netmiko
import paramiko
import pytest

from appliance.errors import (
    AuthenticationError,
    CommandRefused,
    ConnectError,
    RefusedError,
    SessionError,
    SessionTimeout,
)
from appliance.model.change import KEY_MARK, Step
from appliance.model.secret import Secret
from appliance.session import Credentials, Session, Target
from appliance.session.channel import EventChannel
from appliance.session.ssh import Engine, open_ssh
from tests.session.server import ENABLE, PASSWORD, Address, Box, Shell, long_config, serve
from vendors.cisco_ios.session import IOS, read

CONFIG = long_config(60)
KEY = "canary-Key-9?x"


def target(address: Address, timeout: float = 5.0) -> Target:
    return Target(
        site="site-a",
        host="127.0.0.1",
        port=address.port,
        host_key=address.host_key,
        timeout=timeout,
    )


def credentials(password: str = PASSWORD, enable: str | None = ENABLE) -> Credentials:
    return Credentials(
        username="admin", password=Secret(password), enable=Secret(enable) if enable else None
    )


@contextmanager
def talking(
    box: Box, *, timeout: float = 5.0, engine: Engine = "events", window: int = 1
) -> Iterator[Session]:
    with (
        serve(box) as address,
        open_ssh(target(address, timeout), credentials(), IOS, engine=engine, window=window) as s,
    ):
        yield s


def box(**options: object) -> Box:
    return Box(answers={"show running-config": CONFIG, "show clock": "12:00\r\n"}, **options)  # type: ignore[arg-type]  # fields by name


PROFILES = {
    "plain": box(),
    "early echo": box(think=0.12),
    "late echo": box(echo_delay=0.12),
    "slow rate": box(chunk=64),
    "byte by byte": Box(
        answers={"show running-config": long_config(12), "show clock": "12:00\r\n"}, chunk=1
    ),
    "pages": box(pages=7),
    "hostile banner": box(banner="\r\n### only for staff # \r\nrouter9#\r\nsite-a-rtr#\r\n*** >"),
}


@pytest.mark.parametrize("name", PROFILES)
def test_the_configuration_is_complete_or_refused(name: str) -> None:
    device = PROFILES[name]
    with talking(device) as session:
        assert session.run("show clock") == "12:00"
        text = read(session)
    expected = device.answers["show running-config"].replace("\r\n", "\n").rstrip("\n")
    assert text == expected


def test_same_bytes_as_netmiko() -> None:
    with serve(box()) as address:
        with netmiko.ConnectHandler(
            device_type="cisco_ios",
            host="127.0.0.1",
            port=address.port,
            username="admin",
            password=PASSWORD,
        ) as oracle:
            expected = oracle.send_command("show running-config")
        for engine in ("events", "netmiko"):
            with open_ssh(target(address), credentials(), IOS, engine=engine) as session:
                assert session.run("show running-config") == expected


def test_a_cut_connection_gives_no_text() -> None:
    with talking(box(cut="show running-config")) as session, pytest.raises(ConnectError) as caught:
        read(session)
    assert "the connection broke" in caught.value.message


@pytest.mark.parametrize("of_paramiko", [EOFError(), OSError("Socket is closed")])
def test_whoever_hangs_up_while_we_send_is_named(of_paramiko: Exception) -> None:
    """paramiko's own words differ with the moment at which it sees the end, and may be none."""
    conn = Mock(spec=paramiko.Channel)
    conn.sendall.side_effect = of_paramiko
    with pytest.raises(EOFError, match=r"^the device hung up$"):
        EventChannel(conn, "utf-8").send("show clock\n", 1)


def test_a_device_that_stops_answers_nothing() -> None:
    def stall(shell: Shell, line: str) -> bool:
        if line == "show clock":
            shell.prompt = lambda: "12:0"  # type: ignore[method-assign]  # half an answer, for ever
        return line == "show clock"

    with talking(box(hook=stall), timeout=2.0) as session:
        with pytest.raises(SessionTimeout, match="no answer to `show clock`"):
            session.run("show clock")
        with pytest.raises(ConnectError, match="given up"):
            session.run("show clock")


def test_lines_are_sent_one_by_one_and_the_first_refused_one_stops() -> None:
    device = box()
    steps = [
        Step(text="crypto ikev2 proposal azure"),
        Step(text=" encryption aes-cbc-256"),
        Step(text=" bogus word"),
        Step(text=" group 14"),
    ]
    told: list[Step] = []
    with talking(device) as session:
        with pytest.raises(CommandRefused) as caught:
            session.configure(steps, sent=told.append)
        assert session.run("show clock") == "12:00"
    assert told == steps[:3]
    assert "group 14" not in device.typed
    assert caught.value.command == "bogus word"
    assert caught.value.answer == "% Invalid input detected at '^' marker."
    assert caught.value.where == "site-a"


@pytest.mark.parametrize("window", [1, 4, 100])
def test_windows_send_the_same_lines(window: int) -> None:
    device = box()
    steps = [Step(text=f"ip route 10.{n}.0.0 255.255.0.0 Tunnel1") for n in range(20)]
    with talking(device, window=window) as session:
        session.configure(steps)
        assert session.run("show clock") == "12:00"
    assert [line for line in device.typed if line.startswith("ip route")] == [
        step.text for step in steps
    ]


@pytest.mark.parametrize("engine", ["events", "netmiko"])
def test_a_key_goes_on_the_wire_and_nowhere_else(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device = box()
    step = Step(text=f"pre-shared-key {KEY_MARK}", secret=Secret(KEY))
    bad = Step(text=f"bogus {KEY_MARK}", secret=Secret(KEY))
    if engine == "netmiko":  # it would type a question mark as it is: help, on a real device
        with (
            talking(device, engine=engine) as session,
            pytest.raises(RefusedError, match="cannot type") as denied,
        ):
            session.configure([step])
        assert KEY not in str(denied.value)
        step = Step(text=f"pre-shared-key {KEY_MARK}", secret=Secret(KEY.replace("?", "")))
        bad = Step(text=f"bogus {KEY_MARK}", secret=step.secret)
    assert step.secret is not None
    with talking(device, engine=engine) as session:
        session.configure([step])
        with pytest.raises(CommandRefused) as caught:
            session.configure([bad])
        said = session.transcript
    assert f"pre-shared-key {step.secret.reveal()}" in device.typed
    for text in (said, str(caught.value), repr(caught.value), caplog.text, repr(session)):
        assert step.secret.reveal() not in text
        assert PASSWORD not in text
    assert KEY_MARK in said


def test_keys_that_the_device_prints_are_masked_in_the_transcript() -> None:
    text = "crypto isakmp key foreign-key address 192.0.2.1\r\n pre-shared-key local 6 ABC\r\n"
    with talking(Box(answers={"show run": text})) as session:
        assert "foreign-key" in session.run("show run")
        assert "foreign-key" not in session.transcript
        assert "ABC" not in session.transcript
        assert "address 192.0.2.1" in session.transcript


ENGINES: tuple[Engine, ...] = ("events", "netmiko")


@pytest.mark.parametrize("engine", ENGINES)
def test_enable(engine: Engine) -> None:
    with talking(box(privileged=False), engine=engine) as session:
        assert session.run("show clock") == "12:00"
        assert session.prompt == "site-a-rtr"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("enable", ["wrong", None])
def test_without_privilege_nothing_is_configured(enable: str | None, engine: Engine) -> None:
    device = box(privileged=False)
    with (
        serve(device) as address,
        pytest.raises(AuthenticationError) as caught,
        open_ssh(target(address, 1.0), credentials(enable=enable), IOS, engine=engine),
    ):
        pass
    assert "enable secret" in str(caught.value)
    assert not [line for line in device.typed if "configure" in line or line == enable]


def test_a_wrong_password_is_tried_once() -> None:
    device = box()
    with (
        serve(device) as address,
        pytest.raises(AuthenticationError),
        open_ssh(target(address), credentials("wrong"), IOS),
    ):
        pass
    assert device.logins == [("admin", "wrong")]


def test_nothing_stays_behind() -> None:
    logger = logging.getLogger("netmiko")
    before = len(logger.filters)
    device = box()
    with serve(device) as address:
        for password in (PASSWORD, "wrong"):
            with (
                suppress(AuthenticationError),
                open_ssh(target(address), credentials(password), IOS) as session,
            ):
                session.run("show clock")
    assert len(logger.filters) == before
    for thread in threading.enumerate():
        if isinstance(thread, paramiko.Transport):
            thread.join(5)
            assert not thread.is_alive()


def test_an_unknown_question_is_shown_and_not_answered() -> None:
    def ask(shell: Shell, line: str) -> bool:
        if line == "clear something":
            shell.prompt = lambda: "Really delete everything? [confirm]"  # type: ignore[method-assign]  # asked for ever
        return line == "clear something"

    device = box(hook=ask)
    with talking(device) as session, pytest.raises(SessionError) as caught:
        session.run("clear something")
    assert "Really delete everything? [confirm]" in caught.value.message
    assert device.typed[-1] == "clear something"


def test_log_messages_do_not_disturb() -> None:
    log = "\r\n*Nov 21 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0\r\n"

    def chatter(shell: Shell, line: str) -> bool:
        shell.prompt = lambda: f"site-a-rtr{shell.mode}#"  # type: ignore[method-assign]  # again
        if line == "show clock":
            shell.say(log.lstrip())
            return False
        if line == "end":
            shell.mode = ""
            prompt = shell.prompt()
            shell.say(prompt + log)
            shell.prompt = lambda: ""  # type: ignore[method-assign]  # the log hides the prompt
            return True
        return False

    with talking(box(hook=chatter)) as session:
        session.configure([Step(text="ip route 10.0.0.0 255.0.0.0 Null0")])
        assert session.run("show clock") == "12:00"


def test_a_broadcast_over_the_prompt_is_no_answer() -> None:
    def broadcast(shell: Shell, line: str) -> bool:
        if line == "show clock":
            shell.say("12:00\r\nsite-a-rtr#\r\nMessage from tty2 to all terminals: lunch")
            shell.prompt = lambda: ""  # type: ignore[method-assign]  # it hides the prompt
            return True
        shell.prompt = lambda: "site-a-rtr#"  # type: ignore[method-assign]  # again
        return False

    device = box(hook=broadcast)
    with talking(device) as session:
        assert session.run("show clock") == "12:00"
        assert session.run("show running-config").endswith("end")
    assert device.typed.count("") == 1


def test_our_own_renaming_is_followed_and_a_foreign_one_is_not() -> None:
    def rename(shell: Shell, line: str) -> bool:
        if line == "show clock":
            shell.box.name = "intruder"
        return False

    with talking(box(hook=rename), timeout=2.0) as session:
        session.configure([Step(text="hostname new-name")])
        assert session.prompt == "new-name"
        with pytest.raises(SessionTimeout, match="changed from 'new-name' to 'intruder'"):
            session.run("show clock")


def test_a_control_character_in_a_command_is_refused_before_anything_is_sent() -> None:
    device = box()
    with talking(device) as session:
        with pytest.raises(RefusedError):
            session.configure([Step(text="hostname x"), Step(text="description a\nreload")])
        with pytest.raises(RefusedError):
            session.run("show clock\nreload")
    assert not [line for line in device.typed if "hostname" in line or "reload" in line]


def test_leaving_configuration_mode_by_a_step_stops_the_rest() -> None:
    device = box()
    steps = [Step(text="crypto ikev2 proposal x"), Step(text="end"), Step(text="reload")]
    with talking(device) as session, pytest.raises(SessionError, match="left configuration mode"):
        session.configure(steps)
    assert "reload" not in device.typed


def test_a_configuration_of_another_device_is_not_accepted() -> None:
    device = Box(answers={"show running-config": long_config(20, name="other")})
    with talking(device) as session, pytest.raises(SessionError, match="of 'other'"):
        read(session)


def test_a_configuration_without_its_end_is_not_accepted() -> None:
    text = CONFIG.replace("\r\nend\r\n", "\r\n")
    with (
        talking(Box(answers={"show running-config": text})) as session,
        pytest.raises(SessionError, match="does not finish with `end`"),
    ):
        read(session)


def test_an_error_in_the_data_is_data() -> None:
    text = CONFIG.replace("\r\nend\r\n", "\r\nbanner motd ^C\r\n% Invalid input\r\n^C\r\nend\r\n")
    with talking(Box(answers={"show running-config": text})) as session:
        assert "% Invalid input" in read(session)
