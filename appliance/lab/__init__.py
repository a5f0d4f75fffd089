"""Devices to practise on: real SSH servers on loopback with Cisco IOS behind them.

In one process, without any network:

    device = ios_device("site-a", peers=[AzurePeer(address="198.51.100.7", psk="...")])
    cli = Cli(device, privilege=15)
    cli.execute("configure terminal")          # what the device prints; `cli.prompt` follows it
    device.running()                           # the configuration as IOS writes it
    device.configure("interface Tunnel1", "shutdown")   # behind everybody's back
    device.advance(300)                        # five minutes pass: timers end, SAs age

Over SSH:

    with Lab({"site-a": device}, faults={"site-a": [faults.drop_before(at=7)]}) as lab:
        site = lab.ssh("site-a")    # host, port, host_key, username, password, enable
        lab.device("site-a")        # the device, for looking and for edits behind our back

Everything a device answers comes from its own reading of the configuration; nothing here is
shared with the drivers it tests.
"""

from __future__ import annotations

from appliance.lab.azure_peer import AzurePeer, BgpPeer, Policy
from appliance.lab.clock import Clock
from appliance.lab.ios import Cli, Device, Settings
from appliance.lab.ios.factory import branch, ios_device
from appliance.lab.lab import Lab, Site, run
from appliance.lab.login import ENABLE, PASSWORD, USERNAME

__all__ = [
    "ENABLE",
    "PASSWORD",
    "USERNAME",
    "AzurePeer",
    "BgpPeer",
    "Cli",
    "Clock",
    "Device",
    "Lab",
    "Policy",
    "Settings",
    "Site",
    "branch",
    "ios_device",
    "run",
]
