"""Something goes wrong at one command of a lab device, counted from when the test says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from appliance.lab.faults import Fault, Kind, Plan
from appliance.lab.linux import settings
from appliance.lab.linux.host import LinuxHost
from appliance.lab.shell import Device, Host
from tests.push.ends import afresh
from tests.push.stage import Stage, stage

QUIET = Fault(kind=Kind.STALL, command="(?!)")
"""Never strikes; a host that is given none at the start cannot be given any later."""


class Trouble:
    """What a device in this process is to suffer next; `heard` are the commands since then."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._fault: Fault | None = None
        self._met = 0

    def strike(self, fault: Fault | None) -> None:
        """From now on this one counts; None: all goes well."""
        self.heard, self._fault, self._met = [], fault, 0

    @property
    def count(self) -> int:
        """How many commands there were since then."""
        return len(self.heard)

    def at(self, line: str) -> dict[Kind, Fault]:
        """What strikes at this command."""
        self.heard.append(line)
        fault = self._fault
        if fault is None or not re.search(fault.command, line):
            return {}
        self._met += 1
        return {fault.kind: fault} if fault.at in {0, self._met} else {}


class HostTrouble(Trouble):
    """The same for a host with an sshd of its own, which reads it from a file."""

    def __init__(self, host: LinuxHost) -> None:
        super().__init__()
        self._host = host

    def strike(self, fault: Fault | None) -> None:
        super().strike(fault)
        given = [asdict(one) for one in (QUIET, fault or Fault(kind=Kind.STALL, at=-1))]
        self._host.run(f"cat >{settings.FAULTS}", json.dumps(given))

    @property
    def count(self) -> int:
        told: list[dict[str, int]] = json.loads(self._host.run(f"cat {settings.FAULTS}"))
        return told[-1].get("met", 0)


@contextmanager
def trouble(box: Device | Host) -> Iterator[Trouble]:
    """Trouble for this device, which must have been served with `QUIET` among its faults."""
    if isinstance(box, LinuxHost):
        yield HostTrouble(box)
        return
    made = Trouble()
    with patch.object(Plan, "at", lambda _, line: made.at(line)):
        yield made


@contextmanager
def troubled(
    driver: str, folder: Path, fields: Mapping[str, object] = MappingProxyType({})
) -> Iterator[tuple[Stage, Trouble]]:
    """A site on its device, and the trouble that it can be given; with a journal of its own."""
    staged = stage(driver, folder, faults=(QUIET,), fields=fields)
    with afresh(folder), staged as site, trouble(site.box) as luck:
        yield site, luck
