"""Statements as the text of a file, and back: nested for swanctl, in blocks for networkd."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from appliance.record import dataclass
from vendors.strongswan import own
from vendors.strongswan.files import File
from vendors.strongswan.loading import load
from vendors.strongswan.settings import Section
from vendors.strongswan.writing.statements import spelled


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file; `slot` is that of the statement in it, "" for all other lines."""

    text: str
    slot: str = ""


def rows(path: str, statements: Mapping[str, str]) -> Iterator[Row]:
    """The lines of a file of ours with these statements (slot -> value)."""
    yield Row(own.HEAD)
    made = _unit(statements) if is_unit(path) else _nested(statements, 0, "")
    yield from made


def is_unit(path: str) -> bool:
    """Whether the file is one of networkd's."""
    return path.endswith((".netdev", ".network"))


def is_rules(path: str) -> bool:
    """Whether the file is one of nftables'."""
    return path.endswith(".nft")


def edited(path: str, text: str | None, edits: Iterable[tuple[str, str | None]]) -> str:
    """The text of a file after edits (slot, value); None takes a statement away.

    `text` None is a file that is not there yet. What others wrote into it stays, but for remarks.
    """
    if is_unit(path):
        return _edited_unit(text, edits)
    held = {} if text is None else _flat(text, path)
    for slot, value in edits:
        held.pop(slot, None) if value is None else held.update({slot: value})
    return "".join(f"{row.text}\n" for row in rows(path, held))


def _nested(statements: Mapping[str, str], depth: int, at: str) -> Iterator[Row]:
    indent = "  " * depth
    below: dict[str, dict[str, str]] = {}
    for key, value in statements.items():
        name, dot, rest = key.partition(".")
        if dot:
            below.setdefault(name, {})[rest] = value
        else:
            yield Row(f"{indent}{key} = {value}", f"{at}{key}")
    for name, inner in below.items():
        yield Row(f"{indent}{name} {{")
        yield from _nested(inner, depth + 1, f"{at}{name}.")
        yield Row(f"{indent}}}")


def _flat(text: str, path: str) -> dict[str, str]:
    """The statements of a swanctl file as they stand in it."""
    file = File(path=path, text=text, above=0, kind="settings")
    return dict(_statements(load((file,)).root, ""))


def _statements(section: Section, at: str) -> Iterator[tuple[str, str]]:
    for key, entry in section.entries.items():
        yield f"{at}{key}", spelled(entry.value)
    for name, inner in section.sections.items():
        yield from _statements(inner, f"{at}{name}.")


def _unit(statements: Mapping[str, str]) -> Iterator[Row]:
    last = ""
    for slot, value in statements.items():
        section, _, rest = slot.partition(" ")
        if section != last or not value:
            yield Row("")
            yield Row(section)
        yield Row(f"{rest}={value}" if value else rest, slot)
        last = section


def _edited_unit(text: str | None, edits: Iterable[tuple[str, str | None]]) -> str:
    blocks = _blocks(own.HEAD if text is None else text)
    for slot, value in edits:
        section, _, rest = slot.partition(" ")
        key, several, _ = rest.partition("=")
        if several:
            _several(blocks, section, rest, wanted=value is not None)
        else:
            _single(blocks, section, key, value)
    kept = [block for block in blocks if len(block) > 1 or not block[0].startswith("[")]
    return "\n".join("\n".join(block) + "\n" for block in kept)


def _blocks(text: str) -> list[list[str]]:
    """The sections of a unit file, each a heading and its lines; first what stands above."""
    blocks: list[list[str]] = []
    for line in filter(str.strip, text.split("\n")):
        if line.startswith("[") or not blocks:
            blocks.append([])
        blocks[-1].append(line.rstrip())
    return blocks


def _several(blocks: list[list[str]], section: str, rest: str, *, wanted: bool) -> None:
    """A section for each value: routes."""
    found = next((b for b in blocks if b[0] == section and rest in b), None)
    if wanted and found is None:
        blocks.append([section, rest])
    elif not wanted and found is not None:
        blocks.remove(found)


def _single(blocks: list[list[str]], section: str, key: str, value: str | None) -> None:
    block = next((b for b in blocks if b[0] == section), None)
    if block is None:
        block = [section]
        at = next((i for i, b in enumerate(blocks) if b[0] == "[Route]"), len(blocks))
        blocks.insert(at, block)
    block[1:] = [line for line in block[1:] if line.partition("=")[0].strip() != key]
    if value is not None:
        block.append(f"{key}={value}")
