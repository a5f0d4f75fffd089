"""Exec commands about files: saving, copying, the archive, listing and reading."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from appliance.lab.ios.boot import boot
from appliance.lab.ios.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli

_DISK = 6_639_505_408
_OK = "Building configuration...\n[OK]\n"
_STARTUP = "nvram:startup-config"


def _save(cli: Cli) -> str:
    failed = cli.device.save()
    return f"{failed}\n" if failed else _OK


def _write(cli: Cli, _found: Match) -> str:
    return _save(cli)


def _save_copy(cli: Cli, _found: Match) -> str:
    def answer(said: str) -> str:
        name = said.strip()
        if name in {"", "startup-config"}:
            return _save(cli)
        return _written(cli, name)

    return cli.ask("Destination filename [startup-config]? ", answer)


def _copy_out(cli: Cli, found: Match) -> str:
    target = found.words[-1]
    if ":" not in target:
        return "                    ^\n% Invalid input detected at '^' marker.\n\n"
    disk, _, name = target.partition(":")
    suggested = name or f"{cli.device.hostname.lower()}-confg"

    def answer(said: str) -> str:
        return _over(cli, f"{disk}:{said.strip() or suggested}")

    return cli.ask(f"Destination filename [{suggested}]? ", answer)


def _over(cli: Cli, name: str) -> str:
    if name not in cli.device.files:
        return _written(cli, name)

    def answer(key: str) -> str:
        return _written(cli, name) if key.strip().lower() in {"", "y"} else ""

    cli.ask("[confirm]", answer, single=True)
    return "%Warning:There is a file already existing with this name \nDo you want to over write? "


def _written(cli: Cli, name: str) -> str:
    text = cli.device.running()
    cli.device.files[name] = text
    return f"{len(text)} bytes copied in 0.312 secs ({len(text) * 3} bytes/sec)\n"


def _copy_back(cli: Cli, _found: Match) -> str:
    def answer(_said: str) -> str:
        device = cli.device
        fresh = boot(device.vault.opened(device.startup), device.settings.version)
        for key, node in fresh.root.children.items():
            device.config.root.children[key] = node
        device.changed(cli.user)
        return f"{len(device.startup)} bytes copied in 0.500 secs\n"

    return cli.ask("Destination filename [running-config]? ", answer)


def _erase(cli: Cli, _found: Match) -> str:
    def answer(key: str) -> str:
        if key.strip():
            return ""
        cli.device.startup = ""
        return "[OK]\nErase of nvram: complete\n"

    text = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
    return cli.ask(text, answer, single=True)


def _archive_config(cli: Cli, _found: Match) -> str:
    if not cli.device.archive_path():
        return "Archive feature not enabled\n"
    cli.device.archive()
    return ""


def _show_archive(cli: Cli, _found: Match) -> str:
    device = cli.device
    path = device.archive_path()
    if not path:
        return "Archive feature not enabled\n"
    lines = [
        "The maximum archive configurations allowed is 10.",
        f"The next archive file will be named {path}-<timestamp>-{device.archived + 1}",
        " Archive #  Name",
    ]
    names = [name for name in device.files if name.startswith(f"{path}-")]
    for number in range(1, 11):
        name = names[number - 1] if number <= len(names) else ""
        recent = " <- Most Recent" if number == len(names) else ""
        lines.append(f"   {number:<8} {name}{recent}".rstrip())
    return "\n".join(lines) + "\n"


def _show_timer(cli: Cli, _found: Match) -> str:
    pending = cli.device.revert
    if pending is None:
        return "%No Rollback Confirmed Change pending\n"
    kind = "idle timer" if pending.idle else "absolute timer"
    return (
        f"Time configured(or reconfigured): {stamp(pending.armed)}\n"
        f"Timer type: {kind}\nTimer value: {pending.minutes} min\nUser: {pending.user}\n"
    )


def _show_differences(cli: Cli, found: Match) -> str:
    if not cli.device.archive_path():
        return "Archive feature not enabled\n"
    named = found.words[4:]
    first = _text(cli, named[0] if named else _STARTUP)
    second = _text(cli, named[1] if len(named) > 1 else "system:running-config")
    if first is None or second is None:
        return "%Error opening file (No such file or directory)\n"
    lines = difflib.ndiff(first.splitlines(), second.splitlines())
    changed = [line[0] + line[2:] for line in lines if line[0] in "+-"]
    shown = "\n".join(changed) if changed else "!No changes were found"
    return f"!Contextual Config Diffs:\n{shown}\n\n"


def _text(cli: Cli, name: str) -> str | None:
    if name == _STARTUP:
        return cli.device.startup
    return cli.device.running() if name == "system:running-config" else cli.device.files.get(name)


def _dir(cli: Cli, found: Match) -> str:
    where = found.words[1] if len(found.words) > 1 else "bootflash:"
    disk = where.split(":")[0] + ":"
    shown = [name for name in cli.device.files if name.startswith(disk)]
    moment = f"{cli.device.clock.now():%b %d %Y %H:%M:%S +00:00}"
    lines = [f"Directory of {disk}/", ""]
    for number, name in enumerate(shown, start=11):
        size = len(cli.device.files[name])
        lines.append(f"{number:<5}  -rw-  {size:>15}  {moment}  {name.split(':', 1)[1]}")
    used = sum(len(text) for text in cli.device.files.values())
    lines += ["", f"{_DISK} bytes total ({_DISK - 1_500_000_000 - used} bytes free)"]
    return "\n".join(lines) + "\n"


def _delete(cli: Cli, found: Match) -> str:
    name = found.words[-1]
    if name not in cli.device.files:
        return f"%Error deleting {name} (No such file or directory)\n"

    def gone(key: str) -> str:
        if not key.strip():
            cli.device.files.pop(name, None)
        return ""

    if "/force" in found.words:
        return gone("")

    def named(_said: str) -> str:
        return cli.ask(f"Delete {name}? [confirm]", gone, single=True)

    return cli.ask(f"Delete filename [{name.split(':')[-1]}]? ", named)


def _more(cli: Cli, found: Match) -> str:
    text = _text(cli, found.words[1])
    return text if text is not None else f"%Error opening {found.words[1]} (File not found)\n"


FILES: Mapping[str, Callable[[Cli, Match], str]] = {
    "write": _write,
    "save_copy": _save_copy,
    "copy_out": _copy_out,
    "copy_back": _copy_back,
    "erase": _erase,
    "archive_config": _archive_config,
    "show_archive": _show_archive,
    "show_timer": _show_timer,
    "show_differences": _show_differences,
    "dir": _dir,
    "delete": _delete,
    "more": _more,
}
