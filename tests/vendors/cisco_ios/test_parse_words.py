"""Small readers of the IOS parser: keys, masks, interface names, AS numbers."""

from __future__ import annotations

import pytest

from appliance.model.secret import Hidden, Secret
from vendors.cisco.masking import mask
from vendors.cisco_ios.reading.bgp import asn
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.keys import key

MARK = "<pre-shared-key>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("0 plain", "plain"),
        ("0", "0"),
        ("7", "7"),
        ("with blanks  inside ", "with blanks  inside"),
        ("a!b#c$d^", "a!b#c$d^"),
        ('"quoted key"', '"quoted key"'),
        ("7 0822455D0A16", "cisco"),
        ("7 02050D480809", "cisco"),
    ],
)
def test_clear_keys(text: str, expected: str) -> None:
    found = key(text)
    assert isinstance(found, Secret)
    assert found.reveal() == expected


@pytest.mark.parametrize("text", ["6 abcDEF[]", "7 nonsense", "7 08XX", "hex 0A0B", "0 hex 0A"])
def test_keys_that_are_not_shown(text: str) -> None:
    assert isinstance(key(text), Hidden)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tunnel 1", "Tunnel1"),
        ("tu1", "Tunnel1"),
        ("Gi0/0/0.100", "GigabitEthernet0/0/0.100"),
        ("gig 0/1", "GigabitEthernet0/1"),
        ("fa0/1", "FastEthernet0/1"),
        ("Te1/0/1", "TenGigabitEthernet1/0/1"),
        ("lo 0", "Loopback0"),
        ("Serial0/0/0:1", "Serial0/0/0:1"),
        ("vlan10", "Vlan10"),
        ("Port-channel1.5", "Port-channel1.5"),
        ("di1", "Dialer1"),
        ("Virtual-Template1 type tunnel", "Virtual-Template1"),
        ("Unheard0/1", "Unheard0/1"),
        ("Null0", "Null0"),
    ],
)
def test_names_of_interfaces(text: str, expected: str) -> None:
    assert canonical(text.split()) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("65000", 65000), ("1.10", 65546), ("x", None), ("1.x", None)]
)
def test_as_numbers(text: str, expected: int | None) -> None:
    assert asn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crypto isakmp key S3 address 1.1.1.1", f"crypto isakmp key {MARK} address 1.1.1.1"),
        ("crypto isakmp key 6 S S3 hostname h", f"crypto isakmp key {MARK} hostname h"),
        ("crypto isakmp key S3", f"crypto isakmp key {MARK}"),
        ("crypto isakmp keepalive 10 3", "crypto isakmp keepalive 10 3"),
        ("  pre-shared-key local 0 S3", f"  pre-shared-key local {MARK}"),
        (" pre-shared-key address 1.1.1.1 key S3", f" pre-shared-key address 1.1.1.1 key {MARK}"),
        (" authentication local pre-share key S3", f" authentication local pre-share key {MARK}"),
        (" authentication pre-share", " authentication pre-share"),
        ("permit ip object-group ON-PREM any", "permit ip object-group ON-PREM any"),
        ("neighbor 1.1.1.1 password S3", "neighbor 1.1.1.1 password <secret>"),
        ("neighbor 1.1.1.1 prefix-list P in", "neighbor 1.1.1.1 prefix-list P in"),
        ("keyring local PRE-KEYS", "keyring local PRE-KEYS"),
        ("tunnel key 100", "tunnel key 100"),
        ("standby 1 preempt", "standby 1 preempt"),
    ],
)
def test_keys_are_masked_and_nothing_else(text: str, expected: str) -> None:
    assert mask(text) == expected
