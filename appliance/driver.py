"""What a vendor's driver is, and how drivers are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from appliance.errors import UsageError
from appliance.model.change import Change, Step
from appliance.model.intent import Intent, Observed
from appliance.model.state import Operational
from appliance.model.tunnel import Tunnels
from appliance.session import Credentials, Session, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who a device is, as it says itself. `uptime_seconds` falls when it has rebooted."""

    hostname: str
    version: str | None = None
    serial: str | None = None
    uptime_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something the device cannot say: the setting, why, and what could be used instead."""

    setting: str
    reason: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A point where two independent readers of one configuration differ."""

    tunnel: str
    field: str
    first: str
    second: str
    lines: tuple[int, ...] = ()


class Transaction(Protocol):
    """A guarded change. Leaving its context without `confirm` reverts the device."""

    @property
    def protection(self) -> str:
        """What brings the device back if we die now, in words for the operator."""

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Send the change; stops and raises `CommandRefused` at the first refused line."""

    def confirm(self, session: Session) -> None:
        """Keep the change and make it survive a reboot; `session` is a fresh connection."""


class Begin(Protocol):
    """Arms the device's own way back and returns the guarded change."""

    def __call__(
        self,
        session: Session,
        *,
        rollback: Change,
        minutes: int,
        reconnect: Callable[[], AbstractContextManager[Session]],
    ) -> AbstractContextManager[Transaction]:
        """Raises `RefusedError`, having touched nothing, when the way back cannot be armed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A vendor, as a value: pure functions over the model first, then those that talk.

    place       names and numbers for an intent, on the device as observed (or on none): all
                tunnels the device should hold. Raises `UnsupportedError` or `RefusedError`.
    refusals    what this device cannot say of an intent; asked before anything connects
    render      a whole configuration for people and files
    parse       any running configuration of this vendor; never connects
    cross_check a second, independent reading of the same text; empty when both agree
    change      commands from one set of tunnels to another; swapped, it is the rollback
    show        what one operational command's saved output tells
    connect     an open session, closed at the end of the context
    identify    who answered
    read        the complete running configuration; never a partial one
    transaction guards a change
    state       live SAs, counters, routes and BGP of these tunnels
    """

    name: str
    place: Callable[[Intent, Observed], Tunnels]
    refusals: Callable[[Intent], tuple[Refusal, ...]]
    render: Callable[[Tunnels], tuple[Step, ...]]
    parse: Callable[[str], Observed]
    cross_check: Callable[[str], tuple[Disagreement, ...]]
    change: Callable[[Tunnels, Tunnels], Change]
    show: Callable[[str, str], Operational]
    connect: Callable[[Target, Credentials], AbstractContextManager[Session]]
    identify: Callable[[Session], Facts]
    read: Callable[[Session], str]
    transaction: Begin
    state: Callable[[Session, Tunnels], Operational]
