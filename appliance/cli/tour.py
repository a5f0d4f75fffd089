"""`appliance lab tour`: every site pushed, verified, broken, found and repaired."""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from ssl import PEM_cert_to_DER_cert

from appliance.cli.common import FAILED, OK, read_inventory, tell, unwind_on_sigterm
from appliance.cli.lab import device, way_in
from appliance.drift import look
from appliance.errors import ApplianceError
from appliance.inventory.model import Site
from appliance.job import Job, prepare
from appliance.lab import Lab
from appliance.lab import Site as Served
from appliance.lab.kinds import KINDS, unavailable
from appliance.lab.meddle import meddle, meddle_link
from appliance.model.difference import Difference
from appliance.model.edge import Edge
from appliance.model.secret import Secret
from appliance.push import Options, Outcome, Watcher, push
from appliance.report.differences import show
from appliance.session import Credentials, Session, Target

PATIENCE_SECONDS = 60.0

Connect = Callable[[], AbstractContextManager[Session]]


def take(arguments: argparse.Namespace) -> int:
    """Visit every site that the lab can play here; 0 when each did what it must."""
    sites = [site for site in read_inventory(arguments).sites.values() if _here(site)]
    unwind_on_sigterm()
    # What is pushed here was never meant for anybody's journal.
    with tempfile.TemporaryDirectory(prefix="appliance-tour-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        jobs = {site.name: _with_key(prepare(site, key=False)) for site in sites}
        with Lab({name: device(job) for name, job in jobs.items()}) as lab:
            failed = [name for name, job in jobs.items() if not _visited(job, lab)]
    print(f"\n{len(jobs) - len(failed)} of {len(jobs)} sites: pushed, verified, broken, repaired")
    return FAILED if failed else OK


def _here(site: Site) -> bool:
    driver = site.device.driver
    why = unavailable(driver) if driver in KINDS else "the lab has no such device"
    if why:
        tell(f"{site.name} ({driver}) is left out: {why}")
    return not why


def _with_key(job: Job) -> Job:
    """Keys for this tour alone, at both ends; one for a circuit where the inventory names one."""
    key = Secret(secrets.token_hex(16))
    tunnels = tuple(replace(tunnel, psk=key) for tunnel in job.intent.tunnels)
    edge = None if job.intent.edge is None else _with_md5(job.intent.edge)
    return replace(job, intent=replace(job.intent, tunnels=tunnels, edge=edge))


def _with_md5(edge: Edge) -> Edge:
    key = Secret(secrets.token_hex(8))
    sessions = [
        one.session if one.session.key is None else replace(one.session, key=key)
        for one in edge.links
    ]
    links = zip(edge.links, sessions, strict=True)
    return replace(edge, links=tuple(replace(link, session=made) for link, made in links))


def _visited(job: Job, lab: Lab) -> bool:
    served = lab.ssh(job.site.name)
    print(f"\n--- {job.site.name}: {job.driver.name}, {way_in(served)}", flush=True)
    connect = _connector(job, served)
    began = time.monotonic()
    try:
        right = _loop(job, connect, lambda: _meddle(job, lab))
    except (ApplianceError, LookupError) as error:
        print(f"  FAILED: {error}")
        return False
    print(f"  {'done' if right else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return right


def _loop(job: Job, connect: Connect, behind_our_back: Callable[[], None]) -> bool:
    """Push, verify, look; somebody breaks it; look, repair, look."""
    if not (_pushed(job, connect) and not _differences(job, connect)):
        return False
    print("  drift    none")
    behind_our_back()
    found = _differences(job, connect)
    for one in found:
        print(f"  drift    {one.path}: intended {show(one.intended)}, running {show(one.running)}")
    return bool(found) and _pushed(job, connect) and not _differences(job, connect)


def _pushed(job: Job, connect: Connect) -> bool:
    result = push(job, connect, Options(wait_seconds=PATIENCE_SECONDS), Watcher())
    proven = sum(finding.verdict.value == "passed" for finding in result.findings)
    count = len(result.plan.change.steps)
    told = f"{proven} rungs verified" if proven else "links come up by themselves"
    print(f"  push     {count} command{'s' * (count != 1)}, {result.outcome}; {told}", flush=True)
    if result.why:
        print(f"           {result.why}")
    return result.outcome is Outcome.PUSHED


def _differences(job: Job, connect: Connect) -> tuple[Difference, ...]:
    with connect() as session:
        found = look(job, job.driver.read(session))
    return tuple(one for one in found.differences if one.severity.name != "INFORMATION")


def _meddle(job: Job, lab: Lab) -> None:
    box, typed = lab.box(job.site.name), list[str]()
    for tunnel in job.intent.tunnels[:1]:
        typed += meddle(job.driver.name, box, str(tunnel.remote.addresses[0]))
    for link in job.intent.edge.links[:1] if job.intent.edge else ():
        typed += meddle_link(job.driver.name, box, str(link.session.peer))
    for line in typed:
        print(f"  somebody {line}", flush=True)


def _connector(job: Job, served: Served) -> Connect:
    target = Target(
        site=served.name,
        host=served.host,
        port=served.port,
        host_key=_pinned(served),
        timeout=job.site.device.timeout,
    )
    who = Credentials(
        username=served.username,
        password=Secret(served.password),
        enable=Secret(served.enable),
    )
    return lambda: job.driver.connect(target, who)


def _pinned(served: Served) -> str:
    if served.host_key:
        return served.host_key
    import base64  # noqa: PLC0415 -- only for certificates

    return f"x509 {base64.b64encode(PEM_cert_to_DER_cert(served.certificate)).decode()}"
