"""Many threads of several processes write to the journal together, and nothing is lost of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from appliance import journal

_WRITES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from appliance.journal import store

about = store.About(site=sys.argv[1], driver="cisco_ios", device="192.0.2.1:22", hostname="r1",
    serial=None, version=None, host_key=None, intent="i", observed="o", minutes=5, protection="p")

def push(number):
    run = store.begin(about)
    for step in range(6):
        run.record("sending", "send", f"line {number} {step} " + "x" * 400)
    run.text("before", "interface Tunnel100\\n" * 200)
    run.record("pushed", "saved")

with ThreadPoolExecutor(8) as pool:
    list(pool.map(push, range(12)))
"""
_SITES = ("site-a", "site-b", "site-c")


def test_threads_of_several_processes_keep_it_whole(state: Path) -> None:
    crew = [
        subprocess.Popen(  # noqa: S603 -- our own words
            [sys.executable, "-c", _WRITES, site], stderr=subprocess.PIPE, env=os.environ
        )
        for site in _SITES
    ]
    told = [one.communicate(timeout=100)[1].decode() for one in crew]
    assert [one.returncode for one in crew] == [0, 0, 0], told
    for site in _SITES:
        found = journal.history(site)
        assert [entry.state for entry in found] == ["pushed"] * 12
        assert all(len(journal.events(entry.id)) == 7 for entry in found)
    with sqlite3.connect(state / "journal.db") as base:
        assert base.execute("pragma integrity_check").fetchall() == [("ok",)]
    base.close()
    assert {one.name for one in state.glob("journal.db*")} == {"journal.db"}
    assert (state / "journal.db").stat().st_mode & 0o777 == 0o600
