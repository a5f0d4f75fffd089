"""`appliance init`: a commented example that validates."""

from __future__ import annotations

import argparse

from appliance.cli.common import FAILED, OK, tell

UNDETERMINED = FAILED
EXAMPLES = "  appliance init\n  appliance init sites/inventory.yaml"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument(
        "path", nargs="?", default="inventory.yaml", help="default: inventory.yaml"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write it; never over a file that is there."""
    from appliance.inventory.example import init  # noqa: PLC0415 -- each verb pays for itself

    init(arguments.path)
    tell(f"wrote {arguments.path}; edit it, then: appliance validate -i {arguments.path}")
    return OK
