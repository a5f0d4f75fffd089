"""What the gates are asked about a plan: who the device is and was, and how it is reached."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address

from appliance import journal
from appliance.driver import Facts
from appliance.gates import Before, Question
from appliance.inventory.model import Neighbour
from appliance.job import Job, pinned
from appliance.model.change import Plan
from appliance.push.machine import State
from appliance.session import Session


def question(
    job: Job, plan: Plan, facts: Facts, *, cramped: str | None, of_intent: bool = True
) -> Question:
    """The question whether this plan may be pushed to the device that answered.

    `cramped` is what `room` says of it.
    """
    return Question(
        job=job,
        plan=plan,
        facts=facts,
        host_key=host_key(job),
        operator=_operator(job),
        before=_before(job),
        cramped=cramped,
        of_intent=of_intent,
    )


def room(job: Job, session: Session, text: str) -> str | None:
    """What the device has no room for, in words; None where nothing is known to lack any."""
    return None if job.driver.room is None else job.driver.room(session, text)


def host_key(job: Job) -> str | None:
    """The key that is pinned for the site's device."""
    return pinned(job.site, job.driver)


def _before(job: Job) -> Before | None:
    """The device as the last push that touched it has met it, be it to another site there."""
    found = [entry for one in (None, *job.site.beside) if (entry := _touched(job, one))]
    if not found:
        return None
    entry = max(found, key=lambda one: one.begun)
    when = datetime.fromtimestamp(entry.begun, UTC).strftime("%Y-%m-%d")
    return Before(serial=entry.serial, host_key=entry.host_key, when=when)


def _touched(job: Job, other: Neighbour | None) -> journal.Entry | None:
    """The last push to the site, or to another one at the same address, that touched a device."""
    here = f"{job.site.device.host}:{job.port}"
    for entry in journal.history(job.site.name if other is None else other.name):
        if entry.state in {State.BEGUN, State.UNTOUCHED}:
            continue
        if other is None or entry.device == here:
            return entry
    return None


def _operator(job: Job) -> IPv4Address | None:
    """The address from which the device sees us; no packet is sent to find out.

    None where it sees a jump host: by which of its addresses is not known here.
    """
    if job.site.device.jump_host is not None:
        return None
    import socket  # noqa: PLC0415 -- only where a device is asked

    host, port = job.site.device.host, job.port
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, port))
            return IPv4Address(probe.getsockname()[0])
    except OSError:
        return None
