"""Taking keys out of rows of configuration before anybody reads them."""

from __future__ import annotations

import re

from appliance.model.secret import KEY_MARK

_VALUE = r'(?:"(?:[^"\\]|\\.)*"?|/\*.*?\*/|[^\s;]+)'
_HINTS = ("ascii-text", "hexadecimal", "$", "key", "pass", "secret", "communit", "psk")
_KEYED = rf"((?:ascii-text|hexadecimal)\s+){_VALUE}"
_WORDED = (
    r"((?:^|\s)(?:[\w-]*password(?:-value)?|[\w-]*secret|(?:authentication-|privacy-|[\w-]+-)?key"
    rf"|psk|passphrase|community)\s+){_VALUE}"
)
_MISTYPED = r"(pre-shared-key\s+)\S.*$"
_STORED = r"\$[1-9]\$[^\s\";]+"
_HARMLESS = r"^\s*(?:set\s.*\s)?description\s"


def mask(text: str) -> str:
    """`text` with every key or password in it replaced by a mark; linear in its length."""
    folded = text.casefold()
    if not any(hint in folded for hint in _HINTS):
        return text
    if "ascii-text" in folded or "hexadecimal" in folded:
        text = re.sub(_KEYED, rf"\g<1>{KEY_MARK}", text, flags=re.IGNORECASE)
    elif not re.match(_HARMLESS, text):
        text = re.sub(_MISTYPED, rf"\g<1>{KEY_MARK}", text, flags=re.IGNORECASE)
        text = re.sub(_WORDED, r"\g<1><secret>", text, flags=re.IGNORECASE)
    return re.sub(_STORED, "<secret>", text)
