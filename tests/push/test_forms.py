"""A push over real SSH for other forms of tunnel: the gateway takes it, and verify sees it."""

from __future__ import annotations

from dataclasses import replace

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import Expectation
from appliance.lab import AzurePeer, Policy
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials
from appliance.model.tunnel import Mode, TrafficSelector
from appliance.push import Options, Outcome
from appliance.verify import Rung
from tests.routers import GATEWAY, KEY, router
from tests.vendors import intents

PATIENT = Options(wait_seconds=10)


def test_a_crypto_map_behind_a_default_route_with_a_next_hop() -> None:
    """IOS names that route by its next hop only; where it leaves must be asked for."""
    made = intents.expectation(policy_based=True)
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in made.on_premises.prefixes
        for remote in made.vnet_prefixes
    )
    gateway = AzurePeer(
        address=GATEWAY,
        psk=KEY,
        policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 14)),
        selectors=tuple((str(pair.local), str(pair.remote)) for pair in pairs),
    )
    device = replace(intents.site("cisco_ios").device, mode=Mode.POLICY_BASED)
    changes: dict[str, object] = {"device": device}
    expected = replace(made, selectors=pairs)
    with router(peers=[gateway], changes=changes, expected=expected) as site:
        result = site.push(PATIENT)
        assert result.outcome is Outcome.PUSHED, result.why
        routes = [found.detail for found in result.findings if found.rung is Rung.ROUTES]
        assert routes == [
            "10.20.0.0/16: through GigabitEthernet1",
            "10.21.0.0/16: through GigabitEthernet1",
        ]


def test_ikev1_with_the_default_policy() -> None:
    expected = _default(IkeVersion.V1)
    gateway = AzurePeer(address=GATEWAY, psk=KEY, ike_version=1, initiates=False)
    with router(peers=[gateway], expected=expected) as site:
        result = site.push(PATIENT)
        assert result.outcome is Outcome.PUSHED, result.why
        assert site.push(PATIENT).outcome is Outcome.UNCHANGED


def _default(version: IkeVersion) -> Expectation:
    policy = ROUTE_BASED.policy(Dials.EITHER)
    return intents.expectation(ike_version=version, policy=policy)
