"""Exec commands about the configuration and files: showing, saving, copying, listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.asa.clock import long_stamp
from appliance.lab.asa.everything import with_defaults
from appliance.lab.asa.readback import Style, checksum, masked, section
from appliance.lab.asa.words import INTERFACE_TYPES
from appliance.lab.cisco.words import interface_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.cisco.grammar import Match

_DISK = 8_571_076_608
_FAMILIES = (
    "aaa", "access-group", "access-list", "banner", "crypto", "crypto map", "crypto dynamic-map",
    "crypto ikev1", "crypto ikev2", "crypto ipsec", "crypto isakmp", "dns", "enable",
    "event manager",
    "failover", "group-policy", "hostname", "interface", "ip", "logging", "mtu", "name", "names",
    "nat", "object", "object network", "object-group", "pager", "policy-map", "prompt", "route",
    "router", "router bgp", "snmp-server", "ssh", "sysopt", "terminal", "timeout", "tunnel-group",
    "username", "webvpn", "service-policy", "class-map", "telnet", "http", "track", "sla",
)  # fmt: skip


def _show_running(cli: Cli, found: Match) -> str:
    words = (found.words[2] if len(found.words) > 2 else "").split()  # noqa: PLR2004 -- a section
    everything = bool(words) and words[0] == "all"
    wanted = words[1:] if everything else words
    if not wanted:
        return cli.device.shown(everything=everything)
    return _sections(cli, wanted, everything=everything)


def _sections(cli: Cli, wanted: list[str], *, everything: bool) -> str:
    """`show running-config crypto map`: the statements of one family, or of one of its names."""
    config = with_defaults(cli.device.config) if everything else cli.device.config
    full = _spelled(wanted)
    if full is None:
        return f"{' ' * 40}^\nERROR: % Invalid input detected at '^' marker.\n"
    style = Style(everything=everything)
    held = (*config.root.all(*full), *config.root.all("no", *full))
    nodes = sorted(held, key=lambda node: (node.order, node.born))
    lines = [line for node in nodes for line in section(config, node, style) if line != "!"]
    if full[:1] == ("nat",):
        lines = [line for node in nodes for line in section(config, node, style)]
    return "".join(f"{line}\n" for line in lines)


def _spelled(typed: list[str]) -> tuple[str, ...] | None:
    """The family in full, with what is typed behind it as it is."""
    best: tuple[str, ...] | None = None
    for family in _FAMILIES:
        words = family.split()
        head = typed[: len(words)]
        fits = len(head) == len(words) and all(
            word.startswith(given.lower()) for word, given in zip(words, head, strict=True)
        )
        exact = head == words
        if fits and (best is None or len(words) > len(best) or (exact and len(words) >= len(best))):
            best = tuple(words)
    if best == ("interface",) and typed[1:]:
        return (*best, interface_name("".join(typed[1:]), INTERFACE_TYPES) or typed[1])
    return (*best, *typed[len(best) :]) if best else None


def _more_running(cli: Cli, _found: Match) -> str:
    return cli.device.running()


def _show_startup(cli: Cli, _found: Match) -> str:
    device = cli.device
    head = f": Saved\n: Written by {device.saved_by} at {long_stamp(device.saved_at)}\n"
    text = device.startup.removeprefix(": Saved\n")
    return head + "".join(f"{masked(line)}\n" for line in text.splitlines())


def _startup_errors(_cli: Cli, _found: Match) -> str:
    return "INFO: No configuration errors\n"


def saved(cli: Cli) -> str:
    """Save, and what the ASA says."""
    device = cli.device
    failed = device.save(cli.user)
    if failed:
        return f"Building configuration...\n{failed}\nERROR: unable to write memory [FAILED]\n"
    digest = checksum(device.config)
    parts = " ".join(digest[at : at + 8] for at in range(0, 32, 8))
    size = len(device.startup)
    return (
        f"Building configuration...\nCryptochecksum: {parts} \n\n"
        f"{size} bytes copied in 0.180 secs\n[OK]\n"
    )


def _write(cli: Cli, found: Match) -> str:
    if found.words[0] == "copy" and "/noconfirm" not in found.words:
        return cli.ask("\nSource filename [running-config]? ", lambda _said: saved(cli))
    return saved(cli)


def _copy_out(cli: Cli, found: Match) -> str:
    device = cli.device
    name = found.words[-1]
    text = device.running() if "running-config" in found.words else device.startup

    def stored() -> str:
        device.files[name] = text
        digest = checksum(device.config)
        parts = " ".join(digest[at : at + 8] for at in range(0, 32, 8))
        return f"Cryptochecksum: {parts} \n\n{len(text)} bytes copied in 0.140 secs\n"

    if "/noconfirm" in found.words:
        return stored()
    source = found.words[1]
    return _confirmed(cli, (source, name), stored)


def _confirmed(cli: Cli, names: tuple[str, str], then: Callable[[], str]) -> str:
    """Ask for both names, and before something is overwritten."""
    source, target = names

    def second(said: str) -> str:
        name = said.strip() or target.partition("/")[2]
        if f"disk0:/{name}" not in cli.device.files:
            return "\n" + then()
        return "%Warning:There is a file already existing with this name\n" + cli.ask(
            "Do you want to over write? [confirm]",
            lambda key: then() if key.strip().lower() in {"", "y"} else "",
            single=True,
        )

    def first(_said: str) -> str:
        return cli.ask(f"\nDestination filename [{target.partition('/')[2]}]? ", second)

    return cli.ask(f"\nSource filename [{source}]? ", first)


def _copy_in(cli: Cli, found: Match) -> str:
    device = cli.device
    name, target = found.words[-2:]
    text = device.files.get(name)
    if text is None:
        return f"%Error opening {name} (No such file or directory)\n"

    def done() -> str:
        if target == "running-config":
            device.merge(text)
        else:
            device.startup = text
        return f"{len(text)} bytes copied in 0.210 secs\n"

    if "/noconfirm" in found.words:
        return done()
    return cli.ask(f"\nDestination filename [{target}]? ", lambda _said: "\n" + done())


def _copy_file(cli: Cli, found: Match) -> str:
    source, target = found.words[-2:]
    text = cli.device.files.get(source)
    if text is None:
        return f"%Error opening {source} (No such file or directory)\n"
    cli.device.files[target] = text
    return f"\nCopy in progress...C\n{len(text)} bytes copied in 0.50 secs\n"


def _more_file(cli: Cli, found: Match) -> str:
    text = cli.device.files.get(found.words[-1])
    return (
        f"%Error opening {found.words[-1]} (No such file or directory)\n" if text is None else text
    )


def _delete(cli: Cli, found: Match) -> str:
    name = found.words[-1]
    if name not in cli.device.files:
        return f"%Error deleting {name} (No such file or directory)\n"

    def gone(key: str) -> str:
        if key.strip().lower() in {"", "y"}:
            cli.device.files.pop(name, None)
        return ""

    if "/noconfirm" in found.words:
        return gone("")
    short = name.partition("/")[2]

    def named(said: str) -> str:
        return cli.ask(f"Delete {name.partition(':')[0]}:/{said.strip() or short}? [confirm]",
                       gone, single=True)  # fmt: skip

    return cli.ask(f"Delete filename [{short}]? ", named)


def _dir(cli: Cli, _found: Match) -> str:
    rows = "".join(
        f"{number:<6} -rwx  {len(text):<13}{cli.device.clock.now():%H:%M:%S %b %d %Y}  "
        f"{name.partition('/')[2]}\n"
        for number, (name, text) in enumerate(sorted(cli.device.files.items()), start=80)
    )
    used = sum(len(text) for text in cli.device.files.values())
    return f"\nDirectory of disk0:/\n\n{rows}\n{_DISK} bytes total ({_DISK - used} bytes free)\n"


FILES: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_running": _show_running,
    "more_running": _more_running,
    "show_startup": _show_startup,
    "show_startup_errors": _startup_errors,
    "write": _write,
    "copy_out": _copy_out,
    "copy_in": _copy_in,
    "copy_file": _copy_file,
    "more_file": _more_file,
    "delete": _delete,
    "dir": _dir,
}
