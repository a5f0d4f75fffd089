"""Which files on a host are ours: one for each tunnel, and two more for its interface."""

from __future__ import annotations

import re

SWANCTL = "/etc/swanctl"
SWANCTL_ELSEWHERE = "/etc/strongswan/swanctl"
"""Where Debian and its kin keep swanctl.conf, and where Red Hat's do."""

NETWORKD = "/etc/systemd/network"

_OURS = re.compile(
    r"(?P<folder>/[^\s]*)/conf\.d/appliance-(?P<label>[A-Za-z0-9][A-Za-z0-9._-]*)\.conf"
)


def label(path: str) -> str | None:
    """The label of the tunnel whose file this is; None for files of others."""
    match = _OURS.fullmatch(path)
    return None if match is None else match["label"]


def swanctl_file(label: str, folder: str) -> str:
    """The settings of a tunnel: connection and secret."""
    return f"{folder}/conf.d/appliance-{label}.conf"


def netdev_file(label: str) -> str:
    """The tunnel interface itself."""
    return f"{NETWORKD}/50-appliance-{label}.netdev"


def network_file(label: str) -> str:
    """What is on the tunnel interface: address, MTU, routes."""
    return f"{NETWORKD}/50-appliance-{label}.network"
