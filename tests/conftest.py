"""What all tests share: state and cache of their own, never the machine's."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

_MEMORY = "/dev/shm"  # noqa: S108 -- pytest and tempfile make folders of their own in it
_ENOUGH_BYTES = 1 << 30
_HOMES = itertools.count()
_USUAL_SECONDS = 120


def pytest_configure() -> None:
    """Temporary files in memory where there is room, and no deadline for hypothesis' examples."""
    # A push syncs its journal fifty times, and each takes a disk longer than all the rest.
    if "TMPDIR" not in os.environ and _takes_files():
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY
    # How long an example takes says more of the machine than of what is tested.
    settings.register_profile("patient", settings.default, deadline=None)
    settings.load_profile("patient")


def _takes_files() -> bool:
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return False
    runs = not found.f_flag & os.ST_NOEXEC  # some tests write programs
    return runs and found.f_bavail * found.f_frsize > _ENOUGH_BYTES


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that may take long begin first, some on each worker: at the end others waited for them.

    `--dist worksteal` cuts this order into one piece for each worker, equal but for one test.
    """
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers == 1:
        return
    longest = sorted((it for it in items if _seconds(it)), key=_seconds, reverse=True)
    slow = deque(it for worker in range(workers) for it in longest[worker::workers])
    quick = deque(it for it in items if not _seconds(it))
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        size = (len(items) - len(dealt)) // (workers - worker)
        share = [slow.popleft() for _ in range(min(size, len(slow) // (workers - worker)))]
        dealt += share
        dealt += [(quick or slow).popleft() for _ in range(size - len(share))]
    items[:] = dealt


def _seconds(item: pytest.Item) -> float:
    """How long it may take where it asks for more time than others; else 0."""
    mark = item.get_closest_marker("timeout")
    asked = float(mark.args[0]) if mark is not None else 0.0
    return asked if asked > _USUAL_SECONDS else 0.0


@pytest.fixture(autouse=True)
def _own_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    # Not by mktemp, which looks at all that were made before: twice as long for twice the tests.
    base = tmp_path_factory.getbasetemp() / f"home{next(_HOMES)}"
    base.mkdir()
    for name in ("STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(base / name.lower()))
    monkeypatch.delenv("APPLIANCE_INVENTORY", raising=False)
    yield
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def state() -> Path:
    """Where the tool keeps its state in this test."""
    return Path(os.environ["XDG_STATE_HOME"]) / "appliance"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test has not passed: where CI runs, all that tests need must be there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
