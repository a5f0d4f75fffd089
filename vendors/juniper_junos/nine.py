"""The `$9$` form in which Junos keeps keys: an obfuscation with a salt, not encryption.

The same key looks different each time it is stored, so that only decoded values can be compared.
"""

from __future__ import annotations

_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_ALPHABET = "".join(_FAMILIES)
_INDEX = {character: at for at, character in enumerate(_ALPHABET)}
_SIZE = len(_ALPHABET)
_FILLER = {
    character: len(_FAMILIES) - 1 - family
    for family, characters in enumerate(_FAMILIES)
    for character in characters
}
"""How many random characters follow the first one."""
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))
"""What each character of a group counts; groups stand for the bytes of the key in turn."""

MARK = "$9$"


def decode(stored: str) -> str | None:
    """The key that a `$9$...` string stands for; None when it is damaged."""
    text = stored.removeprefix(MARK)
    if not text or any(character not in _INDEX for character in text):
        return None
    previous, at = text[0], 1 + _FILLER[text[0]]
    octets = bytearray()
    while at < len(text):
        weights = _WEIGHTS[len(octets) % len(_WEIGHTS)]
        group = text[at : at + len(weights)]
        if len(group) < len(weights):
            return None
        total = 0
        for weight, character in zip(weights, group, strict=True):
            total += weight * ((_INDEX[character] - _INDEX[previous]) % _SIZE - 1)
            previous = character
        octets.append(total % 256)
        at += len(weights)
    return _text(octets)


def _text(octets: bytearray) -> str | None:
    """Keys are text; anything else was no `$9$` string."""
    try:
        return octets.decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def encode(key: str, salt: str = "Q") -> str:
    """A `$9$` string for a key; `salt` is its first character and decides how it looks."""
    first = salt[0]
    filler = (salt[1:] + _ALPHABET)[: _FILLER[first]]
    written, previous = [first, filler], first
    for at, octet in enumerate(key.encode("utf-8")):
        for gap in _gaps(octet, _WEIGHTS[at % len(_WEIGHTS)]):
            previous = _ALPHABET[(_INDEX[previous] + gap + 1) % _SIZE]
            written.append(previous)
    return MARK + "".join(written)


def _gaps(octet: int, weights: tuple[int, ...]) -> list[int]:
    """The octet as a sum of weights, the largest first, in the order in which they are written."""
    gaps = []
    for weight in reversed(weights):
        gap, octet = divmod(octet, weight)
        gaps.append(gap)
    return gaps[::-1]
