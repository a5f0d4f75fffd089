"""What this machine has: programs, strongSwan's plugins with their packages, and its user."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping

_NAMED = os.environ.get("APPLIANCE_TWIN_PACKAGES", "")
EXTRACTED = os.path.abspath(_NAMED) if _NAMED else ""  # noqa: PTH100 -- pathlib is slow to load
"""A folder into which Debian's packages were unpacked (`dpkg -x`) instead of being installed."""
_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
SYSTEM_PATH = os.pathsep.join(
    (
        os.environ.get("PATH", ""),
        *_FOLDERS,
        *(f"{EXTRACTED}{folder}" for folder in ("/usr/sbin", "/usr/bin") if EXTRACTED),
    )
)
PLUGINS = (
    *((f"{EXTRACTED}/usr/lib/ipsec/plugins",) if EXTRACTED else ()),
    "/usr/lib/ipsec/plugins",
    "/usr/lib/strongswan/plugins",
    "/usr/lib64/strongswan/plugins",
)
CHARON = "charon-systemd"
"""Not `charon`, which has one pid file for all: two of these live side by side."""


def operator() -> str:
    """Who works here: user@machine; a user without a name, as in containers, by its number."""
    import getpass  # noqa: PLC0415 -- only where it is written down who did something
    import socket  # noqa: PLC0415 -- as above

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def program(name: str) -> str | None:
    """Where a program is, also where only root looks."""
    return shutil.which(name, path=SYSTEM_PATH)


def absent(programs: Mapping[str, str], plugins: Mapping[str, str]) -> dict[str, str]:
    """What of these is not there, with the Debian package that brings it; both name -> package."""
    lacking = {name: package for name, package in programs.items() if program(name) is None}
    for name, package in plugins.items():
        file = f"libstrongswan-{name}.so"
        if not any(os.path.exists(f"{folder}/{file}") for folder in PLUGINS):  # noqa: PTH110 -- pathlib is slow to load
            lacking[f"strongSwan's plugin {name}"] = package
    return lacking


def install(packages: Iterable[str]) -> str:
    """The command that installs them on Debian and its kin."""
    return f"apt-get install --no-install-recommends {' '.join(sorted(set(packages)))}"
