"""A push through the command line to a lab device that misbehaves, and what it holds then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

from appliance import journal
from appliance.cli import main
from appliance.lab.faults import Fault
from appliance.lab.linux.host import LinuxHost
from appliance.lab.rras.server import Server
from appliance.lab.shell import Device, Host
from tests.push.stage import KEY, Stage, stage

_NOTHING: Mapping[str, object] = MappingProxyType({})
_BY_ITSELF = re.compile(r"^(?:!|:|##|Cryptochecksum|\s*$)")
_FILES = 'cd /etc; for f in swanctl/*.conf swanctl/conf.d/*; do echo "== $f"; cat "$f"; done'


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Commands by which a moment of a push is known on a device, as regular expressions.

    `arm` arms the way back (empty: that is part of the change itself), `first`, `middle` and
    `last` are of the change, `look` of its verification, `keep` confirms it.
    """

    arm: str
    first: str
    middle: str
    last: str
    look: str
    keep: str


MOMENTS = {
    "cisco_ios": Moments(
        arm=r"^configure terminal revert timer",
        first=r"^crypto ikev2 proposal",
        middle=r"^tunnel destination",
        last=r"^ip route 10\.21",
        look=r"^show crypto ikev2 sa",
        keep=r"^configure confirm",
    ),
    "cisco_asa": Moments(
        arm=r"^event timer countdown",
        first=r"^object-group network \S+-local",
        middle=r"^tunnel-group \S+ ipsec-attributes",
        last=r"^crypto ikev2 enable",
        look=r"^show crypto ikev2 sa",
        keep=r"^no event manager applet",
    ),
    "juniper_junos": Moments(
        arm="",
        first=r"^load set terminal",
        middle=r"^set protocols bgp group site-c type",
        last=r"^commit confirmed",
        look=r"^show security ike",
        keep=r"^commit ?$",
    ),
    "rras": Moments(
        arm=r"^Register-ScheduledTask",
        first=r"^Add-VpnS2SInterface",
        middle=r"^Connect-VpnS2SInterface",
        last=r"^Connect-VpnS2SInterface",
        look=r"^Get-VpnS2SInterfaceStatistics",
        keep=r"^Unregister-ScheduledTask",
    ),
    "strongswan": Moments(
        arm=r"touch \S+/armed",
        first=r"cat >\S*appliance-new",
        middle=r"load-all",
        last=r"load-all",
        look=r"list-sas",
        keep=r"mv \S+/armed \S+/confirmed",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a command ended: its exit code, and all that a person read."""

    code: int
    told: str


class Scene:
    """One site on its stage, and what its device held before anything happened."""

    def __init__(self, site: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        self.site = site
        self._capsys = capsys
        self._before = self.picture

    @property
    def box(self) -> Device:
        """The device of a vendor with a command line of its own."""
        assert not isinstance(self.site.box, Server | LinuxHost)
        assert not hasattr(self.site.box, "serve")
        return self.site.box

    def push(self, *words: str, wait: str = "30") -> End:
        """`appliance push SITE` with nobody to ask; no key is in what it says."""
        waits = () if "--no-wait" in words else ("--wait-seconds", wait)
        return self.run("push", *self.site.words, "--yes", *waits, *words)

    def run(self, *words: str) -> End:
        """Any command."""
        self._capsys.readouterr()
        code = main(list(words))
        out, err = self._capsys.readouterr()
        assert KEY not in out + err
        return End(code=code, told=out + err)

    @property
    def picture(self) -> str:
        """What the device holds, by the lab's own word and not by the driver's."""
        return picture(self.site.box)

    @property
    def old(self) -> bool:
        """Whether it holds what it held, and nothing waits on it."""
        return self.picture == self._before and not self.site.waits()

    @property
    def settings_are_old(self) -> bool:
        """Whether its configuration is as it was but for what guards a change; asks nobody."""
        return _settings(self.picture) == _settings(self._before)

    @property
    def new(self) -> bool:
        """Whether it holds what is intended, and nothing waits on it."""
        return self.picture != self._before and self.site.new

    @property
    def state(self) -> str:
        """How the journal says that the last push ended; empty where none began."""
        found = journal.history(self.site.site)
        return found[0].state if found else ""


def picture(box: Device | Host) -> str:
    """What a device holds: configuration and what it would boot; interfaces and tasks; files."""
    if isinstance(box, LinuxHost):
        return box.run(_FILES) + box.run("swanctl --list-conns")
    if isinstance(box, Server):
        with box.lock:
            shown = {n: (one.properties, one.key) for n, one in sorted(box.interfaces.items())}
            return f"{shown}\n{sorted(box.tasks)}\n{box.routing.router}\n{box.routing.peers}"
    assert not hasattr(box, "serve")
    shell: Device = box
    lines = [*shell.running().splitlines(), "== boots", *shell.startup.splitlines()]
    return "\n".join(line for line in lines if not _BY_ITSELF.match(line))


def _settings(shown: str) -> list[str]:
    """Without an ASA's applet and what stands in it, and without a server's tasks."""
    guards = re.compile(r"^(?:event manager applet| (?:description takes|event|action|output) |\[)")
    return [line for line in shown.splitlines() if not guards.match(line)]


@contextmanager
def scene(
    driver: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    *faults: Fault,
    fields: Mapping[str, object] = _NOTHING,
    box: Device | Host | None = None,
) -> Iterator[Scene]:
    """A site of this driver whose device has these faults."""
    with stage(driver, folder, faults=faults, fields=fields, box=box) as site:
        yield Scene(site, capsys)


def cases(drivers: Iterable[str], *names: str) -> list[object]:
    """Parameters (driver, name) for each of both, with ids that begin with the driver."""
    return [pytest.param(d, n, id=f"{d}-{n}") for d in drivers for n in names]
