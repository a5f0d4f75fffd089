"""Keeps the secrets of one session out of everything that a person or a file gets to see."""

from __future__ import annotations

import re

from appliance.model.secret import KEY_MARK, Secret
from appliance.model.words import rare
from appliance.session.platform import Platform, compiled


class Mask:
    """Replaces known secrets by value, and keys that a device prints by where they stand."""

    __slots__ = ("_patterns", "_secrets")

    def __init__(self, platform: Platform) -> None:
        self._patterns = platform.conceals
        self._secrets: set[Secret] = set()

    def add(self, secret: Secret | None) -> None:
        """From now on this value is masked; it is never forgotten. Usual words stay readable."""
        if secret is not None and rare(secret.reveal()):
            self._secrets.add(secret)

    def __call__(self, text: str) -> str:
        """The text without secrets. Longer values go first, since one may contain another."""
        values = sorted((secret.reveal() for secret in self._secrets), key=len, reverse=True)
        for value in values:
            text = text.replace(value, KEY_MARK)
        for pattern in self._patterns:
            text = compiled(pattern).sub(_conceal, text)
        return text


def _conceal(match: re.Match[str]) -> str:
    start, end = (offset - match.start() for offset in match.span("secret"))
    return f"{match[0][:start]}{KEY_MARK}{match[0][end:]}"
