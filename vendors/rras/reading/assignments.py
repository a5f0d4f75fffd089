"""What a PowerShell script gives its variables: as it stands there, or not known."""

from __future__ import annotations

import re

from vendors.rras.reading.located import Record
from vendors.rras.reading.tokens import Token
from vendors.rras.reading.values import Values
from vendors.rras.reading.variables import joined, with_member

CMDLET = re.compile(
    r"(?:Add|Set|Remove|Connect|Disconnect)-VpnS2SInterface|(?:Add|Remove)-BgpRouter"
    r"|(?:Add|Set|Remove)-BgpPeer|(?:Add|Remove)-BgpCustomRoute"
    r"|(?:Add|Set|Remove)-RemoteAccessIpFilter",
    re.IGNORECASE,
)
"""The cmdlets that are played."""


class Assignments(Values):
    """Keeps values under their names; `commands` are names of functions of the script itself."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._commands: set[str] = {"foreach"}

    def _assigned(self, name: str) -> bool:
        """Whether the variable just taken is given a value, or one more; that is kept then."""
        here = self._tokens[self._at : self._at + 4]
        texts = [one.text for one in here]
        if texts[:1] == ["="]:
            self._at += 1
            self._assign(name)
        elif texts[:2] == ["+", "="]:
            self._at += 2
            self._append(name)
        elif texts[::2] == ["[", "]"] and texts[3:] == ["="] and here[1].kind in _STRINGS:
            self._at += 4
            self._assign(f"{name}.{texts[1][1:-1]}")
        elif name.endswith(".add") and texts[:1] == ["("] and texts[2:3] == [","]:
            self._at += 3
            self._assign(f"{name[:-4]}.{texts[1].strip(_QUOTES)}")
        else:
            return False
        return True

    def _assign(self, name: str) -> None:
        """Keep a value that stands there as it is; what a command makes of one is unknown."""
        table, _, member = name.partition(".")
        held = self._variables.get(table)
        if isinstance(held, Record) and member and not self._commanded():
            line = self._tokens[self._at - 1].line
            self._variables[table] = with_member(held, member, self._value(), line)
            return
        if self._commanded():
            self._variables.pop(name, None)  # what it holds is a result, or a block of calls
            return
        start, value = self._at, self._value()
        ended = self._at >= len(self._tokens) or self._peek("end", "close")
        piped = ended and self._text() == "|"
        plain = start < len(self._tokens) and self._tokens[start].kind != "word"
        self._variables.pop(name, None)
        if piped and (body := self._block()):
            self._variables[name] = self._mapped([value], body)
        elif ended and not piped and (plain or isinstance(value, int | list)):
            self._variables[name] = value

    def _append(self, name: str) -> None:
        """`$list += value`: what is unknown stays so."""
        held = self._variables.get(name)
        if self._commanded() or not isinstance(held, list | str | int | Record):
            self._variables.pop(name, None)
        else:
            self._variables[name] = joined(held, self._value())

    def _commanded(self) -> bool:
        """Whether a command or a block begins here."""
        if self._peek("word"):
            word = self._text()
            return bool(CMDLET.fullmatch(word)) or word.lower() in self._commands
        return self._peek("open") and self._text() == "{"


_QUOTES = "'\""
_STRINGS = ("single", "double")
