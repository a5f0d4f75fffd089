"""Rehearsals: one site again and again, and two hundred sites of five vendors by one command."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from benchmarks.runner import table

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 30
_LOSSES = 5
SITES = 200
_KEYS = {f"APPLIANCE_SITE_{letter}_PSK": "Benchmark-4711-key" for letter in "ABCDE"}
_NAMED = ("site-", "er-")
"""Of the shipped sites those whose device has the VPN and whose key is in no file."""
_APPLIANCE = (sys.executable, "-m", "appliance")


def run() -> str:
    """Two tables, and what the machine was."""
    with tempfile.TemporaryDirectory() as folder:
        path = _inventory(Path(folder, "inventory.yaml"))
        alone = sorted(_timed("site-a-0", "--new", "-i", str(path)) for _ in range(ROUNDS))
        circuit, both = (
            [_timed(site, "--new", "-i", str(path)) for _ in range(_LOSSES)]
            for site in ("er-ios-0", "site-c-0")
        )
        fleet = _timed("--all", "--new", "-i", str(path))
    last = alone[min(len(alone) - 1, round(0.95 * len(alone)))]
    rows = [
        ["one site, median", f"{statistics.median(alone):.2f}"],
        ["one site, 95th percentile", f"{last:.2f}"],
        ["one site, either of two instances lost, BGP, median", f"{statistics.median(both):.1f}"],
        ["one site with a circuit, lost and mended, median", f"{statistics.median(circuit):.1f}"],
        [f"{SITES} sites of five vendors, `--all`", f"{fleet:.0f}"],
    ]
    load = os.getloadavg()[0]
    return (
        "# Rehearsals\n\nSeconds for the whole command, Python's start included. Two daemons a "
        "tunnel, both dialling in turn, IKE and child SAs renewed, every pair of networks tried "
        f"both ways; {ROUNDS} rounds, {_LOSSES} where something is lost. "
        f"{os.cpu_count()} cores, load {load:.1f} at the end.\n\n"
        f"{table(['what', 'seconds'], rows)}"
    )


def _inventory(path: Path) -> Path:
    """The shipped sites over and over, each with a device of its own."""
    shipped = yaml.safe_load((ROOT / "inventory.yaml").read_text(encoding="utf-8"))
    kept = {name: site for name, site in shipped["sites"].items() if name.startswith(_NAMED)}
    sites = {}
    for number in range(SITES // len(kept)):
        for place, (name, site) in enumerate(kept.items()):
            host = f"192.0.{number}.{place + 1}"
            export = str(ROOT / site["azure"]["export"])
            sites[f"{name}-{number}"] = {
                **site,
                "device": {**site["device"], "host": host},
                "azure": {**site["azure"], "export": export},
            }
    path.write_text(json.dumps({**shipped, "sites": sites}), encoding="utf-8")  # YAML, too
    return path


def _timed(*words: str) -> float:
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603 -- our own command
        [*_APPLIANCE, "rehearse", *words],
        cwd=ROOT,
        env={**os.environ, **_KEYS},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun
