"""`appliance rehearse`: two IKE daemons try the tunnels before anything is pushed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from appliance.cli.common import (
    FAILED,
    OK,
    UNDETERMINED,
    chosen,
    code_of,
    emit,
    read_text,
    selecting,
    tell,
    unwind_on_sigterm,
    with_inventory,
    with_output,
    with_selection,
    worst,
)
from appliance.cli.given import at_a_time, of_file
from appliance.cli.prediction import predict
from appliance.cli.rehearsed import rehearsed
from appliance.cli.side_by_side import together
from appliance.errors import ApplianceError, UsageError
from appliance.fleet import each
from appliance.inventory.model import Site
from appliance.job import Job, prepare
from appliance.record import dataclass
from appliance.report import joint as joint_report
from appliance.report import rehearsal as report
from appliance.twin import Whole, missing

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = (
    "  appliance rehearse site-a                               reads the device\n"
    "  appliance rehearse site-a --running saved.cfg -o json   without connecting\n"
    "  appliance rehearse site-a --new                         a device that holds nothing yet\n"
    "  appliance rehearse --tag branch --new                   many sites\n"
    "  appliance rehearse --scenario examples/rehearsals/*     kept ones, with what is expected"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """One site with what came of it."""

    site: str
    how: str
    found: Whole
    notes: tuple[str, ...]

    @property
    def code(self) -> int:
        """0 it would work, 1 it would not, 3 no daemon ran and no rule speaks against it."""
        if not self.found.works:
            return FAILED
        return OK if self.found.ran else UNDETERMINED


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    with_selection(options)
    which = options.add_mutually_exclusive_group()
    which.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    which.add_argument(
        "--scenario",
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders with a site, a configuration and what is expected (docs/rehearse.md)",
    )
    which.add_argument("--new", action="store_true", help="as if it held no tunnel yet")
    options.add_argument(
        "--as-is", action="store_true", help="what it holds now, without the planned change"
    )
    options.add_argument(
        "--thorough",
        action="store_true",
        help="with several sites, too: lose each instance of an active-active gateway",
    )
    options.add_argument(
        "--together",
        action="store_true",
        help="the sites' devices stand for each other at one gateway: lose each of them",
    )
    options.add_argument(
        "--workers", type=int, default=8, metavar="N", help="sites at a time (default: 8)"
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """0 it would work, 1 it would not, 3 no daemon can run here and no rule speaks against it.

    Of several sites the worst.
    """
    if arguments.new and arguments.as_is:
        raise UsageError(
            "--new --as-is: a device without tunnels has none to rehearse",
            hint="--new alone tries what the plan would make; --as-is what the device holds",
        )
    _wide(arguments)
    at_a_time(arguments.workers)
    if arguments.scenario:
        return _scenarios(arguments)
    sites = chosen(arguments)
    if arguments.running is not None and len(sites) != 1:
        raise UsageError("--running is of one device", hint="name that site alone")
    unwind_on_sigterm()
    _warn()
    return _many(_with_vpn(sites), arguments) if _several(arguments) else _one(sites[0], arguments)


def _with_vpn(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Those whose device has tunnels; circuits alone are left out, and that is told."""
    for site in sites:
        if site.vpn_site is not None:
            tell(f"{site.name} has circuits only: its VPN is rehearsed with {site.vpn_site}")
    return tuple(site for site in sites if site.vpn_site is None)


def _wide(arguments: argparse.Namespace) -> None:
    """Raise `UsageError` for what is asked of several sites where there is one."""
    wide = _several(arguments) and not arguments.scenario
    if arguments.thorough and not wide:
        raise UsageError(
            "--thorough is for several sites",
            hint="one by itself is always rehearsed so; a scenario says what is to be tried",
        )
    if arguments.together and not wide:
        raise UsageError(
            "--together is of several devices",
            hint="name the sites whose devices stand for each other",
        )


def _warn() -> None:
    absent = missing()
    if absent:
        tell(f"no daemon can run here: {absent}")


def _scenarios(arguments: argparse.Namespace) -> int:
    """0 all came as expected, 1 one did not, 3 no daemon can run here."""
    from appliance.cli.scenario import play  # noqa: PLC0415 -- for who keeps scenarios

    if selecting(arguments) or arguments.as_is:
        raise UsageError(
            "a scenario says itself which site it is of, and whether as it is",
            hint="`appliance rehearse --scenario DIR ...` alone",
        )
    unwind_on_sigterm()
    _warn()
    codes, documents = [], {}
    for folder, played in each(play, arguments.scenario, workers=arguments.workers):
        if isinstance(played, ApplianceError):
            raise played
        codes.append(played.code)
        documents[folder] = {"scenario": folder, "odd": list(played.odd), **played.document}
        if arguments.output == "text":
            print(f"{folder}: {'NOT as expected' if played.odd else 'as expected'}")
            for line in played.odd:
                print(f"  {line}")
    code = worst(codes)
    if arguments.output == "json":
        listed = [documents[folder] for folder in sorted(documents)]
        emit({"schema": "appliance/scenarios/1", "code": code, "scenarios": listed})
    return code


def _several(arguments: argparse.Namespace) -> bool:
    """Whether a fleet was asked for, be it of one site."""
    wide = arguments.all or arguments.tag or arguments.limit or len(arguments.sites) != 1
    return bool(wide or set(arguments.sites[0]) & set("*?["))


def _one(site: Site, arguments: argparse.Namespace) -> int:
    tried = _tried(site, arguments)
    if arguments.output == "json":
        emit(report.document(tried.site, tried.how, tried.found))
    else:
        for note in tried.notes:
            tell(f"note: {note}")
        print("\n".join(report.lines(tried.site, tried.how, tried.found)))
    return tried.code


def _many(sites: tuple[Site, ...], arguments: argparse.Namespace) -> int:
    """A line for each site, and the findings of those that would not work, as they come in."""
    codes, documents, whole = [], {}, {}
    workers, texts = arguments.workers, _texts(sites, arguments)
    for site, tried in each(lambda one: _read(one, arguments, texts), sites, workers=workers):
        if isinstance(tried, ApplianceError):
            codes.append(code_of(tried, UNDETERMINED))
            tell(f"{site.name}: {tried}")
            documents[site.name] = _untried(site, tried)
            continue
        codes.append(tried.code)
        whole[site.name] = tried.found
        documents[site.name] = report.document(tried.site, tried.how, tried.found)
        if arguments.output == "text":
            print("\n".join(report.brief(tried.site, tried.found)), flush=True)
    code = worst(codes)
    joint = together(sites, whole, arguments.output) if arguments.together else None
    if arguments.output == "json":
        listed = [documents[name] for name in sorted(documents)]
        told = {"sites": listed, "together": joint_report.document(joint)}
        emit({"schema": "appliance/rehearsals/1", "code": code, **told})
    return code


def _texts(
    sites: tuple[Site, ...], arguments: argparse.Namespace
) -> Mapping[str, str | ApplianceError]:
    """What the devices hold, by site: each device is read once, before its sites are rehearsed."""
    if arguments.new or arguments.running is not None:
        return {}
    from appliance.cli.boxes import just_read, visit  # noqa: PLC0415 -- as below

    found = visit(sites, just_read, lambda _job, text: text, workers=arguments.workers)
    return {site.name: told for site, told in found}


def _read(
    site: Site, arguments: argparse.Namespace, texts: Mapping[str, str | ApplianceError]
) -> _Tried:
    text = texts.get(site.name)
    if isinstance(text, ApplianceError):
        raise text
    return _tried(site, arguments, text)


def _untried(site: Site, error: ApplianceError) -> dict[str, object]:
    return {"site": site.name, "works": None, "error": error.message, "hint": error.hint or None}


def _tried(site: Site, arguments: argparse.Namespace, text: str | None = None) -> _Tried:
    job = prepare(site)
    if text is None and not arguments.new:
        text = _text(job, arguments.running)
    with of_file(arguments.running):
        predicted = predict(job, text, change=not arguments.as_is)
    return _Tried(
        site=site.name,
        how=predicted.how,
        found=rehearsed(job, predicted, losses=arguments.thorough or not _several(arguments)),
        notes=job.intent.notes,
    )


def _text(job: Job, path: str | None) -> str:
    if path is not None:
        return read_text(path)
    from appliance.cli.online import connector  # noqa: PLC0415 -- not with a saved configuration

    with connector(job)() as session:
        return job.driver.read(session)
