"""The lab's Linux host as a driver reaches it, and a login of the tests' own to look around."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from appliance.lab import AzurePeer, Lab
from appliance.lab.faults import Fault
from appliance.lab.linux import LinuxHost
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.linux import LinuxSession, open_linux
from vendors.strongswan.session import LINUX

BOX, AZURE = "203.0.113.10", "198.51.100.7"
PAIRS = tuple(
    (local, remote)
    for local in ("10.10.0.0/16", "10.11.0.0/16")
    for remote in ("10.20.0.0/16", "10.21.0.0/16")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """How to log in to the appliance, a session on it, and what the lab knows of both ends."""

    target: Target
    credentials: Credentials
    session: LinuxSession
    host: LinuxHost

    def azure(self, command: str) -> str:
        """A command at Azure's end; `swanctl` talks to Azure's charon."""
        return self.host.azure(command)

    def expect(self, settings: str) -> None:
        """Azure's side takes this swanctl.conf, and forgets what it had."""
        self.host.expect(settings)

    def log(self, side: str) -> str:
        """What a charon said: `box` or `azure`."""
        return self.host.log(side)


@contextmanager
def sandbox(*faults: Fault) -> Iterator[Sandbox]:
    """A host with nothing configured; ends with the context."""
    host = LinuxHost("box-1", peers=[AzurePeer(address=AZURE, psk="", selectors=PAIRS)])
    with Lab({"site-a": host}, faults={"site-a": faults}) as lab:
        site = lab.ssh("site-a")
        target = Target(
            site="site-a", host=site.host, port=site.port, host_key=site.host_key, timeout=20.0
        )
        who = Credentials(username=site.username, password=Secret(site.password))
        with open_linux(target, who, LINUX) as session:
            yield Sandbox(target=target, credentials=who, session=session, host=host)
