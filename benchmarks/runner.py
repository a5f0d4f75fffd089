"""Takes turns between contenders, so that a machine that changes its speed is fair to all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Medians of one contender, in seconds, and the least that it took: what others on the machine
    cannot have added to."""

    wall: float
    cpu: float
    least: float


def interleaved(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Each contender in turn, `rounds` times after one round that does not count."""
    walls: dict[str, list[float]] = {name: [] for name in contenders}
    cpus: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            contender()
            if number:
                walls[name].append(time.perf_counter() - wall)
                cpus[name].append(time.process_time() - cpu)
    return {
        name: Timing(
            wall=statistics.median(walls[name]),
            cpu=statistics.median(cpus[name]),
            least=min(walls[name]),
        )
        for name in contenders
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def ms(seconds: float) -> str:
    """Milliseconds as people read them."""
    return f"{seconds * 1000:,.1f}"


def timing_rows(timings: Mapping[str, Timing], peer: str) -> list[list[str]]:
    """Name, wall, CPU and how many times faster than the peer."""
    base = timings[peer].wall
    return [
        [name, ms(timing.wall), ms(timing.cpu), f"{base / timing.wall:.1f}x"]
        for name, timing in timings.items()
    ]


def write(name: str, text: str) -> None:
    """Keeps a result beside the benchmark."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
