"""Runs pipelines: cmdlets as data, and the few scripts that are known, by their twins.

A script is accepted only if its SHA-256 is listed here: whoever changes one that is shipped must
change its twin too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from appliance.lab.rras import filters, interfaces, routing, security, system, tasks
from appliance.lab.rras.binding import Bound, CmdletError, bind
from appliance.lab.rras.formats import Object, select, to_csv, to_json, to_list
from appliance.lab.rras.server import Server

Cmdlet = Callable[[Server, Bound], Sequence[object]]

_CMDLETS: Mapping[str, Cmdlet] = {
    "Add-VpnS2SInterface": interfaces.add,
    "Set-VpnS2SInterface": interfaces.change,
    "Remove-VpnS2SInterface": interfaces.remove,
    "Connect-VpnS2SInterface": interfaces.connect,
    "Disconnect-VpnS2SInterface": interfaces.disconnect,
    "Get-VpnS2SInterface": interfaces.show,
    "Get-VpnS2SInterfaceStatistics": interfaces.statistics,
    "Get-NetIPsecMainModeSA": security.main_modes,
    "Get-NetIPsecQuickModeSA": security.quick_modes,
    "Get-RemoteAccess": system.role,
    "Get-CimInstance": system.instance,
    "Get-ItemProperty": system.registry,
    "Get-Date": system.date,
    "Get-BgpRouter": routing.router,
    "Add-BgpRouter": routing.add_router,
    "Remove-BgpRouter": routing.remove_router,
    "Get-BgpPeer": routing.peers,
    "Add-BgpPeer": routing.add_peer,
    "Set-BgpPeer": routing.change_peer,
    "Remove-BgpPeer": routing.remove_peer,
    "Get-BgpCustomRoute": routing.custom,
    "Add-BgpCustomRoute": routing.add_custom,
    "Remove-BgpCustomRoute": routing.remove_custom,
    "Get-BgpRouteInformation": routing.learned,
    "Get-RemoteAccessIpFilter": filters.show,
    "Add-RemoteAccessIpFilter": filters.add,
    "Set-RemoteAccessIpFilter": filters.change,
    "Remove-RemoteAccessIpFilter": filters.remove,
    "Get-ScheduledTask": tasks.listed,
    "Get-ScheduledTaskInfo": tasks.info,
    "Register-ScheduledTask": tasks.register,
    "Unregister-ScheduledTask": tasks.unregister,
}
_TEXTS: Mapping[str, Callable[[Sequence[Object]], list[str]]] = {
    "ConvertTo-Csv": to_csv,
    "Format-List": to_list,
}
# The module comes with the role, and so do its cmdlets.
_OF_THE_ROLE = ("Bgp", "VpnS2S", "RemoteAccess")

UNWRAP = "b30a94181490f5eabef834dc2dd87279b4673e0c181b930a27255dcd35cd8e9c"
"""SHA-256 of the script that gives a SecureString to Add- or Set-VpnS2SInterface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command of a pipeline: a cmdlet's name, or a script's text."""

    name: str
    given: Mapping[str, object]
    script: bool = False


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a pipeline: objects, and what went to the error stream."""

    output: list[object] = field(default_factory=list)
    errors: list[CmdletError] = field(default_factory=list)
    failed: CmdletError | None = None


def run(server: Server, calls: Sequence[Call]) -> Outcome:
    """Run a pipeline; an error that stops it is `failed`."""
    outcome = Outcome()
    found: Sequence[object] = ()
    with server.lock:
        server.run_due_tasks()
        for call in calls:
            try:
                found = _step(server, call, found)
            except CmdletError as error:
                if _told(error, call, outcome):
                    return outcome
                found = ()
        server.settle()
    outcome.output = list(found)
    return outcome


def _told(error: CmdletError, call: Call, outcome: Outcome) -> bool:
    """Put an error where its kind and -ErrorAction want it; True when it ends the pipeline."""
    actions = [str(v).lower() for name, v in call.given.items() if name.lower() == "erroraction"]
    action = actions[0] if actions else "continue"
    if error.terminating or call.script or action == "stop":
        outcome.failed = error
        return True
    if action not in {"silentlycontinue", "ignore"}:
        outcome.errors.append(error)
    return False


def _step(server: Server, call: Call, found: Sequence[object]) -> Sequence[object]:
    if call.script:
        return _script(server, call)
    name, bound = bind(call.name, call.given, server.settings.level)
    rows: list[Object] = [one for one in found if isinstance(one, dict)]
    if name == "Select-Object":
        return select(rows, _texts(bound, "Property"), _texts(bound, "ExcludeProperty"))
    if name == "ConvertTo-Json":
        depth = bound.get("Depth", 2)
        return to_json(rows, depth if isinstance(depth, int) else 2)
    if name in _TEXTS:
        return _TEXTS[name](rows)
    if name == "Out-String":
        return ["".join(f"{line}\n" for line in found)]
    if not server.settings.installed and any(word in name for word in _OF_THE_ROLE):
        raise CmdletError(
            f"The term '{name}' is not recognized as the name of a cmdlet.", terminating=True
        )
    return _CMDLETS[name](server, bound)


def _texts(bound: Bound, name: str) -> list[str]:
    value = bound.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


def _script(server: Server, call: Call) -> Sequence[object]:
    if hashlib.sha256(call.name.encode()).hexdigest() != UNWRAP:
        raise CmdletError("This script is not known here.", terminating=True)
    parameters, key, operation = (call.given.get(name) for name in ("P", "K", "Op"))
    if not isinstance(parameters, dict) or not isinstance(key, SecureString):
        raise CmdletError("Cannot convert the value to SecureString.", terminating=True)
    cmdlet = "Add-VpnS2SInterface" if operation == "add" else "Set-VpnS2SInterface"
    given = {**parameters, "SharedSecret": key.text}
    return _step(server, Call(name=cmdlet, given=given), ())


class SecureString:
    """A SecureString as it came over the encrypted session key; as text it is its type's name."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return "System.Security.SecureString"
