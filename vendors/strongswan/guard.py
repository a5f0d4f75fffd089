"""The host's own way back: a script that puts old files back, and a timer that runs it.

All of it stands in one private folder. `armed` is there while a change waits for confirmation; who
renames it decides, so that a confirmation and the timer can never both win:

    old/N        the files as they were
    restore      puts them back, then lets charon and networkd read them again
    armed        -> `confirmed` by us, -> `reverting` by the script
    pid          of the waiting shell, where systemd does not run

With systemd the timer is a transient unit. Without, a shell in a session of its own sleeps. Neither
survives a reboot, and the files do: that is said to the operator.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import suppress

from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.model.change import Change, Step
from appliance.record import dataclass
from appliance.session import Session
from vendors.strongswan import loaded

FOLDER = "/var/lib/appliance/guard"
RESTORE = f"{FOLDER}/restore"
UNIT = "appliance-guard"

_SYSTEMD = "[ -d /run/systemd/system ]"
_RELOAD = "networkctl reload"
_RULES = "nft "
_SAID = f"{FOLDER}/loaded"
"""What charon said when it read the old files again."""


def paths(rollback: Change) -> tuple[str, ...]:
    """The files that a change touches, as its way back names them."""
    words = (step.text.partition(" ") for step in rollback.steps if not step.text.startswith(" "))
    return tuple(dict.fromkeys(rest for word, _, rest in words if word != "do"))


@dataclass(frozen=True, slots=True)
class Found:
    """What there is on the host: a change that waits already, and systemd."""

    waits: bool
    systemd: bool


def look(session: Session) -> Found:
    """What a guard would find; touches nothing."""
    said = session.run(
        f"if [ -e {FOLDER}/armed ] || [ -e {FOLDER}/reverting ]; then echo waits; fi; "
        f"if {_SYSTEMD}; then echo systemd; fi"
    ).split()
    return Found(waits="waits" in said, systemd="systemd" in said)


def protection(found: Found, minutes: int) -> str:
    """Words for the operator."""
    timer = "a systemd timer" if found.systemd else "a waiting shell (no systemd runs)"
    return (
        f"{timer} on the host puts the old files back and reloads charon after {minutes} minutes, "
        "also without us, unless the change is confirmed; a reboot before that keeps the change"
    )


def check_free(found: Found, where: str) -> None:
    """Raises `RefusedError` when a change of somebody waits for its confirmation."""
    if found.waits:
        raise RefusedError(
            f"another change waits for its confirmation, or never got it: {FOLDER}/armed",
            where=where,
            hint=f"wait for it to end; if it is left over (a reboot), `sh {RESTORE}` takes it back "
            f"and `rm {FOLDER}/armed` keeps it",
        )


def arm(session: Session, rollback: Change, minutes: int) -> None:
    """Keeps the files, writes the script, starts the timer, and sees that it runs.

    Raises `RefusedError`, with no file of the host changed, when something of it fails.
    """
    copies = "".join(f" && {command}" for command in _keep(rollback))
    script = tuple(Step(text=line) for line in _script(rollback))
    try:
        session.run(f"umask 077; rm -rf {FOLDER} && mkdir -p {FOLDER}/old{copies}")
        session.configure(
            script,
            enter=f"umask 077; cat >{RESTORE} && sh -n {RESTORE} && touch {FOLDER}/armed && "
            f"{{ {_start(60 * minutes)}; }}",
        )
    except CommandRefused as refused:
        _forget(session)
        raise RefusedError(
            f"the way back cannot be armed: {refused.answer}",
            where=session.prompt,
            hint=f"see whether {FOLDER} can be written, and `systemctl status {UNIT}.timer`",
        ) from None


def confirm(session: Session) -> None:
    """Ends the guard for good. Raises `SessionError` when the script was first."""
    try:
        session.run(f"mv {FOLDER}/armed {FOLDER}/confirmed")
    except CommandRefused:
        raise SessionError(
            "there is nothing left to confirm: the host has gone back by itself",
            where=session.prompt,
            hint="push again with more minutes",
        ) from None
    with suppress(SessionError):  # a timer that is left finds nothing to do
        _stop(session)


def go_back(session: Session, rollback: Change) -> str:
    """Runs the script, unless it has run; what went wrong with it in words, else "".

    Also when the host was told to keep the change, and its answer never came.
    """
    unsaid = f"if [ -e {FOLDER}/confirmed ]; then mv {FOLDER}/confirmed {FOLDER}/armed; fi"
    try:
        session.run(f"{unsaid}; [ ! -e {RESTORE} ] || sh {RESTORE}", timeout=60.0)
        said = ""
    except CommandRefused as refused:
        said = f"the old files could not be put back whole: {refused.answer}"
    # The timer may be at it this very moment: then it is waited for.
    session.run(
        f"i=0; while [ -e {FOLDER}/reverting ] && [ $i -lt 30 ]; do sleep 1; i=$((i+1)); done"
    )
    _stop(session)
    words = session.run(f"if [ -e {_SAID} ]; then cat {_SAID}; fi")
    failed = loaded.refusal(words, loaded.connections(rollback)) if words else ""
    return said or (failed and f"charon did not take the old files: {failed}")


def _keep(rollback: Change) -> Iterator[str]:
    for number, (path, comes_back) in enumerate(_ways(rollback)):
        if comes_back:
            yield f"cp -p {shlex.quote(path)} {FOLDER}/old/{number}"


def _ways(rollback: Change) -> Iterator[tuple[str, bool]]:
    """Each file, and whether it is there before the change."""
    for path in paths(rollback):
        yield path, Step(text=f"delete {path}").text not in {step.text for step in rollback.steps}


def _script(rollback: Change) -> Iterator[str]:
    """Idempotent, and complete in itself: it must work when nobody is there any more."""
    yield "#!/bin/sh"
    yield "# Puts back what was there before a change that nobody confirmed."
    yield "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH"
    yield f"mv {FOLDER}/armed {FOLDER}/reverting 2>/dev/null || exit 0"
    yield "status=0"
    for number, (path, comes_back) in enumerate(_ways(rollback)):
        new = shlex.quote(f"{path}.appliance-new")
        if comes_back:
            copy = f"cp -p {FOLDER}/old/{number} {new} && mv -f {new} {shlex.quote(path)}"
            yield f"{copy} || status=1"
        else:
            yield f"rm -f {shlex.quote(path)} {new} || status=1"
    for step in rollback.steps:
        word, _, command = step.text.partition(" ")
        if word == "do":
            yield f"{command}{_after(command)}"
    yield f"mv {FOLDER}/reverting {FOLDER}/reverted"
    yield "exit $status"


def _after(command: str) -> str:
    """How the script goes on after a command: what charon says is kept, the rest may fail."""
    if command.startswith(loaded.COMMAND):
        return f" >{_SAID} 2>&1"
    return " || status=1" if command.startswith((_RELOAD, _RULES)) else " >/dev/null 2>&1"


def _start(seconds: int) -> str:
    """Starts the timer; succeeds when it runs."""
    waiting = f"sleep {seconds}; exec sh {RESTORE}"
    return (
        f"if {_SYSTEMD}; then systemctl reset-failed {UNIT}.service {UNIT}.timer 2>/dev/null; "
        f"systemd-run --quiet --collect --unit={UNIT} --on-active={seconds} "
        f"--timer-property=AccuracySec=1s /bin/sh {RESTORE} && "
        f"systemctl is-active --quiet {UNIT}.timer; else "
        f"setsid sh -c {shlex.quote(waiting)} </dev/null >/dev/null 2>&1 & "
        f"echo $! >{FOLDER}/pid; kill -0 $(cat {FOLDER}/pid); fi"
    )


def _stop(session: Session) -> None:
    """The timer, if it still waits."""
    session.run(
        f"if {_SYSTEMD}; then systemctl stop {UNIT}.timer 2>/dev/null; "
        f"elif [ -e {FOLDER}/pid ]; then kill -- -$(cat {FOLDER}/pid) 2>/dev/null; fi; true"
    )


def _forget(session: Session) -> None:
    try:
        _stop(session)
        session.run(f"rm -f {FOLDER}/armed")
    except CommandRefused:
        return
