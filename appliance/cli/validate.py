"""`appliance validate`: the inventory, Azure's exports, what devices can say, and all checks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from appliance.cli.common import (
    FAILED,
    OK,
    chosen,
    emit,
    inventory_path,
    selecting,
    tell,
    with_inventory,
    with_output,
)
from appliance.cli.common import with_selection as with_sites
from appliance.errors import ApplianceError
from appliance.inventory.model import Site
from appliance.model.difference import Severity
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from appliance.checks import Finding
    from appliance.job import Job

UNDETERMINED = FAILED
_DAY = 86_400
EXAMPLES = (
    "  appliance validate\n"
    "  appliance validate site-a -i lab/inventory.yaml\n"
    "  appliance validate --resolve          also look up appliances that Azure knows by name\n"
    "  appliance validate -v                 also what is accepted, or for information only"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One site: ready for work, or the error that keeps it from that; and what checks found."""

    site: Site
    job: Job | None
    error: str
    found: tuple[Finding, ...] = ()

    @property
    def code(self) -> int:
        """Its own exit code."""
        stopped = any(one.stops for one in self.found) or self.contradicted
        return FAILED if self.error or stopped or self.stale else OK

    @property
    def stale(self) -> bool:
        """Whether Azure's export is too old for a push: gate `stale-azure`."""
        return self.job is not None and self.job.stale

    @property
    def contradicted(self) -> bool:
        """Whether inventory and Azure disagree so that no push begins: gate `azure-mismatch`."""
        told = () if self.job is None else self.job.disagreements
        return any(one.severity is Severity.BREAKING for one in told)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_sites(options)
    options.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="also findings that are accepted, or only information",
    )
    options.add_argument(
        "--resolve",
        action="store_true",
        help="look up the names of appliances that Azure dials by name; asks this machine's "
        "resolver",
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Say every fault of every chosen site; all sites when none is named."""
    arguments.all = arguments.all or not selecting(arguments)
    rows = _checked(_all(chosen(arguments)), resolve=arguments.resolve)
    faults = sum(row.code != OK for row in rows)
    code, path = FAILED if faults else OK, inventory_path(arguments)
    if arguments.output == "json":
        sites = [_document(row) for row in rows]
        emit({"schema": "appliance/validate/1", "inventory": path, "code": code, "sites": sites})
        return code
    for row in rows:
        _say(row, verbose=arguments.verbose)
    verdict = f"{faults} with faults" if faults else "no fault"
    print(f"{path}: {len(rows)} site{'s' * (len(rows) != 1)}, {verdict}")
    return code


def _all(sites: Sequence[Site]) -> list[_Row]:
    """Every site in order; where Azure is asked, many are side by side."""
    if not any(site.azure.live for site in sites):
        return [_prepared(site) for site in sites]
    from appliance.fleet import each  # noqa: PLC0415 -- files are read faster one by one

    found = {site.name: row for site, row in each(_prepared, sites) if isinstance(row, _Row)}
    return [found[site.name] for site in sites]


def _prepared(site: Site) -> _Row:
    from appliance.capability import check  # noqa: PLC0415 -- each verb pays for itself
    from appliance.job import prepare  # noqa: PLC0415 -- as above

    try:
        job = prepare(site, key=False)
    except ApplianceError as error:
        return _Row(site=site, job=None, error=str(error))
    try:
        check(job.intent, job.driver)
    except ApplianceError as error:
        return _Row(site=site, job=job, error=str(error))
    return _Row(site=site, job=job, error="")


def _checked(rows: Sequence[_Row], *, resolve: bool) -> list[_Row]:
    """The same with findings, those between sites among them."""
    from appliance.checks import Subject, run  # noqa: PLC0415 -- as above
    from appliance.gates import today  # noqa: PLC0415 -- as above
    from appliance.record import replace  # noqa: PLC0415 -- as above

    subjects = [
        Subject(
            site=row.site,
            expectation=row.job.expectation,
            intent=row.job.intent,
            resolved=_addresses(row.job) if resolve else None,
        )
        for row in rows
        if row.job is not None
    ]
    found: dict[str, list[Finding]] = {}
    for finding in run(subjects, today=today()):
        found.setdefault(finding.site, []).append(finding)
    return [replace(row, found=tuple(found.get(row.site.name, ()))) for row in rows]


def _addresses(job: Job) -> tuple[IPv4Address, ...] | None:
    """Of the name that Azure dials; None where it dials an address."""
    from appliance.cli.named import addresses  # noqa: PLC0415 -- loads socket, when wished

    name = job.expectation.on_premises.fqdn
    return None if name is None else addresses(name)


def _say(row: _Row, *, verbose: bool) -> None:
    from appliance.report import checks  # noqa: PLC0415 -- not for JSON
    from appliance.report.differences import lines  # noqa: PLC0415 -- as above

    if row.error:
        name = row.site.name
        named = row.error.startswith((f"{name}:", f"site {name}"))
        tell(row.error if named else f"{name}: {row.error}")
    elif row.job is not None:
        for line in lines(row.job.disagreements):
            tell(f"{row.site.name}: {line.strip()}")
        for note in row.job.intent.notes:
            tell(f"{row.site.name}: note: {note}")
    if row.stale and row.job is not None:
        days = (row.job.age_seconds or 0) / _DAY
        tell(f"{row.site.name}: Azure's export is {days:.0f} d old, older than azure.max_age_days")
    for line in checks.lines(row.found, verbose=verbose):
        tell(f"{row.site.name}: {line.strip()}")


def _document(row: _Row) -> dict[str, object]:
    from appliance.report import checks  # noqa: PLC0415 -- only for JSON
    from appliance.report.differences import difference  # noqa: PLC0415 -- as above

    job = row.job
    return {
        "site": row.site.name,
        "code": row.code,
        "error": row.error or None,
        "azure": [] if job is None else [difference(one) for one in job.disagreements],
        "stale": row.stale,
        "notes": [] if job is None else list(job.intent.notes),
        "checks": [checks.document(one) for one in row.found],
    }
