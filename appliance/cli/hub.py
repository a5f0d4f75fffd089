"""What `status` and `report` share: every chosen site with all that is known of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from functools import partial

from appliance.cli.boxes import visit
from appliance.cli.common import code_of, tell
from appliance.cli.given import at_a_time
from appliance.cli.look import Look, asked
from appliance.drift.watch import watched
from appliance.errors import ApplianceError
from appliance.gates import findings
from appliance.inventory.model import Site
from appliance.job import Job, prepare
from appliance.journal import history, seen
from appliance.proof import prove
from appliance.report import differences, hub, proof

UNDETERMINED = 3


def with_refresh(options: argparse.ArgumentParser) -> None:
    """Add `--refresh` and `--workers`."""
    options.add_argument(
        "--refresh", action="store_true", help="ask the devices first; nothing is changed on them"
    )
    options.add_argument(
        "--workers", type=int, default=20, metavar="N", help="devices at a time (default: 20)"
    )


def every(sites: tuple[Site, ...], arguments: argparse.Namespace) -> Iterator[hub.Now]:
    """All sites in their order; one that cannot be made sense of says why."""
    workers = at_a_time(arguments.workers)
    if arguments.refresh:
        for site, done in visit(sites, asked, _keep, workers=workers):
            if isinstance(done, ApplianceError):
                tell(f"{site.name}: {done}")
                _keep_failure(site, done)
    told = seen.kept()
    yield from map(partial(_now, told=told), sites)


def _now(site: Site, told: Mapping[str, Mapping[str, seen.Kept]]) -> hub.Now:
    try:
        job = prepare(site, key=False)
        last = next(iter(history(site.name, 1)), None)
    except ApplianceError as error:
        return hub.Now(name=site.name, driver=site.device.driver, error=error.message)
    kept = told.get(site.name, {})
    return hub.now(site, job.expectation, findings(job), kept, last, stale=job.stale)


def _keep(job: Job, looked: Look) -> None:
    """What `drift`, `verify` and `prove` would say of what was seen, kept."""
    name = job.site.name
    rows = prove(job.intent, looked.observed, job.expectation, ())
    found = watched(job, looked.text)
    seen.keep(name, "drift", differences.drift(found, 2 if found.drifted else 0))
    seen.keep(name, "verify", hub.states(job.expectation, looked.findings))
    seen.keep(name, "proof", proof.document(name, rows, ()))


def _keep_failure(site: Site, error: ApplianceError) -> None:
    code = code_of(error, UNDETERMINED)
    seen.keep(site.name, "drift", {"site": site.name, "code": code, "error": str(error)})
    seen.keep(site.name, "verify", {"tunnels": []})
