"""`appliance explain`: why a tunnel is down, from a log or its device; and what a check is for."""

from __future__ import annotations

import argparse
import os

from appliance.cli.common import FAILED, OK, emit, with_inventory
from appliance.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.checks import Check

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance explain                       the checks\n"
    "  appliance explain AZ-NET-001            one of them\n"
    "  appliance explain asa.log               why is it down? any device's log, or Azure's\n"
    "  appliance explain site-a                asks the device itself\n"
    "  appliance explain asa.log --site site-a --running saved.cfg"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument(
        "word",
        nargs="?",
        metavar="ID|LOG|SITE",
        help="a check, a log (- is standard input) or a site; all checks are listed without it",
    )
    options.add_argument("--driver", metavar="NAME", help="whose log it is (default: looks)")
    options.add_argument("--site", metavar="SITE", help="whom the log is about")
    options.add_argument("--running", metavar="FILE", help="that site's saved configuration")
    options.add_argument(
        "-o",
        "--output",
        choices=("text", "json", "markdown"),
        default="text",
        help="default: text; markdown is for checks",
    )
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print one page, the list, or what a log or a device says."""
    word = arguments.word
    if word is not None:
        from appliance.cli import diagnosis  # noqa: PLC0415 -- each verb pays for itself

        if diagnosis.is_log(word):
            _refuse(arguments, "a log", markdown=True, running=arguments.site is None)
            return diagnosis.of_log(arguments, word)
        if not _like_an_id(word) and diagnosis.is_site(arguments, word):
            what = "a site, which is asked itself"
            _refuse(arguments, what, markdown=True, running=True, site=True, driver=True)
            return diagnosis.of_site_now(arguments, word)
        _named(word)
    _refuse(arguments, "a check", running=True, site=True, driver=True)
    return _checks(arguments, word)


def _refuse(
    arguments: argparse.Namespace, what: str, *, markdown: bool = False, **odd: bool
) -> None:
    """Raises `UsageError` for an option that would do nothing here."""
    given = [f"--{name}" for name, is_odd in odd.items() if is_odd and vars(arguments)[name]]
    if markdown and arguments.output == "markdown":
        given.append("-o markdown")
    if given:
        raise UsageError(f"{given[0]} does nothing for {what}", hint=_FOR[given[0]])


_FOR = {
    "--running": "it goes with a log: `appliance explain LOG --site SITE --running FILE`",
    "--site": "it goes with a log: `appliance explain LOG --site SITE --running FILE`",
    "--driver": "it goes with a log: `appliance explain LOG --driver NAME`",
    "-o markdown": "it is for checks; a log and a site have text and json",
}


def _like_an_id(word: str) -> bool:
    return word.upper().startswith("AZ-")


def _checks(arguments: argparse.Namespace, word: str | None) -> int:
    from appliance.checks import CHECKS  # noqa: PLC0415 -- each verb pays for itself
    from appliance.report import checks as report  # noqa: PLC0415 -- as above

    def told(check: Check) -> dict[str, str]:
        severity = report.word(check)
        return {"id": check.id, "severity": severity, "title": check.title, "page": check.page}

    chosen = CHECKS if word is None else (_named(word),)
    if arguments.output == "json":
        emit({"schema": "appliance/checks/1", "checks": [told(check) for check in chosen]})
    elif arguments.output == "markdown":
        print(report.reference(chosen), end="")
    else:
        print("\n".join(report.table() if word is None else map(report.page, chosen)))
    return OK


def _named(word: str) -> Check:
    from appliance.checks import CHECKS  # noqa: PLC0415 -- each verb pays for itself

    if os.path.isdir(word):  # noqa: PTH112 -- pathlib costs 5 ms of every start
        raise UsageError(f"{word!r} is a folder, no log", hint="name one file: FOLDER/NAME.log")
    by_id = {check.id: check for check in CHECKS}
    if word.upper() not in by_id:
        from difflib import get_close_matches  # noqa: PLC0415 -- only for a mistyped id

        near = get_close_matches(word.upper(), by_id, n=1) if _like_an_id(word) else []
        there = "a file that is there, a site of the inventory, or a check (`explain` lists them)"
        hint = f"did you mean {near[0]}?" if near else f"name {there}"
        raise UsageError(f"{word!r} is no check, no file and no site", hint=hint)
    return by_id[word.upper()]
