"""What a console leaves around the answers of cmdlets: transcripts, prompts, other commands.

Every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PROMPT = re.compile(r"(?:\[[^\]\n]+\]: )?PS(?: [^>\n]*)?>(?P<typed>.*)")
_MORE = re.compile(r">>(?P<typed>.*)")
"""A line that goes on: PSReadLine's, and that of the console before it."""

_STARS = re.compile(r"\*{20,}\s*")
_LONGEST = 30
"""Lines in the head of a transcript: about twenty, in any language (Start-Transcript)."""
_SAVED = re.compile(r".*\b[A-Za-z]:\\\S.*")

_OTHER = re.compile(
    r"\s*(?:[$(\s]*(?:Get|Test|Measure|Resolve|Start|Stop|Restart|Connect|Disconnect|Clear)-\w"
    r"|\$PSVersionTable|netsh\b|route\b|ipconfig\b|ping\b|tracert\b|hostname\b|whoami\b|nslookup\b)",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"VpnS2SInterface(?!Statistics)|Bgp(?:Router|Peer|CustomRoute)\b|Get-RemoteAccess\b"
    r"|RemoteAccessIpFilter|ComputerInfo|OperatingSystem|Get-(?:Content|Variable|Item)"
    r"|\brouting\s+ip\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"^[ \t]*\"?Destination\"?[ \t]*:", re.MULTILINE)


def quiet(text: str) -> str:
    """The text without heads of transcripts, prompts, and what commands of others printed."""
    if "PS" not in text and "*****" not in text:
        return text
    return "\n".join(_answers(_spoken(text.split("\n"))))


def typed(text: str) -> str:
    """What was typed at prompts, and nothing else; empty where interfaces are shown as well.

    What a server shows is what it has, and what was typed before may have failed.
    """
    if "PS" not in text or _SHOWN.search(text):
        return ""
    rows, going = [], False
    for row in text.split("\n"):
        match = _PROMPT.match(row) or (_MORE.match(row) if going else None)
        going = match is not None
        rows.append(match["typed"] if match else "")
    return "\n".join(rows)


def _spoken(rows: list[str]) -> Iterator[str]:
    """The rows without those between two rows of stars, and the one on where it is saved."""
    stars = [at for at, row in enumerate(rows) if _STARS.fullmatch(row)]
    dropped: set[int] = set()
    for begin, end in zip(stars[::2], stars[1::2], strict=False):
        if end - begin <= _LONGEST:
            below = [end + 1] if _saved(rows[end + 1 : end + 2]) else []
            dropped |= {*range(begin, end + 1), *below}
    for at, row in enumerate(rows):
        yield "" if at in dropped else row


def _saved(rows: list[str]) -> bool:
    return any(_SAVED.fullmatch(row.rstrip()) and not _PROMPT.match(row) for row in rows)


def _answers(rows: Iterator[str]) -> Iterator[str]:
    """The rows without prompts, and without what stands below a command of another topic."""
    kept = going = True
    for row in rows:
        match = _PROMPT.match(row)
        more = None if match or not going else _MORE.match(row)
        going = bool(match or more)
        if match:
            command = match["typed"]
            kept = not _OTHER.match(command) or bool(_OURS.search(command))
        yield row if kept and not going else ""
