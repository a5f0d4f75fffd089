"""The Azure side: reads exports of a VPN gateway and says what each connection will negotiate.

`appliance.azure.inline` does the same for values written into the inventory. Functions are loaded
when they are first asked for: a command pays for what it uses.
"""

from __future__ import annotations

from importlib import import_module

from appliance.azure.expectation import Endpoint, Expectation, OnPremisesEnd, Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.importer import load, select
    from appliance.azure.output import as_inventory, document

__all__ = [
    "Endpoint",
    "Expectation",
    "OnPremisesEnd",
    "Provenance",
    "as_inventory",
    "document",
    "load",
    "select",
]


_HOMES = {
    "as_inventory": "output",
    "document": "output",
    "load": "importer",
    "select": "importer",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
