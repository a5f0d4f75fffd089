"""Many pushes in batches: the first ones prove the change, and failures beyond a budget end it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

from appliance.model.change import Plan
from appliance.push.stop import Stop


class End(StrEnum):
    """What became of one site of a fleet. The words are what the journal keeps and people read."""

    PUSHED = "pushed"
    UNCHANGED = "unchanged"
    PLANNED = "planned"
    NOT_SAVED = "not saved"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not started"


DONE = frozenset({End.PUSHED, End.UNCHANGED})
"""Nothing is left to do for these."""
RIGHT = DONE | {End.PLANNED}
"""These are no failures; every other end of a site that was begun is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One site: its place in the order, and the device it is at, as host:port."""

    number: int
    site: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one site. `code` is its own exit code, `run` the push in the journal.

    `plan` is kept where somebody wants to see it.
    """

    target: Target
    end: End
    code: int
    why: str = ""
    run: int | None = None
    plan: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a fleet is gone through.

    `canary` sites must have been pushed and verified before any other is begun (0: none), `serial`
    is the width of a batch after that (None: all in one), `workers` how many are at work at a time,
    `max_fail` how many may fail before no more are begun.
    """

    canary: int = 1
    serial: int | None = None
    workers: int = 20
    max_fail: int = 0


Work = Callable[[Target], Answer]


class Fleet:
    """Goes through the sites in their order; whatever stops it, what is under way comes to its end.

    `why` says what stopped it; empty while nothing did. `failed` are so many that could not even be
    made ready.
    """

    def __init__(self, terms: Terms, work: Work, stop: Stop, failed: int = 0) -> None:
        self._terms = terms
        self._work = work
        self._stop = stop
        self._proven = 0
        self._failed = failed
        self.why = self._spent()

    def answers(self, targets: Sequence[Target], not_started: int) -> Generator[Answer, None, None]:
        """An answer for each site as it comes in; `not_started` is the code of the others."""
        waiting = deque(targets)
        with ThreadPoolExecutor(max_workers=self._terms.workers) as pool:
            while waiting and not self._ended():
                width = self._width() or len(waiting)
                batch = deque(waiting.popleft() for _ in range(min(width, len(waiting))))
                yield from self._batch(pool, batch)
                waiting.extendleft(reversed(batch))
        for target in waiting:
            yield Answer(target=target, end=End.NOT_STARTED, code=not_started, why=self.why)

    def _width(self) -> int | None:
        """How many sites the next batch has; sites that need nothing prove nothing."""
        unproven = self._terms.canary - self._proven
        return unproven if unproven > 0 else self._terms.serial

    def _ended(self) -> bool:
        if self._stop.why and not self.why:
            self.why = f"stopped by {self._stop.why}"
        return bool(self.why)

    def _batch(self, pool: ThreadPoolExecutor, batch: deque[Target]) -> Iterator[Answer]:
        """Answers of a batch; what was not begun is left in `batch`."""
        running: dict[Future[Answer], Target] = {}
        try:
            while self._begin(pool, batch, running) or running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    del running[future]
                    answer = future.result()
                    self._count(answer)
                    yield answer
        finally:
            wait(running)

    def _begin(
        self, pool: ThreadPoolExecutor, batch: deque[Target], running: dict[Future[Answer], Target]
    ) -> bool:
        """Sets to work as many as may be; two sites at one device never at the same time."""
        begun = False
        busy = {target.device for target in running.values()}
        for target in tuple(batch):
            if self._ended() or len(running) >= self._terms.workers:
                break
            if target.device in busy:
                continue
            batch.remove(target)
            busy.add(target.device)
            running[pool.submit(self._work, target)] = target
            begun = True
        return begun

    def _count(self, answer: Answer) -> None:
        if answer.end in RIGHT:
            self._proven += answer.end is End.PUSHED
            return
        self._failed += 1
        if not self.why:
            self.why = self._too_much(answer)

    def _too_much(self, answer: Answer) -> str:
        """Why no further site is begun after this failure; "" when the budget bears it."""
        site, terms = answer.target.site, self._terms
        if answer.end is End.INTERRUPTED:
            return f"stopped by {self._stop.why}"
        if answer.end is End.UNKNOWN:
            return f"the state of {site} is unknown"
        if self._proven < terms.canary:
            return f"{site} was to prove the change, and did not: {answer.end}"
        return self._spent()

    def _spent(self) -> str:
        most = self._terms.max_fail
        return f"{self._failed} failed, and {most} may" if self._failed > most else ""
