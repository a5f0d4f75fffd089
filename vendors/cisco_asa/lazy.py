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
    """See `vendors.cisco_asa.place`."""
    from vendors.cisco_asa import place as module

    return module.place(intent, observed)


def express(intent: Intent) -> Intent:
    """See `vendors.cisco_asa.express`."""
    from vendors.cisco_asa import express as module

    return module.express(intent)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """See `vendors.cisco_asa.capabilities`."""
    from vendors.cisco_asa import capabilities as module

    return module.refusals(intent)


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """See `vendors.cisco_asa.render`."""
    from vendors.cisco_asa import render as module

    return module.render(tunnels)


def parse(text: str) -> Observed:
    """See `vendors.cisco_asa.parse`."""
    from vendors.cisco_asa import parse as module

    return module.parse(text)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """See `vendors.cisco_asa.cross_check`."""
    from vendors.cisco_asa import cross_check as module

    return module.cross_check(text)


def change(running: Tunnels, intended: Tunnels) -> Change:
    """See `vendors.cisco_asa.change`."""
    from vendors.cisco_asa import change as module

    return module.change(running, intended)


def show(command: str, output: str) -> Operational:
    """See `vendors.cisco_asa.state`."""
    from vendors.cisco_asa import state as module

    return module.show(command, output)


def offers(target: Target) -> tuple[str, ...]:
    """See `appliance.session.hostkeys`."""
    from appliance.session import hostkeys

    return hostkeys.offers(target)


def connect(target: Target, credentials: Credentials) -> AbstractContextManager[Session]:
    """See `vendors.cisco_asa.session`."""
    from vendors.cisco_asa import session as module

    return module.connect(target, credentials)


def identify(session: Session) -> Facts:
    """See `vendors.cisco_asa.session`."""
    from vendors.cisco_asa import session as module

    return module.identify(session)


def read(session: Session) -> str:
    """See `vendors.cisco_asa.session`."""
    from vendors.cisco_asa import session as module

    return module.read(session)


def ready(session: Session, minutes: int) -> str:
    """See `vendors.cisco_asa.transaction`."""
    from vendors.cisco_asa import transaction as module

    return module.ready(session, minutes)


def transaction(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.cisco_asa.transaction`."""
    from vendors.cisco_asa import transaction as module

    return module.transaction(session, rollback=rollback, minutes=minutes, reconnect=reconnect)


def inverse(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.cisco_asa.transaction`."""
    from vendors.cisco_asa import transaction as module

    return module.inverse_transaction(
        session, rollback=rollback, minutes=minutes, reconnect=reconnect
    )


def wake(session: Session, tunnels: Tunnels) -> None:
    """See `vendors.cisco_asa.wake`."""
    from vendors.cisco_asa import wake as module

    module.wake(session, tunnels)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """See `vendors.cisco_asa.state`."""
    from vendors.cisco_asa import state as module

    return module.state(session, tunnels)
