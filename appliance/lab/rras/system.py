"""What else of Windows is asked: the system, its clock, the role, and policies in the registry."""

from __future__ import annotations

from datetime import datetime

from appliance.lab.rras.binding import Bound, CmdletError
from appliance.lab.rras.formats import Object, Word
from appliance.lab.rras.server import Server

_LOGGING = r"\software\policies\microsoft\windows\powershell\modulelogging"
_CODES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def instance(server: Server, bound: Bound) -> list[Object]:
    """Three classes of WMI."""
    settings = server.settings
    kind = str(bound.get("ClassName", "")).lower()
    if kind == "win32_operatingsystem":
        return [
            {
                "CSName": settings.name,
                "Version": settings.version,
                "Caption": settings.caption,
                "LastBootUpTime": server.booted,
                "LocalDateTime": server.clock.now(),
                "SystemDrive": "C:",
            }
        ]
    if kind == "win32_bios":
        return [{"SerialNumber": settings.serial, "Manufacturer": "VMware, Inc."}]
    if kind == "win32_logicaldisk":
        return [
            {"DeviceID": "A:", "FreeSpace": None, "Size": None},
            {"DeviceID": "C:", "FreeSpace": settings.free, "Size": 53_317_988_352},
        ]
    raise CmdletError("Invalid class", identity="HRESULT 0x80041010")


def role(server: Server, _: Bound) -> list[Object]:
    """Whether site-to-site VPN is installed."""
    said = Word("Installed", 1) if server.settings.installed else Word("Uninstalled", 0)
    return [{"VpnS2SStatus": said, "VpnStatus": Word("Uninstalled", 0), "RoutingStatus": said}]


def registry(server: Server, bound: Bound) -> list[Object]:
    """The policy of module logging; other keys do not exist."""
    path = str(bound.get("Path", "")).lower()
    logged = server.settings.module_logging
    provider: Object = {"PSPath": path, "PSChildName": path.rpartition("\\")[2]}
    if path == f"hklm:{_LOGGING}" and logged:
        return [{"EnableModuleLogging": 1, **provider}]
    if path == f"hklm:{_LOGGING}\\modulenames" and logged:
        return [{name: name for name in logged} | provider]
    raise CmdletError(f"Cannot find path '{path}' because it does not exist.")


def date(server: Server, bound: Bound) -> list[object]:
    """The server's own time, formatted if asked."""
    now = server.clock.now()
    return [_formatted(now, str(bound["Format"])) if "Format" in bound else {"DateTime": str(now)}]


def _formatted(now: datetime, pattern: str) -> str:
    for code, directive in _CODES.items():
        pattern = pattern.replace(code, directive)
    return now.strftime(pattern)
