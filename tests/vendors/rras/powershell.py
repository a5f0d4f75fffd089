"""A linter for the PowerShell that is shipped: a grammar, and tables of cmdlets by level.

The grammar is that of Windows PowerShell 5.1, so syntax of PowerShell 7 is an error in it. There is
no PowerShell to run here.
"""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter
import tree_sitter_powershell

from appliance.lab.rras.tables import CMDLETS

_LANGUAGE = tree_sitter.Language(tree_sitter_powershell.language())

# Of Windows PowerShell 4.0 itself, as far as the shipped scripts go.
BUILT_IN: dict[str, frozenset[str]] = {
    "Set-StrictMode": frozenset({"Version"}),
    "New-Object": frozenset({"TypeName", "ArgumentList"}),
    "Read-Host": frozenset({"AsSecureString", "Prompt"}),
    "ConvertFrom-Json": frozenset({"InputObject"}),
    "Write-Warning": frozenset({"Message"}),
}
_LATER_OPERATORS = ("&&", "||", "::new(")


def faults(text: str, *, level: int = 2016) -> list[str]:
    """What is wrong with a script, each with its line; splatted tables count as parameters."""
    tree = tree_sitter.Parser(_LANGUAGE).parse(text.encode())
    found = [
        f"line {node.start_point[0] + 1}: syntax"
        for node in _walk(tree.root_node)
        if node.is_error or node.is_missing
    ]
    found += [f"{word} came after 4.0" for word in _LATER_OPERATORS if word in text]
    found += ["not ASCII"] if not text.isascii() else []
    table: set[str] = set()
    for node in _walk(tree.root_node):
        if node.type == "hash_entry":
            table.add(_text(node.children[0]))
        elif node.type == "hash_literal_expression":
            table = set()
        elif node.type == "command":
            found += _command(node, table, level)
    return found


def _command(node: tree_sitter.Node, table: set[str], level: int) -> Iterator[str]:
    line = node.start_point[0] + 1
    words = [_text(child) for child in _walk(node) if child.type in _PARTS]
    name = words[0] if words else ""
    if not name or name.startswith("$"):
        return
    given = [word.lstrip("-") for word in words[1:] if word.startswith("-")]
    if "@Parameters" in _text(node) or "@P" in _text(node).split():
        given += sorted(table)
    known = BUILT_IN.get(name) or _known(name, level)
    if known is None:
        yield f"line {line}: {name} is no cmdlet"
        return
    for parameter in given:
        if parameter not in known:
            yield f"line {line}: {name} has no -{parameter}"


_PARTS = ("command_name", "command_parameter")


def _known(name: str, level: int) -> frozenset[str] | None:
    found = CMDLETS.get(name)
    if found is None:
        return None
    return frozenset({one for one, told in found.items() if told.since <= level} | {"ErrorAction"})


def _walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
