"""Carry out a plan so that the device ends verified, or as it was; what happened is read from it.

lock, connect, read, two readers agree, plan, gates, ask
arm the way back, apply, read back, verify from a fresh connection, confirm, save
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from appliance import gates, journal
from appliance.driver import Begin, Driver, Facts, Transaction, disagreements
from appliance.driver import check as check_capabilities
from appliance.errors import ApplianceError, RefusedError, RollbackError, SecretError
from appliance.job import Job
from appliance.model.change import Change, Plan, Step
from appliance.model.intent import Observed
from appliance.model.pairing import mine
from appliance.model.secret import Hidden
from appliance.plan import plan
from appliance.session import Session
from appliance.verify import Finding, Rung, passed, verify
from appliance.verify import Outcome as Judged

POLL_SECONDS = 1.0


class Outcome(StrEnum):
    """How a push ended."""

    UNCHANGED = "unchanged"
    PLANNED = "planned"
    DECLINED = "declined"
    PUSHED = "pushed"
    NOT_SAVED = "not saved"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to push. `minutes` is the device's own timer, `wait_seconds` how long a tunnel may take
    to come up (0: the read-back alone decides), `inverse` takes the recorded way back instead of
    the device's timer, `allow` names gates to open, `dry_run` stops before anything is sent.
    """

    minutes: int = 5
    wait_seconds: float = 90.0
    inverse: bool = False
    allow: frozenset[str] = frozenset()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one site; `why` says what went wrong, empty when nothing did."""

    site: str
    outcome: Outcome
    plan: Plan
    findings: tuple[Finding, ...] = ()
    why: str = ""


class Watcher:
    """What a push tells while it works; the CLI overrides what it wants to show or ask."""

    def planned(self, plan: Plan, facts: Facts, protection: str) -> bool:  # noqa: ARG002 -- an interface
        """The plan stands; False declines it."""
        return True

    def said(self, text: str) -> None:
        """A stage of the work has begun."""

    def sent(self, step: Step) -> None:
        """A command is about to be sent."""


Connect = Callable[[], AbstractContextManager[Session]]


class _UnverifiedError(ApplianceError):
    """The change is on the device, but the tunnel is not what it should be."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


def push(job: Job, connect: Connect, options: Options, watcher: Watcher) -> Result:
    """Push one site. `connect` opens a session, more than once.

    Raises `RefusedError` and `UnsupportedError` with nothing touched, `SessionError` when it never
    began, `RollbackError` when the device's state is unknown.
    """
    check_capabilities(job.intent, job.driver)
    where = f"{job.site.device.host}:{job.port}"
    with journal.lock(where, job.site.name), connect() as session:
        facts = job.driver.identify(session)
        with _identity_lock(facts, job):
            return _push(job, connect, session, facts, options, watcher)


@contextmanager
def _identity_lock(facts: Facts, job: Job) -> Iterator[None]:
    """One box may stand in the inventory under two addresses: its serial number tells."""
    if facts.serial is None:
        yield
        return
    with journal.lock(f"serial-{facts.serial}", job.site.name):
        yield


def _push(  # noqa: PLR0913, PLR0917 -- the whole cast of one push
    job: Job, connect: Connect, session: Session, facts: Facts, options: Options, watcher: Watcher
) -> Result:
    watcher.said(f"reading {facts.hostname}")
    text = job.driver.read(session)
    gates.readers_agree(job.site.name, disagreements(job.driver, text))
    made = plan(job.intent, job.driver.parse(text), job.driver)
    if not made.change:
        return Result(site=job.site.name, outcome=Outcome.UNCHANGED, plan=made)
    gates.check(job, made, _operator(job), options.allow)
    _complete(job, made.change)
    begin = _begin(job.driver, options)
    protection = _protection(job.driver, session, options)
    if options.dry_run:
        return Result(site=job.site.name, outcome=Outcome.PLANNED, plan=made)
    if not watcher.planned(made, facts, protection):
        return Result(site=job.site.name, outcome=Outcome.DECLINED, plan=made)
    run = journal.begin(job.site.name)
    run.text("before.txt", text)
    run.text("change.txt", made.change.text)
    run.text("rollback.txt", made.rollback.text)
    try:
        result = _Work(job, connect, options, watcher, run, made).carry_out(session, begin)
    except BaseException as error:
        # The way back has been taken before this is reached; only a RollbackError says otherwise.
        words = str(error) if isinstance(error, ApplianceError) else type(error).__name__
        unknown = isinstance(error, RollbackError)
        run.event("end", outcome=Outcome.UNKNOWN if unknown else "stopped", why=words)
        raise
    run.event("end", outcome=result.outcome, why=result.why)
    return result


def _complete(job: Job, change: Change) -> None:
    """Every key is at hand: raises `SecretError` before the first line, not at the third."""
    try:
        for step in change.steps:
            step.reveal()
    except SecretError as error:
        keys = (tunnel.psk for tunnel in job.intent.tunnels)
        why = next((key.reason for key in keys if isinstance(key, Hidden)), "")
        if not why:
            raise
        raise SecretError(f"{error.message}: {why}", where=job.site.where) from error


def _begin(driver: Driver, options: Options) -> Begin:
    if not options.inverse:
        return driver.transaction
    if driver.inverse is None:
        raise RefusedError(f"{driver.name} has no recorded-inverse way back")
    return driver.inverse


def _protection(driver: Driver, session: Session, options: Options) -> str:
    """What brings the device back, asked before anybody is asked; raises where nothing would."""
    if options.inverse:
        return "no timer on the device: the recorded inverse is sent if something fails"
    if driver.ready is not None:
        return driver.ready(session, options.minutes)
    return f"the device reverts by itself after {options.minutes} minutes unless confirmed"


def _operator(job: Job) -> IPv4Address | None:
    """The address from which the device sees us; no packet is sent to find out."""
    import socket  # noqa: PLC0415 -- push only

    host, port = job.site.device.host, job.port
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, port))
            return IPv4Address(probe.getsockname()[0])
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class _Work:
    """One push between arming and saving."""

    job: Job
    connect: Connect
    options: Options
    watcher: Watcher
    run: journal.Run
    plan: Plan

    def carry_out(self, session: Session, begin: Begin) -> Result:
        """Apply, verify, confirm; whatever fails, the device is brought back and that is said."""
        guard: Transaction | None = None
        began = False
        try:
            with begin(
                session,
                rollback=self.plan.rollback,
                minutes=self.options.minutes,
                reconnect=self.connect,
            ) as guard:
                began = True
                self.run.event("armed", protection=guard.protection)
                self.watcher.said(f"armed: {guard.protection}")
                findings = self._change(guard)
            return self._result(Outcome.PUSHED, findings)
        except RollbackError:
            self.run.event("unknown")
            raise
        except ApplianceError as error:
            if not began:
                raise
            findings = error.findings if isinstance(error, _UnverifiedError) else ()
            kept = guard is not None and guard.confirmed
            outcome = Outcome.NOT_SAVED if kept else Outcome.ROLLED_BACK
            return self._result(outcome, findings, str(error))

    def _change(self, guard: Transaction) -> tuple[Finding, ...]:
        self.watcher.said("applying")
        guard.apply(self.plan.change, sent=self._sent)
        self.watcher.said("reading back from a fresh connection")
        with self.connect() as fresh:
            text = self.job.driver.read(fresh)
            self.run.text("after.txt", text)
            self._took(self.job.driver.parse(text))
            findings = self._verified(fresh)
            self.watcher.said("confirming and saving")
            self.run.event("confirm")
            guard.confirm(fresh)
        return findings

    def _sent(self, step: Step) -> None:
        self.run.event("send", command=step.text)
        self.watcher.sent(step)

    def _took(self, after: Observed) -> None:
        """The device holds what was meant, by meaning; not what was sent, by text."""
        lacking = self.job.driver.change(after.tunnels, self.plan.target)
        if lacking:
            raise _UnverifiedError(
                "the device accepted every line but does not hold what was meant; still lacking:\n"
                + "".join(f"  {step.text}\n" for step in lacking.steps)
            )

    def _verified(self, session: Session) -> tuple[Finding, ...]:
        tunnels = mine(self.job.intent, self.plan.target)
        if self.options.wait_seconds <= 0:
            return ()
        self.watcher.said(f"waiting up to {self.options.wait_seconds:.0f} s for the tunnel")
        driver, deadline = self.job.driver, time.monotonic() + self.options.wait_seconds
        before = driver.state(session, tunnels)
        while True:
            driver.wake(session, tunnels)
            state = driver.state(session, tunnels)
            findings = verify(tunnels, state, before=before, advice=driver.advice)
            if passed(findings):
                return findings
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        cause = _cause(findings)
        words = "unproven" if cause is None else f"{cause.tunnel}: {cause.detail}"
        raise _UnverifiedError(f"the tunnel did not come up in time: {words}", findings)

    def _result(
        self, outcome: Outcome, findings: tuple[Finding, ...] = (), why: str = ""
    ) -> Result:
        return Result(
            site=self.job.site.name,
            outcome=outcome,
            plan=self.plan,
            findings=findings,
            why=why,
        )


def _cause(findings: tuple[Finding, ...]) -> Finding | None:
    """What decided: a failed rung before an unproven one, silence of hosts behind it last."""
    told = [finding for finding in findings if finding.verdict is not Judged.PASSED]
    return min(
        told, key=lambda f: (f.rung is Rung.COUNTERS, f.verdict is not Judged.FAILED), default=None
    )
