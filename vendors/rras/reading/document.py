"""A saved text as the objects it holds, by kind: a snapshot, bare cmdlet output, or operations.

`appliance` saves the document `appliance/rras-snapshot/1`:

    {"schema": "appliance/rras-snapshot/1",
     "computer": {"name": ..., "version": "10.0.20348", "level": "2016"},
     "remote_access": {"VpnS2SStatus": "Installed", ...},
     "interfaces": [one object of Get-VpnS2SInterface each],
     "filters": [one object of Get-RemoteAccessIpFilter each],
     "bgp_router": [...], "bgp_peers": [...], "bgp_custom_routes": [...]}

A person saves `Get-VpnS2SInterface | ConvertTo-Json`, several of these one after the other, or an
object of several under any names: what something is, its own members tell. A script is read as the
operations it calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.errors import ParseError
from appliance.model.tunnel import Source
from appliance.record import dataclass, field
from vendors.rras.reading import console
from vendors.rras.reading.clixml import clixml, is_clixml
from vendors.rras.reading.fields import Fields, unwrapped
from vendors.rras.reading.listing import listing
from vendors.rras.reading.located import Record, documents
from vendors.rras.reading.netsh import taken
from vendors.rras.reading.script import is_script, operations
from vendors.rras.reading.table import tables

_JSON = re.compile(r"^[ \t\r]*(?:\{\s*(?:[\"}]|$)|\[\s*(?:[\"{\[\]]|$))", re.MULTILINE)
"""How a document begins: a list in a table's column has its words bare."""

_MOVED = re.compile(r"^([ \t>]+)Destination *: ", re.MULTILINE)
_MARGIN = re.compile(r"^Destination *: ", re.MULTILINE)

SCHEMA = "appliance/rras-snapshot/1"
_SAVE = (
    "save a snapshot: on the server, `Get-VpnS2SInterface | Select-Object * | ConvertTo-Json "
    "-Depth 4 | Out-File rras.json`"
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a text holds; `other` are lines and objects that are nothing we know."""

    computer: list[Fields] = field(default_factory=list)
    remote_access: list[Fields] = field(default_factory=list)
    interfaces: list[Fields] = field(default_factory=list)
    routers: list[Fields] = field(default_factory=list)
    peers: list[Fields] = field(default_factory=list)
    custom_routes: list[Fields] = field(default_factory=list)
    filters: list[Fields] = field(default_factory=list)
    operations: list[Record] = field(default_factory=list)
    other: list[Source] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing in it was understood."""
        kinds = (self.computer, self.remote_access, self.interfaces, self.routers, self.peers)
        return not any((*kinds, self.custom_routes, self.operations))


def read(text: str) -> Document:
    """The objects of a text. Raises `ParseError` when it is plainly something else."""
    text = cleaned(text)
    if not text.strip():
        raise ParseError("the text is empty", hint=_SAVE)
    document = Document()
    if is_script(calls := text) or is_script(calls := console.typed(text)):
        document.operations.extend(operations(calls))
        return document
    if is_clixml(text):
        rest, dumped = "", clixml(text)
    else:
        rest, dumped = taken(console.quiet(text))
    found, odd = _objects(rest)
    for value in (*found, *dumped):
        _sort(value, document)
    document.other.extend(odd)
    if document.empty and not _nothing_there(found):
        raise _stranger(text, document)
    return document


def _stranger(text: str, document: Document) -> ParseError:
    """What a text is instead."""
    if document.filters:
        return ParseError("packet filters, without the interfaces that they are for", hint=_SAVE)
    if is_clixml(text):
        return ParseError("this is a file of Export-Clixml without interfaces", hint=_SAVE)
    if any("Destination" in row.members for row in tables(text)[0]):
        return ParseError("a table of interfaces, which has not their settings", hint=_SAVE)
    first = next(line.strip() for line in text.splitlines() if line.strip())
    return ParseError(
        f"this is no configuration of RRAS: it begins with {_word(first)}", hint=_SAVE
    )


def objects(text: str) -> tuple[Fields, ...]:
    """The objects of one cmdlet's saved output, whatever they are, in order."""
    found, _ = _objects(cleaned(text))
    return tuple(Fields(record) for value in found for record in _records(value))


def cleaned(text: str) -> str:
    """Without marks of its encoding, also those of UTF-16 that was read as something else."""
    return text.replace("\0", "").lstrip("\ufeff\ufffd")


def _objects(text: str) -> tuple[tuple[object, ...], tuple[Source, ...]]:
    found, odd = documents(text) if _JSON.search(text) else ((), ())
    if found:
        return found, odd
    listed, odd = listing(_at_the_margin(text))
    rows, lines = tables(text)
    kept = [row for row in rows if "Destination" not in row.members]  # too little of an interface
    return (*listed, *kept), tuple(one for one in odd if not kept or one.line not in lines)


def _at_the_margin(text: str) -> str:
    """A listing that was moved in, or quoted in a mail, as it was printed."""
    moved = _MOVED.search(text)
    if moved is None or _MARGIN.search(text):
        return text
    return "\n".join(row.removeprefix(moved[1]) for row in text.split("\n"))


def _records(value: object) -> Iterator[Record]:
    value = unwrapped(value)
    if isinstance(value, list):
        for one in value:
            yield from _records(one)
    elif isinstance(value, Record):
        yield value


def _nothing_there(found: tuple[object, ...]) -> bool:
    """Whether it is an empty answer: a list without members is a server without interfaces."""
    return bool(found) and all(unwrapped(value) == [] for value in found)


def _word(first: str) -> str:
    return f"{first[:40]!r}" if first.isprintable() else "characters of no text"


def _sort(value: object, document: Document) -> None:
    for record in _records(value):
        names = {name.lower() for name in record.members}
        if "cmdlet" in names:
            document.operations.append(record)
            continue
        kind = _kind(names, document)
        if kind is not None:
            kind.append(Fields(record))
        else:
            _inside(record, document)


def _kind(names: set[str], document: Document) -> list[Fields] | None:
    """The list an object belongs to, by what it has; None for one that only holds others."""
    kinds = (
        (bool("interfacealias" in names and names & _FILTER), document.filters),
        ({"destination", "name"} <= names, document.interfaces),
        ("peeripaddress" in names, document.peers),
        ("bgpidentifier" in names, document.routers),
        ("localasn" in names and "peerasn" not in names, document.routers),
        ("network" in names and names <= _ROUTE, document.custom_routes),
        ("vpns2sstatus" in names, document.remote_access),
        ("version" in names and bool(names & {"name", "caption"}), document.computer),
    )
    return next((kind for fits, kind in kinds if fits), None)


_FILTER = frozenset({"action", "list", "ipv4filteraction", "ipv4filters"})
_ROUTE = frozenset({"network", "interface", "routingdomain", "policyname", "pscomputername"})


def _inside(record: Record, document: Document) -> None:
    """What an object holds under any names; a member that is no object is told."""
    for name, value in record.members.items():
        line = record.lines.get(name, record.line)
        empty = unwrapped(value) in ([], None)
        if isinstance(value, list | Record):
            _sort(value, document)
        elif not empty and name.lower() not in ("schema", "saved", "count"):
            document.other.append(Source(line, f'"{name}": {value}'))
