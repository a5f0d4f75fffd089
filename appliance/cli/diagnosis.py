"""The part of `appliance explain` that says why a tunnel is down, from logs and from devices."""

from __future__ import annotations

import argparse
import gzip
import os
from collections.abc import Sequence

from appliance import driver as drivers
from appliance.cli.common import (
    OK,
    UNDETERMINED,
    emit,
    one_site,
    read_inventory,
    read_text,
    tell,
    unwind_on_sigterm,
)
from appliance.cli.given import of_file
from appliance.cli.online import connector
from appliance.diagnose import Diagnosis, diagnose
from appliance.errors import CommandRefused, ConnectError, UsageError
from appliance.job import Job, prepare
from appliance.model.failure import Kind, Symptom, Weight
from appliance.model.tunnel import Tunnels
from appliance.plan import as_running
from appliance.report import diagnosis as report
from appliance.report import verify as ladder
from appliance.session import Session
from appliance.twin import of_site, on_paper
from appliance.twin.finding import Finding
from appliance.verify import Finding as Rung
from appliance.verify import Outcome, passed, verify

_UNPACKED = 256 * 1024 * 1024


def of_log(arguments: argparse.Namespace, path: str) -> int:
    """What a saved log says, with what the site's configuration says of the same.

    0 when a cause is named, or the tunnel is up; 3 when nothing in it tells.
    """
    text = _log(path)
    told = diagnose(text, _symptoms(arguments.driver))
    if "\0" in text and not told.peers:
        tell(f"note: {path} holds bytes that are no text: an archive, a capture, or UTF-16?")
    known = _known(arguments) if arguments.site else ()
    if arguments.output == "json":
        emit(report.document(path, told, known))
    else:
        print("\n".join(report.lines(path, told, known)))
    return OK if told.peers else UNDETERMINED


def of_site_now(arguments: argparse.Namespace, name: str) -> int:
    """What the device itself says now: its state, its configuration and its recent log.

    0 when a cause is named, or the tunnel is up; 3 when the device could not be asked.
    """
    arguments.site = name
    job = prepare(one_site(arguments))
    if job.site.vpn_site is not None:
        raise UsageError(
            f"{name} has circuits only, which `appliance verify {name}` tells of",
            hint=f"explain {job.site.vpn_site}, whose device has the VPN",
        )
    unwind_on_sigterm()
    try:
        with connector(job)() as session:
            rungs, tunnels, told = _asked(job, session)
    except ConnectError as error:
        print(f"{name}: the device itself is not reached: {error}")
        return UNDETERMINED
    known = _findings(job, tunnels)
    if arguments.output == "json":
        document = report.document(name, told, known)
        emit({**document, "verification": ladder.document(name, rungs)})
        return OK
    found = list(report.lines(f"{name}'s log", told, known))
    if not job.driver.log:
        found[0] = (
            f"{name}: its log is not asked for from here: save it there, and explain that file"
        )
    state = _state(name, rungs)
    sure = _is_sure(told) and not passed(rungs)
    print("\n".join((*found, *state) if sure else (*state, *found)))
    return OK


def _state(name: str, rungs: tuple[Rung, ...]) -> list[str]:
    """The first rung that does not hold, or that all do."""
    broken = [one for one in rungs if one.verdict is not Outcome.PASSED]
    if passed(rungs):
        return [f"{name}: the tunnel is up, and every rung of `appliance verify` holds"]
    return [f"{name}: {one.tunnel}: {one.rung}: {one.detail}" for one in broken[:1]]


def _is_sure(told: Diagnosis) -> bool:
    """Whether the log has the very words of the end that refused: more than any state can tell."""
    first = told.peers[0] if told.peers else None
    return (
        first is not None
        and not first.up
        and bool(first.causes)
        and first.causes[0].weight is Weight.PRECISE
    )


def _asked(job: Job, session: Session) -> tuple[tuple[Rung, ...], Tunnels, Diagnosis]:
    driver = job.driver
    observed = driver.parse(driver.read(session))
    meant = as_running(job.intent, observed)
    before = driver.state(session, meant)
    driver.wake(session, meant)
    after = driver.state(session, meant)
    rungs = verify(meant, after, before=before, advice=driver.advice)
    told = diagnose(_recent(job, session), driver.symptoms())
    return rungs, observed.tunnels, _ours(job, told)


def _ours(job: Job, told: Diagnosis) -> Diagnosis:
    """Without the peers of other sites; those that are not named stay."""
    gateways = {str(one.address) for one in job.expectation.endpoints}
    bgp = {str(a) for one in job.expectation.endpoints for a in one.bgp_addresses}
    apipa = {str(a) for one in job.expectation.endpoints for a in one.apipa_addresses}
    ours = {None, *gateways, *bgp, *apipa}
    peers = tuple(peer for peer in told.peers if peer.address in ours)
    return Diagnosis(records=told.records, peers=peers)


def _recent(job: Job, session: Session) -> str:
    if not job.driver.log:
        return ""
    try:
        return session.run(job.driver.log)
    except CommandRefused as error:
        tell(f"note: the device does not show its log: {error.message}")
        return ""


def _known(arguments: argparse.Namespace) -> tuple[Finding, ...]:
    if arguments.running is None:
        raise UsageError(
            "--site needs the device's configuration, too",
            hint="add --running FILE; `appliance explain SITE` asks the device itself",
        )
    job = prepare(one_site(arguments))
    with of_file(arguments.running):
        observed = job.driver.parse(read_text(arguments.running))
    return _findings(job, observed.tunnels)


def _findings(job: Job, tunnels: Tunnels) -> tuple[Finding, ...]:
    subjects = of_site(job, tunnels)
    if not subjects:
        reason = f"the device holds no tunnel for site {job.site.name}"
        return (Finding(kind=Kind.CONFIGURATION, fields=(), breaking=True, reason=reason),)
    return tuple(one for subject in subjects for one in on_paper(subject).findings)


def _symptoms(name: str | None) -> Sequence[Symptom]:
    names = drivers.names() if name is None else (name,)
    return [one for each in names for one in drivers.load(each).symptoms()]


def _log(path: str) -> str:
    """A log, also one that its rotation has packed. Raises `UsageError`."""
    if path == "-" or not path.endswith(".gz"):
        return read_text(path)
    try:
        with gzip.open(path) as file:
            data = file.read(_UNPACKED + 1)
    except (OSError, EOFError) as error:
        raise UsageError(
            f"cannot read {path}: {error}", hint="is it whole? `gzip -t` tells; unpack it first"
        ) from error
    if len(data) > _UNPACKED:
        raise UsageError(
            f"{path} unpacks to more than {_UNPACKED >> 20} MiB", hint="cut out the hours concerned"
        )
    return data.decode("utf-8", "replace")


def is_log(word: str) -> bool:
    """Whether the word is a file to be read (or a pipe), not a check, a site or a folder."""
    there = os.path.exists(word) and not os.path.isdir(word)  # noqa: PTH110, PTH112 -- a word
    return word == "-" or there


def is_site(arguments: argparse.Namespace, word: str) -> bool:
    """Whether the inventory, if there is one, has a site of that name."""
    try:
        return word in read_inventory(arguments).sites
    except UsageError:
        return False
