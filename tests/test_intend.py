"""From inventory and Azure to what a device must hold: the choices, and where the two disagree."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED
from appliance.azure.expectation import Endpoint, Expectation
from appliance.errors import ExpectationError
from appliance.intend import disagreements, intend
from appliance.inventory.model import OnPremisesBgp, Site, TunnelSettings
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.difference import Severity
from appliance.model.intent import Dials
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Mode, Tunnel
from tests.vendors import intents

KEY = Secret("one-key-for-both-ends")


def _tunnels(site: Site | None = None, **expected: object) -> tuple[Tunnel, ...]:
    made = intents.expectation(**expected)
    return intend(site or intents.site("any"), made, KEY).tunnels


def _speaking(address: str, source: str | None = None) -> Site:
    site = intents.site("any")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address(address), source=source)
    return replace(site, on_premises=replace(site.on_premises, bgp=speaker))


def test_a_custom_policy_is_taken_as_it_is() -> None:
    (tunnel,) = _tunnels()
    proposal = tunnel.ike.proposals[0]
    assert (proposal.encryption, proposal.integrity, proposal.groups) == (
        (Encryption.AES256,),
        (Integrity.SHA256,),
        (DhGroup.MODP2048,),
    )
    assert proposal.lifetime_seconds == 28_800
    assert tunnel.esp.proposals[0].encryption == (Encryption.AES256GCM,)
    assert (tunnel.esp.lifetime_seconds, tunnel.esp.lifetime_kilobytes) == (27_000, 102_400_000)


def test_of_the_default_lists_the_strongest_is_taken_that_works_whoever_dials() -> None:
    (tunnel,) = _tunnels(policy=ROUTE_BASED.policy(Dials.EITHER))
    proposal = tunnel.ike.proposals[0]
    assert (proposal.encryption, proposal.integrity, proposal.groups) == (
        (Encryption.AES256,),
        (Integrity.SHA256,),
        (DhGroup.MODP1024,),
    )
    assert tunnel.esp.proposals[0].encryption == (Encryption.AES256GCM,)
    assert tunnel.esp.pfs_group is None


def test_a_policy_based_gateway_gets_cbc() -> None:
    (tunnel,) = _tunnels(policy=POLICY_BASED.policy(Dials.EITHER), ike_version=IkeVersion.V1)
    assert tunnel.esp.proposals[0].encryption == (Encryption.AES256,)
    assert tunnel.esp.proposals[0].integrity == (Integrity.SHA256,)


def test_active_active_is_two_tunnels_with_one_key() -> None:
    one, two = _tunnels(endpoints=(*intents.expectation().endpoints, intents.SECOND))
    assert (one.name, two.name) == ("site-a-1", "site-a-2")
    assert (one.remote.addresses, two.remote.addresses) == (
        (IPv4Address("198.51.100.7"),),
        (IPv4Address("198.51.100.8"),),
    )
    assert one.psk == two.psk
    assert one.routes == two.routes == intents.expectation().vnet_prefixes


def test_behind_nat_the_device_calls_itself_by_its_public_address() -> None:
    site = intents.site("any")
    ours = replace(
        site.on_premises,
        nat=True,
        address=IPv4Address("192.0.2.77"),
        private_address=IPv4Address("10.0.0.2"),
    )
    (tunnel,) = _tunnels(replace(site, on_premises=ours))
    assert tunnel.local.identity == "192.0.2.77"
    assert tunnel.local.address == IPv4Address("10.0.0.2")


def test_bgp_speaks_from_an_interface_apart_and_reaches_each_peer_through_its_tunnel() -> None:
    one, two = _tunnels(
        _speaking("10.11.255.1"),
        bgp_enabled=True,
        endpoints=(*intents.expectation().endpoints, intents.SECOND),
    )
    assert one.bgp is not None
    assert two.bgp is not None
    (peer,) = one.bgp.peers
    assert (peer.source, peer.multihop, peer.asn) == (None, 2, 65_515)
    assert (peer.keepalive_seconds, peer.hold_seconds) == (60, 180)
    assert one.routes == (IPv4Network("10.20.255.30/32"),)
    assert two.routes == (IPv4Network("10.20.255.31/32"),)
    assert one.bgp.networks == intents.site("any").on_premises.prefixes
    assert one.interface is not None
    assert one.interface.address is None


def test_a_single_apipa_session_speaks_from_the_tunnel_itself() -> None:
    (tunnel,) = _tunnels(_speaking("169.254.21.2"), bgp_enabled=True)
    assert tunnel.bgp is not None
    assert tunnel.bgp.peers[0].address == IPv4Address("169.254.21.1")
    assert tunnel.bgp.peers[0].source is None
    assert tunnel.interface is not None
    assert tunnel.interface.address == IPv4Interface("169.254.21.2/32")


def test_the_liveness_check_stays_inside_azures_limit() -> None:
    (slow,) = _tunnels(dpd_seconds=3_600)
    (quick,) = _tunnels(dpd_seconds=9)
    for tunnel in (slow, quick):
        assert tunnel.ike.dpd is not None
        assert tunnel.ike.dpd.delay_seconds == 10
    site = intents.site("any")
    settings = TunnelSettings(dpd_seconds=30, dpd_retry=5)
    (own,) = _tunnels(replace(site, device=replace(site.device, tunnel=settings)))
    assert own.ike.dpd is not None
    assert (own.ike.dpd.delay_seconds, own.ike.dpd.retry_seconds) == (30, 5)


def test_selectors_without_a_list_of_azures_are_every_pair_and_noted() -> None:
    site = intents.site("any")
    site = replace(site, device=replace(site.device, mode=Mode.POLICY_BASED))
    made = intend(site, intents.expectation(), KEY)
    assert len(made.tunnels[0].selectors) == 4
    assert any("any-to-any" in note for note in made.notes)


def test_what_a_tunnel_needs_and_azure_does_not_tell_is_an_error_with_a_command() -> None:
    blind = (Endpoint(name="default", address=None),)
    with pytest.raises(ExpectationError, match="az network vnet-gateway show"):
        _tunnels(endpoints=blind)
    with pytest.raises(ExpectationError, match="az network vnet show"):
        _tunnels(vnet_prefixes=())
    silent = (replace(intents.expectation().endpoints[0], bgp_addresses=()),)
    with pytest.raises(ExpectationError, match="no BGP address for instance default"):
        _tunnels(_speaking("10.11.255.1"), bgp_enabled=True, endpoints=silent)
    no_apipa = (replace(intents.expectation().endpoints[0], apipa_addresses=()),)
    with pytest.raises(ExpectationError, match=r"no APIPA \(custom\) BGP address"):
        _tunnels(_speaking("169.254.21.2"), bgp_enabled=True, endpoints=no_apipa)


# --- inventory against Azure ---


def _paths(site: Site, expected: Expectation, psk: Secret | Hidden = KEY) -> dict[str, Severity]:
    return {d.path: d.severity for d in disagreements(site, expected, psk)}


def _azure_with(**ours: object) -> Expectation:
    made = intents.expectation()
    return replace(made, on_premises=replace(made.on_premises, **ours))  # type: ignore[arg-type]  # by name


def test_both_sides_in_agreement_say_nothing() -> None:
    assert _paths(intents.site("any"), intents.expectation(psk=KEY, psk_state="known")) == {}


def test_another_public_address_is_breaking() -> None:
    found = _paths(intents.site("any"), _azure_with(address=IPv4Address("203.0.113.99")))
    assert found == {"azure.on_premises.address": Severity.BREAKING}


def test_prefixes_azure_lacks_are_breaking_and_those_it_has_more_a_warning() -> None:
    site = intents.site("any")
    first, *_ = site.on_premises.prefixes
    lacking = _paths(site, _azure_with(prefixes=(first,)))
    assert lacking == {"azure.on_premises.prefixes": Severity.BREAKING}
    more = (*site.on_premises.prefixes, IPv4Network("10.99.0.0/16"))
    assert _paths(site, _azure_with(prefixes=more)) == {
        "azure.on_premises.prefixes": Severity.WARNING
    }


def test_networks_that_are_listed_in_parts_are_the_same_unless_selectors_are_made_of_them() -> None:
    site = intents.site("any")
    halves = tuple(half for net in site.on_premises.prefixes for half in net.subnets())
    listed = _azure_with(prefixes=halves)
    assert _paths(site, listed) == {}
    assert _paths(site, replace(listed, policy_based=True)) == {
        "azure.on_premises.prefixes": Severity.BREAKING
    }
    (found,) = disagreements(site, _azure_with(prefixes=(IPv4Network("10.0.0.0/8"),)), KEY)
    assert found.reason == "Azure routes 10.0.0.0/8 here, the inventory does not know it"
    half = _azure_with(prefixes=(halves[0], *site.on_premises.prefixes[1:]))
    (found,) = disagreements(site, half, KEY)
    assert found.reason == f"Azure does not route {site.on_premises.prefixes[0]} to this site"


def test_a_long_list_is_cut() -> None:
    many = tuple(IPv4Network(f"10.99.{number}.0/24") for number in range(12))
    site = intents.site("any")
    (found,) = disagreements(site, _azure_with(prefixes=(*site.on_premises.prefixes, *many)), KEY)
    assert "10.99.9.0/24 and 2 more here" in found.reason


def test_another_key_is_breaking_and_shown_by_neither_side() -> None:
    expected = intents.expectation(psk=Secret("azure-has-another"), psk_state="known")
    (found,) = disagreements(intents.site("any"), expected, KEY)
    assert (found.path, found.severity) == ("azure.psk", Severity.BREAKING)
    assert "azure-has-another" not in repr(found)
    assert _paths(intents.site("any"), expected, Hidden("not asked")) == {}


def test_bgp_on_one_side_only_is_breaking() -> None:
    assert _paths(_speaking("10.11.255.1"), intents.expectation()) == {
        "azure.bgp.enabled": Severity.BREAKING
    }
    assert _paths(intents.site("any"), intents.expectation(bgp_enabled=True)) == {
        "azure.bgp.enabled": Severity.BREAKING
    }


def test_another_as_or_bgp_address_is_breaking() -> None:
    expected = replace(
        _azure_with(bgp_asn=65_001, bgp_address=IPv4Address("10.11.255.9")), bgp_enabled=True
    )
    assert _paths(_speaking("10.11.255.1"), expected) == {
        "azure.on_premises.bgp.asn": Severity.BREAKING,
        "azure.on_premises.bgp.address": Severity.BREAKING,
    }


def test_with_bgp_azure_may_list_no_prefixes() -> None:
    expected = replace(_azure_with(prefixes=()), bgp_enabled=True)
    assert _paths(_speaking("10.11.255.1"), expected) == {}
