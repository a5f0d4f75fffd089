"""Each fault does what it says, at the step it was given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest

from appliance.lab import Lab, faults, ios_device
from appliance.lab.faults import Fault
from tests.lab.test_server import enabled, ends, netmiko, shell, until


@contextmanager
def broken(*given: Fault) -> Iterator[tuple[Lab, paramiko.Channel]]:
    """A session at the enabled prompt of a device with these faults, paging off."""
    with Lab({"site-a": ios_device()}, faults={"site-a": given}) as lab:
        site = lab.ssh("site-a")
        with shell(site, rows=1000) as channel:
            enabled(channel, site)
            yield lab, channel


def say(channel: paramiko.Channel, line: str, prompt: str = "rtr#") -> str:
    """What the device prints for a line, its echo included."""
    channel.send(line.encode() + b"\r")
    return until(channel, ends(prompt))


def dies(channel: paramiko.Channel) -> str:
    """What still arrives before the session ends."""
    rest = b""
    while data := channel.recv(4096):
        rest += data
    return rest.decode(errors="replace")


def test_drop_before_runs_nothing() -> None:
    with broken(faults.drop_before("^interface")) as (lab, channel):
        say(channel, "conf t", "(config)#")
        channel.send(b"interface Tunnel7\r")
        dies(channel)
        assert "interface Tunnel7\n" not in lab.device("site-a").running()


def test_drop_after_has_run_it() -> None:
    with broken(faults.drop_after("^interface", at=2)) as (lab, channel):
        say(channel, "conf t", "(config)#")
        say(channel, "interface Tunnel7", "(config-if)#")
        channel.send(b"interface Tunnel8\r")
        assert "(config-if)#" not in dies(channel)
        assert "interface Tunnel8\n" in lab.device("site-a").running()


def test_a_step_is_counted_over_all_sessions() -> None:
    with broken(faults.refuse("% Busy", "^show clock", at=2)) as (lab, channel):
        assert "UTC" in say(channel, "show clock")
        with netmiko(lab.ssh("site-a")) as other:
            assert other.send_command("show clock") == "% Busy"
        assert "UTC" in say(channel, "show clock")


def test_stall() -> None:
    with broken(faults.stall(1.0, "^show clock")) as (_, channel):
        began = time.monotonic()
        say(channel, "show privilege")
        at_once = time.monotonic() - began
        say(channel, "show clock")
        assert time.monotonic() - began - at_once >= 1.0 > at_once


def test_garble() -> None:
    with broken(faults.garble("^show run")) as (lab, channel):
        channel.send(b"show running-config\r")
        raw = channel.recv(1 << 20)
        while not raw.endswith(b"site-a-rtr#"):
            raw += channel.recv(1 << 20)
        assert b"\x00" in raw
        text = raw.decode(errors="replace").replace("\r", "")
        assert lab.device("site-a").running() not in text


def test_reboot_at_a_step() -> None:
    with broken(faults.reboot("^interface", seconds=0.5)) as (lab, channel):
        device = lab.device("site-a")
        say(channel, "conf t", "(config)#")
        say(channel, "hostname unsaved", "unsaved(config)#")
        channel.send(b"interface Tunnel7\r")
        dies(channel)
        assert device.hostname == "site-a-rtr"
        with pytest.raises((paramiko.SSHException, OSError, EOFError)), shell(lab.ssh("site-a")):
            pass


def test_an_unknown_question() -> None:
    with broken(faults.question("Overwrite something? [confirm]", "^write", at=1)) as (
        lab,
        channel,
    ):
        lab.device("site-a").configure("interface Tunnel7")
        say(channel, "write memory", "[confirm]")
        channel.send(b"n")
        assert "[OK]" not in until(channel, ends("rtr#"))
        assert "Tunnel7\n" not in lab.device("site-a").startup
        assert "[OK]" in say(channel, "write memory")


def test_syslog_inside_the_output() -> None:
    line = "*Nov 21 08:00:00.000: %LINK-3-UPDOWN: Interface Tunnel50, changed state to down"
    with broken(faults.syslog(line, "^show run")) as (_, channel):
        lines = say(channel, "show running-config").split("\r\n")
        assert 10 < lines.index(line) < len(lines) - 10


def test_pager_in_spite_of_length_zero() -> None:
    with broken(faults.pager(12)) as (_, channel):
        say(channel, "terminal length 0")
        channel.send(b"show running-config\r")
        until(channel, ends(" --More-- "))
        channel.send(b"q")
        until(channel, ends("rtr#"))


def test_the_hostname_changes_under_our_feet() -> None:
    with broken(faults.rename("stranger", "^show clock")) as (_, channel):
        assert say(channel, "show clock", "stranger#").endswith("\r\nstranger#")


def test_saving_fails_once() -> None:
    with broken(faults.save_fails(at=1)) as (_, channel):
        assert "Device or resource busy" in say(channel, "write memory")
        assert "[OK]" in say(channel, "write memory")


def test_a_line_is_altered_in_silence() -> None:
    fault = faults.alter("encryption aes-cbc-128", "^ *encryption")
    with broken(fault) as (lab, channel):
        say(channel, "conf t", "(config)#")
        say(channel, "crypto ikev2 proposal p", "proposal)#")
        assert say(channel, "encryption aes-cbc-256", "proposal)#").count("%") == 0
        assert " encryption aes-cbc-128 \n" in lab.device("site-a").running()


def test_a_line_is_swallowed() -> None:
    with broken(faults.swallow("^hostname")) as (lab, channel):
        say(channel, "conf t", "(config)#")
        say(channel, "hostname other", "(config)#")
        assert lab.device("site-a").hostname == "site-a-rtr"


def test_the_connection_dies_inside_the_configuration() -> None:
    with broken(faults.cut(500, "^show run")) as (_, channel):
        channel.send(b"show running-config\r")
        rest = dies(channel)
        assert 400 < len(rest) < 700
        assert "end" not in rest.splitlines()


def test_early_echo_answers_late() -> None:
    with broken(faults.early_echo(1.0)) as (_, channel):
        began = time.monotonic()
        channel.send(b"show clock\r")
        until(channel, ends("show clock\r\n"))  # and nothing after it yet
        until(channel, ends("rtr#"))
        assert time.monotonic() - began >= 1.0


def test_late_echo_delays_the_echo_of_the_line() -> None:
    with broken(faults.late_echo(0.2)) as (_, channel):
        began = time.monotonic()
        channel.send(b"show clock\r")
        until(channel, lambda text: len(text) > 0)
        assert time.monotonic() - began >= 0.2


def test_a_slow_line() -> None:
    with broken(faults.slow(20_000)) as (_, channel):
        began = time.monotonic()
        text = say(channel, "show running-config")
        assert time.monotonic() - began >= len(text) / 20_000 * 0.8


def test_a_banner_that_looks_like_a_prompt() -> None:
    given = [faults.banner("router#\nsite-a-rtr#\nPassword: \n")]
    with Lab(faults={"site-a": given}) as lab, shell(lab.ssh("site-a")) as channel:
        assert "Password: \r\n" in until(channel, ends("site-a-rtr>"))


def test_no_enable_secret_is_right() -> None:
    with Lab(faults={"site-a": [faults.wrong_enable()]}) as lab:
        site = lab.ssh("site-a")
        with shell(site) as channel:
            until(channel, ends("rtr>"))
            channel.send(b"enable\r")
            for _ in range(3):
                until(channel, ends("Password: "))
                channel.send(site.enable.encode() + b"\r")
            assert "% Bad secrets" in until(channel, ends("rtr>"))
