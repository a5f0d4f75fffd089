"""All operational commands."""

from __future__ import annotations

from appliance.lab.junos.ops_bgp import BGP
from appliance.lab.junos.ops_box import BOX
from appliance.lab.junos.ops_interfaces import INTERFACES
from appliance.lab.junos.ops_policy import POLICY
from appliance.lab.junos.ops_routes import ROUTES
from appliance.lab.junos.ops_session import SESSION
from appliance.lab.junos.ops_vpn import VPN

COMMANDS = (*SESSION, *BOX, *INTERFACES, *ROUTES, *BGP, *POLICY, *VPN)
