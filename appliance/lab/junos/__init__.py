"""A Juniper SRX for the lab: command line, candidate configuration, tunnels."""

from __future__ import annotations

from appliance.lab.junos.cli import Cli
from appliance.lab.junos.device import Settings, SrxDevice
from appliance.lab.junos.factory import branch, junos_device

__all__ = ["Cli", "Settings", "SrxDevice", "branch", "junos_device"]
