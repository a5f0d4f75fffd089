"""What a terminal leaves around configuration text, and what in it is not configuration.

Prompts with the commands behind them, pager remnants, log messages, banners, certificates.
"""

from __future__ import annotations

import re

_PAGER = re.compile(r"[ \t]*<?-{2,3} ?[Mm]ore ?-{2,3}>?[ \t]*(?:[\x08\r][\x08\r ]*)?")
_LOG = re.compile(
    r"^[^%\n]{0,80}%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+:.*$", re.MULTILINE
)
_PROMPT = re.compile(r"^([\w.@:/~-]{1,80})(\([\w./-]+\))?[#>][ \t]?(.*)$", re.MULTILINE)
_EXEC = re.compile(
    r"(sh(o\w*)?|ter\w*|conf\w*|wr\w*|copy|exit|end|en\w*|more|ping|del\w*|disable|logout|quit)\b"
)
_BANNER = re.compile(
    r"(?:banner(?:\s+(?:exec|incoming|login|motd|prompt-timeout|slip-ppp))?"
    r"|ban\w*\s+(?:ex\w*|in\w*|lo\w*|mo\w*|pr\w*|sl\w*)"
    r"|aaa\s+authentication\s+(?:banner|fail-message)|menu\s+\S+\s+(?:title|prompt))\s+(\S.*)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?:[0-9A-Fa-f]{2,8}\s*)+$")


def clean(text: str) -> list[str]:
    """The rows of a text (row i is line i + 1) without what only a terminal adds.

    No row is added or taken, so that line numbers stay those of the text.
    """
    text = text.removeprefix("\ufeff").replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "ore" in text:
        text = _PAGER.sub("", text)
    if "\r" in text or "\x08" in text:
        text = _carriage(text)
    if "%" in text:
        text = _LOG.sub("", text)
    if "#" in text or ">" in text:
        text = _without_prompts(text)
    return text.replace("\0", "").split("\n")


def _carriage(text: str) -> str:
    if "\n" not in text:
        text = text.replace("\r", "\n")
    rows = (row.rstrip("\r").rpartition("\r")[2] for row in text.split("\n"))
    return "\n".join(row.lstrip("\x08").replace("\x08", "") for row in rows)


def _without_prompts(text: str) -> str:
    """A prompt is known by a command behind it, or by being the last row: `#` may end a banner."""
    last = text.rstrip().rpartition("\n")[2]
    known = {
        found[1]
        for found in _PROMPT.finditer(text)
        if found[2] or _EXEC.match(found[3]) or (found[0].strip() == last and not found[3])
    }
    return _PROMPT.sub(lambda found: _typed(found, known), text) if known else text


def _typed(found: re.Match[str], known: set[str]) -> str:
    """What was typed behind a prompt, if it can be configuration."""
    name, mode, typed = found.groups()
    if name not in known:
        return found[0]
    return "" if mode is None and _EXEC.match(typed) else typed


def skip_banner(rows: list[str], number: int, line: str) -> int:
    """Index of the row behind a banner that `line`, the row before `number`, may begin.

    The delimiter is the first character of the text; a saved configuration shows it as `^C`.
    A banner that never ends takes the rest, as it would on the device.
    """
    found = _BANNER.match(line)
    if found is None:
        return number
    body = found[1]
    mark = "^C" if body.startswith("^C") else body[0]
    if mark in body[len(mark) :]:
        return number
    for index in range(number, len(rows)):
        if mark in rows[index]:
            return index + 1
    return len(rows)


def skip_certificate(rows: list[str], number: int) -> int:
    """Index of the row behind the hexadecimal digits that begin at `number`, and their `quit`."""
    while number < len(rows) and _DIGITS.match(rows[number].strip()):
        number += 1
    ends = number < len(rows) and rows[number].strip() == "quit"
    return number + 1 if ends else number
