"""Carries a change out on a host: edits whole files and replaces them at once, runs commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator

from appliance.errors import CommandRefused
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Secret
from appliance.session import Session
from vendors.strongswan import loaded, own
from vendors.strongswan.writing.text import edited, is_rules, is_unit

Sent = Callable[[Step], None] | None

_MAY_FAIL = ("swanctl --terminate", "swanctl --initiate", "ip link delete")
"""What ends or begins SAs, or takes away an interface: there may be none, or Azure is silent."""

_SECRET = re.compile(r"^(?P<head>\s*secret = (?P<quote>\"?))(?P<value>.*)(?P=quote)$")


def deliver(session: Session, change: Change, sent: Sent) -> None:
    """Every step in its order; `sent` is told of each before it takes effect.

    Raises `CommandRefused` for what the host or charon refuses, and then does nothing more.
    """
    ours = loaded.connections(change)
    for steps in _groups(change):
        word, _, rest = steps[0].text.partition(" ")
        for step in steps:
            if sent is not None:
                sent(step)
        if word == "do":
            _run(session, rest, ours)
        elif word == "delete":
            session.run(f"rm {shlex.quote(rest)}")
        elif is_rules(rest):
            lines = (own.HEAD, *(step.text.removeprefix(" ") for step in steps[1:]))
            _replace(session, rest, tuple(Step(text=line) for line in lines))
        else:
            _write(session, rest, steps[1:], new=word == "create")


def _groups(change: Change) -> Iterator[list[Step]]:
    """Steps with the indented ones below them."""
    group: list[Step] = []
    for step in change.steps:
        if group and not step.text.startswith(" "):
            yield group
            group = []
        group.append(step)
    if group:
        yield group


def _run(session: Session, command: str, ours: frozenset[str]) -> None:
    if command.startswith(loaded.COMMAND):
        _load(session, command, ours)
        return
    try:
        session.run(command, timeout=60.0)
    except CommandRefused:
        if not command.startswith(_MAY_FAIL):
            raise


def _load(session: Session, command: str, ours: frozenset[str]) -> None:
    failed = loaded.refusal(session.run(f"{command} 2>&1 || true", timeout=60.0), ours)
    if failed:
        raise CommandRefused(
            f"`{command}`: charon refuses it: {failed}",
            command=command,
            answer=failed,
            where=session.prompt,
        )


def _write(session: Session, path: str, steps: list[Step], *, new: bool) -> None:
    """The file with its edits."""
    text = None if new else session.run(f"cat {shlex.quote(path)}")
    made = edited(path, text, [_edit(step) for step in steps])
    _replace(session, path, tuple(map(_line, made.splitlines())))


def _replace(session: Session, path: str, lines: tuple[Step, ...]) -> None:
    """The file with these lines: to a private file beside it, complete, then in its place."""
    name, beside = shlex.quote(path), shlex.quote(f"{path}.appliance-new")
    mode = "644" if is_unit(path) else "600"  # networkd reads its files as a user of its own
    size = sum(len(line.reveal().encode()) + 1 for line in lines)
    whole = f"[ $(wc -c <{beside}) -eq {size} ]"
    session.configure(
        lines,
        enter=f"umask 077; cat >{beside} && {whole} && chmod {mode} {beside} && "
        f"sync {beside} && mv -f {beside} {name}",
    )


def _edit(step: Step) -> tuple[str, str | None]:
    """A step below a file's heading: where its statement is, and its value; None takes it away."""
    text = step.reveal().strip()
    if text.startswith("no "):
        return text.removeprefix("no "), None
    if not text.startswith("["):
        slot, _, value = text.partition(" = ")
        return slot, value
    head, _, value = text.partition("=")
    return (text, "") if head.startswith("[Route]") else (head, value)


def _line(text: str) -> Step:
    """A line of a file; a key in it is known as one to the session."""
    found = _SECRET.match(text)
    if found is None:
        return Step(text=text)
    return Step(text=f"{found['head']}{KEY_MARK}{found['quote']}", secret=Secret(found["value"]))
