"""What must be true of a device and of the journal whenever a push, or its repair, has ended."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from appliance import journal
from appliance.journal.locks import held as locked
from appliance.lab.linux.host import LinuxHost
from appliance.lab.shell import Device, Host
from tests.push.stage import KEY, Stage

EVERY = bool(os.environ.get("EVERY_STEP"))
"""Every step of every vendor, not each so many: minutes."""

GUARD = "/var/lib/appliance/guard"
WAIT = ("--yes", "--wait-seconds", "30")
HOLDS = {
    "pushed": {"new"},
    "not saved": {"new", "old"},  # old where the device has rebooted before it was saved
    "rolled back": {"old"},
    "untouched": {"old"},
    "never begun": {"old"},
}
"""What the device must hold where a push has ended so."""

_RUNS = itertools.count(1)


@contextmanager
def afresh(folder: Path) -> Iterator[None]:
    """A journal of its own: another lab is another device, with another host key."""
    former = os.environ["XDG_STATE_HOME"]
    os.environ["XDG_STATE_HOME"] = str(folder / f"state-{next(_RUNS)}")
    yield
    os.environ["XDG_STATE_HOME"] = former


class _Aging(Protocol):
    """A device on which time can be made to pass."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""


def time_passes(box: Device | Host, seconds: float) -> None:
    """What is due on the device by then happens; a host's guard runs its script, as its timer."""
    if isinstance(box, LinuxHost):
        box.run(f"[ ! -e {GUARD}/armed ] || sh {GUARD}/restore")
    else:
        cast(_Aging, box).advance(seconds)


def state(site: Stage) -> str:
    """How the journal has it that the last push to the site ended."""
    found = journal.history(site.site)
    return found[0].state if found else "never begun"


def held(site: Stage) -> str:
    """What the device holds, by reading it: between where it is neither, or something waits."""
    return "old" if site.old else "new" if site.new else "between"


def settled(site: Stage) -> str:
    """The state that the last push has ended in, when all is as it must be then."""
    found = state(site)
    assert held(site) in HOLDS[found], f"{found}, and the device is {held(site)}"
    tidy(site)
    return found


def tidy(site: Stage) -> None:
    """Nothing is left behind that must not be: no lock is held, and no key is in the journal."""
    device = f"{site.job.site.device.host}:{site.job.port}"
    assert not locked(device)
    folder = Path(os.environ["XDG_STATE_HOME"])
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY.encode() not in kept
