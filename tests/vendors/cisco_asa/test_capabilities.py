"""What an ASA cannot say is told before anything connects; what it says its own way is noted."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.driver import Refusal
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp, TunnelSettings
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials, Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Dpd, Mode, TrafficSelector
from tests.vendors import intents
from vendors.cisco_asa import DRIVER
from vendors.cisco_asa.capabilities import refusals
from vendors.cisco_asa.express import express

Ike = tuple[Encryption, Integrity, DhGroup]
Esp = tuple[Encryption, Integrity, DhGroup | None]
GOOD_KEY = "letters0and9digits"
IKE: Ike = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
ESP: Esp = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
OLD_IKE: Ike = (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024)
OLD_ESP: Esp = (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024)


def _intent(  # noqa: PLR0913 -- a keyword for each thing that decides
    ike: Ike = IKE,
    esp: Esp = ESP,
    *,
    version: IkeVersion = IkeVersion.V2,
    release: str | None = "9.16(4)",
    key: str = GOOD_KEY,
    mode: Mode | None = None,
) -> Intent:
    site = intents.site("cisco_asa")
    site = replace(site, device=replace(site.device, version=release, mode=mode))
    expected = intents.expectation(policy=intents.custom(ike, esp), ike_version=version)
    return express(intend(site, expected, Secret(key)))


def _settings(found: tuple[Refusal, ...]) -> list[str]:
    return [refusal.setting for refusal in found]


@pytest.mark.parametrize("release", [None, "9.8(2)", "9.12(4)", "9.16(4)", "9.20(2)", "9.22(1)1"])
def test_an_ordinary_intent_is_refused_nothing(release: str | None) -> None:
    assert refusals(_intent(release=release)) == ()


def test_ikev1_has_neither_gcm_nor_sha2() -> None:
    gcm: Ike = (Encryption.AES256GCM, Integrity.SHA256, DhGroup.MODP2048)
    found = refusals(_intent(gcm, version=IkeVersion.V1))
    assert _settings(found) == ["IKEv1 encryption aes256gcm", "ESP integrity with IKEv1 sha256"]
    assert "aes256" in found[0].alternatives
    sha2 = refusals(_intent(IKE, (Encryption.AES256, Integrity.SHA1, None), version=IkeVersion.V1))
    assert _settings(sha2) == ["IKEv1 integrity sha256"]
    assert sha2[0].alternatives == ("md5", "sha1")


@pytest.mark.parametrize(
    ("ike", "esp", "setting"),
    [
        ((Encryption.DES, Integrity.SHA256, DhGroup.MODP2048), ESP, "IKE encryption des"),
        ((Encryption.TRIPLE_DES, Integrity.SHA256, DhGroup.MODP2048), ESP, "IKE encryption 3des"),
        ((Encryption.AES256, Integrity.MD5, DhGroup.MODP2048), ESP, "IKE integrity md5"),
        ((Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024), ESP, "IKE group 2"),
        ((Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048_256), ESP, "IKE group 24"),
        (IKE, (Encryption.TRIPLE_DES, Integrity.SHA256, None), "ESP encryption 3des"),
        (IKE, (Encryption.NULL, Integrity.SHA256, None), "ESP encryption null"),
        (IKE, (Encryption.AES256GMAC, Integrity.NONE, None), "ESP encryption aes256gmac"),
        (IKE, (Encryption.AES256, Integrity.MD5, None), "ESP integrity md5"),
        (IKE, (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048_256), "PFS group 24"),
    ],
)
def test_what_9_15_removed_is_refused_from_there_on(ike: Ike, esp: Esp, setting: str) -> None:
    assert setting not in _settings(refusals(_intent(ike, esp, release="9.14(3)")))
    for release in ("9.15(1)", "9.20(2)"):
        found = {one.setting: one for one in refusals(_intent(ike, esp, release=release))}
        assert "custom IPsec/IKE policy" in found[setting].alternatives[0]


def test_an_unknown_version_is_taken_as_one_of_today_and_that_is_said() -> None:
    (found,) = refusals(
        _intent((Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024), release=None)
    )
    assert found.setting == "IKE group 2"
    assert "no version is known" in found.reason
    assert "device.version" in found.alternatives[1]


def test_group_5_is_deprecated_but_there() -> None:
    five: Ike = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP1536)
    assert refusals(_intent(five, release="9.20(2)")) == ()


@pytest.mark.parametrize(
    ("version", "release", "refused"),
    [
        (IkeVersion.V2, "9.7(1)", True),
        (IkeVersion.V2, "9.8(1)", False),
        (IkeVersion.V1, "9.6(4)", True),
        (IkeVersion.V1, "9.7(1)", False),
    ],
)
def test_tunnel_interfaces_came_late(version: IkeVersion, release: str, *, refused: bool) -> None:
    ike, esp = (IKE, ESP) if version is IkeVersion.V2 else (OLD_IKE, OLD_ESP)
    found = refusals(_intent(ike, esp, version=version, release=release))
    assert _settings(found) == (["device.mode: route-based"] if refused else [])
    if refused:
        assert found[0].alternatives[0] == "device.mode: policy-based"
    by_policy = _intent(ike, esp, version=version, release=release, mode=Mode.POLICY_BASED)
    assert refusals(by_policy) == ()


def test_ikev1_got_group_14_with_9_13() -> None:
    ike: Ike = (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048)
    (found,) = refusals(_intent(ike, OLD_ESP, version=IkeVersion.V1, release="9.12(4)"))
    assert found.setting == "IKEv1 group 14"
    assert found.alternatives == ("group 1", "group 2", "group 5")
    esp: Esp = (Encryption.AES256, Integrity.SHA1, None)
    assert refusals(_intent(ike, esp, version=IkeVersion.V1, release="9.13(1)")) == ()


def test_8_4_lacks_sha2_gcm_and_large_groups() -> None:
    found = refusals(
        _intent(
            IKE,
            (Encryption.AES256GCM, Integrity.NONE, DhGroup.MODP2048),
            release="8.4(7)",
            mode=Mode.POLICY_BASED,
        )
    )
    assert _settings(found) == [
        "IKE integrity sha256",
        "ESP encryption aes256gcm",
        "PFS group 14",
        "IKEv2 group 14",
    ]
    old = _intent(OLD_IKE, OLD_ESP, release="8.4(7)", mode=Mode.POLICY_BASED)
    assert refusals(old) == ()


def test_8_3_is_read_but_not_configured() -> None:
    old = _intent(OLD_IKE, OLD_ESP, version=IkeVersion.V1, release="8.3(2)", mode=Mode.POLICY_BASED)
    (found,) = refusals(old)
    assert found.setting == "device.version"
    assert "not configured" in found.reason


def test_selectors_do_not_fit_a_tunnel_interface() -> None:
    expected = intents.expectation(
        selectors=(
            TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.20.0.0/16")),
        )
    )
    site = intents.site("cisco_asa")
    site = replace(site, device=replace(site.device, mode=Mode.ROUTE_BASED))
    (found,) = refusals(express(intend(site, expected, Secret(GOOD_KEY))))
    assert found.setting == "device.mode: route-based"
    assert "device.mode: policy-based" in found.alternatives


def test_a_crypto_map_cannot_share_traffic_between_two_gateways() -> None:
    made = intents.expectation(policy_based=True)
    made = replace(made, endpoints=(*made.endpoints, intents.SECOND))
    (found,) = refusals(express(intend(intents.site("cisco_asa"), made, Secret(GOOD_KEY))))
    assert found.setting == "device.mode: policy-based"
    assert "only ever uses the first" in found.reason


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("with blank", "blank"),
        (" leading", "blank"),
        ("tab\tin", "'\\t'"),
        ("line\nbreak", "'\\n'"),
        ("umläut", "'ä'"),
        ("x" * 129, "not 129"),
        ("", "not 0"),
        ("*****", "asterisks"),
    ],
)
def test_keys_that_do_not_survive_the_command_line(key: str, words: str) -> None:
    (found,) = refusals(_intent(key=key))
    assert found.setting == "psk"
    assert words in found.reason
    assert key not in found.reason or len(key) < 2


@pytest.mark.parametrize("key", ["a?b", "!#$%&()*+,./:;<=>@[]^_{|}~", "a'b\"c`d\\e", "x" * 128])
def test_keys_that_do(key: str) -> None:
    assert refusals(_intent(key=key)) == ()


# --- express ---


def test_lifetimes_are_kept_in_range_and_noted() -> None:
    made = intents.expectation(esp_lifetime_seconds=60, esp_lifetime_kilobytes=4_294_967_295)
    found = express(intend(intents.site("cisco_asa"), made, Secret(GOOD_KEY)))
    esp = found.tunnels[0].esp
    assert (esp.lifetime_seconds, esp.lifetime_kilobytes) == (120, 2_147_483_647)
    assert any("lifetimes" in note for note in found.notes)


@pytest.mark.parametrize(
    ("asked", "threshold", "retry"), [((10, 3), 10, 3), ((9, 60), 10, 10), ((3600, 2), 3600, 2)]
)
def test_liveness_in_the_asas_own_form(asked: tuple[int, int], threshold: int, retry: int) -> None:
    site = intents.site("cisco_asa")
    settings = TunnelSettings(dpd_seconds=asked[0], dpd_retry=asked[1])
    site = replace(site, device=replace(site.device, tunnel=settings))
    found = express(intend(site, intents.expectation(), Secret(GOOD_KEY)))
    assert found.tunnels[0].ike.dpd == Dpd(delay_seconds=threshold, retry_seconds=retry)
    assert any("liveness" in note for note in found.notes) is ((threshold, retry) != asked)


def test_behind_nat_the_identity_is_the_boxs_own_and_that_is_said() -> None:
    site = intents.site("cisco_asa")
    ours = replace(
        site.on_premises,
        nat=True,
        address=IPv4Address("192.0.2.77"),
        private_address=intents.OUTSIDE,
    )
    site = replace(site, on_premises=ours)
    found = express(intend(site, intents.expectation(), Secret(GOOD_KEY)))
    assert found.tunnels[0].local.identity is None
    assert any("private address" in note for note in found.notes)


def test_sizes_are_those_of_the_platform() -> None:
    site = intents.site("cisco_asa")
    site = replace(site, device=replace(site.device, tunnel=TunnelSettings(mss=1_420, mtu=1_400)))
    interface = express(intend(site, intents.expectation(), Secret(GOOD_KEY))).tunnels[0].interface
    assert interface is not None
    assert (interface.mss, interface.mtu, interface.unnumbered) == (1_380, None, "169.254.0.0/16")


def _speaking(address: str, *addresses: str, release: str = "9.16(4)") -> Intent:
    site = intents.site("cisco_asa")
    settings = TunnelSettings(addresses=tuple(map(IPv4Interface, addresses)))
    site = replace(
        site,
        device=replace(site.device, tunnel=settings, version=release),
        on_premises=replace(
            site.on_premises, bgp=OnPremisesBgp(asn=65_050, address=IPv4Address(address))
        ),
    )
    return express(intend(site, intents.expectation(bgp_enabled=True), Secret(GOOD_KEY)))


def test_an_apipa_session_starts_from_the_tunnel_interface() -> None:
    (tunnel,) = _speaking("169.254.21.2").tunnels
    assert tunnel.interface is not None
    assert tunnel.interface.address == IPv4Interface("169.254.21.2/30")
    assert tunnel.bgp is not None
    assert tunnel.bgp.peers[0].source is None
    assert tunnel.routes == (), "Azure's peer is connected"


def test_a_session_from_the_tunnels_own_address() -> None:
    intent = _speaking("10.11.255.1", "10.11.255.1/30")
    assert refusals(intent) == ()
    (tunnel,) = intent.tunnels
    assert tunnel.bgp is not None
    assert tunnel.bgp.peers[0].source is None
    assert tunnel.routes == (IPv4Network("10.20.255.30/32"),)


def test_a_loopback_session_needs_9_20() -> None:
    (found,) = refusals(_speaking("10.11.255.1"))
    assert found.setting == "on_premises.bgp.address"
    assert "APIPA" in found.alternatives[0]
    assert "device.tunnel.addresses" in found.alternatives[1]
    modern = _speaking("10.11.255.1", release="9.20(2)")
    assert refusals(modern) == ()
    assert modern.tunnels[0].bgp is not None
    assert modern.tunnels[0].bgp.peers[0].source == "Loopback100"


def test_two_static_tunnels_are_told_apart_in_the_notes() -> None:
    made = intents.expectation()
    made = replace(made, endpoints=(*made.endpoints, intents.SECOND))
    found = express(intend(intents.site("cisco_asa"), made, Secret(GOOD_KEY)))
    assert any("static route of a distance" in note for note in found.notes)


@pytest.mark.parametrize("address", ["10.11.255.1", "169.254.21.2"])
def test_expressing_twice_changes_nothing(address: str) -> None:
    once = _speaking(address)
    assert express(once) == once


def test_of_azures_default_list_a_device_of_today_gets_what_it_has() -> None:
    """All of Azure's default IKE offers have group 2, which 9.15 removed: that is said."""
    made = intents.expectation(policy=ROUTE_BASED.policy(Dials.EITHER))
    found = fit(intend(intents.site("cisco_asa"), made, Secret(GOOD_KEY)), DRIVER)
    assert "IKE group 2" in _settings(refusals(found))
    site = intents.site("cisco_asa")
    old = replace(site, device=replace(site.device, version="9.12(4)"))
    assert refusals(fit(intend(old, made, Secret(GOOD_KEY)), DRIVER)) == ()
