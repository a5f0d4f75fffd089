"""The cause that is named first, over all written logs."""

from __future__ import annotations

import pytest

from appliance import driver as drivers
from appliance.diagnose import diagnose
from appliance.model.failure import Symptom
from tests.diagnose.corpus import Log, logs

ALL: tuple[Log, ...] = tuple(logs())
WORDS: tuple[Symptom, ...] = tuple(
    symptom for name in drivers.names() for symptom in drivers.load(name).symptoms()
)


def test_the_corpus_is_large_and_of_every_device_and_azure() -> None:
    assert len(ALL) >= 150
    assert {log.source for log in ALL} >= {*drivers.names(), "azure"}
    assert len({log.name for log in ALL}) == len(ALL)


@pytest.mark.parametrize("log", ALL, ids=lambda log: log.name)
def test_the_cause_is_named_first(log: Log) -> None:
    first = diagnose(log.text, WORDS).peers[0]
    assert (first.causes[0].kind.value, first.up) == (log.kind, log.up)
    if log.peer is not None:
        assert first.address == log.peer


@pytest.mark.parametrize("log", ALL, ids=lambda log: log.name)
def test_the_evidence_stands_in_the_log(log: Log) -> None:
    lines = log.text.splitlines()
    for peer in diagnose(log.text, WORDS).peers:
        for cause in peer.causes:
            assert cause.says
            for one in cause.evidence:
                assert 1 <= one.line <= max(len(lines), 4)


@pytest.mark.parametrize("log", ALL, ids=lambda log: log.name)
def test_carriage_returns_and_a_relays_prefix_change_nothing(log: Log) -> None:
    if "azure" in log.source:
        return
    relayed = "".join(f"{line}\r\n" for line in log.text.splitlines())
    assert diagnose(relayed, WORDS).peers == diagnose(log.text, WORDS).peers
