"""`appliance import azure --changes-since`: what moved at Azure, and which sites need what."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence

from appliance import driver as drivers
from appliance.azure.expectation import Expectation
from appliance.azure.importer import load
from appliance.azure.radar import Moved, changes
from appliance.cli.common import CHANGES, OK, emit, inventory_path, read_inventory, tell
from appliance.compare import compare
from appliance.errors import ApplianceError, UsageError
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import Site
from appliance.job import expect
from appliance.model.difference import Difference, Severity
from appliance.model.intent import Observed
from appliance.model.secret import Hidden, Secret
from appliance.report import differences as report
from appliance.secrets.fingerprint import fingerprint

_NO_KEY = Hidden("the key is not looked at")


def told(arguments: argparse.Namespace, now: Sequence[Expectation]) -> int:
    """Print what changed since the older exports: 2 when something did."""
    before = load([arguments.changes_since], connection=arguments.connection)
    found = changes(before, now, _key)
    sites = tuple(_sites(arguments)) if found else ()
    if arguments.output == "json":
        document = [_document(one, sites) for one in found]
        emit({"schema": "appliance/radar/1", "connections": document})
    else:
        print("\n".join(line for one in found for line in _lines(one, sites)) or "no change")
    return CHANGES if any(_matters(one) for one in found) else OK


def _key(key: Secret | Hidden) -> str:
    return f"key {fingerprint(key)}" if isinstance(key, Secret) else "hidden"


def _matters(one: Moved) -> bool:
    """Whether it is more than a state that comes and goes."""
    return None in (one.before, one.after) or any(not change.state for change in one.changes)


def _sites(arguments: argparse.Namespace) -> Iterator[tuple[Site, Expectation]]:
    """Sites of the inventory with the connection each is for; none where there is no inventory."""
    try:
        path = inventory_path(arguments)
    except UsageError:
        tell("note: no inventory here, so no site is named; --inventory FILE names one")
        return
    for site in read_inventory(arguments).sites.values():
        try:
            yield site, expect(site)
        except ApplianceError as error:
            tell(f"note: {os.path.basename(path)}: {site.name}: {error.message}")  # noqa: PTH119


def _of(one: Moved, sites: Sequence[tuple[Site, Expectation]]) -> Iterator[Site]:
    known = one.after or one.before
    for site, expected in sites:
        if known is not None and (expected.id or expected.name) == (known.id or known.name):
            yield site


def _needs(one: Moved, site: Site) -> tuple[Difference, ...]:
    """What the device must hold otherwise: what was meant for it, beside what is meant now."""
    if one.before is None or one.after is None:
        return ()
    driver = drivers.load(site.device.driver)
    was, now = (fit(intend(site, each, _NO_KEY), driver) for each in (one.before, one.after))
    held = Observed(driver=driver.name, tunnels=was.tunnels)
    return tuple(found for found in compare(now, held) if found.severity > Severity.INFORMATION)


def _lines(one: Moved, sites: Sequence[tuple[Site, Expectation]]) -> Iterator[str]:
    if one.before is None:
        yield f"{one.name}: a new connection"
    elif one.after is None:
        yield f"{one.name}: the connection is gone"
    else:
        yield f"{one.name}: {len(one.changes)} changes at Azure"
    for change in one.changes:
        mark = " i" if change.state else "  "
        yield f"{mark} {change.path}: {change.before} -> {change.after}"
    for site in _of(one, sites):
        yield from _site_lines(one, site)


def _site_lines(one: Moved, site: Site) -> Iterator[str]:
    try:
        needs = _needs(one, site)
    except ApplianceError as error:
        yield f"   {site.name}: {error.message}"
        return
    key = any(change.path == "psk" for change in one.changes)
    if needs:
        yield f"   {site.name}: its device needs (`appliance plan {site.name}`):"
        yield from (f"   {line}" for line in report.lines(needs))
    if key:
        yield f"   {site.name}: its device needs the new pre-shared key"
    if not needs and not key:
        yield f"   {site.name}: its device needs nothing"


def _document(one: Moved, sites: Sequence[tuple[Site, Expectation]]) -> dict[str, object]:
    kind = "new" if one.before is None else "gone" if one.after is None else "changed"
    return {
        "connection": one.name,
        "kind": kind,
        "changes": [
            {"path": c.path, "before": c.before, "after": c.after, "state": c.state}
            for c in one.changes
        ],
        "sites": [
            {"site": site.name, "needs": [report.difference(d) for d in _needs(one, site)]}
            for site in _of(one, sites)
        ],
    }
