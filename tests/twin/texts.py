"""Configurations as text, of every vendor and form, and the faults that can be written into them.

A fault is a change of the *text*: what a device held if somebody had typed it so. Where a platform
cannot hold a fault there is a reason in its place, which the table in the documents shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Address, IPv4Network

from appliance import driver as drivers
from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import Expectation
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials, Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from appliance.model.tunnel import TrafficSelector as Pair
from appliance.twin import Subject
from tests.vendors.boxes import KINDS
from tests.vendors.intents import custom, expectation, site

KEY = "Canary-4711-in-the-twin"
IOS, ASA, JUNOS, RRAS, SWAN = DRIVERS = (
    "cisco_ios",
    "cisco_asa",
    "juniper_junos",
    "rras",
    "strongswan",
)


class Form(StrEnum):
    """What kind of tunnel a site has."""

    ROUTES = "route-based"
    POLICY = "policy-based"
    DEFAULT = "route-based, Azure's default policy"
    NAT = "route-based, behind NAT"
    BGP = "route-based with BGP"
    APIPA = "route-based with BGP, APIPA"
    V1_ROUTES = "route-based, IKEv1"
    V1_POLICY = "policy-based, IKEv1"

    @property
    def mode(self) -> Mode:
        """Of the tunnel."""
        return Mode.POLICY_BASED if "policy-based" in self.value else Mode.ROUTE_BASED

    @property
    def version(self) -> IkeVersion:
        """Of IKE."""
        return IkeVersion.V1 if self.value.endswith("IKEv1") else IkeVersion.V2


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a device holds, as text, and all else that a rehearsal asks for."""

    driver: str
    form: Form
    text: str
    expectation: Expectation
    meant: Tunnel

    def subject(self, edit: Edit = ()) -> Subject:
        """To be rehearsed, each pattern of the edit replaced wherever it matches."""
        text = self.text
        for pattern, new in edit:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count, f"{self.driver}: {pattern!r} is nowhere in\n{self.text}"
        vendor = drivers.load(self.driver)
        (held,) = [one for one in vendor.parse(text).tunnels if _ours(one)]
        return Subject(
            tunnel=held,
            expectation=self.expectation,
            endpoint=self.expectation.endpoints[0],
            public=PUBLIC,
            nat=self.form is Form.NAT,
            prefixes=PREFIXES,
            meant=self.meant,
        )


ASN = 65_050
OURS = {Form.BGP: IPv4Address("10.10.0.1"), Form.APIPA: IPv4Address("169.254.21.2")}
"""The device's address for BGP, where it speaks it."""
PUBLIC = IPv4Address("203.0.113.10")
PRIVATE = "192.168.7.2"
PREFIXES = (IPv4Network("10.10.0.0/16"), IPv4Network("10.11.0.0/16"))
Edit = tuple[tuple[str, str], ...]


def _ours(tunnel: Tunnel) -> bool:
    return not tunnel.dynamic


@cache
def written(driver: str, form: Form) -> Written | None:
    """What the driver writes for such a site; None where the platform cannot have one."""
    known = expected(form)
    made = site(driver)
    bgp = OnPremisesBgp(asn=ASN, address=OURS[form]) if form in OURS else None
    made = replace(
        made,
        device=replace(made.device, mode=form.mode),
        on_premises=replace(made.on_premises, nat=form is Form.NAT, bgp=bgp),
    )
    vendor = drivers.load(driver)
    asked = fit(intend(made, known, Secret(KEY)), vendor)
    if vendor.refusals(asked):
        return None
    steps = vendor.render(vendor.place(asked, Observed(driver=driver)))
    outside = KINDS[driver].OUTSIDE
    if form is Form.NAT:
        outside = outside.replace(str(PUBLIC), PRIVATE)
    return Written(
        driver=driver,
        form=form,
        text=outside + "".join(f"{step.reveal()}\n" for step in steps),
        expectation=known,
        meant=vendor.express(asked).tunnels[0],
    )


def expected(form: Form) -> Expectation:
    """What Azure asks of such a site."""
    policy = custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    )
    if form.version is IkeVersion.V1:
        policy = custom(
            (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
            (Encryption.AES256, Integrity.SHA1, None),
        )
    if form is Form.DEFAULT:
        policy = ROUTE_BASED.policy(Dials.EITHER)
    made = expectation(policy=policy, psk=Secret(KEY), ike_version=form.version)
    if form in OURS:
        ours = replace(made.on_premises, prefixes=(), bgp_asn=ASN, bgp_address=OURS[form])
        made = replace(made, bgp_enabled=True, on_premises=ours)
    if form.mode is Mode.ROUTE_BASED:
        return made
    pairs = [(a, b) for a in made.on_premises.prefixes for b in made.vnet_prefixes]
    selectors = tuple(Pair(local=a, remote=b) for a, b in pairs)
    return replace(made, policy_based=True, selectors=selectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a text: how it is written there, and what must come of it.

    `by` has, for each driver, edits that each are the fault, or why it does not occur there.
    `kind` and `first` are kind and field of the first finding; `breaking` false: a warning.
    `elsewhere` are drivers that cannot know better, and name another field.
    """

    name: str
    kind: str
    first: str
    by: Mapping[str, tuple[Edit, ...] | str]
    form: Form = Form.ROUTES
    breaking: bool = True
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def field_of(self, driver: str) -> str:
        """The field that is named first."""
        return self.elsewhere.get(driver, self.first)

    def seeds(self, driver: str) -> Iterator[tuple[str, Edit]]:
        """Each edit with a name of its own."""
        edits = self.by[driver]
        if isinstance(edits, str):
            return
        for number, edit in enumerate(edits, start=1):
            yield f"{driver} {self.name} {number}", edit


def swap(pattern: str, *news: str) -> tuple[Edit, ...]:
    """The pattern becomes each of the new texts in its turn."""
    return tuple(((pattern, new),) for new in news)


def cut(*patterns: str) -> tuple[Edit, ...]:
    """All of these are taken out at once."""
    return (tuple((pattern, "") for pattern in patterns),)
