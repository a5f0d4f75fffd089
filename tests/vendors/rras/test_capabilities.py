"""What RRAS cannot say is said before anything connects; what it says otherwise is noted."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance.driver import Refusal, load
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Environment, Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel
from tests.vendors import intents
from tests.vendors.rras.servers import branch, speaking
from vendors.rras.names import level

DRIVER = load("rras")
KEY = Secret("right-horse-battery-staple")


def asked(**changes: object) -> Intent:
    return intend(branch(), intents.expectation(**changes), KEY)


def refusals(intent: Intent) -> dict[str, Refusal]:
    return {one.setting: one for one in DRIVER.refusals(DRIVER.express(intent))}


def only(intent: Intent) -> Refusal:
    (found,) = refusals(intent).values()
    return found


def test_the_usual_is_possible() -> None:
    assert refusals(asked()) == {}


def test_ikev1() -> None:
    found = only(asked(ike_version=IkeVersion.V1))
    assert found.setting == "IKEv1"
    assert any("IKEv2" in one for one in found.alternatives)


def test_policy_based_selectors() -> None:
    found = only(asked(policy_based=True))
    assert "usePolicyBasedTrafficSelectors: false" in found.alternatives[0]


def _custom(
    ike: tuple[Encryption, Integrity, DhGroup], esp: tuple[Encryption, Integrity, DhGroup | None]
) -> Intent:
    return asked(policy=intents.custom(ike, esp))


AES, GCM, SHA, G14 = (
    Encryption.AES256,
    Encryption.AES256GCM,
    Integrity.SHA256,
    DhGroup.MODP2048,
)


@pytest.mark.parametrize(
    ("ike", "esp", "setting"),
    [
        ((GCM, SHA, G14), (AES, SHA, None), "IKE encryption aes256gcm"),
        ((AES, Integrity.SHA512, G14), (AES, SHA, None), "IKE integrity sha512"),
        ((AES, SHA, DhGroup.MODP1536), (AES, SHA, None), "IKE group 5"),
        ((AES, SHA, DhGroup.ECP521), (AES, SHA, None), "IKE group 21"),
        ((AES, SHA, G14), (AES, Integrity.SHA384, None), "ESP integrity sha384"),
        ((AES, SHA, G14), (AES, SHA, DhGroup.MODP4096), "PFS group 16"),
        ((AES, SHA, G14), (Encryption.AES256GMAC, SHA, None), "ESP encryption aes256gmac"),
    ],
)
def test_an_algorithm_without_a_word(
    ike: tuple[Encryption, Integrity, DhGroup],
    esp: tuple[Encryption, Integrity, DhGroup | None],
    setting: str,
) -> None:
    found = refusals(_custom(ike, esp))
    assert setting in found
    assert found[setting].alternatives


def test_a_prf_of_its_own() -> None:
    intent = asked()
    (tunnel,) = intent.tunnels
    (proposal,) = tunnel.ike.proposals
    other = replace(tunnel.ike, proposals=(replace(proposal, prf=(Prf.SHA384,)),))
    assert only(_with(intent, replace(tunnel, ike=other))).setting == "IKE prf sha384"


def _with(intent: Intent, tunnel: Tunnel) -> Intent:
    return replace(intent, tunnels=(tunnel,))


def test_bgp_on_apipa() -> None:
    site = branch()
    ours = OnPremisesBgp(asn=65_050, address=IPv4Address("169.254.21.2"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=ours))
    found = refusals(intend(site, intents.expectation(bgp_enabled=True), KEY))
    assert list(found) == ["BGP on APIPA addresses (169.254.0.0/16)"]


def test_large_as_numbers_are_refused_on_2012_r2_and_noted_later() -> None:
    site, expected, _ = speaking()
    ours = site.on_premises.bgp
    assert ours is not None
    site = replace(
        site, on_premises=replace(site.on_premises, bgp=replace(ours, asn=4_200_000_001))
    )
    intent = intend(site, expected, KEY)
    assert refusals(intent) == {}
    assert any("65534" in note for note in DRIVER.express(intent).notes)
    old = replace(intent, environment=Environment(version="2012 R2"))
    assert set(refusals(old)) == {"AS number 4200000001"}


@pytest.mark.parametrize("version", ["6.2.9200", "Windows Server 2012", "6.1", "2008 R2"])
def test_a_server_before_2012_r2(version: str) -> None:
    old = replace(asked(), environment=Environment(version=version))
    assert f"device.version {version}" in refusals(old)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("6.3.9600", "2012 R2"),
        ("2012 R2", "2012 R2"),
        ("10.0.14393", "2016"),
        ("10.0.26100", "2016"),
        ("2022", "2016"),
        ("Windows Server 2025", "2016"),
        (None, None),
        ("", None),
    ],
)
def test_levels(version: str | None, expected: str | None) -> None:
    assert level(version) == expected


@pytest.mark.parametrize("key", ["", "x" * 129, "with blank", "tab\tbed", "\u00fcmlaut", "nul\0"])
def test_keys_that_azure_would_not_take(key: str) -> None:
    intent = asked()
    (tunnel,) = intent.tunnels
    found = refusals(_with(intent, replace(tunnel, psk=Secret(key))))
    assert list(found) == ["psk"]
    assert not key or key not in str(found)


@pytest.mark.parametrize(
    "name", ["a b", "x'; rm", "-" * 65, "n\u00e4me", "new\nline", "{{x}}", "$(x)"]
)
def test_hostile_names(name: str) -> None:
    intent = asked()
    (tunnel,) = intent.tunnels
    assert any(
        "named like it" in one.reason
        for one in refusals(_with(intent, replace(tunnel, name=name))).values()
    )


def test_what_rras_says_otherwise_is_noted_once() -> None:
    intent = asked(esp_lifetime_seconds=100, esp_lifetime_kilobytes=1_000)
    told = DRIVER.express(intent)
    (tunnel,) = told.tunnels
    assert (tunnel.esp.lifetime_seconds, tunnel.esp.lifetime_kilobytes) == (300, 1_024)
    assert tunnel.ike.dpd is None
    assert tunnel.interface is None
    assert tunnel.passes is None
    assert len(told.notes) == len(set(told.notes)) >= 3
    assert DRIVER.express(told) == told


def test_an_old_server_has_one_ike_lifetime() -> None:
    intent = asked(ike_lifetime_seconds=3_600)
    old = replace(intent, environment=Environment(version="6.3.9600"))
    assert DRIVER.express(old).tunnels[0].ike.proposals[0].lifetime_seconds == 28_800
    assert DRIVER.express(intent).tunnels[0].ike.proposals[0].lifetime_seconds == 3_600
