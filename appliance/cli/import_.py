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
    from appliance.azure.runtime import Runtime
    from appliance.model.cloud import AzureScope

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance import azure exports/ -o json\n"
    "  appliance import azure connection.json gateway.json lng.json vnet.json\n"
    "  appliance import azure exports/ --connection conn-site-a --write site-a\n"
    "  appliance import azure --live site-a --save exports/site-a\n"
    "  appliance import azure exports/ --changes-since exports.last-week/"
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
        "--status",
        action="store_true",
        help="with --live: also tunnels, SAs, BGP sessions and routes as they are; takes a minute",
    )
    options.add_argument(
        "--with-key", action="store_true", help="keep the pre-shared key, too, in private files"
    )
    options.add_argument(
        "--changes-since",
        metavar="PATH",
        help="only what is otherwise than in these older exports, and which sites need what",
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

    _together(arguments)
    place = None if arguments.live is None else _place(arguments)
    found = _exported(arguments) if place is None else (_live(arguments, *place),)
    if arguments.changes_since is not None:
        from appliance.cli import radar  # noqa: PLC0415 -- as above

        return radar.told(arguments, found)
    if arguments.write is not None:
        import yaml  # noqa: PLC0415 -- only to write

        part = {"sites": {arguments.write: as_inventory(select(found, None))}}
        yaml.safe_dump(part, sys.stdout, sort_keys=False)
        tell("add device: and psk: to the site, then: appliance validate")
        return OK
    now = _now(*place) if place is not None and arguments.status else None
    if arguments.output == "json":
        whole = document(found, fingerprint=fingerprint)
        emit(whole if now is None else _with_now(whole, now))
    else:
        print("\n".join(lines(found)))
        _print_now(now)
    return OK


def _together(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for options that do not go together."""
    if (arguments.live is None) == (not arguments.paths):
        raise UsageError(
            "name either files of exports or --live SITE", hint="`appliance import azure --help`"
        )
    only_live = arguments.save is not None or arguments.with_key or arguments.status
    if arguments.live is None and only_live:
        raise UsageError(
            "--save, --with-key and --status go with --live", hint="exports are files already"
        )


def _exported(arguments: argparse.Namespace) -> tuple[Expectation, ...]:
    from appliance.azure.importer import load  # noqa: PLC0415 -- not for --live

    return load(arguments.paths, connection=arguments.connection)


def _place(arguments: argparse.Namespace) -> tuple[AzureScope, str | None]:
    """Where in Azure the connection of the site is, and its name."""
    site = read_inventory(arguments, only={arguments.live}).sites[arguments.live]
    if site.azure.live is None:
        raise UsageError(
            f"site {site.name} has no azure.live",
            where=site.where,
            hint="add azure: {live: {subscription: ID, resource_group: NAME}, connection: NAME}",
        )
    return site.azure.live, arguments.connection or site.azure.connection


def _live(arguments: argparse.Namespace, scope: AzureScope, connection: str | None) -> Expectation:
    """What Azure says now of the connection; kept as exports where asked to."""
    from appliance.azure.live import source  # noqa: PLC0415 -- loads azure-core

    gathered = source.gathered(scope, connection, key=True)
    found = source.imported(scope, gathered, connection)
    if arguments.save is not None:
        from appliance.azure.live.save import save  # noqa: PLC0415 -- only to keep it

        files = save(gathered.pieces, arguments.save, keys=arguments.with_key)
        tell(f"{len(files)} resources kept in {arguments.save}")
    return found


def _now(scope: AzureScope, connection: str | None) -> Runtime:
    from appliance.azure.live.status import read  # noqa: PLC0415 -- only with --status

    return read(scope, connection)


def _with_now(whole: dict[str, object], now: Runtime) -> dict[str, object]:
    """The document with the state of its only connection."""
    from appliance.azure.now import document  # noqa: PLC0415 -- only with --status

    listed = whole["connections"]
    found = listed if isinstance(listed, list) else []
    return {**whole, "connections": [{**each, "now": document(now)} for each in found]}


def _print_now(now: Runtime | None) -> None:
    if now is not None:
        from appliance.azure.now import lines  # noqa: PLC0415 -- only with --status

        print("\n".join(lines(now)))
