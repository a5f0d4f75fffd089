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
    kind = first.causes[0].kind.value if first.causes else "works"
    assert (kind, first.up) == (log.kind, log.up)
    if log.peer is not None:
        assert first.address == log.peer


@pytest.mark.parametrize("log", ALL, ids=lambda log: log.name)
def test_the_evidence_stands_in_the_log(log: Log) -> None:
    told = diagnose(log.text, WORDS)
    for peer in told.peers:
        for cause in peer.causes:
            assert cause.says
            for one in cause.evidence:
                assert 1 <= one.line <= max(len(log.text.splitlines()), told.records)


@pytest.mark.parametrize("log", ALL, ids=lambda log: log.name)
def test_carriage_returns_and_a_relays_prefix_change_nothing(log: Log) -> None:
    if "azure" in log.source:
        return
    relayed = "".join(f"{line}\r\n" for line in log.text.splitlines())
    assert diagnose(relayed, WORDS).peers == diagnose(log.text, WORDS).peers


BESIDE = (
    "%NTP-6-PEERREACH: Peer 10.9.9.9 is reachable",
    "sshd[4711]: Failed password for root from 10.9.9.8 port 4711 ssh2",
    "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: ops] [Source: 10.9.9.7] [localport: 22]",
    '%ASA-4-106023: Deny tcp src outside:10.9.9.6/4711 dst inside:10.9.9.5/23 by access-group "IN"',
    "%ASA-6-605005: Login permitted from 10.9.9.4/4711 to inside:10.9.9.3/ssh for user",
    "dhclient[80]: DHCPREQUEST for 10.9.9.2 on eth0 to 10.9.9.1 port 67",
)
"""What every machine logs all day."""
GOES_ON = (" ", "\t", "Proposal", "ESP:", "AH:")
"""How a line begins that belongs to the one before it."""


@pytest.mark.parametrize(
    "log",
    [log for log in ALL if log.source.endswith(("ios", "asa", "junos"))],
    ids=lambda log: log.name,
)
def test_what_a_device_logs_beside_it_changes_nothing(log: Log) -> None:
    mixed = "".join(
        line if line.startswith(GOES_ON) else f"{BESIDE[at % len(BESIDE)]}\n{line}"
        for at, line in enumerate(log.text.splitlines(keepends=True))
    )
    first, again = diagnose(log.text, WORDS).peers[0], diagnose(mixed, WORDS).peers[0]
    assert again.address == first.address
    assert [cause.kind for cause in again.causes] == [cause.kind for cause in first.causes]
