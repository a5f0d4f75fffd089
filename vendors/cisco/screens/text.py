"""A saved terminal output without what the terminal, the log and the person added to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A pager is wiped by backspaces and blanks; terminals add colours; files from Windows a mark.
_NOISE = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|<--- [Mm]ore --->|\s?--[Mm]ore--\s?|\x08+ *\x08*|[\x00\x07\ufeff]"
)

# A log line may begin in the middle of a line of output; IOS ends the line after it. Its marks:
# sequence number, clock state, date, time or uptime, then %FACILITY[-SUB]-SEVERITY-MNEMONIC.
_LOG = re.compile(
    r"(?:\b\d+: ?)?(?:[*.]?(?:[A-Z][a-z]{2} +\d+ (?:\d{4} )?)?[\d:.]*\d(?: [A-Z]{2,5})?: |"
    r"\b\d\w*[wdh]\d\w*: )?%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-[0-7]-[A-Z0-9_]+:.*"
)
_PROMPT = re.compile(
    r"(?P<prompt>\w[\w.:/-]{0,62}(?:\([\w-]+\))?[>#]) *(?P<command>(?:[A-Za-z].*)?)"
)
_REFUSAL = re.compile(
    r"^\s*(?:ERROR: )?% ?(?:Invalid input|Incomplete command|Ambiguous command|Unknown command|"
    r"Access denied|Authorization failed|Bad IP)|^Command authorization failed|"
    r"^(?:Line has invalid|Translating \")",
    re.MULTILINE,
)


def cleaned(text: str) -> str:
    """The same lines with LF ends, without pager marks, control sequences and log messages."""
    plain = _NOISE.sub("", re.sub(r"\r+\n?", "\n", text))
    return _LOG.sub("", plain) if "%" in plain else plain


def sections(text: str) -> Iterator[tuple[str | None, str]]:
    """Splits a terminal log at its prompts into commands and their answers.

    What stands before the first prompt has the command None.
    """
    command: str | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        if prompted := _PROMPT.fullmatch(line.strip()):
            yield command, "\n".join(lines)
            command, lines = prompted["command"].strip(), []
        else:
            lines.append(line)
    yield command, "\n".join(lines)


def refusal(text: str) -> str | None:
    """The line in which the device refused the command, if it did."""
    found = _REFUSAL.search(text)
    return None if found is None else text[found.start() :].strip().partition("\n")[0]
