"""Any configuration of strongSwan on Linux as tunnels: swanctl.conf, ipsec.conf, networkd."""

from __future__ import annotations

import re

from appliance.errors import ParseError
from appliance.model.intent import Observed
from appliance.model.pairing import LABEL
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.strongswan import files, loading, own, settings
from vendors.strongswan.reading import legacy, networkd, swanctl
from vendors.strongswan.reading.build import RULES, Host, odd_words, tunnels
from vendors.strongswan.reading.conn import Conn
from vendors.strongswan.reading.keys import Keyring
from vendors.strongswan.reading.networkd import Units
from vendors.strongswan.settings import Settings

NAME = "strongswan"


def parse(text: str) -> Observed:
    """What the files of a host say of VPN tunnels, charon's defaults filled in.

    Several files stand in one text, each under a line `# file: PATH`; an `include` then brings in
    those it names. Raises `ParseError` when the text is plainly something else.
    """
    parts = files.split(text.removeprefix("\ufeff"))
    new, old = loading.load(parts), legacy.load(parts)
    units = networkd.units(parts)
    conns = swanctl.connections(new)
    told = old.sections or units or any(part.path for part in parts)
    if not (told or new.root.sections) or (not (told or conns) and _PRINTED.match(text)):
        raise _stranger(text)
    newer = Host(keys=Keyring(swanctl.secrets(new)), units=units, hidden=_elsewhere(new))
    older = Host(keys=Keyring(old.keys), units=units, hidden=old.hidden)
    found: list[Tunnel] = []
    for conn in conns:
        found += tunnels(conn, newer)
    for conn in old.conns:
        found += tunnels(conn, older)
    found = _ruled(found, parts)
    conns = (*conns, *old.conns)
    odd = {one.line: one for one in (*swanctl.unknown(new), *old.odd)}
    odd |= {one.line: one for conn in conns for one in odd_words(conn)}
    return Observed(
        driver=NAME,
        tunnels=tuple(found),
        unrecognized=tuple(odd[line] for line in sorted(odd) if line),
        interfaces=units.interfaces(),
        objects=_objects(parts, conns, units),
    )


def _ruled(found: list[Tunnel], parts: tuple[files.File, ...]) -> list[Tunnel]:
    """Tunnels with the rules on their traffic, where a file of ours has some."""
    rules = {label: part for part in parts if (label := own.rules_label(part.path)) is not None}
    if not rules:
        return found
    told = next((part for part in parts if part.path == own.LOADED), None)
    return [_filtered(one, rules.get(one.objects.get(LABEL, "")), told) for one in found]


def _filtered(tunnel: Tunnel, file: files.File | None, told: files.File | None) -> Tunnel:
    """A table that the kernel was asked for and does not hold lets all pass."""
    if file is None:
        return tunnel
    from appliance.model.filters import held  # noqa: PLC0415 -- most hosts have no rules
    from vendors.strongswan.reading.traffic import chains, nothing_loaded  # noqa: PLC0415 -- as above

    lines = (line.rstrip() for line in file.text.split("\n"))
    kept = [line for line in lines if line and line not in (own.HEAD, own.NOT_LOADED)]
    name = f"table ip {own.table(tunnel.objects[LABEL])}"
    if told is not None and name not in map(str.strip, told.text.split("\n")):
        kept = [own.NOT_LOADED, *kept]
        made = held(tuple(nothing_loaded(told, tunnel)))
    else:
        made = held(tuple(chains(file, tunnel)))
    return replace(tunnel, filter=made, objects={**tunnel.objects, RULES: "\n".join(kept)})


def _elsewhere(settings: Settings) -> str:
    """Why the text may lack keys: "" where it has all of them, if there are any."""
    absent = any(one.text.lstrip().startswith("include") for one in settings.odd)
    return "it stands in a file that the text includes and does not have" if absent else ""


def _objects(
    parts: tuple[files.File, ...], conns: tuple[Conn, ...], units: Units
) -> dict[str, tuple[str, ...]]:
    """What may not be taken twice: files, connections, interface IDs."""
    found = {f"file {part.path}": _outline(part) for part in parts if part.path}
    found |= {f"connection {conn.name}": (conn.path,) for conn in conns}
    return found | {f"interface id {number}": () for number in units.numbers()}


def _outline(part: files.File) -> tuple[str, ...]:
    lines = (settings.masked(line.strip()) for line in part.text.split("\n"))
    return tuple(line for line in lines if line and not line.startswith("#"))


def _stranger(text: str) -> ParseError:
    head = text.strip("\ufeff \t\r\n")
    if not head:
        return ParseError(
            "the text is empty", hint="save /etc/swanctl/swanctl.conf and its includes"
        )
    return ParseError(
        f"this is no configuration of strongSwan: {_what(head)}",
        hint="this driver reads swanctl.conf, ipsec.conf with ipsec.secrets, and files of "
        "systemd-networkd; save several with `tail -n +1 FILE FILE`, which tells their names",
    )


_PRINTED = re.compile(
    r"\ufeff?\s*(?:(?P<status>Status of IKE charon daemon)"
    r"|\S+: (?:IKEv[12]|#\d+, [A-Z]+, IKEv[12])\b)"
)
"""How the output of `ipsec statusall` begins, and of `swanctl --list-conns` or `--list-sas`."""


def _what(head: str) -> str:
    if printed := _PRINTED.match(head):
        command = "ipsec statusall" if printed["status"] else "swanctl --list-conns or --list-sas"
        return f"it is what `{command}` prints"
    if head[0] in "{[<":
        return "it looks like JSON, XML or HTML"
    if re.search(r"^(?:crypto |interface |hostname |set )", head, re.MULTILINE):
        return "it looks like that of a router or firewall"
    return "it has neither `connections` nor `conn` sections"
