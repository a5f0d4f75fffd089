"""What there is to know about talking to one kind of command line, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Mode = Literal["user", "privileged", "configuration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt as it was seen: the device's name in it and the mode it stands for."""

    name: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that is known to be harmless, asked after `command`, with its safe `answer`.

    `command` and `asks` are regular expressions; `asks` is looked for at the end of the output.
    """

    command: str
    asks: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elevation:
    """How to become privileged: the command, and how its question for the secret ends.

    `asks` None: no secret is asked, and the set-up commands are understood only afterwards.
    """

    command: str
    asks: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One kind of command line. All patterns are regular expressions.

    netmiko     its device type in netmiko
    prompts     (mode, pattern) pairs, most special first; group `name` is the device's own name
    setup       commands after login; one that is refused is noted, not fatal
    elevation   None where every login is privileged
    enter       opens configuration mode; `leave` closes it from any depth
    errors      (pattern, meaning) of answers that say no; the first that fits a line counts
    benign      lines that look like errors and are none
    log_line    an asynchronous log message
    shows_log   commands whose answer is made of such messages
    questions   those that may be answered; `asking` recognises any other
    pager       text that waits for a key; `page` is that key
    renames     a command after which the prompt shows another name
    typed       (character, keystrokes) for characters that the line editor would act upon
    conceals    where keys stand in commands and configurations; group `secret` is masked
    above       lines that the device prints above each prompt: no part of an answer
    blames      where an error tells which line of pasted text it means; group `line` counts from 1
    """

    name: str
    netmiko: str
    prompts: tuple[tuple[Mode, str], ...]
    setup: tuple[str, ...]
    elevation: Elevation | None
    enter: str
    leave: str
    errors: tuple[tuple[str, str], ...]
    benign: tuple[str, ...]
    log_line: str
    questions: tuple[Question, ...]
    asking: str
    pager: str
    page: str = " "
    renames: str | None = None
    typed: tuple[tuple[str, str], ...] = ()
    conceals: tuple[str, ...] = ()
    above: str | None = None
    blames: str | None = None
    shows_log: str = r"show log"


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once for all sessions."""
    return re.compile(pattern)


def prompt_in(platform: Platform, line: str) -> Prompt | None:
    """The prompt that the whole line is, if it is one."""
    for mode, pattern in platform.prompts:
        match = compiled(pattern).fullmatch(line.rstrip())
        if match:
            return Prompt(name=match["name"], mode=mode)
    return None


def after_prompt(platform: Platform, line: str) -> tuple[Prompt | None, str]:
    """The prompt a line begins with, if any, and the rest of the line: what was typed there."""
    for mode, pattern in platform.prompts:
        match = compiled(pattern).match(line)
        if match:
            return Prompt(name=match["name"], mode=mode), line[match.end() :]
    return None, line


def is_log_line(platform: Platform, line: str) -> bool:
    """Whether the line is a log message that happened to be printed on this terminal."""
    return compiled(platform.log_line).match(line) is not None


def refusal(platform: Platform, lines: list[str]) -> str | None:
    """The device's own words, when one of the lines is an error; the first one counts."""
    for line in lines:
        stripped = line.strip()
        if not stripped or any(compiled(ok).search(stripped) for ok in platform.benign):
            continue
        if any(compiled(pattern).search(stripped) for pattern, _ in platform.errors):
            return stripped
    return None


def keystrokes(platform: Platform, command: str) -> str:
    """The command as it must be typed, its end included."""
    for character, keys in platform.typed:
        command = command.replace(character, keys)
    return f"{command}\n"
