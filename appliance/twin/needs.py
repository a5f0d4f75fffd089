"""What a machine must have for two IKE daemons in namespaces of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from appliance.machine import CHARON, SYSTEM_PATH, absent, install

_OWN = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
# With real root's rights no user namespace is needed: some hosts forbid them.
_WAYS = (("unshare", *_OWN), ("unshare", "--user", "--map-root-user", *_OWN))

# What must be there, and the Debian package that brings it.
PROGRAMS = {
    CHARON: "charon-systemd",
    "ip": "iproute2",
    "nft": "nftables",
    "sysctl": "procps",
    "unshare": "util-linux",
    "mount": "mount",
}
LIBRARIES = {
    "kernel-libipsec": "libcharon-extra-plugins",
    "openssl": "libstrongswan-standard-plugins",
    "vici": "strongswan-swanctl",
}
BGP = {"bird": "bird2"}
"""What BGP takes besides, where a site has any."""
_LOADED = {"libstrongswan", "strongswan-libcharon"}
"""What those packages load, and apt-get would install with them."""
# Debian's and Ubuntu's ways to keep user namespaces from ordinary users.
_FORBIDS = {
    "user.max_user_namespaces": "0",
    "kernel.unprivileged_userns_clone": "0",
    "kernel.apparmor_restrict_unprivileged_userns": "1",
}
_TUN = "/dev/net/tun"
# A little of all that the sandbox does; the kernel and the host's policies decide about each.
_TRIAL = """\
mount -t tmpfs none /run && mkdir /run/netns && ip netns add one && ip netns add two &&
ip link add name a netns one type veth peer name b netns two &&
ip netns exec one nft add table inet twin && exec 3<>/dev/net/tun
"""


@cache
def missing() -> str:
    """Why nothing can be rehearsed here, and what to do; empty when it can."""
    if find_spec("vici") is None:
        return "the Python package vici is not installed (pip install 'appliance[twin]')"
    lacking = absent(PROGRAMS, LIBRARIES)
    if lacking:
        return f"not installed: {', '.join(lacking)} ({install(lacking.values())})"
    return "" if way() else f"namespaces are not permitted here: {_refused(_WAYS[-1])}"


def missing_bgp() -> str:
    """Why no BGP can be spoken in a rehearsal here, and what to do; empty when it can."""
    lacking = absent(BGP, {})
    if lacking:
        return f"not installed: {', '.join(lacking)} ({install(lacking.values())})"
    return ""


def advice_bgp() -> Iterator[str]:
    """What to do about what BGP lacks."""
    if missing_bgp():
        yield from _to_get(set(BGP.values()), {"libssh-gcrypt-4"})


def advice() -> Iterator[str]:
    """What to do about what is missing, step by step; nothing where nothing is."""
    if find_spec("vici") is None:
        yield "pip install 'appliance[twin]'"
    packages = set(absent(PROGRAMS, LIBRARIES).values())
    if packages:
        yield from _to_get(packages, _LOADED)
    elif not way():
        yield from _forbidden()


def _to_get(packages: set[str], loaded: set[str]) -> Iterator[str]:
    """Both ways to Debian's packages; `loaded` are those that apt-get would bring along."""
    yield f"as root: {install(packages)}"
    unpacked = " ".join(sorted(packages | loaded))
    yield (
        f"or, installing nothing: apt-get download {unpacked}; dpkg -x FILE DIR with each; "
        "then set APPLIANCE_TWIN_PACKAGES=DIR"
    )


def _forbidden() -> Iterator[str]:
    """Whatever of the host's settings speaks against namespaces, and what always helps."""
    for setting, bad in _FORBIDS.items():
        path = Path("/proc/sys", setting.replace(".", "/"))
        with suppress(OSError):
            if path.read_text(encoding="ascii").strip() == bad:
                yield f"{setting} is {bad}, which forbids them to ordinary users"
    if not os.access(_TUN, os.R_OK | os.W_OK):
        yield f"{_TUN} cannot be opened (modprobe tun; in a container: --device {_TUN})"
    yield "root's rights do instead (in a container: --cap-add SYS_ADMIN --cap-add NET_ADMIN)"


@cache
def way() -> tuple[str, ...]:
    """The command that makes namespaces, of which all that runs in them dies with it."""
    usable = _WAYS if os.geteuid() == 0 else _WAYS[1:]
    return next((words for words in usable if not _refused(words)), ())


def _refused(words: tuple[str, ...]) -> str:
    """What the host says against these namespaces; empty when it makes them."""
    try:
        tried = subprocess.run(  # noqa: S603 -- our own words
            [*words, "bash", "-c", _TRIAL],
            env={"PATH": SYSTEM_PATH, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (tried.stderr.strip() or f"exit status {tried.returncode}") if tried.returncode else ""
