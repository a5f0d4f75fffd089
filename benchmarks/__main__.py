"""Runs the benchmarks named on the command line, or all; tables go to benchmarks/results/."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import fetch, hostkey, inventory, junos, parse, profiles, push, rehearse, startup
from benchmarks.runner import write

BENCHMARKS: dict[str, Callable[[], str]] = {
    "fetch": fetch.run,
    "push": push.run,
    "rehearse": rehearse.run,
    "profiles": profiles.run,
    "hostkey": hostkey.run,
    "startup": startup.run,
    "parse": parse.run,
    "junos": junos.run,
    "inventory": inventory.run,
}


def main(names: list[str]) -> int:
    """0 when all named benchmarks exist and ran."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 64
    for name in names or BENCHMARKS:
        text = BENCHMARKS[name]()
        print(text)
        write(name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
