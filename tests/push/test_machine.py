"""Every path through a push, walked: what is promised holds on each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.push.machine import ENDS, GUARDED, TABLE, Event, Machine, State

Path = tuple[tuple[State, Event], ...]


def _paths(state: State = State.BEGUN, walked: Path = ()) -> Iterator[tuple[Path, State]]:
    """Every way to an end; a step that may be repeated is taken once and twice."""
    if state in ENDS:
        yield walked, state
        return
    for (at, event), then in TABLE.items():
        if at is state and walked.count((at, event)) < (2 if then is at else 1):
            yield from _paths(then, (*walked, (at, event)))


PATHS = tuple(_paths())


def test_every_state_is_reached_and_every_end_is_an_end() -> None:
    reached = {then for _, then in PATHS} | {at for path, _ in PATHS for at, _ in path}
    assert reached == set(State)
    assert not {at for at, _ in TABLE} & ENDS
    assert len(PATHS) > 20


def test_nothing_is_kept_that_was_not_proven_first() -> None:
    for path, end in PATHS:
        events = [event for _, event in path]
        if Event.KEPT in events:
            assert (
                events.index(Event.PROVEN) < events.index(Event.CONFIRM) < events.index(Event.KEPT)
            )
            assert events.index(Event.HOLDS) < events.index(Event.PROVEN)
        if end is State.PUSHED:
            assert events[-2:] == [Event.KEPT, Event.SAVED]


def test_a_timer_is_confirmed_or_reverted_or_a_person_is_called() -> None:
    for path, end in PATHS:
        armed = any(state in GUARDED and state is not State.ARMING for state, _ in path)
        if armed:
            assert end in (State.PUSHED, State.NOT_SAVED, State.ROLLED_BACK, State.UNKNOWN)


def test_nothing_is_sent_before_the_way_back_is_armed() -> None:
    for path, _ in PATHS:
        events = [event for _, event in path]
        if Event.SEND in events:
            assert events.index(Event.ARMED) < events.index(Event.SEND)


def test_from_every_guarded_state_there_is_a_way_back() -> None:
    for state in GUARDED:
        assert TABLE[state, Event.FAIL] is State.REVERTING


def test_only_a_push_that_was_saved_and_one_that_touched_nothing_end_well() -> None:
    fell = {end for path, end in PATHS if any(event is Event.FAIL for _, event in path)}
    assert fell == {State.ROLLED_BACK, State.UNKNOWN, State.NOT_SAVED}


def test_an_event_is_recorded_before_it_counts_and_a_wrong_one_never() -> None:
    told: list[tuple[State, Event, str]] = []

    def record(state: State, event: Event, detail: str) -> None:
        assert machine.state is not state or event is Event.SEND
        told.append((state, event, detail))

    machine = Machine(record)
    machine.go(Event.ARM)
    machine.go(Event.ARMED, "a timer of 5 minutes")
    with pytest.raises(RuntimeError, match="a push that is armed cannot confirm"):
        machine.go(Event.CONFIRM)
    assert told == [
        (State.ARMING, Event.ARM, ""),
        (State.ARMED, Event.ARMED, "a timer of 5 minutes"),
    ]
    assert not machine.ended
