"""The difference between two configurations, as `show | compare` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.junos.tokens import quoted
from appliance.lab.junos.tree import Node, Words
from appliance.lab.junos.writing import statement


def compare(before: Node, after: Node) -> str:
    """Empty when they are the same."""
    return "".join(_level(before, after, ()))


def _level(before: Node, after: Node, path: Words) -> Iterator[str]:
    lines = list(_own(before, after, _indent(path)))
    if lines:
        yield f"[{' '.join(('edit', *(quoted(word) for word in path)))}]\n"
        yield from lines
    for child in after.ordered():
        other = before.children.get(child.words)
        if other is not None and not child.values:
            yield from _level(other, child, (*path, *child.words))


def _indent(path: Words) -> str:
    return " " * (2 + min(len(path), 6))


def _own(before: Node, after: Node, indent: str) -> Iterator[str]:
    for child in before.ordered():
        other = after.children.get(child.words)
        if other is None or _rewritten(child, other):
            yield from _signed("-", child, indent)
    for child in after.ordered():
        other = before.children.get(child.words)
        if other is None or _rewritten(child, other):
            yield from _signed("+", child, indent)
        elif other.inactive != child.inactive:
            yield from _turned(child, indent)
    yield from _moved(before, after, indent)


def _rewritten(one: Node, other: Node) -> bool:
    return one.values != other.values


def _signed(sign: str, node: Node, indent: str) -> Iterator[str]:
    yield from (f"{sign}{indent}{line}\n" for line in statement(node).splitlines())


def _turned(node: Node, indent: str) -> Iterator[str]:
    shown = statement(node).splitlines()
    shown[0] = shown[0].removeprefix("inactive: ")
    mark = "inactive" if node.inactive else "active"
    head = f"!{indent}{mark}: {shown[0]}"
    yield f"{head} ... }}\n" if len(shown) > 1 else f"{head}\n"


def _moved(before: Node, after: Node, indent: str) -> Iterator[str]:
    """Entries of ordered lists whose place among those that stayed is another one."""
    stayed = [key for key in before.children if key in after.children and ordered(after, key)]
    for key in (key for key in after.children if key in stayed):
        if key == stayed[0]:
            del stayed[0]
            continue
        stayed.remove(key)
        yield f"!{indent}{' '.join(quoted(word) for word in key)} {{ ... }}\n"


def ordered(parent: Node, key: Words) -> bool:
    """Whether the place of this entry among its like means something."""
    return "ordered" in parent.children[key].schema.marks


def arrange(before: Node, after: Node) -> None:
    """Put entries whose order means nothing where they were before, new ones behind them: what is
    deleted and entered again stays where it was."""
    kept = [k for k in before.children if k in after.children and not ordered(after, k)]
    rest = [k for k in after.children if k not in kept]
    after.children = {key: after.children[key] for key in (*kept, *rest)}
    for key in kept:
        arrange(before.children[key], after.children[key])
    for key in rest:
        if key in before.children:
            arrange(before.children[key], after.children[key])
