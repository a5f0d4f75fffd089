"""`appliance prove`: whether traffic gets through, end to end, and which line decides."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.cli.common import (
    CHANGES,
    OK,
    UNDETERMINED,
    emit,
    one_site,
    read_text,
    with_inventory,
    with_output,
)
from appliance.cli.given import of_file
from appliance.cli.online import connector
from appliance.errors import UsageError
from appliance.job import Job, prepare
from appliance.model.filters import Chain
from appliance.proof import Row, prove
from appliance.proof.cloud import chains
from appliance.proof.exported import Scope
from appliance.report import proof as report

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance prove site-a --running saved.cfg\n"
    "  appliance prove site-a --cloud nsg.json --cloud 10.20.1.0/24=routes.json -o json"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    options.add_argument(
        "--cloud",
        action="append",
        default=[],
        metavar="[PREFIX=]FILE",
        help="Azure's security group or routes as `az` prints them, and the network behind",
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the proof; 2 when something gets through or is stopped against the intent."""
    job = prepare(one_site(arguments), key=False)
    cloud = tuple(chain for word in arguments.cloud for chain in _cloud(job, word))
    text = _read(job) if arguments.running is None else read_text(arguments.running)
    with of_file(arguments.running):
        observed = job.driver.parse(text)
    rows = prove(job.intent, observed, job.expectation, cloud)
    unseen = [] if cloud else ["network security groups and route tables of Azure (--cloud FILE)"]
    if arguments.output == "json":
        emit(report.document(job.site.name, rows, unseen))
    else:
        print("\n".join(report.lines(rows, unseen)))
    return _code(rows)


def _read(job: Job) -> str:
    with connector(job)() as session:
        return job.driver.read(session)


def _cloud(job: Job, word: str) -> Iterator[Chain]:
    prefix, equals, file = word.rpartition("=")
    vnets = job.expectation.vnet_prefixes
    try:
        remote = (IPv4Network(prefix),) if equals else vnets
    except ValueError:
        raise UsageError(
            f"--cloud {word}: {prefix!r} is no IPv4 network",
            hint="write --cloud 10.20.1.0/24=FILE, or --cloud FILE for all networks",
        ) from None
    scope = Scope(file=file, remote=remote, local=job.expectation.on_premises.prefixes, vnets=vnets)
    yield from chains(read_text(file), scope)


def _code(rows: tuple[Row, ...]) -> int:
    if any(row.leaking or row.missing for row in rows):
        return CHANGES
    return UNDETERMINED if any(row.unknown for row in rows) else OK
