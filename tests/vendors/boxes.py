"""Lab devices as the laws need them: they take a change, and show what they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.lab import Cli, Settings, ios_device
from appliance.model.change import Change


class Box(Protocol):
    """A device in memory."""

    def running(self) -> str:
        """Its configuration, as it would show it."""

    def apply(self, change: Change) -> None:
        """Type every command; a refused one fails the test."""


class IosBox:
    """The lab's IOS router, of a release that still takes weak algorithms."""

    def __init__(self, startup: str = "") -> None:
        self.device = ios_device(startup=startup, settings=Settings(version="16.9.4"))

    def running(self) -> str:
        return self.device.running()

    def apply(self, change: Change) -> None:
        cli = Cli(self.device, privilege=15)
        cli.execute("configure terminal")
        for step in change.steps:
            answer = cli.execute(step.reveal())
            lines = [line.strip() for line in answer.splitlines()]
            notes = ("% NOTE:", "% A profile is deemed incomplete")
            refused = [x for x in lines if x.startswith("%") and not x.startswith(notes)]
            assert not refused, f"{step.text!r}: {answer}"
        cli.execute("end")


OUTSIDE = {"cisco_ios": "interface GigabitEthernet1\n ip address 203.0.113.10 255.255.255.0\n!\n"}
"""What a rendered configuration leaves out, as no part of the tunnel: the outside address."""

ELSEWHERE = {"cisco_ios": ("interface GigabitEthernet", "interface Loopback", "router bgp")}
"""Headings of sections that a tunnel needs and that are not of the VPN."""

BOXES: dict[str, Callable[[], Box]] = {"cisco_ios": IosBox}
