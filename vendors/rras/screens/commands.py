"""Which cmdlets are read, however people type them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from appliance.errors import UsageError
from appliance.model.state import Operational
from vendors.rras.reading.fields import Fields
from vendors.rras.screens import associations, interfaces, routing

Reader = Callable[[Iterable[Fields]], Operational]

READERS: dict[str, tuple[str, Reader]] = {
    "Get-VpnS2SInterface": ("Destination", interfaces.interfaces),
    "Get-VpnS2SInterfaceStatistics": ("BytesReceived", interfaces.statistics),
    "Get-NetIPsecMainModeSA": ("RemoteEndpoint", associations.main_modes),
    "Get-NetIPsecQuickModeSA": ("RemoteEndpoint", associations.quick_modes),
    "Get-BgpPeer": ("PeerIPAddress", routing.peers),
    "Get-BgpRouteInformation": ("DestinationNetwork", routing.learned),
    "Get-NetRoute": ("DestinationPrefix", routing.table),
}
"""Cmdlet -> a property that its objects always have, and who reads them."""


def reader(command: str) -> tuple[str, str, Reader]:
    """Cmdlet, property and reader of a command line; parameters and pipes behind it do not matter.

    Raises `UsageError` for a cmdlet we do not read, naming those we do.
    """
    typed = command.strip().partition("|")[0].split()
    name = typed[0].lstrip("(").rstrip(")") if typed else ""
    for cmdlet, (member, read) in READERS.items():
        if cmdlet.lower() == name.lower():
            return cmdlet, member, read
    near = get_close_matches(name, READERS, 1)
    nearest = f"; the nearest is {near[0]}" if near else ""
    raise UsageError(
        f"there is no reader for {command.strip()!r}{nearest}",
        hint=f"read are: {', '.join(READERS)}",
    )
