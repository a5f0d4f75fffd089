"""Saved output of one command: found in a terminal log, read, and refused when it is none."""

from __future__ import annotations

import re

from appliance.errors import ParseError, UsageError
from appliance.model.state import Operational
from vendors.cisco.screens import commands, text


def show(
    command: str, output: str, screens: commands.Screens, none_at_all: re.Pattern[str]
) -> Operational:
    """What the saved output of one command tells.

    Prompts, echoes, pagers and log lines around it do not matter; in a log of several commands the
    answers to this one are taken. `none_at_all` is how the vendor says that there is nothing.
    Raises `UsageError` for a command we do not read, `ParseError` for text that is not its output.
    """
    known = commands.screen(command, screens)
    answer = _answer(known, text.cleaned(output), screens)
    found = known.read(answer)
    if found == Operational():
        _check_empty(known, command, answer, none_at_all)
    return found


def _answer(known: commands.Screen, output: str, screens: commands.Screens) -> str:
    """The answers to this command in a terminal log; of the same question asked twice the last."""
    parts = [part for part in text.sections(output) if part[1].strip() or part[0]]
    answers: dict[str, str] = {}
    for command, body in parts:
        if command and _is(command, known, screens):
            answers[commands.arguments(command, known)] = body
    return "\n".join(answers.values() if answers else (body for _command, body in parts))


def _is(command: str, known: commands.Screen, screens: commands.Screens) -> bool:
    try:
        return commands.screen(command, screens) is known
    except UsageError:
        return False


def _check_empty(
    known: commands.Screen, command: str, answer: str, none_at_all: re.Pattern[str]
) -> None:
    refused = text.refusal(answer)
    if refused is not None:
        raise ParseError(
            f"the device refused the command: {refused}",
            where=command,
            hint="this device does not know the command, or the login may not run it",
        )
    listed = any(mark in answer for mark in known.marks) or none_at_all.search(answer)
    if answer.strip() and not listed:
        raise ParseError(
            f"the text is not the output of `{commands.title(known)}`",
            where=command,
            hint="save the complete output of that command, or name the command that printed it",
        )
