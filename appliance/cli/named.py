"""What names of the inventory stand for, asked of this machine's resolver and only when wished."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address

from appliance.cli.common import tell

_NOTHING = frozenset(
    code
    for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
    if (code := getattr(socket, name, None)) is not None
)
"""Answers that say that there is no such address; all others that nobody answered."""


def addresses(name: str) -> tuple[IPv4Address, ...] | None:
    """All IPv4 addresses of a name, sorted; None, and a line that says so, when nobody answers."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, UnicodeError) or error.errno in _NOTHING:
            return ()
        tell(f"{name}: the resolver of this machine does not answer ({error.strerror})")
        return None
    return tuple(sorted({IPv4Address(place[0]) for *_, place in found}))
