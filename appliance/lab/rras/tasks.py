"""Scheduled tasks: registered from XML, run when their time has come.

Only one kind of action is understood: the script known by its SHA-256, with its data before it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from appliance.lab.rras.binding import Bound, CmdletError
from appliance.lab.rras.formats import Object, Word

if TYPE_CHECKING:
    from appliance.lab.rras.server import Server

REPLAY = "84ace7236a977159fa38bf5853414ef94e65e01339ff11807e7030b98cf24fe8"
"""SHA-256 of the script that puts operations back, without the line that holds them."""

_HAS_NOT_RUN = 267_011
_MOST_ACTIONS, _LONGEST_LINE = 32, 32_700  # a command line, less the name of the program
_SCHEMA = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
_ENCODED = re.compile(r"-EncodedCommand ([A-Za-z0-9+/=]+)")
_DATA = re.compile(r"\$Data = '([A-Za-z0-9+/=]*)'\n(.*)", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Task:
    """One task; `result` is Windows's number for what became of its last run."""

    path: str
    name: str
    start: datetime
    operations: list[Object]
    result: int = _HAS_NOT_RUN


def register(server: Server, bound: Bound) -> list[Object]:
    """A task from its XML."""
    path, name = str(bound.get("TaskPath", "\\")), str(bound.get("TaskName", ""))
    if _key(path, name) in server.tasks and not bound.get("Force"):
        raise CmdletError("Cannot create a file when that file already exists.")
    start, operations = _read(str(bound.get("Xml", "")))
    server.tasks[_key(path, name)] = Task(path=path, name=name, start=start, operations=operations)
    return [{"TaskPath": path, "TaskName": name, "State": Word("Ready", 3)}]


def _key(path: str, name: str) -> str:
    return f"{path}{name}".lower()


def _read(text: str) -> tuple[datetime, list[Object]]:
    """When it starts, and what its script would do. Raises `CmdletError` for anything else."""
    body = text.partition("?>")[2] or text
    try:
        root = ET.fromstring(body)  # noqa: S314 -- from the test's own client
        start = datetime.fromisoformat(root.findtext(f".//{_SCHEMA}StartBoundary") or "")
        called = [one.text or "" for one in root.iterfind(f".//{_SCHEMA}Arguments")]
        scripts = [_script(one) for one in called]
    except (ET.ParseError, ValueError):
        raise CmdletError("The task XML contains a value which is incorrectly formatted.") from None
    if not 1 <= len(scripts) <= _MOST_ACTIONS or max(map(len, called)) > _LONGEST_LINE:
        raise CmdletError("The task XML contains too many nodes of the same type.")
    return start.replace(tzinfo=UTC), [one for script in scripts for one in _operations(script)]


def _script(arguments: str) -> str:
    encoded = _ENCODED.search(arguments)
    return base64.b64decode(encoded[1] if encoded else "").decode("utf-16-le")


def _operations(script: str) -> list[Object]:
    match = _DATA.fullmatch(script)
    if match is None or hashlib.sha256(match[2].encode()).hexdigest() != REPLAY:
        raise CmdletError("This script is not known here.")
    found: list[Object] = json.loads(base64.b64decode(match[1]))
    return found


def listed(server: Server, bound: Bound) -> list[Object]:
    """Tasks of a folder, or of a name."""
    found = [one for one in server.tasks.values() if _matches(one, bound)]
    if not found:
        raise CmdletError("The system cannot find the file specified.")
    return [
        {"TaskPath": one.path, "TaskName": one.name, "State": Word("Ready", 3)} for one in found
    ]


def _matches(task: Task, bound: Bound) -> bool:
    path, name = bound.get("TaskPath", task.path), bound.get("TaskName", task.name)
    return _key(str(path), str(name)) == _key(task.path, task.name)


def info(server: Server, bound: Bound) -> list[Object]:
    """What became of its last run."""
    found = [one for one in server.tasks.values() if _matches(one, bound)]
    if not found:
        raise CmdletError("The system cannot find the file specified.")
    return [{"TaskName": one.name, "LastTaskResult": one.result} for one in found]


def unregister(server: Server, bound: Bound) -> list[Object]:
    """Gone, run or not."""
    if bound.get("Confirm") is not False:
        raise CmdletError("Unregister-ScheduledTask asks for confirmation.", terminating=True)
    found = [key for key, one in server.tasks.items() if _matches(one, bound)]
    if not found:
        raise CmdletError("The system cannot find the file specified.")
    for key in found:
        del server.tasks[key]
    return []


def run_due(server: Server) -> None:
    """Run what is due; an operation that fails does not stop those behind it."""
    from appliance.lab.rras.engine import Call, run  # noqa: PLC0415 -- it runs our cmdlets too

    now = server.clock.now()
    for task in server.tasks.values():
        if task.result == _HAS_NOT_RUN and now >= task.start:
            task.result = 0
            for operation in task.operations:
                given = operation["parameters"]
                run(server, [Call(name=str(operation["cmdlet"]), given=_given(given))])


def _given(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}
