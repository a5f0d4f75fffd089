"""How a fleet is gone through: who is first, how many together, and when no more are begun."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn, cast

import pytest

from appliance.errors import AuthenticationError, ConnectError, RefusedError
from appliance.model.secret import Secret
from appliance.push.fleet import Answer, End, Fleet, Target, Terms
from appliance.push.logins import Logins
from appliance.push.stop import Stop
from appliance.session import Credentials, Session

NOT_STARTED = 3
KEY = "not-the-right-one"


def targets(count: int, device: Callable[[int], str] = "192.0.2.{}:22".format) -> list[Target]:
    return [Target(number=n, site=f"site-{n}", device=device(n)) for n in range(count)]


class Bench:
    """Answers as it is told, and keeps who was at work together."""

    def __init__(self, ends: Mapping[int, End] | None = None, default: End = End.PUSHED) -> None:
        self.begun: list[int] = []
        self.most = 0
        self.together: list[frozenset[str]] = []
        self._ends = ends or {}
        self._default = default
        self._now: set[Target] = set()
        self._lock = threading.Lock()

    def __call__(self, target: Target) -> Answer:
        with self._lock:
            self.begun.append(target.number)
            assert target.device not in {one.device for one in self._now}
            self._now.add(target)
            self.most = max(self.most, len(self._now))
        threading.Event().wait(0.002)
        with self._lock:
            self._now.remove(target)
        end = self._ends.get(target.number, self._default)
        return Answer(target=target, end=end, code=0)


def ends(answers: Sequence[Answer]) -> list[End]:
    return [one.end for one in sorted(answers, key=lambda one: one.target.number)]


def gone(
    bench: Bench, terms: Terms, count: int = 10, failed: int = 0
) -> tuple[list[Answer], Fleet]:
    made = Fleet(terms, bench, Stop(), failed)
    return list(made.answers(targets(count), NOT_STARTED)), made


def test_one_site_proves_the_change_before_any_other_is_begun() -> None:
    bench = Bench({0: End.ROLLED_BACK})
    answers, made = gone(bench, Terms(max_fail=9))
    assert bench.begun == [0]
    assert ends(answers) == [End.ROLLED_BACK, *[End.NOT_STARTED] * 9]
    assert made.why == "site-0 was to prove the change, and did not: rolled back"
    assert {one.code for one in answers[1:]} == {NOT_STARTED}


def test_sites_that_need_nothing_prove_nothing() -> None:
    bench = Bench({0: End.UNCHANGED, 1: End.UNCHANGED, 2: End.FAILED})
    answers, _ = gone(bench, Terms(max_fail=9))
    assert bench.begun == [0, 1, 2]
    assert ends(answers)[3:] == [End.NOT_STARTED] * 7


def test_three_prove_it_together_and_then_the_rest_goes() -> None:
    bench = Bench()
    answers, made = gone(bench, Terms(canary=3, workers=4))
    assert set(bench.begun[:3]) == {0, 1, 2}
    assert ends(answers) == [End.PUSHED] * 10
    assert made.why == ""
    assert bench.most <= 4


def test_a_batch_ends_before_the_next_begins() -> None:
    bench = Bench({4: End.FAILED})
    answers, made = gone(bench, Terms(canary=0, serial=4))
    assert sorted(bench.begun[:4]) == [0, 1, 2, 3]
    assert set(bench.begun) <= {0, 1, 2, 3, 4, 5, 6, 7}
    assert ends(answers)[8:] == [End.NOT_STARTED] * 2
    assert made.why == "1 failed, and 0 may"


def test_what_is_under_way_ends_when_the_budget_does() -> None:
    told = threading.Event()

    def work(target: Target) -> Answer:
        assert target.number == 0 or told.wait(10)
        return Answer(target=target, end=End.PUSHED if target.number else End.FAILED, code=0)

    made = Fleet(Terms(canary=0, workers=4), work, Stop())
    stream = made.answers(targets(8), NOT_STARTED)
    first = next(stream)
    told.set()
    assert ends([first, *stream]) == [End.FAILED, *[End.PUSHED] * 3, *[End.NOT_STARTED] * 4]


@pytest.mark.parametrize(("allowed", "begun"), [(0, 1), (1, 2), (3, 4), (10, 10)])
def test_so_many_may_fail_and_no_more(allowed: int, begun: int) -> None:
    bench = Bench(default=End.FAILED)
    gone(bench, Terms(canary=0, workers=1, max_fail=allowed))
    assert bench.begun == list(range(begun))


def test_an_unknown_state_ends_it_whatever_may_fail() -> None:
    bench = Bench({1: End.UNKNOWN})
    answers, made = gone(bench, Terms(canary=0, workers=1, max_fail=9))
    assert bench.begun == [0, 1]
    assert made.why == "the state of site-1 is unknown"
    assert len(answers) == 10


def test_sites_that_could_not_be_made_ready_count() -> None:
    bench = Bench()
    answers, made = gone(bench, Terms(max_fail=1), failed=2)
    assert bench.begun == []
    assert ends(answers) == [End.NOT_STARTED] * 10
    assert made.why == "2 failed, and 1 may"


def test_two_sites_at_one_device_are_never_at_work_together() -> None:
    bench = Bench()
    made = Fleet(Terms(canary=0, workers=8), bench, Stop())
    shared = targets(16, lambda number: f"192.0.2.{number % 3}:22")
    assert ends(list(made.answers(shared, NOT_STARTED))) == [End.PUSHED] * 16
    assert bench.most <= 3


def test_who_asks_for_an_end_gets_it_after_what_is_under_way() -> None:
    stop = Stop()

    def work(target: Target) -> Answer:
        if target.number == 2:
            stop.ask("SIGTERM")
        return Answer(target=target, end=End.PUSHED, code=0)

    made = Fleet(Terms(canary=0, workers=1), work, stop)
    answers = list(made.answers(targets(6), NOT_STARTED))
    assert ends(answers) == [*[End.PUSHED] * 3, *[End.NOT_STARTED] * 3]
    assert made.why == "stopped by SIGTERM"


def test_thousands_are_not_all_begun_at_once() -> None:
    bench = Bench(default=End.UNCHANGED)
    made = Fleet(Terms(canary=0, workers=5), bench, Stop())
    stream = made.answers(targets(3000), NOT_STARTED)
    for _ in range(7):
        next(stream)
    assert len(bench.begun) <= 7 + 2 * 5, "no more are begun than are taken"
    stream.close()


# --- logins ---


def credentials(password: str = KEY) -> Credentials:
    return Credentials(username="netops", password=Secret(password))


def refusing() -> NoReturn:
    raise AuthenticationError("login refused", where="site")


def away() -> NoReturn:
    raise ConnectError("the network failed", where="site")


def welcome() -> AbstractContextManager[Session]:
    return nullcontext(cast("Session", "open"))


def attempt(
    logins: Logins, connect: Callable[[], AbstractContextManager[Session]], who: Credentials
) -> str:
    try:
        with logins.careful(connect, who, "site-x")() as session:
            return str(session)
    except (AuthenticationError, ConnectError, RefusedError) as error:
        return type(error).__name__


def test_after_three_refusals_nobody_tries_these_credentials_again() -> None:
    logins, tried = Logins(), [0]

    def connect() -> AbstractContextManager[Session]:
        tried[0] += 1
        refusing()

    found = [attempt(logins, connect, credentials()) for _ in range(6)]
    assert found == ["AuthenticationError"] * 3 + ["RefusedError"] * 3
    assert tried == [3]
    assert attempt(logins, welcome, credentials("another")) == "open"


def test_forty_at_once_try_no_more_than_three_times() -> None:
    logins, tried, lock = Logins(), [0], threading.Lock()

    def connect() -> AbstractContextManager[Session]:
        with lock:
            tried[0] += 1
        threading.Event().wait(0.01)
        refusing()

    found: list[str] = []
    crew = [
        threading.Thread(target=lambda: found.append(attempt(logins, connect, credentials())))
        for _ in range(40)
    ]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert tried == [3]
    assert sorted(found) == ["AuthenticationError"] * 3 + ["RefusedError"] * 37


def test_a_good_login_in_between_begins_the_count_anew() -> None:
    logins, who = Logins(), credentials()
    found = [
        attempt(logins, connect, who)
        for connect in (refusing, refusing, welcome, refusing, refusing, welcome)
    ]
    assert found.count("open") == 2
    assert "RefusedError" not in found


def test_a_device_that_is_away_says_nothing_of_the_credentials() -> None:
    logins, who = Logins(), credentials()
    assert {attempt(logins, away, who) for _ in range(9)} == {"ConnectError"}
    assert attempt(logins, welcome, who) == "open"


def test_a_push_under_way_may_always_come_back_to_its_device() -> None:
    logins, who = Logins(), credentials()
    under_way = logins.careful(welcome, who, "site-x")
    with under_way():
        for _ in range(3):
            attempt(logins, refusing, who)
        assert attempt(logins, welcome, who) == "RefusedError"
        with under_way() as again:
            assert str(again) == "open"
