"""A log read against all known words: what was said of whom, and what that weighs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from appliance.diagnose.azure import AZURE
from appliance.diagnose.cause import Diagnosis
from appliance.diagnose.notifies import NOTIFIES
from appliance.diagnose.ranking import Heard, ranked
from appliance.diagnose.records import Record, records
from appliance.diagnose.whose import Speaker, Whose
from appliance.diagnose.windows import WINDOWS
from appliance.model.failure import Symptom

_EVERYWHERE = (*WINDOWS, *AZURE, *NOTIFIES)
"""After a device's own words, which are the more telling."""


def diagnose(text: str, symptoms: Iterable[Symptom]) -> Diagnosis:
    """What the log says of each peer. `symptoms` are the words of the devices it may be of."""
    told = tuple(records(text))
    index = _by_needle((*symptoms, *_EVERYWHERE))
    return Diagnosis(records=len(told), peers=ranked(_heard(told, index)))


_REACH = ".{0,600}"
"""What `.*` comes to: a line that was made to be slow costs a multiple of its length, no power."""
_NOTHING: Mapping[str, str] = {}
_Index = Mapping[str, tuple[Symptom, ...]]


def _by_needle(symptoms: tuple[Symptom, ...]) -> _Index:
    found: dict[str, list[Symptom]] = {}
    for symptom in symptoms:
        found.setdefault(symptom.needle, []).append(symptom)
    return {needle: tuple(ones) for needle, ones in found.items()}


def _heard(told: Iterable[Record], index: _Index) -> list[Heard]:
    whose = Whose()
    heard: list[tuple[Record, Symptom, Mapping[str, str], Speaker]] = []
    for record in told:
        low = record.text.lower()
        found = _best(record.text, low, index)
        symptom, groups = found or (None, _NOTHING)
        speaker = whose.of(low, groups.get("peer"))
        if symptom is not None:
            heard.append((record, symptom, groups, speaker))
    return [
        Heard(record=record, symptom=symptom, groups=groups, peer=whose.settled(speaker))
        for record, symptom, groups, speaker in heard
    ]


def _best(text: str, low: str, index: _Index) -> tuple[Symptom, Mapping[str, str]] | None:
    """The most telling symptom of one record, the first of equals, and what its groups caught."""
    best: tuple[Symptom, Mapping[str, str]] | None = None
    for needle, symptoms in index.items():
        if needle not in low:
            continue
        for symptom in symptoms:
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
