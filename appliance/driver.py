"""What a vendor's driver is, and those that are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance import entrypoints
from appliance.errors import UsageError
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Protocol

    from appliance.model.change import Change, Step
    from appliance.model.edge import Edge, Held
    from appliance.model.failure import Symptom
    from appliance.model.intent import Intent, Observed
    from appliance.model.state import Operational
    from appliance.model.tunnel import Tunnels
    from appliance.session import Credentials, Session, Target
else:
    Protocol = object  # what it is when the program runs, without the 3 ms of typing

GROUP = "appliance.vendors"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What waits on a device and would take a change back by itself.

    `words` are the device's own as far as it has some; `who` armed it and in how many `seconds` it
    comes are None where the device does not tell.
    """

    words: str
    who: str | None = None
    seconds: float | None = None


class Transaction(Protocol):
    """A guarded change. Leaving its context without `confirm` reverts the device."""

    @property
    def protection(self) -> str:
        """What brings the device back if we die now, in words for the operator."""

    @property
    def confirmed(self) -> bool:
        """Whether the device will keep the change: from then on nothing reverts it."""

    @property
    def ticking(self) -> bool:
        """Whether a timer on the device runs now that takes the change back without us."""

    @property
    def evidence(self) -> str:
        """What the device showed as the change before it took it, keys masked; else empty."""

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
class EdgeDriver:
    """What a vendor can do of ExpressRoute; pure functions but for the last.

    refusals    what this device cannot say of an intent's edge
    place       all the device should hold: the tunnels as placed, with static routes that give way
                to the circuit, and the edge with names. Raises `RefusedError`
    change      commands from one to the other, of tunnels and edge together; swapped, the rollback
    state       BGP sessions, BFD and routes of the edge. Raises `SessionError`
    interface   the device's own name of an interface that somebody has written down
    """

    refusals: Callable[[Intent], tuple[Refusal, ...]]
    place: Callable[[Intent, Observed, Tunnels], Held]
    change: Callable[[Held, Held], Change]
    state: Callable[[Session, Edge], Operational]
    interface: Callable[[str], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A vendor, as a value: pure functions over the model first, then those that talk.

    port        where the device listens, unless the inventory says otherwise
    express     the intent in what this platform can say, where that harms nothing: lifetimes in
                its range, what it has no statement for left out, each with a note; idempotent.
                All other members are given intents that went through it
    place       names and numbers for an intent, on the device as observed (or on none): all
                tunnels the device should hold. Raises `UnsupportedError` or `RefusedError`.
    refusals    what this device cannot say of an intent; asked before anything connects
    render      a whole configuration for people and files
    script      the rendered steps as the file that a person reviews and runs; None where the
                steps, one a line, are that file
    parse       any running configuration of this vendor; never connects
    cross_check a second, independent reading of the same text; empty when both agree; None where
                the configuration is structured data that leaves nothing to read differently
    change      commands from one set of tunnels to another; swapped, it is the rollback
    show        what one operational command's saved output tells
    offers      the public keys or certificates that the device shows to anybody, most wanted first,
                each as "type base64": what a person compares and pins
    connect     an open session, closed at the end of the context
    identify    who answered
    read        the complete running configuration; never a partial one
    ready       what `transaction` (with so many minutes) would protect the change by, in words for
                the operator; raises `RefusedError` where that would, and touches nothing. None
                where only arming can tell
    transaction guards a change by what the device can do by itself
    inverse     guards a change by the recorded way back only; None where that makes no sense
    pending     what waits on the device and would take a change back, of whomever it is; None where
                nothing does
    settle      takes an unconfirmed change back now: by what waits on the device where that can, by
                sending this inverse (steps that lack their key left out) where not; then nothing
                waits any more. Whether the device is back is for the caller to read
    keep        confirms what waits, if something does, and makes the device keep what it holds over
                a reboot. Raises `SessionError`
    differing   names of the parts in which two configurations, as `read` gives them or masked, are
                not the same but for what changes by itself; empty when they agree
    wake        sends a little traffic, so that tunnels that wait for some come up
    state       live SAs, counters, routes and BGP of these tunnels
    advice      where to look on this vendor's boxes when a rung of the verification fails, by rung
    comment     what begins a comment line in a configuration
    edge        what it can do of ExpressRoute; None where it can do nothing of it
    symptoms    words of its logs that tell why a tunnel is down; none where nobody collected them
    room        what lacks room for a change to a configuration like this text, for a checkpoint or
                to save it, in words; None where nothing does. None itself where `ready` tells
    log         the operational command that shows its recent log; empty where there is none
    routes_stay whether static routes into a tunnel stay, and take its traffic, while it is down
    """

    name: str
    port: int
    comment: str
    advice: Mapping[str, str]
    express: Callable[[Intent], Intent]
    place: Callable[[Intent, Observed], Tunnels]
    refusals: Callable[[Intent], tuple[Refusal, ...]]
    render: Callable[[Tunnels], tuple[Step, ...]]
    script: Callable[[tuple[Step, ...]], str] | None
    parse: Callable[[str], Observed]
    cross_check: Callable[[str], tuple[Disagreement, ...]] | None
    change: Callable[[Tunnels, Tunnels], Change]
    show: Callable[[str, str], Operational]
    offers: Callable[[Target], tuple[str, ...]]
    connect: Callable[[Target, Credentials], AbstractContextManager[Session]]
    identify: Callable[[Session], Facts]
    read: Callable[[Session], str]
    ready: Callable[[Session, int], str] | None
    transaction: Begin
    inverse: Begin | None
    pending: Callable[[Session], Pending | None]
    settle: Callable[[Session, Change], None]
    keep: Callable[[Session], None]
    differing: Callable[[str, str], tuple[str, ...]]
    wake: Callable[[Session, Tunnels], None]
    state: Callable[[Session, Tunnels], Operational]
    edge: EdgeDriver | None = None
    symptoms: Callable[[], tuple[Symptom, ...]] = tuple
    room: Callable[[Session, str], str | None] | None = None
    log: str = ""
    routes_stay: bool = False


def place(driver: Driver, intent: Intent, observed: Observed) -> Held:
    """All the device should hold: tunnels, and the edge where the intent has one."""
    from appliance.model.edge import Held  # noqa: PLC0415 -- most commands change nothing

    tunnels = driver.place(intent, observed)
    if intent.edge is None or driver.edge is None:
        return Held(tunnels=tunnels)
    return driver.edge.place(intent, observed, tunnels)


def held(observed: Observed, *, edge: bool) -> Held:
    """What a device holds; its edge only where that is asked for, then empty where it has none."""
    from appliance.model.edge import Edge, Held  # noqa: PLC0415 -- most commands change nothing

    return Held(tunnels=observed.tunnels, edge=(observed.edge or Edge()) if edge else None)


def change(driver: Driver, running: Held, intended: Held) -> Change:
    """Commands from one to the other; where neither has an edge, those of the tunnels alone."""
    if driver.edge is None or (running.edge is None and intended.edge is None):
        return driver.change(running.tunnels, intended.tunnels)
    return driver.edge.change(running, intended)


def disagreements(driver: Driver, text: str) -> tuple[Disagreement, ...]:
    """What a second reader makes differently of the text, where the vendor has one."""
    return () if driver.cross_check is None else driver.cross_check(text)


def names() -> tuple[str, ...]:
    """Names of the installed drivers, sorted; none is imported for it."""
    return tuple(sorted(entrypoints.of(GROUP)))


def load(name: str) -> Driver:
    """The driver of that name; raises `UsageError` naming those there are."""
    target = entrypoints.of(GROUP).get(name)
    if target is None:
        known = ", ".join(names()) or "none: install the package (pip install -e .), then try again"
        raise UsageError(f"there is no driver {name!r}", hint=f"installed drivers: {known}")
    module, _, attribute = target.partition(":")
    # Built in, as for verbs: importlib is one more module at every start.
    driver = getattr(__import__(module, fromlist=(attribute,)), attribute)
    if not isinstance(driver, Driver):
        raise UsageError(f"{target} is not a driver", hint="it must be an appliance.driver.Driver")
    return driver
