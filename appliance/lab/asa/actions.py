"""The table of what some statements do besides being entered."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.lab.asa.actions_crypto import CRYPTO_ACTIONS
from appliance.lab.asa.actions_network import NETWORK_ACTIONS
from appliance.lab.asa.actions_vpn import VPN_ACTIONS
from appliance.lab.asa.effects import Action

ACTIONS: Mapping[str, Action] = {**CRYPTO_ACTIONS, **NETWORK_ACTIONS, **VPN_ACTIONS}
