"""What Export-Clixml saves, as the objects it was made from (MS-PSRP, serialization of objects)."""

from __future__ import annotations

import re

from appliance.errors import ParseError
from vendors.rras.reading.located import Listed, Record

_NUMBERS = frozenset({"By", "SB", "I16", "I32", "I64", "U16", "U32", "U64"})
_WORDS = frozenset({"S", "URI", "Version", "G", "DT", "TS", "C", "Db", "Sg", "D", "XD", "SBK"})
_LISTS = frozenset({"LST", "STK", "QUE", "IE"})
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DEEPEST = 60
_AGAIN = (
    "save it again: `Get-VpnS2SInterface | Select-Object * | ConvertTo-Json -Depth 4 | "
    "Out-File rras.json`"
)


def is_clixml(text: str) -> bool:
    """Whether it begins as such a file does."""
    return re.match(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:#< CLIXML\s*)?<Objs\b", text) is not None


def clixml(text: str) -> tuple[object, ...]:
    """The objects of a file, in order. Raises `ParseError` for one that is cut off."""
    from xml.parsers import expat  # noqa: PLC0415 -- few save in this form

    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, told: reader.begin(
        name, told, parser.CurrentLineNumber
    )
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.say
    parser.StartDoctypeDeclHandler = reader.refuse
    begin = text.index("<Objs")
    try:
        parser.Parse("\n" * text.count("\n", 0, begin) + text[begin:].rstrip(), True)  # noqa: FBT003 -- its own parameter
    except expat.ExpatError as error:
        raise ParseError(
            "this file of Export-Clixml is cut off or damaged",
            where=f"line {error.lineno}",
            hint=_AGAIN,
        ) from None
    return tuple(reader.found)


class _Open:
    """An object that is not closed yet."""

    __slots__ = ("key", "line", "listed", "members", "text", "value")

    def __init__(self, key: str, line: int) -> None:
        self.key = key
        self.line = line
        self.members = Record(line, {}, {}, json=False)
        self.listed: Listed | None = None
        self.text: str | None = None
        self.value: object = None

    def done(self) -> object:
        """A list, an object with members, or what it says of itself: an enumerated word."""
        if self.listed is not None:
            return self.listed
        if self.members.members:
            return self.members
        return self.text if self.text is not None else self.value


class _Reader:
    """Elements as they come; what types are called says nothing here."""

    def __init__(self) -> None:
        self.found: list[object] = []
        self._open: list[_Open] = []
        self._said: list[str] = []
        self._line = 0
        self._key = ""

    def begin(self, name: str, told: dict[str, str], line: int) -> None:
        """An element's start."""
        self._said = []
        self._line, self._key = line, _plain(told.get("N", ""))
        if name in ("Obj", "En"):
            if len(self._open) >= _DEEPEST:
                self.refuse()
            self._open.append(_Open(self._key, line))
        elif name in _LISTS and self._open:
            self._open[-1].listed = Listed()

    def say(self, text: str) -> None:
        """Characters between two elements."""
        self._said.append(text)

    def end(self, name: str) -> None:
        """An element's end: its value goes to the object around it."""
        text = _plain("".join(self._said))
        if name == "Obj" and self._open:
            done = self._open.pop()
            self._put(done.key, done.done(), done.line)
        elif name == "En" and self._open:
            entry = self._open.pop()
            told = entry.members.members
            self._put(str(told.get("Key", "")), told.get("Value"), entry.line)
        elif name == "ToString" and self._open:
            self._open[-1].text = text
        elif name in _WORDS:
            self._put(self._key, text, self._line)
        elif name in _NUMBERS:
            self._put(self._key, int(text) if re.fullmatch(r"-?\d+", text) else text, self._line)
        elif name in ("B", "Nil"):
            self._put(self._key, text.lower() == "true" if name == "B" else None, self._line)
        self._said = []

    def refuse(self, *_: object) -> None:
        """What no such file has: declarations of its own, or objects without end."""
        raise ParseError("this is no file of Export-Clixml", hint=_AGAIN)

    def _put(self, key: str, value: object, line: int) -> None:
        if not self._open:
            self.found.append(value)
            return
        into = self._open[-1]
        if into.listed is not None and not key:
            into.listed.append(value)
            into.listed.lines.append(line)
        elif key and not key.startswith("__"):  # what PowerShell notes for itself
            into.members.members[key] = value
            into.members.lines[key] = line
        elif not key:
            into.value = value


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
