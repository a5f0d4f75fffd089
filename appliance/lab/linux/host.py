"""The host as the lab serves it: sshd's callers come in from loopback."""

from __future__ import annotations

import json
import shlex
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from appliance.lab.linux import faulty, settings
from appliance.lab.linux.gateway import swanctl
from appliance.lab.linux.needs import missing
from appliance.lab.linux.sandbox import Sandbox, SandboxError
from appliance.lab.login import PASSWORD
from appliance.lab.shell import Endpoint
from appliance.lab.wiring import USUAL, Wiring
from appliance.machine import program

if TYPE_CHECKING:
    from appliance.lab.azure_peer import AzurePeer
    from appliance.lab.faults import Fault

USERNAME = "root"


class LinuxHost:
    """It exists while it is served; `files` are what it has in /etc from the beginning."""

    def __init__(
        self,
        hostname: str,
        *,
        peers: Iterable[AzurePeer] = (),
        wiring: Wiring = USUAL,
        files: Mapping[str, str] | None = None,
    ) -> None:
        self.hostname = hostname
        self.peers = list(peers)
        self._wiring = wiring
        self._files = dict(files or {})
        self._sandbox: Sandbox | None = None

    @contextmanager
    def serve(
        self, name: str, *, host: str, port: int, faults: Iterable[Fault] = ()
    ) -> Iterator[Endpoint]:
        """Start everything, and listen until the context ends.

        Raises OSError: the port is taken, or the machine cannot do it; ValueError for faults
        that a real host does not have.
        """
        wrong = tuple(faults)
        _check(name, wrong)
        why = missing()
        if why:
            raise SandboxError(0, why)
        with socket.create_server((host, port)) as hear, self._running(hear, wrong) as key:
            yield Endpoint(
                name=name,
                host=host,
                port=hear.getsockname()[1],
                host_key=key,
                username=USERNAME,
                enable="",
            )

    def run(self, command: str, text: str = "") -> str:
        """What a command on the host writes, `text` being its standard input.

        Raises `SandboxError` when the command fails, or nothing is served.
        """
        if self._sandbox is None:
            raise SandboxError(0, f"{self.hostname} is not being served")
        return self._sandbox.run(command, text)

    def azure(self, command: str) -> str:
        """A command at Azure's end; `swanctl` talks to Azure's charon."""
        uri = settings.AZURE_URI if command.startswith("swanctl ") else ""
        return self.run(f"ip netns exec azure {command} {uri}")

    def meet(self, *peers: AzurePeer) -> None:
        """Azure changes: these gateways replace those of the same address. SAs that are up stay."""
        mine = {peer.address: peer for peer in (*self.peers, *peers)}
        self.peers = list(mine.values())
        self.expect(swanctl(self.peers))

    def expect(self, text: str) -> None:
        """Azure's end takes this swanctl.conf, and forgets what it had."""
        self._write(f"{settings.AZURE}/swanctl.conf", text)
        self.run(settings.LOAD_AZURE)

    def log(self, side: str) -> str:
        """What a charon said: `box` or `azure`."""
        return self.run(f"cat {settings.AZURE if side == 'azure' else settings.BOX}/log")

    @contextmanager
    def _running(self, hear: socket.socket, faults: tuple[Fault, ...]) -> Iterator[str]:
        self._sandbox = sandbox = Sandbox(hear)
        try:
            self._build()
            self._write(settings.FAULTS, json.dumps([asdict(fault) for fault in faults]))
            instead = ("-o", f"ForceCommand={settings.FAULTY}") if faults else ()
            sshd = (program("sshd") or "sshd", "-i", "-f", settings.SSHD_CONF)
            sandbox.serve(*sshd, "-E", settings.SSHD_LOG, *instead)
            yield " ".join(self.run(f"cat {settings.HOST_KEY}.pub").split()[:2])
        finally:
            self._sandbox = None
            sandbox.close()

    def _build(self) -> None:
        self.run(settings.MOUNTS, f"{USERNAME}:{PASSWORD}\n")
        self.run("cat >/etc/hostname; cat /etc/hostname >/proc/sys/kernel/hostname", self.hostname)
        for path, text in (*settings.files(), *self._files.items()):
            self._write(path, text)
        self._write(f"{settings.AZURE}/swanctl.conf", swanctl(self.peers))
        self.run("\n".join(settings.network(self._wiring, self.peers)))
        self.run(settings.START)

    def _write(self, path: str, text: str) -> None:
        self.run(f"umask 077; cat >{shlex.quote(path)}", text)


def _check(name: str, faults: Iterable[Fault]) -> None:
    strange = sorted({str(fault.kind) for fault in faults} - faulty.KINDS)
    if strange:
        raise ValueError(
            f"{name} is a real host, which does not know {', '.join(strange)}; "
            f"it can be given {', '.join(sorted(faulty.KINDS))}"
        )
