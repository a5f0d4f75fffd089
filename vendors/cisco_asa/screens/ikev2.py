"""`show crypto ikev2 sa`, with and without `detail`."""

from __future__ import annotations

from appliance.model.state import Operational
from vendors.cisco.screens import ikev2


def read(text: str) -> Operational:
    """The IKE SAs of the screen with the selectors of their child SAs."""
    return ikev2.read("cisco_asa/crypto_ikev2", text)
