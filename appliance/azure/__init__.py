"""The Azure side: reads exports of a VPN gateway and says what each connection will negotiate."""

from __future__ import annotations

from appliance.azure.expectation import Endpoint, Expectation, OnPremisesEnd, Provenance
from appliance.azure.importer import load, select

__all__ = ["Endpoint", "Expectation", "OnPremisesEnd", "Provenance", "load", "select"]
