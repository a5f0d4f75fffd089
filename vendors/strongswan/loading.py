"""Reads texts in the form of strongswan.conf(5): tokens, sections, and includes among the files.

The rules are those of libstrongswan's own grammar. Files that are included stand in the same text
(`files.split`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from appliance.errors import ParseError
from appliance.model.tunnel import Source
from vendors.strongswan.files import File
from vendors.strongswan.settings import Entry, Section, Settings, masked, unquoted

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
_DEEPEST = 64
_BELOW = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)+[ \t\r]*\{")


def load(files: tuple[File, ...]) -> Settings:
    """The settings of all files of the text that are in this form, each read once."""
    return _Loader(tuple(file for file in files if file.settings)).load()


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
        self._depth = 0
        self._sources: dict[int, Source] = {}

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
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ParseError(
                f"sections are nested deeper than {_DEEPEST}",
                where=f"line {self._file.above + line}",
                hint="a closing brace is missing, or this is no file of strongSwan's",
            )
        self._body(section)
        self._depth -= 1
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
        """Where a line of the file stands, a secret in it masked; each is looked at once."""
        if line not in self._sources:
            shown = masked(self._lines[line - 1])
            self._sources[line] = Source(line=self._file.above + line, text=shown)
        return self._sources[line]
