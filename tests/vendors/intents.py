"""Intents as hypothesis strategies: made through the inventory's and Azure's own types."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TypeVar

from hypothesis import strategies as st

from appliance.azure.defaults import ROUTE_BASED, WAN
from appliance.azure.expectation import VIRTUAL_WAN, Endpoint, Expectation, OnPremisesEnd
from appliance.driver import load
from appliance.intend import intend
from appliance.intend.fit import fit
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What intents of one vendor are drawn from: the rest its driver refuses, by tests of its own.

    `bgp` are the places of our BGP address, `double` whether both forms take two gateways.
    """

    modes: tuple[Mode, ...] = tuple(Mode)
    versions: tuple[IkeVersion, ...] = tuple(IkeVersion)
    ikev1: tuple[Encryption, ...] = IKEV1_CIPHERS
    ikev2: tuple[Encryption, ...] = IKEV2_CIPHERS
    hashes_v1: tuple[Integrity, ...] = HASHES
    hashes: tuple[Integrity, ...] = HASHES
    groups: tuple[DhGroup, ...] = GROUPS
    esp: tuple[Encryption, ...] = ESP_CIPHERS
    esp_hashes: tuple[Integrity, ...] = ESP_HASHES
    esp_hashes_v1: tuple[Integrity, ...] = ESP_HASHES
    bgp: tuple[str | None, ...] = (None, "loopback", "apipa")
    nat: tuple[bool, ...] = (False, True)
    outside: str = "GigabitEthernet1"
    inside: str | None = None


_AES = (Encryption.AES128, Encryption.AES256)
REACH = {
    "cisco_asa": Reach(
        ikev1=_AES,
        ikev2=(*_AES, Encryption.AES128GCM, Encryption.AES256GCM),
        hashes_v1=(Integrity.SHA1,),
        hashes=(Integrity.SHA1, Integrity.SHA256, Integrity.SHA384),
        groups=(DhGroup.MODP2048, DhGroup.ECP256, DhGroup.ECP384),
        esp=(*_AES, Encryption.AES192, Encryption.AES256GCM, Encryption.AES192GCM),
        esp_hashes=(Integrity.SHA1, Integrity.SHA256),
        esp_hashes_v1=(Integrity.SHA1,),
        outside="outside",
        inside="inside",
    ),
    "cisco_ios": Reach(),
    "juniper_junos": Reach(outside="ge-0/0/0.0", inside="ge-0/0/1.0"),
    "rras": Reach(
        modes=(Mode.ROUTE_BASED,),
        versions=(IkeVersion.V2,),
        ikev2=tuple(cipher for cipher in IKEV2_CIPHERS if not cipher.aead),
        bgp=(None, "loopback"),
        outside="Ethernet",
    ),
    "strongswan": Reach(bgp=(None,)),
}
"""By driver; what is not here may be drawn from everything."""


def reach(driver: str) -> Reach:
    """What intents of a driver are drawn from."""
    return REACH.get(driver, Reach())


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
    """A site of the lab's branch appliance."""
    made = Site(
        name="site-a",
        device=Device(
            driver=driver,
            host="127.0.0.1",
            username="netops",
            outside_interface=REACH.get(driver, Reach()).outside,
            inside_interface=REACH.get(driver, Reach()).inside,
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
def policies(draw: st.DrawFn, version: IkeVersion, reach: Reach) -> PeerPolicy:
    """Default or custom, over every algorithm that Azure, the version and the vendor know."""
    if draw(st.booleans()) and draw(st.booleans()):
        return ROUTE_BASED.policy(Dials.EITHER)
    old = version is IkeVersion.V1
    pfs = st.sampled_from((None, *reach.groups))
    return custom(
        (
            draw(st.sampled_from(reach.ikev1 if old else reach.ikev2)),
            draw(st.sampled_from(reach.hashes_v1 if old else reach.hashes)),
            draw(st.sampled_from(reach.groups)),
        ),
        (
            draw(st.sampled_from(reach.esp)),
            draw(st.sampled_from(reach.esp_hashes_v1 if old else reach.esp_hashes)),
            draw(pfs),
        ),
    )


def intents(driver: str) -> st.SearchStrategy[Intent]:
    """Any intent that the driver can be given, for the lab's branch appliance.

    One in four is a link of a branch to both instances of a Virtual WAN hub.
    """
    refusals = load(driver).refusals
    drawn = st.integers(0, 3).flatmap(
        lambda one: wan_intents(driver) if one == 0 else _any_intents(driver)
    )
    return drawn.filter(lambda intent: not refusals(intent))


LINKS = 3
_INSTANCES = (IPv4Address("198.51.100.60"), IPv4Address("198.51.100.61"))


def hub(link: int, **changes: object) -> Expectation:
    """What a Virtual WAN hub expects of one link of a branch: its instances, with APIPA peers."""
    made = expectation(
        name=f"branch/link-{link}",
        kind=VIRTUAL_WAN,
        endpoints=tuple(
            Endpoint(
                name=f"Instance{number}",
                address=address,
                bgp_addresses=(IPv4Address("10.60.0.12") + number,),
                apipa_addresses=(IPv4Address(f"169.254.{21 + number}.{8 * link + 1}"),),
            )
            for number, address in enumerate(_INSTANCES)
        ),
        policy=WAN.policy(Dials.EITHER),
        esp_lifetime_seconds=WAN.lifetime_seconds,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Expectation by name


@st.composite
def wan_intents(draw: st.DrawFn, driver: str) -> Intent:
    """A branch by one of its links to a hub: default lists or a policy that Virtual WAN takes.

    With BGP our address is a loopback, or APIPA in the range of this link.
    """
    can = REACH.get(driver, Reach())
    link = draw(st.integers(0, LINKS - 1))
    bgp = draw(st.sampled_from(can.bgp))
    made = hub(
        link,
        bgp_enabled=bgp is not None,
        policy=draw(st.just(WAN.policy(Dials.EITHER)) | _wan_policies(can)),
    )
    site = _site(draw, driver, Mode.ROUTE_BASED, bgp)
    if bgp == "apipa":
        ours = IPv4Address(f"169.254.21.{8 * link + 2}")
        speaker = OnPremisesBgp(asn=65_050, address=ours)
        site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    return fit(intend(site, made, Secret(draw(KEYS))), load(driver))


def _wan_policies(can: Reach) -> st.SearchStrategy[PeerPolicy]:
    """Custom policies as Virtual WAN takes them ("Default IPsec policies", custom policies)."""
    groups = _both(can.groups, (DhGroup.MODP2048, DhGroup.ECP256, DhGroup.ECP384))
    aes = (Encryption.AES128, Encryption.AES256)
    gcm = (Encryption.AES128GCM, Encryption.AES256GCM)
    hashes = st.sampled_from(_both(can.hashes, (Integrity.SHA256, Integrity.SHA384)))
    return st.builds(
        custom,
        st.tuples(st.sampled_from(_both(can.ikev2, (*aes, *gcm))), hashes, st.sampled_from(groups)),
        st.tuples(
            st.sampled_from(_both(can.esp, (*aes, *gcm))),
            st.just(Integrity.SHA256),
            st.sampled_from((None, *groups)),
        ),
    )


_One = TypeVar("_One")


def _both(some: tuple[_One, ...], others: tuple[_One, ...]) -> tuple[_One, ...]:
    return tuple(one for one in some if one in others)


@st.composite
def _any_intents(draw: st.DrawFn, driver: str) -> Intent:
    reach = REACH.get(driver, Reach())
    version = draw(st.sampled_from(reach.versions))
    mode = draw(st.sampled_from(reach.modes))
    bgp = draw(st.sampled_from(reach.bgp)) if mode is Mode.ROUTE_BASED else None
    double = mode is Mode.ROUTE_BASED and draw(st.booleans())
    made = expectation(
        ike_version=version,
        policy=draw(policies(version, reach)),
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
    return fit(asked, load(driver))


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
    nat = draw(st.sampled_from(REACH.get(driver, Reach()).nat))
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
