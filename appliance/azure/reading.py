"""Files of exports: which there are, in which encoding, and the documents in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance.azure.cache import SUFFIXES
from appliance.azure.tree import Faults, Node
from appliance.record import dataclass

MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 10_000
MAX_DEPTH = 64

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks; Windows PowerShell's `>` writes UTF-16LE with one."""
_BEGINNINGS = ("{", "[", '"')
_AS_JSON = "export it as JSON: `az ... -o json > FILE`, PowerShell `... | ConvertTo-Json -Depth 20`"


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON document of a file; `modified` is the file's time in seconds since 1970."""

    root: Node
    modified: float


def documents(paths: Sequence[str | Path], faults: Faults, notes: list[str]) -> Iterator[Document]:
    """All documents in files and, recursively, in the files of directories that end in `SUFFIXES`.

    What cannot be read is noted in `faults`; a text file of a directory that holds no JSON is no
    fault but in `notes`.
    """
    if not paths:
        faults.add("no export is named", where="azure.export", hint="name a file or a directory")
    for path in map(Path, paths):
        if path.is_dir():
            for file in _inside(path, faults):
                yield from _of_file(file, faults, notes, named=False)
        elif path.exists() and not path.is_file():
            faults.add(
                "neither a file nor a directory", where=str(path), hint="name a file of exports"
            )
        else:
            yield from _of_file(path, faults, notes, named=True)


def _inside(directory: Path, faults: Faults) -> list[Path]:
    found = sorted(
        file
        for file in directory.rglob("*")
        if file.suffix.casefold() in SUFFIXES and file.is_file()
    )
    if not found:
        faults.add(
            "the directory has no *.json file",
            where=str(directory),
            hint="put the exports there: `az network vpn-connection show ... -o json`, gateway, "
            "local gateway and VNet",
        )
    if len(found) > MAX_FILES:
        faults.add(f"more than {MAX_FILES} files", where=str(directory), hint="name fewer")
    return found[:MAX_FILES]


def _of_file(file: Path, faults: Faults, notes: list[str], *, named: bool) -> Iterator[Document]:
    text = _text(file, faults)
    if text is None:
        return
    start = _start(text)
    plain = _plain(text, file, faults) if start is None else ()
    if plain:
        yield from (Document(node, file.stat().st_mtime) for node in plain)
    elif start is None and not named and file.suffix.casefold() == ".txt":
        notes.append(f"{file}: holds no JSON; not used")
    elif start is None:
        empty = not text.strip()
        what = "the file is empty" if empty else "this is not JSON"
        faults.add(what, where=str(file), hint=_AS_JSON)
    else:
        values = _values(text, start, file, faults)
        modified = file.stat().st_mtime
        path = "$" if len(values) == 1 else "document {}: $"
        for number, value in enumerate(values, start=1):
            yield Document(Node(value, str(file), path.format(number), faults), modified)


def _plain(text: str, file: Path, faults: Faults) -> tuple[Node, ...]:
    """What is in a text that is no JSON: a device script, or PowerShell's list view."""
    if "Connection name:" in text and "[2]" in text:
        return (Node(text, str(file), "text", faults),)
    if ": /subscriptions/" in text:
        from appliance.azure.powershell import records  # noqa: PLC0415 -- list views only

        return records(text, str(file), faults)
    return ()


def _text(file: Path, faults: Faults) -> str | None:
    """The file's text in whatever Unicode encoding; None (and a fault) when it has none."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            faults.add(f"more than {MAX_BYTES} bytes", where=str(file), hint="export less at once")
            return None
        return raw.decode(_encoding(raw))
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8, or export it again"
        faults.add(f"byte {error.start} is no text in {error.encoding}", where=str(file), hint=hint)
    except OSError as error:
        faults.add(
            f"cannot be read: {error.strerror or 'unknown reason'}",
            where=str(file),
            hint="check the path and its permissions",
        )
    return None


def _encoding(raw: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if raw.startswith(mark):
            return encoding
    if raw[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if raw[:1] == b"\0" and len(raw) > 1 else "utf-8"


def _start(text: str) -> int | None:
    """Where JSON begins, behind warnings that `az ... > FILE 2>&1` puts first; None: nowhere."""
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith(_BEGINNINGS):
            return position + line.index(stripped[0])
        if stripped and not stripped.upper().startswith("WARNING"):
            return None
        position += len(line)
    return None


def _values(text: str, start: int, file: Path, faults: Faults) -> list[object]:
    """The JSON values from `start` on; several follow one another, with or without commas."""
    decoder, values, position = json.JSONDecoder(), [], start
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
            _measure(value)
        except json.JSONDecodeError as error:
            _broken(error, text, file, faults)
            break
        except (RecursionError, ValueError):
            faults.add(
                f"JSON is nested deeper than {MAX_DEPTH} levels, or holds an endless number",
                where=str(file),
                hint="this is no export of a VPN gateway",
            )
            break
        values.append(value)
        while position < len(text) and text[position] in " \t\r\n,\0\x1a":
            position += 1
    return values


def _broken(error: json.JSONDecodeError, text: str, file: Path, faults: Faults) -> None:
    rest = text[error.pos :].strip()
    ended = not rest or error.msg.startswith("Unterminated string")
    faults.add(
        "the file ends in the middle of JSON" if ended else f"broken JSON: {error.msg}",
        where=f"{file}:{error.lineno}:{error.colno}",
        hint="the export was cut off; repeat it" if ended else _AS_JSON,
    )


def _measure(value: object) -> None:
    """Raise `ValueError` for what is nested deeper than `MAX_DEPTH`."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return
    raise ValueError("too deep")


def _inner(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, list) else ()
