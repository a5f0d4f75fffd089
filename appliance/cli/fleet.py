"""`appliance push` of many sites: chosen, made ready, asked for, gone through, and summed up."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from appliance.cli.common import (
    OK,
    UNDETERMINED,
    UNKNOWN,
    chosen,
    emit,
    emit_line,
    tell,
    worst,
)
from appliance.cli.fleet_resume import Former, alone, former, kept_terms, same_intents
from appliance.cli.fleet_site import SiteWork, device, failed, readied
from appliance.cli.progress import Progress, progress
from appliance.cli.signals import Board, code, heard
from appliance.cli.terms import terms
from appliance.errors import ApplianceError, RefusedError, UsageError
from appliance.inventory.model import Site
from appliance.journal import fleets
from appliance.push import Options
from appliance.push.fleet import DONE, RIGHT, Answer, End, Fleet, Target, Terms
from appliance.push.stop import Stop
from appliance.report import differences
from appliance.report import fleet as report

_WORKERS = 20
_ANY = 10**9
"""How many may fail in a dry run, where that harms nobody."""


def run(arguments: argparse.Namespace) -> int:
    """Push the chosen sites, or what a run has left of them; the code is that of the worst."""
    options = replace(terms(arguments, Stop()), patient=True)
    if arguments.resume is None:
        return _Run(arguments, chosen(arguments), options).carried_out(None)
    with former(arguments) as left:
        if left.members:
            return _Run(arguments, left.sites, options).carried_out(left)
        print(f"fleet run {left.run}: nothing is left to do")
        return OK


def share(text: str | None, whole: int, option: str) -> int | None:
    """How many of so many "10" or "25%" is, rounded down. Raises `UsageError` for other words."""
    if text is None:
        return None
    number = text.removesuffix("%")
    if not number.isdecimal() or (text != number and int(number) > 100):  # noqa: PLR2004 -- per cent
        raise UsageError(
            f"{option} is a number of sites, or a percentage of them, not {text!r}",
            hint=f"{option} 5, or {option} 10%",
        )
    return int(number) * whole // 100 if text != number else int(number)


def _terms(arguments: argparse.Namespace, whole: int) -> Terms:
    workers = _WORKERS if arguments.workers is None else arguments.workers
    canary = 1 if arguments.canary is None else arguments.canary
    serial = share(arguments.serial, whole, "--serial")
    if workers < 1 or canary < 0 or arguments.serial in {"0", "0%"}:
        raise UsageError(
            "--workers and --serial must be 1 or more, --canary 0 or more",
            hint="leave them out for one canary, then all the others, 20 at a time",
        )
    if arguments.dry_run:
        return Terms(canary=0, workers=workers, max_fail=_ANY)
    return Terms(
        canary=canary,
        serial=None if serial is None else max(serial, 1),
        workers=workers,
        max_fail=share(arguments.max_fail, whole, "--max-fail") or 0,
    )


class _Run:
    """One run of a fleet: from its sites to its sum."""

    def __init__(
        self, arguments: argparse.Namespace, sites: tuple[Site, ...], options: Options
    ) -> None:
        self._arguments = arguments
        self._options = options
        self._sites = {site.name: site for site in sites}
        self._terms = _terms(arguments, len(sites))
        self._targets: tuple[Target, ...] = ()
        self._faulty: list[Answer] = []
        self._answers: list[Answer] = []
        self._ends: Counter[End] = Counter()

    def carried_out(self, left: Former | None) -> int:
        """All of it. Raises `RefusedError` and `UsageError` with nothing touched."""
        numbers = range(len(self._sites)) if left is None else [one.number for one in left.members]
        intents = self._readied(numbers)
        if left is not None and not self._arguments.even_if_changed:
            same_intents(left, intents)
        if self._arguments.dry_run:
            return self._gone_through(None)
        self._ask()
        if left is None:
            wanted = [(name, intents.get(name, "")) for name in self._sites]
            number = fleets.begin(wanted, kept_terms(self._arguments))
            with alone(number):
                return self._gone_through(number)
        again = {one.number: intents.get(one.site, "") for one in left.members}
        fleets.again(left.run, again)
        return self._gone_through(left.run)

    def _readied(self, numbers: Sequence[int]) -> dict[str, str]:
        """The hash of each site's intent; sites that cannot be made ready have failed already."""
        intents: dict[str, str] = {}
        targets: list[Target] = []
        for number, site in zip(numbers, self._sites.values(), strict=True):
            target = Target(number=number, site=site.name, device=device(site))
            try:
                intents[site.name] = readied(site)
                targets.append(target)
            except ApplianceError as error:
                self._faulty.append(failed(target, error, None))
        self._targets = tuple(targets)
        return intents

    def _ask(self) -> None:
        """Raises `RefusedError` unless the push is wanted."""
        count = len(self._targets)
        for answer in self._faulty:
            tell(f"cannot be made ready: {report.line(answer)}")
        tell(_meant(count, self._terms, self._options))
        if self._arguments.yes:
            return
        if not sys.stdin.isatty():
            raise RefusedError(
                "nobody is here to ask",
                hint="nothing was touched; look at it with --dry-run, then push with --yes",
            )
        tell(f"Type the number of sites to push ({count}):")
        if sys.stdin.readline().strip() != str(count):
            raise RefusedError("declined", hint="nothing was touched")

    def _gone_through(self, number: int | None) -> int:
        if number is not None:
            tell(f"fleet run {number}: {_sites(len(self._targets))}")
        board, stop = Board(), self._options.stop
        shown = progress(board, self._counts, plain=self._arguments.output != "text")
        fleet = Fleet(self._terms, self._work(shown, number), stop, len(self._faulty))
        with heard(stop, board):
            shown.start()
            try:
                for answer in self._faulty:
                    self._take(answer, shown, number)
                for answer in fleet.answers(self._targets, UNDETERMINED):
                    self._take(answer, shown, number)
            finally:
                shown.stop()
        if number is not None:
            fleets.ended(number)
        return self._summed_up(number, fleet.why)

    def _work(self, shown: Progress, number: int | None) -> SiteWork:
        plans = self._arguments.diff or self._arguments.dry_run
        return SiteWork(self._sites, self._options, shown, run=number, plans=plans)

    def _take(self, answer: Answer, shown: Progress, number: int | None) -> None:
        """One site's answer, to the journal and to whoever listens."""
        self._ends[answer.end] += 1
        if number is not None:
            self._keep(number, answer)
        with suppress(BrokenPipeError):  # where nobody listens any more the fleet goes on
            self._tell(answer, shown)
        whole = self._arguments.output == "json"
        self._answers.append(answer if whole else replace(answer, plan=None))

    def _tell(self, answer: Answer, shown: Progress) -> None:
        output = self._arguments.output
        if output == "jsonl":
            emit_line(report.site(answer))
        elif answer.end is not End.NOT_STARTED:
            shown.line(f"[{sum(self._ends.values())}/{len(self._sites)}] {report.line(answer)}")
        if output == "text" and answer.plan is not None:
            print("\n".join(differences.plan_lines(answer.plan)), flush=True)

    def _keep(self, number: int, answer: Answer) -> None:
        """What is not in the journal cannot be resumed: then no more are begun."""
        try:
            fleets.answered(number, _member(answer))
        except RefusedError as error:
            tell(f"appliance: {error}")
            self._options.stop.ask("a journal that cannot be written")

    def _counts(self) -> str:
        """The line below all others on a terminal."""
        ended = sum(self._ends.values())
        told = report.counted(self._ends)
        return f"{ended} of {_sites(len(self._sites))}{f': {told}' if told else ''}"

    def _summed_up(self, number: int | None, stopped: str) -> int:
        answers = sorted(self._answers, key=lambda answer: answer.target.number)
        found = self._code(answers)
        with suppress(BrokenPipeError):
            self._print(number, found, stopped, answers)
        return found

    def _print(self, number: int | None, found: int, stopped: str, answers: list[Answer]) -> None:
        document = report.whole(number, found, stopped, self._ends)
        match self._arguments.output:
            case "json":
                emit({**document, "sites": [report.site(answer) for answer in answers]})
            case "jsonl":
                emit_line(document)
            case _:
                print("\n".join((*report.table(answers), *report.hints(answers))))
                print(self._sum(number, stopped))

    def _sum(self, number: int | None, stopped: str) -> str:
        head = "dry run" if number is None else f"fleet run {number}"
        text = f"{head}: {_sites(len(self._sites))}: {report.counted(self._ends)}"
        if stopped and self._ends[End.NOT_STARTED]:
            text += f"; no more were begun, for {stopped}"
        if number is not None and set(self._ends) - DONE:
            text += f"\n-> `appliance push --resume {number}` goes on with what is not done"
        return text

    def _code(self, answers: Sequence[Answer]) -> int:
        """The worst; a signal that ended the run counts for more than all but an unknown state."""
        codes = {answer.code for answer in answers}
        signalled = code(self._options.stop.why)
        if UNKNOWN in codes or signalled is None or not set(self._ends) - RIGHT:
            return worst(codes)
        return signalled


def _meant(count: int, given: Terms, options: Options) -> str:
    """What is about to be done, in words."""
    first = f"{given.canary} first, then " if given.canary else ""
    rest = "the rest together" if given.serial is None else f"batches of {given.serial}"
    back = "with no timer on the devices" if options.inverse else f"{options.minutes} minutes each"
    return (
        f"{_sites(count)}: {first}{rest}, {given.workers} at a time; {given.max_fail} may fail; "
        f"unconfirmed changes go back: {back}"
    )


def _sites(count: int) -> str:
    return f"{count} site{'s' * (count != 1)}"


def _member(answer: Answer) -> fleets.Member:
    return fleets.Member(
        number=answer.target.number,
        site=answer.target.site,
        intent="",
        state=str(answer.end),
        code=answer.code,
        why=answer.why,
        run=answer.run,
    )
