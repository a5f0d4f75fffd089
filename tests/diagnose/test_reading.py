"""Logs as they are found: long, mixed, broken, with keys in them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from appliance.diagnose import diagnose
from appliance.model.failure import Kind, Weight, follows, likely, precise, up
from tests.diagnose.test_corpus import ALL, WORDS
from tests.growth import growth

SOME = (
    precise("keys differ", Kind.KEY, "the keys differ", r"peer (?P<peer>[\d.]+): keys differ"),
    likely("not authenticated", (Kind.KEY, Kind.IDENTITY), "not authenticated"),
    likely("bad name", (Kind.IDENTITY,), "a bad name"),
    follows("no child", (Kind.ESP_PROPOSAL, Kind.REKEY), "no child"),
    follows("gone", (Kind.CLOSED,), "gone"),
    up("tunnel is there", "up"),
)


def kinds(text: str) -> list[list[str]]:
    return [[cause.kind.value for cause in peer.causes] for peer in diagnose(text, SOME).peers]


def test_words_of_two_meanings_take_the_one_that_others_leave() -> None:
    assert kinds("not authenticated\n") == [["key"]]
    assert kinds("not authenticated\nbad name\n") == [["identity"]]
    assert kinds("peer 192.0.2.1: keys differ\nnot authenticated\nbad name\n") == [
        ["key", "identity"]
    ]


def test_what_follows_comes_after_what_caused_it() -> None:
    assert kinds("gone\nnot authenticated\ngone\n") == [["key", "closed"]]


def test_after_the_tunnel_was_up_a_refused_child_is_a_refused_renewal() -> None:
    assert kinds("no child\n") == [["esp-proposal"]]
    assert kinds("tunnel is there\nno child\n") == [["rekey"]]


def test_it_is_said_when_it_came_up_in_the_end() -> None:
    (peer,) = diagnose("gone\ntunnel is there\n", SOME).peers
    assert peer.up
    (peer,) = diagnose("tunnel is there\ngone\n", SOME).peers
    assert not peer.up


def test_peers_are_kept_apart_and_the_telling_one_is_first() -> None:
    told = diagnose("remote 192.0.2.9 gone\npeer 192.0.2.1: keys differ\n", SOME)
    assert [peer.address for peer in told.peers] == ["192.0.2.1", "192.0.2.9"]
    assert told.peers[0].causes[0].weight is Weight.PRECISE


def test_an_empty_log_and_one_of_other_things_have_no_peers() -> None:
    assert diagnose("", WORDS).peers == ()
    assert diagnose("Interface GigabitEthernet0/1, changed state to up\n" * 9, WORDS).peers == ()


def test_all_logs_in_one_name_every_peer() -> None:
    """As of a syslog server: devices of all kinds, mixed."""
    text = "".join(log.text for log in ALL if "azure" not in log.source)
    peers = {peer.address for peer in diagnose(text, WORDS).peers}
    assert {log.peer for log in ALL if log.peer and "azure" not in log.source} <= peers


def test_a_key_in_a_log_is_not_repeated() -> None:
    line = (
        "crypto isakmp key 0 CanaryKey-77 address 203.0.113.9 : "
        "Verification of peer's authentication data FAILED"
    )
    told = diagnose(f"{line}\n", WORDS)
    assert told.peers[0].causes[0].kind is Kind.KEY
    assert "CanaryKey-77" not in repr(told)


def test_broken_json_is_read_as_lines() -> None:
    text = '[{"Message": "Policy match error"},\n{"Message": "Pol'
    assert diagnose(text, WORDS).peers[0].causes[0].kind is Kind.IKE_PROPOSAL


def test_json_in_every_envelope_gives_the_same_causes() -> None:
    rows = [{"Message": "Remote 192.0.2.1:500: status Policy match error"}]
    shapes = [rows, {"records": rows}, {"value": rows}, rows[0]]
    found = {repr(diagnose(json.dumps(shape), WORDS).peers) for shape in shapes}
    assert len(found) == 1


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    told = diagnose(text, WORDS)
    assert told.records >= len(told.peers)


def test_it_grows_with_the_log_and_no_more() -> None:
    noise = "Nov 12 08:14:02: %SYS-5-CONFIG_I: Configured from console by admin on vty0\n" * 4
    one = "Nov 12 08:14:02: %IKEV2-3-NEG_ABORT: aborted due to ERROR: Auth exchange failed\n"
    part = noise + one
    assert growth(lambda text: diagnose(text, WORDS), part * 200, part * 1_600) < 8 * 3


def test_a_log_that_shows_the_newest_first_is_read_in_time() -> None:
    rows = [
        "TimeGenerated,Message",
        "2026-11-22T08:00:09Z,gone",
        "2026-11-22T07:00:03Z,tunnel is there",
        "2026-11-22T06:00:00Z,remote 192.0.2.9 gone",
    ]
    for text in ("\n".join(rows), "\n".join((rows[0], *reversed(rows[1:])))):
        (peer,) = diagnose(text, SOME).peers
        assert not peer.up
        assert [cause.count for cause in peer.causes] == [2]


def test_the_same_refusal_means_what_the_exchange_before_it_was_about() -> None:
    def first(exchange: str) -> Kind:
        text = f"peer 192.0.2.1 {exchange}\npeer 192.0.2.1 NOTIFY(NO_PROPOSAL_CHOSEN)\n"
        return diagnose(text, ()).peers[0].causes[0].kind

    assert first("IKE_SA_INIT Exchange RESPONSE") is Kind.IKE_PROPOSAL
    assert first("IKE_AUTH Exchange RESPONSE") is Kind.ESP_PROPOSAL


def test_a_line_that_fails_is_the_cause_of_what_it_takes_along_and_else_of_nothing() -> None:
    down = "%LINK-3-UPDOWN: Interface GigabitEthernet0/0/0, changed state to down\n"
    up = "%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is UP.  Peer 192.0.2.1:500 Id: x\n"
    lost = "%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is DOWN.  Peer 192.0.2.1:500 Id: x\n"

    def told(text: str) -> list[str]:
        (peer,) = diagnose(text, WORDS).peers
        assert peer.address == "192.0.2.1"
        return [cause.kind.value for cause in peer.causes]

    assert told(up + down + lost) == ["line", "closed"]
    assert told(down + up) == []
    assert told(up + lost) == ["closed"]
    noise = "%SYS-5-CONFIG_I: Configured from console by admin on vty0\n" * 80
    assert told(up + down + noise + lost) == ["closed"]


def test_workers_of_charon_are_told_apart_without_a_connections_name() -> None:
    text = """\
07[NET] received packet: from 192.0.2.7[4500] to 203.0.113.9[4500] (80 bytes)
08[NET] received packet: from 192.0.2.8[4500] to 203.0.113.9[4500] (80 bytes)
07[ENC] parsed INFORMATIONAL request 2 [ ]
08[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
07[ENC] generating INFORMATIONAL response 2 [ ]
08[IKE] received AUTHENTICATION_FAILED notify error
"""
    (peer,) = diagnose(text, WORDS).peers
    assert (peer.address, peer.causes[0].kind) == ("192.0.2.8", Kind.KEY)
