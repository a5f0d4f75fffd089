"""Keys at rest: with a device master key IOS shows pre-shared keys only as type 6 text."""

from __future__ import annotations

import hashlib
import re

_KEY = re.compile(
    r"(crypto isakmp key|pre-shared-key (?:address|hostname) .*? key"
    r"|pre-shared-key(?: local| remote)?|authentication (?:local|remote) pre-share key) (\S+)"
    r"(?= address | hostname |$)"
)
_HIDDEN = re.compile(r"(?<= )6 (\S+)")


class Vault:
    """Hides keys when `type6`, and knows the clear text of what it has hidden."""

    def __init__(self, *, type6: bool) -> None:
        self.type6 = type6
        self._clear: dict[str, str] = {}

    def veil(self, line: str) -> str:
        """The line as it is shown."""
        if not self.type6 or "key" not in line:
            return line
        return _KEY.sub(self._hide, line)

    def _hide(self, found: re.Match[str]) -> str:
        digest = hashlib.sha512(found[2].encode()).hexdigest()[:44].translate(_LETTERS)
        self._clear[digest] = found[2]
        return f"{found[1]} 6 {digest}"

    def opened(self, text: str) -> str:
        """The text with the keys this device has hidden in clear again."""
        return _HIDDEN.sub(lambda found: self._clear.get(found[1], found[0]), text)


_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIKLMNabf")
