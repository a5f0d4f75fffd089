"""Intents as hypothesis strategies: made through the inventory's and Azure's own types."""

from __future__ import annotations

import string
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from hypothesis import strategies as st

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import Endpoint, Expectation, OnPremisesEnd
from appliance.driver import load
from appliance.intend import intend
from appliance.inventory.model import (
    AzureSource,
    Device,
    OnPremises,
    OnPremisesBgp,
    Site,
    TunnelSettings,
)
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, Intent, PeerPolicy
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, Mode, TrafficSelector

OUTSIDE = IPv4Address("203.0.113.10")
KEY_CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+,./:;<=>@[]^_{|}"

IKEV2_CIPHERS = (
    Encryption.DES,
    Encryption.TRIPLE_DES,
    Encryption.AES128,
    Encryption.AES192,
    Encryption.AES256,
    Encryption.AES128GCM,
    Encryption.AES256GCM,
)
IKEV1_CIPHERS = tuple(cipher for cipher in IKEV2_CIPHERS if not cipher.aead)
HASHES = (Integrity.MD5, Integrity.SHA1, Integrity.SHA256, Integrity.SHA384)
ESP_CIPHERS = (*IKEV2_CIPHERS, Encryption.AES192GCM, Encryption.NULL)
ESP_HASHES = (Integrity.MD5, Integrity.SHA1, Integrity.SHA256)
GROUPS = tuple(DhGroup(number) for number in (1, 2, 14, 19, 20, 24))
KEYS = st.text(KEY_CHARACTERS, min_size=8, max_size=64).filter(lambda key: key[0] not in "067")


def custom(
    ike: tuple[Encryption, Integrity, DhGroup], esp: tuple[Encryption, Integrity, DhGroup | None]
) -> PeerPolicy:
    """A custom policy of Azure: one combination and nothing else."""
    cipher, hash_, group = ike
    integrity = Integrity.NONE if esp[0].aead else esp[1]
    offer = EspOffer(encryption=esp[0], integrity=integrity, pfs_group=esp[2])
    proposal = IkeProposal(
        name="custom",
        encryption=(cipher,),
        integrity=() if cipher.aead else (hash_,),
        prf=(Prf(hash_.value),),
        groups=(group,),
        lifetime_seconds=28_800,
    )
    return PeerPolicy(
        default=False, ike=(proposal,), initiator=(offer,), responder=(offer,), dials=Dials.EITHER
    )


def site(driver: str, **changes: object) -> Site:
    """A site of the lab's branch router."""
    made = Site(
        name="site-a",
        device=Device(
            driver=driver,
            host="127.0.0.1",
            username="netops",
            outside_interface="GigabitEthernet1",
        ),
        on_premises=OnPremises(
            address=OUTSIDE,
            prefixes=(IPv4Network("10.10.0.0/16"), IPv4Network("10.11.0.0/16")),
        ),
        azure=AzureSource(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Site by name


def expectation(**changes: object) -> Expectation:
    """What Azure expects of it."""
    made = Expectation(
        name="conn-site-a",
        endpoints=(
            Endpoint(
                name="default",
                address=IPv4Address("198.51.100.7"),
                bgp_addresses=(IPv4Address("10.20.255.30"),),
                apipa_addresses=(IPv4Address("169.254.21.1"),),
            ),
        ),
        vnet_prefixes=(IPv4Network("10.20.0.0/16"), IPv4Network("10.21.0.0/16")),
        on_premises=OnPremisesEnd(
            address=OUTSIDE,
            prefixes=(IPv4Network("10.10.0.0/16"), IPv4Network("10.11.0.0/16")),
        ),
        ike_version=IkeVersion.V2,
        policy=custom(
            (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
            (Encryption.AES256GCM, Integrity.NONE, DhGroup.MODP2048),
        ),
        bgp_asn=65515,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Expectation by name


SECOND = Endpoint(
    name="activeActive",
    address=IPv4Address("198.51.100.8"),
    bgp_addresses=(IPv4Address("10.20.255.31"),),
    apipa_addresses=(IPv4Address("169.254.22.1"),),
)


@st.composite
def policies(draw: st.DrawFn, version: IkeVersion) -> PeerPolicy:
    """Default or custom, over every algorithm that Azure and the version know."""
    if draw(st.booleans()) and draw(st.booleans()):
        return ROUTE_BASED.policy(Dials.EITHER)
    ciphers = IKEV2_CIPHERS if version is IkeVersion.V2 else IKEV1_CIPHERS
    pfs = st.sampled_from((None, *GROUPS))
    return custom(
        (
            draw(st.sampled_from(ciphers)),
            draw(st.sampled_from(HASHES)),
            draw(st.sampled_from(GROUPS)),
        ),
        (draw(st.sampled_from(ESP_CIPHERS)), draw(st.sampled_from(ESP_HASHES)), draw(pfs)),
    )


@st.composite
def intents(draw: st.DrawFn, driver: str) -> Intent:
    """Any intent that the driver can be given, for the lab's branch router."""
    version = draw(st.sampled_from(IkeVersion))
    mode = draw(st.sampled_from(Mode))
    bgp = draw(st.sampled_from((None, "loopback", "apipa"))) if mode is Mode.ROUTE_BASED else None
    double = mode is Mode.ROUTE_BASED and draw(st.booleans())
    made = expectation(
        ike_version=version,
        policy=draw(policies(version)),
        bgp_enabled=bgp is not None,
        policy_based=mode is Mode.POLICY_BASED,
        esp_lifetime_seconds=draw(st.integers(300, 172_799)),
        esp_lifetime_kilobytes=draw(st.integers(2_560, 536_870_912)),
        dpd_seconds=draw(st.integers(9, 3_600)),
    )
    if double:
        made = replace(made, endpoints=(*made.endpoints, SECOND))
    if mode is Mode.POLICY_BASED:
        made = replace(made, selectors=_product(made))
    asked = intend(_site(draw, driver, mode, bgp), made, Secret(draw(KEYS)))
    return load(driver).express(asked)


def _product(made: Expectation) -> tuple[TrafficSelector, ...]:
    return tuple(
        TrafficSelector(local=local, remote=remote)
        for local in made.on_premises.prefixes
        for remote in made.vnet_prefixes
    )


def _site(draw: st.DrawFn, driver: str, mode: Mode, bgp: str | None) -> Site:
    numbered = mode is Mode.ROUTE_BASED and bgp is None and draw(st.booleans())
    settings = TunnelSettings(
        number=draw(st.integers(1, 2_000)),
        addresses=(IPv4Interface("169.254.100.1/30"),) if numbered else (),
        mss=draw(st.integers(536, 1_460)),
        mtu=draw(st.one_of(st.none(), st.integers(1_300, 1_476))),
        dpd_seconds=draw(st.integers(10, 3_600)),
        dpd_retry=draw(st.integers(2, 60)),
    )
    speaker = {
        None: None,
        "loopback": OnPremisesBgp(asn=65_050, address=IPv4Address("10.11.255.1")),
        "apipa": OnPremisesBgp(asn=65_050, address=IPv4Address("169.254.21.2")),
    }[bgp]
    base = site(driver)
    nat = draw(st.booleans())
    return replace(
        base,
        device=replace(base.device, tunnel=settings, mode=mode),
        on_premises=replace(
            base.on_premises,
            bgp=speaker,
            nat=nat,
            address=IPv4Address("192.0.2.77") if nat else OUTSIDE,
            private_address=OUTSIDE if nat else None,
        ),
    )
