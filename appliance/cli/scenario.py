"""Rehearsals that users keep: folders of a site, a configuration and what is expected of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from appliance import driver as drivers
from appliance.cli.common import FAILED, OK, UNDETERMINED, read_text
from appliance.cli.prediction import predict
from appliance.cli.rehearsed import rehearsed
from appliance.errors import UsageError
from appliance.inventory import document
from appliance.inventory.fault import failure
from appliance.inventory.load import load
from appliance.inventory.model import Site
from appliance.job import prepare
from appliance.model.failure import Kind
from appliance.record import dataclass
from appliance.report import rehearsal as report
from appliance.twin import Whole

SITE, RUNNING, EXPECTED = "site.yaml", "running.cfg", "expected.yaml"
WAYS = ("><", ">-", "-<", "--")
"""Arrives both ways, from the device's side only, from Azure's only, not at all."""
Found = tuple[str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must come of it. `findings` are kind, first field and whether it breaks; None: any.

    `survives`: whether all traffic outlives the loss of either instance; None: it is not tried.
    `failover`: whether it moves from a lost circuit to the VPN, and back; None: as before.
    `traffic` is what becomes of pairs of networks, as one of `WAYS`. `as_is`: without the change.
    """

    works: bool
    as_is: bool = False
    survives: bool | None = None
    failover: bool | None = None
    findings: frozenset[Found] | None = None
    traffic: tuple[tuple[str, str], ...] = ()

    @property
    def loses(self) -> bool:
        """Whether something has to be lost to see."""
        return self.survives is not None or self.failover is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One folder: what was expected otherwise, and the document of the rehearsal."""

    folder: str
    odd: tuple[str, ...]
    ran: bool
    document: dict[str, object]

    @property
    def code(self) -> int:
        """0 as expected, 1 not, 3 as far as rules can tell: no daemon can run here."""
        if self.odd:
            return FAILED
        return OK if self.ran else UNDETERMINED


def play(folder: str) -> Played:
    """Rehearse what a folder describes. Raises `UsageError`, `InventoryError` for what it lacks."""
    place = Path(folder)
    site, expected = _site(place / SITE), read(place / EXPECTED)
    job = prepare(site)
    held = place / RUNNING
    predicted = predict(
        job, read_text(str(held)) if held.exists() else None, change=not expected.as_is
    )
    found = rehearsed(job, predicted, losses=expected.loses)
    return Played(
        folder=folder,
        odd=tuple(_odd(expected, found)),
        ran=found.ran,
        document=report.document(site.name, predicted.how, found),
    )


def _site(path: Path) -> Site:
    if not path.exists():
        raise UsageError("there is no site in this folder", where=str(path), hint=_HINT)
    sites = tuple(load(path, drivers=drivers.names()).sites.values())
    if len(sites) != 1:
        raise UsageError(
            f"it has {len(sites)} sites, and a scenario is of one",
            where=str(path),
            hint="keep one site in it; others are scenarios of their own",
        )
    return sites[0]


_HINT = f"a scenario has {SITE}, {EXPECTED} and (unless the device holds nothing) {RUNNING}"


def read(path: Path) -> Expected:
    """What is expected. Raises `UsageError`, `InventoryError` with the place of what is wrong."""
    if not path.exists():
        raise UsageError("nothing is expected of this scenario", where=str(path), hint=_HINT)
    read_ = document.read(read_text(str(path)))
    if read_.faults:
        raise failure(str(path), read_.faults)
    root = read_.root
    if not isinstance(root, dict) or not isinstance(root.get("works"), bool):
        raise UsageError(
            "`works: true` or `works: false` must be said", where=str(path), hint=_KNOWN
        )
    odd = set(root) - {"works", "as_is", "survives", "failover", "findings", "traffic"}
    if odd:
        raise UsageError(f"{min(odd)!r} is not known here", where=str(path), hint=_KNOWN)
    return Expected(
        works=root["works"],
        as_is=root.get("as_is") is True,
        survives=_flag(root, "survives", path),
        failover=_flag(root, "failover", path),
        findings=_findings(root.get("findings"), path),
        traffic=tuple(_traffic(root.get("traffic") or {}, path)),
    )


_KNOWN = (
    "works, as_is, survives, failover, findings (kind, field, breaking) and traffic "
    "(`LOCAL <-> REMOTE: '><'`)"
)


def _flag(root: Mapping[str, object], name: str, path: Path) -> bool | None:
    value = root.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise UsageError(
        f"{name}: {value!r} is neither true nor false",
        where=str(path),
        hint=f"`{name}: true`, `{name}: false`, or nothing of it",
    )


def _findings(listed: object, path: Path) -> frozenset[Found] | None:
    if listed is None:
        return None
    found = []
    for one in listed if isinstance(listed, list) else [listed]:
        if not isinstance(one, dict) or one.get("kind") not in list(Kind):
            kinds = ", ".join(Kind)
            raise UsageError(f"no finding: {one!r}", where=str(path), hint=f"kinds: {kinds}")
        found.append(
            (str(one["kind"]), str(one.get("field", "")), one.get("breaking") is not False)
        )
    return frozenset(found)


def _traffic(listed: object, path: Path) -> Iterator[tuple[str, str]]:
    if not isinstance(listed, dict):
        raise UsageError("`traffic` is no mapping", where=str(path), hint=_KNOWN)
    for pair, ways in listed.items():
        if ways not in WAYS:
            hint = f"one of {', '.join(map(repr, WAYS))}, in quotes"
            raise UsageError(f"{pair}: {ways!r} is no way", where=str(path), hint=hint)
        yield str(pair), str(ways)


def _odd(expected: Expected, found: Whole) -> Iterator[str]:
    """What came otherwise, in words."""
    if found.works is not expected.works:
        yield f"it {'works' if found.works else 'does not work'}, which was not expected"
    joint = None if expected.survives is None else found.joint
    told = {
        (one.kind.value, one.fields[0] if one.fields else "", one.breaking)
        for rehearsal in (*found.tunnels, joint, found.failover)
        if rehearsal is not None
        for one in rehearsal.findings
    }
    wanted = told if expected.findings is None else expected.findings
    yield from (f"not found: {_words(one)}" for one in sorted(wanted - told))
    yield from (f"found, and not expected: {_words(one)}" for one in sorted(told - wanted))
    yield from _survival(expected, found)
    yield from _failover(expected, found)
    if found.ran:
        yield from _ways(expected, found)


def _survival(expected: Expected, found: Whole) -> Iterator[str]:
    """Whether a loss came out as expected; on a machine without daemons it stays open."""
    if expected.survives is None or not found.ran:
        return
    got = None if found.joint is None else found.joint.survives
    if got is not expected.survives:
        told = {True: "is survived", False: "is not survived", None: "could not be tried"}[got]
        yield f"the loss of an instance {told}, which was not expected"


def _failover(expected: Expected, found: Whole) -> Iterator[str]:
    """As `_survival`, for the site's circuits."""
    if expected.failover is None or not found.ran:
        return
    tried = found.failover
    got = None if tried is None or tried.crossed is None else tried.works
    if got is not expected.failover:
        why = "the site has no circuit" if tried is None else tried.why
        told = {True: "works", False: "does not work", None: f"could not be tried ({why})"}[got]
        yield f"the failover from the circuit {told}, which was not expected"


def _words(one: Found) -> str:
    kind, field, breaking = one
    return f"{kind} {field or 'without a field'} ({'breaking' if breaking else 'warning'})"


def _ways(expected: Expected, found: Whole) -> Iterator[str]:
    """Of several tunnels each must carry it."""
    for pair, ways in expected.traffic:
        for one in found.tunnels:
            got = report.ways(one).get(pair)
            if got is None:
                yield f"{pair}: never tried in {one.tunnel}"
            elif got != ways:
                yield f"{pair}: {got} in {one.tunnel}, not {ways}"
