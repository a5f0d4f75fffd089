"""What Junos cannot say is told before anything connects; what it says otherwise is a note."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from appliance.driver import Refusal
from appliance.intend import intend
from appliance.inventory.model import TunnelSettings
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Dpd, Mode, TrafficSelector, TunnelInterface
from tests.vendors import intents
from vendors.juniper_junos.capabilities import refusals
from vendors.juniper_junos.express import express
from vendors.juniper_junos.release import release

GOOD_KEY = "letters0and9digits"
NEW, MIDDLE, OLD = "21.4R3-S1.5", "15.1X49-D100", "12.1X44-D10"


def _asked(
    ike: tuple[Encryption, Integrity, DhGroup] = (
        Encryption.AES256,
        Integrity.SHA256,
        DhGroup.MODP2048,
    ),
    esp: tuple[Encryption, Integrity, DhGroup | None] = (Encryption.AES256, Integrity.SHA1, None),
    *,
    version: IkeVersion = IkeVersion.V2,
    running: str | None = None,
    key: str = GOOD_KEY,
    **changes: object,
) -> Intent:
    site = intents.site("juniper_junos")
    site = replace(site, device=replace(site.device, version=running))
    policy = intents.custom(ike, esp)
    expected = intents.expectation(policy=policy, ike_version=version, **changes)
    return intend(site, expected, Secret(key))


def _intent(**asked: object) -> Intent:
    return express(_asked(**asked))  # type: ignore[arg-type]  # arguments by name


def _settings(found: tuple[Refusal, ...]) -> list[str]:
    return [refusal.setting for refusal in found]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("15.1X49-D100", (15, 1, 49, 100)),
        ("15.1X49-D100.6", (15, 1, 49, 100)),
        ("12.1X46-D35.1", (12, 1, 46, 35)),
        ("21.4R3-S1.5", (21, 4, 0, 3)),
        ("10.4R7.5", (10, 4, 0, 7)),
        ("22.2", (22, 2, 0, 0)),
        ("unknown", None),
        (None, None),
    ],
)
def test_releases(text: str | None, known: tuple[int, ...] | None) -> None:
    assert release(text) == known


@pytest.mark.parametrize("running", [None, NEW, MIDDLE, "12.3X48-D30"])
def test_an_ordinary_intent_is_refused_nothing(running: str | None) -> None:
    assert refusals(_intent(running=running)) == ()


def test_ikev1_has_no_gcm() -> None:
    gcm = (Encryption.AES256GCM, Integrity.SHA384, DhGroup.MODP2048)
    (found,) = refusals(_intent(ike=gcm, version=IkeVersion.V1))
    assert found.setting == "IKEv1 encryption aes256gcm"
    assert "aes256" in found.alternatives


@pytest.mark.parametrize(
    ("cipher", "hash_", "brought"),
    [
        (Encryption.AES128GCM, Integrity.SHA256, ""),
        (Encryption.AES256GCM, Integrity.SHA384, ""),
        (Encryption.AES128GCM, Integrity.SHA384, "sha256"),
        (Encryption.AES256GCM, Integrity.SHA256, "sha384"),
    ],
)
def test_gcm_brings_its_prf_along(cipher: Encryption, hash_: Integrity, brought: str) -> None:
    found = refusals(_intent(ike=(cipher, hash_, DhGroup.MODP2048)))
    assert _settings(found) == ([f"IKE prf {hash_}"] if brought else [])
    assert all(f"ikeIntegrity with {brought}" in one.alternatives[0] for one in found)


def test_a_prf_apart_from_the_integrity() -> None:
    made = _intent()
    (tunnel,) = made.tunnels
    proposal = replace(tunnel.ike.proposals[0], prf=(Prf.SHA384,))
    tunnel = replace(tunnel, ike=replace(tunnel.ike, proposals=(proposal,)))
    (found,) = refusals(replace(made, tunnels=(tunnel,)))
    assert found.setting == "IKE prf sha384"


def test_ike_has_no_aes192_gcm() -> None:
    gcm = (Encryption.AES192GCM, Integrity.SHA256, DhGroup.MODP2048)
    (found,) = refusals(_intent(ike=gcm))
    assert found.setting == "IKE encryption aes192gcm"
    assert "aes256gcm" in found.alternatives


@pytest.mark.parametrize(
    ("running", "ike", "setting"),
    [
        ("15.1X49-D30", (Encryption.AES256GCM, Integrity.SHA384, DhGroup.MODP2048), "aes256gcm"),
        (MIDDLE, (Encryption.AES256, Integrity.SHA512, DhGroup.MODP2048), "sha512"),
        (MIDDLE, (Encryption.AES256, Integrity.SHA256, DhGroup.MODP3072), "group 15"),
        (MIDDLE, (Encryption.AES256, Integrity.SHA256, DhGroup.ECP521), "group 21"),
    ],
)
def test_what_came_with_later_releases(
    running: str, ike: tuple[Encryption, Integrity, DhGroup], setting: str
) -> None:
    (found,) = refusals(_intent(ike=ike, running=running))
    assert setting in found.setting
    assert running in found.reason
    assert refusals(_intent(ike=ike, running=NEW)) == ()
    assert refusals(_intent(ike=ike)) == (), "an unknown release is taken for a modern one"


def test_pfs_groups_of_the_newer_daemon() -> None:
    esp = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP4096)
    assert _settings(refusals(_intent(esp=esp, running=MIDDLE))) == ["PFS group 16"]


def test_groups_that_junos_has_no_word_for() -> None:
    ike = (Encryption.AES256, Integrity.SHA256, DhGroup.CURVE25519)
    (found,) = refusals(_intent(ike=ike))
    assert found.setting == "IKE group 31"
    assert "14" in found.alternatives


def test_releases_without_ikev2() -> None:
    assert "IKEv2" in _settings(refusals(_intent(running="10.4R7")))


PAIR = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.20.0.0/16"))


@pytest.mark.parametrize(
    ("running", "version", "refused"),
    [
        ("12.1X46-D9", IkeVersion.V1, True),
        ("12.1X46-D10", IkeVersion.V1, False),
        ("15.1X49-D99", IkeVersion.V2, True),
        ("15.1X49-D100", IkeVersion.V2, False),
        (NEW, IkeVersion.V2, False),
        (None, IkeVersion.V2, False),
    ],
)
def test_traffic_selectors_by_release(
    running: str | None, version: IkeVersion, *, refused: bool
) -> None:
    intent = _intent(running=running, version=version, policy_based=True, selectors=(PAIR,))
    assert intent.tunnels[0].mode is Mode.POLICY_BASED
    assert (_settings(refusals(intent)) == ["device.mode: policy-based"]) is refused


def test_traffic_selectors_have_limits() -> None:
    many = tuple(
        TrafficSelector(local=IPv4Network(f"10.10.{n}.0/24"), remote=PAIR.remote)
        for n in range(201)
    )
    (found,) = refusals(_intent(policy_based=True, selectors=many))
    assert "200" in found.reason
    anywhere = replace(PAIR, remote=IPv4Network("0.0.0.0/0"))
    (found,) = refusals(_intent(policy_based=True, selectors=(anywhere,)))
    assert "default route" in found.reason


def test_two_gateways_with_the_same_selectors() -> None:
    ends = (*intents.expectation().endpoints, intents.SECOND)
    found = refusals(_intent(policy_based=True, selectors=(PAIR,), endpoints=ends))
    assert _settings(found) == ["device.mode: policy-based"]


def test_a_site_name_that_junos_cannot_hold() -> None:
    made = _intent()
    long = replace(made.tunnels[0], name="a-site-with-a-name-that-is-too-long-1")
    (found,) = refusals(replace(made, tunnels=(long,)))
    assert "31 characters" in found.reason


@pytest.mark.parametrize(
    "key",
    [
        "with blanks inside",
        'quotes " and \\ backslashes',
        "#;{}[]?$'`/* */",
        "$10$ is nothing special",
        "x$9$inside",
        "a" * 128,
    ],
)
def test_keys_that_travel(key: str) -> None:
    assert refusals(_intent(key=key)) == ()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "1 to 255"),
        ("a" * 256, "1 to 255"),
        ("$9$looks-stored", "obscured"),
        ("$8$aes256-gcm$hmac", "obscured"),
        ("tab\there", "'\\t'"),
        ("line\nbreak", "'\\n'"),
        ("über", "ü"),
    ],
)
def test_keys_that_do_not(key: str, words: str) -> None:
    (found,) = refusals(_intent(key=key))
    assert found.setting == "psk"
    assert words in found.reason
    assert not key or key not in found.reason


# --- what is said otherwise ---


def test_expressing_twice_changes_nothing() -> None:
    once = _intent()
    assert express(once) == once


@pytest.mark.parametrize(("asked", "given"), [(172_799, 86_400), (100, 180), (27_000, 27_000)])
def test_lifetimes_in_their_range(asked: int, given: int) -> None:
    made = _intent(esp_lifetime_seconds=asked, ike_lifetime_seconds=asked)
    (tunnel,) = made.tunnels
    assert tunnel.esp.lifetime_seconds == given
    assert tunnel.ike.proposals[0].lifetime_seconds == given
    assert any("each end has its own" in note for note in made.notes) is (asked != given)


@pytest.mark.parametrize(
    ("running", "asked", "given"),
    [
        (None, 102_400_000, 102_400_000),
        (NEW, 102_400_000, 102_400_000),
        ("12.3X48-D30", 102_400_000, None),
        ("12.3X48-D30", 1_048_576, 1_048_576),
        (NEW, 4_294_967_295, None),
    ],
)
def test_volumes_that_fit(running: str | None, asked: int, given: int | None) -> None:
    made = _intent(running=running, esp_lifetime_kilobytes=asked)
    assert made.tunnels[0].esp.lifetime_kilobytes == given
    assert any("kilobytes" in note for note in made.notes) is (given is None)


@pytest.mark.parametrize(
    ("delay", "interval", "timeout"), [(10, 10, 40), (20, 20, 40), (45, 45, 45), (3_600, 60, 60)]
)
def test_liveness_as_probes_that_may_be_lost(delay: int, interval: int, timeout: int) -> None:
    made = _asked()
    tunnel = made.tunnels[0]
    dpd = Dpd(delay_seconds=delay, retry_seconds=3, on_demand=False)
    tunnel = replace(tunnel, ike=replace(tunnel.ike, dpd=dpd))
    found = express(replace(made, tunnels=(tunnel,))).tunnels[0].ike.dpd
    assert found == Dpd(delay_seconds=interval, timeout_seconds=timeout, on_demand=False)


def test_interfaces_are_units() -> None:
    made = _asked()
    tunnel = made.tunnels[0]
    tunnel = replace(tunnel, local=replace(tunnel.local, interface="ge-0/0/0"))
    environment = replace(
        made.environment,
        outside_interface="reth0",
        inside_interface="ge-0/0/1.7",
        outside_acl="OUT",
    )
    found = express(replace(made, tunnels=(tunnel,), environment=environment))
    assert found.tunnels[0].local.interface == "ge-0/0/0.0"
    assert found.environment.outside_interface == "reth0.0"
    assert found.environment.inside_interface == "ge-0/0/1.7"
    assert found.environment.outside_acl is None
    assert any("host-inbound-traffic" in note for note in found.notes)


def test_no_address_is_borrowed() -> None:
    made = _asked()
    site = intents.site("juniper_junos")
    settings = TunnelSettings(unnumbered="ge-0/0/1.0")
    site = replace(site, device=replace(site.device, tunnel=settings))
    made = intend(site, intents.expectation(), Secret(GOOD_KEY))
    found = express(made)
    assert found.tunnels[0].interface == TunnelInterface(
        name="", unnumbered="family inet", mss=settings.mss
    )
    assert any("needs no address" in note for note in found.notes)


def test_without_prefixes_no_policy_can_be_written() -> None:
    made = _asked()
    silent = tuple(replace(tunnel, passes=()) for tunnel in made.tunnels)
    assert any("no zone policy" in note for note in express(replace(made, tunnels=silent)).notes)
    assert not any("no zone policy" in note for note in express(made).notes)
