"""What brings a firewall back: files, applets that run by themselves, reloads."""

from __future__ import annotations

from appliance.lab import faults
from appliance.lab.asa import Cli, asa_device
from tests.lab.asa.firewall import KEY, WITH_MAP, firewall, partner_up, typing, up

APPLET = (
    "event manager applet DEADMAN",
    "event timer countdown time 300",
    'action 10 cli command "no crypto map outside_map 20 match address AZ-VPN"',
    'action 20 cli command "clear configure crypto map outside_map 20"',
    'action 30 cli command "clear configure tunnel-group 198.51.100.7"',
    'action 40 cli command "no event manager applet DEADMAN"',
    "output none",
)


def says(cli: Cli, *lines: str) -> str:
    """What the last of these lines leads to."""
    return [cli.execute(line) for line in lines][-1]


def test_an_applet_undoes_a_change_when_its_time_has_come() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, *APPLET)
    assert up(device)
    device.advance(290)
    assert up(device)
    device.advance(20)
    assert not up(device)
    assert "crypto map outside_map 20" not in device.running()
    assert "tunnel-group 198.51.100.7" not in device.running()
    assert "event manager" not in device.running()
    assert partner_up(device)


def test_an_applet_runs_also_when_nobody_is_there_any_more() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, *APPLET)
    cli.end()
    cli.execute("exit")
    assert cli.closed
    device.advance(301)
    assert "crypto map outside_map 20" not in device.running()


def test_removing_the_applet_calls_it_off() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, *APPLET)
    device.advance(200)
    says(cli, "no event manager applet DEADMAN")
    device.advance(400)
    assert "crypto map outside_map 20" in device.running()


def test_typing_the_event_again_with_another_time_starts_it_anew() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, *APPLET)
    device.advance(250)
    says(cli, "event manager applet DEADMAN", "event timer countdown time 200")
    device.advance(100)
    assert "crypto map outside_map 20" in device.running()
    device.advance(101)
    assert "crypto map outside_map 20" not in device.running()


def test_what_is_shown_of_an_applet() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, *APPLET)
    device.advance(100)
    shown = cli.execute("show event manager")
    assert "event manager applet DEADMAN, hits 0\n" in shown
    assert " timer countdown 300, left 200 secs, hits 0\n" in shown
    assert ' action 20 cli command "clear configure crypto map outside_map 20", hits 0' in shown
    text = cli.execute("show run event manager")
    assert " event timer countdown time 300\n" in text
    assert ' action 10 cli command "no crypto map outside_map 20 match address AZ-VPN"\n' in text


def test_an_applet_can_restore_from_a_file_and_save() -> None:
    device = firewall(WITH_MAP)
    device.files["disk0:/undo.cfg"] = "clear configure crypto map outside_map 20\n"
    cli = typing(device)
    says(
        cli,
        "event manager applet DEADMAN",
        "event timer countdown time 60",
        'action 1 cli command "copy /noconfirm disk0:/undo.cfg running-config"',
        'action 2 cli command "write memory"',
    )
    device.advance(61)
    assert "crypto map outside_map 20" not in device.running()
    assert "crypto map outside_map 20" not in device.startup


def test_each_command_of_an_applet_starts_at_the_top() -> None:
    device = asa_device()
    says(
        typing(device),
        "event manager applet DEADMAN",
        "event timer countdown time 60",
        'action 1 cli command "interface GigabitEthernet0/2"',
        'action 2 cli command "description reached"',
    )
    device.advance(61)
    assert "\n description reached\n" not in device.running()


def test_a_watchdog_comes_again() -> None:
    device = asa_device()
    says(
        typing(device),
        "event manager applet TICK",
        "event timer watchdog time 60",
        'action 1 cli command "write memory"',
    )
    device.advance(185)
    shown = typing(device).execute("show event manager")
    assert "hits 3, last 2026/11/21 08:03:00" in shown


def test_a_reload_loses_what_was_not_saved() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    cli.end()
    said = cli.execute("reload in 5 noconfirm")
    assert "Shutdown scheduled for 08:05:00" in said
    assert "SHUTDOWN in 0:05:00" in "".join(device.logged)
    device.advance(301)
    assert "outside_map 20" not in device.running()
    assert cli.execute("show clock") == ""
    assert cli.closed


def test_reload_asks_about_what_is_not_saved() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    says(cli, "reload in 0:10")
    assert cli.prompt.startswith("System config has been modified. Save? [Y]es/[N]o")
    cli.execute("N")
    assert cli.prompt == "Proceed with reload? [confirm] "
    cli.execute("")
    assert "(in 0:10:00)" in cli.execute("show reload")
    cli.execute("reload cancel")
    assert cli.execute("show reload") == "No reload is scheduled.\n"
    device.advance(700)
    assert "outside_map 20" in device.running()


def test_saving_survives_a_reload() -> None:
    device = firewall(WITH_MAP)
    said = typing(device).execute("write memory")
    assert said.startswith("Building configuration...\nCryptochecksum: ")
    assert said.endswith("[OK]\n")
    before = device.running()
    device.reload()
    assert device.running() == before
    assert up(device)


def test_saving_may_fail() -> None:
    device = firewall(WITH_MAP)
    before = device.startup
    device.save_fails = faults.BUSY
    said = typing(device).execute("write memory")
    assert "[OK]" not in said
    assert device.startup == before


def test_files_come_and_go() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    said = cli.execute("copy /noconfirm running-config disk0:/before.cfg")
    assert "bytes copied" in said
    assert device.files["disk0:/before.cfg"] == device.running()
    assert KEY in cli.execute("more disk0:/before.cfg")
    assert " before.cfg\n" in cli.execute("dir disk0:")
    says(cli, "delete disk0:/before.cfg")
    assert cli.prompt == "Delete filename [before.cfg]? "
    cli.execute("")
    cli.execute("")
    assert cli.execute("more disk0:/before.cfg").startswith("%Error opening")


def test_copying_asks_for_names_and_before_it_overwrites() -> None:
    cli = typing(asa_device())
    says(cli, "copy running-config flash:one.cfg")
    assert cli.prompt == "\nSource filename [running-config]? "
    cli.execute("")
    assert cli.prompt == "\nDestination filename [one.cfg]? "
    assert "bytes copied" in cli.execute("")
    says(cli, "copy running-config disk0:/one.cfg", "", "")
    assert cli.prompt == "Do you want to over write? [confirm]"


def test_merging_a_file_adds_and_replaces_but_removes_nothing() -> None:
    device = asa_device()
    device.files["disk0:/more.cfg"] = (
        "hostname other\nbogus line\naccess-list NEW extended permit ip any any\n"
    )
    typing(device).execute("copy /noconfirm disk0:/more.cfg running-config")
    assert device.hostname == "other"
    assert "access-list NEW extended permit ip any any\n" in device.running()
    assert "tunnel-group 192.0.2.50" in device.running()
