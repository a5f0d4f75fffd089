"""What is a difference, how bad it is, and what is none: Azure's own tables decide."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.compare import compare, strangers
from appliance.compare.finding import Finder
from appliance.compare.settle import settle
from appliance.intend import intend
from appliance.inventory.model import OnPremisesBgp
from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.intent import Dials, Intent, Observed
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, EspProposal, IkeProposal, Source, Tunnel
from tests.vendors import intents

KEY = Secret("one-key-for-both-ends")


def _intent(dials: Dials | None = None) -> Intent:
    """Custom policy, or Azure's default one with this side dialling."""
    expected = intents.expectation()
    if dials is not None:
        expected = intents.expectation(policy=ROUTE_BASED.policy(dials))
    return intend(intents.site("cisco_ios"), expected, KEY)


def _found(intent: Intent, running: Tunnel) -> tuple[Difference, ...]:
    return compare(intent, Observed(driver="any", tunnels=(running,)))


def _running(intent: Intent, **changes: object) -> Tunnel:
    return replace(intent.tunnels[0], name="Tunnel7", **changes)  # type: ignore[arg-type]  # by name


def _ike(
    encryption: Encryption, integrity: Integrity, group: DhGroup, name: str = "p"
) -> IkeProposal:
    return IkeProposal(
        name=name,
        encryption=(encryption,),
        integrity=(integrity,),
        prf=(Prf(integrity.value),),
        groups=(group,),
        lifetime_seconds=28_800,
    )


def _esp(encryption: Encryption, integrity: Integrity) -> EspProposal:
    return EspProposal(name="t", encryption=(encryption,), integrity=(integrity,))


def _with(
    tunnel: Tunnel, esp: EspProposal, pfs: DhGroup | None, ike: IkeProposal | None = None
) -> Tunnel:
    tunnel = replace(tunnel, esp=replace(tunnel.esp, proposals=(esp,), pfs_group=pfs))
    if ike is not None:
        tunnel = replace(tunnel, ike=replace(tunnel.ike, proposals=(ike,)))
    return tunnel


AES_SHA1 = _esp(Encryption.AES256, Integrity.SHA1)
AES128_SHA256 = _esp(Encryption.AES128, Integrity.SHA256)
GCM = _esp(Encryption.AES256GCM, Integrity.NONE)
DEFAULT_IKE = _ike(Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024)

# Azure, "About VPN devices", RouteBased offers: as initiator six without PFS, as responder 26.
PFS_TABLE = (
    (Dials.EITHER, AES_SHA1, None, None),
    (Dials.AZURE, AES_SHA1, None, None),
    (Dials.APPLIANCE, AES_SHA1, None, None),
    (Dials.APPLIANCE, AES_SHA1, DhGroup.MODP2048, None),
    (Dials.APPLIANCE, AES_SHA1, DhGroup.MODP2048_256, None),
    (Dials.EITHER, AES_SHA1, DhGroup.MODP2048, "esp.pfs_group"),
    (Dials.AZURE, AES_SHA1, DhGroup.MODP2048, "esp.pfs_group"),
    (Dials.APPLIANCE, AES_SHA1, DhGroup.ECP384, "esp.pfs_group"),
    (Dials.APPLIANCE, AES128_SHA256, None, None),
    (Dials.APPLIANCE, AES128_SHA256, DhGroup.MODP1024, None),
    (Dials.EITHER, GCM, None, None),
)


@pytest.mark.parametrize(("dials", "esp", "pfs", "path"), PFS_TABLE)
def test_pfs_against_the_default_policy(
    dials: Dials, esp: EspProposal, pfs: DhGroup | None, path: str | None
) -> None:
    intent = _intent(dials)
    found = _found(intent, _with(_running(intent), esp, pfs, DEFAULT_IKE))
    assert [difference.path for difference in found] == ([] if path is None else [path])


def test_what_azure_offers_only_as_responder_is_no_match_when_either_may_dial() -> None:
    intent = _intent(Dials.EITHER)
    found = _found(intent, _with(_running(intent), AES128_SHA256, None, DEFAULT_IKE))
    assert {difference.path for difference in found} == {"esp.proposals.encryption"}


@pytest.mark.parametrize(
    "ike",
    [
        _ike(Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024),
        _ike(Encryption.AES128, Integrity.SHA1, DhGroup.MODP1024),
        _ike(Encryption.TRIPLE_DES, Integrity.SHA256, DhGroup.MODP1024),
    ],
    ids=str,
)
def test_any_of_azures_default_proposals_is_in_sync(ike: IkeProposal) -> None:
    intent = _intent(Dials.EITHER)
    assert _found(intent, _with(_running(intent), AES_SHA1, None, ike)) == ()


def test_group_14_alone_fails_against_the_default_policy() -> None:
    intent = _intent(Dials.EITHER)
    ike = _ike(Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048)
    (found,) = _found(intent, _with(_running(intent), AES_SHA1, None, ike))
    assert (found.path, found.severity) == ("ike.proposals.groups", Severity.BREAKING)
    assert (found.intended, found.running) == ([2], [14])


@pytest.mark.parametrize(
    ("pfs", "severity"), [(None, Severity.BREAKING), (DhGroup.ECP256, Severity.BREAKING)]
)
def test_pfs_against_a_custom_policy_is_exact(pfs: DhGroup | None, severity: Severity) -> None:
    intent = _intent()
    (found,) = _found(intent, _with(_running(intent), GCM, pfs))
    assert (found.path, found.severity) == ("esp.pfs_group", severity)


def test_pfs_where_azure_has_none_is_a_warning() -> None:
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
        (Encryption.AES256GCM, Integrity.NONE, None),
    )
    expected = intents.expectation(policy=policy)
    intent = intend(intents.site("cisco_ios"), expected, KEY)
    (found,) = _found(intent, _with(_running(intent), GCM, DhGroup.MODP2048))
    assert (found.path, found.severity) == ("esp.pfs_group", Severity.WARNING)


def test_lists_that_contain_what_is_wanted_are_judged_by_what_else_they_offer() -> None:
    intent = _intent()
    wanted = intent.tunnels[0].ike.proposals[0]
    weaker = _ike(Encryption.TRIPLE_DES, Integrity.MD5, DhGroup.MODP1024, "old")
    stronger = _ike(Encryption.AES256, Integrity.SHA384, DhGroup.ECP384, "new")
    running = _running(intent)
    running = replace(running, ike=replace(running.ike, proposals=(stronger, wanted, weaker)))
    found = _found(intent, running)
    assert [(d.path, d.severity, d.verdict) for d in found] == [
        ("ike.proposals.old", Severity.WARNING, Verdict.EXTRA),
        ("ike.proposals.new", Severity.INFORMATION, Verdict.EXTRA),
    ]


def test_proposals_that_others_use_too_are_theirs_to_judge() -> None:
    intent = _intent()
    wanted = intent.tunnels[0].ike.proposals[0]
    weak = _ike(Encryption.DES, Integrity.MD5, DhGroup.MODP768, "partner")
    running = _running(intent)
    running = replace(running, ike=replace(running.ike, proposals=(wanted, weak)))
    partner = replace(
        running,
        name="Tunnel50",
        remote=replace(running.remote, addresses=(IPv4Address("192.0.2.50"),)),
        routes=(),
        ike=replace(running.ike, proposals=(weak,)),
    )
    observed = Observed(driver="any", tunnels=(partner, running))
    assert compare(intent, observed) == ()
    assert [tunnel.name for tunnel in strangers(intent, observed)] == ["Tunnel50"]


def test_order_and_names_never_matter() -> None:
    intent = _intent()
    running = _running(intent, routes=tuple(reversed(intent.tunnels[0].routes)))
    proposal = replace(running.ike.proposals[0], name="any-other")
    running = replace(running, ike=replace(running.ike, proposals=(proposal,)))
    assert _found(intent, running) == ()


def test_routes_that_the_text_does_not_tell_are_not_missing() -> None:
    intent = _intent()
    gone = _running(intent, routes=())
    (found,) = _found(intent, gone)
    assert (found.path, found.severity, found.verdict) == (
        "routes",
        Severity.BREAKING,
        Verdict.MISSING,
    )
    (found,) = _found(intent, replace(gone, routes_unseen="a script makes them"))
    assert (found.path, found.verdict) == ("routes", Verdict.UNVERIFIABLE)
    assert found.severity is Severity.INFORMATION
    assert found.reason.endswith("into the tunnel: a script makes them")


def test_static_routes_to_what_azure_has_may_stand_beside_bgp() -> None:
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1"))
    site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    intent = intend(site, intents.expectation(bgp_enabled=True), KEY)
    own, azure = intent.tunnels[0].routes, intent.reaches[0]
    beside = (azure, next(azure.subnets(prefixlen_diff=4)))
    assert azure not in own
    assert _found(intent, _running(intent, routes=(*own, *beside))) == ()
    alien = IPv4Network("172.31.0.0/16")
    (found,) = _found(intent, _running(intent, routes=(*own, azure, alien)))
    assert (found.path, found.running) == ("routes", [str(alien)])
    kept = settle(intent, Observed(driver="any", tunnels=(_running(intent, routes=beside),)))
    assert kept.tunnels[0].routes == (*own, *beside)


def test_a_network_too_many_is_told_with_its_own_line() -> None:
    intent = _intent()
    alien = IPv4Network("172.31.0.0/16")
    sources = {"routes": Source(1, "first"), f"routes.{alien}": Source(7, "alien")}
    running = _running(intent, routes=(*intent.tunnels[0].routes, alien), sources=sources)
    (found,) = _found(intent, running)
    assert found.source == Source(7, "alien")


def test_parts_of_azures_prefixes_may_have_routes_of_their_own() -> None:
    intent = _intent()
    own = intent.tunnels[0].routes
    (found,) = _found(intent, _running(intent, routes=(*own, *own[0].subnets(prefixlen_diff=4))))
    assert (found.path, found.severity) == ("routes", Severity.INFORMATION)
    halves = tuple(part for net in own for part in net.subnets())
    (found,) = _found(intent, _running(intent, routes=halves))
    assert found.severity is Severity.INFORMATION, "nothing is missing: two halves are the whole"
    (missing, part) = _found(intent, _running(intent, routes=(halves[0], *own[1:])))
    assert (missing.path, missing.severity) == ("routes", Severity.BREAKING)
    assert part.severity is Severity.INFORMATION


def test_a_wider_route_covers_and_is_reported() -> None:
    intent = _intent()
    (found,) = _found(intent, _running(intent, routes=(IPv4Network("10.16.0.0/12"),)))
    assert (found.path, found.severity, found.verdict) == (
        "routes",
        Severity.WARNING,
        Verdict.EXTRA,
    )
    assert "wider" in found.reason


def test_a_gateway_that_moved_is_recognised_by_the_networks_behind_it() -> None:
    intent = _intent()
    moved = replace(
        intent.tunnels[0].remote, addresses=(IPv4Address("198.51.100.200"),), identity=None
    )
    (found,) = _found(intent, _running(intent, remote=moved))
    assert (found.path, found.intended, found.running) == (
        "remote.addresses",
        ["198.51.100.7"],
        ["198.51.100.200"],
    )


def test_a_missing_tunnel_is_one_finding() -> None:
    (found,) = compare(_intent(), Observed(driver="any"))
    assert (found.path, found.verdict, found.severity) == (
        "tunnel",
        Verdict.MISSING,
        Severity.BREAKING,
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        (KEY, Secret("one-key-for-both-ends"), None),
        (KEY, Secret("another"), Verdict.DIFFERENT),
        (KEY, Hidden("type 6, encrypted with a master key"), Verdict.UNVERIFIABLE),
        (Hidden("env:X is not set"), KEY, Verdict.UNVERIFIABLE),
        (KEY, None, Verdict.MISSING),
    ],
)
def test_keys_are_same_different_or_unverifiable(
    ours: Secret | Hidden, theirs: Secret | Hidden | None, verdict: Verdict | None
) -> None:
    intent = _intent()
    intent = replace(intent, tunnels=(replace(intent.tunnels[0], psk=ours),))
    found = _found(intent, _running(intent, psk=theirs))
    assert [difference.verdict for difference in found] == ([] if verdict is None else [verdict])
    assert "one-key" not in repr(found)
    if verdict is Verdict.UNVERIFIABLE:
        assert found[0].severity is Severity.INFORMATION
        hidden = theirs if isinstance(theirs, Hidden) else ours
        assert isinstance(hidden, Hidden)
        assert hidden.reason in found[0].reason


def test_a_dangling_reference_is_found() -> None:
    intent = _intent()
    (found,) = _found(intent, _running(intent, missing=("transform-set TS",)))
    assert (found.path, found.intended, found.severity) == (
        "missing",
        "transform-set TS",
        Severity.BREAKING,
    )


def test_a_setting_without_a_field_is_told_in_the_device_s_words() -> None:
    intent = _intent()
    words = "Persistent False: it is taken down when idle"
    (found,) = _found(intent, _running(intent, quirks=(words,)))
    assert (found.path, found.running, found.severity) == (
        "quirks.Persistent",
        words,
        Severity.WARNING,
    )


def test_each_side_has_its_own_lifetimes() -> None:
    intent = _intent()
    tunnel = _running(intent)
    longer = replace(tunnel, esp=replace(tunnel.esp, lifetime_seconds=86_400))
    shorter = replace(tunnel, esp=replace(tunnel.esp, lifetime_seconds=120))
    assert [d.severity for d in _found(intent, longer)] == [Severity.INFORMATION]
    assert [d.severity for d in _found(intent, shorter)] == [Severity.WARNING]


def test_a_finding_points_to_the_nearest_line_of_its_own_proposal() -> None:
    lines = {
        "ike.proposals": Source(1, "policy 10"),
        "ike.proposals.10": Source(1, "policy 10"),
        "ike.proposals.10.groups": Source(2, " group 2"),
        "ike.proposals.20": Source(3, "policy 20"),
        "ike.proposals.20.groups": Source(4, " group 5"),
        "ike.proposals.lifetime_seconds": Source(9, " lifetime 60"),
    }
    finder = Finder("t", lines).of("20")

    def line(finder: Finder, path: str) -> int | None:
        source = finder.breaking(path, 1, 2, "").source
        return None if source is None else source.line

    assert line(finder, "ike.proposals.groups") == 4
    assert line(finder, "ike.proposals.prf") == 3, "its heading, when it has no line for it"
    assert line(finder, "ike.proposals.lifetime_seconds") == 9
    assert line(finder, "ike.proposals.10") == 1
    assert line(Finder("t", lines), "ike.proposals.groups") == 1
    assert line(finder, "esp.pfs_group") is None


def test_a_liveness_check_that_works_stays_unless_the_inventory_says_another() -> None:
    intent = _intent()
    slow = Dpd(delay_seconds=30, retry_seconds=5)
    held = _running(intent, ike=replace(intent.tunnels[0].ike, dpd=slow))
    assert _found(intent, held) == ()
    asked = replace(intent, any_pace=False)
    assert [found.path for found in _found(asked, held)] == ["ike.dpd"]
    late = replace(slow, delay_seconds=300)
    held = _running(intent, ike=replace(intent.tunnels[0].ike, dpd=late))
    assert [found.path for found in _found(intent, held)] == ["ike.dpd"]
