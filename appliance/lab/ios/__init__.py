"""A Cisco IOS or IOS-XE router that exists only in memory."""

from appliance.lab.clock import Clock
from appliance.lab.ios.cli import Cli
from appliance.lab.ios.device import Device, Settings

__all__ = ["Cli", "Clock", "Device", "Settings"]
