"""The kinds of setup that Microsoft documents for site-to-site VPN, as what each vendor is asked.

`python -m tests.vendors.setups` writes docs/setups.md from what the drivers themselves say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path

from appliance import driver as drivers
from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED
from appliance.azure.expectation import Expectation
from appliance.driver import Driver, Refusal
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp, Site
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials, Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector
from tests.vendors import intents

PAGE = Path(__file__).parents[2] / "docs" / "setups.md"
KEY = Secret("right-horse-battery-staple")
STRONG = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
GCM = (Encryption.AES256GCM, Integrity.NONE, DhGroup.ECP384)
LOOPBACK, APIPA = IPv4Address("10.11.255.1"), IPv4Address("169.254.21.2")

Make = Callable[[Site, Expectation], tuple[Site, Expectation]]


@dataclass(frozen=True, slots=True)
class Setup:
    """A kind of setup: its name in the table, and what it makes of a plain site."""

    name: str
    make: Make


def _policy(
    ike: tuple[Encryption, Integrity, DhGroup], esp: tuple[Encryption, Integrity, DhGroup | None]
) -> Make:
    return lambda site, azure: (site, replace(azure, policy=intents.custom(ike, esp)))


def _default(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    return site, replace(azure, policy=ROUTE_BASED.policy(Dials.EITHER))


def _old(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    ike = (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1024)
    esp = (Encryption.AES256, Integrity.SHA1, None)
    return site, replace(azure, ike_version=IkeVersion.V1, policy=intents.custom(ike, esp))


def _selected(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in azure.on_premises.prefixes
        for remote in azure.vnet_prefixes
    )
    return site, replace(azure, policy_based=True, selectors=pairs)


def _basic(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    """A policy-based gateway: IKEv1, its own default list, selectors by prefix."""
    site, azure = _selected(site, azure)
    policy = POLICY_BASED.policy(Dials.EITHER)
    return site, replace(azure, ike_version=IkeVersion.V1, policy=policy)


def _speaking(address: IPv4Address) -> Make:
    def make(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
        speaker = OnPremisesBgp(asn=65_050, address=address)
        site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
        return site, replace(azure, bgp_enabled=True)

    return make


def _double(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    return site, replace(azure, endpoints=(*azure.endpoints, intents.SECOND))


def _behind_nat(site: Site, azure: Expectation) -> tuple[Site, Expectation]:
    ours = replace(
        site.on_premises,
        nat=True,
        address=IPv4Address("192.0.2.77"),
        private_address=intents.OUTSIDE,
    )
    return replace(site, on_premises=ours), azure


def _both(first: Make, second: Make) -> Make:
    return lambda site, azure: second(*first(site, azure))


SETUPS = (
    Setup("route-based, IKEv2, static routes, custom policy", lambda site, azure: (site, azure)),
    Setup("route-based, IKEv2, static routes, Azure's default policy", _default),
    Setup("custom policy with GCM in ESP", _policy(STRONG, GCM)),
    Setup(
        "custom policy with GCM in IKE and ESP",
        _policy((Encryption.AES256GCM, Integrity.SHA384, DhGroup.ECP384), GCM),
    ),
    Setup("route-based, BGP from an inside address", _speaking(LOOPBACK)),
    Setup("route-based, BGP from an APIPA address", _speaking(APIPA)),
    Setup("active-active gateway, static routes", _double),
    Setup("active-active gateway, BGP from an inside address", _both(_double, _speaking(LOOPBACK))),
    Setup("policy-based traffic selectors, IKEv2", _selected),
    Setup("policy-based traffic selectors, active-active gateway", _both(_selected, _double)),
    Setup("route-based gateway, IKEv1", _old),
    Setup("policy-based gateway, IKEv1", _basic),
    Setup("appliance behind NAT, IKEv2", _behind_nat),
)


def intent(driver: Driver, setup: Setup) -> Intent:
    """What the driver is asked for; without an OS version, so that current releases count."""
    site, azure = setup.make(intents.site(driver.name), intents.expectation())
    return fit(intend(site, azure, KEY), driver)


def page() -> str:
    """The document as the drivers now have it."""
    found = [drivers.load(name) for name in drivers.names()]
    reasons: dict[str, int] = {}
    rows = [
        f"| {setup.name} | " + " | ".join(_cell(one, setup, reasons) for one in found) + " |"
        for setup in SETUPS
    ]
    notes = [f"{number}. {text}" for text, number in reasons.items()]
    return "\n".join(
        (
            "# Which setups each vendor can do",
            "",
            "The kinds of connection that Microsoft documents for site-to-site VPN, on current "
            "releases. *yes* is rendered, read back",
            "and compared without a difference in the tests; a number is why the driver refuses, "
            "before anything connects.",
            "Older releases are refused more (by `device.version`, or what the device itself says "
            "it runs).",
            "",
            "| | " + " | ".join(f"`{one.name}`" for one in found) + " |",
            "| --- |" + " --- |" * len(found),
            *rows,
            "",
            *notes,
            "",
        )
    )


def _cell(driver: Driver, setup: Setup, reasons: dict[str, int]) -> str:
    told = [_told(driver.name, one) for one in driver.refusals(intent(driver, setup))]
    numbers = [reasons.setdefault(text, len(reasons) + 1) for text in told]
    return ", ".join(f"no ({number})" for number in numbers) or "yes"


def _told(name: str, refusal: Refusal) -> str:
    instead = f" Instead: {'; '.join(refusal.alternatives)}." if refusal.alternatives else ""
    return f"`{name}`, {refusal.setting}: {refusal.reason}.{instead}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
