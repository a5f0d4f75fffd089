"""The Azure side: reads exports of a VPN gateway and says what each connection will negotiate.

`appliance.azure.inline` does the same for values written into the inventory.
"""

from __future__ import annotations

from appliance.azure.expectation import Endpoint, Expectation, OnPremisesEnd, Provenance
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
