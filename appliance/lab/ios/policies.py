"""Prefix lists and route maps of IOS: how they are entered, and what they do to a prefix."""

from __future__ import annotations

from ipaddress import IPv4Network

from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.ios.configuration import Configuration

_STEP = 5
_ENTRY = 2
"""Words of `ip prefix-list` before the name."""


def entry(config: Configuration, root: Node, found: Match) -> str:
    """Enter one entry; without a number it goes behind the others. Returns what IOS says."""
    words = found.words
    name, rest = words[_ENTRY], words[_ENTRY + 1 :]
    known = {number: text for number, text, _ in _entries(root, name)}
    if rest[0] != "seq":
        same = next((number for number, text in known.items() if text == rest), None)
        if same is not None and not config.booting:
            return f"%Insertion failed - prefix-list entry exists: {same} {' '.join(rest)}\n"
        rest = ("seq", str(max(known, default=0) // _STEP * _STEP + _STEP), *rest)
    held = known.get(int(rest[1]))
    if held is not None and held != rest[2:] and not config.booting:
        return f"%Insertion failed - seq # exists with different policy: {name} {rest[1]}\n"
    config.put(root, found.rule, (*words[: _ENTRY + 1], *rest))
    return ""


def remove(config: Configuration, root: Node, words: Key) -> str:
    """`no ip prefix-list N [seq S] [permit ...]`: one entry, or the whole list."""
    name, rest = words[_ENTRY], words[_ENTRY + 1 :]
    gone = [
        node
        for number, text, node in _entries(root, name)
        if not rest or rest in {text, ("seq", str(number)), ("seq", str(number), *text)}
    ]
    for node in gone:
        root.children.pop(node.words)
    config.edits += 1
    if not gone and not config.booting:
        return "%Can't find specified prefix-list entry\n" if rest else ""
    return ""


def _entries(root: Node, name: str) -> list[tuple[int, Key, Node]]:
    found = [
        (int(node.words[4]), node.words[5:], node)
        for node in root.all("ip", "prefix-list", name)
        if node.words[3] == "seq"
    ]
    return sorted(found, key=lambda one: one[0])


def listed(root: Node, name: str, prefix: str) -> bool:
    """Whether a prefix list passes a prefix; one that is not there passes all."""
    entries = _entries(root, name)
    for _, text, _ in entries:
        if _covers(text[1:], prefix):
            return text[0] == "permit"
    return not entries


def _covers(words: Key, prefix: str) -> bool:
    wanted, covered = IPv4Network(prefix), IPv4Network(words[0])
    bounds = dict(zip(words[1::2], map(int, words[2::2]), strict=False))
    low = bounds.get("ge", covered.prefixlen)
    high = bounds.get("le", 32 if "ge" in bounds else covered.prefixlen)
    return low <= wanted.prefixlen <= high and wanted.subnet_of(covered)


def mapped(root: Node, name: str, prefix: str) -> int | None:
    """The local preference a route map gives a prefix; None where it refuses it."""
    entries = list(root.all("route-map", name))
    for node in sorted(entries, key=lambda one: int(one.words[3])):
        lists = node.value("match", "ip", "address", "prefix-list").split()
        if lists and not any(listed(root, one, prefix) for one in lists):
            continue
        if node.words[2] == "deny":
            return None
        return int(node.value("set", "local-preference") or 100)
    return None
