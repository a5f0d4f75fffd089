"""`show configuration` and configuration mode's `show`: the forms in which a tree is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.lab.junos.compare import compare
from appliance.lab.junos.database import Database
from appliance.lab.junos.inherit import in_force
from appliance.lab.junos.path import SYNTAX, Refused, Step
from appliance.lab.junos.schema import Kind
from appliance.lab.junos.tokens import quoted
from appliance.lab.junos.tree import Node, Words, trail
from appliance.lab.junos.writing import braces, set_lines, statement


def part(root: Node, steps: Sequence[Step]) -> tuple[Words, list[Node]]:
    """The words that lead to what `steps` name, and the statements: what stands below a
    container, a leaf itself, every entry of a list without a key."""
    if steps and steps[-1].whole:
        above = trail(root, steps[:-1])
        words = tuple(word for step in steps[:-1] for word in step.words)
        entries = above[-1].ordered() if above else []
        return words, [node for node in entries if node.schema is steps[-1].schema]
    nodes = trail(root, steps)
    words = tuple(word for step in steps for word in step.words)
    if nodes is None:
        return words, []
    if nodes[-1].schema.holds and (nodes[-1].children or nodes[-1].schema.kind is Kind.CONTAINER):
        return words, nodes[-1].ordered()
    return words[: -len(nodes[-1].words)], [nodes[-1]]


def shown(root: Node, steps: Sequence[Step], displays: Sequence[Sequence[str]]) -> str:
    """That part of the configuration in the form the filters ask for. Raises Refused."""
    kinds = [_kind(words) for words in displays]
    if "inheritance" in kinds:
        root = in_force(root)
    words, nodes = part(root, steps)
    if "set" in kinds:
        relative = "relative" in displays[kinds.index("set")]
        return "".join(f"{line}\n" for line in _sets(nodes, () if relative else words))
    return _remark(root, steps) + "".join(statement(node) for node in nodes)


def _remark(root: Node, steps: Sequence[Step]) -> str:
    """What stands above a part that is not in force because of something further up."""
    nodes = trail(root, steps) or []
    if not any(node.inactive for node in nodes):
        return ""
    path = " ".join(quoted(word) for node in nodes for word in node.words)
    return f"##\n## inactive: {path}\n##\n"


def _sets(nodes: list[Node], words: Words) -> Iterator[str]:
    for node in nodes:
        yield from set_lines(Node(schema=node.schema, children={node.words: node}), words)


def _kind(words: Sequence[str]) -> str:
    known = ("set", "inheritance", "detail", "omit", "commit-scripts", "xml", "json")
    asked = words[1] if len(words) > 1 else ""
    found = [kind for kind in known if asked and kind.startswith(asked)]
    if len(found) != 1 or found[0] in {"xml", "json"}:
        raise Refused(SYNTAX, 1)
    return found[0]


def compared(before: Node, after: Node, words: Words) -> str:
    """`| compare`: the difference, below a level only."""
    text = compare(before, after)
    if not words:
        return text
    level = " ".join(("edit", *(quoted(word) for word in words)))
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            inside = line.startswith((f"[{level}]", f"[{level} "))
        if inside:
            kept.append(line)
    return "".join(kept)


def earlier(data: Database, words: Sequence[str]) -> Node:
    """What `| compare [rollback n]` compares with. Raises Refused."""
    if len(words) == 1:
        return data.active
    number = int(words[2]) if len(words) > 2 and words[2].isdecimal() else -1  # noqa: PLR2004 -- compare rollback n
    found = data.old(number) if number >= 0 else None
    if not "rollback".startswith(words[1]) or found is None:
        raise Refused(SYNTAX, 1)
    return found


def whole(root: Node, stamp: str) -> str:
    """`show configuration` without a path: the remark on the last commit, then everything."""
    return f"## Last commit: {stamp}\n{braces(root)}"
