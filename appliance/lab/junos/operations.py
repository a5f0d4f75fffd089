"""All operational commands."""

from __future__ import annotations

from appliance.lab.junos.ops_bgp import BGP
from appliance.lab.junos.ops_box import BOX
from appliance.lab.junos.ops_network import NETWORK
from appliance.lab.junos.ops_policy import POLICY
from appliance.lab.junos.ops_session import SESSION
from appliance.lab.junos.ops_vpn import VPN

COMMANDS = (*SESSION, *BOX, *NETWORK, *BGP, *POLICY, *VPN)
