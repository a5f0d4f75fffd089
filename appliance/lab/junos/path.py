"""Words typed after `set` and its like, understood as a way through the schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.lab.junos.schema import OPEN, Kind, Schema
from appliance.lab.junos.tokens import Token
from appliance.lab.junos.values import TWO_WORDS, Unfit, normal


class Refused(Exception):  # noqa: N818 -- an answer of the device, not an error of ours
    """Words that the device does not take: its own words, and the token they are about.

    `at` counts tokens; the number of tokens itself is the place behind the last one.
    """

    def __init__(self, words: str, at: int) -> None:
        super().__init__(words)
        self.words = words
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement on the way. `words` are its head; `values` what a leaf is given.

    Containers and list entries lead on; leaves are set beside one another. A list entry without
    its key has `whole`: all entries of that word are meant.
    """

    schema: Schema
    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How words are read. `old`: the ranges of releases before 15.1. `lenient`: at boot, when
    statements that the lab has never heard of are kept as they are."""

    old: bool = False
    lenient: bool = False


PRESENT = Release()
_WORD = re.compile(r"[a-z][a-z0-9-]+")
SYNTAX = "syntax error."
MISSING = "missing argument."


def resolve(
    here: Schema,
    typed: Sequence[Token],
    *,
    partial: bool = False,
    hollow: bool = False,
    release: Release = PRESENT,
) -> list[Step]:
    """The statements that the words name, from `here` on. Raises Refused.

    `partial` (for `delete` and its like): a leaf needs no value, a list no key. `hollow`: a
    container needs nothing in it.
    """
    reader = _Reader(typed, partial=partial, release=release)
    try:
        steps = reader.read(here)
    except Refused as refused:
        raise Refused(refused.words, reader.typed_at(refused.at)) from None
    last = steps[-1].schema if steps else here
    empty = last.kind is Kind.CONTAINER and "alone" not in last.marks
    if empty and not (hollow or partial):
        raise Refused(MISSING, len(typed))
    return steps


class _Reader:
    """One line being understood."""

    def __init__(self, typed: Sequence[Token], *, partial: bool, release: Release) -> None:
        self._typed = list(typed)
        self._partial = partial
        self._release = release
        self._parted: int | None = None
        self._at = 0

    def read(self, here: Schema) -> list[Step]:
        """All of it."""
        steps: list[Step] = []
        while self._at < len(self._typed):
            token = self._typed[self._at]
            if token.mark and not (here.kind is Kind.OPEN and token.text in {"[", "]"}):
                raise Refused(SYNTAX, self._at)
            step = self._step(self._child(here, token.text))
            steps.append(step)
            here = step.schema if step.schema.holds else here
        return steps

    def _child(self, here: Schema, typed: str) -> Schema:
        if here.kind is Kind.OPEN:
            return OPEN
        keyless = here.children.get("")
        found = here.named(typed)
        if keyless is not None:
            return here.children.get(typed) or keyless
        if len(found) == 1:
            return found[0]
        if self._release.lenient and not found and _WORD.fullmatch(typed):
            return OPEN
        raise Refused(f"'{typed}' is ambiguous." if found else SYNTAX, self._at)

    def _step(self, schema: Schema) -> Step:
        if schema.kind is Kind.OPEN:
            word = schema.word or self._typed[self._at].text
            self._at += 1
            return Step(schema=schema, words=(word,))
        words = (schema.word,) if schema.word else ()
        self._at += len(words)
        match schema.kind:
            case Kind.CONTAINER | Kind.FLAG:
                return Step(schema=schema, words=words)
            case Kind.LIST:
                return self._entry(schema, words)
            case _:
                return Step(schema=schema, words=words, values=self._values(schema))

    def _entry(self, schema: Schema, words: tuple[str, ...]) -> Step:
        for before, kind in schema.keys:
            if self._partial and self._at == len(self._typed):
                return Step(schema=schema, words=words, whole=True)
            if before:
                self._word(before)
                words = (*words, before)
            if kind == "port":
                self._part()
            words = (*words, *self._key(kind))
        return Step(schema=schema, words=words)

    def _part(self) -> None:
        """`ge-0/0/0.0` in the place of a port means its unit."""
        token = self._typed[self._at] if self._at < len(self._typed) else None
        port, dot, unit = token.text.rpartition(".") if token is not None else ("", "", "")
        if token is not None and dot and unit.isdecimal():
            parts = [replace(token, text=text) for text in (port, "unit", unit)]
            self._typed[self._at : self._at + 1] = parts
            self._parted = self._at

    def typed_at(self, at: int) -> int:
        """The place among the words that were typed."""
        if self._parted is None or at <= self._parted:
            return at
        return max(self._parted, at - 2)

    def _word(self, word: str) -> None:
        if self._at == len(self._typed):
            raise Refused(MISSING, self._at)
        if not word.startswith(self._typed[self._at].text):
            raise Refused(SYNTAX, self._at)
        self._at += 1

    def _key(self, kind: str) -> tuple[str, ...]:
        value = self._value(kind)
        if kind == "match" and value in TWO_WORDS:
            return value, self._value("text")
        return (value,)

    def _values(self, schema: Schema) -> tuple[str, ...]:
        if self._partial and self._at == len(self._typed):
            return ()
        token = self._typed[self._at] if self._at < len(self._typed) else None
        if token is None or not token.mark or token.text != "[":
            return (self._value(schema.type),)
        self._at += 1
        found: list[str] = []
        while self._at < len(self._typed) and self._typed[self._at].text != "]":
            found.append(self._value(schema.type))
        if self._at == len(self._typed):
            raise Refused(MISSING, self._at)
        self._at += 1
        return tuple(found)

    def _value(self, kind: str) -> str:
        if self._at == len(self._typed):
            raise Refused(MISSING, self._at)
        token = self._typed[self._at]
        if token.mark:
            raise Refused(SYNTAX, self._at)
        try:
            value = normal(kind, token.text, old=self._release.old)
        except Unfit as unfit:
            raise Refused(unfit.words, self._at) from None
        self._at += 1
        return value
