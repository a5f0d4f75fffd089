"""Rules on the IKE SA: version, proposals, lifetime, liveness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.compare.finding import Algorithm, Finder, lifetime, tokens
from appliance.compare.settle import within
from appliance.model.algorithms import Strength
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.tunnel import Dpd, IkeProposal, Tunnel

WORDS = {"encryption": "cipher", "integrity": "hash", "prf": "PRF", "groups": "DH group"}


def ike(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """Version, proposals, lifetime and liveness check of the IKE SA."""
    ours, theirs = wanted.ike, running.ike
    if ours.version is not theirs.version:
        reason = f"Azure speaks IKEv{ours.version:d} on this connection, it cannot be changed there"
        yield finder.breaking("ike.version", int(ours.version), int(theirs.version), reason)
    else:
        yield from _ike_proposals(finder, ours.proposals[0], theirs.proposals)
    if ours.dpd != theirs.dpd:
        yield _dpd(finder, ours.dpd, theirs.dpd)


def _dpd(finder: Finder, ours: Dpd | None, theirs: Dpd | None) -> Difference:
    if theirs is None:
        reason = "no liveness check: routes stay in a tunnel whose other end is gone"
        return finder.warning("ike.dpd", _dpd_value(ours), None, reason)
    reason = "liveness is checked at another pace; each side has its own"
    return finder.information("ike.dpd", _dpd_value(ours), _dpd_value(theirs), reason)


def _dpd_value(dpd: Dpd | None) -> object:
    if dpd is None:
        return None
    kind = "on-demand" if dpd.on_demand else "periodic"
    return {
        "delay_seconds": dpd.delay_seconds,
        "retry_seconds": dpd.retry_seconds,
        "timeout_seconds": dpd.timeout_seconds,
        "kind": kind,
    }


def _ike_proposals(
    finder: Finder, wanted: IkeProposal, running: Sequence[IkeProposal]
) -> Iterator[Difference]:
    if not running:
        reason = "the device offers nothing for the IKE SA"
        yield finder.breaking("ike.proposals", _describe(wanted), [], reason)
        return
    matching = [proposal for proposal in running if within(wanted, proposal)]
    nearest = matching[0] if matching else min(running, key=lambda p: len(_lacks(wanted, p)))
    finder = finder.of(nearest.name)
    for field in _lacks(wanted, nearest):
        ours, theirs = getattr(wanted, field), getattr(nearest, field)
        reason = f"no common {WORDS[field]} for the IKE SA: it cannot come up"
        yield finder.breaking(f"ike.proposals.{field}", tokens(ours), tokens(theirs), reason)
    if nearest.lifetime_seconds != wanted.lifetime_seconds and nearest.name not in finder.shared:
        values = (wanted.lifetime_seconds, nearest.lifetime_seconds)
        yield lifetime(finder, "ike.proposals.lifetime_seconds", values)
    for proposal in running:
        if proposal is nearest or proposal.name not in finder.shared:
            yield from _extras(finder, wanted, proposal, chosen=proposal is nearest)


def _lacks(wanted: IkeProposal, proposal: IkeProposal) -> list[str]:
    """Fields in which the proposal has not what is wanted; a PRF that follows its hash is it."""
    fields = [f for f in WORDS if set(getattr(wanted, f)) - set(getattr(proposal, f))]
    follows = [str(i) for i in proposal.integrity] == [str(p) for p in proposal.prf]
    if "integrity" in fields and "prf" in fields and follows:
        fields.remove("prf")
    return fields


def _extras(
    finder: Finder, wanted: IkeProposal, proposal: IkeProposal, *, chosen: bool
) -> Iterator[Difference]:
    """What else the device offers: the peer may pick it, so weaker is a security matter."""
    if not chosen:
        weaker = _weakest(proposal) < _weakest(wanted)
        severity = Severity.WARNING if weaker else Severity.INFORMATION
        reason = "a further proposal" + (", weaker than what Azure needs" if weaker else "")
        path = f"ike.proposals.{proposal.name}"
        yield finder.found(severity, path, (None, _describe(proposal)), reason, Verdict.EXTRA)
        return
    for field, word in WORDS.items():
        more = [a for a in getattr(proposal, field) if a not in getattr(wanted, field)]
        same = field == "prf" and tokens(more) == tokens(
            [i for i in proposal.integrity if i not in wanted.integrity]
        )
        if more and set(getattr(wanted, field)) <= set(getattr(proposal, field)) and not same:
            yield _extra_values(
                finder, f"ike.proposals.{field}", word, more, getattr(wanted, field)
            )


def _extra_values(
    finder: Finder, path: str, word: str, more: Sequence[Algorithm], wanted: Sequence[Algorithm]
) -> Difference:
    floor = min((algorithm.strength for algorithm in wanted), default=Strength.STRONG)
    weaker = any(algorithm.strength < floor for algorithm in more)
    severity = Severity.WARNING if weaker else Severity.INFORMATION
    reason = f"the device also offers another {word}" + (", a weaker one" if weaker else "")
    values = (tokens(wanted), tokens([*wanted, *more]))
    return finder.found(severity, path, values, reason, Verdict.EXTRA)


def _weakest(proposal: IkeProposal) -> Strength:
    parts: tuple[Algorithm, ...] = (
        *proposal.encryption,
        *proposal.integrity,
        *proposal.prf,
        *proposal.groups,
    )
    return min((algorithm.strength for algorithm in parts), default=Strength.WEAK)


def _describe(proposal: IkeProposal) -> dict[str, object]:
    return {field: tokens(getattr(proposal, field)) for field in WORDS}
