"""A scheduled task that puts the former settings back, also when we are gone."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.model.change import KEY_MARK, Change, Step
from appliance.session import Session
from vendors.rras.cmdlets import command, records, words
from vendors.rras.writing.filters import AT_ONCE

REPLAY = """\
Set-StrictMode -Version 3.0
$Json = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($Data))
foreach ($Operation in (ConvertFrom-Json -InputObject $Json)) {
    $Parameters = @{}
    foreach ($Property in $Operation.parameters.PSObject.Properties) {
        $Parameters[$Property.Name] = $Property.Value
    }
    try { & $Operation.cmdlet @Parameters } catch { Write-Warning -Message $_ }
}
"""
"""What the task runs, after a line that assigns `$Data`: the operations as base64 of JSON. Its
SHA-256 is pinned by a test, and known to the lab."""

PATH, NAME = "\\appliance\\", "put-back"
HAS_NOT_RUN = 267_011  # 0x41303, SCHED_S_TASK_HAS_NOT_RUN
LONGEST_MINUTES = 1_440
MOST_ACTIONS = 32  # Task Scheduler 2.0, "IActionCollection": so many a task
LONGEST_DATA = 7_500
"""Bytes of operations for one action: as base64, twice, they fill a command line of 32767
characters, which is all that CreateProcess takes."""

_CLOCK = "yyyy-MM-ddTHH:mm:ss"
_INVERSE = "or push with the recorded inverse, which leaves nothing on the server"

# Task Scheduler Schema 1.2 (Windows Vista and later). S-1-5-18 is the local system account.
_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
 <RegistrationInfo><Description>{about}</Description></RegistrationInfo>
 <Triggers><TimeTrigger><StartBoundary>{start}</StartBoundary><Enabled>true</Enabled></TimeTrigger>
 </Triggers>
 <Principals><Principal id="Author"><UserId>S-1-5-18</UserId>
  <RunLevel>HighestAvailable</RunLevel></Principal></Principals>
 <Settings><StartWhenAvailable>true</StartWhenAvailable>
  <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
  <ExecutionTimeLimit>PT15M</ExecutionTimeLimit><Enabled>true</Enabled></Settings>
 <Actions Context="Author">{actions}</Actions>
</Task>
"""
_EXEC = """<Exec><Command>powershell.exe</Command>
  <Arguments>{arguments}</Arguments></Exec>"""
_ABOUT = "Puts the VPN settings from before a push back unless the push is confirmed"


def armable(session: Session, minutes: int) -> None:
    """Raise `RefusedError` where no task can be made, or somebody's waits already."""
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise RefusedError(
            f"a task in {minutes} minutes is not possible",
            where=session.prompt,
            hint=f"choose 1 to {LONGEST_MINUTES} minutes",
        )
    try:
        waiting = pending(session)
    except CommandRefused as refused:
        raise RefusedError(
            f"the server takes no scheduled tasks from this login: {refused.answer}",
            where=session.prompt,
            hint=f"log in as an administrator, {_INVERSE}",
        ) from None
    if waiting:
        raise RefusedError(
            f"another push to this server is not finished: its task {PATH}{NAME} waits",
            where=session.prompt,
            hint="wait until that push ends or the task has run; if nobody pushes, remove it: "
            f"Unregister-ScheduledTask -TaskPath '{PATH}' -TaskName '{NAME}'",
        )


def arm(session: Session, rollback: Change, minutes: int) -> None:
    """Make the task. Raises `RefusedError` when the server does not take it, `SessionError` when
    that cannot be seen."""
    actions = _actions(session, rollback)
    now = session.run(command(("Get-Date", {"Format": _CLOCK}))).strip()
    try:
        start = datetime.fromisoformat(now) + timedelta(minutes=minutes)
        given = {"TaskPath": PATH, "TaskName": NAME, "Xml": _task(actions, start), "Force": True}
        session.run(command(("Register-ScheduledTask", given)))
    except (CommandRefused, ValueError) as error:
        raise RefusedError(
            f"the server does not take the task that would put it back: {error}",
            where=session.prompt,
            hint=f"look at Task Scheduler on the server, {_INVERSE}",
        ) from None
    # An answer may be lost on the way: a task that is not seen twice is not there.
    if not pending(session) and not pending(session):
        raise RefusedError(
            "the task that would put it back was accepted but is not there",
            where=session.prompt,
            hint=f"look at Task Scheduler on the server, {_INVERSE}",
        )


def _task(actions: list[str], start: datetime) -> str:
    called = "".join(_EXEC.format(arguments=escape(_arguments(one))) for one in actions)
    return _TASK.format(about=_ABOUT, start=start.isoformat(), actions=called)


def _arguments(operations: str) -> str:
    data = base64.b64encode(operations.encode()).decode()
    code = base64.b64encode(f"$Data = '{data}'\n{REPLAY}".encode("utf-16-le")).decode()
    return f"-NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand {code}"


def _actions(session: Session, rollback: Change) -> list[str]:
    """The operations in as many lists as a command line each holds, run one after the other.

    Raises `RefusedError` where one is too long by itself, or all are too many.
    """
    found = [""]
    for text in (part for step in keyless(rollback) for part in _parts(step)):
        more = f"{found[-1]}, {text}" if found[-1] else text
        if len(more) <= LONGEST_DATA or not found[-1]:
            found[-1] = more
        else:
            found.append(text)
    if len(found) > MOST_ACTIONS or max(map(len, found)) > LONGEST_DATA:
        raise RefusedError(
            f"the way back takes {sum(map(len, found)):,} characters, more than a scheduled task "
            "can hold",
            where=session.prompt,
            hint="fewer lines of static packet filters (rules of `traffic` with fewer ports and "
            f"denials, or those that stand on the interface now), {_INVERSE}",
        )
    return [f"[{operations}]" for operations in found]


def _parts(step: Step) -> list[str]:
    """The operation, or several that do the same where its list is long.

    What a first list of filters does at once then takes a moment.
    """
    said = json.loads(step.text)
    listed = said["parameters"].get("List", [])
    if len(listed) <= AT_ONCE:
        return [step.text]
    some = (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE))
    given = ({**said["parameters"], "List": one} for one in some)
    return [json.dumps({**said, "parameters": one}) for one in given]


def keyless(rollback: Change) -> tuple[Step, ...]:
    """The steps that a task may hold: no key is ever written into one."""
    return tuple(step for step in rollback.steps if KEY_MARK not in step.text)


def pending(session: Session) -> bool:
    """Whether the task is there and has not run yet."""
    given = {"TaskPath": PATH, "ErrorAction": "SilentlyContinue"}
    listed = words(session, "Get-ScheduledTask", given, ("TaskName", "State"))
    if not any(one.get("TaskName") == NAME for one in listed):
        return False
    named = {"TaskPath": PATH, "TaskName": NAME}
    told = records(session, "Get-ScheduledTaskInfo", named, ("LastTaskResult", "LastRunTime"))
    return any(one.get("LastTaskResult") == HAS_NOT_RUN for one in told)


def disarm(session: Session) -> None:
    """Remove the task. Raises `SessionError` when it is still there afterwards."""
    given = {"TaskPath": PATH, "TaskName": NAME, "Confirm": False}
    session.run(command(("Unregister-ScheduledTask", given)))
    if pending(session):
        raise SessionError(
            "the server did not remove the task: it will go back by itself",
            where=session.prompt,
            hint=f"Unregister-ScheduledTask -TaskPath '{PATH}' -TaskName '{NAME}' on the server",
        )
