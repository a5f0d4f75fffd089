"""The Azure side: reads exports of a VPN gateway and says what each connection will negotiate.

`appliance.azure.inline` does the same for values written into the inventory. Functions are loaded
when they are first asked for: a command pays for what it uses.
"""

from __future__ import annotations

from appliance.azure.expectation import Endpoint, Expectation, OnPremisesEnd, Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.importer import Outcome, choose, load, outcomes, select
    from appliance.azure.output import as_inventory, document, lines

__all__ = [
    "Endpoint",
    "Expectation",
    "OnPremisesEnd",
    "Outcome",
    "Provenance",
    "as_inventory",
    "choose",
    "document",
    "lines",
    "load",
    "outcomes",
    "select",
]


_HOMES = {
    "Outcome": "importer",
    "as_inventory": "output",
    "choose": "importer",
    "document": "output",
    "lines": "output",
    "load": "importer",
    "outcomes": "importer",
    "select": "importer",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 -- it loads `warnings`, 0.5 ms

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
