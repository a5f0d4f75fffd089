"""`swanctl --list-sas --raw`, and `--pretty`: vici's messages as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vendors.strongswan.screens.sa import ChildSa, IkeSa, number

# A value ends where the next key, section or brace begins: identities may hold blanks.
_NEXT = r"(?=\s+[\w.@%*:/-]+\s?=|\s+[^\s{}=\[\]]+ ?\{|\s*\}|\s*$)"
_TOKEN = re.compile(
    rf"(?P<close>\}})|(?P<key>[\w.-]+) ?= ?(?:\[(?P<list>[^\]]*)\]|(?P<value>.*?){_NEXT})"
    r"|(?P<open>[^\s{}=\[\]]+) ?\{",
    re.DOTALL,
)
_EVENT = re.compile(r"\blist-sa event \{")

Tree = dict[str, "Tree | str | list[str]"]


def read(text: str) -> list[IkeSa]:
    """The SAs of all events; one that is cut off is left out."""
    found: list[IkeSa] = []
    for event in _events(text):
        for name, value in event.items():
            if isinstance(value, dict):
                found.append(_sa(name, value))
    return found


def _events(text: str) -> Iterator[Tree]:
    for part in _EVENT.split(text)[1:]:
        tree = _tree(part)
        if tree is not None:
            yield tree


def _tree(text: str) -> Tree | None:
    """The message that the text begins with; None when its end is missing."""
    root: Tree = {}
    at = 0
    open_ = [root]
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        if match["close"]:
            open_.pop()
            if not open_:
                return root
        elif match["open"]:
            inner: Tree = {}
            open_[-1][match["open"]] = inner
            open_.append(inner)
        elif match["list"] is not None:
            open_[-1][match["key"]] = match["list"].split()
        else:
            open_[-1][match["key"]] = (match["value"] or "").strip()
    return None


def _sa(name: str, tree: Tree) -> IkeSa:
    children = tree.get("child-sas")
    inner = children.values() if isinstance(children, dict) else ()
    return IkeSa(
        name=name,
        state=_word(tree, "state"),
        remote=_word(tree, "remote-host"),
        local=_word(tree, "local-host"),
        version=_word(tree, "version"),
        port=number(_word(tree, "remote-port")),
        suite="/".join((_cipher(tree), _word(tree, "integ-alg"), _word(tree, "dh-group"))),
        age_seconds=number(_word(tree, "established")),
        children=tuple(_child(one) for one in inner if isinstance(one, dict)),
    )


def _child(tree: Tree) -> ChildSa:
    return ChildSa(
        name=_word(tree, "name"),
        state=_word(tree, "state"),
        suite="/".join((_cipher(tree), _word(tree, "integ-alg"))),
        local=_list(tree, "local-ts"),
        remote=_list(tree, "remote-ts"),
        bytes_in=number(_word(tree, "bytes-in")),
        bytes_out=number(_word(tree, "bytes-out")),
        packets_in=number(_word(tree, "packets-in")),
        packets_out=number(_word(tree, "packets-out")),
        age_seconds=number(_word(tree, "install-time")),
    )


def _cipher(tree: Tree) -> str:
    size = _word(tree, "encr-keysize")
    return f"{_word(tree, 'encr-alg')}-{size}" if size else _word(tree, "encr-alg")


def _word(tree: Tree, key: str) -> str:
    value = tree.get(key, "")
    return value if isinstance(value, str) else ""


def _list(tree: Tree, key: str) -> tuple[str, ...]:
    value = tree.get(key, [])
    return tuple(value) if isinstance(value, list) else ()
