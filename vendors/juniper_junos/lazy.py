"""The driver's functions, each importing its module when it is first called.

A render or a drift from a file must not load an SSH library, nor a second parser.
"""

# ruff: noqa: PLC0415 -- importing late is what this module is for

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from appliance.driver import Disagreement, Facts, Refusal, Transaction
    from appliance.model.change import Change, Step
    from appliance.model.intent import Intent, Observed
    from appliance.model.state import Operational
    from appliance.model.tunnel import Tunnels
    from appliance.session import Credentials, Session, Target

    Fresh = Callable[[], AbstractContextManager[Session]]


def place(intent: Intent, observed: Observed) -> Tunnels:
    """See `vendors.juniper_junos.place`."""
    from vendors.juniper_junos import place as module

    return module.place(intent, observed)


def express(intent: Intent) -> Intent:
    """See `vendors.juniper_junos.express`."""
    from vendors.juniper_junos import express as module

    return module.express(intent)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """See `vendors.juniper_junos.capabilities`."""
    from vendors.juniper_junos import capabilities as module

    return module.refusals(intent)


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """See `vendors.juniper_junos.render`."""
    from vendors.juniper_junos import render as module

    return module.render(tunnels)


def parse(text: str) -> Observed:
    """See `vendors.juniper_junos.parse`."""
    from vendors.juniper_junos import parse as module

    return module.parse(text)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """See `vendors.juniper_junos.cross_check`."""
    from vendors.juniper_junos import cross_check as module

    return module.cross_check(text)


def change(running: Tunnels, intended: Tunnels) -> Change:
    """See `vendors.juniper_junos.change`."""
    from vendors.juniper_junos import change as module

    return module.change(running, intended)


def show(command: str, output: str) -> Operational:
    """See `vendors.juniper_junos.state`."""
    from vendors.juniper_junos import state as module

    return module.show(command, output)


def offers(target: Target) -> tuple[str, ...]:
    """See `appliance.session.hostkeys`."""
    from appliance.session import hostkeys

    return hostkeys.offers(target)


def connect(target: Target, credentials: Credentials) -> AbstractContextManager[Session]:
    """See `vendors.juniper_junos.session`."""
    from vendors.juniper_junos import session as module

    return module.connect(target, credentials)


def identify(session: Session) -> Facts:
    """See `vendors.juniper_junos.session`."""
    from vendors.juniper_junos import session as module

    return module.identify(session)


def read(session: Session) -> str:
    """See `vendors.juniper_junos.session`."""
    from vendors.juniper_junos import session as module

    return module.read(session)


def ready(session: Session, minutes: int) -> str:
    """See `vendors.juniper_junos.transaction`."""
    from vendors.juniper_junos import transaction as module

    return module.ready(session, minutes)


def transaction(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.juniper_junos.transaction`."""
    from vendors.juniper_junos import transaction as module

    return module.transaction(session, rollback=rollback, minutes=minutes, reconnect=reconnect)


def wake(session: Session, tunnels: Tunnels) -> None:
    """See `vendors.juniper_junos.wake`."""
    from vendors.juniper_junos import wake as module

    module.wake(session, tunnels)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """See `vendors.juniper_junos.state`."""
    from vendors.juniper_junos import state as module

    return module.state(session, tunnels)
