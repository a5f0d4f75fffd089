"""`appliance schema`: the JSON Schema of a document we read, for editors."""

from __future__ import annotations

import argparse

from appliance.cli.common import FAILED, OK, emit

UNDETERMINED = FAILED
EXAMPLES = "  appliance schema inventory > inventory.schema.json"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("document", choices=("inventory",))


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- one document so far
    """Print it."""
    from appliance.inventory.schema import schema  # noqa: PLC0415 -- each verb pays for itself

    emit(schema())
    return OK
