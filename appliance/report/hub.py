"""All that is known of a site, in one value: what `status` and the page show."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from appliance.azure.expectation import Expectation
from appliance.checks import Finding
from appliance.inventory.model import Site
from appliance.journal import Entry
from appliance.journal.seen import Kept
from appliance.record import dataclass
from appliance.report import checks
from appliance.verify import Finding as Rung
from appliance.verify import Outcome
from appliance.verify import Rung as Step

UP, DOWN, UNKNOWN = "up", "down", "unknown"
IN_SYNC, DRIFT, UNDETERMINED, NEVER = "in sync", "drift", "not determined", "never looked at"
_DECIDE = (Step.REACHABLE, Step.IKE, Step.KEY, Step.CHILD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """One tunnel to one instance of the gateway, as it was last seen."""

    instance: str
    gateway: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a circuit of ExpressRoute, as it was last seen."""

    name: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """One site. Times are seconds since 1970, None where it never happened.

    `drift` is one of the words above; `differences`, `findings` and `proof` are as in their
    documents, `trouble` is why no verdict could be come to. `circuits` are those that Azure's
    export has, `links` those of the site's device.
    `error` says why nothing could be made of the site; then the rest is empty.
    """

    name: str
    tags: tuple[str, ...] = ()
    driver: str = ""
    host: str = ""
    connection: str = ""
    kind: str = ""
    tunnels: tuple[Tunnel, ...] = ()
    links: tuple[Link, ...] = ()
    verified_at: float | None = None
    drift: str = NEVER
    drift_at: float | None = None
    trouble: str = ""
    differences: tuple[Mapping[str, object], ...] = ()
    pushed: str = ""
    pushed_at: float | None = None
    pushed_by: str = ""
    exported_at: float | None = None
    stale: bool = False
    findings: tuple[Mapping[str, object], ...] = ()
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    circuits: tuple[str, ...] = ()
    proof: tuple[Mapping[str, object], ...] = ()
    proof_at: float | None = None
    error: str = ""

    @property
    def breaking(self) -> int:
        """Findings that keep a push from beginning and that nobody accepted."""
        return _count(self.findings, "breaking")

    @property
    def warnings(self) -> int:
        """Warnings that nobody accepted."""
        return _count(self.findings, "warning")

    @property
    def not_up(self) -> tuple[tuple[str, str, str], ...]:
        """Tunnels and links that are known not to be up, or of which that is not known, and why."""
        told = [(f"tunnel to {one.gateway}", one.state, one.detail) for one in self.tunnels]
        told += [(f"link {one.name}", one.state, one.detail) for one in self.links]
        return tuple(row for row in told if row[1] != UP and row[2])


def _count(findings: Iterable[Mapping[str, object]], severity: str) -> int:
    return sum(one["severity"] == severity and one["accepted"] is None for one in findings)


def states(expectation: Expectation, rungs: Iterable[Rung]) -> dict[str, object]:
    """The document "verify" that is kept: up, down or unknown for each instance in order.

    What is no tunnel are the links of circuits, by their names; they stand behind the tunnels.
    """
    by_name: dict[str, list[Rung]] = {}
    for rung in rungs:
        by_name.setdefault(rung.tunnel, []).append(rung)
    sessions = {
        name: told
        for name, told in by_name.items()
        if all(one.rung in {Step.BGP, Step.BFD} for one in told)
    }
    tunnels = (told for name, told in by_name.items() if name not in sessions)
    pairs = zip(expectation.endpoints, tunnels, strict=False)
    return {
        "links": [
            {"name": name, "state": state, "detail": detail}
            for name, told in sessions.items()
            for state, detail in (_line(told),)
        ],
        "tunnels": [
            {"gateway": str(one.address), "state": state, "detail": detail}
            for one, told in pairs
            for state, detail in (_state(told),)
        ],
    }


def _state(rungs: list[Rung]) -> tuple[str, str]:
    """Up where all that a tunnel needs is proven; what is not is its detail."""
    bad = [one for one in rungs if one.verdict is Outcome.FAILED]
    needed = [one for one in rungs if one.rung in _DECIDE]
    failed = next((one for one in bad if one.rung in _DECIDE), None)
    if failed is not None:
        return DOWN, failed.detail
    unproven = next((one for one in needed if one.verdict is not Outcome.PASSED), None)
    if unproven is not None:
        return UNKNOWN, unproven.detail
    return UP, "; ".join(one.detail for one in bad)


def _line(rungs: list[Rung]) -> tuple[str, str]:
    """Up where the session and what watches the line are."""
    bad = next((one for one in rungs if one.verdict is Outcome.FAILED), None)
    if bad is not None:
        return DOWN, bad.detail
    unproven = next((one for one in rungs if one.verdict is not Outcome.PASSED), None)
    return (UP, "") if unproven is None else (UNKNOWN, unproven.detail)


def now(  # noqa: PLR0913 -- a site's facts come from six places
    site: Site,
    expectation: Expectation,
    found: Iterable[Finding],
    kept: Mapping[str, Kept],
    last: Entry | None,
    *,
    stale: bool,
) -> Now:
    """Everything known of one site."""
    looked, proven, seen = kept.get("drift"), kept.get("proof"), kept.get("verify")
    return Now(
        name=site.name,
        tags=site.tags,
        driver=site.device.driver,
        host=site.device.host or "",
        connection=expectation.name,
        kind=expectation.kind,
        tunnels=tuple(_tunnels(expectation, seen)),
        links=tuple(_links(site, seen)),
        verified_at=None if seen is None else seen.at,
        drift=_verdict(looked),
        drift_at=None if looked is None else looked.at,
        trouble=_trouble(looked),
        differences=tuple(_listed(looked, "azure")) + tuple(_listed(looked, "differences")),
        pushed="" if last is None else last.state,
        pushed_at=None if last is None else last.ended or last.begun,
        pushed_by="" if last is None else last.who,
        exported_at=expectation.exported_at,
        stale=stale,
        findings=tuple(map(checks.document, found)),
        ours=tuple(map(str, site.on_premises.prefixes or expectation.on_premises.prefixes)),
        theirs=tuple(map(str, expectation.vnet_prefixes)),
        circuits=tuple(circuit.name for circuit in expectation.circuits),
        proof=tuple(_listed(proven, "rows")),
        proof_at=None if proven is None else proven.at,
    )


def _tunnels(expectation: Expectation, seen: Kept | None) -> Iterator[Tunnel]:
    known = {str(one.get("gateway")): one for one in _listed(seen, "tunnels")}
    for endpoint in expectation.endpoints:
        gateway = "not known" if endpoint.address is None else str(endpoint.address)
        told = known.get(gateway, {})
        yield Tunnel(
            instance=endpoint.name,
            gateway=gateway,
            state=str(told.get("state", UNKNOWN)),
            detail=str(told.get("detail", "")),
        )


def _links(site: Site, seen: Kept | None) -> Iterator[Link]:
    known = {str(one.get("name")): one for one in _listed(seen, "links")}
    route = site.express_route
    for circuit in route.circuits if route is not None else ():
        for name in circuit.labels:
            told = known.get(name, {})
            yield Link(
                name=name,
                state=str(told.get("state", UNKNOWN)),
                detail=str(told.get("detail", "")),
            )


def _verdict(looked: Kept | None) -> str:
    if looked is None:
        return NEVER
    if "error" in looked.document or looked.document.get("stale"):
        return UNDETERMINED
    return DRIFT if looked.document.get("drifted") else IN_SYNC


def _trouble(looked: Kept | None) -> str:
    if looked is None or _verdict(looked) != UNDETERMINED:
        return ""
    stale = "Azure's export was older than azure.max_age_days allows"
    return str(looked.document.get("error") or stale)


def _listed(kept: Kept | None, member: str) -> Iterator[Mapping[str, object]]:
    found = None if kept is None else kept.document.get(member)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping):
            yield one


def age(at: float | None, moment: float | None = None) -> str:
    """How long ago, in the largest unit that says enough: "3 h", "12 d"; "never" for None."""
    if at is None:
        return "never"
    seconds = max(0.0, (time.time() if moment is None else moment) - at)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit != "d" and seconds >= size):
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def document(one: Now) -> dict[str, object]:
    """One site of the `appliance/status/1` document."""
    names = ("tunnels", "links")
    rest = {name: getattr(one, name) for name in Now.__slots__ if name not in names}
    tunnels = [
        {"instance": t.instance, "gateway": t.gateway, "state": t.state, "detail": t.detail}
        for t in one.tunnels
    ]
    links = [{"name": each.name, "state": each.state, "detail": each.detail} for each in one.links]
    plain = {name: list(v) if isinstance(v, tuple) else v for name, v in rest.items()}
    return {**plain, "tunnels": tunnels, "links": links}
