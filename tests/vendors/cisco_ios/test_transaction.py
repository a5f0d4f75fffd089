"""A guarded change on a lab router ends in the old or the new configuration, whatever happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from appliance.driver import Begin
from appliance.errors import (
    ApplianceError,
    CommandRefused,
    RefusedError,
    RollbackError,
    SessionError,
)
from appliance.lab import Lab, ios_device
from appliance.lab.faults import (
    Fault,
    cut,
    drop_after,
    drop_before,
    question,
    reboot,
    refuse,
    rename,
    save_fails,
    stall,
    syslog,
)
from appliance.lab.ios import Device
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Secret
from appliance.session import Credentials, Session, Target
from vendors.cisco_ios.restore import Patience, differing
from vendors.cisco_ios.session import connect, identify, read, save
from vendors.cisco_ios.transaction import inverse_transaction, pending, transaction

KEY = "canary-Key-4711"
CHANGE = Change(
    steps=(
        Step(text="crypto ikev2 keyring azure"),
        Step(text=" peer azure"),
        Step(text="  address 198.51.100.7"),
        Step(text=f"  pre-shared-key {KEY_MARK}", secret=Secret(KEY)),
        Step(text="interface Tunnel900"),
        Step(text=" ip address 169.254.21.1 255.255.255.252"),
        Step(text=" ip tcp adjust-mss 1350"),
        Step(text="ip route 10.20.0.0 255.255.0.0 Tunnel900"),
    )
)
ROLLBACK = Change(
    steps=(
        Step(text="no ip route 10.20.0.0 255.255.0.0 Tunnel900"),
        Step(text="no interface Tunnel900"),
        Step(text="no crypto ikev2 keyring azure"),
    )
)


class Router:
    """A lab router and how to log in to it."""

    def __init__(self, lab: Lab, device: Device) -> None:
        site = lab.ios("site-a")
        self.device = device
        self.before = device.running()
        self.target = Target(
            site="site-a", host=site.host, port=site.port, host_key=site.host_key, timeout=2.0
        )
        self.credentials = Credentials(
            username=site.username, password=Secret(site.password), enable=Secret(site.enable)
        )

    def connect(self) -> AbstractContextManager[Session]:
        return connect(self.target, self.credentials)

    @property
    def patience(self) -> Patience:
        """Waiting makes time pass on the device."""
        waited = [0.0]

        def sleep(seconds: float) -> None:
            waited[0] += seconds
            self.device.advance(seconds)

        return Patience(pause=60.0, sleep=sleep, now=lambda: waited[0])

    def begin(
        self, session: Session, *, inverse: bool = False, minutes: int = 5
    ) -> AbstractContextManager[object]:
        start = inverse_transaction if inverse else transaction
        return start(
            session,
            rollback=ROLLBACK,
            minutes=minutes,
            reconnect=self.connect,
            patience=self.patience,
        )

    def push(self, *, inverse: bool = False, change: Change = CHANGE) -> None:
        start = inverse_transaction if inverse else transaction
        with (
            self.connect() as session,
            start(
                session,
                rollback=ROLLBACK,
                minutes=5,
                reconnect=self.connect,
                patience=self.patience,
            ) as guarded,
        ):
            guarded.apply(change)
            with self.connect() as fresh:
                guarded.confirm(fresh)

    @property
    def is_as_before(self) -> bool:
        return differing(self.before, self.device.running()) == ()

    @property
    def is_changed(self) -> bool:
        running = self.device.running()
        return KEY in running and "ip route 10.20.0.0 255.255.0.0 Tunnel900" in running


@contextmanager
def router(*faults: Fault, without: str = "") -> Iterator[Router]:
    device = ios_device("site-a")
    if without:
        device.configure(without)
        device.save()
    with Lab({"site-a": device}, faults={"site-a": faults}) as lab:
        yield Router(lab, device)


def test_the_two_ways_are_begins() -> None:
    ways: Iterable[Begin] = (transaction, inverse_transaction)
    assert len(list(ways)) == 2


@pytest.mark.parametrize("inverse", [False, True])
def test_a_confirmed_change_stays_and_survives_a_reload(inverse: bool) -> None:
    with router() as box:
        box.push(inverse=inverse)
        assert box.is_changed
        box.device.advance(3600)
        box.device.reload()
        assert box.is_changed


def test_the_way_back_is_armed_before_the_first_line() -> None:
    with (
        router() as box,
        box.connect() as session,
        transaction(
            session,
            rollback=ROLLBACK,
            minutes=7,
            reconnect=box.connect,
            patience=box.patience,
        ) as guarded,
    ):
        words = pending(session)
        assert words is not None
        assert "7 min" in words
        assert "7 minutes" in guarded.protection
        assert box.is_as_before


@pytest.mark.parametrize("inverse", [False, True])
def test_leaving_without_confirmation_reverts(inverse: bool) -> None:
    with router() as box:
        with box.connect() as session, box.begin(session, inverse=inverse):
            session.configure(CHANGE.steps)
            assert box.is_changed
        assert box.is_as_before
        with box.connect() as session:
            assert pending(session) is None


@pytest.mark.parametrize("inverse", [False, True])
def test_any_exception_reverts_and_comes_through(inverse: bool) -> None:
    with router() as box:
        with (
            pytest.raises(KeyboardInterrupt),
            box.connect() as session,
            box.begin(session, inverse=inverse),
        ):
            session.configure(CHANGE.steps)
            raise KeyboardInterrupt
        assert box.is_as_before


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("line", range(len(CHANGE.steps)))
def test_the_first_refused_line_stops_and_reverts(line: int, inverse: bool) -> None:
    pattern = CHANGE.steps[line].text.strip().split("<")[0]
    words = "% Invalid input detected at '^' marker."
    with router(refuse(words, f"^ *{pattern}", at=1)) as box:
        told: list[Step] = []
        with (
            pytest.raises(CommandRefused) as caught,
            box.connect() as session,
            box.begin(session, inverse=inverse),
        ):
            session.configure(CHANGE.steps, sent=told.append)
        assert told == list(CHANGE.steps[: line + 1])
        assert caught.value.answer == words
        assert caught.value.command == CHANGE.steps[line].text.strip()
        assert KEY not in str(caught.value)
        assert box.is_as_before


# Every command of a whole push, counted over all its sessions: set-up (2 x 2), checks (4),
# arming (3), configure terminal, 8 lines, end, confirm and save (3), with some to spare.
STEPS = range(1, 30)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [drop_before, drop_after])
def test_a_connection_lost_at_any_step_leaves_old_or_new(
    fault: type[object], step: int, inverse: bool
) -> None:
    struck = fault("", at=step)  # type: ignore[call-arg]  # a maker of faults
    with router(struck) as box:  # type: ignore[arg-type]  # it is one
        outcome = "confirmed"
        try:
            box.push(inverse=inverse)
        except ApplianceError as error:
            outcome = type(error).__name__
            assert KEY not in str(error)
        if outcome == "confirmed":
            assert box.is_changed
        elif outcome != "RollbackError":
            assert box.is_as_before or box.is_changed
            if not box.is_changed:
                assert box.is_as_before
        assert outcome != "RollbackError"


@pytest.mark.parametrize("step", STEPS)
def test_a_reboot_at_any_step_leaves_old_or_new(step: int) -> None:
    with router(reboot("", at=step)) as box:
        try:
            box.push()
        except SessionError:
            assert box.is_as_before or box.is_changed
        else:
            assert box.is_changed
