"""A jump host: OpenSSH's own sshd on loopback, that can refuse to forward, and can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.session import hostkeys

_CONF = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
AllowTcpForwarding {forwards}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bastion:
    """Where it listens, and its process."""

    folder: Path
    port: int
    process: int

    @property
    def fields(self) -> dict[str, object]:
        """What a site's `device` says of it."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": "root",
            "key_file": str(self.folder / "user"),
        }

    @property
    def key(self) -> str:
        """Its public host key."""
        return " ".join((self.folder / "host.pub").read_text("ascii").split()[:2])

    def hang_up(self) -> int:
        """Kill what serves its connections; how many those were."""
        children = _children(self.process)
        for child in children:
            for one in (*_children(child), child):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        return len(children)


@contextmanager
def bastion(folder: Path, *, forwards: bool = True, pinned: bool = True) -> Iterator[Bastion]:
    """It serves while this lasts; `pinned`: its key is trusted already."""
    server = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert server is not None, "no sshd here: `make system` installs openssh-server"
    folder.mkdir()
    for name in ("host", "user"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(made, check=True)  # noqa: S603 -- a fixed command
    Path("/run/sshd").mkdir(exist_ok=True)  # where sshd locks itself in
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    words = _CONF.format(port=port, folder=folder, forwards="yes" if forwards else "no")
    (folder / "conf").write_text(words, "utf-8")
    process = subprocess.Popen(  # noqa: S603 -- as above
        [server, "-D", "-e", "-f", str(folder / "conf")], stderr=subprocess.DEVNULL
    )
    made_ready = Bastion(folder=folder, port=port, process=process.pid)
    try:
        _listens(port, process)
        if pinned:
            hostkeys.pin(hostkeys.jump("127.0.0.1", port), "127.0.0.1", port, made_ready.key)
        yield made_ready
    finally:
        made_ready.hang_up()
        process.kill()
        process.wait()


def _listens(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "sshd did not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("sshd does not listen")


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task/{process}/children")
    with suppress(OSError):
        return [int(number) for number in tasks.read_text("ascii").split()]
    return []
