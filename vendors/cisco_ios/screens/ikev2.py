"""`show crypto ikev2 sa` and `show crypto ikev2 session`, with and without `detailed`."""

from __future__ import annotations

from appliance.model.state import Operational
from vendors.cisco.screens import ikev2


def read(text: str) -> Operational:
    """The IKE SAs of the screen; of a session also the selectors of its child SAs."""
    return ikev2.read("cisco_ios/crypto_ikev2", text)
