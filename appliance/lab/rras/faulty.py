"""What goes wrong with cmdlets, as the lab's faults say it.

A fault's `command` is matched against `Set-VpnS2SInterface -Name site-a-1` and the like: the first
cmdlet of a pipeline. Its kind means here: refuse - the cmdlet fails with the fault's text; swallow
- it says nothing and does nothing; cut - it writes its first `count` parameters, or lines of
filters, and then fails; stall - it takes so many seconds; drop_before and drop_after - the shell is
gone before or after it; reboot - the server restarts instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from appliance.lab.faults import Fault, Kind, Plan
from appliance.lab.rras.binding import CmdletError
from appliance.lab.rras.engine import Call, Outcome, run
from appliance.lab.rras.wsman import Service, ShellLostError

if TYPE_CHECKING:
    from appliance.lab.rras.server import Server

_FORMATS = ("select-object", "convertto-json", "convertto-csv", "format-list", "out-string")


class Faulty:
    """The engine with faults in front of it."""

    def __init__(self, server: Server, plan: Plan) -> None:
        self._server = server
        self._plan = plan
        self._struck: dict[Kind, Fault] = {}
        self.service: Service | None = None

    def delay(self, calls: Sequence[Call]) -> float:
        """How many seconds this pipeline takes; asked once, before it runs."""
        self._struck = self._plan.at(line(calls))
        fault = self._struck.get(Kind.STALL)
        return fault.seconds if fault else 0.0

    def run(self, calls: Sequence[Call]) -> Outcome:
        """Run it, or what the faults of this moment make of it."""
        struck, self._struck = self._struck, {}
        if Kind.REBOOT in struck:
            self._server.away(struck[Kind.REBOOT].seconds)
            raise ShellLostError
        if Kind.DROP_BEFORE in struck:
            raise ShellLostError
        if Kind.REFUSE in struck:
            return Outcome(errors=[CmdletError(struck[Kind.REFUSE].text)])
        if Kind.SWALLOW in struck:
            return Outcome()
        if Kind.CUT in struck:
            run(self._server, [_half(call, struck[Kind.CUT].count) for call in calls])
            return Outcome(errors=[CmdletError("A general error occurred.")])
        outcome = run(self._server, calls)
        if Kind.DROP_AFTER in struck:
            raise ShellLostError
        return outcome


def line(calls: Sequence[Call]) -> str:
    """The pipeline's first command, as a person would type it, without values of keys."""
    first = next((call for call in calls if call.name.lower() not in _FORMATS), calls[0])
    if not first.script:
        return f"{first.name} {_named(first.given)}".strip()
    given = first.given.get("P")
    verb = "Add" if first.given.get("Op") == "add" else "Set"
    return (
        f"{verb}-VpnS2SInterface {_named(given if isinstance(given, dict) else {})} -SharedSecret"
    )


def _named(given: object) -> str:
    told = given if isinstance(given, Mapping) else {}
    for parameter in ("Name", "InterfaceAlias"):
        if isinstance(told.get(parameter), str):
            return f"-{parameter} {told[parameter]}"
    return ""


def _half(call: Call, count: int) -> Call:
    """Its first parameters, and those without which it would do nothing."""
    needed = ("name", "force", "confirm", "p", "k", "op", "custompolicy", *_FILTER)
    kept = {
        name: _cut(value, count) if name in {"P", "List"} else value
        for number, (name, value) in enumerate(call.given.items())
        if number < count or name.lower() in needed
    }
    return Call(name=call.name, given=kept, script=call.script)


_FILTER = ("interfacealias", "addressfamily", "direction", "action", "list")


def _cut(value: object, count: int) -> object:
    if isinstance(value, list):
        return value[:count]
    if not isinstance(value, dict):
        return value
    needed = ("Name", "Force", "CustomPolicy", "Destination", "AuthenticationMethod", "Protocol")
    return {
        name: one
        for number, (name, one) in enumerate(value.items())
        if number < count or name in needed
    }
