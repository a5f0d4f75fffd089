"""What is found out about a device when the connection to it was lost in the middle of a push.

Nothing is sent again blindly: a fresh connection reads what is there, and what is told is that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appliance import journal
from appliance.driver import Driver, Facts, change, held
from appliance.errors import (
    ApplianceError,
    ConnectError,
    RollbackError,
    SessionTimeout,
)
from appliance.model.change import Plan
from appliance.push.ledger import Ledger
from appliance.push.terms import Connect
from appliance.secrets.redact import REDACTOR

_SHOWN = 5


def is_loss(error: BaseException) -> bool:
    """Whether the device may have gone on without us hearing of it."""
    return isinstance(error, (ConnectError, SessionTimeout))


def with_cause(error: RollbackError) -> RollbackError:
    """The error, with what made going back necessary in the first place."""
    first: BaseException | None = error.__context__
    found = ""
    while first is not None:
        if isinstance(first, ApplianceError) and not isinstance(first, RollbackError):
            found = first.message
        first = first.__context__
    if found and found not in error.message:
        error.message = f"{error.message}\nit began with: {found}"
    return error


def judged(left: BaseException, fault: BaseException | None, site: str) -> BaseException:
    """What left a transaction, where `fault` (None: nothing) had failed inside of it.

    The fault itself comes through a way back that was seen to its end. Anything else was raised on
    the way, by a driver or a library: what the device holds is unknown then.
    """
    if isinstance(left, RollbackError):
        return with_cause(left)
    if fault is None or left is fault:
        return left
    why = left.message if isinstance(left, ApplianceError) else type(left).__name__
    error = RollbackError(
        f"the way back was not seen to its end: {why}",
        where=f"site {site}",
        hint="look at the device: part of the change may be there still",
    )
    error.__context__ = left
    return with_cause(error)


@contextmanager
def looked_at(driver: Driver, plan: Plan, connect: Connect, run: Ledger) -> Iterator[None]:
    """A loss that passes through here says what of the change was there, before the way back."""
    try:
        yield
    except (ConnectError, SessionTimeout) as error:
        words = _found(driver, plan, connect, journal.texts(run.id).get("before", ""))
        if words:
            error.message = f"{error.message}\nconnected anew: {words}"
            run.text("found", words)
        raise


def _found(driver: Driver, plan: Plan, connect: Connect, before: str) -> str:
    """Empty where it cannot be read now: then the way back tries for longer."""
    try:
        with connect() as session:
            text = driver.read(session)
            there = held(driver.parse(text), edge=plan.meant.edge is not None)
            lacking = change(driver, there, plan.meant)
    except ApplianceError:
        return ""
    parts = driver.differing(before, REDACTOR.mask(text))
    if not parts:
        return "nothing of the change is there"
    if not lacking:
        return "all of the change is there"
    more = f", and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    return f"part of the change is there; not as before: {', '.join(parts[:_SHOWN])}{more}"


def restarted(driver: Driver, connect: Connect, before: Facts) -> str:
    """That the device has restarted since `before`, in words; empty when it has not, or nobody
    can tell. Its uptime says so, which no clock that was set moves."""
    if before.uptime_seconds is None:
        return ""
    try:
        with connect() as session:
            now = driver.identify(session).uptime_seconds
    except ApplianceError:
        return ""
    if now is None or now >= before.uptime_seconds:
        return ""
    return (
        f"the device has restarted meanwhile: it is up for {now} s, and was for "
        f"{before.uptime_seconds} s before; what was not saved is lost"
    )
