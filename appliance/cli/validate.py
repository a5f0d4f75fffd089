"""`appliance validate`: the inventory, Azure's exports and what the devices can say."""

from __future__ import annotations

import argparse

from appliance.cli.common import FAILED, OK, chosen, inventory_path, tell, with_inventory
from appliance.cli.common import with_selection as with_sites
from appliance.errors import ApplianceError

UNDETERMINED = FAILED
EXAMPLES = "  appliance validate\n  appliance validate site-a -i lab/inventory.yaml"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_sites(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Say every fault of every chosen site; all sites when none is named."""
    from appliance.driver import check  # noqa: PLC0415
    from appliance.job import prepare  # noqa: PLC0415 -- each verb pays for itself
    from appliance.report.differences import lines  # noqa: PLC0415

    arguments.all = arguments.all or not (arguments.sites or arguments.tag)
    sites = chosen(arguments)
    faults = 0
    for site in sites:
        try:
            job = prepare(site, key=False)
            check(job.intent, job.driver)
        except ApplianceError as error:
            tell(str(error))
            faults += 1
            continue
        for line in lines(job.disagreements):
            tell(f"{site.name}: {line.strip()}")
        for note in job.intent.notes:
            tell(f"{site.name}: note: {note}")
    verdict = f"{faults} with faults" if faults else "no fault"
    print(f"{inventory_path(arguments)}: {len(sites)} site{'s' * (len(sites) != 1)}, {verdict}")
    return FAILED if faults else OK
