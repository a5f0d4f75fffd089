"""Junos's `$9$` form of keys: hides them from a glance and from nothing else."""

from __future__ import annotations

import random

_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_LETTERS = "".join(_FAMILIES)
_AT = {letter: at for at, letter in enumerate(_LETTERS)}
_SKIP = {letter: 3 - number for number, family in enumerate(_FAMILIES) for letter in family}
_WEIGHTS = (
    (1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64),
)  # fmt: skip
MAGIC = "$9$"


def hide(clear: str, salt: random.Random) -> str:
    """The key as Junos stores it; another salt gives another text for the same key."""
    first = salt.choice(_LETTERS)
    filler = "".join(salt.choice(_LETTERS) for _ in range(_SKIP[first]))
    out, before = [first, filler], first
    for number, byte in enumerate(clear.encode()):
        for gap in _gaps(byte, _WEIGHTS[number % len(_WEIGHTS)]):
            before = _LETTERS[(_AT[before] + gap + 1) % len(_LETTERS)]
            out.append(before)
    return MAGIC + "".join(out)


def _gaps(byte: int, weights: tuple[int, ...]) -> list[int]:
    gaps: list[int] = []
    for weight in reversed(weights):
        gap, byte = divmod(byte, weight)
        gaps.insert(0, gap)
    return gaps


def reveal(text: str) -> str | None:
    """The key behind a `$9$` text; None when it is none."""
    body = text.removeprefix(MAGIC)
    if body == text or not body or any(letter not in _AT for letter in body):
        return None
    before, rest = body[0], body[1 + _SKIP[body[0]] :]
    found = bytearray()
    while rest:
        weights = _WEIGHTS[len(found) % len(_WEIGHTS)]
        group, rest = rest[: len(weights)], rest[len(weights) :]
        if len(group) < len(weights):
            return None
        value = 0
        for letter, weight in zip(group, weights, strict=True):
            value += ((_AT[letter] - _AT[before]) % len(_LETTERS) - 1) * weight
            before = letter
        found.append(value % 256)
    return found.decode("utf-8", "replace")
