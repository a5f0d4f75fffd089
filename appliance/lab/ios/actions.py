"""The table of what some statements do besides being entered."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.lab.ios.actions_crypto import CRYPTO_ACTIONS
from appliance.lab.ios.actions_network import NETWORK_ACTIONS
from appliance.lab.ios.effects import Action

ACTIONS: Mapping[str, Action] = {**CRYPTO_ACTIONS, **NETWORK_ACTIONS}
