"""A guarded change on a lab SRX ends in the old or the new configuration, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from appliance.lab import Lab
from appliance.lab.faults import (
    Fault,
    cut,
    drop_after,
    drop_before,
    pager,
    question,
    reboot,
    refuse,
    save_fails,
    stall,
    syslog,
)
from appliance.lab.junos import Settings, SrxDevice, junos_device
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Secret
from appliance.session import Session, Target
from tests.vendors.guarded import passing, way_in
from vendors.juniper_junos.restore import Patience, differing
from vendors.juniper_junos.session import connect, editor, read
from vendors.juniper_junos.transaction import ConfirmedCommit, pending, ready, transaction

KEY = 'canary-Key "4711\\ #;{}?$9$x'
CHANGE = Change(
    steps=(
        Step(text="set security ike policy azure proposals PARTNER"),
        Step(
            text=f'set security ike policy azure pre-shared-key ascii-text "{KEY_MARK}"',
            secret=Secret(KEY.replace("\\", "\\\\").replace('"', '\\"')),
        ),
        Step(text="set interfaces st0 unit 900 family inet mtu 1400"),
        Step(text="set routing-options static route 10.20.0.0/16 next-hop st0.900"),
    )
)
NOTHING = Change()


class Firewall:
    """A lab SRX and how to log in to it."""

    def __init__(self, lab: Lab, device: SrxDevice) -> None:
        self.device = device
        self.before = device.running(as_set=True)
        self.target, self.credentials = way_in(lab, "site-a")

    def connect(self) -> AbstractContextManager[Session]:
        return connect(self.target, self.credentials)

    @property
    def patience(self) -> Patience:
        """Waiting makes time pass on the device."""
        sleep, now = passing(self.device)
        return Patience(pause=60.0, sleep=sleep, now=now)

    def begin(
        self, session: Session, *, minutes: int = 5
    ) -> AbstractContextManager[ConfirmedCommit]:
        return transaction(
            session,
            rollback=NOTHING,
            minutes=minutes,
            reconnect=self.connect,
            patience=self.patience,
        )

    def push(self, change: Change = CHANGE) -> ConfirmedCommit:
        with self.connect() as session, self.begin(session) as guarded:
            guarded.apply(change)
            with self.connect() as fresh:
                guarded.confirm(fresh)
        return guarded

    @property
    def is_as_before(self) -> bool:
        return differing(self.before, self.device.running(as_set=True)) == ()

    @property
    def is_changed(self) -> bool:
        running = self.device.running(as_set=True)
        return (
            'ike policy azure pre-shared-key ascii-text "$9$' in running
            and "set routing-options static route 10.20.0.0/16 next-hop st0.900" in running
        )


@contextmanager
def firewall(*faults: Fault, settings: Settings | None = None) -> Iterator[Firewall]:
    device = junos_device("site-a", settings=settings)
    with Lab({"site-a": device}, faults={"site-a": faults}) as lab:
        yield Firewall(lab, device)


def test_the_way_is_a_begin() -> None:
    way: Begin = transaction
    assert way is transaction


def test_a_confirmed_change_stays() -> None:
    with firewall() as box:
        guarded = box.push()
        assert box.is_changed
        box.device.advance(3_600)
        assert box.is_changed
        box.device.reload()
        assert box.is_changed
        assert guarded.confirmed
        assert "+    route 10.20.0.0/16 next-hop st0.900;" in guarded.evidence
        assert "$9$" not in guarded.evidence


def test_until_it_is_confirmed_the_device_waits_to_go_back() -> None:
    with firewall() as box, box.connect() as session, box.begin(session, minutes=7) as guarded:
        assert box.is_as_before
        assert "7 minutes" in guarded.protection
        guarded.apply(CHANGE)
        words = pending(session)
        assert words is not None
        assert "rollback in 7" in words
        assert box.is_changed
        with box.connect() as fresh:
            guarded.confirm(fresh)
        assert pending(session) is None


def test_leaving_without_confirmation_rolls_back() -> None:
    with firewall() as box:
        with box.connect() as session, box.begin(session) as guarded:
            guarded.apply(CHANGE)
            assert box.is_changed
        assert box.is_as_before
        with box.connect() as session:
            assert pending(session) is None


def test_the_key_is_in_no_transcript() -> None:
    with firewall() as box, box.connect() as session, box.begin(session) as guarded:
        guarded.apply(CHANGE)
        assert "canary" not in session.transcript
        assert "$9$" not in session.transcript
        assert f"pre-shared-key ascii-text {KEY_MARK}" in session.transcript


def interrupted(box: Firewall) -> None:
    with box.connect() as session, box.begin(session) as guarded:
        guarded.apply(CHANGE)
        raise KeyboardInterrupt


def test_any_exception_rolls_back_and_comes_through() -> None:
    with firewall() as box:
        with pytest.raises(KeyboardInterrupt):
            interrupted(box)
        assert box.is_as_before


@pytest.mark.parametrize("line", range(len(CHANGE.steps)))
def test_an_interrupt_at_any_line_leaves_it_as_it_was(line: int) -> None:
    def interrupt(step: Step) -> None:
        if step == CHANGE.steps[line]:
            raise KeyboardInterrupt

    def push(box: Firewall) -> None:
        with box.connect() as session, box.begin(session) as guarded:
            guarded.apply(CHANGE, sent=interrupt)

    with firewall() as box:
        with pytest.raises(KeyboardInterrupt):
            push(box)
        assert box.is_as_before
        box.push()
        assert box.is_changed, "neither a lock nor a candidate is left behind"


WRONG = (
    ("set security ike gateway azure frobnicate 7", "syntax error"),
    ("set security ike gateway azure external-interface", "missing argument"),
    ("set interfaces st0 unit 900 family inet mtu banana", "invalid"),
    ("set interfaces st0 unit 900 family inet address 10.0.0.300/24", "invalid"),
    ("frobnicate the flux", "unknown command"),
)


@pytest.mark.parametrize(("statement", "words"), WRONG)
def test_a_refused_statement_is_named_and_nothing_is_committed(statement: str, words: str) -> None:
    change = Change(steps=(*CHANGE.steps[:2], Step(text=statement), *CHANGE.steps[2:]))
    with firewall() as box:
        with pytest.raises(CommandRefused) as caught:
            box.push(change)
        assert caught.value.command == statement
        assert words in caught.value.answer
        assert "canary" not in str(caught.value)
        assert box.is_as_before
        box.push()
        assert box.is_changed, "the candidate was left clean"


def test_a_check_that_fails_is_told_with_the_statement_it_names() -> None:
    broken = Change(
        steps=(
            Step(text="set security ike gateway azure ike-policy NOWHERE"),
            Step(text="set security ike gateway azure address 198.51.100.7"),
            Step(text="set security ike gateway azure external-interface ge-0/0/0.0"),
        )
    )
    with firewall() as box:
        with pytest.raises(CommandRefused) as caught:
            box.push(broken)
        assert "[edit security ike gateway azure" in caught.value.answer
        assert "configuration check-out failed" in caught.value.answer
        assert box.is_as_before
        box.push()
        assert box.is_changed


def test_a_commit_that_fails_leaves_it_as_it_was() -> None:
    with firewall(save_fails("error: commit failed: (disk full)", "^commit confirmed")) as box:
        with pytest.raises(CommandRefused, match="disk full"):
            box.push()
        assert box.is_as_before


TEXTS = (
    "syntax error.",
    "syntax error, expecting <command>.",
    "unknown command.",
    "missing argument.",
    "missing mandatory argument: name",
    "invalid value 'x'",
    "invalid numeric value: 'x'",
    "'sec' is ambiguous.",
    "error: could not open configuration database",
    "error: configuration check-out failed",
    "error: commit failed: (statement constraint check failed)",
    "error: configuration database locked by:\n  ops terminal pts/9 (pid 1) on since now",
    "permission denied",
    "terminal:2:(5) syntax error: set",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "command",
    ["configure", "configure exclusive", "load set terminal", "commit check", "commit confirmed"],
)
def test_every_error_text_stops_a_push_and_leaves_it_as_it_was(command: str, text: str) -> None:
    with firewall(refuse(text, f"^{command}$" if "configure" in command else f"^{command}")) as box:
        with pytest.raises((CommandRefused, RefusedError)) as caught:
            box.push()
        assert text.splitlines()[0] in str(caught.value) or "ops on terminal" in str(caught.value)
        assert box.is_as_before


def test_a_warning_is_no_error() -> None:
    change = Change(steps=(Step(text="delete security ike policy NOT-THERE"), *CHANGE.steps))
    with firewall() as box:
        box.push(change)
        assert box.is_changed


# Every command of a whole push, counted over all its sessions, with some to spare.
STEPS = range(1, 58)


def failure(box: Firewall) -> ApplianceError | None:
    try:
        box.push()
    except ApplianceError as error:
        return error
    return None


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [drop_before, drop_after])
def test_a_connection_lost_at_any_step_leaves_old_or_new(
    fault: Callable[..., Fault], step: int
) -> None:
    with firewall(fault("", at=step)) as box:
        error = failure(box)
        assert "canary" not in str(error)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            assert box.is_as_before


@pytest.mark.parametrize("step", STEPS)
def test_a_reboot_at_any_step_leaves_old_or_new(step: int) -> None:
    with firewall(reboot("", at=step)) as box:
        error = failure(box)
        if error is None:
            assert box.is_changed
        else:
            assert isinstance(error, SessionError)
            assert box.is_as_before


def refused(box: Firewall) -> RefusedError:
    with (
        box.connect() as session,
        pytest.raises(RefusedError) as caught,
        box.begin(session),
    ):
        pass
    assert box.is_as_before
    return caught.value


def test_a_lock_of_somebody_else_is_respected() -> None:
    with firewall() as box:
        box.device.edited_by("bob")
        error = refused(box)
        assert "bob on terminal" in error.message
        assert "nobody's lock is broken" in error.hint


@pytest.mark.parametrize("here", [True, False])
def test_changes_that_somebody_left_in_the_candidate_are_not_committed(here: bool) -> None:  # noqa: FBT001 -- a parameter of pytest
    with firewall() as box:
        box.device.edited_by("bob", "set system host-name changed-by-bob", mode="shared", here=here)
        error = refused(box)
        assert "not committed" in error.message
        assert ("bob on terminal" in error.message) is here
        assert "changed-by-bob" not in box.device.running()
        with box.connect() as session:
            candidate = editor(session)
            candidate.edit("configure")
            assert "changed-by-bob" in candidate.look("show | compare"), "what bob did is kept"


def test_a_commit_of_somebody_else_that_waits_is_not_confirmed() -> None:
    with firewall() as box:
        with box.connect() as other, box.begin(other, minutes=9) as guarded:
            guarded.apply(CHANGE)
            with box.connect() as session, pytest.raises(RefusedError, match="waits to be confir"):
                ready(session, 5)
            assert pending(other) is not None
        assert box.is_as_before


def test_a_lock_that_we_left_behind_is_recognised() -> None:
    with firewall(cut(0, "^show . compare", at=2), settings=Settings(lingers=600.0)) as box:
        assert isinstance(failure(box), SessionError)
        assert box.is_as_before
        error = refused(box)
        assert "earlier session of this login" in error.message
        assert "that terminal" in error.message
        assert "request system logout" in error.hint
        box.device.advance(700)
        box.push()
        assert box.is_changed


@pytest.mark.parametrize("minutes", [0, 65_536])
def test_the_timer_has_limits(minutes: int) -> None:
    with (
        firewall() as box,
        box.connect() as session,
        pytest.raises(RefusedError, match="not possible"),
        box.begin(session, minutes=minutes),
    ):
        pass


def test_the_second_node_of_a_cluster_is_not_configured() -> None:
    with firewall(settings=Settings(cluster=True, primary=False)) as box:
        error = refused(box)
        assert "{secondary:node0}" in error.message
        assert "primary" in error.hint


@pytest.mark.parametrize("settings", [Settings(cluster=True), Settings(engines=True)])
def test_two_halves_commit_in_turn(settings: Settings) -> None:
    with firewall(settings=settings) as box:
        box.push()
        assert box.is_changed


def test_a_slow_commit_is_not_a_failure() -> None:
    with firewall(stall(2.5, "^commit", at=2)) as box:
        box.push()
        assert box.is_changed


def test_pages_are_turned() -> None:
    with firewall(pager(10)) as box:
        box.push()
        assert box.is_changed


def test_a_question_in_the_middle_is_not_answered() -> None:
    with firewall(question("Really? [yes,no] (no) ", "^commit confirmed", at=1)) as box:
        with pytest.raises(SessionError, match="Really"):
            box.push()
        assert box.is_as_before


def test_log_lines_in_the_answers_do_not_stop_a_push() -> None:
    line = "Nov 21 12:00:00  site-a-srx mgd[4711]: UI_COMMIT: User 'netops' requested 'commit'"
    with firewall(syslog(line)) as box:
        box.push()
        assert box.is_changed


def too_late(box: Firewall, minutes: int) -> None:
    with box.connect() as session, box.begin(session, minutes=minutes) as guarded:
        guarded.apply(CHANGE)
        box.device.advance(60.0 * minutes + 5)
        with box.connect() as fresh:
            guarded.confirm(fresh)


def test_confirming_too_late_is_an_error_and_the_device_is_back() -> None:
    with firewall() as box:
        with pytest.raises(SessionError, match="gone back by itself"):
            too_late(box, 1)
        assert box.is_as_before


def watched(box: Firewall, *, edits: tuple[str, ...] = ()) -> None:
    with box.connect() as session, box.begin(session) as guarded:
        guarded.apply(CHANGE)
        box.device.edited_by("bob", *edits, mode="shared")
        with box.connect() as fresh:
            guarded.confirm(fresh)


def test_somebody_who_only_looks_does_not_undo_a_good_change() -> None:
    with firewall() as box:
        watched(box)
        assert box.is_changed


def test_what_somebody_edits_meanwhile_is_not_committed_with_ours() -> None:
    with firewall() as box:
        with pytest.raises(RefusedError, match="not committed: bob"):
            watched(box, edits=("set system time-zone Europe/Berlin",))
        assert box.is_as_before


def overtaken(box: Firewall) -> None:
    with box.connect() as session, box.begin(session) as guarded:
        guarded.apply(CHANGE)
        box.device.configure("set system time-zone Europe/Berlin")


def test_what_somebody_else_committed_after_us_is_not_undone() -> None:
    with firewall() as box:
        with pytest.raises(RollbackError) as caught:
            overtaken(box)
        assert "none of the last configurations" in str(caught.value)
        assert "Europe/Berlin" in box.device.running()


def test_what_cannot_be_reached_any_more_needs_a_person() -> None:
    with firewall(drop_after("^commit confirmed")) as box:
        gone = Target(
            site="site-a", host="127.0.0.1", port=1, host_key=box.target.host_key, timeout=0.5
        )
        with (
            pytest.raises(RollbackError) as caught,
            box.connect() as session,
            transaction(
                session,
                rollback=NOTHING,
                minutes=2,
                reconnect=lambda: connect(gone, box.credentials),
                patience=box.patience,
            ) as guarded,
        ):
            guarded.apply(CHANGE)
        assert "console" in caught.value.hint


def test_members_that_stand_in_another_order_are_the_same() -> None:
    """A unit or a zone's interface that went and came back may stand last; a term may not."""
    rows = (
        "set interfaces ge-0/0/2 unit 300 description one",
        "set interfaces ge-0/0/2 unit 300 family inet address 192.0.2.1/30",
        "set interfaces ge-0/0/2 unit 301 description other",
        "set security zones security-zone trust interfaces ge-0/0/2.300",
        "set security zones security-zone trust interfaces ge-0/0/2.301",
        "set policy-options policy-statement P term a then accept",
        "set policy-options policy-statement P term b then reject",
    )
    at = (2, 0, 1, 4, 3, 5, 6)
    assert differing("\n".join(rows), "\n".join(rows[n] for n in at)) == ()
    for wrong in ((1, 0, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 6, 5)):
        told = differing("\n".join(rows), "\n".join(rows[n] for n in wrong))
        assert told == ("the order of statements",)
    assert differing("\n".join(rows), "\n".join(rows[1:])) == (rows[0],)


def test_a_reading_that_differs_in_salt_only_is_the_same() -> None:
    with firewall() as box, box.connect() as session:
        first = read(session)
        assert differing(first, first.replace("warehouse, not ours", "ours")) != ()
        assert differing(first, "\n".join(reversed(first.splitlines()))) == (
            "the order of statements",
        )
