"""A guarded change on a lab router ends in the old or the new configuration, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Literal

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
from appliance.session import Session, Target
from tests.vendors.guarded import passing, way_in
from vendors.cisco.restore import Patience
from vendors.cisco_ios.restore import differing
from vendors.cisco_ios.session import connect, identify, read, save
from vendors.cisco_ios.transaction import inverse_transaction, pending, transaction

Way = Literal["timer", "inverse"]
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
        self.device = device
        self.before = device.running()
        self.target, self.credentials = way_in(lab, "site-a")

    def impatient(self) -> None:
        self.target = replace(self.target, timeout=2.0)

    def connect(self) -> AbstractContextManager[Session]:
        return connect(self.target, self.credentials)

    @property
    def patience(self) -> Patience:
        """Waiting makes time pass on the device."""
        sleep, now = passing(self.device)
        return Patience(pause=60.0, sleep=sleep, now=now)

    def begin(
        self, session: Session, *, way: Way = "timer", minutes: int = 5
    ) -> AbstractContextManager[object]:
        start = inverse_transaction if way == "inverse" else transaction
        return start(
            session,
            rollback=ROLLBACK,
            minutes=minutes,
            reconnect=self.connect,
            patience=self.patience,
        )

    def push(self, *, way: Way = "timer", change: Change = CHANGE) -> None:
        start = inverse_transaction if way == "inverse" else transaction
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


@pytest.mark.parametrize("way", ["timer", "inverse"])
def test_a_confirmed_change_stays_and_survives_a_reload(way: Way) -> None:
    with router() as box:
        box.push(way=way)
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


@pytest.mark.parametrize("way", ["timer", "inverse"])
def test_leaving_without_confirmation_reverts(way: Way) -> None:
    with router() as box:
        with box.connect() as session, box.begin(session, way=way):
            session.configure(CHANGE.steps)
            assert box.is_changed
        assert box.is_as_before
        with box.connect() as session:
            assert pending(session) is None


def interrupted(box: Router, way: Way) -> None:
    with box.connect() as session, box.begin(session, way=way):
        session.configure(CHANGE.steps)
        raise KeyboardInterrupt


@pytest.mark.parametrize("way", ["timer", "inverse"])
def test_any_exception_reverts_and_comes_through(way: Way) -> None:
    with router() as box:
        with pytest.raises(KeyboardInterrupt):
            interrupted(box, way)
        assert box.is_as_before


@pytest.mark.parametrize("way", ["timer", "inverse"])
@pytest.mark.parametrize("line", range(len(CHANGE.steps)))
def test_an_interrupt_at_any_line_reverts(line: int, way: Way) -> None:
    def interrupt(step: Step) -> None:
        if step == CHANGE.steps[line]:
            raise KeyboardInterrupt

    def push(box: Router) -> None:
        with box.connect() as session, box.begin(session, way=way):
            session.configure(CHANGE.steps, sent=interrupt)

    with router() as box:
        with pytest.raises(KeyboardInterrupt):
            push(box)
        assert box.is_as_before


@pytest.mark.parametrize("way", ["timer", "inverse"])
@pytest.mark.parametrize("line", range(len(CHANGE.steps)))
def test_the_first_refused_line_stops_and_reverts(line: int, way: Way) -> None:
    pattern = CHANGE.steps[line].text.strip().split("<")[0]
    words = "% Invalid input detected at '^' marker."
    with router(refuse(words, f"^ *{pattern}", at=1)) as box:
        told: list[Step] = []
        with (
            pytest.raises(CommandRefused) as caught,
            box.connect() as session,
            box.begin(session, way=way),
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


def failure(box: Router, way: Way = "timer") -> ApplianceError | None:
    try:
        box.push(way=way)
    except ApplianceError as error:
        return error
    return None


@pytest.mark.parametrize("way", ["timer", "inverse"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [drop_before, drop_after])
def test_a_connection_lost_at_any_step_leaves_old_or_new(
    fault: Callable[..., Fault], step: int, way: Way
) -> None:
    with router(fault("", at=step)) as box:
        error = failure(box, way)
        assert KEY not in str(error)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            assert box.is_as_before or box.is_changed


@pytest.mark.parametrize("step", STEPS)
def test_a_reboot_at_any_step_leaves_old_or_new(step: int) -> None:
    with router(reboot("", at=step)) as box:
        error = failure(box)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            assert box.is_as_before or box.is_changed


def refused(box: Router, *, way: Way = "timer") -> RefusedError:
    with (
        box.connect() as session,
        pytest.raises(RefusedError) as caught,
        box.begin(session, way=way),
    ):
        pass
    assert box.is_as_before
    return caught.value


def test_without_an_archive_it_is_refused_with_what_to_configure() -> None:
    with router(without="no archive") as box:
        error = refused(box)
        assert "`archive`" in error.hint
        assert "path bootflash:" in error.hint
        assert "recorded inverse" in error.hint
        box.push(way="inverse")
        assert box.is_changed


@pytest.mark.parametrize("way", ["timer", "inverse"])
def test_a_foreign_revert_timer_is_respected(way: Way) -> None:
    with router() as box:
        with box.connect() as other:
            other.configure((), enter="configure terminal revert timer 9")
        error = refused(box, way=way)
        assert "9 min" in error.message
        with box.connect() as other:
            assert pending(other) is not None


def test_no_room_for_a_checkpoint() -> None:
    full = "6639505408 bytes total (1024 bytes free)"
    with router(refuse(full, "^dir ")) as box:
        assert "1024 bytes free" in refused(box).message


def test_arming_that_fails_touches_nothing() -> None:
    words = "%Error: cannot write the checkpoint file"
    with router(refuse(words, "^configure terminal revert")) as box:
        assert words in refused(box).message


@pytest.mark.parametrize("minutes", [0, 121])
def test_the_timer_has_limits(minutes: int) -> None:
    with (
        router() as box,
        box.connect() as session,
        pytest.raises(RefusedError, match="not possible"),
        box.begin(session, minutes=minutes),
    ):
        pass


def test_a_login_of_lower_privilege_is_refused() -> None:
    with router(refuse("Current privilege level is 7", "^show privilege")) as box:
        assert "level 7" in refused(box).message


def test_a_question_in_the_middle_is_not_answered_and_the_device_reverts() -> None:
    with router(question("Remove everything? [confirm]", "^ *interface Tunnel900", at=1)) as box:
        with pytest.raises(SessionError, match="Remove everything"):
            box.push()
        assert box.is_as_before


def test_a_stall_in_the_middle_ends_reverted() -> None:
    with router(stall(30.0, "^ *interface Tunnel900", at=1)) as box:
        box.impatient()
        with pytest.raises(SessionError, match="no answer"):
            box.push()
        assert box.is_as_before


def test_the_name_changes_under_us() -> None:
    with router(rename("somebody-else", "^ *interface Tunnel900", at=1)) as box:
        box.impatient()
        with pytest.raises(SessionError, match="changed from 'site-a-rtr' to 'somebody-else'"):
            box.push()
        assert not box.is_changed


def test_log_lines_in_the_answers_do_not_stop_a_push() -> None:
    line = "*Nov 21 12:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Tunnel900, changed to up"
    with router(syslog(line)) as box:
        box.push()
        assert box.is_changed


def too_late(box: Router, minutes: int) -> None:
    with (
        box.connect() as session,
        transaction(
            session,
            rollback=ROLLBACK,
            minutes=minutes,
            reconnect=box.connect,
            patience=box.patience,
        ) as guarded,
    ):
        guarded.apply(CHANGE)
        box.device.advance(60.0 * minutes + 5)
        with box.connect() as fresh:
            guarded.confirm(fresh)


def test_confirming_too_late_is_an_error_and_the_device_is_back() -> None:
    with router() as box:
        with pytest.raises(SessionError, match="gone back by itself"):
            too_late(box, 1)
        assert box.is_as_before


def test_what_cannot_be_reached_any_more_needs_a_person() -> None:
    with router(drop_after("^ *interface Tunnel900")) as box:
        gone = Target(
            site="site-a", host="127.0.0.1", port=1, host_key=box.target.host_key, timeout=0.5
        )
        with (
            pytest.raises(RollbackError) as caught,
            box.connect() as session,
            transaction(
                session,
                rollback=ROLLBACK,
                minutes=2,
                reconnect=lambda: connect(gone, box.credentials),
                patience=box.patience,
            ) as guarded,
        ):
            guarded.apply(CHANGE)
        assert "console" in caught.value.hint
        assert box.is_as_before  # the device's own timer has ended while we waited


def test_a_busy_startup_configuration_is_tried_again() -> None:
    with router(save_fails(at=1)) as box, box.connect() as session:
        session.configure(CHANGE.steps)
        save(session, pause=0.0)
        box.device.reload()
        assert box.is_changed


def test_a_configuration_that_cannot_be_saved_is_said_loudly_and_stays() -> None:
    with router(save_fails("%Error opening nvram:/startup-config (No space left)")) as box:
        with pytest.raises(SessionError, match="not saved") as caught:
            box.push()
        assert "a reboot loses it" in caught.value.hint
        assert box.is_changed


def test_a_cut_reading_is_an_error_and_changes_nothing() -> None:
    with router(cut(300, "^show running-config")) as box:
        with pytest.raises(SessionError), box.connect() as session:
            read(session)
        assert box.is_as_before


def test_who_it_is() -> None:
    with router() as box, box.connect() as session:
        found = identify(session)
    assert found.hostname == "site-a-rtr"
    assert found.version == "17.9.4a"
    assert found.serial
    assert found.uptime_seconds is not None


def test_no_key_in_what_is_kept() -> None:
    with router() as box, box.connect() as session, box.begin(session):
        session.configure(CHANGE.steps)
        read(session)
        assert KEY not in session.transcript
        assert "partner-Only-1" not in session.transcript
