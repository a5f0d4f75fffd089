"""What may be typed, and what an answer means: the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.errors import CommandRefused, RefusedError
from appliance.model.change import Step
from appliance.session.masking import Mask
from appliance.session.platform import Platform, compiled, is_log_line, refusal

_HEAD = 4  # an operational command that fails says so in its first lines; later ones are data


def typable(steps: Iterable[Step], where: str) -> tuple[Step, ...]:
    """The steps that are not blank.

    Raises `RefusedError`, before anything is sent, when one holds a control character: a line
    break would be another command, a tab another word.
    """
    todo = tuple(step for step in steps if step.text.strip())
    for step in todo:
        if any(ord(character) < ord(" ") or character == "\x7f" for character in step.reveal()):
            raise RefusedError(
                f"a command holds a control character: {step.text.strip()!r}",
                where=where,
                hint="remove it where the value comes from; nothing was sent",
            )
    return todo


def operational(platform: Platform, command: str, lines: Sequence[str]) -> tuple[str, str | None]:
    """The answer to an operational command without log messages, unless it asked for them.

    And the error if it is one.
    """
    asked_for = compiled(platform.shows_log).match(command.strip()) is not None
    clean = [line for line in lines if asked_for or not is_log_line(platform, line)]
    head = [line for line in clean if line.strip()][:_HEAD]
    return "\n".join(clean), refusal(platform, head)


def fault_in(
    platform: Platform, steps: Sequence[Step], lines: Sequence[str]
) -> tuple[int, str] | None:
    """Which pasted step is the first refused one, and the device's words; None without an error.

    `lines` are the answer with its echoes. An error that names a line is believed, else it is the
    line that was echoed last.
    """
    typed, at = [step.reveal().strip() for step in steps], 0
    for index, line in enumerate(lines):
        if at < len(typed) and line.rstrip().endswith(typed[at]):
            at += 1
        elif refusal(platform, [line]):
            named = compiled(platform.blames).search(line) if platform.blames else None
            blamed = int(named["line"]) if named else at
            words = (one.strip() for one in lines[index : index + _HEAD])
            return min(max(blamed, 1), max(len(typed), 1)) - 1, "\n".join(filter(None, words))
    return None


def refused(
    platform: Platform, mask: Mask, command: str, words: str, *, where: str
) -> CommandRefused:
    """The error for a command that the device answered with these words."""
    found = (text for pattern, text in platform.errors if compiled(pattern).search(words))
    command, answer = mask(command.strip()), mask(words)
    return CommandRefused(
        f"`{command}`: {next(found, 'the device refused it')}; the device says: {answer}",
        command=command,
        answer=answer,
        where=where,
    )
