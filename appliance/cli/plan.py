"""`appliance plan`: what a push would change."""

from __future__ import annotations

import argparse

from appliance.cli.common import (
    CHANGES,
    OK,
    UNDETERMINED,
    emit,
    one_site,
    read_text,
    tell,
    unwind_on_sigterm,
    with_inventory,
    with_output,
)
from appliance.cli.online import connector
from appliance.driver import disagreements
from appliance.gates import findings, readers_agree
from appliance.job import Job, prepare
from appliance.plan import plan
from appliance.report import checks
from appliance.report import differences as report

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance plan site-a\n"
    "  appliance plan site-a --running saved.cfg -o json     without connecting"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 2 when there are changes."""
    job = prepare(one_site(arguments))
    text = _read(job) if arguments.running is None else read_text(arguments.running)
    readers_agree(job.site.name, disagreements(job.driver, text))
    made = plan(job.intent, job.driver.parse(text), job.driver)
    found = findings(job)
    if arguments.output == "json":
        emit({**report.plan(made), "checks": [checks.document(one) for one in found]})
    else:
        for note in job.intent.notes:
            tell(f"note: {note}")
        for line in report.lines(job.disagreements):
            tell(line)
        for line in checks.lines(found):
            tell(line)
        print("\n".join((f"{job.site.name}:", *report.plan_lines(made))))
    return CHANGES if made.change else OK


def _read(job: Job) -> str:
    unwind_on_sigterm()
    with connector(job)() as session:
        return job.driver.read(session)
