"""`appliance drift`: devices against what Azure expects; made for cron."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from appliance.cli.common import (
    CHANGES,
    OK,
    UNDETERMINED,
    chosen,
    code_of,
    emit,
    read_text,
    tell,
    unwind_on_sigterm,
    with_inventory,
    with_output,
    with_selection,
    worst,
)
from appliance.cli.given import at_a_time, of_file
from appliance.drift import Drift, look
from appliance.errors import ApplianceError, UsageError
from appliance.fleet import each
from appliance.inventory.model import Site
from appliance.job import Job, prepare
from appliance.report import differences as report

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance drift --all                                silent when clean\n"
    "  appliance drift site-a --running saved.cfg           without connecting\n"
    "  17 * * * * netops appliance drift --all --only-changes -i /etc/appliance/inventory.yaml"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_selection(options)
    options.add_argument("--running", metavar="FILE", help="compare this saved configuration")
    options.add_argument(
        "--cross-check", action="store_true", help="read each configuration twice, independently"
    )
    options.add_argument(
        "--workers", type=int, default=20, metavar="N", help="devices at a time (default: 20)"
    )
    options.add_argument(
        "--only-changes",
        action="store_true",
        help="tell what is new or gone since the last such look; the exit code is of that alone",
    )
    options.add_argument(
        "-v", "--verbose", action="store_true", help="also clean sites and what is only information"
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Look at every chosen site; the code is that of the worst."""
    at_a_time(arguments.workers)
    if arguments.only_changes and arguments.running is not None:
        raise UsageError(
            "--only-changes is for devices, not for a saved configuration",
            hint="leave out --only-changes, or --running",
        )
    sites = chosen(arguments)
    rows = []
    for site, found in _found(sites, arguments):
        if arguments.only_changes and not _is_news(site, found):
            continue
        if arguments.output == "text":
            _say(site, found, verbose=arguments.verbose)
        rows.append(_row(site, found))
    code = worst(code for _, code, _ in rows)
    if arguments.output == "json":
        documents = [document for _, _, document in sorted(rows, key=lambda row: row[0])]
        emit({"schema": "appliance/drift/1", "code": code, "sites": documents})
    return code


def _found(
    sites: tuple[Site, ...], arguments: argparse.Namespace
) -> Iterator[tuple[Site, Drift | ApplianceError]]:
    """What was found at each site, or why it cannot be looked at."""
    cross = arguments.cross_check
    if arguments.running is None:
        unwind_on_sigterm()
        from appliance.cli.boxes import just_read, visit  # noqa: PLC0415 -- not for --running

        judge = partial(_judged, cross=cross)
        yield from visit(sites, just_read, judge, workers=arguments.workers)
        return
    if len(sites) != 1:
        raise UsageError("--running compares one site", hint="name that site alone")
    text = read_text(arguments.running)
    yield from each(lambda site: _saved(site, text, arguments), sites)


def _saved(site: Site, text: str, arguments: argparse.Namespace) -> Drift:
    with of_file(arguments.running):
        return look(prepare(site), text, cross_check=arguments.cross_check)


def _judged(job: Job, text: str, *, cross: bool) -> Drift:
    from appliance.drift.watch import watched  # noqa: PLC0415 -- loads SQLite
    from appliance.journal.seen import keep  # noqa: PLC0415 -- as above

    found = watched(job, text, cross_check=cross)
    keep(job.site.name, "drift", report.drift(found, _code(found)))
    return found


def _is_news(site: Site, found: Drift | ApplianceError) -> bool:
    """Whether something is new since the last such look; what is gone is told here."""
    from appliance.drift import watch  # noqa: PLC0415 -- as above
    from appliance.journal.seen import news  # noqa: PLC0415 -- as above

    marks = watch.failure(found) if isinstance(found, ApplianceError) else watch.findings(found)
    told = news(site.name, marks)
    for words in told.cleared.values():
        tell(f"{site.name}: cleared: {words}")
    return bool(told.new)


def _row(site: Site, found: Drift | ApplianceError) -> tuple[str, int, dict[str, object]]:
    """A site's name, exit code and document."""
    if isinstance(found, ApplianceError):
        code = code_of(found, UNDETERMINED)
        return site.name, code, {"site": site.name, "code": code, "error": str(found)}
    code = _code(found)
    return site.name, code, report.drift(found, code)


def _code(found: Drift) -> int:
    if found.stale or found.disagreements:
        return UNDETERMINED
    return CHANGES if found.drifted else OK


def _say(site: Site, found: Drift | ApplianceError, *, verbose: bool) -> None:
    if isinstance(found, ApplianceError):
        tell(str(found) if found.where.startswith(site.name) else f"{site.name}: {found}")
        return
    for line in report.drift_lines(found, verbose=verbose):
        print(line)
