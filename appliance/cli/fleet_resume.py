"""`appliance push --resume`: what a run of a fleet has left, if that is still what was meant."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from appliance import journal
from appliance.cli.common import chosen, selecting
from appliance.errors import RefusedError, UsageError
from appliance.inventory.model import Site
from appliance.journal import fleets
from appliance.push.fleet import DONE

_SELECTION = ("sites", "all", "tag", "limit")
_TERMS = ("canary", "serial", "max_fail", "workers")
_HINT = "look at what changed; --even-if-changed goes on with what the inventory says now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What is left of a run: its sites that are not done, and how they stood."""

    run: int
    members: tuple[fleets.Member, ...]
    sites: tuple[Site, ...]


def kept_terms(arguments: argparse.Namespace) -> dict[str, object]:
    """What is kept of a command line, so that it can be taken up again."""
    return {name: getattr(arguments, name) for name in (*_SELECTION, *_TERMS)}


@contextmanager
def former(arguments: argparse.Namespace) -> Iterator[Former]:
    """What `--resume` names, for this process alone meanwhile. What was not said is as it was then.

    Raises `UsageError` for a run that is not there, `RefusedError` when another process works at
    it, or when its selection would be another one now.
    """
    run = arguments.resume
    if selecting(arguments):
        raise UsageError("--resume has its sites from the run", hint="leave the selection out")
    kept = fleets.record(run).terms
    with alone(run):
        members = fleets.members(run)
        left = tuple(one for one in members if one.state not in DONE)
        _as_then(arguments, kept)
        sites = {site.name: site for site in chosen(arguments)} if left else {}
        if left and not arguments.even_if_changed:
            _same(run, {one.site for one in members}, set(sites))
        here = tuple(one for one in left if one.site in sites)
        yield Former(run=run, members=here, sites=tuple(sites[one.site] for one in here))


@contextmanager
def alone(run: int) -> Iterator[None]:
    """This process works at the run. Raises `RefusedError` when another one does."""
    with ExitStack() as stack:
        try:
            stack.enter_context(journal.lock(f"fleet-{run}", f"fleet run {run}"))
        except RefusedError as held:
            raise RefusedError(
                f"fleet run {run} is under way in process {fleets.record(run).process}",
                hint="nothing was touched; wait for it, or end it with Ctrl-C or SIGTERM",
            ) from held
        yield


def same_intents(left: Former, intents: Mapping[str, str]) -> None:
    """Raises `RefusedError` naming the sites that would become something else than was meant."""
    others = [
        one.site
        for one in left.members
        if one.intent and intents.get(one.site, one.intent) != one.intent
    ]
    if others:
        raise RefusedError(
            f"{_listed(others)} would become something else than when fleet run {left.run} began",
            hint=f"nothing was touched; {_HINT}",
        )


def _as_then(arguments: argparse.Namespace, kept: Mapping[str, object]) -> None:
    for name in _SELECTION:
        setattr(arguments, name, kept[name])
    for name in _TERMS:
        if getattr(arguments, name) is None:
            setattr(arguments, name, kept[name])


def _same(run: int, then: set[str], now: set[str]) -> None:
    gone, new = sorted(then - now), sorted(now - then)
    if gone or new:
        words = " and ".join(
            f"{what} {_listed(names)}"
            for what, names in (("no longer", gone), ("now", new))
            if names
        )
        raise RefusedError(
            f"what fleet run {run} chose is another selection by now: {words}",
            hint=f"nothing was touched; {_HINT}, without those that are new",
        )


def _listed(names: list[str]) -> str:
    more = len(names) - 10
    return ", ".join(names[:10]) + (f" and {more} more" if more > 0 else "")
