"""Why a tunnel is down: as the `appliance/diagnosis/1` document and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.diagnose import Cause, Diagnosis, Peer
from appliance.diagnose.advice import ADVICE
from appliance.model.failure import Kind
from appliance.report.finding import finding_document, finding_lines
from appliance.twin.finding import Finding

SCHEMA = "appliance/diagnosis/1"
_EACH = 3
"""Peers that are just up and have a line each; of more there is one for all."""
_WHOLE = frozenset({Kind.LINE, Kind.RESTART, Kind.CHANGED, Kind.LIMIT})
_SURE = {1: "what followed", 2: "likely", 3: "precise"}


def document(source: str, told: Diagnosis, known: Sequence[Finding] = ()) -> dict[str, object]:
    """One log, with what the configuration says of the same (`known`)."""
    return {
        "schema": SCHEMA,
        "source": source,
        "records": told.records,
        "peers": [_peer(peer) for peer in told.peers],
        "configuration": [finding_document(one) for one in known],
    }


def _peer(peer: Peer) -> dict[str, object]:
    return {
        "address": peer.address,
        "connection": peer.connection,
        "up": peer.up,
        "causes": [_cause(cause) for cause in peer.causes],
    }


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "kind": cause.kind.value,
        "certainty": cause.weight.name.lower(),
        "says": cause.says,
        "instead": [kind.value for kind in cause.instead],
        "received": cause.received or None,
        "wanted": cause.wanted or None,
        "count": cause.count,
        "evidence": [{"line": one.line, "text": one.text} for one in cause.evidence],
        "advice": ADVICE[cause.kind],
    }


def lines(source: str, told: Diagnosis, known: Sequence[Finding] = ()) -> Iterator[str]:
    """One line of root cause for each peer, then what it rests on and what to do."""
    if not told.peers:
        yield f"{source}: {_counted(told.records)}"
    quiet = [peer for peer in told.peers if not peer.causes]
    many = len(quiet) > _EACH
    for peer in told.peers:
        if peer.causes or not many:
            yield from _peer_lines(source, peer, known)
    if many:
        yield f"{source}: {len(quiet)} peers are up, and nothing speaks against them"
    kinds = {peer.causes[0].kind for peer in told.peers if peer.causes}
    others = [one for one in known if one.breaking and one.kind not in kinds]
    if others:
        yield "the configuration says besides:"
        for one in others:
            yield from finding_lines(one)


def _counted(records: int) -> str:
    match records:
        case 0:
            return "it is empty"
        case 1:
            return "1 record, and it tells of no tunnel"
        case _:
            return f"{records} records, and none of them tells of a tunnel"


def _peer_lines(source: str, peer: Peer, known: Sequence[Finding]) -> Iterator[str]:
    whom = f"{source}{_whom(peer)}"
    if not peer.causes:
        yield f"{whom}: up, and nothing speaks against it"
        return
    first, *rest = peer.causes
    now = "up now; before: " if peer.up else ""
    yield f"{whom}: {now}{first.kind}: {first.says}"
    yield from _details(first)
    for one in known:
        if one.kind is first.kind:
            yield "  the configuration says the same:"
            yield from finding_lines(one)
    yield f"  what to do: {ADVICE[first.kind]}"
    for cause in rest:
        yield f"  also: {cause.kind}: {cause.says} (line {cause.evidence[0].line}, {cause.count}x)"


def _whom(peer: Peer) -> str:
    """Whom it is about; nobody where it befell the whole device."""
    if peer.address is None and peer.causes and peer.causes[0].kind in _WHOLE:
        return ""
    name = f" ({peer.connection})" if peer.connection else ""
    return f": {peer.address or 'a peer that is not named'}{name}"


def _details(cause: Cause) -> Iterator[str]:
    if cause.received:
        yield f"  offered: {cause.received}"
    if cause.wanted:
        yield f"  taken here: {cause.wanted}"
    if cause.instead:
        yield f"  the same words may mean: {_listed(cause.instead)}"
    times = f", {cause.count} times" if cause.count > 1 else ""
    yield f"  {_SURE[cause.weight]}{times}:"
    for one in cause.evidence:
        yield f"    line {one.line}: {one.text}"


def _listed(kinds: Sequence[Kind]) -> str:
    return ", ".join(kind.value for kind in kinds)
