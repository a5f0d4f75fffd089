"""`appliance recover`: end pushes whose process is gone, by what their devices hold."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from appliance import job as jobs
from appliance import journal
from appliance.cli.common import (
    FAILED,
    OK,
    UNKNOWN,
    chosen,
    code_of,
    emit,
    selecting,
    tell,
    with_inventory,
    with_output,
    with_selection,
    worst,
)
from appliance.cli.online import opener
from appliance.cli.sealed import KEY_HELP, opened
from appliance.cli.signals import Board, heard
from appliance.cli.signals import code as signal_code
from appliance.driver import load
from appliance.errors import ApplianceError, RefusedError, SecretError, UsageError
from appliance.inventory.model import Site
from appliance.push import Watcher
from appliance.push.machine import State
from appliance.push.recover import Recovered, recover
from appliance.push.stop import Stop
from appliance.push.terms import Connect

UNDETERMINED = UNKNOWN
EXAMPLES = (
    "  appliance recover --all               after a crash: every push that was not finished\n"
    "  appliance recover site-a\n"
    "  appliance recover site-a --key file:snapshots.key      former keys from what was sealed"
)
CODES = {
    State.UNTOUCHED: OK,
    State.PUSHED: OK,
    State.ROLLED_BACK: OK,
    State.NOT_SAVED: FAILED,
    State.UNKNOWN: UNKNOWN,
}
ENDS = {
    State.UNTOUCHED: "had not touched the device",
    State.PUSHED: "is finished: verified before it died, now confirmed and saved",
    State.ROLLED_BACK: "is rolled back: the device is at its old configuration, seen by reading it",
    State.NOT_SAVED: "was confirmed, but what the device holds is NOT SAVED, or not that change",
}


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_selection(options)
    options.add_argument("--key", metavar="REF", help=f"for former keys: {KEY_HELP}")
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Recover the chosen sites, one after the other."""
    found = journal.unfinished()
    if not selecting(arguments):
        raise UsageError("no site is chosen", hint=_listed(found))
    sites = {site.name: site for site in chosen(arguments)}
    stop = Stop()
    with heard(stop, Board()):
        todo = [entry for entry in found if entry.site in sites]
        ended = [_one(entry, sites[entry.site], arguments.key) for entry in _until(stop, todo)]
    if arguments.output == "json":
        emit({"schema": "appliance/recover/1", "runs": ended})
    elif not ended:
        print("nothing is unfinished")
    if arguments.all:
        _tell_absent(found, sites)
    found_worst = worst(code for one in ended if isinstance(code := one["code"], int))
    if found_worst == UNKNOWN or len(ended) == len(todo):
        return found_worst
    return signal_code(stop.why) or found_worst


def _until(stop: Stop, entries: list[journal.Entry]) -> Iterator[journal.Entry]:
    """One after the other; the one at hand is brought to its end when a signal comes."""
    for entry in entries:
        if stop.why:
            tell(f"push {entry.id} to {entry.site} and those after it are left for another time")
            return
        yield entry


def _listed(found: tuple[journal.Entry, ...]) -> str:
    if not found:
        return "the journal has no unfinished push"
    names = ", ".join(f"{entry.site} (push {entry.id}, {entry.state})" for entry in found)
    return f"unfinished: {names}; name them, or use --all"


def _tell_absent(found: tuple[journal.Entry, ...], sites: dict[str, Site]) -> None:
    for entry in found:
        if entry.site not in sites:
            tell(f"push {entry.id} to {entry.site} ({entry.device}): not in this inventory")


def _one(entry: journal.Entry, site: Site, key: str | None) -> dict[str, object]:
    """One push, as a document; told to the person too."""
    try:
        driver = load(site.device.driver)
        whole = None
        if key is not None and "before" in journal.snapshots(entry.id):
            whole = opened(entry.id, "before", key)
        return _told(recovered(entry, site, opener(site, driver), _Talker(), whole))
    except ApplianceError as error:
        tell(f"appliance: {error}")
        return {
            "site": entry.site,
            "run": entry.id,
            "code": code_of(error, UNDETERMINED),
            "state": journal.entry(entry.id).state,
            "why": error.message,
        }


def _told(done: Recovered) -> dict[str, object]:
    tell(f"{done.site}: push {done.run} {ENDS[done.state]}{f': {done.why}' if done.why else ''}")
    return {
        "site": done.site,
        "run": done.run,
        "code": CODES[done.state],
        "state": done.state.value,
        "why": done.why,
    }


def recovered(
    entry: journal.Entry,
    site: Site,
    connect: Connect,
    watcher: Watcher,
    whole: str | None = None,
) -> Recovered:
    """End a push of the journal. Raises as `recover` does, and when it was to another device."""
    driver = load(site.device.driver)
    device = jobs.device(site, driver)
    if device != entry.device or driver.name != entry.driver:
        raise RefusedError(
            f"push {entry.id} was to {entry.device} ({entry.driver}), and the inventory has "
            f"{device} ({driver.name}) now",
            where=site.where,
            hint="nothing was touched; recover with the inventory as it was then",
        )
    _open_key(site)
    return recover(entry, driver, connect, watcher, whole)


def _open_key(site: Site) -> None:
    """Once read, the key is masked in what the device shows just as it was when that was kept."""
    from appliance.secrets import resolve  # noqa: PLC0415 -- only where a secret is named

    if site.psk is None:
        return
    try:
        resolve(site.psk, where=site.where)
    except SecretError as error:
        tell(f"note: {error.message}")


class _Talker(Watcher):
    """Tells a person what goes on."""

    def said(self, text: str) -> None:
        tell(f"- {text}")
