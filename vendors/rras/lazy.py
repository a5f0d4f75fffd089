"""The driver's functions, each importing its module when it is first called.

A render or a drift from a file must not load an SSH library, nor a second parser.
"""

# ruff: noqa: PLC0415 -- importing late is what this module is for

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from appliance.driver import Facts, Refusal, Transaction
    from appliance.model.change import Change, Step
    from appliance.model.intent import Intent, Observed
    from appliance.model.state import Operational
    from appliance.model.tunnel import Tunnels
    from appliance.session import Credentials, Session, Target

    Fresh = Callable[[], AbstractContextManager[Session]]


def place(intent: Intent, observed: Observed) -> Tunnels:
    """See `vendors.rras.place`."""
    from vendors.rras import place as module

    return module.place(intent, observed)


def express(intent: Intent) -> Intent:
    """See `vendors.rras.capabilities`."""
    from vendors.rras import express as module

    return module.express(intent)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """See `vendors.rras.capabilities`."""
    from vendors.rras import capabilities as module

    return module.refusals(intent)


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """See `vendors.rras.render`."""
    from vendors.rras import render as module

    return module.render(tunnels)


def script(steps: tuple[Step, ...]) -> str:
    """See `vendors.rras.script`."""
    from vendors.rras import script as module

    return module.script(steps)


def parse(text: str) -> Observed:
    """See `vendors.rras.parse`."""
    from vendors.rras import parse as module

    return module.parse(text)


def change(running: Tunnels, intended: Tunnels) -> Change:
    """See `vendors.rras.change`."""
    from vendors.rras import change as module

    return module.change(running, intended)


def show(command: str, output: str) -> Operational:
    """See `vendors.rras.state`."""
    from vendors.rras import state as module

    return module.show(command, output)


def offers(target: Target) -> tuple[str, ...]:
    """See `appliance.session.certificates`."""
    from appliance.session import certificates

    return certificates.offers(target)


def connect(target: Target, credentials: Credentials) -> AbstractContextManager[Session]:
    """See `vendors.rras.session`."""
    from vendors.rras import session as module

    return module.connect(target, credentials)


def identify(session: Session) -> Facts:
    """See `vendors.rras.session`."""
    from vendors.rras import session as module

    return module.identify(session)


def read(session: Session) -> str:
    """See `vendors.rras.session`."""
    from vendors.rras import session as module

    return module.read(session)


def ready(session: Session, minutes: int) -> str:
    """See `vendors.rras.transaction`."""
    from vendors.rras import transaction as module

    return module.ready(session, minutes)


def transaction(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.rras.transaction`."""
    from vendors.rras import transaction as module

    return module.transaction(session, rollback=rollback, minutes=minutes, reconnect=reconnect)


def inverse(
    session: Session, *, rollback: Change, minutes: int, reconnect: Fresh
) -> AbstractContextManager[Transaction]:
    """See `vendors.rras.transaction`."""
    from vendors.rras import transaction as module

    return module.inverse_transaction(
        session, rollback=rollback, minutes=minutes, reconnect=reconnect
    )


def wake(session: Session, tunnels: Tunnels) -> None:
    """See `vendors.rras.wake`."""
    from vendors.rras import wake as module

    module.wake(session, tunnels)


def state(session: Session, tunnels: Tunnels) -> Operational:
    """See `vendors.rras.state`."""
    from vendors.rras import state as module

    return module.state(session, tunnels)
