"""What a push may not do, whatever it is asked: each gate has a name by which it can be opened."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.checks import CHECKS, Finding, Subject, run
from appliance.driver import Disagreement
from appliance.errors import RefusedError
from appliance.job import Job
from appliance.model.change import Plan
from appliance.model.difference import Severity
from appliance.model.pairing import mine
from appliance.model.tunnel import Tunnel, Tunnels

MANAGEMENT_PATH = "management-path"
AZURE_MISMATCH = "azure-mismatch"
STALE_AZURE = "stale-azure"
AZURE_UPDATING = "azure-updating"

NAMES = (MANAGEMENT_PATH, AZURE_MISMATCH, STALE_AZURE, AZURE_UPDATING)
"""Gates with names of their own; each breaking check is one more, by its id."""
CHECK_NAMES = tuple(check.id for check in CHECKS if check.gate)


def check(job: Job, plan: Plan, operator: IPv4Address | None, allowed: Collection[str]) -> None:
    """Raise `RefusedError` at the first closed gate that `allowed` does not name.

    `operator` is the address from which the device sees us, None when that is not known.
    """
    for name, reason in _closed(job, plan, operator):
        if name not in allowed:
            raise RefusedError(
                reason,
                where=f"site {job.site.name}",
                hint=f"nothing was touched; if this is meant, add --allow {name}",
            )


def findings(job: Job) -> tuple[Finding, ...]:
    """What the checks find at one site today, accepted or not."""
    subject = Subject(site=job.site, expectation=job.expectation, intent=job.intent)
    return run((subject,), today=today())


def today() -> str:
    """The day, as acceptances are written: "2027-01-31", in this machine's time zone."""
    return time.strftime("%Y-%m-%d")


def readers_agree(site: str, disagreements: Iterable[Disagreement]) -> None:
    """Raise `RefusedError` when two readers understand the device differently: no override."""
    lines = [
        f"{d.tunnel} {d.field}: {d.first!r} or {d.second!r}"
        + (f" (line {', '.join(map(str, d.lines))})" if d.lines else "")
        for d in disagreements
    ]
    if lines:
        raise RefusedError(
            "two readers of the running configuration disagree:\n  " + "\n  ".join(lines),
            where=f"site {site}",
            hint="nothing was touched; change these statements by hand to a usual form, and report",
        )


def _closed(job: Job, plan: Plan, operator: IPv4Address | None) -> Iterator[tuple[str, str]]:
    path = _management(job, plan, operator)
    if path is not None:
        yield MANAGEMENT_PATH, path
    if job.stale:
        days = (job.age_seconds or 0) / 86_400
        yield STALE_AZURE, f"Azure's export is {days:.0f} days old, older than azure.max_age_days"
    for difference in job.disagreements:
        if difference.severity is Severity.BREAKING:
            yield (
                AZURE_MISMATCH,
                f"inventory and Azure disagree on {difference.path.removeprefix('azure.')}: "
                f"{difference.intended} here, {difference.running} there ({difference.reason})",
            )
    for kind, state in job.expectation.provisioning.items():
        if state.lower() not in ("succeeded", ""):
            yield AZURE_UPDATING, f"Azure's {kind} is {state}: not a time to push against it"
    for finding in filter(lambda finding: finding.stops, findings(job)):
        yield finding.check.id, f"{finding.check.id}: {finding.check.title}: {finding.detail}"


def _management(job: Job, plan: Plan, operator: IPv4Address | None) -> str | None:
    """Whether the operator's way to the device would newly lead into the tunnel."""
    networks = list(job.site.device.management)
    if operator is not None and not operator.is_loopback:
        networks.append(IPv4Network(operator))
    before = {network for tunnel in plan.running for network in _drawn(tunnel)}
    for network in _new(mine(job.intent, plan.target), before):
        for managed in networks:
            if network.overlaps(managed):
                return (
                    f"the tunnel would take traffic for {network}, and {managed} is where this "
                    "device is managed from"
                )
    interface = job.site.device.management_interface
    if interface is not None and any(t.name == interface for t in plan.target):
        return f"{interface} carries management and would be configured"
    return None


def _new(tunnels: Tunnels, before: set[IPv4Network]) -> Iterator[IPv4Network]:
    return (net for tunnel in tunnels for net in _drawn(tunnel) if net not in before)


def _drawn(tunnel: Tunnel) -> tuple[IPv4Network, ...]:
    """Destinations that the tunnel draws traffic for."""
    return (*tunnel.routes, *(pair.remote for pair in tunnel.selectors))
