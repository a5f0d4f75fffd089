"""A log read against all known words: what was said of whom, and what that weighs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from appliance.diagnose.azure import AZURE
from appliance.diagnose.cause import Diagnosis
from appliance.diagnose.notifies import NOTIFIES
from appliance.diagnose.order import in_time
from appliance.diagnose.ranking import Heard, passing, ranked
from appliance.diagnose.records import Record, records
from appliance.diagnose.stage import Stages
from appliance.diagnose.whose import Speaker, Whose
from appliance.diagnose.windows import WINDOWS
from appliance.model.failure import Symptom
from appliance.record import replace

_EVERYWHERE = (*WINDOWS, *AZURE, *NOTIFIES)
"""After a device's own words, which are the more telling."""


def diagnose(text: str, symptoms: Iterable[Symptom]) -> Diagnosis:
    """What the log says of each peer. `symptoms` are the words of the devices it may be of."""
    told = in_time(tuple(records(text)))
    index = _by_needle((*symptoms, *_EVERYWHERE))
    return Diagnosis(records=len(told), peers=ranked(_heard(told, index)))


_REACH = ".{0,600}"
"""What `.*` comes to: a line that was made to be slow costs a multiple of its length, no power."""
_AT_ONCE = 40
_NEAR = 5
"""Things with a meaning after one that names nobody, among which it may be named."""
_NOTHING: Mapping[str, str] = {}
_Index = Mapping[str, tuple[Symptom, ...]]


def _by_needle(symptoms: tuple[Symptom, ...]) -> _Index:
    found: dict[str, list[Symptom]] = {}
    for symptom in symptoms:
        found.setdefault(symptom.needle, []).append(symptom)
    return {needle: tuple(ones) for needle, ones in found.items()}


def _heard(told: Sequence[Record], index: _Index) -> list[Heard]:
    whose, stages = Whose(), Stages()
    heard: list[tuple[Heard, Speaker]] = []
    for at, record, low, some in _lowered(told, index):
        found = _best(record.text, low, some)
        symptom, groups = found or (None, _NOTHING)
        speaker = whose.of(
            low,
            groups.get("peer", "").strip(".") or None,
            about=symptom is not None,
            passing=symptom is not None and passing(symptom, groups),
        )
        stage = stages.of(low, speaker.thread, speaker.peer)
        if symptom is not None:
            one = Heard(
                at=at, record=record, symptom=symptom, groups=groups, peer=None, stage=stage
            )
            heard.append((one, speaker))
    settled = [replace(one, peer=whose.settled(speaker)) for one, speaker in heard]
    return list(_with_next(settled))


def _lowered(told: Sequence[Record], index: _Index) -> Iterator[tuple[int, Record, str, _Index]]:
    """Each record with its place, its text in lower case, and the needles that it may hold.

    A few records at once are searched for all needles: most logs are about other things.
    """
    for start in range(0, len(told), _AT_ONCE):
        block = told[start : start + _AT_ONCE]
        lows = [record.text.lower() for record in block]
        joined = "\n".join(lows)
        some = {needle: ones for needle, ones in index.items() if needle in joined}
        for at, (record, low) in enumerate(zip(block, lows, strict=True), start=start + 1):
            yield at, record, low, some


def _with_next(heard: list[Heard]) -> Iterator[Heard]:
    """What names nobody, nor do the lines before it, is about whom the next thing names."""
    for at, one in enumerate(heard):
        if one.peer is None and not passing(one.symptom, one.groups):
            near = (other.peer for other in heard[at + 1 : at + _NEAR] if other.symptom.kinds)
            yield replace(one, peer=next(filter(None, near), None))
        else:
            yield one


def _best(text: str, low: str, index: _Index) -> tuple[Symptom, Mapping[str, str]] | None:
    """The most telling symptom of one record, the first of equals, and what its groups caught."""
    best: tuple[Symptom, Mapping[str, str]] | None = None
    for needle in [needle for needle in index if needle in low]:
        for symptom in index[needle]:
            if best is not None and symptom.weight <= best[0].weight:
                continue
            groups = _caught(symptom, text)
            if groups is not None:
                best = symptom, groups
    return best


def _caught(symptom: Symptom, text: str) -> Mapping[str, str] | None:
    if not symptom.pattern:
        return {}
    found = _compiled(symptom.pattern).search(text)
    if found is None:
        return None
    return {name: value.strip() for name, value in found.groupdict().items() if value}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(".*", _REACH), re.IGNORECASE)
