"""The lab's ASA for the laws."""

from __future__ import annotations

import re

from appliance.lab.asa import AsaDevice, Cli, Settings, asa_device
from appliance.model.change import Change

OUTSIDE = (
    "hostname site-b-asa\ninterface GigabitEthernet0/0\n nameif outside\n"
    " ip address 203.0.113.10 255.255.255.0\n!\n"
)
ODD = "frobnicate the flux 7"
RELEASE = "9.20(2)"
_ELSEWHERE = re.compile(
    r"interface (GigabitEthernet|Loopback)|router bgp|object-group|group-policy"
    r"|.* general-attributes"
)
"""Headings of sections that a tunnel needs and that are not of the VPN, or of all kinds of VPN."""

_NOTES = re.compile(r"\s*$|WARNING: |INFO: |the flow of|will be incomplete|peer and a valid")


class AsaBox:
    """A firewall with NAT, and a partner's tunnel that is not ours."""

    def __init__(self, device: AsaDevice | None = None) -> None:
        self.device = device or asa_device(settings=Settings(version=RELEASE))

    def running(self) -> str:
        """With its keys, as a login with privilege 15 reads it."""
        return self.device.running()

    def apply(self, change: Change) -> None:
        cli = Cli(self.device)
        cli.become()
        for step in change.steps:
            answer = cli.execute(step.reveal())
            refused = [line for line in answer.splitlines() if not _NOTES.match(line)]
            assert not refused, f"{step.text!r}: {answer}"


def make() -> AsaBox:
    """A firewall with a partner's tunnel."""
    return AsaBox()


_PARTNER = (
    "clear configure crypto map",
    "clear configure tunnel-group 192.0.2.50",
    "clear configure group-policy PARTNER",
)


def route_based(box: AsaBox | None = None, *, alone: bool) -> AsaBox:
    """A firewall that asks the lists of interfaces about tunnels, or may be told to.

    `alone`: it has no other VPN; else somebody has entered what is needed for that by hand.
    """
    box = box or AsaBox()
    box.device.configure(*(_PARTNER if alone else ("no sysopt connection permit-vpn",)))
    return box


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more line in one of the sections of the VPN."""
    lines, heading = text.splitlines(), ""
    inside: list[int] = []
    for index, line in enumerate(lines):
        if line.startswith(" ") and not _ELSEWHERE.match(heading):
            inside.append(index)
        elif not line.startswith(" "):
            heading = line
    at = inside[number % len(inside)]
    depth = len(lines[at]) - len(lines[at].lstrip())
    lines.insert(at, " " * depth + ODD)
    return "\n".join(lines), ODD


def block(box: AsaBox) -> None:
    """Somebody takes the NAT exemption away: everything of the site is translated now."""
    ours = [line for line in box.running().splitlines() if re.match(r"nat .*appliance-", line)]
    assert ours
    box.device.configure(*(f"no {line}" for line in ours))
