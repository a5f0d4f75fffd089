"""A second reading that shares no line with the first: regular expressions over the whole text."""

from __future__ import annotations

import re

from appliance.driver import Disagreement

from .parse import parse

_BLOCK = re.compile(r"^vpn (\S+)[^\n]*\n((?:(?:[ #][^\n]*)?\n)*)", re.MULTILINE)
_GATEWAY = re.compile(r"^ +gateway ([\d.]+) *$", re.MULTILINE)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """Where the two readings differ on which tunnels there are and where they lead."""
    first = {
        tunnel.name: ", ".join(map(str, tunnel.remote.addresses)) for tunnel in parse(text).tunnels
    }
    plain = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    second = {found[1]: ", ".join(_GATEWAY.findall(found[2])) for found in _BLOCK.finditer(plain)}
    return tuple(
        Disagreement(
            tunnel=name,
            field="remote.addresses",
            first=first.get(name, "no such tunnel"),
            second=second.get(name, "no such tunnel"),
        )
        for name in sorted(first.keys() | second.keys())
        if first.get(name) != second.get(name)
    )
