"""Forms of text that exports come in: JSON, alone or in the log of a terminal, YAML, tables.

Which form a text has shows in the text. One that has none of them is a fault that says what it is
instead, and what to export.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from appliance.azure.tree import Faults, Node
from appliance.record import dataclass

MAX_DEPTH = 64
_BEGINS = re.compile(
    r"^(?:\w+: \[[^]\n]+\][^\n{]* => )?"  # `ok: [HOST] => ` of Ansible
    r'[ \t]*(?=\{[ \t]*(?:["}\r]|$)|\[[ \t]*(?:[\[{"\]\r]|$)|"(?:[^"\\\r\n]|\\.)*"[ \t\r]*$)',
    re.M,
)
"""A line that JSON begins on. A shell's `[user@host ~]$` and a time in brackets are none."""
_LEFT_OVER = re.compile(r"[ \t]*[\"}\],:{\[]")
"""A line behind JSON that looks like a part of some that is damaged."""
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|[\xa0\u200b\ufeff]', re.S)
"""What is between JSON beside spaces: comments, and what pages of the web have for spaces."""
_TRAILING = r'(?s)("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])'
"""A comma behind the last element, which editors' JSON (and people) have."""
_COLOURS = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][0-9A-Z]|[=>78cM])"
"""What a terminal is told beside text (ECMA-48): colours, titles, modes."""
_BACK = r"\r+(?!\n)|\r(?=\r\n)"
_BARE_WORD = r"#\{\w[\w. -]*\}#?|\$\([\w.]+\)|\$?\{\{[\w. -]+\}\}|__\w+__|%\w+%"
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ", re.M)
"""The time before each line, which logs of Azure Pipelines and GitHub's workflows have."""
_YAML = re.compile(
    r"(?:(?:#|WARNING:).*\n\s*)*+(?!ERROR:|WARNING:)(?:---\s*\n|(?:- )?[A-Za-z_]\w*:(?: |\r?\n))"
)
_LIST_VIEW = re.compile(r"^(?:\w+ *: /subscriptions/|StatusCode *: \d{3}\s*$)", re.M)
_CLIXML = "schemas.microsoft.com/powershell"
_WARNING = re.compile(r"(?:WARN|AVERT|ADVERT|AVVISO)\w*\s?:", re.I)
_AS_JSON = "export it as JSON: `az ... -o json > FILE`, PowerShell `... | ConvertTo-Json -Depth 20`"
_HEAD = 20_000
"""Characters of a text that show what it is."""
_SHOW = "terraform show -json > terraform.json"
_OTHERS = (
    (
        re.compile(r"\A\s*ERROR:\s*(?:\((\w+)\))?"),
        "an error of az's and no export",
        "repeat the export, signed in as someone who may read the resource",
    ),
    (
        re.compile(r'^[ \t]*(?:resource|data|module) +"', re.M),
        "Terraform's language and not its JSON",
        f"export the state: {_SHOW}",
    ),
    (
        re.compile(r"^resource +\w+ +'Microsoft\.", re.M | re.I),
        "a Bicep source",
        "build it (az bicep build -f FILE), or better export what is deployed",
    ),
    (re.compile(r"^-{3,}(?: {1,2}-{3,})* *$", re.M), "a table for people", _AS_JSON),
    (re.compile(r'\A"?\w[\w ]*"?(?:,"?\w[\w ]*"?)+\s*\n'), "a table without properties", _AS_JSON),
    (re.compile(r"\A\s*<"), "XML or HTML, and not PowerShell's Export-Clixml", _AS_JSON),
)
"""What a text is that is no export, and what to do about it."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text, the name of the file it is from, and where faults go."""

    text: str
    file: str
    faults: Faults

    def fault(self, message: str, hint: str, place: str = "") -> None:
        """Note that the text is wrong, at a `place` in it."""
        self.faults.add(message, where=f"{self.file}{place}", hint=hint)


def roots(text: str, file: str, faults: Faults) -> tuple[Node, ...]:
    """The documents in the text of a file; what is wrong with it is noted in `faults`."""
    if _STAMP.match(text):
        text = _STAMP.sub("", text)
    source = _Text(_plain(text) if "\x1b" in text else text, file, faults)
    start = _start(source.text)
    if start is None:
        other = _other_forms(source)
        if other is not None:
            return other
        start = _beginning(source.text, 0)
    if start >= len(source.text):
        _refuse(source)
        return ()
    return _numbered(_values(start, source), source)


def _plain(text: str) -> str:
    """What a terminal showed, without what it was told beside; the cursor goes back to begin."""
    return re.sub(_BACK, "", re.sub(_COLOURS, "", text))


def _numbered(values: Sequence[object], source: _Text) -> tuple[Node, ...]:
    path = "$" if len(values) == 1 else "document {}: $"
    return tuple(
        Node(value, source.file, path.format(number), source.faults)
        for number, value in enumerate(values, start=1)
    )


def _start(text: str) -> int | None:
    """Where a text that is JSON begins, behind the warnings of az; None where it is none."""
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith(("{", "[", '"')):
            begun = _BEGINS.match(line)
            return position + begun.end() if begun else None
        if stripped and not _WARNING.match(stripped):
            return None
        position += len(line)
    return None


def _other_forms(source: _Text) -> tuple[Node, ...] | None:
    """What is in a text of another form; None when it has none of them."""
    text = source.text
    if "Connection name:" in text and "[2]" in text:
        return (Node(text, source.file, "text", source.faults),)
    if _LIST_VIEW.search(text):
        from appliance.azure.powershell import records  # noqa: PLC0415 -- list views only

        if found := records(text, source.file, source.faults):
            return found
    return _structured(text.lstrip(), source)


def _structured(text: str, source: _Text) -> tuple[Node, ...] | None:
    from appliance.azure import tables  # noqa: PLC0415 -- seldom: az and the API write JSON

    reader: Callable[[str], Sequence[object]]
    if text.startswith("<") and _CLIXML in text[:500]:
        reader = tables.clixml
    elif tables.is_csv(text):
        reader = tables.rows
    elif _YAML.match(text) and _beginning(text, 0) == len(text):
        reader = tables.yaml_documents
    else:
        return None
    try:
        return _numbered([_measured(value) for value in reader(text)], source)
    except (ValueError, RecursionError) as error:
        source.fault(str(error) or "nested too deeply", _AS_JSON)
        return ()


def _refuse(source: _Text) -> None:
    """Say what a text is that nothing can be read from."""
    for pattern, what, hint in _OTHERS:
        if found := pattern.search(source.text, 0, _HEAD):
            code = next(filter(None, found.groups()), "")
            source.fault(f"{what}{f' ({code})' if code else ''}", hint)
            return
    empty = not source.text.strip()
    source.fault("the file is empty" if empty else "this is not JSON", _AS_JSON)


def _beginning(text: str, position: int) -> int:
    """Where the first line from a position on is that JSON begins on; the text's end if none is."""
    found = _BEGINS.search(text, position)
    return found.end() if found else len(text)


def _values(start: int, source: _Text) -> list[object]:
    """The JSON values from `start` on; several follow one another, with or without commas.

    Between them may stand what a terminal shows; what looks like damaged JSON is a fault.
    """
    # Templates may have texts of several lines ("ARM template syntax", comments and such).
    decoder, values = json.JSONDecoder(strict=False), list[object]()
    position, text = start, source.text
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
            values.append(_measured(value))
        except json.JSONDecodeError as error:
            bare = _uncommented(text)
            if bare == text:
                _broken(error, source)
                break
            text = bare
            continue
        except (RecursionError, ValueError):
            source.fault(
                f"JSON is nested deeper than {MAX_DEPTH} levels, or holds an endless number",
                "this is no export of a VPN gateway",
            )
            break
        position = _next_value(text, position)
    return values


def _uncommented(text: str) -> str:
    """JSON without comments and commas too many, which templates and people's notes have.

    Every character stays in its place.
    """

    def blank(found: re.Match[str]) -> str:
        return found[1] or re.sub(r"[^\n]", " ", found[0])

    return re.sub(_TRAILING, blank, _COMMENT.sub(blank, text))


def _next_value(text: str, ended: int) -> int:
    """Where the next value begins, or what looks like damage; the text's end when nothing does."""
    position = ended
    while position < len(text) and text[position] in " \t\r\n,\0\x1a\ufeff":
        position += 1
    talk = "\n" in text[ended:position] and not _LEFT_OVER.match(text, position)
    return _beginning(text, position) if talk else position


def _broken(error: json.JSONDecodeError, source: _Text) -> None:
    rest = source.text[error.pos :].strip()
    ended = not rest or error.msg.startswith("Unterminated string")
    if re.match(_BARE_WORD, rest):
        source.fault(
            "no JSON: a word stands here that a pipeline replaces by the value",
            "take the file that is deployed, or export what is",
            f":{error.lineno}:{error.colno}",
        )
        return
    source.fault(
        "the file ends in the middle of JSON" if ended else f"broken JSON: {error.msg}",
        "the export was cut off; repeat it" if ended else _AS_JSON,
        f":{error.lineno}:{error.colno}",
    )


def _measured(value: object) -> object:
    """The value. Raises `ValueError` for what is nested deeper than `MAX_DEPTH`."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return value
    raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def _inner(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, list) else ()
