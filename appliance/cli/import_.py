"""`appliance import azure`: what exports of an Azure VPN Gateway expect of the appliance."""

from __future__ import annotations

import argparse
import sys

from appliance.cli.common import FAILED, OK, emit, tell, with_output

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance import azure exports/ -o json\n"
    "  appliance import azure connection.json gateway.json lng.json vnet.json\n"
    "  appliance import azure exports/ --connection conn-site-a --write site-a"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("source", choices=("azure",))
    options.add_argument("paths", nargs="+", metavar="PATH", help="files or folders of exports")
    options.add_argument("--connection", metavar="NAME", help="only this connection")
    options.add_argument(
        "--write", metavar="SITE", help="print the site's part of an inventory, ready to paste"
    )
    with_output(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the expectations."""
    from appliance.azure.importer import load, select  # noqa: PLC0415 -- each verb pays for itself
    from appliance.azure.output import as_inventory, document, lines  # noqa: PLC0415
    from appliance.secrets.fingerprint import fingerprint  # noqa: PLC0415

    found = load(arguments.paths, connection=arguments.connection)
    if arguments.write is not None:
        import yaml  # noqa: PLC0415 -- only to write

        part = {"sites": {arguments.write: as_inventory(select(found, arguments.connection))}}
        yaml.safe_dump(part, sys.stdout, sort_keys=False)
        tell("add device: and psk: to the site, then: appliance validate")
    elif arguments.output == "json":
        emit(document(found, fingerprint=fingerprint))
    else:
        print("\n".join(lines(found)))
    return OK
