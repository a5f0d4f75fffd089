"""Start-up: what a command takes from a cold process, as ratios to `python -c pass`."""

from __future__ import annotations

import compileall
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.parse import configuration
from benchmarks.runner import ms, table

ROUNDS = 25
HOME = Path(__file__).parent.parent
SIZES = (400, 5_000)
TARGET = 3.5


def run() -> str:
    """Every command in turn, the caches filled and the bytecode compiled first."""
    for package in ("appliance", "vendors"):
        compileall.compile_dir(HOME / package, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        contenders = _contenders(where)
        environment = _environment(where)
        taken: dict[str, list[float]] = {name: [] for name in contenders}
        for number in range(ROUNDS + 1):
            for name, command in contenders.items():
                seconds = _seconds(command, where, environment)
                if number:
                    taken[name].append(seconds)
    return _report(taken)


def _contenders(where: Path) -> dict[str, Sequence[str]]:
    """The commands, in a folder of their own with the inventory and the export they need."""
    shutil.copy(HOME / "inventory.yaml", where)
    shutil.copytree(HOME / "examples" / "azure", where / "examples" / "azure")
    for file in where.rglob("*.json"):
        os.utime(file, (time.time() - 60, time.time() - 60))
    command = str(Path(sys.executable).with_name("appliance"))
    found: dict[str, Sequence[str]] = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "appliance --help": (command, "--help"),
        "appliance render site-a": (command, "render", "site-a"),
    }
    for lines in SIZES:
        (where / f"{lines}.cfg").write_text(configuration(lines))
        name = f"appliance drift site-a --running FILE, {lines:,} lines"
        found[name] = (command, "drift", "site-a", "--running", f"{lines}.cfg")
    return found


def _environment(where: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"XDG_CACHE_HOME": str(where / "cache"), "APPLIANCE_SITE_A_PSK": "not-a-real-key"}


def _seconds(command: Sequence[str], where: Path, environment: Mapping[str, str]) -> float:
    begin = time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own command
        command, cwd=where, env=environment, capture_output=True, check=False
    )
    seconds = time.perf_counter() - begin
    if done.returncode not in (0, 2):  # 2: drift, which there is
        raise RuntimeError(done.stderr.decode())
    return seconds


def _report(taken: Mapping[str, Sequence[float]]) -> str:
    base = next(iter(taken.values()))
    rows = [
        [
            name,
            ms(statistics.median(seconds)),
            ms(min(seconds)),
            f"{statistics.median(seconds) / statistics.median(base):.1f}x",
            f"{min(seconds) / min(base):.1f}x",
        ]
        for name, seconds in taken.items()
    ]
    head = ("command", "median ms", "least ms", "median ratio", "least ratio")
    return (
        "# Start-up: a command from a cold process\n\n"
        f"Python {platform.python_version()}, {ROUNDS} rounds, taken in turns; bytecode compiled, "
        f"inventory and exports in the cache. The target is {TARGET}x.\n\n" + table(head, rows)
    )


if __name__ == "__main__":
    print(run())
