"""A configuration as Junos prints it: with braces, and as `set` lines."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.junos.schema import Kind
from appliance.lab.junos.tokens import quoted
from appliance.lab.junos.tree import Node, Words

_STEP = "    "
_REMARK = "## SECRET-DATA"
_ALWAYS = frozenset(("ascii-text", "hexadecimal", "encrypted-password", "authentication-key"))


def braces(node: Node, indent: str = "") -> str:
    """What stands below the node, one statement a line, nested with braces."""
    return "".join(f"{line}\n" for child in node.ordered() for line in _statement(child, indent))


def statement(node: Node, indent: str = "") -> str:
    """The node itself with all that stands below it."""
    return "".join(f"{line}\n" for line in _statement(node, indent))


def _statement(node: Node, indent: str, before: str = "") -> Iterator[str]:
    mark = "inactive: " if node.inactive else ""
    head = f"{mark}{before}{_head(node)}"
    children = node.ordered()
    if "join" in node.schema.marks:
        for child in children:
            yield from _statement(child, indent, before=f"{mark}{before}{node.words[0]} ")
        return
    if not children:
        yield f"{indent}{head}{_values(node)};{_remark(node)}"
        return
    if len(children) == 1 and _on_one_line(node, children[0]):
        yield from _statement(children[0], indent, before=f"{head} ")
        return
    yield f"{indent}{head} {{"
    for child in children:
        yield from _statement(child, indent + _STEP)
    yield f"{indent}}}"


def _on_one_line(node: Node, child: Node) -> bool:
    if child.inactive:
        return False
    if node.schema.kind is Kind.OPEN:
        return not node.schema.word or not child.children
    return "line" in node.schema.marks and "block" not in child.schema.marks


def _head(node: Node) -> str:
    return " ".join(quoted(word) for word in node.words)


def _values(node: Node) -> str:
    if not node.values:
        return ""
    shown = [value(node, one) for one in node.values]
    return f" [ {' '.join(shown)} ]" if len(shown) > 1 else f" {shown[0]}"


def value(node: Node, text: str) -> str:
    """One value of a leaf as it is printed."""
    return quoted(text, always=node.words[-1] in _ALWAYS)


def _remark(node: Node) -> str:
    return f" {_REMARK}" if "secret" in node.schema.marks else ""


def set_lines(node: Node, above: Words = ()) -> Iterator[str]:
    """The `set` lines of what stands below the node, each from `above` on; inactive statements
    are set and then deactivated."""
    for child in node.ordered():
        words = (*above, *child.words)
        path = " ".join(quoted(word) for word in words)
        if child.values:
            yield from (f"set {path} {value(child, one)}" for one in child.values)
        elif not child.children:
            yield f"set {path}"
        yield from set_lines(child, words)
        if child.inactive:
            yield f"deactivate {path}"
