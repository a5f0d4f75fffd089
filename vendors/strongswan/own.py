"""Which files on a host are ours: one for each tunnel, two for its interface, one for rules."""

from __future__ import annotations

import re

HEAD = "# written by appliance: what is changed here by hand is found as drift"
"""The first line of every one of them."""

LOADED = "nft list tables"
"""The heading over our tables that the kernel holds, where there are files with some."""

NOT_LOADED = "# this table was not loaded"
"""Above the text of one that it does not hold: what it says is not in force."""

SWANCTL = "/etc/swanctl"
SWANCTL_ELSEWHERE = "/etc/strongswan/swanctl"
"""Where Debian and its kin keep swanctl.conf, and where Red Hat's do."""

NETWORKD = "/etc/systemd/network"
NFTABLES = "/etc/nftables.d"
NFTABLES_MAIN = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf")
"""What nftables.service loads when the host starts: Debian's and its kin, Red Hat's."""

_OURS = re.compile(
    r"(?P<folder>/[^\s]*)/conf\.d/appliance-(?P<label>[A-Za-z0-9][A-Za-z0-9._-]*)\.conf"
)

_RULES = re.compile(rf"{NFTABLES}/appliance-(?P<label>[A-Za-z0-9][A-Za-z0-9._-]*)\.nft")


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


def is_netdev(path: str) -> bool:
    """Whether a file is one of those."""
    return path.startswith(f"{NETWORKD}/50-appliance-")


def network_file(label: str) -> str:
    """What is on the tunnel interface: address, MTU, routes."""
    return f"{NETWORKD}/50-appliance-{label}.network"


def rules_file(label: str) -> str:
    """What may cross the tunnel."""
    return f"{NFTABLES}/appliance-{label}.nft"


def rules_label(path: str) -> str | None:
    """The label of the tunnel whose rules this file has; None for files of others."""
    match = _RULES.fullmatch(path)
    return None if match is None else match["label"]


def table(label: str) -> str:
    """The name of the table that the rules stand in."""
    return f"appliance-{label}"
