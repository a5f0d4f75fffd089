"""A PowerShell script as the operations it would carry out: our own, and those people write.

No interpreter: literals, arrays, hashtables that are splatted, and variables with one value. What a
script computes stays unread, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from appliance.record import dataclass, replace
from vendors.rras.reading.located import Record
from vendors.rras.reading.members import spelled
from vendors.rras.reading.variables import expanded, joined, known, plain

_SCRIPT = re.compile(
    r"^(?:[^#\n'\"]*[={(;|&])?[ \t]*(?:Add|Set)-VpnS2SInterface[ \t]+[-@\"'$`\w]",
    re.MULTILINE | re.I,
)
_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|`\r?\n|<\#.*?\#>|\#[^\n]*|\[[A-Za-z][\w.]*(?:\[\])?\](?=\s*[$@("']))
    |(?P<end>\n|;|\|)
    |(?P<single>['\u2018\u2019](?:[^'\u2018\u2019]|['\u2018\u2019]{2})*['\u2018\u2019])
    |(?P<double>"(?:[^"`]|`.|"")*")
    |(?P<open>@\{|@\(|[({])|(?P<close>[)}])|(?P<comma>,)
    |(?P<splat>@[A-Za-z_]\w*)|(?P<variable>\$(?:\{[^}\n]+\}|[\w:]+)(?:\.[A-Za-z_]\w*)*)
    |(?P<parameter>-[A-Za-z]\w*:?)
    |(?P<equals>=)|(?P<word>[^\s;|,(){}=\#'"`]+)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CMDLET = re.compile(
    r"(?:Add|Set|Remove|Connect|Disconnect)-VpnS2SInterface|(?:Add|Remove)-BgpRouter"
    r"|(?:Add|Set|Remove)-BgpPeer|(?:Add|Remove)-BgpCustomRoute"
    r"|(?:Add|Set|Remove)-RemoteAccessIpFilter",
    re.IGNORECASE,
)
_NAMES = {"$true": True, "$false": False, "$null": None}
_POSITIONS = ("Name", "Destination")
_FILTER = ("InterfaceAlias", "AddressFamily", "Direction")
_FILTER_POSITIONS = {
    "add-remoteaccessipfilter": (*_FILTER, "Action", "List"),
    "set-remoteaccessipfilter": (*_FILTER, "Action"),
    "remove-remoteaccessipfilter": (*_FILTER, "List"),
}
_SECRET = "SharedSecret"  # noqa: S105 -- its parameter's name
HIDDEN = "***"
"""A key that the script takes from somewhere else."""

_REMOVED = re.compile(r"<[^<>]*>|\*+")
"""What people put in the place of a key before they show a script."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def is_script(text: str) -> bool:
    """Whether the text calls cmdlets of S2S interfaces itself."""
    return '"cmdlet"' not in text and bool(_SCRIPT.search(text))


def operations(text: str) -> tuple[Record, ...]:
    """The calls of a script, in order, as `{"cmdlet": ..., "parameters": {...}}`."""
    return tuple(_Reader(list(_tokens(text))).calls())


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            yield _Token(kind, match[0], line)
        line += match[0].count("\n")


class _Reader:
    """Reads from left to right; `variables` are those with a value that is known."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._variables: dict[str, object] = {}

    def calls(self) -> Iterator[Record]:
        return self._walk(len(self._tokens))

    def _walk(self, end: int) -> Iterator[Record]:
        while self._at < end:
            token = self._take()
            if token.kind == "variable" and self._peek("equals"):
                self._at += 1
                self._assign(plain(token.text))
            elif token.kind == "word" and _CMDLET.fullmatch(token.text):
                yield self._call(token)
            elif token.text.lower() == "foreach":
                yield from self._each()
            elif token.text.lower() == "param" and self._peek("open"):
                self._defaults()

    def _each(self) -> Iterator[Record]:
        """The body of `foreach ($one in $many) { ... }`, once for each that is known."""
        head = self._tokens[self._at : self._at + 3]
        if [token.kind for token in head] != ["open", "variable", "word"]:
            return
        self._at += 3
        many = self._operand()
        body = self._at + 2
        if not self._peek("close") or [one.text for one in self._tokens[body - 1 : body]] != ["{"]:
            return
        end = self._closing(body)
        listed = many if isinstance(many, list) else [many]
        for one in listed:
            self._at = body
            self._variables[plain(head[1].text)] = one
            yield from self._walk(end)

    def _closing(self, start: int) -> int:
        """Where the brace closes that was opened just before `start`."""
        depth = 1
        for at in range(start, len(self._tokens)):
            depth += {"open": 1, "close": -1}.get(self._tokens[at].kind, 0)
            if not depth:
                return at
        return len(self._tokens)

    def _defaults(self) -> None:
        """What `param (...)` says of values: each holds unless the caller gives another."""
        end = self._closing(self._at + 1)
        while self._at < end:
            token = self._take()
            if token.kind == "variable" and self._peek("equals"):
                self._at += 1
                self._variables[plain(token.text)] = self._operand()

    def _assign(self, name: str) -> None:
        """Keep a value that stands there as it is; what a command makes of one is unknown."""
        called = self._peek("word") and _CMDLET.fullmatch(self._tokens[self._at].text)
        if called or (self._peek("open") and self._tokens[self._at].text == "{"):
            self._variables.pop(name, None)  # what it holds is a result, or a block of calls
            return
        start, value = self._at, self._value()
        ended = self._at >= len(self._tokens) or self._peek("end", "close")
        piped = ended and self._at < len(self._tokens) and self._tokens[self._at].text == "|"
        plain = start < len(self._tokens) and self._tokens[start].kind != "word"
        self._variables.pop(name, None)
        if ended and not piped and (plain or isinstance(value, int)):
            self._variables[name] = value

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self, *kinds: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind in kinds

    def _call(self, named: _Token) -> Record:
        given = Record(named.line, {}, {}, json=False)
        bare: list[tuple[object, int]] = []
        while self._at < len(self._tokens) and not self._peek("end", "close"):
            token = self._tokens[self._at]
            if token.kind == "parameter":
                self._at += 1
                _put(given, token.text.strip("-:"), self._argument(token), token.line)
            elif token.kind == "splat":
                self._at += 1
                self._splat(given, token)
            elif token.text.startswith("."):  # a member of what stands in parentheses before it
                self._at += 1
            else:
                bare.append((self._value(), token.line))
        positions = _FILTER_POSITIONS.get(named.text.lower(), _POSITIONS)
        free = [name for name in positions if name not in given.members]
        for name, (value, line) in zip(free, bare, strict=False):
            _put(given, name, value, line)
        members: dict[str, object] = {"cmdlet": _cased(named.text), "parameters": given}
        return Record(named.line, members, {"cmdlet": named.line})

    def _argument(self, named: _Token) -> object:
        """A parameter's value; a switch has none."""
        bare = self._peek("end", "close", "parameter", "splat") or self._at >= len(self._tokens)
        return True if bare and not named.text.endswith(":") else self._value()

    def _splat(self, given: Record, token: _Token) -> None:
        table = self._variables.get("$" + token.text[1:].lower())
        if isinstance(table, Record):
            for name, value in table.members.items():
                _put(given, name, value, table.lines.get(name, token.line))

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
        """One value, or several joined by plus signs."""
        value = self._single()
        while self._peek("word") and self._tokens[self._at].text.startswith("+"):
            sign = self._take()
            rest = replace(sign, text=sign.text[1:])
            value = joined(value, _literal(rest, self._variables) if rest.text else self._single())
        return value

    def _single(self) -> object:
        if self._at >= len(self._tokens):
            return None
        token = self._take()
        if token.text == "@{":
            return self._table(token)
        if token.kind == "open":
            return self._list(simple=token.text == "(")
        return _literal(token, self._variables)

    def _table(self, token: _Token) -> Record:
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
            if self._peek("end", "comma"):
                self._at += 1
                continue
            found.append(self._operand())
        self._at += 1
        return found[0] if simple and len(found) == 1 else found


def _put(given: Record, name: str, value: object, line: int) -> None:
    typed, known, name = name, value, spelled(name)
    given.written[name] = typed
    if name == _SECRET:
        told = (
            isinstance(value, str) and not value.startswith("$") and not _REMOVED.fullmatch(value)
        )
        known = value if told else HIDDEN
    given.members[name] = known
    given.lines[name] = line


def _literal(token: _Token, variables: Mapping[str, object]) -> object:
    text = token.text
    if token.kind == "single":
        return re.sub(r"(['\u2018\u2019])\1", r"\1", text[1:-1])
    if token.kind == "double":
        return expanded(text[1:-1].replace('""', '"'), variables)
    if token.kind == "variable":
        return _NAMES[text.lower()] if text.lower() in _NAMES else known(text, variables)
    if "$" in text:
        return expanded(text, variables)
    return int(text) if text.isascii() and text.isdigit() else text


def _cased(name: str) -> str:
    """`add-vpns2sinterface` as it is usually written."""
    verb, _, noun = name.partition("-")
    return f"{verb.capitalize()}-{noun}"
