"""One push between arming and saving: the effects behind the machine's events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from appliance import journal
from appliance.driver import Begin, Facts, Transaction, change, held
from appliance.errors import (
    ApplianceError,
    ConnectError,
    Interrupted,
    RollbackError,
    SessionTimeout,
)
from appliance.job import Job
from appliance.model.change import Plan, Step
from appliance.model.intent import Observed
from appliance.model.pairing import mine
from appliance.push import lost
from appliance.push.by_hand import with_commands
from appliance.push.circuits import Watched
from appliance.push.ledger import Ledger
from appliance.push.machine import Event, Machine, State
from appliance.push.standing import Standing, clock
from appliance.push.terms import Connect, Options, Outcome, Result, Watcher
from appliance.session import Session
from appliance.verify import Finding, Renewal, Rung, passed, verify
from appliance.verify import Outcome as Judged

POLL_SECONDS = 1.0


class _UnverifiedError(ApplianceError):
    """The change is on the device, but the tunnel is not what it should be."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class Work:
    """Drives the machine through one push; whatever fails, the device is brought back."""

    def __init__(  # noqa: PLR0913, PLR0917 -- the whole cast of one push
        self,
        job: Job,
        connect: Connect,
        options: Options,
        watcher: Watcher,
        run: journal.Run,
        plan: Plan,
    ) -> None:
        self._job = job
        self._connect = connect
        self._options = options
        self._watcher = watcher
        self._run = Ledger(run)
        self._plan = plan
        self._machine = Machine(self._run.record)
        self._guard: Transaction | None = None
        self._applied = 0.0
        self._edge: Watched | None = None
        self._facts: Facts | None = None
        self._fault: BaseException | None = None
        self._stop = options.stop
        self._standing = Standing(
            self._machine,
            site=job.site.name,
            run=run.id,
            total=len(plan.change.steps),
            minutes=options.minutes,
        )

    def carry_out(self, session: Session, begin: Begin, facts: Facts) -> Result:
        """Apply, verify, confirm. Raises `RollbackError` when the device's state is unknown.

        `facts` are the device's, before anything was done to it.
        """
        self._facts = facts
        try:
            return self._result(Outcome.PUSHED, self._armed(session, begin))
        except BaseException as caught:  # noqa: BLE001 -- raised again below, or told as the end
            error = lost.judged(caught, self._fault, self._job.site.name)
            self._run.why(_reason(error))
            outcome = self._fell(error)
            if isinstance(error, ApplianceError) and lost.is_loss(error):
                self._has_restarted(error)
            if isinstance(error, Interrupted):
                error.ended = self._machine.state
            if isinstance(error, RollbackError):
                site = self._job.site.name
                error = with_commands(error, self._plan.rollback, site, self._run.id)
            if outcome is None or not isinstance(error, ApplianceError):
                raise error from None
            findings = error.findings if isinstance(error, _UnverifiedError) else ()
            return self._result(outcome, findings, str(error))

    def _has_restarted(self, error: ApplianceError) -> bool:
        """Whether that is why the connection was lost; the error says so then."""
        words = self._facts and lost.restarted(self._job.driver, self._connect, self._facts)
        if words:
            self._facts = None
            error.message = f"{error.message}\n{words}"
            self._run.why(str(error))
        return bool(words)

    def _fell(self, error: BaseException) -> Outcome | None:
        """What became of a push that did not get through; None where it never began, or is lost.

        When this is reached the way back has been taken: only a `RollbackError` says otherwise.
        """
        machine = self._machine
        early = machine.state in {State.BEGUN, State.ARMING}
        if early and not isinstance(error, RollbackError):
            machine.go(Event.STOP, "nothing of the change was sent")
            return None
        kept = self._guard is not None and self._guard.confirmed
        if kept and machine.state is State.CONFIRMING:
            machine.go(Event.KEPT)
        if machine.state is not State.REVERTING:
            machine.go(Event.FAIL)
        if machine.state is State.NOT_SAVED:
            return Outcome.NOT_SAVED
        if isinstance(error, RollbackError):
            machine.go(Event.LOST)
            return None
        machine.go(Event.BACK)
        return Outcome.ROLLED_BACK

    def _armed(self, session: Session, begin: Begin) -> tuple[Finding, ...]:
        self._watcher.begun(self._standing)
        self._stop.anywhere = False
        self._stop.check()
        self._machine.go(Event.ARM)
        if self._job.intent.edge is not None and self._job.driver.edge is not None:
            self._edge = Watched(self._job.intent, self._job.driver.edge, session)
        began = time.monotonic()
        with (
            begin(
                session,
                rollback=self._plan.rollback,
                minutes=self._options.minutes,
                reconnect=self._connect,
            ) as guard,
            self._noted(),
        ):
            self._guard = guard
            self._standing.protection = guard.protection
            self._machine.go(Event.ARMED, guard.protection)
            self._watcher.said(f"armed: {guard.protection}")
            self._ticks(guard, began)
            self._stop.check()
            with lost.looked_at(self._job.driver, self._plan, self._connect, self._run):
                findings = self._change(guard)
        self._machine.go(Event.SAVED)
        return findings

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """What fails in here is what the way back is taken for."""
        try:
            yield
        except BaseException as error:
            self._fault = error
            raise

    def _change(self, guard: Transaction) -> tuple[Finding, ...]:
        self._watcher.said("applying")
        began = time.monotonic()
        self._applied = began
        guard.apply(self._plan.change, sent=self._sent)
        self._machine.go(Event.SENT)
        self._ticks(guard, began)
        self._stop.check()
        if guard.evidence:
            self._run.text("evidence", guard.evidence)
        self._watcher.said("reading back from a fresh connection")
        try:
            return self._kept(guard)
        except (ConnectError, SessionTimeout) as error:
            if self._machine.state not in {State.SENT, State.HELD} or self._has_restarted(error):
                raise
            self._watcher.said("the connection was lost while looking; looking once more")
            return self._kept(guard)

    def _kept(self, guard: Transaction) -> tuple[Finding, ...]:
        """Looks from a fresh connection, and confirms what holds. Until then it can be repeated."""
        with self._connect() as fresh:
            text = self._job.driver.read(fresh)
            self._run.snapshot("after", text)
            self._took(self._job.driver.parse(text))
            if self._machine.state is State.SENT:
                self._machine.go(Event.HOLDS)
            self._stop.check()
            findings = self._verified(fresh)
            self._machine.go(Event.PROVEN)
            self._stop.check()  # the last place: what is being confirmed is brought to its end
            self._watcher.said("confirming and saving")
            self._machine.go(Event.CONFIRM)
            guard.confirm(fresh)
            self._machine.go(Event.KEPT)
        return findings

    def _ticks(self, guard: Transaction, since: float) -> None:
        """The countdown is told once, when it begins; `since` is the earliest it can have."""
        known = self._standing.due
        self._standing.watch(guard, since)
        if known is None and (left := self._standing.left()) is not None:
            self._watcher.said(f"the device reverts in {clock(left)} unless that is confirmed")

    def _sent(self, step: Step) -> None:
        self._stop.check()
        self._standing.went(step)
        self._machine.go(Event.SEND, step.text)
        self._watcher.sent(step)

    def _took(self, after: Observed) -> None:
        """The device holds what was meant, by meaning; not what was sent, by text."""
        meant = self._plan.meant
        lacking = change(self._job.driver, held(after, edge=meant.edge is not None), meant)
        if lacking:
            raise _UnverifiedError(
                "the device accepted every line but does not hold what was meant; still lacking:\n"
                + "".join(f"  {step.text}\n" for step in lacking.steps)
            )

    def _verified(self, session: Session) -> tuple[Finding, ...]:
        tunnels = mine(self._job.intent, self._plan.target)
        if self._options.wait_seconds <= 0:
            return ()
        if not tunnels:
            return self._circuits_kept(session)
        self._watcher.said(f"waiting up to {self._options.wait_seconds:.0f} s for the tunnel")
        driver, deadline = self._job.driver, time.monotonic() + self._options.wait_seconds
        judged = tunnels if self._edge is None else self._edge.judged(tunnels)
        before, anew = driver.state(session, tunnels), self._anew
        while True:
            driver.wake(session, tunnels)
            state = driver.state(session, tunnels)
            findings = verify(judged, state, before=before, advice=driver.advice, renewals=anew())
            fallen = None if self._edge is None else self._edge.fallen(session)
            if passed(findings) and fallen is None:
                return findings
            if time.monotonic() > deadline:
                break
            self._stop.pause(POLL_SECONDS)
        cause = _cause(findings) if fallen is None else fallen
        words = "unproven" if cause is None else f"{cause.tunnel}: {cause.detail}"
        raise _UnverifiedError(f"the tunnel did not come up in time: {words}", findings)

    def _circuits_kept(self, session: Session) -> tuple[Finding, ...]:
        """A device without a tunnel of the site: each link that was up is up again."""
        deadline = time.monotonic() + self._options.wait_seconds
        while self._edge is not None and (fallen := self._edge.fallen(session)) is not None:
            if time.monotonic() > deadline:
                words = f"{fallen.tunnel}: {fallen.detail}"
                raise _UnverifiedError(f"the circuit did not come up again: {words}", (fallen,))
            self._stop.pause(POLL_SECONDS)
        return ()

    def _anew(self) -> dict[str, Renewal]:
        """The tunnels that the change takes down: up again, their SAs are not older than it."""
        seconds, found = time.monotonic() - self._applied, dict[str, Renewal]()
        for step in self._plan.change.steps:
            for name in step.bounces:
                child = step.child_only and (name not in found or found[name].child_only)
                found[name] = Renewal(seconds=seconds, child_only=child)
        return found

    def _result(
        self, outcome: Outcome, findings: tuple[Finding, ...] = (), why: str = ""
    ) -> Result:
        return Result(
            site=self._job.site.name,
            outcome=outcome,
            plan=self._plan,
            findings=findings,
            why=why or self._run.unwritten(self._job.site.name),
        )


def _reason(error: BaseException) -> str:
    """Why a push did not get through, for the journal: a defect's words could hold anything."""
    known = isinstance(error, (ApplianceError, Interrupted))
    return str(error) if known else type(error).__name__


def _cause(findings: tuple[Finding, ...]) -> Finding | None:
    """What decided: a failed rung before an unproven one, silence of hosts behind it last."""
    told = [finding for finding in findings if finding.verdict is not Judged.PASSED]
    return min(
        told, key=lambda f: (f.rung is Rung.COUNTERS, f.verdict is not Judged.FAILED), default=None
    )
