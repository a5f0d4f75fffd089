"""`appliance import azure`: what Azure VPN Gateway expects of the appliance, by exports or live."""

from __future__ import annotations

import argparse
import sys

from appliance.cli.common import (
    FAILED,
    OK,
    emit,
    read_inventory,
    tell,
    with_inventory,
    with_output,
)
from appliance.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.expectation import Expectation

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance import azure exports/ -o json\n"
    "  appliance import azure connection.json gateway.json lng.json vnet.json\n"
    "  appliance import azure exports/ --connection conn-site-a --write site-a\n"
    "  appliance import azure --live site-a --save exports/site-a"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("source", choices=("azure",))
    options.add_argument("paths", nargs="*", metavar="PATH", help="files or folders of exports")
    options.add_argument("--connection", metavar="NAME", help="only this connection")
    options.add_argument(
        "--live", metavar="SITE", help="read Azure itself, where azure.live of the site says"
    )
    options.add_argument(
        "--save", metavar="DIR", help="keep what was read live as exports, without keys"
    )
    options.add_argument(
        "--with-key", action="store_true", help="keep the pre-shared key, too, in private files"
    )
    options.add_argument(
        "--write", metavar="SITE", help="print the site's part of an inventory, ready to paste"
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the expectations."""
    from appliance.azure.importer import select  # noqa: PLC0415 -- each verb pays for itself
    from appliance.azure.output import as_inventory, document, lines  # noqa: PLC0415
    from appliance.secrets.fingerprint import fingerprint  # noqa: PLC0415

    found = _read(arguments)
    if arguments.write is not None:
        import yaml  # noqa: PLC0415 -- only to write

        part = {"sites": {arguments.write: as_inventory(select(found, None))}}
        yaml.safe_dump(part, sys.stdout, sort_keys=False)
        tell("add device: and psk: to the site, then: appliance validate")
    elif arguments.output == "json":
        emit(document(found, fingerprint=fingerprint))
    else:
        print("\n".join(lines(found)))
    return OK


def _read(arguments: argparse.Namespace) -> tuple[Expectation, ...]:
    if (arguments.live is None) == (not arguments.paths):
        raise UsageError(
            "name either files of exports or --live SITE", hint="`appliance import azure --help`"
        )
    if arguments.live is not None:
        return (_live(arguments),)
    if arguments.save is not None or arguments.with_key:
        raise UsageError("--save and --with-key go with --live", hint="exports are files already")
    from appliance.azure.importer import load  # noqa: PLC0415 -- not for --live

    return load(arguments.paths, connection=arguments.connection)


def _live(arguments: argparse.Namespace) -> Expectation:
    """What Azure says now of the connection of a site; kept as exports where asked to."""
    site = read_inventory(arguments, only={arguments.live}).sites[arguments.live]
    scope = site.azure.live
    if scope is None:
        raise UsageError(
            f"site {site.name} has no azure.live",
            where=site.where,
            hint="add azure: {live: {subscription: ID, resource_group: NAME}, connection: NAME}",
        )
    from appliance.azure.live import source  # noqa: PLC0415 -- loads azure-core

    connection = arguments.connection or site.azure.connection
    gathered = source.gathered(scope, connection, key=True)
    found = source.imported(scope, gathered, connection)
    if arguments.save is not None:
        from appliance.azure.live.save import save  # noqa: PLC0415 -- only to keep it

        files = save(gathered.pieces, arguments.save, keys=arguments.with_key)
        tell(f"{len(files)} resources kept in {arguments.save}")
    return found
