"""The ASA parser on text that is damaged, hostile, huge, or no configuration at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.errors import ParseError
from appliance.model.intent import Observed
from tests.growth import growth
from vendors.cisco_asa.cross_check import cross_check
from vendors.cisco_asa.parse import parse

CASES = sorted((Path(__file__).parent / "configs").glob("*.txt"))
TEXTS = [case.read_bytes().decode("utf-8", "replace") for case in CASES]

GARBLED = {
    "nothing": ("", "empty"),
    "blank": ("\r\n \t\r\n", "empty"),
    "byte order mark": ("\ufeff", "empty"),
    "json": ('{"schema": "appliance/observed/1", "tunnels": []}', "JSON"),
    "junos": (
        "system {\n    host-name srx;\n}\nsecurity {\n    ike {\n    }\n}\n",
        "no line of it",
    ),
    "html": ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "HTML"),
    "refused": ("     ^\nERROR: % Invalid input detected at '^' marker.\n\n", "error message"),
    "binary": ("\x00\x01\x7fELF\x02\ufffd\ufffd\ufffd", "no line"),
    "only a prompt": ("fw/act#\nfw/act#", "no line"),
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


@pytest.mark.parametrize(
    "head",
    [
        "!\nversion 15.2\nservice timestamps debug datetime msec",
        "version 17.9",
        "!! IOS XR Configuration 7.3.2",
        "!Command: show running-config",
        "set version 20.4R3.8",
        "#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin",
    ],
)
def test_other_systems_are_told_apart(head: str) -> None:
    with pytest.raises(ParseError, match="another system") as caught:
        parse(f"{head}\nhostname r1\ncrypto map M 1 ipsec-isakmp\n")
    assert "driver" in caught.value.hint


def _parsed(text: str) -> Observed | None:
    try:
        return parse(text)
    except ParseError:
        return None


CLEAN = [case for case in CASES if case.stem != "typed-session"]


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.stem)
def test_indentation_may_be_lost_or_changed(case: Path) -> None:
    text = case.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    first = parse(text)
    rows = text.split("\n")
    for other in (
        [row.lstrip(" ") for row in rows],
        [f"   {row}" for row in rows],
        [row.replace(" ", "    ", 1) if row.startswith(" ") else row for row in rows],
        [row.replace(" ", "\t", 1) if row.startswith(" ") else row for row in rows],
    ):
        second = parse("\n".join(other))
        assert second.tunnels == first.tunnels
        assert [odd.text for odd in second.unrecognized] == [o.text for o in first.unrecognized]


@given(st.text(max_size=400))
@example("crypto map\ncrypto map X\ncrypto map X 10\ncrypto map X 10 set\ncrypto map X 10 set peer")
@example("crypto map X interface\ncrypto map X 1 set pfs group\nno crypto map\nno crypto map X 1")
@example("interface\ninterface 1\n tunnel protection ipsec profile\n tunnel protection ipsec")
@example("route\nroute o\nnat\nnat (a\nnat (a,b)\nnat (a,b) source static\nnat () 0 access-list")
@example("access-list\naccess-list A\naccess-list A line\naccess-list A line x extended permit")
@example("crypto ikev1 policy\n group\ncrypto ikev2 policy ²\nisakmp policy 1\nisakmp policy")
@example("tunnel-group\ntunnel-group x\ntunnel-group x type\ntunnel-group 1.1.1.1 ipsec-attributes")
@example("object network\n host\n nat\nobject-group network\n network-object\n group-object")
@example("router bgp x\n address-family ipv4 unicast\n  neighbor\n  neighbor 1.1.1.1 remote-as")
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _parsed(text)


WORDS = sorted({word for text in TEXTS for word in text.split()})


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.sampled_from(WORDS), max_size=7)), max_size=25
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
    observed = _parsed("\n".join(rows))
    if observed is not None:
        assert all(observed.objects[heading] is not None for heading in observed.objects)


def test_a_key_is_in_nothing_that_is_shown() -> None:
    canary = "Xq7CANARYz"
    rows = [
        "ASA Version 9.8(2)",
        "hostname r",
        f"passwd {canary} encrypted",
        f"username a password {canary} encrypted",
        f"isakmp key {canary} address 1.1.1.1 netmask 255.255.255.255",
        "tunnel-group 1.1.1.1 type ipsec-l2l",
        "tunnel-group 1.1.1.1 ipsec-attributes",
        f" ikev1 pre-shared-key {canary}",
        f" pre-shared-key {canary}",
        f" ikev2 remote-authentication pre-shared-key {canary}x",
        f" ikev2 local-authentication pre-shared-key {canary}",
        f" ikev2 local-authentification pre-shared-key {canary}",
        f" radius-common-pw {canary}",
        f" unknown-secret {canary}",
        "access-list A extended permit ip any any",
        "crypto ipsec ikev2 ipsec-proposal P",
        f" made-up password {canary}",
        "crypto map M 1 match address A",
        "crypto map M 1 set peer 1.1.1.1",
        "crypto map M 1 set ikev2 ipsec-proposal P",
        f"crypto map M 1 set ikev2 pre-shared-key {canary}",
        f"crypto map M 1 set strange password {canary}",
        "router bgp 1",
        " address-family ipv4 unicast",
        "  neighbor 1.1.1.1 remote-as 2",
        f"  neighbor 1.1.1.1 password {canary}",
    ]
    observed = parse("\n".join(rows))
    shown = repr(observed) + repr(dict(observed.objects))
    for tunnel in observed.tunnels:
        shown += repr(dict(tunnel.sources)) + repr(dict(tunnel.objects))
    assert canary not in shown
    assert len(observed.tunnels) == 1


MEMBERS = "".join(f" network-object host 1.1.{n // 256}.{n % 256}\n" for n in range(3_000))
ENTRY = (
    "crypto map M 1 match address A\ncrypto map M 1 set peer 1.1.1.1\ncrypto map M interface o\n"
)
ZONES = "interface E0\n nameif o\n ip address 9.9.9.9 255.255.255.0\n"
HOSTILE = {
    "blanks": " " * 200_000,
    "dashes": "-" * 200_000,
    "percent": "%A" * 100_000,
    "prompts": "a#b " * 50_000,
    "colons": ": \n" * 60_000,
    "carets": " ^\n" * 60_000,
    "errors": "ERROR: % x\n" * 20_000,
    "one word": "x" * 300_000,
    "maps": "".join(f"crypto map M {n} set peer 1.1.1.1\n" for n in range(10_000)),
    "one map": "crypto map M 1 set peer 1.1.1.1\n" * 20_000,
    "peers": "crypto map M 1 set peer" + " 1.1.1.1" * 20_000,
    "taken back": "crypto map M 1 set pfs\nno crypto map M 1 set pfs\n" * 8_000,
    "banners": "banner motd ^C crypto map\n" * 20_000,
    "digits": "crypto ca certificate chain X\n certificate 01\n"
    + "    30820122 300D0609\n" * 20_000,
    "long number": f"crypto ikev2 policy {'9' * 9000}\n group {'9' * 9000}",
    "groups": "".join(f"object-group network G{n}\n group-object G{n + 1}\n" for n in range(5_000))
    + "access-list A extended permit ip object-group G0 object-group G0\n"
    + ENTRY,
    "ring": "object-group network G\n group-object H\nobject-group network H\n group-object G\n"
    "access-list A extended permit ip object-group G object-group H\n" + ENTRY,
    "product": f"object-group network G\n{MEMBERS}"
    "access-list A extended permit ip object-group G object-group G\n" + ENTRY,
    "exempt product": f"{ZONES}object-group network G\n{MEMBERS}"
    "access-list A extended permit ip any host 1.1.1.1\n"
    "nat (i,o) source static G G destination static G G\n" + ENTRY,
    "translations": ZONES
    + "access-list A extended permit ip any any\n"
    + "".join(
        f"nat (i,o) source dynamic 10.{n // 256}.{n % 256}.1 interface\n" for n in range(3_000)
    )
    + "nat (i,o) source static any any destination static any any\n"
    + ENTRY,
    "long list": "".join(
        f"access-list A line 1 extended permit ip host 1.1.{n % 256}.{n // 256} any\n"
        for n in range(9_000)
    )
    + ENTRY,
    "deep": "".join(" " * n + "x\n" for n in range(2_000)),
    "neighbors": "router bgp 1\n address-family ipv4 unicast\n"
    + "  neighbor 1.1.1.1 remote-as 1\n" * 20_000,
    "more": "<--- More ---> " * 30_000,
    "carriage": "a\rb" * 60_000,
    "support": "------ show a ------\n" * 10_000 + "------ show" + " ------" * 20_000 + "x\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_time(name: str) -> None:
    """In units of a hub of a hundred sites; the worst takes fifteen."""
    assert growth(_parsed, _hub(100), "ASA Version 9.12(4)\n" + HOSTILE[name]) < 50


def _site(number: int) -> str:
    peer = f"20.{number // 250}.{number % 250}.1"
    remote = f"172.{number // 250}.{number % 250}.0 255.255.255.0"
    return f"""
object-group network R{number}
 network-object {remote}
access-list A{number} extended permit ip object-group HUB object-group R{number}
nat (inside,outside) source static HUB HUB destination static R{number} R{number}
object network S{number}
 host 10.0.{number // 250}.{number % 250}
 nat (inside,outside) static 198.18.{number // 250}.{number % 250}
crypto map M {number + 1} match address A{number}
crypto map M {number + 1} set peer {peer}
crypto map M {number + 1} set ikev2 ipsec-proposal P
tunnel-group {peer} type ipsec-l2l
tunnel-group {peer} ipsec-attributes
 ikev2 remote-authentication pre-shared-key k{number}
 ikev2 local-authentication pre-shared-key k{number}
interface Tunnel{number}
 nameif v{number}
 ip address 10.{number // 250 + 1}.{number % 250}.1 255.255.255.252
 tunnel source interface outside
 tunnel destination {peer}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile I
route v{number} 192.{number // 250}.{number % 250}.0 255.255.255.0 {peer}
access-group A{number} in interface v{number}
"""


HUB = """ASA Version 9.12(4)
interface GigabitEthernet0/0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
object-group network HUB
 network-object 10.0.0.0 255.255.0.0
crypto ipsec ikev2 ipsec-proposal P
 protocol esp encryption aes-256
 protocol esp integrity sha-256
crypto ipsec profile I
 set ikev2 ipsec-proposal P
crypto map M interface outside
crypto ikev2 enable outside
no sysopt connection permit-vpn
"""


def test_a_hub_of_thousands_is_read_in_linear_time() -> None:
    small, large = _hub(500), _hub(2_000)
    assert len(parse(large).tunnels) == 2 * 2_000
    assert growth(parse, small, large) < 8


def _hub(sites: int) -> str:
    return HUB + "".join(_site(number) for number in range(sites))


def test_a_long_access_list_that_no_tunnel_uses_costs_little() -> None:
    rows = (f"access-list in extended permit tcp any host 10.1.{n >> 8 & 255}.{n & 255} eq {n}"
            for n in range(40_000))  # fmt: skip
    assert growth(parse, _hub(100), HUB + "\n".join(rows)) < 10


SHORT = """\
ASA Version 9.8(2)
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.90 255.255.255.0
object network half
 range 10.1.0.1
 nat (inside,outside) stat
object network cut
 nat (inside,outside) dyn interface
object-group network open
 group-object
 network-object
access-list L extended permit ip object-group open object half
crypto ipsec ikev2 ipsec-proposal P
 protocol esp
crypto map M 1 match address L
crypto map M 1 set peer 198.51.100.90
crypto map M 1 set ikev2 ipsec-proposal P
crypto map M interface outside
tunnel-group 198.51.100.90 type ipsec-l2l
tunnel-group 198.51.100.90 ipsec-attributes
 ikev2 local-authentication ! no more
 ikev2 remote-authentication pre-shared-key ! a key
"""


@pytest.mark.parametrize("row", ["", " nameif", " object-group", "interface"])
def test_statements_that_end_too_early_are_read_by_both_readers(row: str) -> None:
    text = SHORT.replace(" nameif outside", f"{row}\n nameif outside")
    (tunnel,) = parse(text).tunnels
    assert [str(one) for one in tunnel.remote.addresses] == ["198.51.100.90"]
    cross_check(text)
