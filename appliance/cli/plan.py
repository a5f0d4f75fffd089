"""`appliance plan`: what a push would change."""

from __future__ import annotations

import argparse
import time

from appliance import gates
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
from appliance.cli.gate import gate
from appliance.cli.given import of_file
from appliance.cli.leftovers import cleared, with_leftovers
from appliance.cli.online import connector
from appliance.driver import Facts, disagreements
from appliance.errors import UsageError
from appliance.gates import Question, findings
from appliance.job import Job, prepare
from appliance.model.intent import Observed
from appliance.plan import plan
from appliance.record import dataclass, replace
from appliance.report import checks
from appliance.report import differences as report

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance plan site-a\n"
    "  appliance plan site-a --running saved.cfg -o json     without connecting\n"
    "  appliance plan site-a --out site-a.plan --sign ~/.ssh/id_ed25519"
)
_HOURS, _LONGEST_HOURS = 24, 24 * 90


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    options.add_argument(
        "--out", metavar="FILE", help="write a plan file, for `appliance push --plan FILE`"
    )
    options.add_argument(
        "--valid-hours",
        type=int,
        metavar="N",
        help=f"with --out: how long it may be pushed (default: {_HOURS})",
    )
    options.add_argument(
        "--rehearse",
        action="store_true",
        help="with --out: only what two IKE daemons find to work; the plan file has their record",
    )
    options.add_argument(
        "--sign", metavar="KEY", help="with --out: sign it with this SSH key, into FILE.sig"
    )
    options.add_argument(
        "--allow",
        action="append",
        default=[],
        type=gate,
        metavar="GATE",
        help="with --out: the plan file opens this gate, as `push --allow` does",
    )
    with_leftovers(options)
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 2 when there are changes."""
    _check(arguments)
    job = cleared(prepare(one_site(arguments)), arguments)
    if arguments.running is None:
        asked, observed, facts, record = _asked(job, rehearse=_rehearses(job, arguments))
    else:
        with of_file(arguments.running):
            observed, facts, record = _parsed(job, read_text(arguments.running)), None, None
        asked = Question(job=job, plan=plan(job.intent, observed, job.driver))
    made, found, closed = asked.plan, findings(job), tuple(gates.closed(asked))
    if arguments.output == "json":
        stops = [{"gate": name, "reason": reason} for name, reason in closed]
        listed = [checks.document(one) for one in found]
        emit({**report.plan(made), "checks": listed, "gates": stops})
    else:
        for note in job.intent.notes:
            tell(f"note: {note}")
        for line in report.lines(job.disagreements):
            tell(line)
        for line in checks.lines(found):
            tell(line)
        print("\n".join((f"{job.site.name}:", *report.plan_lines(made))))
        if made.change:
            print("\n".join(report.gate_lines(closed)))
    if arguments.out is not None and facts is not None:
        _write(arguments, asked, _Answered(observed=observed, facts=facts, rehearsal=record))
    return CHANGES if made.change else OK


def _check(arguments: argparse.Namespace) -> None:
    said = (arguments.sign, arguments.valid_hours)
    if arguments.out is None and arguments.rehearse:
        raise UsageError(
            "--rehearse goes with --out", hint="`appliance rehearse SITE` rehearses alone"
        )
    if arguments.out is None and (arguments.allow or any(one is not None for one in said)):
        raise UsageError(
            "--sign, --valid-hours and --allow go with --out",
            hint="name the plan file: --out FILE",
        )
    if arguments.out is not None and arguments.running is not None:
        raise UsageError(
            "a plan file is for the device that answers, not for a saved configuration",
            hint="leave --running out",
        )
    if not 1 <= _hours(arguments) <= _LONGEST_HOURS:
        raise UsageError(
            f"--valid-hours must be 1 to {_LONGEST_HOURS}",
            hint=f"after that the plan file is refused; without it: {_HOURS}",
        )


def _hours(arguments: argparse.Namespace) -> int:
    return _HOURS if arguments.valid_hours is None else int(arguments.valid_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """What the device holds and says of itself, and the record of a rehearsal."""

    observed: Observed
    facts: Facts
    rehearsal: object


def _rehearses(job: Job, arguments: argparse.Namespace) -> bool:
    return arguments.out is not None and (arguments.rehearse or job.site.rehearsed)


def _asked(job: Job, *, rehearse: bool) -> tuple[Question, Observed, Facts, object]:
    """The plan for the device as it answers, what speaks against it, and its rehearsal."""
    from appliance.push.asked import question, room  # noqa: PLC0415 -- only when connected

    unwind_on_sigterm()
    with connector(job)() as session:
        facts, text = job.driver.identify(session), job.driver.read(session)
        observed = _parsed(job, text)
        made = plan(job.intent, observed, job.driver)
        cramped = room(job, session, text) if made.change else None
    record = _record(job, text) if rehearse and made.change else None
    return question(job, made, facts, cramped=cramped), observed, facts, record


def _record(job: Job, text: str) -> object:
    """Raises `RefusedError` for what would not work."""
    import json  # noqa: PLC0415 -- only where it is rehearsed

    from appliance.cli.rehearsed import gate as tried  # noqa: PLC0415 -- as above

    return json.loads(tried(job, text))


def _parsed(job: Job, text: str) -> Observed:
    gates.readers_agree(job.site.name, disagreements(job.driver, text))
    return job.driver.parse(text)


def _write(arguments: argparse.Namespace, asked: Question, device: _Answered) -> None:
    """The plan file, and its signature. Raises `RefusedError` for what could not be pushed."""
    from appliance import planfile  # noqa: PLC0415 -- only for plan files

    if not asked.plan.change:
        tell("- nothing to change: no plan file was written")
        return
    gates.check(asked, arguments.allow)
    opened = dict.fromkeys(name for name, _ in gates.closed(asked))
    now = int(time.time())
    expires = now + 3600 * _hours(arguments)
    seen = planfile.Seen(
        job=asked.job,
        facts=device.facts,
        host_key=asked.host_key,
        observed=device.observed,
        plan=asked.plan,
    )
    file = replace(planfile.make(seen, opened, now, expires), rehearsal=device.rehearsal)
    planfile.write(file, arguments.out)
    tell(f"- wrote {arguments.out}, good until {planfile.told(expires)}")
    if arguments.sign is not None:
        tell(f"- signed: {planfile.sign(arguments.out, arguments.sign)}")
