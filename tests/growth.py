"""How much longer a larger input takes: what tests of linear time compare, on any machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def growth(work: Callable[[str], object], small: str, large: str) -> float:
    """CPU time for `large` in units of that for `small`: the least of three, garbage left lying."""
    work(small)
    return _least(work, large) / _least(work, small)


def _least(work: Callable[[str], object], text: str) -> float:
    gc.collect()
    gc.disable()
    try:
        return min(_seconds(work, text) for _ in range(3))
    finally:
        gc.enable()


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
