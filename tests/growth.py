"""How much longer a larger input takes: what tests of linear time compare, on any machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

_Given = TypeVar("_Given")


def growth(work: Callable[[_Given], object], small: _Given, large: _Given) -> float:
    """CPU time for `large` in units of that for `small`: the least of three, garbage left lying."""
    work(small)
    return _least(work, large) / _least(work, small)


def _least(work: Callable[[_Given], object], given: _Given) -> float:
    gc.collect()
    gc.disable()
    try:
        return min(_seconds(work, given) for _ in range(3))
    finally:
        gc.enable()


def _seconds(work: Callable[[_Given], object], given: _Given) -> float:
    began = time.process_time()
    work(given)
    return time.process_time() - began
