"""`appliance rollback`: take a site's tunnels back to what a push found, as a push of its own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from appliance import journal
from appliance.cli import push
from appliance.cli.common import FAILED, tell
from appliance.cli.sealed import KEY_HELP, opened
from appliance.cli.terms import with_terms
from appliance.job import Job
from appliance.model.change import Plan
from appliance.push.back import back, chosen
from appliance.secrets.redact import REDACTOR

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance rollback site-a             to what the last push found\n"
    "  appliance rollback site-a --to 12     to what push 12 found; `history` has the numbers\n"
    "  appliance rollback site-a --dry-run --diff\n"
    "  appliance rollback site-a --key file:snapshots.key      former keys from what was sealed"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options: those of a push, and how far back."""
    options.add_argument(
        "--to", type=int, metavar="RUN", help="as before this push; default: the last one kept"
    )
    options.add_argument("--key", metavar="REF", help=f"for former keys: {KEY_HELP}")
    options.add_argument("site", metavar="SITE")
    options.set_defaults(rehearse=False)
    with_terms(options)


def run(arguments: argparse.Namespace) -> int:
    """Roll one site back."""
    entry = chosen(arguments.site, arguments.to)
    whole = None if arguments.key is None else opened(entry.id, "before", arguments.key)

    def planner(job: Job, text: str) -> Plan:
        made = back(job, entry.id, text, whole)
        if arguments.output == "text":
            tell(f"{job.site.name}: back to what push {entry.id} found")
            if made.change and (arguments.diff or not arguments.yes):
                tell("\n".join(_difference(text, journal.texts(entry.id)["before"])))
        return made

    return push.carried_out(arguments, planner)


def _difference(now: str, then: str) -> Iterator[str]:
    """The recorded configuration against the present one, keys masked, changes of others too."""
    from difflib import unified_diff  # noqa: PLC0415 -- only where it is shown

    lines = unified_diff(
        REDACTOR.mask(now).splitlines(), then.splitlines(), "now", "then", n=1, lineterm=""
    )
    yield from lines
