"""Keys where nobody looks for them: behind words mistyped, in settings unknown, on a line below."""

from __future__ import annotations

import json

import pytest

from appliance import driver as drivers
from appliance.model.masked import secretive

KEY = "canary-4711-in-the-mine"

IOS = f"""version 17.9
hostname r1
crypto isakmp kye {KEY} address 203.0.113.9
crypto keyring PARTNER
 pre-share-key address 192.0.2.52 key {KEY}
 pre-shared-key address 192.0.2.51 255.255.255.0 kee {KEY}
crypto ikev2 keyring KR
 peer A
  address 198.51.100.7
  pre-shared-kye {KEY}
 peer B
  address 198.51.100.8
  pre-shared-key
   {KEY}
  pre-shared-key local 6
   {KEY}
crypto ikev2 profile PR
 authentication locl pre-share key {KEY}
end
"""
ASA = f"""ASA Version 9.16(1)
hostname fw
interface GigabitEthernet0/0
 nameif outside
crypto map M 10 match address L
crypto map M 10 set peer 198.51.100.7
crypto map M interface outside
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 ipsec-attributes
 ikev2 local-authentication pre-shared-kye {KEY}
 ikev3 pre-shared-key {KEY}
 pre-share {KEY}
: end
"""
JUNOS = f"""set version 21.4R3
set system host-name srx
set security ike policy A pre-shared-kye ascii-text {KEY}
set security ike policy A pre-shared-key asci-text {KEY}
set security ike policy A pre-shared-key asci-text "two words {KEY}"
"""
SWAN = f"""# file: /etc/swanctl/conf.d/az.conf
connections {{
  az {{
    remote_addrs = 198.51.100.7
    psk = {KEY}
    children {{ c {{ remote_ts = 10.20.0.0/16
 secrte = {KEY} }} }}
  }}
}}
secrets {{
  ike-az {{
    sekret = {KEY}
    passwort = {KEY}
  }}
}}
# file: /etc/ipsec.conf
conn x
  right=198.51.100.7
  presharedkey={KEY}
  rightpsk = "{KEY}"
198.51.100.7 :
  PSK  "{KEY}"
"""
RRAS = json.dumps(
    [{"Name": "x", "Destination": ["198.51.100.7"], "PSK": KEY, "PreSharedKey": KEY, "Pwd": 1}]
)
LISTED = f"""
Name            : x
Destination     : {{198.51.100.7}}
SharedSecret    : {KEY}
PSK             : {KEY}
"""


@pytest.mark.parametrize(
    ("driver", "text", "least"),
    [
        ("cisco_ios", IOS, 5),
        ("cisco_asa", ASA, 1),
        ("juniper_junos", JUNOS, 3),
        ("strongswan", SWAN, 6),
        ("rras", RRAS, 2),
        ("rras", LISTED, 1),
    ],
)
def test_a_line_that_is_not_understood_is_shown_without_its_key(
    driver: str, text: str, least: int
) -> None:
    found = drivers.load(driver).parse(text)
    shown = [source.text for source in found.unrecognized]
    assert len(shown) >= least, "the lines are told at all"
    assert not any(KEY in line for line in shown), shown
    places = [source.text for tunnel in found.tunnels for source in tunnel.sources.values()]
    assert not any(KEY in line for line in places)


@pytest.mark.parametrize(
    "name", ["secret", "PSK", "secrte", "sekret", "pre-shared-key", "SharedSecret", "password_2"]
)
def test_names_of_secrets_are_known_mistyped_or_not(name: str) -> None:
    assert secretive(name)


@pytest.mark.parametrize(
    "name", ["rekey_time", "keyexchange", "local_ts", "auth", "id", "sec", "PfsGroup", "version"]
)
def test_other_names_are_none(name: str) -> None:
    assert not secretive(name)
