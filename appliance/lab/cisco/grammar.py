"""Command patterns, and how a typed line is matched against them the way Cisco does.

A pattern is words and arguments: `crypto isakmp policy <1-10000>`, `(a | b)`, `[optional]`, `x +`
for one or more. `typed=printed` is a keyword that reads back differently (`aes=`: not at all),
`~word` one that newer releases refuse as weak, upper-case words are argument kinds.
Keywords may be abbreviated as long as they stay unambiguous; an exact word always wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appliance.lab.cisco.words import Kind, number_kind

_PIECES = re.compile(r"[()\[\]|+]|[^\s()\[\]|+]+")
_WORDS = re.compile(r"\S+")
_EXACT, _PREFIX, _ARGUMENT = 3, 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One command of a mode.

    `key`: how many of its first words identify it, so that a second one overwrites the first;
    0 means the whole line, so that more of them add up. `enters`: the mode it opens.
    `hide`: spellings never printed because they are the default; `standing`: what is printed
    when the statement is absent; `tail`: what is printed after it. `action`: a special effect.
    `least`: how many words its `no` form needs when not the key; `sticky`: the `no` form is kept.
    """

    pattern: str
    key: int = 0
    enters: str = ""
    hide: tuple[str, ...] = ()
    standing: str = ""
    tail: str = ""
    action: str = ""
    least: int = 0
    sticky: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A line that was understood: its rule and its words in full, as the device prints them."""

    rule: Rule
    words: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A line that was not understood: why, at which column (0-based) of it."""

    kind: str  # invalid, incomplete, ambiguous
    column: int


@dataclass(frozen=True, slots=True)
class _Element:
    word: str
    prints: str
    kind: Kind | None

    def fits(self, words: Sequence[str]) -> tuple[int, int, str] | None:
        """(quality, words taken, what is printed) or None."""
        if self.kind is not None:
            taken = self.kind(words)
            return (_ARGUMENT, *taken) if taken else None
        typed = words[0].lower()
        if typed == self.word:
            return _EXACT, 1, self.prints
        if self.word.startswith(typed) and not self.word[0].isdigit():
            return _PREFIX, 1, self.prints
        return None


@dataclass(slots=True)
class _Compiled:
    rule: Rule
    elements: list[_Element] = field(default_factory=list)
    follow: list[list[int]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: set[int] = field(default_factory=set)


# A piece of a pattern: may it be empty, which elements can begin it, which can end it.
_Part = tuple[bool, list[int], list[int]]


class _Compiler:
    """Turns one pattern into positions that follow each other (Glushkov's construction)."""

    def __init__(self, rule: Rule, kinds: Mapping[str, Kind], *, weak: bool) -> None:
        self.pieces: list[str] = _PIECES.findall(rule.pattern)
        self.at = 0
        self.kinds = kinds
        self.weak = weak
        self.out = _Compiled(rule)

    def compile(self) -> _Compiled | None:
        """The compiled rule; None when all of it is refused as weak."""
        part = self._choice()
        if part is None:
            return None
        _, self.out.first, last = part
        self.out.last = set(last)
        return self.out

    def _peek(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def _choice(self) -> _Part | None:
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        known = [option for option in options if option is not None]
        if not known:
            return None
        first = [position for option in known for position in option[1]]
        last = [position for option in known for position in option[2]]
        return any(option[0] for option in known), first, last

    def _sequence(self) -> _Part | None:
        whole: _Part = (True, [], [])
        alive = True
        while self._peek() not in {"", "|", ")", "]"}:
            part = self._repeated()
            if part is None:
                alive = False
            elif alive:
                whole = self._join(whole, part)
        return whole if alive else None

    def _join(self, left: _Part, right: _Part) -> _Part:
        for position in left[2]:
            self.out.follow[position].extend(right[1])
        first = left[1] + right[1] if left[0] else left[1]
        last = left[2] + right[2] if right[0] else right[2]
        return left[0] and right[0], first, last

    def _repeated(self) -> _Part | None:
        part = self._single()
        if self._peek() == "+":
            self.at += 1
            if part is not None:
                for position in part[2]:
                    self.out.follow[position].extend(part[1])
        return part

    def _single(self) -> _Part | None:
        piece = self._peek()
        self.at += 1
        if piece in {"(", "["}:
            part = self._choice()
            self.at += 1
            if piece == "[":
                return (True, part[1], part[2]) if part else (True, [], [])
            return part
        return self._element(piece)

    def _element(self, piece: str) -> _Part | None:
        if piece.startswith("~"):
            if not self.weak:
                return None
            piece = piece[1:]
        kind = number_kind(piece) if piece.startswith("<") else self.kinds.get(piece)
        word, equals, prints = piece.partition("=")
        self.out.elements.append(_Element(word, prints if equals else word, kind))
        self.out.follow.append([])
        position = len(self.out.elements) - 1
        return False, [position], [position]


@dataclass(frozen=True, slots=True)
class _Thread:
    rule: _Compiled
    position: int
    words: tuple[str, ...]
    resume: int
    quality: int

    def choices(self) -> list[int]:
        """The positions that may come next."""
        return self.rule.first if self.position < 0 else self.rule.follow[self.position]


class Grammar:
    """The commands of one mode; `kinds` are the platform's arguments, `weak` says whether the
    release still takes weak algorithms."""

    def __init__(self, rules: Sequence[Rule], kinds: Mapping[str, Kind], *, weak: bool) -> None:
        compiled = (_Compiler(rule, kinds, weak=weak).compile() for rule in rules)
        self.rules = tuple(rules)
        self._start = tuple(_Thread(rule, -1, (), 0, 0) for rule in compiled if rule)

    def match(self, line: str, *, partial: bool = False) -> Match | Failure:
        """Understand `line`; `partial` also takes the beginning of a command (for `no`)."""
        spans = [(found[0], found.start()) for found in _WORDS.finditer(line)]
        words = [word for word, _ in spans]
        threads: Sequence[_Thread] = self._start
        for index, (_, column) in enumerate(spans):
            waiting = [thread for thread in threads if thread.resume > index]
            rest = line[column:].rstrip()
            moved = _advance([t for t in threads if t.resume <= index], words[index:], rest)
            if not isinstance(moved, str):
                waiting += moved
            elif not waiting:
                return Failure(kind=moved, column=column)
            threads = waiting
        return _finish(threads, len(line), partial=partial)

    def next_words(self, line: str) -> tuple[str, ...]:
        """What `?` after `line` lists: the keywords and argument kinds that may come next."""
        threads: Sequence[_Thread] = self._start
        words = line.split()
        for index in range(len(words)):
            moved = _advance(list(threads), words[index:], " ".join(words[index:]))
            if isinstance(moved, str):
                return ()
            threads = moved
        found = {
            thread.rule.elements[position].word
            for thread in threads
            for position in thread.choices()
        }
        ends = any(thread.position in thread.rule.last for thread in threads)
        return (*sorted(found), *(("<cr>",) if ends else ()))


def _advance(threads: list[_Thread], words: Sequence[str], rest: str) -> list[_Thread] | str:
    """All threads one word further, or why none can go on."""
    moved: list[_Thread] = []
    keywords: set[str] = set()
    best = 0
    for thread in threads:
        for position in thread.choices():
            element = thread.rule.elements[position]
            fit = element.fits(words)
            if fit is None:
                continue
            quality, taken, prints = fit
            if quality == _PREFIX:
                keywords.add(element.word)
            best = max(best, quality)
            moved.append(_step(thread, position, (quality, taken, prints), (len(words), rest)))
    if not moved:
        return "invalid"
    if best == _EXACT:
        return [thread for thread in moved if thread.quality % 4 == _EXACT]
    if best == _PREFIX and len(keywords) > 1:
        return "ambiguous"
    return moved


def _step(
    thread: _Thread, position: int, fit: tuple[int, int, str], left: tuple[int, str]
) -> _Thread:
    quality, taken, prints = fit
    remaining, rest = left
    if thread.rule.elements[position].word == "LINE":
        taken, prints = remaining, rest
    words = (*thread.words, prints) if prints else thread.words
    return _Thread(
        thread.rule, position, words, thread.resume + taken, thread.quality * 4 + quality
    )


def _enough(thread: _Thread) -> bool:
    """Whether the words so far name something that a `no` may take out."""
    least = thread.rule.rule.least or thread.rule.rule.key
    return 0 < least <= len(thread.words)


def _finish(threads: Sequence[_Thread], end: int, *, partial: bool) -> Match | Failure:
    complete = [thread for thread in threads if thread.position in thread.rule.last]
    enough = [thread for thread in threads if _enough(thread)]
    chosen = complete or (enough or list(threads) if partial else [])
    if not chosen:
        return Failure(kind="incomplete", column=end)
    best = max(chosen, key=lambda thread: thread.quality)
    return Match(rule=best.rule.rule, words=best.words, complete=bool(complete))
