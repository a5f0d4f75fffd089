"""The arguments of IOS command lines that other Cisco platforms spell differently."""

from __future__ import annotations

from appliance.lab.cisco import words

# Only kinds with a config-mode of their own or that VPN statements name; IOS has many more.
INTERFACE_TYPES = (
    "Loopback",
    "Tunnel",
    "Virtual-Template",
    "Port-channel",
    "BDI",
    "Vlan",
    "FastEthernet",
    "GigabitEthernet",
    "TwoGigabitEthernet",
    "TenGigabitEthernet",
    "TwentyFiveGigE",
    "FortyGigabitEthernet",
    "HundredGigE",
    "Ethernet",
    "Serial",
    "Cellular",
    "Dialer",
    "ATM",
    "Null",
    "Multilink",
    "VirtualPortGroup",
)
KINDS = {**words.KINDS, "IFACE": words.interface_kind(INTERFACE_TYPES)}
