"""A device that holds what is meant, and would lose it at a reboot: a push ended "not saved"."""

from __future__ import annotations

from dataclasses import replace

from appliance import journal
from appliance.driver import Driver
from appliance.errors import SessionError
from appliance.push.terms import Outcome, Result, Watcher
from appliance.session import Session


def saved_at_last(  # noqa: PLR0913 -- where, by what, and how it is told
    unchanged: Result,
    driver: Driver,
    session: Session,
    device: str,
    watcher: Watcher,
    *,
    dry_run: bool,
) -> Result:
    """`unchanged`, once what an earlier push to `device` (host:port) could not save is saved.

    PLANNED where that is only to be told, NOT_SAVED where the device still refuses.
    """
    left = journal.unsaved(device)
    if left is None:
        return unchanged
    if dry_run:
        why = f"a push would save what push {left.id} could not"
        return replace(unchanged, outcome=Outcome.PLANNED, why=why)
    watcher.said(f"saving what push {left.id} could not")
    try:
        driver.keep(session)
    except SessionError as error:
        why = f"the device still does not save what push {left.id} has changed: {error.message}"
        return replace(unchanged, outcome=Outcome.NOT_SAVED, why=why)
    journal.resume(left.id).text("saved", "by a later push that found nothing else to do")
    return replace(unchanged, why=f"saved what push {left.id} could not")
