"""Sites with a tunnel to each instance of an active-active gateway, as text, and faults of theirs.

As in `texts`: a fault is a change of the *text* of a device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Address

from appliance import driver as drivers
from appliance.azure.expectation import Endpoint, Expectation
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp
from appliance.model.intent import Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnels
from appliance.twin import Joint, Rehearsal, Subject, play_together, rehearse, together
from tests.twin.texts import (
    ASA,
    ASN,
    IOS,
    JUNOS,
    KEY,
    OURS,
    PREFIXES,
    PUBLIC,
    RRAS,
    SWAN,
    Edit,
    Form,
    cut,
    expected,
    swap,
)
from tests.vendors.boxes import KINDS
from tests.vendors.intents import site

SECOND = Endpoint(
    name="second",
    address=IPv4Address("198.51.100.8"),
    bgp_addresses=(IPv4Address("10.20.255.31"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """What a device holds for both instances."""

    driver: str
    text: str
    expectation: Expectation
    meant: Tunnels

    def subjects(self, edit: Edit = ()) -> tuple[Subject, ...]:
        """Those tunnels that it then has, each pattern of the edit replaced wherever it matches."""
        text = self.text
        for pattern, new in edit:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count, f"{self.driver}: {pattern!r} is nowhere in\n{self.text}"
        vendor = drivers.load(self.driver)
        held = [one for one in vendor.parse(text).tunnels if not one.dynamic]
        return tuple(
            Subject(
                tunnel=tunnel,
                expectation=self.expectation,
                endpoint=endpoint,
                public=PUBLIC,
                prefixes=PREFIXES,
                meant=meant,
                stays=vendor.routes_stay,
            )
            for endpoint, meant in zip(self.expectation.endpoints, self.meant, strict=True)
            for tunnel in held
            if endpoint.address in tunnel.remote.addresses
        )


@cache
def both(driver: str, form: Form) -> Both | None:
    """What the driver writes for such a site; None where the platform cannot have one."""
    known = expected(form)
    known = replace(known, endpoints=(known.endpoints[0], SECOND))
    made = site(driver)
    bgp = OnPremisesBgp(asn=ASN, address=OURS[form]) if form in OURS else None
    made = replace(made, on_premises=replace(made.on_premises, bgp=bgp))
    vendor = drivers.load(driver)
    asked = fit(intend(made, known, Secret(KEY)), vendor)
    if vendor.refusals(asked):
        return None
    steps = vendor.render(vendor.place(asked, Observed(driver=driver)))
    return Both(
        driver=driver,
        text=KINDS[driver].OUTSIDE + "".join(f"{step.reveal()}\n" for step in steps),
        expectation=known,
        meant=vendor.express(asked).tunnels,
    )


def tried(subjects: tuple[Subject, ...]) -> tuple[tuple[Rehearsal, ...], Joint]:
    """Each tunnel by itself, then all of them together."""
    alone = tuple(map(rehearse, subjects))
    joint = together(subjects, alone, lambda: play_together(subjects))
    assert joint is not None
    return alone, joint


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """A fault that shows when an instance is lost: how it is written, and the field to be named.

    `works`: the tunnels that the device has do work, each by itself. `by` is as in `texts.Fault`.
    """

    name: str
    first: str
    works: bool = True
    form: Form = Form.ROUTES
    by: Mapping[str, tuple[Edit, ...] | str] = field(repr=False)

    def seeds(self, driver: str) -> Iterator[tuple[str, Edit]]:
        """A name and an edit for each way to write it."""
        edits = self.by[driver]
        if not isinstance(edits, str):
            yield from ((f"{driver} {self.name} {n}", edit) for n, edit in enumerate(edits, 1))


_STAYS = "no loss is survived there: see the last line"
_LEAVES = "its routes leave with the tunnel"
_NO_BGP = "charon speaks no BGP"
_SECOND = {
    IOS: (
        *cut(
            r"^interface Tunnel101\n(?: .*\n)+!\n",
            r"^ip route \S+ \S+ Tunnel101\n",
        ),
    ),
    ASA: (
        *cut(
            r"^interface Tunnel101\n(?: .*\n)+!\n",
            r"^route appliance-site-a-2 .*\n",
        ),
    ),
    JUNOS: cut(r"^set .*(?:site-a-2|st0\.101|unit 101).*\n"),
    RRAS: cut(r'^.*"site-a-2".*\n'),
    SWAN: cut(r"^connections \{\n  site-a-2 (?:.*\n)*?^\}\n"),
}
_NO_ROUTES = {
    IOS: cut(r"^ip route \S+ \S+ Tunnel101\n"),
    ASA: cut(r"^route appliance-site-a-2 .*\n"),
    JUNOS: cut(r"^set routing-options static route .* next-hop st0\.101\n"),
    RRAS: swap(
        r'"IPv4Subnet": \["10\.20\.0\.0/16:200", "10\.21\.0\.0/16:200"\]', '"IPv4Subnet": []'
    ),
    SWAN: cut(r"(?<=xfrm101\n\n)(?:.*\n)*?(?=# file: /etc/swanctl)"),
}

WEAKNESSES = (
    Weakness(name="one of two tunnels", first="remote.addresses", by=_SECOND),
    Weakness(
        name="another key in the second tunnel",
        first="psk",
        works=False,
        by={
            IOS: swap(
                r"^(  address 198\.51\.100\.8\n  pre-shared-key) .*$", r"\1 Another-4711-key"
            ),
            ASA: swap(
                r"^(tunnel-group 198\.51\.100\.8 ipsec-attributes\n"
                r" ikev2 remote-authentication pre-shared-key) .*\n"
                r"( ikev2 local-authentication pre-shared-key) .*$",
                r"\1 Another-4711-key\n\2 Another-4711-key",
            ),
            JUNOS: swap(
                r"^(set security ike policy site-a-2 pre-shared-key ascii-text) .*$",
                r'\1 "Another-4711-key"',
            ),
            RRAS: "a server never shows its key: none is told from an unknown one",
            SWAN: swap(
                r"^(    id-1 = 198\.51\.100\.8\n    secret =) .*$", r'\1 "Another-4711-key"'
            ),
        },
    ),
    Weakness(
        name="static routes into the first tunnel only",
        first="routes",
        works=False,
        by=_NO_ROUTES,
    ),
    Weakness(
        name="no dead peer detection",
        first="ike.dpd",
        by={
            IOS: cut(r"^ dpd 10 3 periodic\n"),
            ASA: swap(r"^ isakmp keepalive threshold .*$", " isakmp keepalive disable"),
            JUNOS: cut(r"^set security ike gateway \S+ dead-peer-detection.*\n"),
            RRAS: "a server looks for itself: there is no such setting",
            SWAN: _STAYS,
        },
    ),
    Weakness(
        name="another AS number of Azure's second peer",
        first="bgp.peers.asn",
        works=False,
        form=Form.BGP,
        by={
            **dict.fromkeys(
                (IOS, ASA), swap(r"\b(neighbor 10\.20\.255\.31 remote-as) 65515$", r"\1 65516")
            ),
            JUNOS: swap(r"\b(neighbor 10\.20\.255\.31 peer-as) 65515$", r"\1 65516"),
            RRAS: swap(r'("PeerIPAddress": "10\.20\.255\.31", "PeerASN":) 65515', r"\1 65516"),
            SWAN: _NO_BGP,
        },
    ),
    Weakness(
        name="static routes that outlive the tunnel",
        first="routes",
        by={**dict.fromkeys((IOS, ASA, JUNOS, RRAS), _LEAVES), SWAN: ((),)},
    ),
)
