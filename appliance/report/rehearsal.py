"""Rehearsals as the `appliance/rehearsal/1` document and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.report import bgp, failover, joint, sizes
from appliance.report.finding import DIALLED, finding_document, finding_lines
from appliance.twin.rehearsal import Rehearsal
from appliance.twin.scenario import Attempt, Passage, Probe, Sa, Try
from appliance.twin.whole import Whole

SCHEMA = "appliance/rehearsal/1"

NEVER_PROVEN = (
    "it is strongSwan at both ends, neither Azure's IKE nor the device's: what works here may "
    "still fail there, what fails here will fail",
    "lifetimes differ without harm here, and each end keeps its own",
    "the device may refuse a command; hardware limits, the real path's MTU, throughput, "
    "ESP without UDP",
)
"""What a rehearsal leaves open, whatever its outcome."""
_UNTRIED = (
    "no daemon has tried it: rules know what is known to fail, and no more",
    *NEVER_PROVEN[1:],
)


def document(site: str, prediction: str, whole: Whole) -> dict[str, object]:
    """One site; `daemons` is false for a tunnel that was judged by rules alone."""
    return {
        "schema": SCHEMA,
        "site": site,
        "works": whole.works,
        "prediction": prediction,
        "tunnels": [_tunnel(one) for one in whole.tunnels],
        "together": joint.document(whole.joint),
        "express_route": failover.document(whole.failover),
        "unproven": list(NEVER_PROVEN if whole.ran else _UNTRIED),
    }


def _tunnel(one: Rehearsal) -> dict[str, object]:
    outcome = one.outcome
    return {
        "tunnel": one.tunnel,
        "gateway": None if one.gateway is None else str(one.gateway),
        "works": one.works,
        "daemons": outcome is not None,
        "why_not": one.why or None,
        "findings": [finding_document(found) for found in one.findings],
        "attempts": {
            "device": _attempt(outcome.device if outcome else None, one.probes),
            "azure": _attempt(outcome.azure if outcome else None, one.probes),
        },
        "unproven": list(one.unproven),
    }


def _attempt(attempt: Attempt | None, probes: Sequence[Probe]) -> dict[str, object] | None:
    """None where that end does not dial, or no daemon ran."""
    if attempt is None:
        return None
    return {
        "ike": attempt.ike or None,
        "children": [_child(sa) for sa in attempt.sas],
        "child_rekey": _renewed(attempt.child_rekey),
        "ike_rekey": _renewed(attempt.ike_rekey),
        "bgp": bgp.document(attempt.talk),
        "sizes": sizes.document(attempt.fits),
        "pairs": [
            _pair(probe, passage) for probe, passage in zip(probes, attempt.passages, strict=False)
        ],
    }


def _child(sa: Sa) -> dict[str, object]:
    return {"ours": list(sa.ours), "theirs": list(sa.theirs), "algorithms": sa.algorithms}


def _renewed(tried: Try | None) -> bool | None:
    return None if tried is None else tried.error is None


def _pair(probe: Probe, passage: Passage) -> dict[str, object]:
    return {
        "local": probe.local,
        "remote": probe.remote,
        "permitted": probe.permitted,
        "device_to_azure": passage.out,
        "azure_to_device": passage.back,
        "clear_packets": passage.out_leaks + passage.back_leaks,
    }


def brief(site: str, whole: Whole) -> Iterator[str]:
    """One of many sites: the verdict, and what was found."""
    yield _verdict(site, whole)
    for one in whole.tunnels:
        for found in one.findings:
            yield from finding_lines(found)
    for more in (whole.joint, whole.failover):
        for found in () if more is None else more.findings:
            yield from finding_lines(found)


def _verdict(site: str, whole: Whole) -> str:
    verdict = "would work" if whole.works else "would not work"
    return f"{site}: {verdict}{'' if whole.ran else ' (by rules alone, no daemon ran)'}"


def lines(site: str, prediction: str, whole: Whole) -> Iterator[str]:
    """The verdict first, then each tunnel, then what stays unproven."""
    yield _verdict(site, whole)
    yield f"  rehearsed: {prediction}"
    for one in whole.tunnels:
        yield from _tunnel_lines(one)
    yield from joint.lines(whole.joint)
    yield from failover.lines(whole.failover)
    yield "not proven by this:"
    circuits = () if whole.failover is None else whole.failover.unproven
    told = (*(text for one in whole.tunnels for text in one.unproven), *circuits)
    every = (*dict.fromkeys(told), *(NEVER_PROVEN if whole.ran else _UNTRIED))
    yield from (f"  {text}" for text in every)


def _tunnel_lines(one: Rehearsal) -> Iterator[str]:
    yield f"{one.tunnel} with {one.gateway or 'no gateway'}: {'works' if one.works else 'fails'}"
    if one.why:
        yield f"  by rules alone: {one.why}"
    for found in one.findings:
        yield from finding_lines(found)
    if one.outcome is None:
        return
    yield from _attempt_lines("device", one.outcome.device)
    yield from _attempt_lines("azure", one.outcome.azure)
    yield from _matrix(one)


def _attempt_lines(end: str, attempt: Attempt | None) -> Iterator[str]:
    if attempt is None:
        yield f"  {DIALLED[end]}: it does not"
        return
    yield f"  {DIALLED[end]}: IKE SA {attempt.ike or 'none'}"
    for sa in attempt.sas:
        yield f"    child SA {','.join(sa.ours)} <-> {','.join(sa.theirs)}  {sa.algorithms}"
    told = {"child SA": attempt.child_rekey, "IKE SA": attempt.ike_rekey}
    done = [f"{what} {'ok' if _renewed(t) else 'FAILED'}" for what, t in told.items() if t]
    if done:
        yield f"    new keys: {', '.join(done)}"
    yield from bgp.lines(attempt.talk)
    yield from sizes.lines(attempt.fits)


def ways(one: Rehearsal) -> dict[str, str]:
    """`LOCAL <-> REMOTE` -> which ways it arrives (`><`, `>-`, `-<`, `--`); no SA carries none."""
    arrows = list(map(_arrows, _decided(one))) or ["--"] * len(one.probes)
    return {
        f"{probe.local} <-> {probe.remote}": way
        for probe, way in zip(one.probes, arrows, strict=False)
    }


def _decided(one: Rehearsal) -> Sequence[Passage]:
    """What became of the probes in the attempt that decides."""
    attempts = (one.outcome.device, one.outcome.azure) if one.outcome else ()
    return next((known.passages for known in attempts if known and known.passages), ())


def _arrows(passage: Passage) -> str:
    return f"{'>' if passage.out else '-'}{'<' if passage.back else '-'}"


def _matrix(one: Rehearsal) -> Iterator[str]:
    """Pairs as the deciding attempt saw them."""
    passages = _decided(one)
    if not passages:
        return
    yield "  traffic (> from the device's side, < from Azure's):"
    for probe, passage in zip(one.probes, passages, strict=False):
        leaks = passage.out_leaks + passage.back_leaks
        clear = f"  {leaks} packets in clear" if leaks else ""
        told = (
            clear if probe.permitted else f"  not for this tunnel{' (Internet)' if leaks else ''}"
        )
        yield f"    {_arrows(passage)}  {probe.local} <-> {probe.remote}{told}"
