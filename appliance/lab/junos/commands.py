"""Operational commands: their words, abbreviated as people do, and what they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appliance.lab.junos.path import MISSING, Refused
from appliance.lab.junos.tokens import Token

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

UNKNOWN = "unknown command."
EXPECTING = "syntax error, expecting <command>."
_ALIASES = {"sa": "security-associations"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stood behind the words of a command: options by name, and everything else.

    `displays` are the filters that say how a configuration is shown, each as its words.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[Token, ...] = ()
    displays: tuple[tuple[str, ...], ...] = ()

    def __contains__(self, option: str) -> bool:
        return option in self.options

    @property
    def first(self) -> str:
        """The first word that is no option."""
        return self.rest[0].text if self.rest else ""


Handler = Callable[["Cli", Given], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`words` name it; `options` take nothing, or a value where they end in `=`; `rest` is how
    many other words it takes, -1 for any number."""

    words: tuple[str, ...]
    handler: Handler
    options: tuple[str, ...] = ()
    rest: int = 0


def command(words: str, handler: Handler, options: str = "", rest: int = 0) -> Command:
    """A command from its words and options, each parted by blanks."""
    return Command(
        words=tuple(words.split()), handler=handler, options=tuple(options.split()), rest=rest
    )


def understood(commands: Sequence[Command], typed: Sequence[Token]) -> tuple[Command, Given]:
    """The command that was typed, with what it was given. Raises Refused."""
    left = list(commands)
    for at, token in enumerate(typed):
        chosen = _chosen(left, at, token.text)
        if not chosen:
            return _ended(left, typed, at)
        left = chosen
    return _ended(left, typed, len(typed))


def _chosen(left: list[Command], at: int, text: str) -> list[Command]:
    """The commands whose next word this is; none when no command goes on with it."""
    text = _ALIASES.get(text, text)
    nexts = {c.words[at] for c in left if len(c.words) > at}
    if text in nexts:
        return [c for c in left if len(c.words) > at and c.words[at] == text]
    begun = {word for word in nexts if text and word.startswith(text)}
    if len(begun) > 1:
        raise Refused(f"'{text}' is ambiguous.", at)
    return [c for c in left if len(c.words) > at and c.words[at] in begun]


def _ended(left: list[Command], typed: Sequence[Token], at: int) -> tuple[Command, Given]:
    found = next((c for c in left if len(c.words) == at), None)
    if found is None:
        raise Refused(EXPECTING if at else UNKNOWN, at)
    return found, _given(found, typed, at)


def _given(found: Command, typed: Sequence[Token], at: int) -> Given:
    options: dict[str, str] = {}
    rest: list[Token] = []
    while at < len(typed):
        name = _option(found, typed[at].text)
        if name.endswith("="):
            if at + 1 == len(typed):
                raise Refused(MISSING, at + 1)
            options[name[:-1]] = typed[at + 1].text
            at += 1
        elif name:
            options[name] = ""
        elif found.rest == -1 or len(rest) < found.rest:
            rest.append(typed[at])
        else:
            raise Refused(EXPECTING, at)
        at += 1
    return Given(options=options, rest=tuple(rest))


def _option(found: Command, text: str) -> str:
    fitting = [o for o in found.options if text and o.rstrip("=").startswith(text)]
    exact = [o for o in fitting if o.rstrip("=") == text]
    return (exact or fitting or [""])[0] if len(exact or fitting) == 1 else ""


def next_words(commands: Sequence[Command], typed: Sequence[str]) -> tuple[str, ...]:
    """The words that may follow, for `?`."""
    left = list(commands)
    for at, text in enumerate(typed):
        try:
            left = _chosen(left, at, text)
        except Refused:
            return ()
    found = {c.words[len(typed)] for c in left if len(c.words) > len(typed)}
    options = {o.rstrip("=") for c in left if len(c.words) == len(typed) for o in c.options}
    return (*sorted(found | options), *(("|",) if typed else ()))
