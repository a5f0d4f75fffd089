"""Rows out of text, by the TextFSM templates that ship in `templates/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from appliance.errors import ParseError

if TYPE_CHECKING:
    from textfsm import TextFSM

Row = TypeVar("Row")

# A compiled template keeps the state of a run, and fleets parse in threads. Parsing is pure
# Python, so one lock costs nothing that the interpreter's own lock would not.
_LOCK = Lock()


def rows(template: str, text: str, kind: type[Row]) -> Iterator[Row]:
    """What the template (`cisco_ios/crypto_session`) finds in the text, in order of its lines.

    `kind` is a dataclass of `str | None` fields named as the template's values are, in lower case;
    a value that a row does not have is None. Raises `ParseError` when the text makes the template
    stop, which only one with an `Error` rule does.
    """
    names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]  # a dataclass
    with _LOCK:
        machine = _compiled(template)
        machine.Reset()
        found = _parse(machine, template, text)
        header = [name.lower() for name in machine.header]
    for values in found:
        told = dict(zip(header, values, strict=True))
        yield kind(**{name: told[name] or None for name in names})


def _parse(machine: TextFSM, template: str, text: str) -> list[list[str]]:
    from textfsm import TextFSMError  # noqa: PLC0415 -- not on the path of commands without state

    try:
        found: list[list[str]] = machine.ParseText(text)
    except TextFSMError as error:
        raise ParseError(
            "the text does not have the expected shape",
            where=template,
            hint="save the complete output of the command and try again",
        ) from error
    return found


@cache
def _compiled(template: str) -> TextFSM:
    """Compiled once a process; nothing is imported until something is parsed."""
    from importlib.resources import files  # noqa: PLC0415 -- as textfsm

    from textfsm import TextFSM  # noqa: PLC0415 -- not on the path of commands without state

    with files("templates").joinpath(f"{template}.textfsm").open(encoding="utf-8") as source:
        return TextFSM(source)
