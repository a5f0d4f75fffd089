"""Asking a Windows server: a pipeline of cmdlets as data, and the objects that come out of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping

from appliance.errors import SessionError
from appliance.session import Session

Object = dict[str, object]


def command(*pipeline: tuple[str, Mapping[str, object]]) -> str:
    """A pipeline of cmdlets as the session takes it."""
    return json.dumps([{"cmdlet": name, "parameters": dict(given)} for name, given in pipeline])


def records(
    session: Session, cmdlet: str, parameters: Mapping[str, object], properties: tuple[str, ...]
) -> list[Object]:
    """The objects a cmdlet returns, as dicts of these properties; none, one or many."""
    output = session.run(
        command(
            (cmdlet, parameters),
            ("Select-Object", _selection(properties)),
            ("ConvertTo-Json", {"Depth": 4, "Compress": True}),
        )
    )
    try:
        found = json.loads(output) if output.strip() else []
    except ValueError:
        raise SessionError(
            f"the answer to {cmdlet} is no JSON", where=session.prompt, hint="try again"
        ) from None
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def _selection(properties: tuple[str, ...]) -> Mapping[str, object]:
    if properties == ("*",):
        return {"Property": ["*"], "ExcludeProperty": ["PS*"]}
    return {"Property": list(properties)}


def words(
    session: Session, cmdlet: str, parameters: Mapping[str, object], properties: tuple[str, ...]
) -> list[dict[str, str]]:
    """The same with each value as PowerShell prints it: enumerations by name."""
    output = session.run(
        command(
            (cmdlet, parameters),
            ("Select-Object", {"Property": list(properties)}),
            ("ConvertTo-Csv", {"NoTypeInformation": True}),
        )
    )
    return list(csv.DictReader(output.splitlines()))
