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
    """See `vendors.strongswan.place`."""
    from vendors.strongswan import place as module

    return module.place(intent, observed)


def express(intent: Intent) -> Intent:
    """See `vendors.strongswan.express`."""
    from vendors.strongswan import express as module

    return module.express(intent)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """See `vendors.strongswan.capabilities`."""
    from vendors.strongswan import capabilities as module

    return module.refusals(intent)


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """See `vendors.strongswan.render`."""
    from vendors.strongswan import render as module

    return module.render(tunnels)


def parse(text: str) -> Observed:
    """See `vendors.strongswan.parse`."""
    from vendors.strongswan import parse as module

    return module.parse(text)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """See `vendors.strongswan.cross_check`."""
    from vendors.strongswan import cross_check as module

    return module.cross_check(text)


def change(running: Tunnels, intended: Tunnels) -> Change:
    """See `vendors.strongswan.change`."""
    from vendors.strongswan import change as module

    return module.change(running, intended)


def show(command: str, output: str) -> Operational:
    """See `vendors.strongswan.state`."""
    from vendors.strongswan import state as module

    return module.show(command, output)


def offers(target: Target) -> tuple[str, ...]:
    """See `appliance.session.hostkeys`."""
    from appliance.session import hostkeys

    return hostkeys.offers(target)


def connect(target: Target, credentials: Credentials) -> AbstractContextManager[Session]:
    """See `vendors.strongswan.session`."""
    from vendors.strongswan import session as module

    return module.connect(target, credentials)


def identify(session: Session) -> Facts:
    """See `vendors.strongswan.session`."""
    from vendors.strongswan import session as module

    return module.identify(session)


def read(session: Session) -> str:
    """See `vendors.strongswan.session`."""
    from vendors.strongswan import session as module

    return module.read(session)


def ready(session: Session, minutes: int) -> str:
    """See `vendors.strongswan.transaction`."""
    from vendors.strongswan import transaction as module

    return module.ready(session, minutes)


def transaction(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.strongswan.transaction`."""
    from vendors.strongswan import transaction as module

    return module.transaction(session, rollback=rollback, minutes=minutes, reconnect=reconnect)


def wake(session: Session, tunnels: Tunnels) -> None:
    """See `vendors.strongswan.wake`."""
    from vendors.strongswan import wake as module

    module.wake(session, tunnels)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """See `vendors.strongswan.state`."""
    from vendors.strongswan import state as module

    return module.state(session, tunnels)
