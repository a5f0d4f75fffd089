"""Access lists and object groups: numbered entries, both spellings, and how they are printed."""

from __future__ import annotations

from appliance.lab.cisco.grammar import Grammar, Match
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.modes import grammar

_STEP = 10
_FIRST_EXTENDED = range(100, 200)
_SECOND_EXTENDED = range(2000, 2700)
_DUPLICATE = "%% Duplicate sequence number"


def entry(config: Configuration, acl: Node, found: Match) -> str:
    """Enter one line of a named list; returns what IOS says about it."""
    number, words = _numbered(found.words)
    words = normal(words)
    same = next((node for node in acl.children.values() if node.words[1:] == words), None)
    if same is not None:
        return "" if number in (0, int(same.words[0])) else "% Duplicate entry"
    if not words:
        return "% Incomplete command."
    number = number or _next(acl)
    if any(_clash(node.words, (str(number), *words)) for node in acl.children.values()):
        return _DUPLICATE
    config.put(acl, found.rule, (str(number), *words))
    return ""


def _clash(one: Key, other: Key) -> bool:
    """A remark has the number of the entry it is about."""
    return one[0] == other[0] and (one[1] == "remark") == (other[1] == "remark")


def numbered_entry(config: Configuration, root: Node, found: Match) -> str:
    """`access-list 101 ...` adds to the list that `ip access-list extended 101` names."""
    acl = _list_of(config, root, found.words[1])
    inside = found.words[2:]
    understood = inner(config, acl).match(" ".join(inside))
    if isinstance(understood, Match):
        return entry(config, acl, understood)
    return "% Incomplete command."


def remove_entry(config: Configuration, acl: Node, words: Key) -> str:
    """`no 10` or `no permit ...` inside a list."""
    number, rest = _numbered(words)
    wanted = normal(rest)
    for key, node in list(acl.children.items()):
        if (number and node.words[0] == str(number)) or (wanted and node.words[1:] == wanted):
            acl.children.pop(key)
            config.edits += 1
            return ""
    return f"%% No such entry: {' '.join(words)}" if not number else ""


def remove_numbered(config: Configuration, root: Node, words: Key) -> None:
    """`no access-list 101` drops the list, whatever follows the number, as IOS does."""
    acl = _list_of(config, root, words[1])
    root.children.pop(acl.words)
    config.edits += 1


def inner(config: Configuration, acl: Node) -> Grammar:
    """The grammar of the lines of this list."""
    return grammar(acl.mode, weak=config.weak)


def _list_of(config: Configuration, root: Node, number: str) -> Node:
    value = int(number)
    kind = "extended" if value in _FIRST_EXTENDED or value in _SECOND_EXTENDED else "standard"
    opened = grammar("config", weak=config.weak).match(f"ip access-list {kind} {number}")
    if not isinstance(opened, Match):  # a list's own header is always a command
        raise TypeError(number)
    return config.put(root, opened.rule, opened.words)


def _numbered(words: Key) -> tuple[int, Key]:
    return (int(words[0]), words[1:]) if words[0].isdecimal() else (0, words)


def _next(acl: Node) -> int:
    last = max((int(node.words[0]) for node in acl.children.values()), default=0)
    return last // _STEP * _STEP + _STEP if last else _STEP


def normal(words: Key) -> Key:
    """`10.0.0.1 0.0.0.0` is `host 10.0.0.1`, and all wildcard bits are `any`; bits are cleared."""
    out: list[str] = []
    at = 0
    while at < len(words):
        first, second = words[at], words[at + 1] if at + 1 < len(words) else ""
        network, wildcard = address(first), address(second)
        if words[0] == "remark" or first == "host" or network is None or wildcard is None:
            out.extend((first, second) if first == "host" else (first,))
            at += 2 if first == "host" else 1
            continue
        out.extend(_place(network, wildcard))
        at += 2
    return tuple(out)


def _place(network: int, wildcard: int) -> tuple[str, ...]:
    if wildcard == 0:
        return "host", dotted(network)
    if wildcard == 0xFFFFFFFF:  # noqa: PLR2004 -- every bit is free
        return ("any",)
    return dotted(network & ~wildcard & 0xFFFFFFFF), dotted(wildcard)


def member(_config: Configuration, _group: Node, found: Match) -> Key:
    """A network of an object group; one of a single address is a host."""
    network, mask = found.words
    return ("host", network) if mask == "255.255.255.255" else found.words


def number_of(node: Node) -> int:
    """The sequence number of an entry."""
    return int(node.words[0])
