"""Values of a PowerShell script, as far as they can be read without running it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from appliance.record import replace
from vendors.rras.reading.located import Record
from vendors.rras.reading.tokens import Token, closings
from vendors.rras.reading.variables import expanded, joined, known, reached

_NAMES = {"$true": True, "$false": False, "$null": None}
_RANGE = re.compile(r"(\d{1,3})\.\.(\d{1,3})")
_INDEX = re.compile(r"\[(?P<at>-?\d{1,4}|\$\w+)\](?P<path>(?:\.\w+)*)")
_FORMAT = re.compile(r"\{(\d+)\}")
_EACH = ("foreach-object", "foreach", "%")
_DEEPEST = 60
_ROUNDS = 2_000
"""Blocks are run at most so often in all: loops in loops, functions that call each other."""

Named = list[tuple[str, object, int]]
Bare = list[tuple[object, int]]


class Values:
    """Reads one value after the other; `variables` are those with a value that is known."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._closes = closings(found)
        self._at = 0
        self._depth = 0
        self._rounds = _ROUNDS
        self._variables: dict[str, object] = {}
        self._given: Collection[str] = ()
        """Parameters of the function that is run, as its caller gave them."""

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _again(self) -> bool:
        """Whether a block may be run once more; that is counted."""
        self._rounds -= 1
        return self._rounds >= 0

    def _peek(self, *kinds: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind in kinds

    def _text(self) -> str:
        """What stands next, as it is."""
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _closing(self, start: int) -> int:
        """Where the bracket closes that was opened just before `start`."""
        return self._closes.get(start - 1, len(self._tokens))

    def _arguments(self) -> tuple[Named, Bare]:
        """What a command is given: by name, splatted tables among them, and in order."""
        named: Named = []
        bare: Bare = []
        while self._at < len(self._tokens) and not self._peek("end", "close"):
            token = self._tokens[self._at]
            if token.kind == "parameter":
                self._at += 1
                named.append((token.text.strip("-:"), self._argument(token), token.line))
            elif token.kind == "splat":
                self._at += 1
                named += self._splat(token)
            elif token.text.startswith("."):  # a member of what stands in parentheses before it
                self._at += 1
            else:
                bare.append((self._value(), token.line))
        return named, bare

    def _argument(self, named: Token) -> object:
        """A parameter's value; a switch has none."""
        bare = self._peek("end", "close", "parameter", "splat") or self._at >= len(self._tokens)
        return True if bare and not named.text.endswith(":") else self._value()

    def _splat(self, token: Token) -> Named:
        table = self._variables.get("$" + token.text[1:].lower())
        if not isinstance(table, Record):
            return []
        return [
            (name, value, table.lines.get(name, token.line))
            for name, value in table.members.items()
        ]

    def _value(self) -> object:
        """One value, or a list where commas follow."""
        found = [self._operand()]
        while self._peek("comma"):
            self._at += 1
            while self._peek("end"):
                self._at += 1
            found.append(self._operand())
        return found[0] if len(found) == 1 else found

    def _operand(self) -> object:
        """One value, or several joined by plus signs, or put into a format."""
        value = self._single()
        while self._peek("word") and self._text().startswith("+"):
            sign = self._take()
            rest = replace(sign, text=sign.text[1:])
            value = joined(value, _literal(rest, self._variables) if rest.text else self._single())
        if isinstance(value, str) and "{0}" in value and self._text().lower() == "-f":
            self._at += 1
            value = _formatted(value, self._value())
        return value

    def _single(self) -> object:
        if self._at >= len(self._tokens):
            return None
        token = self._take()
        if token.kind == "open":
            return self._bracketed(token)
        if token.kind == "variable":
            return self._indexed(token)
        if token.kind == "word":
            return self._word(token)
        return _literal(token, self._variables)

    def _bracketed(self, token: Token) -> object:
        """What brackets hold; those that are nested too deeply are passed over."""
        if self._depth >= _DEEPEST:
            self._at = self._closing(self._at) + 1
            return token.text
        self._depth += 1
        found = self._table(token) if token.text == "@{" else self._list(simple=token.text == "(")
        self._depth -= 1
        return found

    def _word(self, token: Token) -> object:
        """A bare word goes on to the next blank: an equals sign is a part of it."""
        while self._peek("equals", "word", "variable") and self._touches(token):
            token = replace(token, text=token.text + self._text(), end=self._take().end)
        between = _RANGE.fullmatch(token.text)
        if between:
            low, high = int(between[1]), int(between[2])
            return list(range(low, high + 1) if low <= high else range(low, high - 1, -1))
        return _literal(token, self._variables)

    def _touches(self, token: Token) -> bool:
        return self._tokens[self._at].start == token.end

    def _indexed(self, token: Token) -> object:
        """A variable, one member of its list or table, or what begins with it."""
        value = _literal(token, self._variables)
        if not self._peek("word") or not self._touches(token):
            return value
        index = _INDEX.fullmatch(self._text())
        if index:
            self._at += 1
            at = known(index["at"], self._variables) if index["at"][0] == "$" else int(index["at"])
            inside = (
                isinstance(value, list) and isinstance(at, int) and -len(value) <= at < len(value)
            )
            one = (
                value[at]
                if isinstance(value, list) and isinstance(at, int) and inside
                else token.text
            )
            return reached(one, index["path"].lower().split(".")[1:], token.text)
        if self._text().startswith("/"):
            return f"{value}{self._take().text}"
        return value

    def _table(self, token: Token) -> Record:
        table = Record(token.line, {}, {})
        while self._at < len(self._tokens) and not self._peek("close"):
            name = self._take()
            if name.kind in {"word", "single", "double"} and self._peek("equals"):
                self._at += 1
                table.members[name.text.strip("'\"")] = self._value()
                table.lines[name.text.strip("'\"")] = name.line
        self._at += 1
        return table

    def _list(self, *, simple: bool) -> object:
        found: list[object] = []
        while self._at < len(self._tokens) and not self._peek("close"):
            if body := self._block():
                found, simple = self._mapped(found, body), False
            elif self._peek("end", "comma"):
                self._at += 1
            else:
                found.append(self._operand())
        self._at += 1
        return found[0] if simple and len(found) == 1 else found

    def _begins_pipe(self, at: int) -> bool:
        """Whether a value may begin here that goes down a pipe."""
        token = self._tokens[at]
        if token.kind == "open":
            behind = self._closes.get(at, len(self._tokens)) + 1
            return [one.text for one in self._tokens[behind : behind + 1]] == ["|"]
        return token.kind in {"variable", "single", "double"} or bool(_RANGE.fullmatch(token.text))

    def _block(self) -> int:
        """Where the block of `| ForEach-Object { ... }` begins that stands next; 0 if none does."""
        here = self._tokens[self._at : self._at + 3]
        texts = [one.text.lower() for one in here]
        if len(here) == 3 and texts[0] == "|" and texts[1] in _EACH and texts[2] == "{":  # noqa: PLR2004 -- pipe, word, brace
            return self._at + 3
        return 0

    def _mapped(self, many: list[object], body: int) -> list[object]:
        """The value of a block for each; the reader stands behind it then."""
        end = self._closing(body)
        listed = [each for one in many for each in (one if isinstance(one, list) else [one])]
        made = []
        for one in listed:
            if not self._again():
                break
            self._at = body
            self._variables["$_"] = one
            made.append(self._value())
        self._at = end + 1
        return made


def _formatted(text: str, given: object) -> str:
    """`"{0}:{1}" -f $net, 100`."""
    listed = given if isinstance(given, list) else [given]

    def found(match: re.Match[str]) -> str:
        at = int(match[1])
        return str(listed[at]) if at < len(listed) else match[0]

    return _FORMAT.sub(found, text)


def _literal(token: Token, variables: Mapping[str, object]) -> object:
    text = token.text
    if token.kind == "here":
        inside = re.sub(r"^@['\"][ \t]*\r?\n|(?:\r?\n)?['\"]@$", "", text)
        return expanded(inside, variables) if text[1] == '"' else inside
    if token.kind == "single":
        return re.sub(r"(['\u2018\u2019])\1", r"\1", text[1:-1])
    if token.kind == "double":
        return expanded(text[1:-1].replace('""', '"'), variables)
    if token.kind == "variable":
        return _NAMES[text.lower()] if text.lower() in _NAMES else known(text, variables)
    if "$" in text:
        return expanded(text, variables)
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,17}", text) else text
