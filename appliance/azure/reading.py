"""Files of exports: which there are, in which encoding, and the documents in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from appliance.azure import forms
from appliance.azure.cache import SUFFIXES
from appliance.azure.tree import Faults, Node
from appliance.record import dataclass

MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 10_000

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks; Windows PowerShell's `>` writes UTF-16LE with one."""
_SIGNS = re.compile(
    r"/subscriptions/|Microsoft\.Network|azurerm_|vpnSiteConfiguration|"
    r"\A.*\bRESOURCE ?GROUP\b",  # the heading of a list that the portal exports
    re.I,
)
"""Words that something of Azure's has."""
_READ = (".json", ".txt", ".tfstate")
"""Files that may be exports without such a word: a key alone."""
_COMMENTS = re.compile(r"^\s*(?://|/\*)|,\s*/[/*]", re.M)
_REFUSED = re.compile(r"^ERROR:[ \t]*\((\w+)\)", re.M)
"""What `az` prints between the answers of a log."""
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON document of a file; `modified` is the file's time in seconds since 1970."""

    root: Node
    modified: float


def documents(paths: Sequence[str | Path], faults: Faults, notes: list[str]) -> Iterator[Document]:
    """All documents in files and, recursively, in the files of directories that end in `SUFFIXES`.

    What cannot be read is noted in `faults`; a file of a directory that plainly is something else
    is no fault but in `notes`.
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
    raw = _raw(file, faults)
    if raw is None:
        return
    modified = file.stat().st_mtime
    parts: Iterable[tuple[str, bytes]] = ((str(file), raw),)
    if raw.startswith(_GZIP):
        faults.add("compressed with gzip", where=str(file), hint="unpack it: gunzip FILE")
        return
    if raw.startswith(_ZIP):
        from appliance.azure.archive import members  # noqa: PLC0415 -- archives only

        parts, named = members(raw, str(file), faults), False
    for name, inner in parts:
        for root in _roots(inner, name, faults, notes, named=named):
            yield Document(root, modified)


def _roots(raw: bytes, file: str, faults: Faults, notes: list[str], *, named: bool) -> list[Node]:
    """The documents in a file's bytes; in a folder other files lie about, which are no fault."""
    found = Faults()
    text = _decoded(raw, file, found, notes)
    usual = file.casefold().endswith(_READ)
    ours = named or (usual and _is_ours(text, file.casefold()))
    if not (ours or usual or _SIGNS.search(text)):
        return []
    roots = () if found.found else forms.roots(text, file, found)
    for fault in found.found:
        if ours:
            faults.take(fault)
        else:
            signed = _SIGNS.search(text) is not None
            what = fault.message if signed else "cannot be read, and has no word of Azure's"
            notes.append(f"{file}: {what}; not used")
    notes.extend(
        f"{file}: az ended with an error there ({code}); what was asked for is missing"
        for code in dict.fromkeys(_REFUSED.findall(text) if roots else ())
    )
    return [Node(root.value, root.file, root.path, faults) for root in roots]


def _is_ours(text: str, file: str) -> bool:
    """Whether it is a fault if a file cannot be read: settings of editors have comments."""
    if _SIGNS.search(text):
        return True
    return file.endswith((".json", ".tfstate")) and not _COMMENTS.search(text)


def _raw(file: Path, faults: Faults) -> bytes | None:
    """What is in a file; None (and a fault) when it cannot be read."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        faults.add(
            f"cannot be read: {error.strerror or 'unknown reason'}",
            where=str(file),
            hint="check the path and its permissions",
        )
        return None
    if len(raw) > MAX_BYTES:
        faults.add(f"more than {MAX_BYTES} bytes", where=str(file), hint="export less at once")
        return None
    return raw


def _decoded(raw: bytes, file: str, faults: Faults, notes: list[str]) -> str:
    """The text in whatever encoding: a Unicode one, or what Windows PowerShell calls `Default`."""
    encoding = _encoding(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and b"\0" not in raw:
            notes.append(
                f"{file}: byte {error.start} is no UTF-8; read as Windows-1252, in which letters "
                "beyond ASCII may be others"
            )
        else:
            hint = "save it as UTF-8, or export it again"
            faults.add(f"byte {error.start} is no text in {error.encoding}", where=file, hint=hint)
        return raw.decode("cp1252", errors="replace")


def _encoding(raw: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if raw.startswith(mark):
            return encoding
    if raw[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if raw[:1] == b"\0" and len(raw) > 1 else "utf-8"
