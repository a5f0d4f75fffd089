"""Whether the system drive of a Windows server has room for a task and for its registry to grow."""

from __future__ import annotations

from appliance.errors import SessionError
from appliance.session import Session
from vendors.rras.cmdlets import records

_LEAST = 16 << 20  # bytes: Windows itself warns far above that
_QUIET = {"ErrorAction": "SilentlyContinue"}


def room(session: Session, text: str) -> str | None:  # noqa: ARG001 -- what is written is small
    """What lacks room for a change, in words; None where nothing does, or nobody can tell."""
    try:
        system = _asked(session, "Win32_OperatingSystem", ("SystemDrive",))
        drives = _asked(session, "Win32_LogicalDisk", ("DeviceID", "FreeSpace"))
    except SessionError:
        return None
    here = next((one.get("SystemDrive") for one in system), None)
    for drive in drives:
        free = drive.get("FreeSpace")
        if here is not None and drive.get("DeviceID") == here and isinstance(free, int):
            return None if free >= _LEAST else f"drive {here} has {free >> 10} KiB free, too little"
    return None


def _asked(session: Session, kind: str, names: tuple[str, ...]) -> list[dict[str, object]]:
    return records(session, "Get-CimInstance", {"ClassName": kind, **_QUIET}, names)
