"""What an ASA writes around a configuration, taken out before the configuration is read."""

from __future__ import annotations

import re

from vendors.cisco.terminal import clean

# `: Saved`, `: end` and other remarks of the device; the checksum; what it answers to typed lines.
_AROUND = re.compile(
    r"^[ \t]*(?::(?!:).*|Cryptochecksum:.*|(?:WARNING|INFO|ERROR|Warning|Info): .*|\^[ \t]*)$",
    re.MULTILINE,
)
_REFUSED = re.compile(
    r"^(?!\s*\^)[^\n]*\n(?=(?:[ \t]*\^[ \t]*\n)?ERROR: %)"
    r"|^[^\n]*\n(?=Command authorization failed)",
    re.MULTILINE,
)
_WRAPPED = re.compile(r"^Command authorization failed.*$", re.MULTILINE)


def prepared(text: str) -> str:
    """The text with the same rows, those that are no configuration empty."""
    found = clean(text.replace("\r\n", "\n"))
    if "ERROR: %" in found or "authorization failed" in found:
        found = _WRAPPED.sub("", _REFUSED.sub("\n", found))
    return _AROUND.sub("", found)
