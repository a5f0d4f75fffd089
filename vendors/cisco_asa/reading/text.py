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
# What `show tech-support` has besides the configuration: interfaces and lists as they work.
_SHOWN = re.compile(
    r"^-{6,} show (?!running-config).*? -{6,}[ \t]*\n(?s:.*?)(?=^-{6,} show |\Z)", re.MULTILINE
)
_WRAPPED = re.compile(r"^Command authorization failed.*$", re.MULTILINE)


# Names of groups may have blanks, in quotes.
_QUOTED = re.compile(
    r'^([ \t]*(?:no )?(?:group-policy|tunnel-group|default-group-policy)[ \t]+)"([^"\n]*)"',
    re.MULTILINE,
)
# People put what they were told to replace in quotes, and leave those where the value stands.
_PEER = re.compile(
    r'^([ \t]*(?:tunnel destination|crypto map \S+ \d+ set peer)[ \t]+)"([^"\s]*)"', re.MULTILINE
)
_BLANK = "\u2423"
"""Stands for a blank in a name, until the name is shown."""


def shown(name: str) -> str:
    """A name as the ASA writes it: one with blanks in quotes."""
    return f'"{name.replace(_BLANK, " ")}"' if _BLANK in name else name


def _one_word(found: re.Match[str]) -> str:
    return found[1] + found[2].replace(" ", _BLANK)


def prepared(text: str) -> str:
    """The text with the same rows, those that are no configuration empty."""
    found = clean(text.replace("\r\n", "\n"))
    if "ERROR: %" in found or "authorization failed" in found:
        found = _WRAPPED.sub("", _REFUSED.sub("\n", found))
    if "------ show " in found:
        found = _SHOWN.sub(lambda part: "\n" * part[0].count("\n"), found)
    if 'group-policy "' in found or 'tunnel-group "' in found:
        found = _QUOTED.sub(_one_word, found)
    if 'destination "' in found or 'set peer "' in found:
        found = _PEER.sub(r"\1\2", found)
    return _AROUND.sub("", found)
