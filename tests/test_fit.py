"""Of Azure's defaults the first is taken that the device has words for."""

from __future__ import annotations

from dataclasses import replace

from appliance import driver as drivers
from appliance.azure.defaults import POLICY_BASED
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials, Intent
from appliance.model.secret import Secret
from tests.vendors import intents


def _basic(release: str | None) -> Intent:
    """A policy-based gateway with its default lists, towards an ASA."""
    site = intents.site("cisco_asa")
    site = replace(site, device=replace(site.device, version=release))
    made = intents.expectation(
        ike_version=IkeVersion.V1, policy=POLICY_BASED.policy(Dials.EITHER), policy_based=True
    )
    return intend(site, made, Secret("right-horse-battery"))


def test_a_device_without_sha2_takes_what_else_azure_does() -> None:
    driver = drivers.load("cisco_asa")
    asked = fit(_basic("9.8(4)"), driver)
    assert driver.refusals(asked) == ()
    (tunnel,) = asked.tunnels
    assert tunnel.ike.proposals[0].integrity == (Integrity.SHA1,)
    assert tunnel.esp.proposals[0].integrity == (Integrity.SHA1,)
    assert tunnel.ike.proposals[0].encryption == (Encryption.AES256,)


def test_where_nothing_fits_the_refusals_are_those_of_what_was_meant() -> None:
    driver = drivers.load("cisco_asa")
    settings = {one.setting for one in driver.refusals(fit(_basic("9.16(1)"), driver))}
    assert "IKE group 2" in settings
