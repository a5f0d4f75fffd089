"""Access lists and NAT rules: lines with a place of their own, checked against the objects."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.cisco.words import address

_SAME = "WARNING: Same object-group is used more than once in one config line. This config is redundant. Please use only one object-group."  # noqa: E501 -- the ASA's own line
_GONE = "Specified access-list does not exist"


def ace(config: Configuration, _root: Node, found: Match) -> str:
    """Enter one line of an access list; what the ASA says about it."""
    place, words = _normal(found.words)
    wrong = "" if config.booting else _problem(config, words)
    if wrong:
        return wrong
    container = config.container("access-list", words[1])
    if words in container.children:
        return "" if config.booting else "WARNING: found duplicate element"
    at = min(place - 1, len(container.children)) if place else len(container.children)
    config.insert(container, Node(words=words), at)
    groups = [word for at_, word in enumerate(words) if words[at_ - 1] == "object-group"]
    return _SAME if len(groups) != len(set(groups)) and not config.booting else ""


def remove_ace(config: Configuration, root: Node, found: Match) -> str:
    """Take out the line that equals this one."""
    _, words = _normal(found.words)
    container = root.children.get(("access-list", words[1]))
    held = container.children.get(words) if container else None
    if container is None or held is None:
        return _GONE
    config.discard(container, held)
    if not container.children:
        forget_list(config, words[1])
    return ""


def forget_list(config: Configuration, name: str) -> None:
    """An access list that is gone is no longer applied to interfaces."""
    for node in list(config.root.all("access-group", name)):
        config.discard(config.root, node)


def _normal(words: Key) -> tuple[int, Key]:
    """(line number or 0, the words as they are printed)."""
    head, rest = words[:2], words[2:]
    place = 0
    if rest[0] == "line":
        place, rest = int(rest[1]), rest[2:]
    if rest[0] in {"permit", "deny"}:
        rest = ("extended", *rest)
    return place, (*head, *_any(rest))


def _any(words: Key) -> Iterator[str]:
    """An address and a mask of zeros are `any`."""
    left = list(words)
    while left:
        if [address(word) for word in left[:2]] == [0, 0]:
            yield "any"
            del left[:2]
        else:
            yield left.pop(0)


def _masked(words: Key) -> Iterator[tuple[str, str]]:
    """Addresses with their masks; that of a `host` has none."""
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "host" and left:
            left.pop(0)
        elif address(word) is not None and left and address(left[0]) is not None:
            yield word, left.pop(0)


def _problem(config: Configuration, line: Key) -> str:
    """Why the networks of a line are none; the first three words are the list's name and kind."""
    words = line[3:] if line[2] != "remark" else ()
    for word, named in pairwise(words):
        if word == "object-group" and not _group(config, named):
            return f"ERROR: specified object group <{named}> not found"
        if word == "object" and not any(config.root.all("object", "network", named)):
            return f"ERROR: specified object <{named}> does not exist"
        if word == "object-group" and not _filled(config, named):
            return f"ERROR: object-group <{named}> is empty"
    for word, named in _masked(words):
        if not paired(word, named):
            return f"ERROR: IP address,mask <{word},{named}> doesn't pair"
    return ""


def paired(network: str, mask: str) -> bool:
    """Whether a network has no bits outside its mask."""
    return (address(network) or 0) & ~(address(mask) or 0) & 0xFFFFFFFF == 0


def _group(config: Configuration, name: str) -> bool:
    return any(node.words[2:3] == (name,) for node in config.root.all("object-group"))


def _filled(config: Configuration, name: str) -> bool:
    group = config.root.children.get(("object-group", "network", name))
    return group is None or any(n.words[0] != "description" for n in group.children.values())


def nat(config: Configuration, _root: Node, found: Match) -> str:
    """Enter a manual NAT rule; what the ASA says about it."""
    place, words = _rule(found.words)
    wrong = "" if config.booting else _nat_problem(config, words)
    if wrong:
        return wrong
    rules = config.container("nat")
    if words in rules.children:
        return "" if config.booting else "ERROR: duplicate of existing NAT rule"
    config.insert(rules, Node(words=words), _at(rules, words, place))
    return ""


def remove_nat(config: Configuration, root: Node, found: Match) -> str:
    """Take out the rule that equals this one, or the one at this line."""
    place, words = _rule(found.words)
    rules = root.children.get(("nat",))
    held = rules.children.get(words) if rules else None
    if rules is None or (held is None and not place):
        return "ERROR: NAT rule does not exist"
    if held is None:
        return "ERROR: NAT rule at this line differs"
    config.discard(rules, held)
    return ""


def _rule(words: Key) -> tuple[int, Key]:
    head, rest = words[:2], words[2:]
    after: Key = ()
    if rest[0] == "after-auto":
        after, rest = ("after-auto",), rest[1:]
    place = 0
    if rest[0].isdecimal():
        place, rest = int(rest[0]), rest[1:]
    return place, (*head, *after, *rest)


def _at(rules: Node, words: Key, place: int) -> int:
    """Where a rule goes: `place` counts within its own section, from 1."""
    held = list(rules.children.values())
    late = "after-auto" in words
    start = 0 if not late else sum("after-auto" not in node.words for node in held)
    size = sum(("after-auto" in node.words) == late for node in held)
    return start + (min(place - 1, size) if place else size)


def _nat_problem(config: Configuration, words: Key) -> str:
    for nameif in words[1].strip("()").split(","):
        if nameif != "any" and config.named(nameif) is None:
            return f"ERROR: interface {nameif} does not exist"
    for name in nat_objects(words):
        if not _group(config, name) and not any(config.root.all("object", "network", name)):
            return f"ERROR: {name} doesn't match an existing object or object-group"
    return ""


def nat_objects(words: Key) -> set[str]:
    """The objects a manual rule names."""
    found: set[str] = set()
    for marker in ("static", "dynamic"):
        for at, word in enumerate(words):
            if word == marker:
                found.update(words[at + 1 : at + 3])
    keywords = {"any", "interface", "pat-pool", "destination", "no-proxy-arp", "route-lookup"}
    return {name for name in found if name not in keywords}
