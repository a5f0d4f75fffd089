"""One function over many targets, side by side; one target's failure never touches another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from appliance.errors import ApplianceError
from appliance.record import dataclass

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T, R]):
    """What became of one target: a value, or our error."""

    target: T
    value: R | None
    error: ApplianceError | None


def each(
    function: Callable[[T], R], targets: Iterable[T], *, workers: int = 20
) -> Iterator[Answer[T, R]]:
    """An answer for every target, as they come in; foreign errors are a defect, and raised."""
    items = list(targets)
    if len(items) <= 1 or workers == 1:
        yield from (_answer(function, item) for item in items)
        return
    from concurrent.futures import (  # noqa: PLC0415 -- a single site does not pay for it
        ThreadPoolExecutor,
        as_completed,
    )

    with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
        futures = [pool.submit(_answer, function, item) for item in items]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _answer(function: Callable[[T], R], item: T) -> Answer[T, R]:
    try:
        return Answer(item, function(item), None)
    except ApplianceError as error:
        return Answer(item, None, error)
