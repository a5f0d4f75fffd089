"""The Junos parser on text that is damaged, hostile, huge, or no configuration at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.errors import ParseError
from appliance.model.intent import Observed
from benchmarks.junos import configuration
from tests.growth import growth
from vendors.juniper_junos.cross_check import cross_check
from vendors.juniper_junos.nine import encode
from vendors.juniper_junos.parse import parse

CASES = sorted((Path(__file__).parent / "configs").glob("*.txt"))
TEXTS = [case.read_bytes().decode("utf-8", "replace") for case in CASES]

GARBLED = {
    "nothing": ("", "empty"),
    "blank": ("\r\n \t\r\n", "empty"),
    "byte order mark": ("\ufeff", "empty"),
    "json": ('{"schema": "appliance/observed/1", "tunnels": []}', "JSON"),
    "junos json": ('{\n    "configuration" : {\n        "security" : {}\n    }\n}\n', "JSON"),
    "xml": ("<rpc-reply>\n<configuration>\n</configuration>\n</rpc-reply>", "XML"),
    "ios": ("version 15.2\nhostname r\ninterface Tunnel1\n ip address 192.0.2.1\n", "Cisco"),
    "html": ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "HTML"),
    "refused": ("error: syntax error: shov\n", "error message"),
    "binary": ("\x00\x01\x7fELF\x02\ufffd\ufffd\ufffd", "no line"),
    "only a prompt": ("root@srx> \nroot@srx> ", "no line"),
    "prose": ("Please find the output attached.\nKind regards", "no line"),
}


@pytest.mark.parametrize("name", GARBLED)
def test_text_that_is_no_configuration_is_refused_with_what_to_do(name: str) -> None:
    text, words = GARBLED[name]
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert "show configuration" in caught.value.hint


def _parsed(text: str) -> Observed | None:
    try:
        observed = parse(text)
    except ParseError:
        return None
    for tunnel in observed.tunnels:
        assert list(tunnel.sources.values()) is not None
    assert all(observed.objects[name] is not None for name in observed.objects)
    cross_check(text)
    return observed


@given(st.text(max_size=400))
@example(
    "set security ike gateway G\nset security ipsec vpn V\nset security ipsec vpn V ike gateway"
)
@example("set interfaces st0 unit\nset interfaces st0 unit x family inet address 1")
@example(
    "set security ipsec vpn V bind-interface st0.0 traffic-selector\nset routing-options static"
)
@example(
    "set protocols bgp group G neighbor 1.1.1.1 peer-as ²\nset security ipsec vpn V ike gateway G"
)
@example("security { ipsec { vpn V { inactive: ; } } }")
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _parsed(text)


WORDS = sorted({word for text in TEXTS for word in text.split()})


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=25))
@settings(max_examples=300, deadline=None)
def test_any_order_of_known_words_is_read_or_refused(rows: list[list[str]]) -> None:
    _parsed("\n".join(" ".join(words) for words in rows))


@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_shuffled_lines_are_read_or_refused(text: str, chance: random.Random) -> None:
    rows = text.split("\n")
    chance.shuffle(rows)
    _parsed("\n".join(rows))


@given(st.sampled_from(TEXTS), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_a_part_of_a_configuration_is_read_or_refused(text: str, first: float, last: float) -> None:
    _parsed(text[int(first * len(text)) : int(last * len(text))])


@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_lines_that_lost_words_are_read_or_refused(text: str, chance: random.Random) -> None:
    rows = []
    for row in text.split("\n"):
        words = row.split()
        kept = words[: chance.randint(0, len(words))] if chance.random() < 0.3 else words
        rows.append(" ".join(kept))
    _parsed("\n".join(rows))


KEYS = {
    "quoted": '"Xq7CANARYz"',
    "bare": "Xq7CANARYz",
    "stored": f'"{encode("Xq7CANARYz")}"',
    "with blanks": '"Xq7CANARYz and more"',
    "never closed": '"Xq7CANARYz',
    "escaped": '"\\"Xq7CANARYz\\" ; { }"',
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_in_nothing_that_is_shown(name: str) -> None:
    key = KEYS[name]
    rows = [
        f"set security ike policy P pre-shared-key ascii-text {key}",
        f"set security ike policy H pre-shared-key hexadecimal {key}",
        f"set security ike gateway G nonsense ascii-text {key}",
        f"set security ike policy P pre-shared-key {key}",
        "set security ike gateway G ike-policy P",
        "set security ipsec vpn V ike gateway G",
        f"set protocols bgp group B authentication-key {key}",
        f"set system root-authentication plain-text-password-value {key}",
    ]
    braces = (
        f"security {{\n ike {{\n policy Q {{\n pre-shared-key ascii-text {key}; ## SECRET-DATA\n"
    )
    braces += f" colour ascii-text {key};\n }}\n }}\n}}\n"
    for text in ("\n".join(rows), braces):
        observed = parse(text)
        shown = [repr(observed), *(odd.text for odd in observed.unrecognized)]
        shown += [line for name in observed.objects for line in observed.objects[name]]
        shown += [source.text for one in observed.tunnels for source in one.sources.values()]
        shown += [repr(cross_check(text))]
        for words in shown:
            assert "CANARY" not in words, words
            assert encode("Xq7CANARYz")[3:] not in words, words


@pytest.mark.parametrize("form", ["braces", "set"])
def test_reading_is_linear(form: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred times."""
    small, large = (configuration(lines)[form == "set"] for lines in (1_500, 15_000))
    assert growth(parse, small, large) < 40


HOSTILE = {
    "quotes that never close": 'set security ike gateway G "\n' * 8_000,
    "remarks that never close": "security {\n" + "/* x\n" * 8_000,
    "nested braces": "security {\n ike {\n" + "gateway {\n" * 4_000,
    "closing braces": "set security ike gateway G address 192.0.2.1\n" + "}\n" * 8_000,
    "one long row": "set security ike gateway G address [ " + "192.0.2.1 " * 20_000 + "]",
    "one long word": "set security ike gateway " + "x" * 200_000,
    "prompts": "root@srx# edit security ike\n" * 4_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_time(name: str) -> None:
    """In units of a hub of a hundred sites; the worst takes fifteen."""
    assert growth(_parsed, _hub(100), HOSTILE[name]) < 50


def _hub(sites: int) -> str:
    """Sites with a zone, policies, a route and a BGP session each."""
    rows = [
        "set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24",
        "set security zones security-zone untrust interfaces ge-0/0/0.0",
        "set security zones security-zone trust interfaces ge-0/0/1.0",
        "set routing-options autonomous-system 65001",
    ]
    for n in range(sites):
        net = f"10.{n // 250}.{n % 250}"
        policy = f"set security policies from-zone trust to-zone z{n} policy p"
        rows += [
            f"set security ike policy p{n} proposal-set standard",
            f"set security ike gateway g{n} ike-policy p{n}",
            f"set security ike gateway g{n} address 52.0.{n // 250}.{n % 250}",
            f"set security ike gateway g{n} external-interface ge-0/0/0.0",
            f"set security ipsec vpn v{n} ike gateway g{n}",
            f"set security ipsec vpn v{n} bind-interface st0.{n}",
            f"set interfaces st0 unit {n} family inet address {net}.1/30",
            f"set security zones security-zone z{n} interfaces st0.{n}",
            f"set protocols bgp group g neighbor {net}.2 peer-as 65515",
            f"set routing-options static route {net}.128/25 next-hop {net}.2",
            f"{policy} match source-address any destination-address any application any",
            f"{policy} then permit",
        ]
    return "\n".join(rows)


def test_a_hub_of_many_sites_is_linear_too() -> None:
    """Both readings; eight times the sites take about eight times as long."""
    assert growth(_both, _hub(60), _hub(480)) < 32


def _both(text: str) -> None:
    assert parse(text).tunnels[0].bgp is not None
    assert cross_check(text) == ()
