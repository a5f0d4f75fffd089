"""`appliance trust`: show a device's host key or certificate and pin it."""

from __future__ import annotations

import argparse
import sys

from appliance.cli.common import FAILED, OK, REFUSED, one_site, tell, with_inventory

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance trust site-a\n"
    "  appliance trust site-a --fingerprint SHA256:...      pins only a key that has this one"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument(
        "--fingerprint", metavar="SHA256:...", help="as read on the device's own console"
    )
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Pin the key that matches the fingerprint, or that a person says yes to."""
    from appliance.driver import load  # noqa: PLC0415 -- each verb pays for itself
    from appliance.session import Target, hostkeys  # noqa: PLC0415 -- as above

    site = one_site(arguments)
    driver = load(site.device.driver)
    host, port = site.device.host, site.device.port or driver.port
    if host is None:
        tell(f"appliance: site {site.name} has no device.host")
        return FAILED
    shown = driver.offers(
        Target(
            site=site.name,
            host=host,
            port=port,
            legacy=site.device.legacy,
            timeout=site.device.timeout,
            winrm=site.device.winrm,
        )
    )
    pinned = hostkeys.lookup(site.name, host, port)
    for key in shown:
        mark = "  (pinned)" if key == pinned else ""
        print(f"{key.split()[0]:24} {hostkeys.fingerprint(key)}{mark}")
    if pinned is not None and pinned not in shown:
        tell(f"the pinned key was another: {hostkeys.fingerprint(pinned)}")
    wanted = arguments.fingerprint
    if wanted is not None:
        matching = [key for key in shown if hostkeys.fingerprint(key) == wanted]
        if not matching:
            tell("appliance: no key of the device has that fingerprint; nothing was pinned")
            return REFUSED
        hostkeys.pin(site.name, host, port, matching[0])
    elif pinned in shown:
        return OK
    elif not _agreed():
        tell("nothing was pinned; compare on the device, then use --fingerprint")
        return REFUSED
    else:
        hostkeys.pin(site.name, host, port, shown[0])
    tell(f"pinned for {site.name} at {host}:{port}")
    return OK


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    tell("Is this the key that the device's own console shows? Type yes to pin it:")
    return sys.stdin.readline().strip() == "yes"
