"""The pre-shared key of a connection, when an export has it at all."""

from __future__ import annotations

import re

from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, name_of
from appliance.azure.tokens import is_token
from appliance.azure.tree import Node, fold
from appliance.model.secret import Secret

_MASKS = frozenset(
    {"redacted", "hidden", "masked", "removed", "sensitive", "sensitivevalue", "null"}
    | {"none", "n/a", "undefined", "secret", "securestring"}
)
_FILLERS = "*#xX.-_?\N{BULLET}\N{BLACK CIRCLE}\N{MIDDLE DOT}\N{HORIZONTAL ELLIPSIS}"
"""Marks that a mask is made of, and nothing else in it."""
_LONGEST = 1000
"""Characters that are looked at; a key has up to 128."""
_STANDS_FOR = (
    r"\*{3}|\N{BULLET}{3}|\.{3}$|\N{HORIZONTAL ELLIPSIS}$"  # what a mask leaves of a key
    r"|^(?:<.*|[$@]?\{[\w. :/-]+\}|\$env:\w+|@Microsoft\.KeyVault\(.*\)|\[\w+\(.*\).*\])$"
    r"|^(?:System|Microsoft)\.[\w.`\[\]]+$"
)
"""What a mask shows of a key, and what stands where templates and PowerShell have one.

A text: it is compiled when a key is met, which is seldom.
"""


def key(connection: Node, name: str, heap: Heap, notes: list[str]) -> tuple[Secret | None, str]:
    """The pre-shared key, and whether it is known, absent or unreadable (the export masks it).

    Keys exported on their own count when it is clear whose they are.
    """
    if by_certificate(connection):
        notes.append(
            f"{connection.at('authenticationType')}: Certificate; certificates are not rendered, "
            "and there is no pre-shared key"
        )
        return None, "absent"
    own = connection.told("sharedKey", notes)
    found = own if own is not None and own.value not in ("", None) else _loose(name, heap, notes)
    value = None if found is None else found.value
    if not isinstance(value, str):
        return None, "absent"
    return (None, "unreadable") if _masked(value.strip()) else (Secret(value), "known")


def _masked(value: str) -> bool:
    """Whether this stands for a key, and is none."""
    word = fold(value.strip("()[]*")).replace(" ", "")
    filled = not value.strip(_FILLERS) or not value.isprintable() or word in _MASKS
    return filled or is_token(value) or re.search(_STANDS_FOR, value[:_LONGEST]) is not None


def by_certificate(connection: Node) -> bool:
    """Whether both ends show certificates, rather than know one key."""
    return (connection.text("authenticationType") or "PSK").casefold() == "certificate"


def _loose(name: str, heap: Heap, notes: list[str]) -> Node | None:
    """The key exported apart whose file is named after the connection, or that can only be its."""
    if not heap.keys:
        return None
    connections = [resource.name for resource in heap.of(Kind.CONNECTION)]
    named = [node for node in heap.keys if _owner(node, connections) == name]
    alone = len(heap.keys) == len(connections) == 1 and _told(heap.keys[0]) is None
    only = heap.keys if alone else []
    if len(named or only) != 1:
        notes.append(
            f"shared keys were exported apart, but it is unclear which is that of {name}: name "
            "the file after the connection"
        )
        return None
    node = (named or only)[0]
    how = _how(node) if named else "since there is one of each"
    notes.append(f"{node.file}: shared key taken as that of {name}, {how}")
    return node.get("value") if isinstance(node.value, dict) else node


def _how(node: Node) -> str:
    return "by its id" if _told(node) else "by its name"


def _told(node: Node) -> str | None:
    """The connection in the answer's own id, where it has one: .../connections/NAME/sharedkey."""
    identity = (node.text("id") if isinstance(node.value, dict) else None) or ""
    of, _, last = identity.rstrip("/").rpartition("/")
    return name_of(of) or None if last.casefold() == "sharedkey" else None


def _owner(node: Node, connections: list[str]) -> str | None:
    """The connection whose name stands in the answer's id, or as whole words in the file's name;
    the longest one."""
    if told := _told(node):
        return next((name for name in connections if name.casefold() == told.casefold()), None)
    file = f"-{_words(node.file.rpartition('/')[2])}-"
    owners = [name for name in connections if f"-{_words(name)}-" in file]
    return max(owners, key=len, default=None)


def _words(name: str) -> str:
    return "".join(mark if mark.isalnum() else "-" for mark in name.casefold())
