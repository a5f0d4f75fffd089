"""`show running-config`: the configuration as the ASA writes it, defaults hidden, keys masked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import standing
from appliance.lab.cisco.tree import Node

_SECRET = re.compile(
    r"((?:pre-shared-key|^enable password|^username \S+ password|^passwd|^failover key"
    r"|^ {1,2}neighbor \S+ password(?: \d)?|^snmp-server (?:community|host \S+ \S+ community)"
    r"|^ +(?:key|ldap-login-password)) )(\S+)"
)
# Sections that are followed by `!`.
_CLOSED = frozenset(("interface", "bgp"))
# Not printed while nothing is below them.
_NEEDS_CONTENT = frozenset(("tunnel-general", "tunnel-ipsec", "bgp-af", "username"))
_NAMED = frozenset(("access-list", "crypto", "route", "network-object", "host", "subnet", "ip",
                    "tunnel", "http", "ssh", "telnet"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How to print: keys in `clear`, and `everything` (`show running-config all`)."""

    clear: bool = False
    everything: bool = False


def body(config: Configuration, style: Style) -> list[str]:
    """The lines from behind `ASA Version` to before the checksum."""
    names = {value: name for name, value in config.names.items()}
    lines: list[str] = []
    for node in _sorted(config.root):
        if not _hidden(node, style):
            lines.extend(_part(config, node, style))
    return [_shown(_with_names(line, names), style) for line in _closed_once(lines)]


def section(config: Configuration, node: Node, style: Style) -> list[str]:
    """One statement with everything below it, as it stands in the whole."""
    names = {value: name for name, value in config.names.items()}
    return [_shown(_with_names(line, names), style) for line in _part(config, node, style)]


def read_back(lines: list[str], config: Configuration, serial: str) -> str:
    """The whole text from `: Saved` to `: end`, with these lines in it."""
    head = [": Saved", "", ": ", f": Serial Number: {serial}", ":",
            f"ASA Version {config.release} ", "!"]  # fmt: skip
    return "\n".join((*head, *lines, f"Cryptochecksum:{checksum(config)}", ": end", ""))


def checksum(config: Configuration) -> str:
    """What changes whenever the configuration does, 32 hexadecimal digits."""
    text = "\n".join(body(config, Style(clear=True)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _shown(line: str, style: Style) -> str:
    return line if style.clear else masked(line)


def _sorted(node: Node) -> list[Node]:
    return sorted(node.children.values(), key=lambda child: (child.order, child.born))


def _closed_once(lines: list[str]) -> Iterator[str]:
    last = "!"
    for line in lines:
        if line != "!" or last != "!":
            yield line
        last = line


def _hidden(node: Node, style: Style) -> bool:
    if node.rule is not None and node.text in node.rule.hide and not style.everything:
        return True
    if node.words == ("group-policy", "DfltGrpPolicy", "internal"):
        return not style.everything
    return node.mode in _NEEDS_CONTENT and not node.children


def _part(config: Configuration, node: Node, style: Style) -> Iterator[str]:
    """A top-level statement with its surroundings."""
    if node.mode == "list":
        if node.words == ("nat",):
            yield from _nat(config, node)
        else:
            yield from (_line(child) for child in node.children.values())
        return
    ruled = node.mode in _CLOSED
    if ruled:
        yield "!"
    yield from _section(node, style)
    if ruled:
        yield "!"


def _nat(config: Configuration, rules: Node) -> Iterator[str]:
    """Manual rules, then those of objects, then the manual ones after them."""
    held = list(rules.children.values())
    yield from (_line(rule) for rule in held if "after-auto" not in rule.words)
    yield "!"
    for item in _sorted(config.root):
        rule = item.find("nat") if item.mode == "object" else None
        if rule is not None:
            yield from (item.text, f" {rule.text}")
    yield "!"
    yield from (_line(rule) for rule in held if "after-auto" in rule.words)


def _section(node: Node, style: Style) -> Iterator[str]:
    yield _line(node)
    if node.mode == "verbatim":
        yield from (child.raw for child in node.children.values())
    if node.mode in {"", "verbatim"}:
        return
    lines = list(standing(node))
    for child in _sorted(node):
        if _hidden(child, style) or (node.mode == "object" and child.words[0] == "nat"):
            continue
        lines.extend((child.order[0], f" {line}") for line in _section(child, style))
    yield from (line for _, line in sorted(lines, key=lambda placed: placed[0]))
    if node.mode == "bgp-af":
        yield "exit-address-family"


def _line(node: Node) -> str:
    tail = node.rule.tail if node.rule and not node.words[0].startswith("no") else ""
    return node.text + tail


def masked(line: str) -> str:
    """The line with `*****` for every key and password."""
    return _SECRET.sub(r"\1*****", line)


def _with_names(line: str, names: dict[str, str]) -> str:
    """`names` on: addresses that have a name are printed by it."""
    if not names or line.split(maxsplit=1)[:1] == []:
        return line
    if line.split(maxsplit=1)[0] not in _NAMED:
        return line
    return re.sub(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])", lambda f: names.get(f[0], f[0]), line)
