"""Carry out a plan so that the device ends verified, or as it was; what happened is read from it.

lock, connect, read, two readers agree, plan, gates, ask
arm the way back, apply, read back, verify from a fresh connection, confirm, save
"""

from __future__ import annotations

from datetime import UTC, datetime

from appliance import gates, journal
from appliance.capability import check as check_capabilities
from appliance.driver import Begin, Driver, Facts, disagreements
from appliance.errors import RefusedError, SecretError
from appliance.job import Job, device
from appliance.model.change import Change, Plan
from appliance.model.secret import Hidden
from appliance.plan import plan
from appliance.push.address import TEXT as ADDRESS
from appliance.push.address import leads_to, moved
from appliance.push.alone import identity_lock, nothing_undoes
from appliance.push.asked import host_key, question, room
from appliance.push.ledger import need_room
from appliance.push.terms import Connect, Options, Outcome, Planner, Result, Watcher
from appliance.push.unsaved import saved_at_last
from appliance.push.work import Work
from appliance.session import Session

__all__ = ["Options", "Outcome", "Result", "Watcher", "push"]


def push(
    job: Job,
    connect: Connect,
    options: Options,
    watcher: Watcher,
    planner: Planner | None = None,
) -> Result:
    """Push one site. `connect` opens a session, more than once.

    `planner` makes the plan from the device's configuration; None plans what is intended.
    Raises `RefusedError` and `UnsupportedError` with nothing touched, `SessionError` when it never
    began, `RollbackError` when the device's state is unknown.
    """
    if planner is None:
        _approved(job, options)
        check_capabilities(job.intent, job.driver)
    with journal.lock(_where(job), job.site.name), connect() as session:
        options.stop.check()
        facts = job.driver.identify(session)
        with identity_lock(facts, job.site.name, patient=options.patient):
            _nothing_left(job, facts)
            return _push(job, connect, session, facts, options, watcher, planner)


def _approved(job: Job, options: Options) -> None:
    """Raises `RefusedError` where the site asks for a signed plan, and there is none."""
    signed = options.approval is not None and options.approval.signed
    if job.site.signers is not None and not signed and not options.dry_run:
        raise RefusedError(
            "this site is pushed by signed plan files only (require_signed_plan)",
            where=f"site {job.site.name}",
            hint="nothing was touched; `appliance plan SITE --out FILE --sign KEY`, then "
            "`appliance push --plan FILE`",
        )


def _nothing_left(job: Job, facts: Facts) -> None:
    """Raises `RefusedError` naming the push that died on this device, if one did."""
    for entry in journal.left(_where(job), facts.serial):
        begun = datetime.fromtimestamp(entry.begun, UTC)
        raise RefusedError(
            f"push {entry.id} to this device, begun {begun:%Y-%m-%d %H:%M} UTC by {entry.who}, "
            f"was never finished: it was {entry.state}",
            where=f"site {job.site.name}",
            hint=f"nothing was touched; `appliance recover {entry.site}` reads the device and "
            "ends that push",
        )


def _push(  # noqa: PLR0913, PLR0917 -- the whole cast of one push
    job: Job,
    connect: Connect,
    session: Session,
    facts: Facts,
    options: Options,
    watcher: Watcher,
    planner: Planner | None,
) -> Result:
    where = () if job.site.device.jump_host else leads_to(job.site.device.host or "")
    if note := moved(job.site.name, job.site.device.host or "", where):
        watcher.said(note)
    text = _read(job, session, facts, options, watcher)
    observed = job.driver.parse(text)
    made = planner(text) if planner else plan(job.intent, observed, job.driver)
    if options.approval is not None:
        options.approval.hold(facts, observed, made)
    if not made.change:
        nothing_undoes(job.driver, session, job.site.name)
        same = Result(site=job.site.name, outcome=Outcome.UNCHANGED, plan=made)
        here, dry = _where(job), options.dry_run
        return saved_at_last(same, job.driver, session, here, watcher, dry_run=dry)
    cramped = room(job, session, text)
    asked = question(job, made, facts, cramped=cramped, of_intent=planner is None)
    gates.check(asked, options.allow)
    _complete(job, made.change)
    begin = _begin(job.driver, options)
    protection = _protection(job.driver, session, options)
    rehearsed = _rehearsed(job, text, options) if planner is None else ""
    seal = None if job.site.seal_to is None else journal.sealer(job.site.seal_to, job.site.name)
    if options.dry_run:
        return Result(site=job.site.name, outcome=Outcome.PLANNED, plan=made)
    if not watcher.planned(made, facts, protection):
        return Result(site=job.site.name, outcome=Outcome.DECLINED, plan=made)
    need_room(text)
    run = journal.begin(_about(job, facts, text, options.minutes, protection), seal)
    run.snapshot("before", text)
    run.text(ADDRESS, "\n".join(where))
    _keep(run, made, options, rehearsed)
    return Work(job, connect, options, watcher, run, made).carry_out(session, begin, facts)


def _read(job: Job, session: Session, facts: Facts, options: Options, watcher: Watcher) -> str:
    """What the device holds, as two readers agree it does."""
    watcher.said(f"reading {facts.hostname}")
    text = job.driver.read(session)
    options.stop.check()
    gates.readers_agree(job.site.name, disagreements(job.driver, text))
    return text


def _keep(run: journal.Run, made: Plan, options: Options, rehearsed: str) -> None:
    """What is going to be done, before any of it is."""
    run.text("change", made.change.text)
    run.text("rollback", made.rollback.text)
    run.keys(before=made.running, target=made.target)
    if options.approval is not None:
        run.text("approval", options.approval.words)
    if rehearsed:
        run.text("rehearsal", rehearsed)


def _rehearsed(job: Job, text: str, options: Options) -> str:
    """The record of a rehearsal; empty where nobody asks for one. A way back is never held up."""
    if not (options.rehearse or job.site.rehearsed):
        return ""
    if options.rehearsal is None:
        raise RefusedError(
            "this site is pushed only after a rehearsal, and there is nothing to rehearse with",
            where=f"site {job.site.name}",
            hint="nothing was touched; push it by `appliance push`",
        )
    options.stop.check()
    return options.rehearsal(job, text)


def _about(job: Job, facts: Facts, text: str, minutes: int, protection: str) -> journal.About:
    return journal.About(
        site=job.site.name,
        driver=job.driver.name,
        device=_where(job),
        hostname=facts.hostname,
        serial=facts.serial,
        version=facts.version,
        host_key=host_key(job),
        intent=repr(job.intent),
        observed=text,
        minutes=minutes,
        protection=protection,
    )


def _where(job: Job) -> str:
    return device(job.site, job.driver)


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
        hint = _to_do(job) or error.hint
        raise SecretError(f"{error.message}: {why}", where=job.site.where, hint=hint) from error


def _to_do(job: Job) -> str:
    """What makes the site's key readable, in the words of whoever could not read it."""
    from appliance.secrets import resolve  # noqa: PLC0415 -- only where something is wrong

    try:
        if job.site.psk is not None:
            resolve(job.site.psk, where=job.site.where)
    except SecretError as error:
        return error.hint
    return ""


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
