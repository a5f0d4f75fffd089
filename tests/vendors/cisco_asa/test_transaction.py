"""A guarded change on a lab ASA ends in the old or the new configuration, whatever happens."""

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
from appliance.lab import Lab
from appliance.lab.asa import AsaDevice, Settings, asa_device
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
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Secret
from appliance.session import Session, Target
from tests.vendors.guarded import passing, way_in
from vendors.cisco.restore import Patience, differing
from vendors.cisco_asa import applet
from vendors.cisco_asa.restore import ASA
from vendors.cisco_asa.session import connect, identify, read
from vendors.cisco_asa.transaction import inverse_transaction, ready, transaction

Way = Literal["applet", "inverse"]
WAYS: tuple[Way, ...] = ("applet", "inverse")
KEY = "canary-Key-4711"
LOCAL, REMOTE = "appliance-x-local", "appliance-x-remote"
CHANGE = Change(
    steps=(
        Step(text=f"object-group network {LOCAL}"),
        Step(text=" network-object 10.10.0.0 255.255.0.0"),
        Step(text=f"object-group network {REMOTE}"),
        Step(text=" network-object 10.20.0.0 255.255.0.0"),
        Step(
            text="access-list appliance-x extended permit ip "
            f"object-group {LOCAL} object-group {REMOTE}"
        ),
        Step(text="tunnel-group 198.51.100.7 type ipsec-l2l"),
        Step(text="tunnel-group 198.51.100.7 ipsec-attributes"),
        Step(text=f" ikev1 pre-shared-key {KEY_MARK}", secret=Secret(KEY)),
        Step(text="crypto map outside_map 20 set peer 198.51.100.7"),
        Step(text="crypto map outside_map 20 set ikev1 transform-set PARTNER"),
        Step(text="crypto map outside_map 20 match address appliance-x"),
    )
)
ROLLBACK = Change(
    steps=(
        Step(text="clear configure crypto map outside_map 20"),
        Step(text="clear configure tunnel-group 198.51.100.7"),
        Step(text="clear configure access-list appliance-x"),
        Step(text=f"no object-group network {REMOTE}"),
        Step(text=f"no object-group network {LOCAL}"),
    )
)
LAST = "crypto map outside_map 20 match address"


class Firewall:
    """A lab ASA and how to log in to it."""

    def __init__(self, lab: Lab, device: AsaDevice) -> None:
        self.device = device
        self.before = device.running()
        self.target, self.credentials = way_in(lab, "site-b")

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
        self,
        session: Session,
        *,
        way: Way = "applet",
        minutes: int = 5,
        rollback: Change = ROLLBACK,
    ) -> AbstractContextManager[object]:
        start = inverse_transaction if way == "inverse" else transaction
        return start(
            session,
            rollback=rollback,
            minutes=minutes,
            reconnect=self.connect,
            patience=self.patience,
        )

    def push(self, *, way: Way = "applet") -> None:
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
            guarded.apply(CHANGE)
            with self.connect() as fresh:
                guarded.confirm(fresh)

    @property
    def is_as_before(self) -> bool:
        return differing(ASA, self.before, self.device.running()) == ()

    @property
    def is_changed(self) -> bool:
        running = self.device.running()
        return KEY in running and LAST in running and applet.NAME not in running

    @property
    def is_clean(self) -> bool:
        return applet.CHECKPOINT not in self.device.files


@contextmanager
def firewall(*faults: Fault, settings: Settings | None = None) -> Iterator[Firewall]:
    device = asa_device("site-b", settings=settings)
    with Lab({"site-b": device}, faults={"site-b": faults}) as lab:
        yield Firewall(lab, device)


def test_the_two_ways_are_begins() -> None:
    ways: Iterable[Begin] = (transaction, inverse_transaction)
    assert len(list(ways)) == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_confirmed_change_stays_and_survives_a_reload(way: Way) -> None:
    with firewall() as box:
        box.push(way=way)
        assert box.is_changed
        assert box.is_clean
        box.device.advance(3600)
        box.device.reload()
        assert box.is_changed


def test_the_applet_waits_before_the_first_line() -> None:
    with (
        firewall() as box,
        box.connect() as session,
        transaction(
            session,
            rollback=ROLLBACK,
            minutes=7,
            reconnect=box.connect,
            patience=box.patience,
        ) as guarded,
    ):
        shown = session.run("show running-config event manager")
        assert "event timer countdown time 420" in shown
        assert 'action 0 cli command "clear configure crypto map outside_map 20"' in shown
        assert "after 7 minutes" in guarded.protection
        assert applet.CHECKPOINT in box.device.files
        assert set(differing(ASA, box.before, box.device.running())) == {applet.HEADING}


@pytest.mark.parametrize("way", WAYS)
def test_leaving_without_confirmation_goes_back(way: Way) -> None:
    with firewall() as box:
        with box.connect() as session, box.begin(session, way=way):
            session.configure(CHANGE.steps)
            assert LAST in box.device.running()
        assert box.is_as_before
        assert box.is_clean


def test_without_us_the_device_goes_back_by_itself() -> None:
    with firewall() as box:
        with box.connect() as session:
            applet.arm(session, ROLLBACK, 5)
            session.configure(CHANGE.steps)
        box.device.advance(299)
        assert LAST in box.device.running()
        box.device.advance(2)
        assert set(differing(ASA, box.before, box.device.running())) == {applet.HEADING}


def interrupted(box: Firewall, way: Way) -> None:
    with box.connect() as session, box.begin(session, way=way):
        session.configure(CHANGE.steps)
        raise KeyboardInterrupt


@pytest.mark.parametrize("way", WAYS)
def test_any_exception_goes_back_and_comes_through(way: Way) -> None:
    with firewall() as box:
        with pytest.raises(KeyboardInterrupt):
            interrupted(box, way)
        assert box.is_as_before


REFUSALS = (
    "ERROR: % Invalid input detected at '^' marker.",
    "ERROR: % Incomplete command",
    "ERROR: % Ambiguous command",
    "Command authorization failed",
    "% Invalid input detected at '^' marker.",
    "ERROR: unable to add this object to the group",
    "ERROR: access-list appliance-x is in use",
    "Adding obj (network-object 10.10.0.0 255.255.0.0) to grp (x) failed; object already exists",
    "Removing object-group (x) not allowed, it is being used.",
    "Configuration Replication is NOT performed from Standby unit to Active unit.",
)
"""How an ASA says no, in all its ways."""


@pytest.mark.parametrize("words", REFUSALS)
@pytest.mark.parametrize("line", [0, 4, 7, 10])
def test_the_first_refused_line_stops_and_goes_back(line: int, words: str) -> None:
    pattern = CHANGE.steps[line].text.strip().split("<")[0]
    with firewall(refuse(words, f"^ *{pattern}", at=1)) as box:
        told: list[Step] = []
        with (
            pytest.raises(CommandRefused) as caught,
            box.connect() as session,
            box.begin(session),
        ):
            session.configure(CHANGE.steps, sent=told.append)
        assert told == list(CHANGE.steps[: line + 1])
        assert caught.value.answer == words
        assert KEY not in str(caught.value)
        assert box.is_as_before
        assert box.is_clean


HARMLESS = (
    "WARNING: The crypto map entry is incomplete!",
    "WARNING: The crypto map entry will be incomplete!",
    "WARNING: Same object-group is used more than once in one config line. This config is "
    "redundant. Please use separate object-groups",
    'INFO: Security level for "vti" set to 0 by default.',
    "WARNING: L2L tunnel-groups that have names which are not an IP",
)


@pytest.mark.parametrize("words", HARMLESS)
def test_what_the_asa_only_remarks_does_not_stop_a_push(words: str) -> None:
    with firewall(refuse(words, "^terminal width 80", at=1)) as box:
        with box.connect() as session:
            session.configure((Step(text="terminal width 80"), Step(text="domain-name x.example")))
        assert "domain-name x.example" in box.device.running()


# Every command of a whole push over all its sessions: set-up, checks, arming, 11 lines, the end,
# reading, confirming and saving, with some to spare.
STEPS = range(1, 52)


def failure(box: Firewall, way: Way = "applet") -> ApplianceError | None:
    try:
        box.push(way=way)
    except ApplianceError as error:
        return error
    return None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [drop_before, drop_after])
def test_a_connection_lost_at_any_step_leaves_old_or_new(
    fault: Callable[..., Fault], step: int, way: Way
) -> None:
    with firewall(fault("", at=step)) as box:
        error = failure(box, way)
        assert KEY not in str(error)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            changed = set(differing(ASA, box.before, box.device.running()))
            assert box.is_changed or changed <= {applet.HEADING}


@pytest.mark.parametrize("step", range(1, 52, 3))
def test_a_reboot_at_any_step_leaves_old_or_new(step: int) -> None:
    with firewall(reboot("", at=step)) as box:
        error = failure(box)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            assert box.is_as_before or box.is_changed


def refused(box: Firewall, *, way: Way = "applet") -> RefusedError:
    with (
        box.connect() as session,
        pytest.raises(RefusedError) as caught,
        box.begin(session, way=way),
    ):
        pass
    assert box.is_as_before
    assert box.is_clean
    return caught.value


@pytest.mark.parametrize("way", WAYS)
def test_a_standby_unit_is_refused_before_configuration_mode(way: Way) -> None:
    with firewall(settings=Settings(failover="standby")) as box:
        error = refused(box, way=way)
        assert "not the active unit" in error.message
        assert "site-b-asa/sec/stby" in error.message


@pytest.mark.parametrize("way", WAYS)
def test_several_contexts_are_refused_before_configuration_mode(way: Way) -> None:
    with firewall(settings=Settings(mode="multiple", context="customer-a")) as box:
        assert "several security contexts" in refused(box, way=way).message


@pytest.mark.parametrize("way", WAYS)
def test_a_login_of_lower_privilege_is_refused(way: Way) -> None:
    with firewall(refuse("Current privilege level : 7", "^show curpriv")) as box:
        assert "level 7" in refused(box, way=way).message


@pytest.mark.parametrize("way", WAYS)
def test_the_applet_of_another_push_is_respected(way: Way) -> None:
    with firewall() as box:
        with box.connect() as other:
            applet.arm(other, ROLLBACK, 9)
        held = box.device.running()
        with (
            box.connect() as session,
            pytest.raises(RefusedError, match="another push is under way"),
            box.begin(session, way=way),
        ):
            pass
        assert box.device.running() == held


def protection(box: Firewall, rollback: Change = ROLLBACK) -> str:
    """What guards a change on this device; nothing is changed."""
    with (
        box.connect() as session,
        transaction(
            session, rollback=rollback, minutes=5, reconnect=box.connect, patience=box.patience
        ) as guarded,
    ):
        words = guarded.protection
    assert box.is_as_before
    assert box.is_clean
    return words


def test_a_pair_is_not_left_to_an_applet() -> None:
    with firewall(settings=Settings(failover="active")) as box:
        assert "one of a failover pair" in protection(box)


def test_an_old_release_has_no_applets() -> None:
    with firewall(settings=Settings(version="9.1(7)")) as box:
        assert "no Event Manager" in protection(box)


def test_no_room_for_a_checkpoint() -> None:
    full = "8571076608 bytes total (1024 bytes free)"
    with firewall(refuse(full, "^dir ")) as box:
        assert "1024 bytes free" in protection(box)


def test_an_applet_that_is_refused_leaves_the_inverse() -> None:
    with firewall(refuse("ERROR: too many applets", "^event manager applet")) as box:
        assert "does not take the applet (ERROR: too many applets)" in protection(box)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            (Step(text="crypto ikev2 policy 10"), Step(text=" encryption aes")),
            "edits a section",
        ),
        ((Step(text="crypto ikev2 policy 10"),), "opens a section"),
        (
            (Step(text=f"no x {KEY_MARK}", secret=Secret(KEY)),),
            "sets a pre-shared key",
        ),
        ((Step(text='no access-list x remark "y"'),), "quotation marks"),
        ((), "has 0 commands"),
    ],
)
def test_a_way_back_that_no_applet_can_go(steps: tuple[Step, ...], why: str) -> None:
    assert why in applet.unfit(Change(steps=steps))


def test_a_way_back_with_sections_is_gone_from_here() -> None:
    section = (Step(text="group-policy PARTNER attributes"), Step(text=" banner none"))
    longer = Change(steps=(*ROLLBACK.steps, *section))
    with firewall() as box:
        words = protection(box, longer)
        assert words.startswith("nothing on the device, for the way back edits a section")


def test_ready_tells_what_would_guard_the_change_and_touches_nothing() -> None:
    with firewall() as box, box.connect() as session:
        assert ready(session, 5).startswith("an applet on the device sends the inverse after 5 min")
        assert box.is_as_before
    with firewall(settings=Settings(version="9.1(7)")) as box, box.connect() as session:
        assert "no Event Manager" in ready(session, 5)
    with (
        firewall(settings=Settings(failover="standby")) as box,
        box.connect() as session,
        pytest.raises(RefusedError, match="not the active unit"),
    ):
        ready(session, 5)


@pytest.mark.parametrize("minutes", [0, 121])
def test_the_timer_has_limits(minutes: int) -> None:
    with (
        firewall() as box,
        box.connect() as session,
        pytest.raises(RefusedError, match="not possible"),
        box.begin(session, minutes=minutes),
    ):
        pass


def test_a_question_in_the_middle_is_not_answered_and_the_device_goes_back() -> None:
    with firewall(question("Remove everything? [confirm]", f"^ *{LAST}", at=1)) as box:
        with pytest.raises(SessionError, match="Remove everything"):
            box.push()
        assert box.is_as_before


def test_a_stall_in_the_middle_ends_as_before() -> None:
    with firewall(stall(30.0, f"^ *{LAST}", at=1)) as box:
        box.impatient()
        with pytest.raises(SessionError, match="no answer"):
            box.push()
        assert box.is_as_before


def test_the_name_changes_under_us() -> None:
    with firewall(rename("somebody-else", f"^ *{LAST}", at=1)) as box:
        box.impatient()
        with pytest.raises(RollbackError, match="`hostname somebody-else`"):
            box.push()
        assert not box.is_changed  # all but the name is as it was, and the name is not ours


def test_log_lines_in_the_answers_do_not_stop_a_push() -> None:
    line = "Nov 21 2026 12:00:00: %ASA-5-111008: User 'netops' executed the 'crypto map' command."
    with firewall(syslog(line)) as box:
        box.push()
        assert box.is_changed


def too_late(box: Firewall, minutes: int) -> None:
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
    with firewall() as box:
        with pytest.raises(SessionError, match="gone back by itself"):
            too_late(box, 1)
        assert box.is_as_before
        assert box.is_clean


def test_what_cannot_be_reached_any_more_needs_a_person() -> None:
    with firewall(drop_after(f"^ *{LAST}")) as box:
        gone = Target(
            site="site-b", host="127.0.0.1", port=1, host_key=box.target.host_key, timeout=0.5
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
        # The applet has run while we waited; it stays to be seen.
        assert set(differing(ASA, box.before, box.device.running())) == {applet.HEADING}


def test_an_inverse_that_does_not_help_is_said_loudly() -> None:
    with (
        firewall() as box,
        pytest.raises(RollbackError, match="is not as it was") as caught,
        box.connect() as session,
        box.begin(session, rollback=Change(steps=ROLLBACK.steps[:1])),
    ):
        session.configure(CHANGE.steps)
    assert KEY not in str(caught.value)


def test_a_configuration_that_cannot_be_saved_is_said_loudly_and_stays() -> None:
    with firewall(save_fails("%Error opening disk0:/.private/startup-config")) as box:
        with pytest.raises(SessionError, match="not saved") as caught:
            box.push()
        assert "a reboot loses it" in caught.value.hint
        assert box.is_changed


def test_a_cut_reading_is_an_error_and_changes_nothing() -> None:
    with firewall(cut(300, "^show running-config")) as box:
        with pytest.raises(SessionError), box.connect() as session:
            read(session)
        assert box.is_as_before


def test_who_it_is() -> None:
    with firewall() as box, box.connect() as session:
        found = identify(session)
    assert found.hostname == "site-b-asa"
    assert found.version == "9.16(4)"
    assert found.serial
    assert found.uptime_seconds is not None


def test_keys_are_read_when_they_are_asked_for() -> None:
    with firewall() as box:
        with box.connect() as session:
            assert "partner-Only-1" not in read(session)
        with connect(replace(box.target, read_keys=True), box.credentials) as session:
            assert "pre-shared-key partner-Only-1" in read(session)
            assert "partner-Only-1" not in session.transcript


def test_a_login_that_may_not_read_keys_gets_them_masked() -> None:
    fault = refuse("Command authorization failed", "^more system")
    with (
        firewall(fault) as box,
        connect(replace(box.target, read_keys=True), box.credentials) as session,
    ):
        assert "pre-shared-key *****" in read(session)


def test_a_key_with_a_question_mark_opens_no_help() -> None:
    key = Secret("Canary?4711!#|%$&'`~")
    steps = (
        Step(text="tunnel-group 198.51.100.7 type ipsec-l2l"),
        Step(text="tunnel-group 198.51.100.7 ipsec-attributes"),
        Step(text=f" ikev1 pre-shared-key {KEY_MARK}", secret=key),
    )
    with firewall() as box:
        with box.connect() as session:
            session.configure(steps)
        assert f" ikev1 pre-shared-key {key.reveal()}\n" in box.device.running()


def test_no_key_in_what_is_kept() -> None:
    with firewall() as box, box.connect() as session, box.begin(session):
        session.configure(CHANGE.steps)
        read(session)
        assert KEY not in session.transcript
