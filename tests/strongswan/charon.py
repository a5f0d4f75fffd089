"""A sandbox with two real charons: one is the appliance, with sshd beside it, one plays Azure.

Everything happens in namespaces that die with the sandbox: networks, mounts, processes. The kernel
needs no ESP (kernel-libipsec encrypts in user space, over a TUN device). The sandbox's sshd is
reached through a Unix socket, since its loopback is its own. Needs root, and the packages that
`.ci/run` installs.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.session import Credentials, Target
from appliance.session.hostkeys import checked
from appliance.session.linux import LinuxSession, open_linux
from vendors.strongswan.session import LINUX

URI = "--uri unix:///run/azure/vici"
BOX, AZURE = "203.0.113.10", "198.51.100.7"

SETTINGS = """\
charon-systemd {{
  load = random nonce openssl gmp hmac kdf sha1 sha2 md5 aes drbg pem pkcs1 pkcs8 pubkey x509 \
kernel-libipsec kernel-netlink socket-default vici
  threads = 16
  retransmit_tries = 2
  retransmit_timeout = 0.5
  retransmit_base = 1.2
  filelog {{ log {{
      path = {folder}/log
      default = 1
      ike = 2
      cfg = 2
      flush_line = yes
  }} }}
  plugins {{ vici {{
      socket = unix://{socket}
  }} }}
}}
"""

SSHD = """\
Port 22
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
StrictModes no
PidFile none
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
"""

# The mounts hide what the real host has under these names; nothing of it is touched.
INSIDE = """\
set -e
for folder in /run /etc/swanctl /etc/systemd /var/lib; do mount -t tmpfs none $folder; done
mkdir -p /run/sshd /run/netns /run/azure /etc/swanctl/conf.d /etc/systemd/network /var/lib/dpkg
echo 'include conf.d/*.conf' >/etc/swanctl/swanctl.conf
[ ! -e ~/.bashrc ] || mount --bind /dev/null ~/.bashrc
ip link set lo up
ip netns add azure
ip -n azure link set lo up
ip link add name wan type veth peer name wan netns azure
ip addr add {box}/32 dev wan
ip link set wan up
ip -n azure addr add {azure}/32 dev wan
ip -n azure link set wan up
ip route add {azure} dev wan
ip -n azure route add {box} dev wan
ip addr add 10.10.0.1/16 dev lo
ip addr add 10.11.0.1/16 dev lo
ip -n azure addr add 10.20.0.1/16 dev lo
ip -n azure addr add 10.21.0.1/16 dev lo
export STRONGSWAN_CONF
STRONGSWAN_CONF={folder}/box.conf charon-systemd >/dev/null 2>&1 &
STRONGSWAN_CONF={folder}/azure.conf ip netns exec azure charon-systemd >/dev/null 2>&1 &
/usr/sbin/sshd -f {folder}/sshd.conf -E {folder}/sshd.log
exec {python} -c '{relay}' {folder}/ssh 127.0.0.1 22
"""

RELAY = """\
import socket, sys, threading
def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for one in (a, b):
        try:
            one.shutdown(2)
        except OSError:
            pass
hear = socket.socket(socket.AF_UNIX)
hear.bind(sys.argv[1])
hear.listen(16)
while True:
    near, _ = hear.accept()
    far = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for pair in ((near, far), (far, near)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The appliance as a driver reaches it, and a login of the test's own to look around."""

    target: Target
    credentials: Credentials
    session: LinuxSession
    folder: Path

    def azure(self, command: str) -> str:
        """A command in Azure's namespace; `swanctl` talks to Azure's charon."""
        uri = URI if command.startswith("swanctl") else ""
        return self.session.run(f"ip netns exec azure {command} {uri}")

    def expect(self, settings: str) -> None:
        """Azure's side takes this swanctl.conf, and forgets what it had."""
        self.session.execute("cat >/run/azure/swanctl.conf", settings)
        self.azure("swanctl --load-all --clear --file /run/azure/swanctl.conf")

    def log(self, side: str) -> str:
        """What a charon said: `box` or `azure`."""
        name = "azure/log" if side == "azure" else "box.log/log"
        return (self.folder / name).read_text(encoding="utf-8", errors="replace")


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Starts everything, waits until it answers, and ends all of it."""
    folder = Path(tempfile.mkdtemp(prefix="ss-", dir="/tmp"))
    try:
        with _running(folder) as port, _login(folder, port) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _login(folder: Path, port: int) -> Iterator[Sandbox]:
    key = checked((folder / "host.pub").read_text(encoding="ascii"))
    target = Target(site="site-a", host="127.0.0.1", port=port, host_key=key, timeout=20.0)
    credentials = Credentials(username="root", key_file=str(folder / "login"))
    with open_linux(target, credentials, LINUX) as session:
        for command in ("swanctl --stats", f"ip netns exec azure swanctl --stats {URI}"):
            once = f"until {command} >/dev/null 2>&1 || [ $i = 200 ]; do"
            session.run(f"i=0; {once} i=$((i+1)); sleep 0.05; done")
        yield Sandbox(target=target, credentials=credentials, session=session, folder=folder)


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    """The port on this host's loopback that leads to the sandbox's sshd."""
    for name in ("box.log", "azure"):
        (folder / name).mkdir()
    box = SETTINGS.format(folder=folder / "box.log", socket="/var/run/charon.vici")
    azure = SETTINGS.format(folder=folder / "azure", socket="/run/azure/vici")
    (folder / "box.conf").write_text(box, encoding="ascii")
    (folder / "azure.conf").write_text(azure, encoding="ascii")
    (folder / "sshd.conf").write_text(SSHD.format(folder=folder), encoding="ascii")
    for name in ("host", "login"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(keygen, check=True)  # noqa: S603 -- our own words
    script = INSIDE.format(
        box=BOX, azure=AZURE, folder=folder, python=shutil.which("python3"), relay=RELAY
    )
    inside = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [*inside, "bash", "-c", script], stdin=subprocess.DEVNULL, start_new_session=True
    )
    hear = socket.create_server(("127.0.0.1", 0))
    try:
        _until(folder / "ssh", process)
        threading.Thread(target=_relay, args=(hear, folder / "ssh"), daemon=True).start()
        yield hear.getsockname()[1]
    finally:
        hear.close()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)  # --kill-child: all in the sandbox go with it
        process.wait(10)


def _until(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if path.exists():
            return
        assert process.poll() is None, "the sandbox did not start: see its words above"
        time.sleep(0.025)
    raise AssertionError("the sandbox's sshd did not come up")


def _relay(hear: socket.socket, path: Path) -> None:
    while True:
        try:
            near, _ = hear.accept()
        except OSError:
            return
        threading.Thread(target=_connection, args=(near, path), daemon=True).start()


def _connection(near: socket.socket, path: Path) -> None:
    with near, socket.socket(socket.AF_UNIX) as far, suppress(OSError):
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far.connect(str(path))
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
