"""Loading an inventory of 10,000 sites, beside PyYAML reading the same file unchecked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SITES = 10_000
ROUNDS = 3
SITE = """\
  site-{number}:
    tags: [fleet, region-{region}]
    device:
      host: {host}
      password: env:FLEET_PASSWORD
      interfaces: {{outside: GigabitEthernet1}}
    on_premises:
      public_ip: 203.0.113.{octet}
      prefixes: [10.{a}.{b}.0/24]
    azure:
      endpoints: [{{address: 198.51.100.7}}]
      vnet_prefixes: [172.16.0.0/16]
    psk: file:keys/site-{number}
"""
HEAD = """\
version: 1
defaults:
  device: {driver: cisco_ios, username: netops}
sites:
"""
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
CASES = {
    "PyYAML, C loader, no check": "import yaml; yaml.load(open(FILE), Loader=yaml.CSafeLoader)",
    "appliance, first time: read, layered, every site checked": "load(FILE)",
    "appliance, unchanged since": "load(FILE)",
    "appliance, unchanged since, one site of it": "load(FILE, only={'site-7777'})",
}


def run() -> str:
    """A table: whole processes, so that imports count."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "inventory.yaml"
        file.write_text(HEAD + "".join(_site(number) for number in range(SITES)))
        rows = [_measure(title, code, file, folder) for title, code in CASES.items()]
        size = file.stat().st_size / 1e6
    table = "\n".join(f"| {title} | {seconds:.2f} | {mib:.0f} |" for title, seconds, mib in rows)
    return (
        f"# Inventory: {SITES:,} sites in one file of {size:.1f} MB\n\n"
        f"Whole processes, best of {ROUNDS}.\n\n"
        f"| reader | seconds | peak MiB |\n| --- | --- | --- |\n{table}\n"
    )


def _site(number: int) -> str:
    return SITE.format(
        number=number,
        region=number % 7,
        host=f"10.200.{number // 250}.{number % 250 + 1}",
        octet=number % 250 + 1,
        a=number // 250,
        b=number % 250,
    )


def _measure(title: str, code: str, file: Path, folder: Path) -> tuple[str, float, float]:
    cold = "first time" in title
    imports = "" if title.startswith("PyYAML") else "from appliance.inventory.load import load\n"
    program = f"FILE={str(file)!r}\n{imports}{code}\n{PEAK}"
    best, peak = float("inf"), 0.0
    for number in range(ROUNDS):
        cache = folder / (f"cache-{number}" if cold else "cache")
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        if not cold and number == 0:
            _spend(program, environment)
        started = time.perf_counter()
        peak = max(peak, _spend(program, environment))
        best = min(best, time.perf_counter() - started)
    return title, best, peak


def _spend(program: str, environment: dict[str, str]) -> float:
    """Run it; its peak memory in MiB."""
    ended = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return int(ended.stdout) / 1024
