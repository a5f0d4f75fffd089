"""`show running-config`: the configuration as IOS writes it, defaults hidden, sections in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from appliance.lab.cisco.tree import Node
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.modes import RULES, rank_of

Veil = Callable[[str], str]
# A section of these is followed by `!` of its own; the others stand in one block.
_BLOCKS = frozenset(mode for mode in RULES if mode not in {"standard-acl", "extended-acl"})


def read_back(config: Configuration, *, veil: Veil = str, everything: bool = False) -> str:
    """The text from `version` to `end`. `veil` rewrites the lines that hold a key;
    `everything` also prints the defaults (`show running-config all`)."""
    lines: list[str] = []
    last = -1
    nodes = _sorted(config.root)
    if config.root.find("version") is None:
        lines.append(f"version {config.number[0]}.{config.number[1]}")
    if everything:
        lines.extend(_global_defaults(config.root))
    for node in nodes:
        rank = rank_of(node.words)
        if lines and lines[-1] != "!" and (rank != last or node.mode in _BLOCKS):
            lines.append("!")
        last = rank
        if node.words[0] == "end" or _hidden(config, node, everything=everything):
            continue
        if _old_list(config, node):
            lines.extend(_numbered_list(config, node))
        else:
            lines.extend(_section(config, node, 0, veil, everything))
    lines.extend(("!", "end", "") if lines[-1] != "!" else ("end", ""))
    return "\n".join(lines)


def section_lines(config: Configuration, node: Node) -> list[str]:
    """One section with everything below it, as `show running-config` prints it."""
    return list(_section(config, node, 0, str, False))  # noqa: FBT003 -- the private twin of read_back


def _old_list(config: Configuration, node: Node) -> bool:
    """Before IOS-XE 16 a numbered access list is printed line by line, each with the number."""
    is_list = node.words[:2] == ("ip", "access-list")
    return is_list and not config.modern and node.words[3].isdecimal()


def _numbered_list(config: Configuration, node: Node) -> list[str]:
    return [f"access-list {node.words[3]} {_spelled(config, child)}" for child in _sorted(node)]


def _sorted(node: Node) -> list[Node]:
    return sorted(node.children.values(), key=lambda child: (child.order, child.born))


def _hidden(config: Configuration, node: Node, *, everything: bool) -> bool:
    """Whether it is a default, or what the box has for all: a lifetime of a profile or entry."""
    if everything:
        return False
    if node.words[:3] == ("set", "security-association", "lifetime"):
        return _inherited(config, node)
    return node.rule is not None and node.text in node.rule.hide


def _section(
    config: Configuration,
    node: Node,
    depth: int,
    veil: Veil,
    everything: bool,  # noqa: FBT001 -- see above
) -> Iterator[str]:
    tail = node.rule.tail if node.rule else ""
    yield " " * depth + veil(_spelled(config, node)) + tail
    if not node.mode or node.mode == "verbatim":
        yield from (_indented(child.raw) for child in node.children.values())
        return
    yield from (" " * (depth + 1) + line for line in _standing(node))
    for child in _sorted(node):
        if _hidden(config, child, everything=everything) or _implied(node, child):
            continue
        if child.words[0] == "address-family" and depth == 0:
            yield " !"
        yield from _section(config, child, depth + 1, veil, everything)
    if everything:
        yield from (" " * (depth + 1) + line for line in _defaults(node))
    if node.words[0] == "address-family":
        yield " " * depth + "exit-address-family"
    elif node.mode in {"ikev2-peer"}:
        yield " " * depth + "!"


_SA_LIFETIMES = {"seconds": "3600", "kilobytes": "4608000"}


def _inherited(config: Configuration, child: Node) -> bool:
    unit = child.words[3]
    whole = config.root.find("crypto", "ipsec", "security-association", "lifetime", unit)
    return child.words[4] == (_SA_LIFETIMES.get(unit) if whole is None else whole.words[5])


def _indented(raw: str) -> str:
    return raw if raw[:1].isspace() else f" {raw}"


def _spelled(config: Configuration, node: Node) -> str:
    """Access list entries carry their numbers from IOS-XE on, remarks never."""
    numbered = node.words[0].isdecimal() and node.rule is not None and not node.raw
    if numbered and (not config.modern or node.words[1] == "remark"):
        return " ".join(node.words[1:])
    return node.text


def _standing(node: Node) -> Iterator[str]:
    for rule in RULES[node.mode]:
        if rule.standing and not _has(node, rule.pattern):
            yield rule.standing


def _has(node: Node, pattern: str) -> bool:
    first = pattern.split("(", maxsplit=1)[0].split()
    also = first == ["ip", "address"] and node.find("ip", "unnumbered") is not None
    return also or node.find(*first) is not None


def _implied(parent: Node, child: Node) -> bool:
    """A PRF that repeats the integrity list is not printed, unless the cipher is an AEAD."""
    if parent.mode != "ikev2-proposal" or child.words[0] != "prf":
        return False
    integrity = parent.find("integrity")
    return integrity is not None and integrity.words[1:] == child.words[1:]


def _defaults(node: Node) -> Iterator[str]:
    for rule in RULES[node.mode]:
        for text in rule.hide:
            words = tuple(text.split())
            if words[: rule.key] not in node.children:
                yield text


def _global_defaults(root: Node) -> Iterator[str]:
    return _defaults(root)
