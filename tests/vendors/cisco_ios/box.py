"""The lab's IOS router for the laws."""

from __future__ import annotations

from appliance.lab import Cli, Settings, ios_device
from appliance.model.change import Change

OUTSIDE = "interface GigabitEthernet1\n ip address 203.0.113.10 255.255.255.0\n!\n"
ODD = "frobnicate the flux 7"
_ELSEWHERE = ("interface GigabitEthernet", "interface Loopback", "router bgp")
"""Headings of sections that a tunnel needs and that are not of the VPN."""


class IosBox:
    """A router of a release that still takes weak algorithms."""

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
            notes = ("% NOTE:", "% A profile is deemed incomplete", "% Not all config may be")
            refused = [x for x in lines if x.startswith("%") and not x.startswith(notes)]
            assert not refused, f"{step.text!r}: {answer}"
        cli.execute("end")


def make() -> IosBox:
    """A router with a partner's tunnel."""
    return IosBox()


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more line in one of the sections of the VPN."""
    lines, heading = text.splitlines(), ""
    inside: list[int] = []
    for index, line in enumerate(lines):
        if line.startswith(" ") and not heading.startswith(_ELSEWHERE):
            inside.append(index)
        elif not line.startswith(" "):
            heading = line
    at = inside[number % len(inside)]
    depth = len(lines[at]) - len(lines[at].lstrip())
    lines.insert(at, " " * depth + ODD)
    return "\n".join(lines), ODD
