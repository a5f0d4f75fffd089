"""Configurations of several devices or contexts in one text, told apart."""

from __future__ import annotations

import re
from itertools import pairwise

_HEAD = re.compile(r"^(?:ASA|PIX|NGFW) Version ", re.MULTILINE)
_NAME = re.compile(r"^hostname[ \t]+(\S+)", re.MULTILINE)


def contexts(text: str) -> dict[str, str]:
    """By host name, each with all rows of the text, those of the others empty."""
    starts = [found.start() for found in _HEAD.finditer(text)]
    spans: dict[str, list[tuple[int, int]]] = {}
    name = ""
    for begin, end in pairwise([0, *starts[1:], len(text)]):
        found = _NAME.search(text, begin, end)
        name = found[1] if found is not None else name
        spans.setdefault(name, []).append((begin, end))
    if len(spans) == 1:
        return {name: text}
    return {name: _only(text, own) for name, own in spans.items()}


def _only(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for begin, end in spans:
        parts += ["\n" * text.count("\n", at, begin), text[begin:end]]
        at = end
    return "".join(parts)
