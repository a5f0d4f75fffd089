"""Every kind of tunnel that can be asked for comes up on a lab router, and stays in sync."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import Expectation
from appliance.cli.lab import gateways
from appliance.compare import compare
from appliance.inventory.model import OnPremisesBgp
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials
from appliance.model.tunnel import TrafficSelector
from appliance.push import Options, Outcome
from tests.routers import router
from tests.vendors import intents

PATIENT = Options(wait_seconds=20.0)
OLD = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
    (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
)
Kind = tuple[dict[str, object], dict[str, object]]


def _speaking(address: str) -> dict[str, object]:
    site = intents.site("cisco_ios")
    speaker = OnPremisesBgp(asn=65_050, address=IPv4Address(address))
    return {"on_premises": replace(site.on_premises, bgp=speaker)}


def _selected() -> tuple[TrafficSelector, ...]:
    made = intents.expectation()
    return tuple(
        TrafficSelector(local=local, remote=remote)
        for local in made.on_premises.prefixes[:1]
        for remote in made.vnet_prefixes
    )


def _pair() -> tuple[object, ...]:
    return (*intents.expectation().endpoints, intents.SECOND)


KINDS: dict[str, Callable[[], Kind]] = {
    "route-based, IKEv2, custom policy": lambda: ({}, {}),
    "route-based, IKEv2, Azure's default policy": lambda: (
        {},
        {"policy": ROUTE_BASED.policy(Dials.EITHER)},
    ),
    "route-based, IKEv1": lambda: ({}, {"ike_version": IkeVersion.V1, "policy": OLD}),
    "active-active": lambda: ({}, {"endpoints": _pair()}),
    "BGP from a loopback": lambda: (_speaking("10.11.255.1"), {"bgp_enabled": True}),
    "BGP over APIPA": lambda: (_speaking("169.254.21.2"), {"bgp_enabled": True}),
    "active-active with BGP": lambda: (
        _speaking("10.11.255.1"),
        {"bgp_enabled": True, "endpoints": _pair()},
    ),
    "policy-based, IKEv2": lambda: ({}, {"policy_based": True, "selectors": _selected()}),
    "policy-based, IKEv1": lambda: (
        {},
        {
            "policy_based": True,
            "selectors": _selected(),
            "ike_version": IkeVersion.V1,
            "policy": OLD,
        },
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_up(kind: str) -> None:
    changes, expected = KINDS[kind]()
    azure: Expectation = intents.expectation(**expected)
    with router(changes=changes, expected=azure, peers=()) as site:
        site.device.meet(*gateways(site.job))
        result = site.push(PATIENT)
        assert result.outcome is Outcome.PUSHED, result.why
        failed = [f for f in result.findings if f.verdict.value == "failed"]
        assert failed == []
        observed = site.job.driver.parse(site.device.startup)
        assert [d for d in compare(site.job.intent, observed) if d.severity > 0] == []
        assert site.push(PATIENT).outcome is Outcome.UNCHANGED
