"""`appliance rehearse`: two IKE daemons try the tunnels before anything is pushed."""

from __future__ import annotations

import argparse

from appliance.cli.common import (
    FAILED,
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
from appliance.cli.prediction import Prediction, predict
from appliance.errors import UsageError
from appliance.job import Job, prepare
from appliance.report import rehearsal as report
from appliance.twin import Rehearsal, missing, of_site, on_paper, rehearse

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance rehearse site-a                               reads the device\n"
    "  appliance rehearse site-a --running saved.cfg -o json   without connecting\n"
    "  appliance rehearse site-a --new                         a device that holds nothing yet"
)
_AT_ONCE = 2


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    which = options.add_mutually_exclusive_group()
    which.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    which.add_argument("--new", action="store_true", help="as if it held no tunnel yet")
    options.add_argument(
        "--as-is", action="store_true", help="what it holds now, without the planned change"
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """0 it would work, 1 it would not, 3 no daemon can run here and no rule speaks against it."""
    if arguments.new and arguments.as_is:
        raise UsageError("--new --as-is: a device without tunnels has none to rehearse")
    unwind_on_sigterm()
    job = prepare(one_site(arguments))
    text = None if arguments.new else _text(job, arguments.running)
    predicted = predict(job, text, change=not arguments.as_is)
    rehearsals = _rehearsed(job, predicted)
    if arguments.output == "json":
        emit(report.document(job.site.name, predicted.how, rehearsals))
    else:
        for note in job.intent.notes:
            tell(f"note: {note}")
        print("\n".join(report.lines(job.site.name, predicted.how, rehearsals)))
    if not all(one.works for one in rehearsals):
        return FAILED
    return OK if all(one.outcome is not None for one in rehearsals) else UNDETERMINED


def _text(job: Job, path: str | None) -> str:
    if path is not None:
        return read_text(path)
    from appliance.cli.online import connector  # noqa: PLC0415 -- not with a saved configuration

    with connector(job)() as session:
        return job.driver.read(session)


def _rehearsed(job: Job, predicted: Prediction) -> tuple[Rehearsal, ...]:
    """One for each instance of Azure's gateway, in its own sandbox, two at a time.

    Raises `UsageError` when the device holds no tunnel: with `--as-is` there is nothing to try.
    """
    subjects = of_site(job, predicted.tunnels)
    if not subjects:
        raise UsageError(
            f"the device holds no tunnel for site {job.site.name}", where=job.site.where
        )
    absent = missing()
    if absent:
        tell(f"no daemon can run here: {absent}")
        return tuple(on_paper(subject, absent) for subject in subjects)
    if len(subjects) == 1:
        return (rehearse(subjects[0]),)  # here Ctrl-C ends it at once
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- hardly ever needed

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(rehearse, subjects))
