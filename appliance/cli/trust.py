"""`appliance trust`: show a device's host key or certificate and pin it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence

from appliance.cli.common import FAILED, OK, REFUSED, one_site, tell, with_inventory
from appliance.errors import UsageError

UNDETERMINED = FAILED
_FINGERPRINT = re.compile(r"SHA256:(?:[A-Za-z0-9+/]{43}|[0-9A-F]{64})")
EXAMPLES = (
    "  appliance trust site-a\n"
    "  appliance trust site-a --fingerprint SHA256:...      pins only a key that has this one\n"
    "  appliance trust site-a --jump-host                   the jump host before it, first"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument(
        "--fingerprint", metavar="SHA256:...", help="as read on the device's own console"
    )
    options.add_argument(
        "--jump-host", action="store_true", help="pin the site's jump host, for all behind it"
    )
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Pin the key that matches the fingerprint, or that a person says yes to."""
    from appliance.driver import load  # noqa: PLC0415 -- each verb pays for itself
    from appliance.job import jump_host, target  # noqa: PLC0415 -- as above
    from appliance.session import hostkeys  # noqa: PLC0415 -- as above

    site = one_site(arguments)
    _check(arguments.fingerprint)
    if arguments.jump_host:
        where = jump_host(site)
        name, shown = hostkeys.jump(where.host, where.port), hostkeys.offers(where)
    else:
        driver = load(site.device.driver)
        where = target(site, driver, None)
        name, shown = site.name, driver.offers(where)
    pinned = hostkeys.lookup(name, where.host, where.port)
    for key in shown:
        mark = "  (pinned)" if key == pinned else ""
        print(f"{key.split()[0]:24} {hostkeys.fingerprint(key)}{mark}")
    if pinned is not None and pinned not in shown:
        tell(f"the pinned key was another: {hostkeys.fingerprint(pinned)}")
    if arguments.fingerprint is None and pinned in shown:
        return OK
    chosen = _chosen(shown, arguments.fingerprint)
    if chosen is None:
        return REFUSED
    hostkeys.pin(name, where.host, where.port, chosen)
    tell(f"pinned for {name} at {where.host}:{where.port}")
    return OK


def _check(fingerprint: str | None) -> None:
    """Before anything is connected to: a word that no key can have is a slip, not another key."""
    if fingerprint is None or _FINGERPRINT.fullmatch(fingerprint):
        return
    raise UsageError(
        f"{fingerprint!r} is no fingerprint of SHA-256; nothing was connected to",
        hint="SHA256: and 43 characters (`ssh-keygen -lf KEY` on the device), "
        "for a certificate 64 hexadecimal digits",
    )


def _chosen(shown: Sequence[str], fingerprint: str | None) -> str | None:
    """The key to pin, None after saying why none is."""
    from appliance.session import hostkeys  # noqa: PLC0415 -- as above

    if fingerprint is None:
        if _agreed():
            return shown[0]
        tell("nothing was pinned; compare on the device, then use --fingerprint")
        return None
    matching = [key for key in shown if hostkeys.fingerprint(key) == fingerprint]
    if not matching:
        tell("appliance: no key of the device has that fingerprint; nothing was pinned")
    return matching[0] if matching else None


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    tell("Is this the key that the device's own console shows? Type yes to pin it:")
    return sys.stdin.readline().strip() == "yes"
