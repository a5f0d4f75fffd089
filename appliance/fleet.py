"""One function over many targets, side by side; one target's failure never touches another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from appliance.errors import ApplianceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
    R = TypeVar("R")


def each(
    function: Callable[[T], R], targets: Iterable[T], *, workers: int = 20
) -> Iterator[tuple[T, R | ApplianceError]]:
    """Every target with its value or our error, as they come in; no more than `workers` are begun
    before their answers are taken, so that those of thousands are never in memory together.

    Foreign errors are a defect, and raised.
    """
    items = list(targets)
    if len(items) <= 1 or workers == 1:
        yield from (_answer(function, item) for item in items)
        return
    from concurrent.futures import (  # noqa: PLC0415 -- a single site does not pay for it
        FIRST_COMPLETED,
        Future,
        ThreadPoolExecutor,
        wait,
    )

    with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
        running: set[Future[tuple[T, R | ApplianceError]]] = set()
        for item in items:
            if len(running) >= workers:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
            running.add(pool.submit(_answer, function, item))
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def _answer(function: Callable[[T], R], item: T) -> tuple[T, R | ApplianceError]:
    try:
        return item, function(item)
    except ApplianceError as error:
        return item, error
