"""Devices to practise on: real SSH servers on loopback with the command lines of routers behind.

`ios_device` makes a Cisco IOS router, `asa.asa_device` a Cisco ASA; `kinds` lists what else
there is, by the driver that speaks to it. In one process, without any network:

    device = asa_device("site-b", peers=[AzurePeer(address="198.51.100.7", psk="...")])
    cli = device.session("netops")
    cli.execute("enable")                      # what the device prints; `cli.prompt` follows it
    device.running()                           # the configuration as the device writes it
    device.configure("interface Tunnel1", "shutdown")   # behind everybody's back
    device.advance(300)                        # five minutes pass: timers end, SAs age
    device.meet(gateway)                       # Azure changes its end

An ASA's `running()` has the keys in clear (`more system:running-config`), its `shown()` has
`*****` (`show running-config`).

Over SSH:

    with Lab({"site-b": device}, faults={"site-b": [faults.drop_before(at=7)]}) as lab:
        site = lab.ssh("site-b")    # host, port, host_key, username, password, enable
        lab.device("site-b")        # the device, for looking and for edits behind our back

What a device and a session on it must offer stands in `shell`; tunnels are negotiated in words
of no vendor (`link`, `matcher`, `associations`). Everything a device answers comes from its own
reading of the configuration; nothing here is shared with the drivers it tests.
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
