"""The SRX over real SSH: netmiko unmodified, paramiko for keys, paging, Ctrl-D and lost lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paramiko
import pytest
from netmiko import ConnectHandler
from netmiko.juniper.juniper import JuniperSSH

from appliance.lab import Lab, Site, faults
from appliance.lab.junos import SrxDevice, junos_device
from appliance.lab.junos.nine import reveal
from appliance.lab.kinds import factory
from tests.lab.junos.scene import TUNNEL, plain


@contextmanager
def netmiko(site: Site) -> Iterator[JuniperSSH]:
    connection = ConnectHandler(
        device_type="juniper_junos",
        host=site.host,
        port=site.port,
        username=site.username,
        password=site.password,
    )
    assert isinstance(connection, JuniperSSH)
    try:
        yield connection
    finally:
        connection.disconnect()


@contextmanager
def shell(site: Site, rows: int = 24, user: str = "") -> Iterator[paramiko.Channel]:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    name = user or site.username
    client.connect(
        site.host, site.port, name, site.password, look_for_keys=False, allow_agent=False
    )
    channel = client.invoke_shell(height=rows)
    channel.settimeout(5)
    try:
        yield channel
    finally:
        client.close()


def until(channel: paramiko.Channel, done: Callable[[str], bool]) -> str:
    """Everything received until `done` says so; fails when the channel ends before."""
    text = ""
    while not done(text):
        data = channel.recv(4096)
        assert data, f"the session ended after {text!r}"
        text += data.decode()
    return text


def ends(prompt: str) -> Callable[[str], bool]:
    return lambda text: text.endswith(prompt)


@pytest.fixture
def made() -> SrxDevice:
    return plain()


@pytest.fixture
def site(made: SrxDevice) -> Iterator[Site]:
    with Lab({"site-a": made}) as lab:
        yield lab.ssh("site-a")


def test_netmiko_logs_in_reads_configures_and_commits(made: SrxDevice, site: Site) -> None:
    with netmiko(site) as connection:
        assert connection.find_prompt() == "netops@site-a-srx>"
        text = str(connection.send_command("show configuration | display set"))
        assert text.strip() == made.running(as_set=True).strip()
        said = connection.send_config_set([*TUNNEL, "set frob"], exit_config_mode=False)
        assert said.count("syntax error.") == 1
        assert "rolled back in 5 minutes" in connection.commit(confirm=True, confirm_delay=5)
        assert "commit complete" in connection.commit(comment="from netmiko", and_quit=True)
        assert connection.find_prompt() == "netops@site-a-srx>"
    assert made.crypto.live["az"].outcome.up
    assert made.data.history[0].comment == "from netmiko"
    assert made.data.pending is None


def test_netmiko_is_told_why_a_commit_fails(site: Site) -> None:
    with netmiko(site) as connection:
        connection.send_config_set(
            ["set security ike gateway G ike-policy NONE"], exit_config_mode=False
        )
        with pytest.raises(ValueError, match="ike policy 'NONE' must be defined"):
            connection.commit()
        assert "Exiting configuration mode" in connection.exit_config_mode()


def test_root_starts_in_the_unix_shell(site: Site) -> None:
    root = Site(
        name=site.name, host=site.host, port=site.port, host_key=site.host_key,
        username="root", password=site.password, enable="",
    )  # fmt: skip
    with netmiko(root) as connection:
        assert connection.find_prompt() == "root@site-a-srx>"
    with shell(site, user="root") as channel:
        until(channel, ends("root@site-a-srx:~ # "))
        channel.send(b"whoami\nfrob\ncli\n")
        text = until(channel, ends("root@site-a-srx> "))
        assert "root\r\n" in text
        assert "frob: Command not found.\r\n" in text
        channel.send(b"exit\n")
        until(channel, ends("root@site-a-srx:~ # "))


def test_text_for_load_is_taken_as_it_is(made: SrxDevice, site: Site) -> None:
    with shell(site) as channel:
        until(channel, ends("> "))
        channel.send(b"configure exclusive\n")
        until(channel, ends("# "))
        channel.send(b"load set terminal\n")
        until(channel, ends("to end input]\r\n"))
        key = '"what? a\tb\\"c\\\\ ;{}#' + "x" * 90 + '"'
        channel.send(f"set security ike policy P pre-shared-key ascii-text {key}\n".encode())
        channel.send(b"set security ike policy P proposals PARTNER\n\x04")
        text = until(channel, ends("# "))
        assert "load complete\r\n" in text
        assert "error" not in text
        channel.send(b"commit and-quit\n")
        assert "commit complete" in until(channel, ends("> "))
    stored = made.network.root.find("security", "ike", "policy", "P", "pre-shared-key")
    assert stored is not None
    assert reveal(stored.value("ascii-text")) == 'what? a\tb"c\\ ;{}#' + "x" * 90


def test_help_comes_at_a_question_mark_but_not_inside_quotes(site: Site) -> None:
    with shell(site) as channel:
        until(channel, ends("> "))
        channel.send(b"show security ?")
        shown = until(channel, lambda text: text.count("show security ") == 2)
        assert "ipsec\r\n" in shown
        channel.send(b'\x15show "?')
        assert until(channel, ends('"?')).endswith('show "?')


def test_long_answers_are_paged(site: Site) -> None:
    with shell(site, rows=10) as channel:
        until(channel, ends("> "))
        channel.send(b"show configuration\n")
        first = until(channel, ends("%)---"))
        assert first.count("\n") == 10
        channel.send(b"q")
        until(channel, ends("> "))
        channel.send(b"set cli screen-length 0\n")
        until(channel, ends("> "))
        channel.send(b"show configuration\n")
        assert "---(more " not in until(channel, ends("netops@site-a-srx> "))


def test_the_rude_banner_is_shown_and_believed_by_nobody(site: Site) -> None:
    with shell(site) as channel:
        text = until(channel, ends("\nnetops@site-a-srx> "))
        assert "JUNOS 21.4R3-S5.4" in text
        assert "netops@fake# \r\nerror: this is not one\r\n" in text


def test_a_broadcast_reaches_everybody(made: SrxDevice, site: Site) -> None:
    with shell(site) as channel:
        until(channel, ends("> "))
        channel.send(b"configure\nset system domain-name a.b\ncommit confirmed 1\nexit\n")
        until(channel, lambda text: "Exiting configuration mode" in text)
        made.advance(61)
        assert "automatic rollback complete" in until(
            channel, lambda text: "rollback complete." in text
        )


def test_a_dropped_line_leaves_no_lock(made: SrxDevice) -> None:
    plan = {"site-a": [faults.drop_before("^commit", at=1)]}
    with Lab({"site-a": made}, faults=plan) as lab:
        site = lab.ssh("site-a")
        with shell(site) as channel:
            until(channel, ends("> "))
            channel.send(b"configure exclusive\nset system domain-name a.b\n")
            until(channel, lambda text: text.count("[edit]") == 2)
            assert made.data.owner is not None
            channel.send(b"commit\n")
            with pytest.raises(AssertionError, match="the session ended"):
                until(channel, ends("> "))
        with shell(site) as channel:
            until(channel, ends("> "))
            channel.send(b"configure exclusive\n")
            assert "Entering configuration mode" in until(channel, ends("# "))
    assert not made.data.changed


def test_a_commit_that_fails_by_fault(made: SrxDevice) -> None:
    plan = {"site-a": [faults.save_fails("error: disk full", "^commit$", at=1)]}
    with Lab({"site-a": made}, faults=plan) as lab, netmiko(lab.ssh("site-a")) as connection:
        connection.send_config_set(["set system domain-name a.b"], exit_config_mode=False)
        with pytest.raises(ValueError, match="error: disk full"):
            connection.commit()
        assert "commit complete" in connection.commit()


def test_a_wrong_password_is_refused(site: Site) -> None:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    with pytest.raises(paramiko.AuthenticationException):
        client.connect(
            site.host, site.port, site.username, "wrong", look_for_keys=False, allow_agent=False
        )
    client.close()


def test_one_command_without_a_session(site: Site) -> None:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    client.connect(
        site.host, site.port, site.username, site.password, look_for_keys=False, allow_agent=False
    )
    _, out, _ = client.exec_command("show version")
    assert out.read().decode().startswith("Hostname: site-a-srx\r\n")
    client.close()


def test_it_is_one_of_the_kinds_of_the_lab() -> None:
    assert factory("juniper_junos") is junos_device
