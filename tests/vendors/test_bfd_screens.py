"""BFD sessions out of what devices print, of several releases."""

from __future__ import annotations

import pytest

from appliance import driver as drivers

MODERN = """
IPv4 Sessions
NeighAddr                              LD/RD         RH/RS     State     Int
192.168.15.18                         4097/4097        Up        Up        Gi0/0/1.100
192.168.15.22                         4098/0           Down      Down      Gi0/0/2.100
"""
OLD = """
OurAddr       NeighAddr     LD/RD  RH/RS   Holdown(mult)  State     Int
192.168.15.17 192.168.15.18  1/6    Up        0    (3 )   Up        Fa0/1
192.168.15.21 192.168.15.22  2/0    Down      0    (3 )   AdminDown Fa0/2
"""
JUNOS = """
                                                  Detect   Transmit
Address                  State     Interface      Time     Interval  Multiplier
192.168.15.18            Up        ge-0/0/1.100   0.900     0.300        3
192.168.15.22            Down      ge-0/0/2.100   0.000     1.000        3

2 sessions, 2 clients
Cumulative transmit rate 4.3 pps, cumulative receive rate 3.3 pps
"""


@pytest.mark.parametrize(
    ("driver", "command", "output"),
    [
        ("cisco_ios", "show bfd neighbors", MODERN),
        ("cisco_ios", "sh bfd nei", OLD),
        ("juniper_junos", "show bfd session", JUNOS),
    ],
)
def test_only_up_is_up(driver: str, command: str, output: str) -> None:
    found = drivers.load(driver).show(command, output).bfd
    assert [(str(one.peer), one.up) for one in found] == [
        ("192.168.15.18", True),
        ("192.168.15.22", False),
    ]


@pytest.mark.parametrize(
    ("driver", "command", "output"),
    [
        ("cisco_ios", "show bfd neighbors", "\nIPv4 Sessions\n"),
        ("juniper_junos", "show bfd session", "\n0 sessions, 0 clients\n"),
    ],
)
def test_none_at_all_is_none(driver: str, command: str, output: str) -> None:
    assert drivers.load(driver).show(command, output).bfd == ()
