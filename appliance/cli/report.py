"""`appliance report`: all sites on one page, to be read, sent and printed."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from appliance.cli.common import (
    FAILED,
    OK,
    chosen,
    tell,
    unwind_on_sigterm,
    with_inventory,
    with_selection,
)
from appliance.cli.hub import every, with_refresh
from appliance.errors import UsageError

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance report --all --html vpn.html\n"
    "  appliance report --tag berlin --refresh --html - > berlin.html"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_selection(options)
    options.add_argument(
        "--html",
        metavar="FILE",
        required=True,
        help="where to write the page; - is standard output",
    )
    options.add_argument("--title", default="VPN sites to Azure", help="the page's heading")
    with_refresh(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Write the page; what it shows is no verdict of ours: 0 when it is written."""
    from appliance.report.page import html, written  # noqa: PLC0415 -- loads Jinja2

    sites = chosen(arguments)
    unwind_on_sigterm()
    page = written(html(tuple(every(sites, arguments)), arguments.title))
    if arguments.html == "-":
        sys.stdout.write(page)
    else:
        _write(arguments.html, page)
        tell(f"{len(sites)} site{'s' * (len(sites) != 1)} in {arguments.html}")
    return OK


def _write(path: str, page: str) -> None:
    """Into what is no file (a pipe, a device) as it comes; else whole or not at all."""
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_text(page, encoding="utf-8")
        else:
            _replace(target.resolve(), page)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            hint="--html FILE, in a folder that is there and has room",
        ) from error


def _replace(target: Path, page: str) -> None:
    """A page that is being read is replaced at once, and is open to those who could read it."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8") as file:
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o777)
            file.write(page)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
