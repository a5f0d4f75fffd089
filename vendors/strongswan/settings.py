"""Settings in the form of strongswan.conf(5), which swanctl.conf has: sections, values, heirs.

`name : base { }` takes over what a section does not say itself from others, named from the root.
"""

from __future__ import annotations

import re

from appliance.model.masked import secretive
from appliance.model.secret import KEY_MARK
from appliance.model.tunnel import Source
from appliance.record import dataclass, field

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\n": "", "\r\n": ""}
_DEEPEST = 16
_SECRET = re.compile(
    r"^(?P<head>.*?\b(?:secret|pin|password|passphrase)\w*(?:\s*=\s*|\s+)"
    r"|(?:.*:)?\s*(?:PSK|XAUTH|EAP|NTLM)\s+)(?!\{)\S.*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key = value`; an empty value takes an inherited one away."""

    value: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section as it is written: repeated ones are merged, later values replace earlier ones."""

    name: str = ""
    source: Source = Source(line=0, text="")
    path: str = ""
    references: dict[str, Source] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A section with what it inherits; `missing` are references that lead nowhere."""

    name: str
    source: Source
    path: str
    entries: dict[str, Entry]
    sections: dict[str, Effective]
    missing: tuple[str, ...] = ()

    def get(self, key: str) -> str | None:
        """The value of a key; None when it is not said, or said to be empty."""
        entry = self.entries.get(key)
        return None if entry is None or not entry.value else entry.value

    def words(self, key: str) -> tuple[str, ...]:
        """The values of a list, apart by commas."""
        return tuple(word.strip() for word in (self.get(key) or "").split(",") if word.strip())

    def sub(self, name: str) -> Effective:
        """A section below it, empty when there is none."""
        empty = Effective(name=name, source=self.source, path=self.path, entries={}, sections={})
        return self.sections.get(name, empty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings files of a text. `odd` are lines that are no statements."""

    root: Section
    odd: tuple[Source, ...]

    def effective(self, *path: str) -> Effective:
        """The section at this path, with all that it inherits."""
        layers = [self.root]
        for name in path:
            layers = [
                layer.sections[name] for layer in self._layers(layers) if name in layer.sections
            ]
        return self._merged(path[-1], layers, 0)

    def _layers(self, sections: list[Section]) -> list[Section]:
        """Sections and all they refer to, nearest first, each once."""
        found: list[Section] = []
        queue = list(sections)
        while queue:
            section = queue.pop(0)
            if not any(section is other for other in found):
                found.append(section)
                referred = (self._named(name) for name in section.references)
                queue[:0] = [one for one in referred if one is not None]
        return found

    def _named(self, name: str) -> Section | None:
        section: Section | None = self.root
        for part in name.split("."):
            section = None if section is None else section.sections.get(part)
        return section

    def _merged(self, name: str, sections: list[Section], depth: int) -> Effective:
        layers = self._layers(sections)
        entries: dict[str, Entry] = {}
        below: dict[str, list[Section]] = {}
        for layer in layers:
            entries = {**layer.entries, **entries}
            for child, section in layer.sections.items() if depth < _DEEPEST else ():
                below.setdefault(child, []).append(section)
        own = layers[0] if layers else Section(name=name)
        return Effective(
            name=name,
            source=own.source,
            path=own.path,
            entries=entries,
            sections={child: self._merged(child, many, depth + 1) for child, many in below.items()},
            missing=self._dangling(layers),
        )

    def _dangling(self, layers: list[Section]) -> tuple[str, ...]:
        names = dict.fromkeys(name for layer in layers for name in layer.references)
        return tuple(f"template {name}" for name in names if self._named(name) is None)


def seconds(value: str | None, default: int | None = None) -> int | None:
    """A time, with its unit s, m, h or d; `default` when it is not said or not a time."""
    return _number(value, {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}, default)


def octets(value: str | None) -> int | None:
    """A volume in bytes, with its unit k, m or g (1024 each)."""
    return _number(value, {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}, None)


def _number(value: str | None, units: dict[str, int], default: int | None) -> int | None:
    match = re.fullmatch(r"(0x[0-9a-fA-F]+|\d+)\s*([a-zA-Z]?)", value or "")
    if match is None or match[2].lower() not in units:
        return default
    return int(match[1], 0 if match[1].startswith("0x") else 10) * units[match[2].lower()]


def masked(line: str) -> str:
    """A line of a settings file as it may be shown."""
    if line.lstrip().startswith("#"):
        return line
    match = _SECRET.match(line)
    if match is not None:
        return match["head"] + KEY_MARK
    for found in re.finditer(r"([\w.-]+)[\"']?\s*[=:]\s*(?=\S)", line):
        if secretive(found[1]):
            return line[: found.end()] + KEY_MARK
    return line


def unquoted(text: str) -> str:
    """The value of a string in quotes, its escapes resolved."""
    body = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
    return re.sub(r"\\(\r?\n|.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)


def quoted(text: str) -> str:
    """A value as a string in quotes; the inverse of `unquoted`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
