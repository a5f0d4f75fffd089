"""A PowerShell script as the operations it would carry out: our own, and those people write.

No interpreter: literals, arrays, hashtables that are splatted, variables with one value, loops over
what is known, and functions of the script itself. What a script computes stays unread, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass, field
from vendors.rras.reading.assignments import CMDLET, Assignments
from vendors.rras.reading.located import Record
from vendors.rras.reading.members import spelled
from vendors.rras.reading.tokens import Token, tokens
from vendors.rras.reading.variables import plain

_SCRIPT = re.compile(
    r"^(?:[^#\n'\"]*[={(;|&])?[ \t]*(?:Add|Set)-VpnS2SInterface[ \t]+[-@\"'$`\w]",
    re.MULTILINE | re.I,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Function:
    """One of the script's own: its parameters, and where the default of each and the body stand."""

    name: str
    start: int
    end: int
    parameters: dict[str, int] = field(default_factory=dict)


def is_script(text: str) -> bool:
    """Whether the text calls cmdlets of S2S interfaces itself."""
    return '"cmdlet"' not in text and bool(_SCRIPT.search(text))


def operations(text: str) -> tuple[Record, ...]:
    """The calls of a script, in order, as `{"cmdlet": ..., "parameters": {...}}`."""
    return tuple(_Reader(list(tokens(text))).calls())


class _Reader(Assignments):
    """Statements from left to right."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._functions: dict[str, _Function] = {}
        self._ran: set[str] = set()
        self._running: tuple[str, ...] = ()
        self._doubtful: list[tuple[int, int]] = []
        self._keywords = {
            "foreach": self._each,
            "param": self._defaults,
            "function": self._define,
            "if": self._doubt,
            "elseif": self._doubt,
            "else": self._doubt,
            "catch": self._pass_over,
            "trap": self._pass_over,
        }

    def calls(self) -> Iterator[Record]:
        """Those of the script, and of functions that it leaves to others to call."""
        yield from self._walk(len(self._tokens))
        for name, function in list(self._functions.items()):
            if name not in self._ran:
                yield from self._run(function, {})

    def _walk(self, end: int) -> Iterator[Record]:
        while self._at < end:
            token = self._take()
            word = token.text.lower()
            if token.kind == "variable" and self._assigned(plain(token.text)):
                continue
            if token.kind == "word" and CMDLET.fullmatch(token.text):
                yield from self._certain(token)
            elif token.kind == "word" and word in self._keywords:
                yield from self._keywords[word]()
            elif token.kind == "word" and word in self._functions:
                yield from self._called(self._functions[word])
            else:
                yield from self._piped()

    def _certain(self, token: Token) -> Iterator[Record]:
        """A call; but what is taken away on a condition only may well be there."""
        at, call = self._at, self._call(token)
        doubtful = any(start < at < end for start, end in self._doubtful)
        if not (doubtful and token.text.lower() == "remove-vpns2sinterface"):
            yield call

    def _doubt(self) -> Iterator[Record]:
        """`if (...) { ... }`: the block is read, whatever the condition says."""
        block = self._closing(self._at + 1) + 1 if self._peek("open") else self._at
        if self._text() == "{":
            block = self._at
        self._doubtful = [*self._doubtful[-20:], (block, self._closing(block + 1))]
        yield from ()

    def _each(self) -> Iterator[Record]:
        """The body of `foreach ($one in $many) { ... }`, once for each that is known."""
        head = self._tokens[self._at : self._at + 3]
        if [token.kind for token in head] != ["open", "variable", "word"]:
            return
        self._at += 3
        many = self._value()
        body = self._at + 2
        if not self._peek("close") or [one.text for one in self._tokens[body - 1 : body]] != ["{"]:
            return
        yield from self._repeat(plain(head[1].text), many, body)

    def _piped(self) -> Iterator[Record]:
        """The block of `$many | ForEach-Object { ... }`, once for each that is known."""
        start = self._at
        if not self._begins_pipe(start - 1):
            return
        self._at -= 1
        many, body = self._value(), self._block()
        if body:
            yield from self._repeat("$_", many, body)
        else:
            self._at = start

    def _repeat(self, name: str, many: object, body: int) -> Iterator[Record]:
        end = self._closing(body)
        for one in many if isinstance(many, list) else [many]:
            if not self._again():
                break
            self._at = body
            self._variables[name] = one
            yield from self._walk(end)
        self._at = end

    def _defaults(self) -> Iterator[Record]:
        """What `param (...)` says of values: each holds unless the caller gives another."""
        if self._peek("open"):
            end = self._closing(self._at + 1)
            for name, at in self._parameters(self._at + 1, end).items():
                if at and name not in self._given:
                    self._at = at
                    self._variables[name] = self._operand()
            self._at = end
        yield from ()

    def _parameters(self, start: int, end: int) -> dict[str, int]:
        """The names of parameters, and where the default of each stands, 0 without one."""
        found: dict[str, int] = {}
        depth, behind = 0, True
        for at in range(start, end):
            token = self._tokens[at]
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if token.kind == "variable" and not depth and behind:
                named = at + 1 < end and self._tokens[at + 1].kind == "equals"
                found[plain(token.text)] = at + 2 if named else 0
                behind = False
            elif token.kind == "comma" and not depth:
                behind = True
        return found

    def _define(self) -> Iterator[Record]:
        """`function NAME(...) { param(...) ... }` is not run where it stands."""
        yield from ()
        if not self._peek("word"):
            return
        name, at = self._take().text.lower(), self._at
        told: dict[str, int] = {}
        if self._peek("open") and self._tokens[at].text == "(":
            told = self._parameters(at + 1, self._closing(at + 1))
            at = self._closing(at + 1) + 1
        while at < len(self._tokens) and self._tokens[at].text == "\n":
            at += 1
        if [one.text for one in self._tokens[at : at + 1]] != ["{"]:
            return
        end = self._closing(at + 1)
        told = told or self._inner(at + 1, end)
        self._commands.add(name)
        self._functions[name] = _Function(name=name, start=at + 1, end=end, parameters=told)
        self._at = end

    def _inner(self, start: int, end: int) -> dict[str, int]:
        """The parameters that `param (...)` at the head of a body names."""
        for at in range(start, end - 1):
            if self._tokens[at].text.lower() == "param" and self._tokens[at + 1].text == "(":
                return self._parameters(at + 2, self._closing(at + 2))
            if CMDLET.fullmatch(self._tokens[at].text):
                break
        return {}

    def _called(self, function: _Function) -> Iterator[Record]:
        """A call of one of the script's own, with what it is given."""
        named, bare = self._arguments()
        given: dict[str, object] = {}
        for name, value, _ in named:
            begun = [one for one in function.parameters if one[1:].startswith(name.lower())]
            given |= dict.fromkeys(begun[:1], value)
        free = [one for one in function.parameters if one not in given]
        given |= {name: value for name, (value, _) in zip(free, bare, strict=False)}
        yield from self._run(function, given)

    def _run(self, function: _Function, given: dict[str, object]) -> Iterator[Record]:
        if function.name in self._running or not self._again():
            return
        self._ran.add(function.name)
        kept = self._at, self._variables, self._given, self._running
        self._variables = {**self._variables, **given}
        self._given, self._running = given.keys(), (*self._running, function.name)
        for name, at in function.parameters.items():
            if name not in given:
                self._at = at
                self._variables[name] = self._operand() if at else name
        self._at = function.start
        yield from self._walk(function.end)
        self._at, self._variables, self._given, self._running = kept

    def _pass_over(self) -> Iterator[Record]:
        """The block of `catch`: what is done when something failed."""
        while self._peek("word", "comma"):
            self._at += 1
        if self._peek("open") and self._tokens[self._at].text == "{":
            self._at = self._closing(self._at + 1) + 1
        yield from ()

    def _call(self, named: Token) -> Record:
        given = Record(named.line, {}, {}, json=False)
        told, bare = self._arguments()
        for name, value, line in told:
            _put(given, name, value, line)
        positions = _FILTER_POSITIONS.get(named.text.lower(), _POSITIONS)
        free = [name for name in positions if name not in given.members]
        for name, (value, line) in zip(free, bare, strict=False):
            _put(given, name, value, line)
        members: dict[str, object] = {"cmdlet": _cased(named.text), "parameters": given}
        return Record(named.line, members, {"cmdlet": named.line})


def _put(given: Record, name: str, value: object, line: int) -> None:
    typed, known, name = name, value, spelled(name)
    given.written[name] = typed
    if name == _SECRET:
        value = str(value) if type(value) is int else value
        told = (
            isinstance(value, str) and not value.startswith("$") and not _REMOVED.fullmatch(value)
        )
        known = value if told else HIDDEN
    given.members[name] = known
    given.lines[name] = line


def _cased(name: str) -> str:
    """`add-vpns2sinterface` as it is usually written."""
    verb, _, noun = name.partition("-")
    return f"{verb.capitalize()}-{noun}"
