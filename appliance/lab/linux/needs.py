"""What a machine must have for real charons in a sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SYSTEM_PATH = os.pathsep.join(
    (os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
)
TUN = "/dev/net/tun"
NAMESPACES = (
    *("unshare", "--net", "--mount", "--uts", "--pid"),
    *("--fork", "--kill-child", "--mount-proc"),
)
"""All that the sandbox has of its own; what it starts dies with `unshare`."""

_PLUGINS = (
    "/usr/lib/ipsec/plugins",
    "/usr/lib/strongswan/plugins",
    "/usr/lib64/strongswan/plugins",
)
# What must be there, and the Debian package that brings it.
_PROGRAMS = {
    "charon-systemd": "charon-systemd",
    "swanctl": "strongswan-swanctl",
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "unshare": "util-linux",
    "chpasswd": "passwd",
}
_LIBRARIES = {
    "kernel-libipsec": "libcharon-extra-plugins",
    "openssl": "libstrongswan-standard-plugins",
    "vici": "strongswan-swanctl",
}


def program(name: str) -> str | None:
    """Where a program is, also where only root looks."""
    return shutil.which(name, path=SYSTEM_PATH)


def missing() -> str:
    """Why no sandbox can be started here, and what to do; empty when one can."""
    if os.geteuid():
        return "namespaces and network devices need root's rights (run it with sudo)"
    absent = dict(_absent())
    if absent:
        packages = " ".join(sorted(set(absent.values())))
        return (
            f"not installed: {', '.join(absent)} "
            f"(apt-get install --no-install-recommends {packages})"
        )
    return _no_tun() or _no_namespaces()


def _absent() -> Iterator[tuple[str, str]]:
    for name, package in _PROGRAMS.items():
        if program(name) is None:
            yield name, package
    for plugin, package in _LIBRARIES.items():
        file = f"libstrongswan-{plugin}.so"
        if not any(Path(folder, file).exists() for folder in _PLUGINS):
            yield f"strongSwan's plugin {plugin}", package


def _no_tun() -> str:
    try:
        os.close(os.open(TUN, os.O_RDWR))
    except OSError as error:
        return f"{TUN} cannot be opened: {error.strerror} (in a container: --device {TUN})"
    return ""


def _no_namespaces() -> str:
    """Asked by making some, with a pair of network devices in them: permission is a long story."""
    pair = ("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
    made = subprocess.run(  # noqa: S603 -- our own words
        [*NAMESPACES, *pair],
        env={"PATH": SYSTEM_PATH},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    words = (made.stderr.strip() or f"exit status {made.returncode}") if made.returncode else ""
    return words and f"namespaces with network devices are not permitted here: {words}"
