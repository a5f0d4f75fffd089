"""`appliance status`: all sites at a glance, with how old each fact is."""

from __future__ import annotations

import argparse

from appliance.cli.common import (
    CHANGES,
    OK,
    UNDETERMINED,
    chosen,
    emit,
    unwind_on_sigterm,
    with_inventory,
    with_output,
    with_selection,
)
from appliance.cli.hub import every, with_refresh
from appliance.report import hub
from appliance.report import status as report

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance status --all\n"
    "  appliance status --tag berlin --refresh\n"
    "  appliance status --all -o json"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_selection(options)
    with_refresh(options)
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the table: 0 all is well, 2 drift, a tunnel or a link down, 3 something not known."""
    sites = chosen(arguments)
    unwind_on_sigterm()
    found = tuple(every(sites, arguments))
    if arguments.output == "json":
        emit({"schema": "appliance/status/1", "sites": [hub.document(one) for one in found]})
    else:
        print("\n".join(report.lines(found)))
        print(report.summary(found))
    return _code(found)


def _code(found: tuple[hub.Now, ...]) -> int:
    states = {tunnel.state for one in found for tunnel in one.tunnels}
    states |= {link.state for one in found for link in one.links}
    verdicts = {one.drift for one in found}
    if hub.DRIFT in verdicts or hub.DOWN in states:
        return CHANGES
    known = verdicts <= {hub.IN_SYNC} and states <= {hub.UP}
    return OK if known and not any(one.error for one in found) else UNDETERMINED
