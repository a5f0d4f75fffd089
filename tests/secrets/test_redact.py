"""Redaction: by value, by place, across chunks, in logs; and nothing else of the page."""

from __future__ import annotations

import base64
import io
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.model.change import KEY_MARK
from appliance.model.secret import Secret
from appliance.model.words import rare
from appliance.secrets.redact import MASK, Redactor, mask, mask_locations
from tests.growth import growth

KEY = 'Can"ary\\ &key?=9/Ü'

# A line of a device, a file or a command, the key in it as <>.
PLACES = """\
  pre-shared-key <>
  pre-shared-key local 6 <>
  pre-shared-key remote <>
  pre-shared-key hex <>
  pre-shared-key address 198.51.100.7 255.255.255.255 key <>
  pre-shared-key address 0.0.0.0 0.0.0.0 key 6 <>
  authentication remote pre-share key <>
  authentication local pre-share key 6 <>
 key <>
 ip ospf message-digest-key 1 md5 <>
 ip ospf authentication-key <>
 ip nhrp authentication <>
 standby 1 authentication <>
ntp authentication-key 1 md5 <> 7
 wpa-psk ascii 0 <>
crypto isakmp key <> address 198.51.100.7 no-xauth
crypto isakmp key 6 <> hostname gw.example.net
+ ikev1 pre-shared-key <>
 ikev2 remote-authentication pre-shared-key <>
set security ike policy p pre-shared-key ascii-text "<>"
    pre-shared-key ascii-text "<>"; ## SECRET-DATA
username admin privilege 15 secret 9 <>
username admin password 0 <>
username bob password <>
rtr(config)#enable secret <>
enable secret level 15 5 <>
enable password <>
 password 7 <>
-password <>
snmp-server community <> RO
snmp-server host 10.1.1.1 version 2c <>
snmp-server user u g v3 auth sha <> priv aes 128 other
snmp-server user u g v3 auth sha other priv aes 128 <>
tacacs-server key <>
radius-server host 192.0.2.9 auth-port 1812 key 7 <>
 key-string <>
 neighbor 10.0.0.1 password 7 <>
 ip ospf message-digest-key 1 md5 7 <>
enable password <> pbkdf2
passwd <> encrypted
username admin password <> encrypted privilege 15
failover key <>
 ldap-login-password <>
snmp-server host inside 10.1.1.1 community <> version 2c
set system root-authentication encrypted-password "<>"
            encrypted-password "<>";
set system radius-server 10.0.0.1 secret "<>"
set protocols bgp group G authentication-key "<>"
        community-secret <>; ## SECRET-DATA
set snmp community <> authorization read-only
    secret = <>
    secret = "<> with blanks"
 : PSK "<>"
203.0.113.1 %any : PSK 0s<>
{"cmdlet": "Add-VpnS2SInterface", "SharedSecret": "<>"}
    SharedSecret = '<>'
{"sharedKey": "<>", "name": "x"}
{"psk":"<>"}
  "value" : "<>",
az network vpn-connection shared-key update --shared-key <> --name x
Add-VpnS2SInterface -SharedSecret <> -Name x
12[IKE] tried 1 shared key, but MAC mismatched psk=<>
presharedkey = "<>"
"""


@pytest.mark.parametrize("line", PLACES.splitlines())
def test_keys_nobody_told_us_of_are_found_by_place(line: str) -> None:
    masked = mask_locations(line.replace("<>", "Canary99") + "\nend\n")
    assert "Canary" not in masked
    assert MASK in masked
    assert masked.endswith("\nend\n")
    assert masked[:4] == line[:4]


def test_private_keys_and_hashes_are_found_by_place() -> None:
    pem = "-----BEGIN RSA PRIVATE KEY-----\nCanary\nAAAA\n-----END RSA PRIVATE KEY-----\n"
    assert mask_locations(pem) == (
        f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END RSA PRIVATE KEY-----\n"
    )
    assert mask_locations("x $9$CanaryCanary. y") == f"x {MASK} y"


def test_harmless_lines_stay_as_they_are() -> None:
    text = """\
interface GigabitEthernet1
 description secret tunnel to the key account
 ip address 10.0.0.1 255.255.255.0
crypto ikev2 keyring KEYRING
 peer azure
crypto ikev2 profile P
 match identity remote address 198.51.100.7 255.255.255.255
 authentication local pre-share
 keyring local KEYRING
key chain ROUTING
 key 1
crypto ikev2 proposal OLD
 integrity md5 sha1
crypto key generate rsa
service password-encryption
aaa password restriction
psk: env:SITE_A_PSK
    auth = psk
    secrets {
set policy-options community AZURE members 65515:1
set security ike policy P proposals "secret-one"
username netops attributes
{"value": [], "name": "sharedKey"}
"""
    assert mask_locations(text) == text


def test_marks_of_ours_stay_and_masking_twice_changes_nothing() -> None:
    assert mask_locations(f" pre-shared-key {KEY_MARK}\n") == f" pre-shared-key {KEY_MARK}\n"
    once = mask_locations(PLACES.replace("<>", "Canary99"))
    assert mask_locations(once) == once


@pytest.mark.parametrize(
    "spelling",
    [
        KEY,
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode(),
        base64.b64encode(KEY.encode("utf-16-le")).decode(),
        KEY.encode().hex(),
        KEY.encode().hex().upper(),
        quote(KEY, ""),
        quote_plus(KEY),
        json.dumps(KEY),
        repr(KEY),
    ],
)
def test_a_known_key_is_found_in_any_spelling(spelling: str) -> None:
    masked = mask(f"before {spelling} after", [Secret(KEY)])
    assert "Can" not in masked
    assert spelling.strip("'\"=") not in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


def test_the_longer_of_two_keys_goes_first() -> None:
    text = mask("Canary99-extended Canary99", [Secret("Canary99"), Secret("Canary99-extended")])
    assert text == f"{MASK} {MASK}"


@pytest.mark.parametrize("common", ["ike", "cisco", "Password", "tunnel", "Swanctl"])
def test_short_and_common_keys_are_masked_by_place_only(common: str) -> None:
    page = f"interface Tunnel1\n description {common} to Cisco ike Password\n"
    redactor = Redactor()
    redactor.add(Secret(common))
    assert redactor.mask(page) == page
    assert redactor.mask(f" pre-shared-key {common}\n") == f" pre-shared-key {MASK}\n"


@given(key=st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=6))
def test_no_key_survives_by_value(key: str) -> None:
    if not rare(key):
        return
    secret = Secret(key)
    assert key not in mask(f"a {key} b\n{key}", [secret]).replace(MASK, "")


@given(cuts=st.lists(st.integers(1, 7), min_size=1, max_size=30))
def test_a_stream_masks_across_any_cut(cuts: list[int]) -> None:
    redactor = Redactor()
    redactor.add(Secret("Canary-by-value"))
    text = "a Canary-by-value b\n pre-shared-key Canary-by-place\nlast Canary-by-value"
    stream, shown, at = redactor.stream(), "", 0
    for index in range(len(text)):
        cut = cuts[index % len(cuts)]
        shown += stream.feed(text[at : at + cut])
        assert "Canary" not in shown
        at += cut
    shown += stream.flush()
    assert shown == f"a {MASK} b\n pre-shared-key {MASK}\nlast {MASK}"
    assert stream.flush() == ""


def test_a_stream_without_line_ends_stays_bounded() -> None:
    redactor = Redactor()
    redactor.add(Secret("Canary99"))
    stream = redactor.stream()
    shown = "".join(stream.feed("x" * 1003 + "Canary99") for _ in range(300))
    assert len(shown) > 200_000
    assert "Canary" not in shown + stream.flush()


def test_logs_are_masked_in_message_arguments_and_traceback() -> None:
    redactor, out = Redactor(), io.StringIO()
    redactor.add(Secret("Canary99"))
    handler = logging.StreamHandler(out)
    handler.addFilter(redactor.filter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.warning("sent %s and %r", "Canary99", {"psk": "Canary99"})
    try:
        int("Canary99")
    except ValueError:
        logger.exception("failed", stack_info=True)
    text = out.getvalue()
    assert "Canary" not in text.replace('redactor.add(Secret("Canary99"))', "")
    assert "ValueError" in text
    assert "Traceback" in text


@pytest.mark.parametrize(
    "word",
    [
        *(line.partition("<>")[0] for line in PLACES.splitlines()),
        *("username a ", "-", " ", "rtr", "<", '{"psk": "', "$9$", "\\"),
        *("-----BEGIN RSA PRIVATE KEY----- ", "-----BEGIN PRIVATE KEY-----\n"),
    ],
)
def test_hostile_lines_take_no_time(word: str) -> None:
    def mask(count: int) -> None:
        mask_locations(word * count + " " * count + word * 2)

    assert growth(mask, 500, 2_000) < 10, "four times as much, squared: sixteen"
