"""`appliance parse`: what a driver understands of a saved text; no inventory, network or secret."""

from __future__ import annotations

import argparse

from appliance import driver as drivers
from appliance.cli.common import (
    FAILED,
    OK,
    emit,
    read_text,
    tell,
    with_output,
)
from appliance.cli.common import (
    UNDETERMINED as DOUBT,
)
from appliance.cli.given import of_file
from appliance.errors import UsageError

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance parse --driver cisco_ios running.cfg -o json\n"
    "  appliance parse --driver cisco_ios --show 'show crypto ipsec sa' saved.txt -o json\n"
    "  ssh router show running-config | appliance parse --driver cisco_ios -"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("file", metavar="FILE", help="- is standard input")
    options.add_argument("--driver", metavar="NAME", help="whose text it is; always needed")
    options.add_argument("--show", metavar="COMMAND", help="the file is this command's output")
    options.add_argument(
        "--cross-check", action="store_true", help="read it a second time, independently"
    )
    with_output(options)


def _whose(arguments: argparse.Namespace) -> str:
    """The driver that is named. Raises `UsageError`, and for options that do not go together."""
    if arguments.driver is None:
        installed = ", ".join(drivers.names())
        raise UsageError("whose text is it?", hint=f"--driver NAME, one of {installed}")
    if arguments.cross_check and arguments.show is not None:
        raise UsageError(
            "--cross-check is for a configuration, --show for a command's output",
            hint="leave one of them out",
        )
    return str(arguments.driver)


def run(arguments: argparse.Namespace) -> int:
    """Print the document, or lines for people."""
    driver = drivers.load(_whose(arguments))
    text = read_text(arguments.file)
    if arguments.show is not None:
        return _show(driver, arguments, text)
    from appliance.report.observed import document, lines  # noqa: PLC0415 -- not for --show

    with of_file(arguments.file):
        observed = driver.parse(text)
    if arguments.output == "json":
        emit(document(observed))
    else:
        print("\n".join(lines(observed)))
    if not arguments.cross_check:
        return OK
    if driver.cross_check is None:
        tell(f"{driver.name} has one reader: its configuration is structured data")
        return OK
    doubts = driver.cross_check(text)
    for doubt in doubts:
        where = f" (line {', '.join(map(str, doubt.lines))})" if doubt.lines else ""
        tell(f"{doubt.tunnel} {doubt.field}: {doubt.first!r} or {doubt.second!r}{where}")
    tell("two readers agree" if not doubts else "two readers disagree")
    return DOUBT if doubts else OK


def _show(driver: drivers.Driver, arguments: argparse.Namespace, text: str) -> int:
    from appliance.report.state import document, lines  # noqa: PLC0415 -- only for --show

    operational = driver.show(arguments.show, text)
    if arguments.output == "json":
        emit(document(operational, driver.name))
    else:
        print("\n".join(lines(operational)))
    return OK
