"""A plan as a file: it is pushed as it was approved, or not at all."""

from __future__ import annotations

from appliance.planfile.document import PlanFile
from appliance.planfile.holds import hold, told
from appliance.planfile.make import make
from appliance.planfile.reading import read
from appliance.planfile.seen import Seen
from appliance.planfile.signature import Signer, sign, verify
from appliance.planfile.writing import sha256, write

__all__ = [
    "PlanFile",
    "Seen",
    "Signer",
    "hold",
    "make",
    "read",
    "sha256",
    "sign",
    "told",
    "verify",
    "write",
]
