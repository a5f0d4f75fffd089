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
