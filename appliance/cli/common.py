"""What verbs share: options, finding the inventory, choosing sites, printing, exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping

from appliance import driver
from appliance.cli.parsing import Parser, formatted
from appliance.errors import (
    ApplianceError,
    Interrupted,
    RefusedError,
    RollbackError,
    UnsupportedError,
    UsageError,
)
from appliance.inventory.load import load
from appliance.inventory.model import Inventory, Site

OK, FAILED, CHANGES, UNDETERMINED, REFUSED, ROLLED_BACK, UNKNOWN, USAGE = 0, 1, 2, 3, 4, 5, 6, 64

WORST_FIRST = (UNKNOWN, ROLLED_BACK, FAILED, REFUSED, USAGE, UNDETERMINED, CHANGES, OK)
"""How a fleet sums up: the worst of its sites."""


def parser(verb: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """A verb's parser, with its examples under the options."""
    return Parser(
        prog=f"appliance {verb}",
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=formatted,
        allow_abbrev=False,
    )


def with_inventory(options: argparse.ArgumentParser) -> None:
    """Add `--inventory`."""
    options.add_argument(
        "-i",
        "--inventory",
        metavar="FILE",
        help="default: $APPLIANCE_INVENTORY, else inventory.yaml here or in a folder above",
    )


def with_output(options: argparse.ArgumentParser) -> None:
    """Add `--output`."""
    options.add_argument(
        "-o", "--output", choices=("text", "json"), default="text", help="default: text"
    )


def with_selection(options: argparse.ArgumentParser) -> None:
    """Add sites by name, pattern, tag or all."""
    options.add_argument("sites", nargs="*", metavar="SITE", help="a name, or a pattern: 'site-*'")
    options.add_argument("--all", action="store_true", help="every site of the inventory")
    options.add_argument("--tag", action="append", default=[], metavar="T", help="sites with a tag")
    options.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="LIST",
        help="of those chosen (alone: of all) only these names and patterns, with commas between "
        "them; !PATTERN leaves out, @FILE has one a line",
    )


def inventory_path(arguments: argparse.Namespace) -> str:
    """The inventory to use. Raises `UsageError` when there is none."""
    named = arguments.inventory or os.environ.get("APPLIANCE_INVENTORY")
    if named:
        return str(named)
    folder = os.getcwd()  # noqa: PTH109 -- pathlib costs 5 ms of every start
    while True:
        path = f"{folder.rstrip('/')}/inventory.yaml"
        if os.path.exists(path):  # noqa: PTH110 -- as above
            return os.path.relpath(path)
        if folder == "/":
            raise UsageError(
                "there is no inventory.yaml here or in a folder above",
                hint="`appliance init` writes an example; --inventory FILE names another",
            )
        folder = os.path.dirname(folder)  # noqa: PTH120 -- as above


def read_inventory(arguments: argparse.Namespace, only: Collection[str] | None = None) -> Inventory:
    """The inventory, checked; `only` some of its sites when those are known by name."""
    from appliance import job  # noqa: PLC0415 -- not for verbs without an inventory

    job.forget()
    return load(inventory_path(arguments), drivers=driver.names(), only=only)


def one_site(arguments: argparse.Namespace) -> Site:
    """The site named on the command line."""
    found = read_inventory(arguments, only={arguments.site}).sites
    return found[arguments.site]


def chosen(arguments: argparse.Namespace) -> tuple[Site, ...]:
    """The sites selected. Raises `UsageError` for an empty selection: it never means all."""
    if not selecting(arguments):
        raise UsageError("no site is chosen", hint="name sites, or use --tag T or --all")
    plain = all(_is_name(name) for name in arguments.sites) and arguments.sites
    wide = arguments.all or arguments.tag or arguments.limit
    sites = read_inventory(arguments, only=set(arguments.sites) if plain and not wide else None)
    if arguments.limit:
        from appliance.cli.limit import limited  # noqa: PLC0415 -- only where it is asked for

        return limited(_named(sites.sites, arguments), arguments.limit)
    return _named(sites.sites, arguments)


def selecting(arguments: argparse.Namespace) -> bool:
    """Whether sites were chosen at all, in whatever way."""
    return bool(arguments.sites or arguments.all or arguments.tag or arguments.limit)


def _named(sites: Mapping[str, Site], arguments: argparse.Namespace) -> tuple[Site, ...]:
    """The sites by name, pattern and tag, in the inventory's order; a limit alone is one of all."""
    absent = [name for name in arguments.sites if _is_name(name) and name not in sites]
    if absent:
        from appliance.inventory.fault import no_site  # noqa: PLC0415 -- for errors only

        raise no_site(absent, sites, inventory_path(arguments))
    if arguments.limit and not (arguments.sites or arguments.tag):
        return tuple(sites.values())
    _none_in_vain(sites, arguments)
    found = tuple(site for site in sites.values() if _wanted(site, arguments))
    if not found:
        raise UsageError(
            "the inventory has no site",
            where=inventory_path(arguments),
            hint="`appliance init NEW.yaml` writes an example",
        )
    return found


def _none_in_vain(sites: Mapping[str, Site], arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for a pattern or a tag that no site has: a typing error chooses fewer."""
    for pattern in arguments.sites:
        if not any(matches(name, pattern) for name in sites):
            raise UsageError(
                f"no site matches {pattern!r}", hint=f"there are: {', '.join(sorted(sites)[:20])}"
            )
    tags = sorted({tag for site in sites.values() for tag in site.tags})
    for tag in arguments.tag:
        if tag not in tags:
            raise UsageError(f"no site has the tag {tag!r}", hint=f"there are: {', '.join(tags)}")


def _is_name(text: str) -> bool:
    """Whether it is the name of a site, no pattern."""
    return not set(text) & set("*?[")


def _wanted(site: Site, arguments: argparse.Namespace) -> bool:
    named = any(matches(site.name, pattern) for pattern in arguments.sites)
    tagged = any(tag in site.tags for tag in arguments.tag)
    return bool(arguments.all or named or tagged)


def matches(name: str, pattern: str) -> bool:
    """Whether a site's name is this one, or fits this pattern."""
    if name == pattern:
        return True
    from fnmatch import fnmatchcase  # noqa: PLC0415 -- only for patterns

    return fnmatchcase(name, pattern)


def read_text(path: str) -> str:
    """A saved output of a device: bytes decoded with replacement, `-` is standard input."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:  # noqa: PTH123 -- as above
                data = file.read()
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", hint="name a file; - is standard input"
        ) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def emit(document: object) -> None:
    """One JSON document on standard output, and nothing else."""
    import json  # noqa: PLC0415 -- only for -o json

    print(json.dumps(document, indent=2, ensure_ascii=_narrow()))


def emit_line(document: object) -> None:
    """One JSON document on a line of its own, at once."""
    import json  # noqa: PLC0415 -- only for -o jsonl

    print(json.dumps(document, ensure_ascii=_narrow()), flush=True)


def _narrow() -> bool:
    """Whether standard output has not all characters: JSON has escapes of its own for the rest."""
    return not (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")


def tell(text: str) -> None:
    """A word to the person, off the data. Where nobody listens any more the work goes on."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        return


def worst(codes: Iterable[int]) -> int:
    """The code of a fleet."""
    found = set(codes)
    return next((code for code in WORST_FIRST if code in found), OK)


def code_of(error: ApplianceError, undetermined: int) -> int:
    """The exit code of an error; `undetermined` is the verb's own for what stayed unknown."""
    match error:
        case UsageError():
            return USAGE
        case RefusedError() | UnsupportedError():
            return REFUSED
        case RollbackError():
            return UNKNOWN
        case _:
            return undetermined


class _Terminated(BaseException):
    """SIGTERM, raised where the work is, so that it cleans up as for Ctrl-C."""


def unwind_on_sigterm() -> None:
    """From here on SIGTERM unwinds like Ctrl-C: for verbs that hold a device, before they do."""
    import signal  # noqa: PLC0415 -- 3 ms that verbs without a device need not pay

    def terminate(*_: object) -> None:
        raise _Terminated

    signal.signal(signal.SIGTERM, terminate)


def guarded(work: Callable[[], int], *, undetermined: int) -> int:
    """Run a verb; errors become one clear message and an exit code, signals clean up first."""
    try:
        return work()
    except ApplianceError as error:
        tell(f"appliance: {error}")
        return code_of(error, undetermined)
    except KeyboardInterrupt:
        tell("appliance: interrupted")
        return 130
    except _Terminated:
        tell("appliance: terminated")
        return 143
    except Interrupted as interrupted:
        from appliance.cli.signals import code  # noqa: PLC0415 -- 3 ms, see above

        back = interrupted.ended == "rolled back"
        held = "the device is at its old configuration, seen by reading it"
        tell(f"appliance: {interrupted}; {held if back else 'nothing was touched'}")
        return code(interrupted.why) or FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return undetermined  # broken off in the middle of it: that is no success
