"""A configuration text becomes a tree, whichever form it is written in."""

from __future__ import annotations

import re

from appliance.lab.junos.editor import Editor
from appliance.lab.junos.path import Refused, Release
from appliance.lab.junos.reading import Braces, Keep
from appliance.lab.junos.release import is_old, schema
from appliance.lab.junos.tokens import tokens
from appliance.lab.junos.tree import Node, prune

_COMMAND = re.compile(r"\s*(set|delete|deactivate|activate|insert|rename|edit|top|up)\s", re.ASCII)


def boot(text: str, version: str, keep: Keep) -> Node:
    """The tree of a whole configuration. Raises ValueError at what Junos would not take."""
    root = Node(schema=schema(version))
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    release = Release(old=is_old(version), lenient=True)
    if _COMMAND.match(first):
        _commands(Editor(root=root, keep=keep, release=release), lines)
    else:
        faults = Braces(root=root, keep=keep, release=release).read(text)
        if faults:
            raise ValueError(faults[0].text("startup"))
    prune(root)
    mark(root, version)
    return root


def mark(root: Node, version: str) -> None:
    """Write into the configuration which release it is of, as Junos does at every commit."""
    schema = root.schema.children["version"]
    root.children[("version",)] = Node(schema=schema, words=("version",), values=[version])


def _commands(editor: Editor, lines: list[str]) -> None:
    for number, line in enumerate(lines, start=1):
        typed = tokens(line)
        try:
            if typed:
                editor.apply(typed)
        except Refused as refused:
            raise ValueError(f"line {number}: {refused.words} {line}") from None
