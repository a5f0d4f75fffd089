"""The IOS parser on text that is damaged, hostile, huge, or no configuration at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.errors import ParseError
from appliance.model.intent import Observed
from benchmarks.parse import configuration
from tests.growth import growth
from vendors.cisco_ios.parse import parse

CASES = sorted((Path(__file__).parent / "configs").glob("*.txt"))
TEXTS = [case.read_bytes().decode("utf-8", "replace") for case in CASES]

GARBLED = {
    "nothing": ("", "empty"),
    "blank": ("\r\n \t\r\n", "empty"),
    "byte order mark": ("\ufeff", "empty"),
    "json": ('{"schema": "appliance/observed/1", "tunnels": []}', "JSON"),
    "junos": (
        "system {\n    host-name srx;\n}\nsecurity {\n    ike {\n    }\n}\n",
        "no line of it begins with a command of IOS",
    ),
    "html": ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "HTML"),
    "refused": ("         ^\n% Invalid input detected at '^' marker.\n\n", "error message"),
    "unauthorized": ("% Authorization failed.\n", "error message"),
    "binary": ("\x00\x01\x7fELF\x02\ufffd\ufffd\ufffd", "no line"),
    "only a prompt": ("rtr1#\nrtr1#", "no line"),
    "prose": ("Please find the output attached.\nKind regards", "no line"),
    "numbers": ("1\n2\n3\n", "no line"),
}


@pytest.mark.parametrize("name", GARBLED)
def test_text_that_is_no_configuration_is_refused_with_what_to_do(name: str) -> None:
    text, words = GARBLED[name]
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert "show running-config" in caught.value.hint


def _parsed(text: str) -> Observed | None:
    try:
        return parse(text)
    except ParseError:
        return None


@pytest.mark.parametrize(
    "head",
    ["ASA Version 9.8(2) ", "!! IOS XR Configuration 7.3.2", "!Command: show running-config"],
)
def test_other_systems_of_the_vendor_are_told_apart(head: str) -> None:
    text = f": Saved\n{head}\nhostname fw\ncrypto map M 1 match address A\n"
    with pytest.raises(ParseError, match="another system") as caught:
        parse(text)
    assert "driver" in caught.value.hint


@given(st.text(max_size=400))
@example("crypto map\ncrypto map X\ncrypto map X 10\n set\n set peer\n match address")
@example("interface\ninterface 1\n tunnel protection ipsec profile")
@example("ip route\nip route vrf\nip route 1 2 3")
@example("crypto isakmp policy\n group\ncrypto isakmp policy ²")
@example("router bgp x\n neighbor\n neighbor 1.1.1.1 remote-as")
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _parsed(text)


WORDS = sorted({word for text in TEXTS for word in text.split()})


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.sampled_from(WORDS), max_size=6)), max_size=25
    )
)
@settings(max_examples=300, deadline=None)
def test_any_order_of_known_words_is_read_or_refused(rows: list[tuple[int, list[str]]]) -> None:
    _parsed("\n".join(" " * indent + " ".join(words) for indent, words in rows))


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
        blank = row[: len(row) - len(row.lstrip())]
        words = row.split()
        kept = words[: chance.randint(0, len(words))] if chance.random() < 0.3 else words
        rows.append(blank + " ".join(kept))
    _parsed("\n".join(rows))


def test_a_key_is_in_nothing_that_is_shown() -> None:
    canary = "Xq7CANARYz"
    rows = [
        "hostname r",
        f"crypto isakmp key {canary} address 1.1.1.1",
        f"crypto isakmp key 0 {canary} hostname x.example",
        "crypto keyring R",
        f"  pre-shared-key address 1.1.1.1 key {canary}",
        f"  pre-shared-kye address 1.1.1.1 key {canary}",
        "crypto ikev2 keyring K",
        " peer a",
        "  address 1.1.1.1",
        f"  pre-shared-key local {canary}",
        f"  pre-shared-key remote {canary}x",
        f"  preshared {canary}",
        f"  pre-shared-key-remote {canary}",
        f"  shared-secret {canary}",
        "crypto ikev2 profile P",
        " match identity remote address 1.1.1.1",
        f" authentication local pre-share key {canary}",
        " keyring local K",
        "crypto ipsec profile I",
        " set ikev2-profile P",
        f" set unknown password {canary}",
        "interface Tunnel1",
        " tunnel destination 1.1.1.1",
        " tunnel protection ipsec profile I",
        f" ip nhrp authentication {canary}",
        f" ip ospf message-digest-key 1 md5 {canary}",
        f" ip ospf authentication-key {canary}",
        f" ppp chap password 0 {canary}",
        "router bgp 1",
        f" neighbor 1.1.1.1 password {canary}",
    ]
    observed = parse("\n".join(rows))
    shown = repr(observed) + repr(dict(observed.objects))
    for tunnel in observed.tunnels:
        shown += repr(dict(tunnel.sources)) + repr(dict(tunnel.objects))
    assert canary not in shown
    assert len(observed.tunnels) == 1


HOSTILE = {
    "blanks": " " * 200_000,
    "dashes": "-" * 200_000,
    "percent": "%A" * 100_000,
    "percent rows": "% A\n" * 50_000,
    "prompts": "a#b " * 50_000,
    "carets": "banner motd ^C\n" * 20_000,
    "one word": "x" * 300_000,
    "maps": "".join(f"crypto map M {n} ipsec-isakmp\n" for n in range(10_000)),
    "one map": "crypto map M 1 ipsec-isakmp\n" * 20_000,
    "peers": "crypto map M 1 ipsec-isakmp\n" + " set peer 1.1.1.1\n" * 20_000,
    "keys": "".join(f"crypto isakmp key k address 1.1.{n % 256}.{n // 256}\n" for n in range(9000)),
    "address": "crypto isakmp key " + "address 1 " * 20_000,
    "keyrings": "".join(f"crypto keyring K{n}\n" for n in range(10_000)),
    "digits": "crypto pki certificate chain X\n certificate 01\n"
    + "  30820122 300D0609\n" * 20_000,
    "long number": f"crypto isakmp policy {'9' * 9000}\n group {'9' * 9000}",
    "groups": "".join(f"object-group network G{n}\n group-object G{n + 1}\n" for n in range(5_000)),
    "product": "object-group network G\n"
    + "".join(f" host 1.1.{n // 256}.{n % 256}\n" for n in range(3_000))
    + "ip access-list extended A\n permit ip object-group G object-group G\n"
    "crypto map M 1 ipsec-isakmp\n match address A\n",
    "deep": "".join(" " * n + "x\n" for n in range(2_000)),
    "neighbors": "router bgp 1\n" + " neighbor 1.1.1.1 remote-as 1\n" * 20_000,
    "more": "--More-- " * 30_000,
    "carriage": "a\rb" * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_time(name: str) -> None:
    """In units of a hub of a hundred sites; the worst takes fifteen."""
    assert growth(_parsed, _hub(100), "version 15.2\n" + HOSTILE[name]) < 50


def test_a_hub_of_thousands_is_read_in_linear_time() -> None:
    small, large = _hub(500), _hub(2_000)
    assert len(parse(large).tunnels) == 2_000
    assert growth(parse, small, large) < 8


def _hub(sites: int) -> str:
    return "version 16.9\n" + "".join(_spoke(number) for number in range(sites))


def _spoke(number: int) -> str:
    peer = f"20.{number // 250}.{number % 250}.1"
    return f"""
crypto ikev2 keyring K{number}
 peer a
  address {peer}
  pre-shared-key k{number}
crypto ikev2 profile P{number}
 match identity remote address {peer} 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local K{number}
crypto ipsec profile I{number}
 set ikev2-profile P{number}
interface Tunnel{number}
 ip address 10.{number // 250}.{number % 250}.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination {peer}
 tunnel protection ipsec profile I{number}
ip route 172.{number // 250}.{number % 250}.0 255.255.255.0 Tunnel{number}
ip access-list extended OUT
 permit udp host {peer} any eq isakmp
interface GigabitEthernet1
 ip address 192.0.2.1 255.255.255.0
 ip access-group OUT in
router bgp 65000
 neighbor 10.{number // 250}.{number % 250}.2 remote-as 65515
"""


def test_a_large_configuration_is_read_in_linear_time() -> None:
    assert growth(parse, configuration(2_500), configuration(20_000)) < 20
