"""Real SSH: netmiko unmodified, paramiko, OpenSSH; keys, paging, several sessions."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import paramiko
import pytest
from netmiko import ConnectHandler

from appliance.lab import Lab, Site, ios_device, run

if TYPE_CHECKING:
    from netmiko.base_connection import BaseConnection


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def netmiko(site: Site, **more: object) -> BaseConnection:
    return ConnectHandler(
        device_type="cisco_ios",
        host=site.host,
        port=site.port,
        username=site.username,
        password=site.password,
        secret=site.enable,
        **more,
    )


@contextmanager
def shell(site: Site, rows: int = 24) -> Iterator[paramiko.Channel]:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    client.connect(
        site.host, site.port, site.username, site.password, look_for_keys=False, allow_agent=False
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


def enabled(channel: paramiko.Channel, site: Site) -> None:
    until(channel, ends("rtr>"))
    channel.send(b"enable\r")
    until(channel, ends("Password: "))
    channel.send(site.enable.encode() + b"\r")
    until(channel, ends("rtr#"))


def test_netmiko_logs_in_reads_and_configures(lab: Lab) -> None:
    with netmiko(lab.ssh("site-a")) as connection:
        assert connection.find_prompt() == "site-a-rtr>"
        connection.enable()
        text = str(connection.send_command("show running-config"))
        assert lab.device("site-a").running().strip() in text
        said = connection.send_config_set(["interface Tunnel7", "ip mtu 1400", "tunel"])
        assert "% Invalid input detected at '^' marker." in said
        assert "[OK]" in connection.save_config()
        assert connection.find_prompt() == "site-a-rtr#"
    assert "interface Tunnel7\n no ip address\n ip mtu 1400\n" in lab.device("site-a").startup


def test_a_wrong_password_is_refused(lab: Lab) -> None:
    site = lab.ssh("site-a")
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    with pytest.raises(paramiko.AuthenticationException):
        client.connect(
            site.host, site.port, site.username, "wrong", look_for_keys=False, allow_agent=False
        )
    client.close()


def test_the_host_key_is_the_one_announced(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        transport = channel.get_transport()
        assert transport is not None
        key = transport.get_remote_server_key()
        assert f"{key.get_name()} {key.get_base64()}" == site.host_key
        assert transport.remote_version == "SSH-2.0-Cisco-1.25"


def test_characters_are_echoed_one_by_one(lab: Lab) -> None:
    with shell(lab.ssh("site-a")) as channel:
        until(channel, ends("rtr>"))
        channel.send(b"sho")
        assert until(channel, ends("sho")) == "sho"
        channel.send(b"x\x7f")
        assert until(channel, ends("\b \b")) == "x\b \b"
        channel.send(b"w clock\r")
        text = until(channel, ends("rtr>"))
        assert text.startswith("w clock\r\n*08:00:00")
        assert text.endswith("2026\r\nsite-a-rtr>")


def test_control_keys(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        enabled(channel, site)
        channel.send(b"junk\x15show privilege\r")
        assert "level is 15" in until(channel, ends("rtr#"))
        channel.send(b"conf t\r")
        until(channel, ends("(config)#"))
        channel.send(b"\x1a")
        assert until(channel, ends("rtr#")) == "^Z\r\nsite-a-rtr#"
        channel.send(b"half a comm\x03")
        until(channel, ends("comm\r\nsite-a-rtr#"))
        channel.send(b"show crypto i?")
        assert "  ikev2\r\n  ipsec\r\n  isakmp\r\n" in until(channel, ends("#show crypto i"))
        channel.send(b"\x15sh\t")
        until(channel, ends("#show "))


def test_passwords_are_not_echoed(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        until(channel, ends("rtr>"))
        channel.send(b"enable\r")
        until(channel, ends("Password: "))
        channel.send(site.enable.encode() + b"\r")
        assert until(channel, ends("rtr#")) == "\r\nsite-a-rtr#"


def test_paging_with_erasure(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site, rows=10) as channel:
        enabled(channel, site)
        channel.send(b"show running-config\r")
        text = until(channel, ends(" --More-- "))
        assert text.count("\r\n") == 10
        channel.send(b" ")
        more = until(channel, ends(" --More-- "))
        assert more.startswith("\b" * 9 + " " * 8 + "\b" * 9)
        channel.send(b"\r")
        assert until(channel, ends(" --More-- ")).count("\r\n") == 1
        channel.send(b"q")
        until(channel, ends("rtr#"))
        channel.send(b"terminal length 0\r")
        until(channel, ends("rtr#"))
        channel.send(b"show running-config\r")
        assert " --More-- " not in until(channel, ends("end\r\n\r\nsite-a-rtr#"))


def test_confirm_takes_a_single_key(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        enabled(channel, site)
        channel.send(b"write erase\r")
        until(channel, ends("[confirm]"))
        channel.send(b"n")
        until(channel, ends("rtr#"))
    assert lab.device("site-a").startup


def test_sessions_share_the_device_and_hear_shutdown_banners(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as first, shell(site) as second:
        until(first, ends("rtr>"))
        until(second, ends("rtr>"))
        lab.device("site-a").configure("hostname renamed")
        first.send(b"\r")
        until(first, ends("renamed>"))
        cli = lab.device("site-a").session("other")
        cli.execute("enable")
        cli.execute(site.enable)
        cli.execute("reload in 5")
        cli.execute("no")
        cli.execute("")
        assert "SHUTDOWN in 0:05:00" in until(second, lambda text: "---\r\n***" in text)


def test_syslog_comes_only_to_those_who_listen(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        enabled(channel, site)
        channel.send(b"terminal monitor\r")
        until(channel, ends("rtr#"))
        channel.send(b"conf t\rhostname other\rend\r")
        assert "%SYS-5-CONFIG_I: Configured from console by netops" in until(
            channel, lambda text: "CONFIG_I" in text and "by netops" in text
        )


def test_reload_drops_everybody(lab: Lab) -> None:
    site = lab.ssh("site-a")
    with shell(site) as channel:
        enabled(channel, site)
        lab.device("site-a").reload()
        channel.send(b"show clock\r")
        rest = b""
        while data := channel.recv(4096):
            rest += data
        assert b"2026" not in rest
    with netmiko(site) as connection:
        assert connection.find_prompt() == "site-a-rtr>"


@pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH is not installed")
def test_openssh_gets_a_host_key_it_can_check(lab: Lab) -> None:
    site = lab.ssh("site-a")
    found = subprocess.run(  # noqa: S603 -- our own port
        ["/usr/bin/ssh-keyscan", "-p", str(site.port), "-t", "ed25519", site.host],
        capture_output=True,
        text=True,
        check=True,
    )
    assert site.host_key in found.stdout


def test_one_command_without_a_shell(lab: Lab) -> None:
    site = lab.ssh("site-a")
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    client.connect(
        site.host, site.port, site.username, site.password, look_for_keys=False, allow_agent=False
    )
    _, out, _ = client.exec_command("show clock")
    assert out.read().decode().startswith("*08:00:00.000 UTC Sat Nov 21 2026")
    client.close()


def test_the_banner_is_shown_before_the_prompt(lab: Lab) -> None:
    with shell(lab.ssh("site-a")) as channel:
        text = until(channel, ends("site-a-rtr>"))
        assert "crypto ikev2 proposal FAKE\r\n encryption des\r\nrouter#\r\n" in text


def test_several_devices_and_a_taken_port() -> None:
    devices = {name: ios_device(name) for name in ("site-a", "site-b")}
    with Lab(devices) as lab:
        assert [site.name for site in lab.sites] == ["site-a", "site-b"]
        assert lab.ssh("site-a").port != lab.ssh("site-b").port
        with pytest.raises(OSError, match="in use"), Lab(port=lab.ssh("site-a").port):
            pass


def test_run_yields_the_sites_and_ends_when_told() -> None:
    import threading  # noqa: PLC0415 -- only here

    stop = threading.Event()
    serving = run(stop=stop)
    (site,) = next(serving)
    assert site.ssh.startswith("ssh -p ")
    with shell(site) as channel:
        until(channel, ends("rtr>"))
    stop.set()
    assert next(serving, None) is None


def test_a_hundred_sessions_at_once(lab: Lab) -> None:
    site = lab.ssh("site-a")
    clients = []
    for _ in range(20):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
        client.connect(
            site.host,
            site.port,
            site.username,
            site.password,
            look_for_keys=False,
            allow_agent=False,
        )
        clients.append(client)
    channels = [client.invoke_shell() for client in clients for _ in range(5)]
    for channel in channels:
        channel.settimeout(5)
        until(channel, ends("rtr>"))
    for client in clients:
        client.close()
    assert len(channels) == 100
