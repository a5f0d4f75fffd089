"""The exec prompt: enable, archive and revert timers, reload, saving, files."""

from __future__ import annotations

import pytest

from appliance.lab import ENABLE, Cli, Device, Settings, branch, ios_device


def session(device: Device | None = None) -> Cli:
    return Cli(device or ios_device(), user="tester", privilege=15)


def test_enable_asks_three_times() -> None:
    cli = Cli(ios_device())
    assert cli.prompt == "site-a-rtr>"
    assert "% Invalid input" in cli.execute("configure terminal")
    cli.execute("enable")
    assert cli.prompt == "Password: "
    assert cli.question is not None
    assert cli.question.hidden
    cli.execute("wrong")
    assert cli.prompt == "Password: "
    cli.execute("wrong")
    assert cli.execute("wrong") == "% Bad secrets\n\n"
    assert cli.prompt == "site-a-rtr>"
    cli.execute("en")
    cli.execute(ENABLE)
    assert cli.prompt == "site-a-rtr#"


def test_without_an_enable_secret_nobody_gets_there() -> None:
    cli = Cli(Device("hostname r\n"))
    assert "% Error in authentication" in cli.execute("enable")
    assert cli.prompt == "r>"


def test_revert_timer_brings_the_old_configuration_back() -> None:
    cli = session()
    before = cli.device.running()
    said = cli.execute("configure terminal revert timer 5")
    assert said.startswith(
        "Rollback Confirmed Change: Backing up current running config to flash:backup-1\n"
    )
    assert cli.prompt == "site-a-rtr(config)#"
    for line in ("interface Tunnel7", "ip mtu 1400", "hostname elsewhere", "end"):
        cli.execute(line)
    assert "Timer value: 5 min" in cli.execute("show archive config rollback timer")
    cli.closed = True  # the session is gone; the timer is not
    cli.device.advance(4 * 60 + 1)
    assert "Rollback will begin in one minute" in cli.device.logged[-1]
    assert "interface Tunnel7" in cli.device.running()
    cli.device.advance(60)
    assert cli.device.running() == before
    assert cli.device.hostname == "site-a-rtr"


def test_confirming_ends_the_timer() -> None:
    cli = session()
    cli.execute("configure terminal revert timer 1")
    cli.execute("interface Tunnel7")
    cli.execute("end")
    other = session(cli.device)
    assert other.execute("configure confirm") == ""
    cli.device.advance(3600)
    assert "interface Tunnel7" in cli.device.running()
    assert other.execute("configure confirm") == "%No Rollback Confirmed Change pending\n"


def test_reverting_now() -> None:
    cli = session()
    before = cli.device.running()
    cli.execute("configure terminal revert timer 10")
    cli.execute("no interface Tunnel50")
    cli.execute("end")
    assert "Rollback Done" in cli.execute("configure revert now")
    assert cli.device.running() == before
    assert "No Rollback Confirmed Change pending" in cli.execute("configure revert now")


def test_only_one_change_may_wait() -> None:
    cli = session()
    cli.execute("configure terminal revert timer 5")
    cli.execute("end")
    other = session(cli.device)
    assert other.execute("configure terminal revert timer 9").startswith("%")
    assert other.prompt == "site-a-rtr#"
    assert cli.device.revert is not None
    assert cli.device.revert.minutes == 5


def test_an_idle_timer_starts_again_with_every_line() -> None:
    cli = session()
    cli.execute("configure terminal revert timer idle 2")
    cli.execute("interface Tunnel7")
    cli.device.advance(110)
    cli.execute("ip mtu 1400")
    cli.device.advance(110)
    assert "interface Tunnel7" in cli.device.running()
    cli.device.advance(11)
    assert "interface Tunnel7" not in cli.device.running()


def test_without_an_archive_there_is_no_timer() -> None:
    startup = branch("site-a").replace(" path flash:backup\n", "")
    cli = session(ios_device(startup=startup))
    assert cli.execute("configure terminal revert timer 5") == (
        "%Turn config archive on before using Rollback Confirmed Change\n"
    )
    assert cli.prompt == "site-a-rtr#"
    assert cli.execute("show archive") == "Archive feature not enabled\n"


def test_configure_replace_with_questions() -> None:
    cli = session()
    before = cli.device.running()
    cli.execute("copy running-config flash:good")
    assert cli.prompt == "Destination filename [good]? "
    assert "bytes copied" in cli.execute("")
    cli.device.configure("no interface Tunnel50", "hostname lost")
    cli.execute("configure replace flash:good")
    assert cli.prompt == "Enter Y if you are sure you want to proceed. ? [no]: "
    cli.execute("")
    assert cli.device.hostname == "lost"
    assert "Rollback Done" in cli.execute("configure replace flash:good force")
    assert cli.device.running() == before
    assert cli.execute("configure replace flash:none force").startswith("%Error opening")


def test_configure_replace_needs_a_whole_configuration() -> None:
    cli = session()
    cli.device.files["flash:half"] = "hostname half\n"
    assert cli.execute("configure replace flash:half force").startswith("%")
    assert cli.device.hostname == "site-a-rtr"


@pytest.mark.parametrize("save", [["wr"], ["write memory"], ["copy run start", ""]])
def test_reload_loses_what_was_not_saved(save: list[str]) -> None:
    cli = session()
    cli.device.configure("interface Tunnel8")
    for line in save:
        said = cli.execute(line)
    assert said == "Building configuration...\n[OK]\n"
    cli.device.configure("interface Tunnel7")
    cli.device.advance(600)
    cli.execute("reload")
    assert cli.prompt == "\nSystem configuration has been modified. Save? [yes/no]: "
    cli.execute("no")
    assert cli.prompt == "Proceed with reload? [confirm]"
    assert cli.question is not None
    assert cli.question.single
    cli.execute("")
    assert "Tunnel7" not in cli.device.running()
    assert "Tunnel8" in cli.device.running()
    assert cli.device.uptime == 0
    cli.execute("show clock")
    assert cli.closed


def test_reload_in_and_cancel() -> None:
    cli = session()
    cli.execute("wr")
    said = cli.execute("reload in 5")
    assert said.startswith("Reload scheduled for 08:05:00 UTC Sat Nov 21 2026 (in 5 minutes)")
    cli.execute("")
    assert "in 5 minutes" in cli.execute("show reload")
    cli.execute("reload cancel")
    assert "SHUTDOWN ABORTED" in cli.device.logged[-1]
    cli.device.advance(3600)
    assert cli.device.boots == 1
    cli.execute("reload in 1:00")
    cli.execute("")
    cli.device.advance(3601)
    assert cli.device.boots == 2


def test_a_revert_timer_does_not_survive_a_reload() -> None:
    cli = session()
    cli.execute("configure terminal revert timer 5")
    cli.device.reload()
    assert cli.device.revert is None


def test_saving_can_fail() -> None:
    cli = session()
    cli.device.configure("interface Tunnel8")
    cli.device.save_fails = "startup-config file open failed (Device or resource busy)"
    assert "Device or resource busy" in cli.execute("write memory")
    assert "Tunnel8" not in cli.device.startup


def test_show_version_and_clock() -> None:
    cli = session()
    cli.device.advance(90061)
    text = cli.execute("show version")
    assert "Cisco IOS XE Software, Version 17.9.4a" in text
    assert "site-a-rtr uptime is 1 day, 1 hour, 1 minute" in text
    assert "Processor board ID 9LABSITE0A1" in text
    assert cli.execute("show clock") == "*09:01:01.000 UTC Sun Nov 22 2026\n"


def test_old_release_says_so() -> None:
    device = Device("hostname r\n", Settings(version="15.7(3)M8"))
    text = Cli(device, privilege=15).execute("show version")
    assert "Cisco IOS Software" in text
    assert "Version 15.7(3)M8, RELEASE" in text
    assert "IOS XE" not in text.split("Technical")[0]


def test_show_running_config_has_its_head_and_its_end() -> None:
    cli = session()
    cli.execute("conf t")
    cli.execute("interface Tunnel8")
    cli.execute("end")
    text = cli.execute("show running-config")
    body = cli.device.running()
    assert text.startswith(
        f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n!\n"
        "! Last configuration change at 08:00:00 UTC Sat Nov 21 2026 by tester\n"
    )
    assert text.endswith("!\nend\n\n")
    assert cli.execute("show startup-config").startswith("Using ")


def test_unknown_commands() -> None:
    cli = session()
    assert cli.execute("show nonsense").splitlines()[0] == " " * len("site-a-rtr#show ") + "^"
    assert "% Unknown command or computer name" in cli.execute("nonsense")
    assert cli.execute("show") == "% Incomplete command.\n\n"


def test_dir_and_delete() -> None:
    cli = session()
    cli.device.files["flash:old"] = "x" * 10
    assert " 10  " in cli.execute("dir flash:")
    cli.execute("delete flash:old")
    cli.execute("")
    cli.execute("")
    assert "flash:old" not in cli.device.files


def test_archive_and_differences() -> None:
    cli = session()
    cli.execute("write memory")
    cli.execute("archive config")
    assert "flash:backup-1 <- Most Recent" in cli.execute("show archive")
    cli.device.configure("interface Tunnel8", "ip mtu 1400")
    said = cli.execute("show archive config differences flash:backup-1 system:running-config")
    assert "+interface Tunnel8" in said
    assert "+ ip mtu 1400" in said
