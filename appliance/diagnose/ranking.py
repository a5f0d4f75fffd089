"""What was heard, put together: one answer for each peer, the most telling cause first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from appliance.diagnose.cause import Cause, Evidence, Peer
from appliance.diagnose.order import seconds_between
from appliance.diagnose.records import Record
from appliance.diagnose.stage import Stage
from appliance.diagnose.whose import connection
from appliance.model.failure import Kind, Symptom, Weight
from appliance.record import dataclass, replace
from appliance.secrets.redact import REDACTOR

_SHOWN = 300
_AFTERMATH = frozenset({Kind.CLOSED, Kind.STALE, Kind.PEER_LOST, Kind.NO_ANSWER, Kind.BGP})
"""What an earlier failure brings about: of equals the other comes first."""
_PASSING = frozenset({Kind.TRAFFIC, Kind.LEAK})
"""What every firewall writes all day: of equals it comes last."""
_GROUP = (Kind.IKE_PROPOSAL,)
_WHOLE = frozenset({Kind.LINE, Kind.RESTART, Kind.CHANGED, Kind.LIMIT})
"""What befalls the whole device, and every tunnel it has."""
_SOON, _SOON_SECONDS = 60, 600
"""In which what such an event brings about is to be seen: records, seconds where times are told."""


_HALF_WAY = (
    "the first exchange is answered on UDP 500, the next is not: UDP 4500 is filtered on the way, "
    "or the peer refuses in silence"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A record with a meaning, its place in time, and of whom it speaks."""

    at: int
    record: Record
    symptom: Symptom
    groups: Mapping[str, str]
    peer: str | None
    stage: Stage | None = None


def passing(symptom: Symptom, groups: Mapping[str, str]) -> bool:
    """Whether it tells nothing of whom the lines around it are about.

    What befalls the whole device, what a firewall drops, and a state that is told with its peer.
    """
    if not symptom.kinds:
        return symptom.weight is Weight.PRECISE and "peer" in groups
    return symptom.kinds[0] in _WHOLE or _dropped(symptom)


def _dropped(symptom: Symptom) -> bool:
    return symptom.weight is Weight.CONSEQUENCE and symptom.kinds[0] in _PASSING


def ranked(heard: Iterable[Heard]) -> tuple[Peer, ...]:
    """Peers with something wrong, the most telling first; then those that only came up."""
    by_peer: dict[str | None, list[Heard]] = {}
    for one in _telling(list(heard)):
        by_peer.setdefault(one.peer, []).append(one)
    _brought_about(by_peer)
    peers = [_peer(address, ones) for address, ones in _with_strays(by_peer).items()]
    return tuple(sorted((one for one in peers if one.causes or one.up), key=_urgency))


def _telling(heard: list[Heard]) -> list[Heard]:
    """Without a firewall's daily work, where there is anything else."""
    more = [one for one in heard if not (one.symptom.kinds and _dropped(one.symptom))]
    return more or heard


def _brought_about(by_peer: dict[str | None, list[Heard]]) -> None:
    """What befell the whole device is the cause of what it brought about soon after.

    Where nothing came of it, it is told only if there is nothing else to tell.
    """
    whole = [one for one in by_peer.get(None, ()) if _befell(one)]
    if not whole:
        return
    nobodys = [one for one in by_peer.pop(None) if not _befell(one)]
    if nobodys:
        by_peer[None] = nobodys
    for ones in by_peer.values():
        ones += [_likely(one) for one in whole if _followed(one, ones)]
        ones.sort(key=lambda one: one.at)
    if not by_peer:
        by_peer[None] = whole


def _befell(one: Heard) -> bool:
    kinds = one.symptom.kinds
    return one.symptom.weight is Weight.CONSEQUENCE and bool(kinds) and kinds[0] in _WHOLE


def _followed(cause: Heard, ones: list[Heard]) -> bool:
    """Whether what this peer's tunnel says next is what such a thing brings about."""
    at = cause.at
    after = next((one for one in ones if one.at > at), None)
    if after is None:
        return cause.symptom.kinds[0] is Kind.RESTART and any(map(_came_up, ones))
    passed = seconds_between(cause.record, after.record)
    soon = after.at - at <= _SOON if passed is None else 0 <= passed <= _SOON_SECONDS
    return soon and bool(after.symptom.kinds) and after.symptom.kinds[0] in _AFTERMATH


def _likely(one: Heard) -> Heard:
    return replace(one, symptom=replace(one.symptom, weight=Weight.LIKELY))


def _with_strays(by_peer: dict[str | None, list[Heard]]) -> dict[str | None, list[Heard]]:
    """What was said of nobody is about the only peer there is."""
    if None in by_peer and len(by_peer) == 2:  # noqa: PLR2004 -- nobody and one
        strays = by_peer.pop(None)
        (only,) = by_peer
        by_peer[only] = sorted((*strays, *by_peer[only]), key=lambda one: one.at)
    return by_peer


def _urgency(peer: Peer) -> tuple[bool, bool, int, bool, int]:
    first = peer.causes[0] if peer.causes else None
    weight, count = (0, 0) if first is None else (first.weight, first.count)
    return peer.up, not peer.causes, -weight, peer.address is not None, -count


def _on_the_way(one: Heard, after: Sequence[Heard]) -> bool:
    """Whether it is a step of a negotiation that went well: another group was asked for, and given.

    RFC 7296, 1.2: INVALID_KE_PAYLOAD is answered by a second try.
    """
    if one.symptom.weight is not Weight.CONSEQUENCE or one.symptom.kinds[:1] != _GROUP:
        return False
    told = (other for other in after if other.symptom.kinds != one.symptom.kinds)
    ended = next((other for other in told if other.symptom.kinds or _came_up(other)), None)
    return ended is not None and _came_up(ended)


def _peer(address: str | None, ones: list[Heard]) -> Peer:
    ones = [one for at, one in enumerate(ones) if not _on_the_way(one, ones[at + 1 :])]
    last_up = max((one.at for one in ones if _came_up(one)), default=0)
    last_bad = max((one.at for one in ones if one.symptom.kinds), default=0)
    return Peer(
        address=address,
        connection=next(filter(None, (connection(one.record.text) for one in ones)), None),
        causes=tuple(_causes(ones)),
        up=last_up > last_bad,
    )


def _came_up(one: Heard) -> bool:
    return not one.symptom.kinds and one.symptom.weight is Weight.PRECISE


def _causes(ones: list[Heard]) -> Iterator[Cause]:
    """One for each first kind. What only may mean another that was told precisely is part of it."""
    groups: dict[Kind, list[Heard]] = {}
    for one in _in_time(ones):
        groups.setdefault(one.symptom.kinds[0], []).append(one)
    merged: dict[Kind, list[Heard]] = {}
    for kind, some in groups.items():
        merged.setdefault(_settled(kind, some, groups), []).extend(some)
    for kind, some in sorted(merged.items(), key=lambda item: _order(*item)):
        yield _cause(kind, sorted(some, key=lambda one: one.at))


def _in_time(ones: list[Heard]) -> Iterator[Heard]:
    """What went wrong, with the meaning that it has after what went before it.

    A child SA refused while the IKE SA stands is a refused renewal: PFS first acts there. Who does
    not answer after the tunnel was up, no longer answers.
    """
    was_up = standing = silent = False
    for one in ones:
        kinds = one.symptom.kinds
        if not kinds:
            standing = one.symptom.weight is not Weight.LIKELY
            was_up, silent = was_up or standing, False
            continue
        known = _first(kinds, _state(one, standing=standing, was_up=was_up, silent=silent))
        silent = kinds[0] is Kind.NO_ANSWER or (silent and known is Kind.NO_ANSWER)
        yield _meaning(one, (known, *(kind for kind in kinds if kind is not known)))


def _state(one: Heard, *, standing: bool, was_up: bool, silent: bool) -> Iterator[Kind]:
    """What it means where it happened; the first that its words allow for counts."""
    kinds = one.symptom.kinds
    if standing and Kind.REKEY in kinds:
        yield Kind.REKEY
    if was_up and kinds[0] is Kind.NO_ANSWER:
        yield Kind.PEER_LOST
    if silent and Kind.NO_ANSWER in kinds:
        yield Kind.NO_ANSWER
    if one.stage in (Stage.AUTH, Stage.CHILD) and kinds[0] is Kind.IKE_PROPOSAL:
        yield from (kind for kind in kinds if kind is Kind.ESP_PROPOSAL)


def _first(kinds: tuple[Kind, ...], known: Iterator[Kind]) -> Kind:
    return next(known, kinds[0])


def _meaning(one: Heard, kinds: tuple[Kind, ...]) -> Heard:
    return replace(one, symptom=replace(one.symptom, kinds=kinds, says=_says(one, kinds[0])))


def _says(one: Heard, kind: Kind) -> str:
    if kind is Kind.NO_ANSWER and one.stage is Stage.AUTH:
        return _HALF_WAY
    return one.symptom.says


def _settled(kind: Kind, some: list[Heard], groups: Mapping[Kind, list[Heard]]) -> Kind:
    """What words with several meanings come to, beside others that leave fewer."""
    weight = _weight(some)
    shared = [set(one.symptom.kinds) for one in some if one.symptom.weight is weight]
    for other in some[0].symptom.kinds:
        clearer = groups.get(other, ())
        if (
            other is not kind
            and clearer
            and all(other in kinds for kinds in shared)
            and _weight(clearer) >= weight
            and all(kind not in one.symptom.kinds for one in clearer)
        ):
            return other
    return kind


def _weight(some: Sequence[Heard]) -> Weight:
    return max(one.symptom.weight for one in some)


def _order(kind: Kind, some: list[Heard]) -> tuple[int, int, int]:
    late = 2 if kind in _PASSING else 1 if kind in _AFTERMATH else 0
    late -= kind is Kind.CONFIGURATION  # what was not loaded is missed afterwards
    return -_weight(some), late, -max(one.at for one in some)


def _cause(kind: Kind, some: list[Heard]) -> Cause:
    best = max(some, key=lambda one: one.symptom.weight)
    precise = best.symptom.weight is Weight.PRECISE
    shown = [best, some[-1]] if some[-1] is not best else [best]
    return Cause(
        kind=kind,
        weight=best.symptom.weight,
        says=best.symptom.says,
        instead=() if precise else tuple(k for k in best.symptom.kinds if k is not kind),
        received=_told(some, "received"),
        wanted=_told(some, "wanted"),
        count=len(some),
        evidence=tuple(map(_evidence, shown)),
    )


def _told(some: list[Heard], group: str) -> str:
    return next((REDACTOR.mask(one.groups[group]) for one in some if group in one.groups), "")


def _evidence(one: Heard) -> Evidence:
    return Evidence(line=one.record.number, text=REDACTOR.mask(one.record.text.strip())[:_SHOWN])
