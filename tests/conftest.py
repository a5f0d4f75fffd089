"""What all tests share: state and cache of their own, never the machine's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path_factory.mktemp("home")
    for name in ("STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(base / name.lower()))
    monkeypatch.delenv("APPLIANCE_INVENTORY", raising=False)


@pytest.fixture
def state() -> Path:
    """Where the tool keeps its state in this test."""
    return Path(os.environ["XDG_STATE_HOME"]) / "appliance"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test has not passed: where CI runs, all that tests need must be there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
