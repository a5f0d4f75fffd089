"""`appliance push`: carry out the plan, and leave the device verified or reverted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from appliance.cli import approved
from appliance.cli.common import (
    CHANGES,
    FAILED,
    OK,
    REFUSED,
    ROLLED_BACK,
    UNKNOWN,
    emit,
    emit_line,
    one_site,
    tell,
    with_selection,
)
from appliance.cli.leftovers import cleared, with_leftovers
from appliance.cli.online import connector
from appliance.cli.progress import Progress, progress
from appliance.cli.signals import Board, heard
from appliance.cli.terms import terms, with_fleet, with_rehearsal, with_terms
from appliance.driver import Facts
from appliance.errors import RefusedError, UsageError
from appliance.job import Job, prepare
from appliance.model.change import Plan, Step
from appliance.push import Outcome, Result, Watcher, push
from appliance.push.standing import Standing
from appliance.push.stop import Stop
from appliance.push.terms import Approval
from appliance.report import differences as report
from appliance.report import verify as verify_report

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance push site-a\n"
    "  appliance push site-a --dry-run\n"
    "  appliance push site-a --yes --confirm-minutes 10\n"
    "  appliance push --tag branch --serial 10 --max-fail 2\n"
    "  appliance push --plan site-a.plan --signers allowed_signers\n"
    "  appliance push --resume 4             what fleet run 4 has not done"
)
CODES = {
    Outcome.UNCHANGED: OK,
    Outcome.PLANNED: CHANGES,
    Outcome.DECLINED: REFUSED,
    Outcome.PUSHED: OK,
    Outcome.NOT_SAVED: FAILED,
    Outcome.ROLLED_BACK: ROLLED_BACK,
    Outcome.UNKNOWN: UNKNOWN,
}
ENDS = {
    Outcome.UNCHANGED: "nothing to change: the device holds what is meant",
    Outcome.PLANNED: "a dry run: nothing was sent",
    Outcome.DECLINED: "declined: nothing was sent",
    Outcome.PUSHED: "pushed, verified and saved",
    Outcome.NOT_SAVED: "pushed and confirmed, but NOT SAVED: a reboot loses it; save it by hand",
    Outcome.ROLLED_BACK: "failed; the device is back at its old configuration, seen by reading it",
    Outcome.UNKNOWN: "state unknown: a person is needed now",
}


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options: which sites, how a fleet is gone through, and how each is pushed."""
    with_selection(options)
    approved.with_plan(options)
    with_fleet(options)
    with_leftovers(options)
    with_rehearsal(options)
    with_terms(options)


def run(arguments: argparse.Namespace) -> int:
    """Push one site that is named, with all of its dialogue; or a fleet."""
    if arguments.even_if_changed and arguments.resume is None:
        raise UsageError("--even-if-changed goes with --resume", hint="push --resume RUN")
    approve = approved.read(arguments)
    if _one(arguments):
        (arguments.site,) = arguments.sites
        return carried_out(arguments, None, approve)
    if approve is not None:
        raise UsageError("a plan file is for one site", hint="leave out what chooses several")
    if arguments.remove_leftovers:
        raise UsageError("--remove-leftovers is for one site", hint="name that site alone")
    from appliance.cli import fleet  # noqa: PLC0415 -- thread pools, not for a single site

    return fleet.run(arguments)


def _one(arguments: argparse.Namespace) -> bool:
    """Whether it is one site by its name and nothing was said of a fleet."""
    said = (arguments.all, arguments.tag, arguments.limit, arguments.even_if_changed)
    given = (arguments.canary, arguments.serial, arguments.max_fail, arguments.workers)
    fleet = any(said) or any(one is not None for one in (*given, arguments.resume))
    names: list[str] = arguments.sites
    return len(names) == 1 and not fleet and not set(names[0]) & set("*?[")


def carried_out(
    arguments: argparse.Namespace,
    planner: Callable[[Job, str], Plan] | None,
    approve: Callable[[Job], Approval] | None = None,
) -> int:
    """Push what `planner` makes of the site and its device's configuration; None: the intent.

    With `approve` nothing else is pushed than what the approval it makes was given for.
    """
    stop, board = Stop(), Board()
    options = terms(arguments, stop)
    job = prepare(one_site(arguments), key=None)
    if planner is None:
        job = cleared(job, arguments)
    for note in job.intent.notes:
        tell(f"note: {note}")
    if approve is not None:
        approval = approve(job)
        tell(f"- {approval.words.strip()}")
        options = replace(options, approval=approval)
    made = None if planner is None else partial(planner, job)
    shown = progress(board, plain=arguments.output != "text")
    stop.anywhere = True
    with heard(stop, board):
        try:
            talker = _Talker(job, arguments, shown)
            result = push(job, connector(job), options, talker, made)
        finally:
            shown.stop()
    with suppress(BrokenPipeError):  # nobody listens any more; what became of it is the same
        _report(result, arguments, options.approval)
    return CODES[result.outcome]


class _Talker(Watcher):
    """Tells a person what goes on, and asks."""

    def __init__(self, job: Job, arguments: argparse.Namespace, shown: Progress) -> None:
        self._job = job
        self._arguments = arguments
        self._shown = shown

    def begun(self, standing: Standing) -> None:
        self._shown.board.put(standing)
        self._shown.start()

    def planned(self, plan: Plan, facts: Facts, protection: str) -> bool:
        site, arguments = self._job.site, self._arguments
        if arguments.diff or not arguments.yes:
            tell("\n".join(report.plan_lines(plan)))
        release = f" {facts.version}" if facts.version else ""
        tell(
            f"{site.name}: {facts.hostname} ({self._job.driver.name}{release}) at "
            f"{site.device.host}: {len(plan.change.steps)} commands, "
            f"{report.interrupted(plan)}; {protection}"
        )
        if arguments.yes:
            return True
        if not sys.stdin.isatty():
            raise RefusedError(
                "nobody is here to ask",
                where=f"site {site.name}",
                hint="nothing was touched; look at `appliance plan`, then push with --yes",
            )
        tell(f"Type the site's name to push ({site.name}):")
        return sys.stdin.readline().strip() == site.name

    def said(self, text: str) -> None:
        self._shown.stage(self._job.site.name, text)
        self._shown.line(f"- {text}")

    def sent(self, step: Step) -> None:
        if not self._arguments.yes:
            self._shown.line(f"    {step.text}")


def _report(result: Result, arguments: argparse.Namespace, approval: Approval | None) -> None:
    if arguments.output != "text":
        put = emit if arguments.output == "json" else emit_line
        put(
            {
                "schema": "appliance/push/1",
                "site": result.site,
                "code": CODES[result.outcome],
                "outcome": result.outcome.value,
                "why": result.why,
                "approval": None if approval is None else approval.words.strip(),
                "plan": report.plan(result.plan),
                "verification": verify_report.document(result.site, result.findings),
            }
        )
        return
    if result.outcome is Outcome.PLANNED:
        print("\n".join(report.plan_lines(result.plan)))
    if result.findings:
        print(verify_report.text(result.findings))
    if result.why:
        tell(result.why)
    print(f"{result.site}: {_end(result, waited=not arguments.no_wait)}")


def _end(result: Result, *, waited: bool) -> str:
    """Nothing is called verified that nobody has looked at."""
    if result.outcome is not Outcome.PUSHED or result.findings:
        return ENDS[result.outcome]
    looked = "" if waited else f"; the tunnel was not waited for: `appliance verify {result.site}`"
    return f"pushed, read back and saved{looked}"
