"""The grammar of template expressions: `[function(argument, ...).member[index]]` as a tree.

As in "Syntax and expressions in ARM templates". Names carry no case; '' in text is one quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass as mutable
from typing import NoReturn

from appliance.record import dataclass

MAX_DEPTH = 40
_OWN = ("sys", "az")
"""Namespaces of the functions that every template has."""
_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(-?\d{1,18})|([A-Za-z_][\w$-]*)|([()\[\],.?]))")


class BrokenExpressionError(ValueError):
    """An expression that does not follow the grammar; the message says where."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text or a whole number."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in small letters (`sys.concat` is `concat`), and its arguments."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """What is under a key (text) or an index of a value; null where it is `safe` (`.?`, `[?`)."""

    target: Expression
    key: Expression
    safe: bool = False


Expression = Literal | Call | Member


def parse(text: str) -> Expression:
    """The tree of an expression without its outer brackets. Raises `BrokenExpressionError`."""
    reader = _Reader(_tokens(text))
    found = reader.expression(0)
    if reader.at < len(reader.tokens):
        _broken(f"nothing may follow, but {reader.tokens[reader.at][1]!a} does")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            _broken(f"column {position + 2} is neither a name, a number, text in quotes nor a mark")
        kind = ("text", "number", "name", "mark")[(match.lastindex or 1) - 1]
        found.append((kind, match.group(match.lastindex or 1)))
        position = match.end()
    return found


def _broken(message: str) -> NoReturn:
    raise BrokenExpressionError(message)


@mutable(slots=True)
class _Reader:
    tokens: list[tuple[str, str]]
    at: int = 0

    def expression(self, depth: int) -> Expression:
        """A value and the members behind it."""
        if depth > MAX_DEPTH:
            _broken(f"it is nested deeper than {MAX_DEPTH} levels")
        found = self._value(depth)
        while (mark := self._mark()) in (".", "["):
            self.at += 1
            found = self._member(found, mark, depth)
        return found

    def _member(self, target: Expression, mark: str, depth: int) -> Expression:
        safe = self._mark() == "?"
        self.at += safe
        if mark == "[":
            key = self.expression(depth + 1)
            self._expect("]")
            return Member(target, key, safe)
        kind, name = self._next()
        if kind != "name":
            _broken("a name must follow a dot")
        return Member(target, Literal(name), safe)

    def _value(self, depth: int) -> Expression:
        kind, word = self._next()
        if kind == "text":
            return Literal(word.replace("''", "'"))
        if kind == "number":
            return Literal(int(word))
        if kind != "name":
            _broken(f"a value is expected, not {word!a}")
        while self._mark() == ".":
            self.at += 1
            of, word = word, self._next()[1]
            word = word if of.casefold() in _OWN else f"{of}.{word}"
        self._expect("(")
        return Call(word.casefold(), self._arguments(depth))

    def _arguments(self, depth: int) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self._mark() != ")":
            if found:
                self._expect(",")
            found.append(self.expression(depth + 1))
        self.at += 1
        return tuple(found)

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            _broken("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _mark(self) -> str:
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return word if kind == "mark" else ""

    def _expect(self, mark: str) -> None:
        kind, word = self._next()
        if (kind, word) != ("mark", mark):
            _broken(f"{mark!a} is expected, not {word if kind == 'mark' else kind!a}")
