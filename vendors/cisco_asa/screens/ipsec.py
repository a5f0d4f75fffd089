"""`show crypto ipsec sa`, for all peers, one peer or one interface, with and without `detail`."""

from __future__ import annotations

from appliance.model.state import Operational
from vendors.cisco.screens import ipsec
from vendors.cisco_asa.screens import words

_LAYOUT = ipsec.Layout(template="cisco_asa/crypto_ipsec_sa", transform=words.transform)


def read(text: str) -> Operational:
    """The selector pairs of the screen under their peers. It counts packets, not bytes."""
    return ipsec.read(_LAYOUT, text)
