"""What IOS cannot say is told before anything connects, with what it could say instead."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance.driver import Refusal
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, TrafficSelector
from tests.vendors import intents
from vendors.cisco_ios.capabilities import express, number, refusals
from vendors.cisco_ios.parse import parse

GOOD_KEY = "letters0and9digits"


def _intent(
    ike: tuple[Encryption, Integrity, DhGroup] = (
        Encryption.AES256,
        Integrity.SHA256,
        DhGroup.MODP2048,
    ),
    esp: tuple[Encryption, Integrity, DhGroup | None] = (Encryption.AES256, Integrity.SHA1, None),
    *,
    version: IkeVersion = IkeVersion.V2,
    release: str | None = None,
    key: str = GOOD_KEY,
) -> Intent:
    site = intents.site("cisco_ios")
    site = replace(site, device=replace(site.device, version=release))
    expected = intents.expectation(policy=intents.custom(ike, esp), ike_version=version)
    return intend(site, expected, Secret(key))


def _settings(found: tuple[Refusal, ...]) -> list[str]:
    return [refusal.setting for refusal in found]


def test_an_ordinary_intent_is_refused_nothing() -> None:
    for release in (None, "15.2(4)M7", "16.9.4", "17.12.1a"):
        assert refusals(_intent(release=release)) == ()


def test_ikev1_has_no_gcm() -> None:
    gcm = (Encryption.AES256GCM, Integrity.SHA256, DhGroup.MODP2048)
    (found,) = refusals(_intent(gcm, version=IkeVersion.V1))
    assert found.setting == "IKEv1 encryption aes256gcm"
    assert "aes256" in found.alternatives


@pytest.mark.parametrize(
    ("ike", "esp", "setting"),
    [
        ((Encryption.TRIPLE_DES, Integrity.SHA256, DhGroup.MODP2048), None, "IKE encryption 3des"),
        ((Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024), None, "IKE group 2"),
        ((Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048_256), None, "IKE group 24"),
        (None, (Encryption.TRIPLE_DES, Integrity.SHA1, None), "ESP encryption 3des"),
        (None, (Encryption.AES256, Integrity.MD5, None), "ESP integrity md5"),
        (None, (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024), "PFS group 2"),
    ],
)
def test_since_17_11_weak_algorithms_are_refused(
    ike: tuple[Encryption, Integrity, DhGroup] | None,
    esp: tuple[Encryption, Integrity, DhGroup | None] | None,
    setting: str,
) -> None:
    good_ike = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
    good_esp: tuple[Encryption, Integrity, DhGroup | None] = (
        Encryption.AES256,
        Integrity.SHA1,
        None,
    )
    both = (ike or good_ike, esp or good_esp)
    assert _settings(refusals(_intent(*both, release="17.11.1a"))) == [setting]
    assert refusals(_intent(*both, release="17.10.1")) == ()
    assert refusals(_intent(*both)) == (), "an unknown version is not guessed"


def test_a_device_whose_shield_is_off_takes_weak_algorithms() -> None:
    weak = (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024)
    intent = _intent(weak, release="17.12.1")
    (refusal,) = refusals(intent)
    assert any("compliance shield disable" in word for word in refusal.alternatives)
    allowed = replace(intent.environment, weak_allowed=True)
    assert refusals(replace(intent, environment=allowed)) == ()


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("crypto engine compliance shield disable", True),
        ("crypto engine compliance shield DISABLE !", True),
        ("crypto engine compliance shield", False),
        ("no crypto engine compliance shield disable", False),
        ("crypto engine slot 0", False),
    ],
)
def test_the_configuration_says_whether_the_shield_is_off(line: str, *, allowed: bool) -> None:
    observed = parse(f"version 17.12\nhostname r\n{line}\ninterface Tunnel1\n shutdown\nend\n")
    assert observed.weak_allowed is allowed
    assert observed.unrecognized == ()


def test_old_releases_lack_ikev2_and_gcm() -> None:
    gcm = (Encryption.AES256GCM, Integrity.NONE, None)
    assert _settings(refusals(_intent(esp=gcm, release="12.4(24)T"))) == ["IKEv2", "ESP AES-GCM"]


def test_a_tunnel_interface_takes_no_selectors() -> None:
    expected = intents.expectation(policy_based=True)
    pair = TrafficSelector(local=expected.on_premises.prefixes[0], remote=expected.vnet_prefixes[0])
    site = intents.site("cisco_ios")
    site = replace(site, device=replace(site.device, mode=Mode.ROUTE_BASED))
    intent = intend(site, replace(expected, selectors=(pair,)), Secret(GOOD_KEY))
    (found,) = refusals(intent)
    assert found.setting == "device.mode: route-based"
    assert "device.mode: policy-based" in found.alternatives


def test_two_gateways_cannot_share_one_crypto_map() -> None:
    expected = intents.expectation(policy_based=True)
    expected = replace(expected, endpoints=(*expected.endpoints, intents.SECOND))
    intent = intend(intents.site("cisco_ios"), expected, Secret(GOOD_KEY))
    assert _settings(refusals(intent)) == ["device.mode: policy-based"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("with?mark", "?"),
        ("with blank", "blank"),
        ("tab\there", "'\\t'"),
        ("ümlaut", "ü"),
        ("", "not 0"),
        ("k" * 128, "not 128"),
    ],
)
def test_keys_that_a_console_cannot_be_given_are_refused(key: str, words: str) -> None:
    (found,) = refusals(_intent(key=key))
    assert found.setting == "psk"
    assert words in found.reason
    assert not key or key not in found.reason


def test_every_other_printable_character_may_stand_in_a_key() -> None:
    key = "k" + "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) != "?")
    assert refusals(_intent(key=key)) == ()


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("17.09.04a", (17, 9)),
        ("15.2(4)M7", (15, 2)),
        ("12.4(24)T", (12, 4)),
        ("Version 17", None),
        (None, None),
    ],
)
def test_releases_as_numbers(text: str | None, release: tuple[int, int] | None) -> None:
    assert number(text) == release


def test_what_bgp_starts_from_is_a_loopback_and_the_tunnels_borrow_its_address() -> None:
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    asked = intend(site, intents.expectation(bgp_enabled=True), Secret(GOOD_KEY))
    (tunnel,) = express(asked).tunnels
    assert tunnel.bgp is not None
    assert tunnel.interface is not None
    assert (tunnel.bgp.peers[0].source, tunnel.interface.unnumbered) == ("Loopback100",) * 2
    assert express(express(asked)) == express(asked)
