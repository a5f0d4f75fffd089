"""What a terminal leaves around configuration text, and what in it is not configuration.

Prompts with the commands behind them, pager remnants, log messages, banners, certificates.
"""

from __future__ import annotations

import re

# Patterns for what a saved configuration seldom holds are compiled where they are used (`re` keeps
# them then): together they would take 1 ms of every start.
_PAGER = r"(?<![ \t])[ \t]*<?-{2,3} ?[Mm]ore ?-{2,3}>?[ \t]*(?:[\x08\r]+ *[\x08\r]+)?"
_LOG = r"[^%\n]{0,80}%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+:.*"
_REFUSED = (
    r"\n[^\n]*(\n(?:[ \t]*\^[ \t]*\n)?)"
    r"%[ \t]?(?:Invalid input|Incomplete command|Ambiguous command|Unrecognized command)[^\n]*"
)
_NOTE = r"\n[ \t]*%[ \t][^\n]*(\n[ \t]+and a valid access list[^\n]*)?"
# People who quote a session leave the name away: `(config-if)#shutdown`.
_PROMPT = r"[ \t]{0,40}(?=[\w.@:/~(-])([\w.@:/~-]{0,80})(\([\w./-]+\))?[#>][ \t]?(.*)"
# RANCID puts a mark before a line whose key it has taken out, so that nobody loads it.
_TAKEN_OUT = r"(?m)^([ \t]*)!(?=[ \t]*\S[^\n]*<removed>)"
_EXEC = (
    r"(sh(o\w*)?|ter\w*|conf\w*|wr\w*|copy|exit|end|en\w*|more|ping|del\w*|disable|logout|quit)\b"
)
_BANNER = (
    r"(?:banner(?:\s+(?:exec|incoming|login|motd|prompt-timeout|slip-ppp))?"
    r"|ban\w*\s+(?:ex\w*|in\w*|lo\w*|mo\w*|pr\w*|sl\w*)"
    r"|aaa\s+authentication\s+(?:banner|fail-message)|menu\s+\S+\s+(?:title|prompt))\s+(\S.*)"
)
_DIGITS = r"(?:\n[ \t]*[0-9A-Fa-f][0-9A-Fa-f \t]*(?=\n|$))+(?:\n[ \t]*quit[ \t]*(?=\n|$))?"


def clean(text: str) -> str:
    """The text without what only a terminal adds, row by row: rows keep their numbers."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if not text.lstrip("\n")[:1].strip():
        text = _dedent(text)  # before prompts are taken away with the margin
    if "ore" in text and "--" in text:
        text = re.sub(_PAGER, "", text)
    if "\r" in text or "\x08" in text:
        text = _carriage(text)
    if "%" in text:
        text = _without_logs(text)
    if "#" in text or ">" in text:
        text = _without_prompts(text)
    if "<removed>" in text:
        text = re.sub(_TAKEN_OUT, r"\1", text)
    text = text.replace("\0", "")
    return text if text.lstrip("\n")[:1].strip() else _dedent(text)


def _dedent(text: str) -> str:
    """A text that is indented as a whole, as out of a document; any other as it is."""
    rows = text.split("\n")
    margin = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    return "\n".join(row[margin:] for row in rows)


def _carriage(text: str) -> str:
    if "\n" not in text:
        text = text.replace("\r", "\n")
    rows = (row.rstrip("\r").rpartition("\r")[2] for row in text.split("\n"))
    return "\n".join(row.lstrip("\x08").replace("\x08", "") for row in rows)


def _starts(text: str, mark: str) -> list[int]:
    """Where the rows begin that hold `mark`, each once."""
    found, at = [], text.find(mark)
    while at >= 0:
        found.append(text.rfind("\n", 0, at) + 1)
        end = text.find("\n", at)
        at = text.find(mark, end) if end >= 0 else -1
    return found


def _rewritten(text: str, pieces: list[tuple[int, int, str]]) -> str:
    """`text` with some stretches replaced."""
    parts, at = [], 0
    for begin, end, new in pieces:
        parts += [text[at:begin], new]
        at = end
    return "".join([*parts, text[at:]])


def _without_logs(text: str) -> str:
    """Without messages of the device, which a terminal shows in the middle of anything."""
    log = re.compile(_LOG)
    found = (log.match(text, start) for start in _starts(text, "%"))
    text = _rewritten(text, [(*one.span(), "") for one in found if one is not None])
    # What the device refused is no configuration, and what it remarked is none either.
    text = re.sub(_REFUSED, _emptied, "\n" + text)
    return re.sub(_NOTE, _emptied, text)[1:]


def _emptied(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _without_prompts(text: str) -> str:
    """A prompt is known by a command behind it, or by being the last row: `#` may end a banner."""
    last = text.rstrip().rpartition("\n")[2]
    starts = sorted({*_starts(text, "#"), *_starts(text, ">")})
    prompt = re.compile(_PROMPT)
    matched = [found for start in starts if (found := prompt.match(text, start)) is not None]
    known = {
        found[1]
        for found in matched
        if found[2] or re.match(_EXEC, found[3]) or (found[0].strip() == last and not found[3])
    }
    return _rewritten(
        text, [(*found.span(), _typed(found)) for found in matched if found[1] in known]
    )


def _typed(found: re.Match[str]) -> str:
    """What was typed behind a prompt, if it can be configuration; other commands end a section."""
    _, mode, typed = found.groups()
    return "end" if mode is None and re.match(_EXEC, typed) else typed


def after_banner(text: str, row: str, end: int) -> int:
    """Where a banner ends that `row` begins (its row ends at `end`); 0 when it begins none.

    The delimiter is the first character of the text; a saved configuration shows it as `^C`.
    A banner that never ends takes the rest, as it would on the device.
    """
    found = re.match(_BANNER, row, re.IGNORECASE)
    if found is None:
        return 0
    body = found[1]
    mark = "^C" if body.startswith("^C") else body[0]
    if mark in body[len(mark) :]:
        return 0
    at = text.find(mark, end)
    last = -1 if at < 0 else text.find("\n", at)
    return len(text) if last < 0 else last


def after_certificate(text: str, row: str, end: int) -> int:
    """Where the hexadecimal digits end that stand below `row`, with their `quit`; 0: none do."""
    if not row.startswith(("certificate", "key-string")):
        return 0
    found = re.compile(_DIGITS).match(text, end)
    return found.end() if found is not None else 0
