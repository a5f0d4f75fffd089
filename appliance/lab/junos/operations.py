"""All operational commands."""

from __future__ import annotations

from appliance.lab.junos.ops_box import BOX
from appliance.lab.junos.ops_session import SESSION

COMMANDS = (*SESSION, *BOX)
