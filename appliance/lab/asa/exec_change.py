"""Exec commands that restart the device, and those about applets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.lab.asa.applets import describe
from appliance.lab.asa.clock import hms, long_stamp
from appliance.lab.asa.exec_files import saved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.cisco.grammar import Match

_SAVE = "System config has been modified. Save? [Y]es/[N]o/[S]ave all/[C]ancel: "
_INVALID = "ERROR: % Invalid input detected at '^' marker.\n"


def _reload(cli: Cli, found: Match) -> str:
    seconds = _delay(cli, found)
    if seconds is None:
        return _INVALID
    if "save-config" in found.words:
        said = saved(cli)
        return said + _confirmed(cli, seconds, asks="noconfirm" not in found.words)
    if "noconfirm" in found.words or not cli.device.modified:
        return _confirmed(cli, seconds, asks="noconfirm" not in found.words)

    def answer(said: str) -> str:
        key = said.strip().lower()[:1]
        if key == "c":
            return "\n"
        text = saved(cli) if key in {"", "y", "s"} else ""
        return text + _confirmed(cli, seconds, asks=True)

    return cli.ask(_SAVE, answer)


def _delay(cli: Cli, found: Match) -> float | None:
    """Seconds until the reload, 0 for now, None for what is no time."""
    words = found.words
    if "in" in words:
        hours, _, minutes = words[words.index("in") + 1].rpartition(":")
        if not minutes.isdecimal() or (hours and not hours.isdecimal()):
            return None
        return (int(hours or 0) * 60 + int(minutes)) * 60.0
    if "at" in words:
        hour, _, minute = words[words.index("at") + 1].partition(":")
        if not (hour.isdecimal() and minute.isdecimal()):
            return None
        now = cli.device.clock.now()
        at = now.replace(hour=int(hour) % 24, minute=int(minute) % 60, second=0, microsecond=0)
        return (at - now).total_seconds() % 86400
    return 0.0


def _confirmed(cli: Cli, seconds: float, *, asks: bool) -> str:
    def answer(key: str) -> str:
        return _proceed(cli, seconds) if key.strip().lower() in {"", "y"} else "\n"

    if not asks:
        return _proceed(cli, seconds)
    return cli.ask("Proceed with reload? [confirm] ", answer, single=True)


def _proceed(cli: Cli, seconds: float) -> str:
    device = cli.device
    if not seconds:
        device.log(
            "\n\n***\n*** --- START GRACEFUL SHUTDOWN ---\n***\n*** --- SHUTDOWN NOW ---\n***\n"
        )
        device.reload()
        cli.closed = True
        return ""
    device.reload_at = device.clock.now() + timedelta(seconds=seconds)
    device.log(f"\n\n***\n*** --- SHUTDOWN in {hms(seconds)} ---\n***\n")
    return f"Shutdown scheduled for {long_stamp(device.reload_at)} (in {hms(seconds)})\n"


def _cancel(cli: Cli, _found: Match) -> str:
    if cli.device.reload_at is None:
        return "No reload is scheduled.\n"
    cli.device.reload_at = None
    cli.device.log("\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n")
    return ""


def _show_reload(cli: Cli, _found: Match) -> str:
    at = cli.device.reload_at
    if at is None:
        return "No reload is scheduled.\n"
    left = (at - cli.device.clock.now()).total_seconds()
    return f"Shutdown scheduled for {long_stamp(at)} (in {hms(left)})\n"


def _show_event_manager(cli: Cli, _found: Match) -> str:
    device = cli.device
    device.applets.watch(device.config, device.clock.now())
    lines: list[str] = []
    for node in device.config.root.all("event", "manager", "applet"):
        timer = device.applets.timers.get(node.words[3])
        lines.extend(describe(node, timer, device.clock.now()))
    return "".join(f"{line}\n" for line in lines)


def _event_run(cli: Cli, found: Match) -> str:
    name = found.words[-1]
    if ("event", "manager", "applet", name) not in cli.device.config.root.children:
        return f"ERROR: applet {name} does not exist\n"
    cli.device.run_applet(name)
    return ""


CHANGE: Mapping[str, Callable[[Cli, Match], str]] = {
    "reload": _reload,
    "reload_cancel": _cancel,
    "show_reload": _show_reload,
    "show_event_manager": _show_event_manager,
    "event_run": _event_run,
}
