"""What a gate is, and what it looks at: one plan for one device, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address

from appliance.driver import Facts
from appliance.job import Job
from appliance.model.change import Plan
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The device as it was known at the last push to this site: serial number, host key, when.

    `host_key` is the pinned one ("ssh-ed25519 AAAA..."); `when` is "2027-01-31".
    """

    serial: str | None
    host_key: str | None
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A plan, and all that may speak against it.

    `facts` are what the device says of itself, None where only its configuration is at hand;
    `host_key` is the one that is pinned now. `operator` is the address from which the device sees
    us, None when that is not known. `before` is None for a site never pushed to. `cramped` says
    what the device has no room for. `of_intent`: the plan leads to what inventory and Azure ask
    for, and not back to what a device had.
    """

    job: Job
    plan: Plan
    facts: Facts | None = None
    host_key: str | None = None
    operator: IPv4Address | None = None
    before: Before | None = None
    cramped: str | None = None
    of_intent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A reason not to push that can be opened by `name`.

    `words` say when it is closed. `find` yields one sentence for each reason it finds. `of_intent`:
    it judges what is asked for, so that it does not stand in the way of going back.
    """

    name: str
    words: str
    find: Callable[[Question], Iterable[str]]
    of_intent: bool = False
