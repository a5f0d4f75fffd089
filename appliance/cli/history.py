"""`appliance history`: what was pushed to a site, when and by whom, and what became of it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from appliance import journal
from appliance.cli.common import FAILED, OK, emit, tell, with_output
from appliance.cli.sealed import KEY_HELP, opened, write_private
from appliance.errors import UsageError

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance history site-a\n"
    "  appliance history site-a --show 12            its steps, one by one\n"
    "  appliance history site-a --show 12 before     the configuration it found, keys masked\n"
    "  appliance history site-a --snapshot 12 --key file:snapshots.key --out before.cfg"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument(
        "--show",
        nargs="+",
        metavar="RUN",
        help="one push: its steps, or `before`, `after`, `change`, `rollback`, `evidence`",
    )
    options.add_argument(
        "--snapshot",
        nargs="+",
        metavar="RUN",
        help="the whole configuration `before` (or `after`) a push, as it was sealed, to --out",
    )
    options.add_argument("--key", metavar="REF", help=KEY_HELP)
    options.add_argument("--out", metavar="FILE", help="a new file, readable by you alone")
    with_output(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the pushes of a site, or one of them."""
    if arguments.snapshot is not None:
        return _snapshot(arguments)
    if arguments.out is not None or arguments.key is not None:
        raise UsageError("--out and --key go with --snapshot", hint="--snapshot 12 before")
    if arguments.show is not None:
        return _one(arguments)
    found = journal.history(arguments.site)
    if arguments.output == "json":
        emit({"schema": "appliance/history/1", "runs": [_document(entry) for entry in found]})
        return OK
    for entry in found:
        why = f": {entry.why.splitlines()[0]}" if entry.why else ""
        print(f"{entry.id:>5}  {_time(entry.begun)}  {entry.who}  {entry.state}{why}")
    if not found:
        others = ", ".join(journal.sites())
        there = f"; there are pushes to {others}" if others else ""
        tell(f"nothing was pushed to {arguments.site} from here{there}")
    return OK


def _one(arguments: argparse.Namespace) -> int:
    entry, rest = _chosen(arguments.site, "--show", arguments.show)
    if not rest:
        return _steps(entry, arguments)
    kept = journal.texts(entry.id)
    if rest[0] not in kept:
        raise UsageError(
            f"push {entry.id} kept no {rest[0]!r}", hint=f"there are: {', '.join(sorted(kept))}"
        )
    print(kept[rest[0]], end="")
    return OK


def _snapshot(arguments: argparse.Namespace) -> int:
    entry, rest = _chosen(arguments.site, "--snapshot", arguments.snapshot)
    if arguments.out is None:
        raise UsageError(
            "--snapshot needs --out FILE", hint="it holds keys, and goes to a file of yours only"
        )
    (name,) = rest or ["before"]
    write_private(arguments.out, opened(entry.id, name, arguments.key))
    tell(f"{arguments.out}: the configuration {name} push {entry.id}, keys and all")
    return OK


def _chosen(site: str, option: str, words: list[str]) -> tuple[journal.Entry, list[str]]:
    """The push of a number, and the name after it if there is one."""
    number, *rest = words
    if not number.isdecimal() or len(rest) > 1:
        raise UsageError(f"{option} takes a number, and one name", hint=f"{option} 12 before")
    entry = journal.entry(int(number))
    if entry.site != site:
        raise UsageError(
            f"push {number} was to {entry.site}, not {site}", hint=f"`appliance history {site}`"
        )
    return entry, rest


def _steps(entry: journal.Entry, arguments: argparse.Namespace) -> int:
    told = journal.events(entry.id)
    if arguments.output == "json":
        steps = [
            {"at": _time(at), "state": state, "event": event, "detail": detail}
            for at, state, event, detail in told
        ]
        emit({"schema": "appliance/history/1", "runs": [{**_document(entry), "steps": steps}]})
        return OK
    print(f"{entry.id}: {entry.site}, {entry.driver} {entry.hostname} at {entry.device}")
    for at, state, _, detail in told:
        print(f"  {_time(at)}  {state:12} {detail}".rstrip())
    if entry.why:
        print(entry.why)
    return OK


def _document(entry: journal.Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "site": entry.site,
        "device": entry.device,
        "hostname": entry.hostname,
        "serial": entry.serial,
        "who": entry.who,
        "begun": _time(entry.begun),
        "ended": None if entry.ended is None else _time(entry.ended),
        "protection": entry.protection,
        "state": entry.state,
        "why": entry.why or None,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
