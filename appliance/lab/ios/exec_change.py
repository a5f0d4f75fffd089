"""Exec commands that change the device: configure, revert, reload, clear."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.lab.ios.clock import duration, stamp
from appliance.lab.ios.editor import Editor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli

_HOW = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
_NO_ARCHIVE = "%Turn config archive on before using Rollback Confirmed Change\n"
_DONE = "Total number of passes: 1\nRollback Done\n\n"
_NOT_PENDING = "%No Rollback Confirmed Change pending\n"
_PENDING = "%Rollback Confirmed Change already pending: confirm or revert it first\n"


def _configure(cli: Cli, _found: Match) -> str:
    cli.editor = Editor(config=cli.device.config)
    return _HOW


def _timer(cli: Cli, found: Match) -> str:
    return _armed(cli, int(found.words[-1]), idle=False) or _configure(cli, found)


def _idle(cli: Cli, found: Match) -> str:
    return _armed(cli, int(found.words[-1]), idle=True) or _configure(cli, found)


def _armed(cli: Cli, minutes: int, *, idle: bool) -> str:
    """Start the clock and say so; refusals leave the prompt where it is."""
    device = cli.device
    if not device.archive_path():
        return _NO_ARCHIVE
    if device.revert is not None:
        return _PENDING
    pending = device.arm(minutes, idle=idle, user=cli.user)
    cli.editor = Editor(config=device.config)
    device.log(
        f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_START_ABSTIMER: User: {cli.user}: "
        f"Scheduled to rollback to config {pending.file} in {minutes} minutes"
    )
    return (
        f"Rollback Confirmed Change: Backing up current running config to {pending.file}\n\n{_HOW}"
    )


def _confirm(cli: Cli, _found: Match) -> str:
    if cli.device.revert is None:
        return _NOT_PENDING
    cli.device.revert = None
    cli.device.log(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_CONFIRM: User: {cli.user}: Confirm")
    return ""


def _revert(cli: Cli, _found: Match) -> str:
    pending = cli.device.revert
    if pending is None:
        return _NOT_PENDING
    cli.device.roll_back()
    return f"Rollback Confirmed Change: rolling to:{pending.file}\n\n{_DONE}"


def _extend(cli: Cli, found: Match) -> str:
    pending = cli.device.revert
    if pending is None:
        return _NOT_PENDING
    pending.minutes = int(found.words[-1])
    pending.deadline = cli.device.clock.now() + timedelta(minutes=pending.minutes)
    pending.warned = False
    return ""


def _replace(cli: Cli, found: Match) -> str:
    device = cli.device
    name = found.words[2]
    text = device.startup if name == "nvram:startup-config" else device.files.get(name)
    if text is None:
        return f"%Error opening {name} (No such file or directory)\n"
    if text.rstrip().rsplit("\n", 1)[-1] != "end":
        return "%The input file is not a valid config file.\n"
    minutes = _minutes(found)
    if minutes and not device.archive_path():
        return _NO_ARCHIVE
    if "force" in found.words:
        return _replaced(cli, text, minutes)

    def answer(said: str) -> str:
        return _replaced(cli, text, minutes) if said[:1].lower() == "y" else "\n"

    cli.ask("Enter Y if you are sure you want to proceed. ? [no]: ", answer)
    return (
        "This will apply all necessary additions and deletions\n"
        "to replace the current running configuration with the\n"
        "contents of the specified configuration file, which is\n"
        "assumed to be a complete configuration, not a partial\n"
        "configuration. "
    )


def _minutes(found: Match) -> int:
    words = found.words
    return int(words[words.index("time") + 1]) if "time" in words else 0


def _replaced(cli: Cli, text: str, minutes: int) -> str:
    said = ""
    if minutes:
        pending = cli.device.arm(minutes, idle=False, user=cli.user)
        said = f"Rollback Confirmed Change: Backing up current running config to {pending.file}\n"
    cli.device.replace(text)
    cli.device.changed(cli.user)
    return f"{said}{_DONE}"


def _reload(cli: Cli, _found: Match) -> str:
    return _unsaved(cli, lambda: _proceed(cli, 0.0))


def _reload_in(cli: Cli, found: Match) -> str:
    hours, _, minutes = found.words[2].rpartition(":")
    if not minutes.isdecimal() or (hours and not hours.isdecimal()):
        return "                  ^\n% Invalid input detected at '^' marker.\n\n"
    seconds = (int(hours or 0) * 60 + int(minutes)) * 60.0
    return _unsaved(cli, lambda: _proceed(cli, seconds))


def _unsaved(cli: Cli, proceed: Callable[[], str]) -> str:
    device = cli.device
    if device.running() == device.startup:
        return proceed()

    def answer(said: str) -> str:
        lowered = said.strip().lower()
        if lowered and "yes".startswith(lowered):
            failed = device.save()
            return (failed + "\n" if failed else "Building configuration...\n[OK]\n") + proceed()
        if lowered and "no".startswith(lowered):
            return proceed()
        return cli.ask(question, answer) + "% Please answer 'yes' or 'no'.\n"

    question = "\nSystem configuration has been modified. Save? [yes/no]: "
    return cli.ask(question, answer)


def _proceed(cli: Cli, seconds: float) -> str:
    device = cli.device

    def answer(key: str) -> str:
        if key.strip().lower() not in {"", "y"}:
            return "\n"
        if not seconds:
            device.reload()
            return ""
        device.reload_at = device.clock.now() + timedelta(seconds=seconds)
        device.log("\n\n***\n*** --- SHUTDOWN in " + _hms(seconds) + " ---\n***\n")
        return ""

    cli.ask("Proceed with reload? [confirm]", answer, single=True)
    if not seconds:
        return ""
    at = device.clock.now() + timedelta(seconds=seconds)
    return (
        f"Reload scheduled for {stamp(at)} (in {duration(seconds)}) by {cli.user}\n"
        "Reload reason: Reload Command\n"
    )


def _hms(seconds: float) -> str:
    total = int(seconds)
    return f"{total // 3600}:{total // 60 % 60:02}:{total % 60:02}"


def _cancel(cli: Cli, _found: Match) -> str:
    if cli.device.reload_at is None:
        return "%No reload is currently scheduled.\n"
    cli.device.reload_at = None
    cli.device.log("\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n")
    return ""


def _show_reload(cli: Cli, _found: Match) -> str:
    at = cli.device.reload_at
    if at is None:
        return "No reload is scheduled.\n"
    left = (at - cli.device.clock.now()).total_seconds()
    return f"Reload scheduled for {stamp(at)} (in {duration(left)}) by {cli.user}\n"


CHANGE: Mapping[str, Callable[[Cli, Match], str]] = {
    "configure": _configure,
    "configure_timer": _timer,
    "configure_idle": _idle,
    "configure_confirm": _confirm,
    "configure_revert": _revert,
    "configure_extend": _extend,
    "configure_replace": _replace,
    "reload": _reload,
    "reload_in": _reload_in,
    "reload_cancel": _cancel,
    "show_reload": _show_reload,
}
