"""Where a device's name leads: told when that is elsewhere than at the last push to the site.

It decides nothing, since names move for good reasons: who answers there is known by its host key.
"""

from __future__ import annotations

import socket

from appliance import journal

TEXT = "address"
"""What the journal calls the addresses of a push's device, one a line."""


def leads_to(host: str) -> tuple[str, ...]:
    """The addresses of a name, sorted; empty for what cannot be asked now."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(sorted({str(one[4][0]) for one in found}))


def moved(site: str, host: str, now: tuple[str, ...]) -> str:
    """Words on a name that leads nowhere where it led at the site's last push; else empty."""
    for entry in journal.history(site):
        kept = journal.texts(entry.id).get(TEXT)
        if not kept:
            continue
        then = kept.split()
        if not now or set(now) & set(then) or not entry.device.startswith(f"{host}:"):
            return ""
        return (
            f"note: {host} leads to {', '.join(now)}; at push {entry.id} it led to "
            f"{', '.join(then)}. The host key is the pinned one, so it is the same device, or one "
            "with a copy of its key"
        )
    return ""
