"""A plan as a file: it is pushed as it was approved, or not at all."""

from __future__ import annotations

from appliance.planfile.document import PlanFile
from appliance.planfile.holds import hold
from appliance.planfile.make import Making, make
from appliance.planfile.reading import read
from appliance.planfile.seen import Seen
from appliance.planfile.signature import Signer, sign, verify
from appliance.planfile.writing import write

__all__ = [
    "Making",
    "PlanFile",
    "Seen",
    "Signer",
    "hold",
    "make",
    "read",
    "sign",
    "verify",
    "write",
]
