"""Reads the form of strongswan.conf(5), which swanctl.conf has: sections, values, includes.

`name : base { }` takes over what a section does not say itself from others, named from the root;
files that are included stand in the same text (`files.split`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from appliance.model.secret import KEY_MARK
from appliance.model.tunnel import Source
from appliance.record import dataclass, field
from vendors.strongswan.files import File

_TOKEN = re.compile(
    r"""[ \t\r]+|\#[^\n]*|(?P<newline>\n)|(?P<open>\{)|(?P<close>\})|(?P<equals>=)|(?P<colon>:)"""
    r"""|(?P<comma>,)|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<word>[^\#{}:,="\n\r\t ]+)""",
    re.DOTALL,
)
# In a value more characters are words: only a comment, a brace or the end of the line ends it.
_VALUE = re.compile(
    r"""[ \t\r]+|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<word>[^#}"\n\r\t ]+)""", re.DOTALL
)
_INCLUDE = re.compile(r"""include[ \t]+(?!=)(?P<pattern>"[^"\n]*"|(?:\\.|[^#}\s\\])+)""")
_BELOW = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)+[ \t\r]*\{")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\n": "", "\r\n": ""}
_DEEPEST = 16
_SECRET = re.compile(r"^(?P<head>.*?\b(?:secret|pin|password|passphrase)\w*\s*=?\s*)\S.*$", re.I)


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


def load(files: tuple[File, ...]) -> Settings:
    """The settings of all files of the text that are in this form, each read once."""
    return _Loader(tuple(file for file in files if file.settings)).load()


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
    match = _SECRET.match(line)
    return line if match is None or line.lstrip().startswith("#") else match["head"] + KEY_MARK


class _Loader:
    """Files by path, and which of them an include has brought in."""

    def __init__(self, files: tuple[File, ...]) -> None:
        self._files = files
        self._read: set[int] = set()
        self.odd: dict[int, Source] = {}

    def load(self) -> Settings:
        """Main files first: one that another includes belongs where that says so."""
        root = Section()
        patterns = [(file.path, one) for file in self._files for one in includes(file.text)]
        for file in self._files:
            included = any(matches(one, file.path, path) for path, one in patterns)
            if not included:
                self.read(file, root)
        for file in self._files:  # those that only include each other
            self.read(file, root)
        odd = tuple(self.odd[number] for number in sorted(self.odd))
        return Settings(root=root, odd=odd)

    def read(self, file: File, into: Section) -> None:
        """The statements of a file, added to a section."""
        if id(file) not in self._read:
            self._read.add(id(file))
            _Reader(file, self).statements(into)

    def include(self, pattern: str, by: File, into: Section, source: Source) -> None:
        """The files that the pattern names; one that must be there and is not is odd."""
        found = [file for file in self._files if matches(pattern, file.path, by.path)]
        for file in found:
            self.read(file, into)
        if not found and not re.search(r"[*?\[]", pattern):
            self.odd[source.line] = source


def includes(text: str) -> Iterator[str]:
    """The patterns of all include statements of a text."""
    for match in re.finditer(rf"^[ \t]*{_INCLUDE.pattern}", text, re.MULTILINE):
        yield _pattern(match["pattern"])


def matches(pattern: str, path: str, by: str) -> bool:
    """Whether an include in the file `by` brings in the file at `path`."""
    if not path or path == by:
        return False
    absolute = pattern if pattern.startswith("/") else f"{by.rpartition('/')[0]}/{pattern}"
    same_depth = absolute.count("/") == path.count("/")  # a shell's * does not cross directories
    return same_depth and fnmatch(path, absolute)


def _pattern(text: str) -> str:
    return re.sub(r'\\(["#} ])', r"\1", text.strip('"'))


class _Reader:
    """The tokens of one file."""

    def __init__(self, file: File, loader: _Loader) -> None:
        self._file = file
        self._loader = loader
        self._text = file.text
        self._lines = file.text.split("\n")
        self._at = 0
        self._number = 1  # the line at `_at`
        self._line = 1  # the line of the last token
        self._last = ""  # its kind

    def statements(self, into: Section) -> None:
        """Statements up to the end of the file; a stray brace is odd."""
        while self._statement(into):
            pass

    def _body(self, into: Section) -> None:
        while self._statement(into):
            if self._last == "close":
                return

    def _statement(self, into: Section) -> bool:
        """One statement; False at the end of the text."""
        match = self._next()
        if match is None:
            return False
        self._last = match.lastgroup or ""
        if self._last == "word":
            self._named(match, into)
        elif self._last == "close":
            if into.name == "":
                self._strange(self._line)
        elif self._last != "newline":
            self._strange(self._line)
        return True

    def _named(self, word: re.Match[str], into: Section) -> None:
        include = _INCLUDE.match(self._text, word.start())
        if include is not None and include.end() > word.end():
            self._at = include.end()
            source = self._source(self._line)
            self._loader.include(_pattern(include["pattern"]), self._file, into, source)
            return
        line = self._line
        match = self._skip_lines() if self._opens_below() else self._next()
        kind = match.lastgroup if match is not None else None
        if kind == "equals":
            shown = self._source(line)
            into.entries[word[0]] = Entry(self._value(), shown)
        elif kind == "open":
            self._section(word[0], {}, line, into)
        elif kind == "colon":
            self._inheriting(word[0], line, into)
        else:
            self._strange(line)
            self._last = "newline"
            if kind != "newline":
                self._skip_line()

    def _inheriting(self, name: str, line: int, into: Section) -> None:
        references: dict[str, Source] = {}
        while (match := self._next()) is not None:
            if match.lastgroup == "word":
                references[match[0]] = self._source(self._line)
                match = self._skip_lines() if self._opens_below() else None
            if match is not None and match.lastgroup == "open":
                self._section(name, references, line, into)
                return
            if match is not None and match.lastgroup != "comma":
                break
        self._strange(line)
        if match is not None and match.lastgroup != "newline":
            self._skip_line()

    def _section(self, name: str, references: dict[str, Source], line: int, into: Section) -> None:
        section = into.sections.get(name)
        if section is None:
            section = Section(name=name, source=self._source(line), path=self._file.path)
            into.sections[name] = section
        section.references.update(references)
        self._body(section)
        self._last = "section"

    def _value(self) -> str:
        parts: list[str] = []
        while (match := _VALUE.match(self._text, self._at)) is not None:
            self._move(match.end())
            if match["string"] is not None:
                parts.append(unquoted(match["string"]))
            elif match["word"] is not None:
                parts.append(match["word"])
        return " ".join(parts)

    def _next(self) -> re.Match[str] | None:
        """The next token that counts; the line is that of its beginning."""
        while (match := _TOKEN.match(self._text, self._at)) is not None:
            self._line = self._number
            self._move(match.end())
            if match.lastgroup is not None:
                return match
        return None

    def _move(self, end: int) -> None:
        self._number += self._text.count("\n", self._at, end)
        self._at = end

    def _opens_below(self) -> bool:
        """Whether a section's brace stands on a line below its name."""
        return _BELOW.match(self._text, self._at) is not None

    def _skip_lines(self) -> re.Match[str] | None:
        match = self._next()
        while match is not None and match.lastgroup == "newline":
            match = self._next()
        return match

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._move(len(self._text) if end < 0 else end)

    def _strange(self, line: int) -> None:
        source = self._source(line)
        self._loader.odd[source.line] = source

    def _source(self, line: int) -> Source:
        return Source(line=self._file.above + line, text=self._shown(line))

    def _shown(self, line: int) -> str:
        return masked(self._lines[line - 1])


def unquoted(text: str) -> str:
    """The value of a string in quotes, its escapes resolved."""
    body = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
    return re.sub(r"\\(\r?\n|.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)


def quoted(text: str) -> str:
    """A value as a string in quotes; the inverse of `unquoted`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
