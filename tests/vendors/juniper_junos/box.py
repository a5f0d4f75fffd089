"""The lab's SRX for the laws."""

from __future__ import annotations

from appliance.lab.junos import Cli, Settings, junos_device
from appliance.model.change import Change

OUTSIDE = (
    "set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24\n"
    "set security zones security-zone untrust interfaces ge-0/0/0.0\n"
    "set security zones security-zone trust interfaces ge-0/0/1.0\n"
)
ODD = "frobnicate flux 7"
_OURS = ("set security ike ", "set security ipsec ", "set interfaces st0 ")
_FATAL = ("error", "syntax", "unknown", "missing", "invalid", "terminal:")


class SrxBox:
    """A firewall of a release with all algorithms."""

    def __init__(self, startup: str = "") -> None:
        self.device = junos_device(startup=startup, settings=Settings(version="21.4R3-S1.5"))

    def running(self) -> str:
        return self._execute(Cli(self.device, user="root"), "show configuration | display set")

    def apply(self, change: Change) -> None:
        cli = Cli(self.device, user="root")
        self._execute(cli, "configure exclusive")
        self._execute(cli, "load set terminal")
        for step in change.steps:
            self._execute(cli, step.reveal())
        loaded = cli.eof("") or ""
        assert "error" not in loaded, loaded
        self._execute(cli, "commit check")
        self._execute(cli, "commit")
        self._execute(cli, "exit configuration-mode")

    def _execute(self, cli: Cli, command: str) -> str:
        cli.length = 0
        answer = cli.execute(command)
        refused = [x for x in answer.splitlines() if x.strip().startswith(_FATAL)]
        assert not refused, f"{command!r}: {answer}"
        return answer


def make() -> SrxBox:
    """A firewall with a partner's tunnel."""
    return SrxBox()


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more statement in one of the sections of the VPN."""
    lines = text.splitlines()
    inside = [index for index, line in enumerate(lines) if line.startswith(_OURS)]
    at = inside[number % len(inside)]
    heading = " ".join(lines[at].split()[:5])
    lines.insert(at, f"{heading} {ODD}")
    return "\n".join(lines), f"{heading} {ODD}"


def block(box: SrxBox) -> None:
    """Somebody takes the policy towards Azure away: the default denies."""
    policies = "delete security policies from-zone trust to-zone azure"
    assert policies.removeprefix("delete") in box.running()
    box.device.configure(policies)
