"""What a machine must have for real charons in a sandbox."""

from __future__ import annotations

import os
import subprocess

from appliance.machine import CHARON, SYSTEM_PATH, absent, install

TUN = "/dev/net/tun"
NAMESPACES = (
    *("unshare", "--net", "--mount", "--uts", "--pid"),
    *("--fork", "--kill-child", "--mount-proc"),
)
"""All that the sandbox has of its own; what it starts dies with `unshare`."""

# What must be there, and the Debian package that brings it.
_PROGRAMS = {
    CHARON: "charon-systemd",
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


def missing() -> str:
    """Why no sandbox can be started here, and what to do; empty when one can."""
    if os.geteuid():
        return "namespaces and network devices need root's rights (run it with sudo)"
    lacking = absent(_PROGRAMS, _LIBRARIES)
    if lacking:
        return f"not installed: {', '.join(lacking)} ({install(lacking.values())})"
    return _no_tun() or _no_namespaces()


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
