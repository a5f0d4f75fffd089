"""A Cisco ASA that exists only in memory."""

from appliance.lab.asa.cli import Cli
from appliance.lab.asa.device import AsaDevice, Settings
from appliance.lab.asa.factory import asa_device, branch

__all__ = ["AsaDevice", "Cli", "Settings", "asa_device", "branch"]
