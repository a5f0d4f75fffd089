"""`appliance explain`: what a check looks for, why, and what to do about it."""

from __future__ import annotations

import argparse

from appliance.cli.common import FAILED, OK, emit
from appliance.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.checks import Check

UNDETERMINED = FAILED
EXAMPLES = "  appliance explain\n  appliance explain AZ-NET-001"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("id", nargs="?", metavar="ID", help="a check; all are listed without it")
    options.add_argument(
        "-o",
        "--output",
        choices=("text", "json", "markdown"),
        default="text",
        help="default: text",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one page, or the list."""
    from appliance.checks import CHECKS  # noqa: PLC0415 -- each verb pays for itself
    from appliance.report import checks as report  # noqa: PLC0415 -- as above

    def told(check: Check) -> dict[str, str]:
        severity = report.word(check)
        return {"id": check.id, "severity": severity, "title": check.title, "page": check.page}

    chosen = CHECKS if arguments.id is None else (_named(arguments.id, CHECKS),)
    if arguments.output == "json":
        emit({"schema": "appliance/checks/1", "checks": [told(check) for check in chosen]})
    elif arguments.output == "markdown":
        print(report.reference(chosen), end="")
    else:
        print("\n".join(report.table() if arguments.id is None else map(report.page, chosen)))
    return OK


def _named(word: str, checks: tuple[Check, ...]) -> Check:
    by_id = {check.id: check for check in checks}
    if word.upper() not in by_id:
        from difflib import get_close_matches  # noqa: PLC0415 -- only for a mistyped id

        near = get_close_matches(word.upper(), by_id, n=1)
        hint = f"did you mean {near[0]}?" if near else "`appliance explain` lists them"
        raise UsageError(f"there is no check {word!r}", hint=hint)
    return by_id[word.upper()]
