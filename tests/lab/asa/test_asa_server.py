"""A firewall over real SSH: netmiko unmodified, paging, faults, beside a router."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import paramiko
import pytest
from netmiko import ConnectHandler

from appliance.lab import Lab, Site, faults, ios_device
from appliance.lab.asa import asa_device
from appliance.lab.faults import Fault
from appliance.lab.kinds import KINDS, factory

if TYPE_CHECKING:
    from netmiko.base_connection import BaseConnection


@contextmanager
def serving(*given: Fault) -> Iterator[tuple[Lab, Site]]:
    with Lab({"site-b": asa_device()}, faults={"site-b": given}) as lab:
        yield lab, lab.ssh("site-b")


def netmiko(site: Site, **more: object) -> BaseConnection:
    return ConnectHandler(
        device_type="cisco_asa",
        host=site.host,
        port=site.port,
        username=site.username,
        password=site.password,
        **more,
    )


@contextmanager
def shell(site: Site) -> Iterator[paramiko.Channel]:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback lab
    client.connect(
        site.host, site.port, site.username, site.password, look_for_keys=False, allow_agent=False
    )
    channel = client.invoke_shell(height=100)
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


def say(channel: paramiko.Channel, line: str, prompt: str) -> str:
    channel.send(line.encode() + b"\r")
    return until(channel, lambda text: text.endswith(prompt))


def enabled(channel: paramiko.Channel, site: Site) -> None:
    until(channel, lambda text: text.endswith("asa> "))
    say(channel, "enable", "Password: ")
    say(channel, site.enable, "asa# ")


def test_netmiko_logs_in_enables_reads_configures_and_saves() -> None:
    with serving() as (lab, site), netmiko(site, secret=site.enable) as connection:
        assert connection.find_prompt() == "site-b-asa#"
        text = str(connection.send_command("show running-config"))
        assert "crypto map outside_map 10 set peer partner-gw" in text
        said = connection.send_config_set(["object-group network G", "bogus"])
        assert "ERROR: % Invalid input detected at '^' marker." in said
        connection.send_config_set(["object network N", "host 10.0.0.1"])
        assert "[OK]" in connection.save_config()
        assert "object network N\n host 10.0.0.1\n" in lab.device("site-b").startup


def test_netmiko_without_an_enable_password_uses_login() -> None:
    with serving() as (_, site), netmiko(site) as connection:
        assert "Current privilege level : 15" in str(connection.send_command("show curpriv"))


def test_a_page_ends_with_the_pager_of_an_asa() -> None:
    with serving() as (_, site), shell(site) as channel:
        enabled(channel, site)
        channel.send(b"show running-config\r")
        until(channel, lambda text: text.endswith("<--- More --->"))
        channel.send(b" ")
        until(channel, lambda text: text.endswith("<--- More --->"))
        channel.send(b"q")
        until(channel, lambda text: text.endswith("asa# "))
        say(channel, "terminal pager 0", "asa# ")
        assert "More" not in say(channel, "show running-config", "asa# ")


def test_what_stands_above_the_first_prompt() -> None:
    with serving() as (_, site), shell(site) as channel:
        text = until(channel, lambda text: text.endswith("asa> "))
        assert "*** authorised staff only" in text
        assert "User netops logged in to site-b-asa\r\n" in text
        assert "Type help or '?' for a list of available commands.\r\n" in text


def test_questions_with_one_key() -> None:
    with serving() as (_, site), shell(site) as channel:
        enabled(channel, site)
        say(channel, "vpn-sessiondb logoff ipaddress 192.0.2.50", "[confirm]")
        channel.send(b"\r")
        text = until(channel, lambda text: text.endswith("asa# "))
        assert "logged off : 1" in text


def test_the_end_of_a_session_says_so() -> None:
    with serving() as (_, site), shell(site) as channel:
        enabled(channel, site)
        channel.send(b"exit\r")
        text = ""
        while data := channel.recv(4096):
            text += data.decode()
        assert "Logoff" in text


def test_a_line_that_is_cut_off_has_not_run() -> None:
    with serving(faults.drop_before("^object network")) as (lab, site), shell(site) as channel:
        enabled(channel, site)
        say(channel, "conf t", "(config)# ")
        channel.send(b"object network N\r")
        while channel.recv(4096):
            pass
        assert "object network N\n" not in lab.device("site-b").running()


@pytest.mark.parametrize(
    ("fault", "line", "said"),
    [
        (faults.refuse("ERROR: no", "^object"), "object network N", "ERROR: no"),
        (faults.swallow("^object"), "object network N", ""),
    ],
)
def test_refused_and_swallowed_lines(fault: Fault, line: str, said: str) -> None:
    with serving(fault) as (lab, site), shell(site) as channel:
        enabled(channel, site)
        say(channel, "conf t", "(config)# ")
        assert said in say(channel, line, "(config)# ")
        assert "object network N\n" not in lab.device("site-b").running()


def test_saving_fails_where_it_is_told_to() -> None:
    with serving(faults.save_fails()) as (lab, site), shell(site) as channel:
        enabled(channel, site)
        before = lab.device("site-b").startup
        assert "[OK]" not in say(channel, "write memory", "asa# ")
        assert lab.device("site-b").startup == before


def test_another_name_shows_in_the_prompt() -> None:
    with serving(faults.rename("other", "^show clock")) as (_, site), shell(site) as channel:
        enabled(channel, site)
        say(channel, "show clock", "other# ")


def test_a_restart_ends_the_session_and_loses_the_rest() -> None:
    with serving() as (lab, site), shell(site) as channel:
        enabled(channel, site)
        say(channel, "conf t", "(config)# ")
        say(channel, "hostname unsaved", "unsaved(config)# ")
        say(channel, "reload noconfirm", "")
        until_closed = time.monotonic() + 5
        while time.monotonic() < until_closed and channel.recv(4096):
            pass
        assert lab.device("site-b").hostname == "site-b-asa"


def test_a_firewall_and_a_router_stand_beside_each_other() -> None:
    with Lab({"site-a": ios_device(), "site-b": asa_device()}) as lab:
        assert [site.name for site in lab.sites] == ["site-a", "site-b"]
        with shell(lab.ssh("site-b")) as channel:
            until(channel, lambda text: text.endswith("site-b-asa> "))
        with shell(lab.ssh("site-a")) as channel:
            until(channel, lambda text: text.endswith("site-a-rtr>"))


def test_every_kind_has_its_factory() -> None:
    assert "cisco_asa" in KINDS
    device = factory("cisco_asa")("site-x")
    assert isinstance(device, type(asa_device()))
    assert device.hostname == "site-x-asa"
