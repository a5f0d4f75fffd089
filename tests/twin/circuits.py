"""Sites with a circuit as text, and the faults that can be written into them.

As in `texts`: a fault is a change of the *text*, and `how` says what must come of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network

from appliance import driver as drivers
from appliance.azure.expectation import Expectation
from appliance.model.edge import Edge, Held
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.twin import Subject
from appliance.twin.circuit.standing import Standing
from tests.twin.texts import IOS, JUNOS, Edit, cut, swap
from tests.vendors import edges, intents
from tests.vendors.boxes import KINDS

CIRCUITS = (IOS, JUNOS)
STATIC, BGP = "static", "BGP"
_KEY = Secret("Zk3vR8wQ1xT6yB4nM7pL2s")
_SPEAKER = IPv4Address("10.11.255.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What a device holds as text, and what is wanted of it. `vpn` is how the VPN stands by."""

    driver: str
    vpn: str
    text: str
    expectation: Expectation
    intent: Intent

    def standing(self, edit: Edit = (), **azure: object) -> Standing:
        """To be rehearsed with each pattern replaced; `azure` is changed in what it knows of us."""
        text = self.text
        for pattern, new in edit:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count, f"{self.driver}: {pattern!r} is nowhere in\n{self.text}"
        observed = drivers.load(self.driver).parse(text)
        (tunnel,) = observed.tunnels
        known = self.expectation
        ours = replace(known.on_premises, **azure)  # type: ignore[arg-type]  # fields by name
        subject = Subject(
            tunnel=tunnel,
            expectation=replace(known, on_premises=ours),
            endpoint=known.endpoints[0],
            public=IPv4Address("203.0.113.10"),
            prefixes=edges.OURS,
            meant=self.intent.tunnels[0],
        )
        return Standing(
            subject=subject, wanted=self.intent.edge or Edge(), held=observed.edge or Edge()
        )


@cache
def written(driver: str, vpn: str) -> Circuit:
    """What the driver writes for such a site."""
    vendor = drivers.load(driver)
    asked = edges.intent(driver, bgp=vpn == BGP)
    held = drivers.place(vendor, asked, Observed(driver=driver))
    steps = drivers.change(vendor, Held(edge=Edge()), held).steps
    known = intents.expectation(bgp_enabled=vpn == BGP, psk=_KEY)
    if vpn == BGP:
        ours = replace(known.on_premises, prefixes=(), bgp_asn=edges.ASN, bgp_address=_SPEAKER)
        known = replace(known, on_premises=ours)
    return Circuit(
        driver=driver,
        vpn=vpn,
        text=KINDS[driver].OUTSIDE + "".join(f"{step.reveal()}\n" for step in steps),
        expectation=known,
        intent=asked,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitFault:
    """Something wrong in a text: `by` has edits for each driver that each are the fault.

    `kind` and `first` are those of the finding that is looked for, `breaking` whether it breaks;
    `azure` what is changed at Azure's end instead of in the text.
    """

    name: str
    kind: str
    first: str
    by: Mapping[str, tuple[Edit, ...]]
    vpn: str = STATIC
    breaking: bool = True
    azure: Mapping[str, object] = field(default_factory=dict)

    def seeds(self, driver: str) -> Iterator[tuple[str, Edit]]:
        """Each edit with a name of its own."""
        for number, edit in enumerate(self.by[driver], start=1):
            yield f"{driver} {self.name} {number}", edit


_LIST = "appliance-er-site-a"
_GROUP = f"set protocols bgp group {_LIST} neighbor 172.30.0.2"
_POLICY = "set policy-options policy-statement"
_BOTH: Mapping[str, tuple[Edit, ...]] = dict.fromkeys(CIRCUITS, ((),))

SESSIONS = (
    CircuitFault(
        name="our AS number",
        kind="bgp",
        first="edge.asn",
        by={IOS: swap("^router bgp 65010$", "router bgp 65011"), JUNOS: swap("65010$", "65011")},
    ),
    CircuitFault(
        name="Microsoft's AS number",
        kind="bgp",
        first="edge.links",
        by={
            IOS: swap("remote-as 12076$", "remote-as 12077"),
            JUNOS: swap("peer-as 12076$", "peer-as 12077"),
        },
    ),
    CircuitFault(
        name="another MD5 key",
        kind="bgp",
        first="edge.session.key",
        by={
            IOS: swap("password md5Key4711", "password md5key4711"),
            JUNOS: swap('authentication-key ".*"', 'authentication-key "md5key4711"'),
        },
    ),
    CircuitFault(
        name="no MD5 key",
        kind="bgp",
        first="edge.session.key",
        by={
            IOS: cut(r"^ neighbor \S+ password .*\n"),
            JUNOS: cut("^.* authentication-key .*\n"),
        },
    ),
    CircuitFault(
        name="address of a link",
        kind="bgp",
        first="edge.link.address",
        by={
            IOS: swap("ip address 172.30.0.1 255", "ip address 172.30.0.9 255"),
            JUNOS: swap("address 172.30.0.1/30", "address 172.30.0.9/30"),
        },
    ),
    CircuitFault(
        name="VLAN tag of a link",
        kind="bgp",
        first="edge.link.vlan",
        by={
            IOS: swap("encapsulation dot1Q 200", "encapsulation dot1Q 210"),
            JUNOS: swap("vlan-id 200", "vlan-id 210"),
        },
    ),
    CircuitFault(
        name="an outer tag where there is none",
        kind="bgp",
        first="edge.link.svlan",
        by={
            IOS: swap("dot1Q 200", "dot1Q 42 second-dot1q 200"),
            JUNOS: swap("vlan-id 200", "vlan-tags outer 42 inner 200"),
        },
    ),
    CircuitFault(
        name="link shut down",
        kind="bgp",
        first="edge.link.enabled",
        by={
            IOS: swap("^( encapsulation dot1Q 200)$", r"\1\n shutdown"),
            JUNOS: swap("^(set interfaces ge-0/0/2 unit 200) vlan-id 200$", r"\g<0>\n\1 disable"),
        },
    ),
    CircuitFault(
        name="session shut down",
        kind="bgp",
        first="edge.session.enabled",
        by={
            IOS: swap("^( neighbor 172.30.0.2) remote-as .*$", r"\g<0>\n\1 shutdown"),
            JUNOS: swap(f"^({_GROUP}) peer-as .*$", r"\g<0>\n\1 shutdown"),
        },
    ),
    CircuitFault(
        name="one link only",
        kind="bgp",
        first="edge.links",
        by={
            IOS: cut(r"^ +neighbor 172\.30\.0\.6 .*\n"),
            JUNOS: cut(r"^.* neighbor 172\.30\.0\.6 .*\n"),
        },
    ),
    CircuitFault(
        name="no BFD",
        kind="failover",
        first="edge.link.bfd",
        breaking=False,
        by={
            IOS: (*cut("^ neighbor .* fall-over bfd\n"), *cut("^ bfd interval .*\n")),
            JUNOS: cut("^.* bfd-liveness-detection .*\n"),
        },
    ),
)

WAYS = (
    CircuitFault(
        name="a VNet's prefix not let in",
        kind="path",
        first="edge.session.receives",
        by={
            IOS: cut(rf"^ip prefix-list {_LIST}-azure permit 10\.21.*\n"),
            JUNOS: cut(rf"^.* prefix-list {_LIST}-azure 10\.21.*\n"),
        },
    ),
    CircuitFault(
        name="a prefix of ours not let out",
        kind="path",
        first="edge.session.sends",
        by={
            IOS: cut(rf"^ip prefix-list {_LIST}-ours permit 10\.11.*\n"),
            JUNOS: cut(rf"^.* prefix-list {_LIST}-ours 10\.11.*\n"),
        },
    ),
    CircuitFault(
        name="a prefix not let in on the second link",
        kind="path",
        first="edge.session.receives",
        by={
            IOS: swap(
                rf"neighbor 172.30.0.6 route-map {_LIST}-in in",
                f"neighbor 172.30.0.6 prefix-list {_LIST}-ours in",
            ),
            JUNOS: swap(
                rf"neighbor 172.30.0.6 import {_LIST}-in",
                f"neighbor 172.30.0.6 import {_LIST}-out",
            ),
        },
    ),
    CircuitFault(
        name="a prefix that BGP does not originate",
        kind="path",
        first="edge.networks",
        by={IOS: cut(r"^ +network 10\.11\.0\.0 .*\n"), JUNOS: ()},
    ),
    CircuitFault(
        name="preference reversed",
        kind="path",
        first="edge.session.local_preference",
        vpn=BGP,
        by={
            IOS: swap("set local-preference 200", "set local-preference 50"),
            JUNOS: swap("then local-preference 200", "then local-preference 50"),
        },
    ),
    CircuitFault(
        name="no preference",
        kind="path",
        first="edge.session.local_preference",
        vpn=BGP,
        by={
            IOS: cut("^ set local-preference 200\n"),
            JUNOS: cut("^.* then local-preference 200\n"),
        },
    ),
    CircuitFault(
        name="static route before BGP",
        kind="path",
        first="edge.standby.10.20.0.0/16",
        by={
            IOS: swap(r"^(ip route 10\.20\S* \S+ Tunnel100) 250$", r"\1", r"\1 15"),
            JUNOS: swap(r"(10\.20.* qualified-next-hop st0\.100 preference) 250$", r"\1 100"),
        },
    ),
    CircuitFault(
        name="more specific static route by the VPN",
        kind="path",
        first="routes",
        by={
            IOS: swap(
                r"^(ip route 10\.20\.0\.0) 255\.255\.0\.0 (.*)$",
                r"\g<0>\n\1 255.255.128.0 \2",
            ),
            JUNOS: swap(
                r"^(set routing-options static route 10\.20\.0\.0)/16 (.*)$", r"\g<0>\n\1/17 \2"
            ),
        },
    ),
    CircuitFault(
        name="more specific prefix told by the VPN",
        kind="path",
        first="bgp.networks",
        vpn=BGP,
        by={
            IOS: swap(
                r"^( +network 10\.10\.0\.0 mask) 255\.255\.0\.0$", r"\g<0>\n\1 255.255.128.0"
            ),
            JUNOS: swap(
                rf"^({_POLICY} site-a-networks term ours from route-filter 10\.10\.0\.0)/16 exact$",
                r"\g<0>\n\1/17 exact\nset routing-options static route 10.10.0.0/17 discard",
            ),
        },
    ),
    CircuitFault(
        name="more specific prefix by the VPN in Azure",
        kind="path",
        first="azure.on_premises.prefixes",
        by=_BOTH,
        azure={"prefixes": (*edges.OURS, IPv4Network("10.10.64.0/18"))},
    ),
)

LOSSES = (
    CircuitFault(
        name="no floating static route",
        kind="failover",
        first="routes",
        by={
            IOS: cut(r"^ip route 10\.21\..*\n"),
            JUNOS: cut(r"^set routing-options static route 10\.21.*\n"),
        },
    ),
    CircuitFault(
        name="a prefix missing in Azure for the VPN",
        kind="failover",
        first="azure.on_premises.prefixes",
        by=_BOTH,
        azure={"prefixes": edges.OURS[:1]},
    ),
    CircuitFault(
        name="nothing keeps the VPN off the circuit",
        kind="configuration",
        first="edge.hosts",
        breaking=False,
        by={
            IOS: cut(r"^ip route 198\.51\.100\.7 .*\n"),
            JUNOS: cut(r"^set routing-options static route 198\.51\.100\.7/32 .*\n"),
        },
    ),
    CircuitFault(
        name="a default route takes the VPN along",
        kind="failover",
        first="edge.hosts",
        breaking=False,
        by={
            IOS: cut(
                r"^ip route 198\.51\.100\.7 .*\n", rf"^ +neighbor .* route-map {_LIST}-in in\n"
            ),
            JUNOS: cut(
                r"^set routing-options static route 198\.51\.100\.7/32 .*\n",
                rf"^.* import {_LIST}-in\n",
            ),
        },
    ),
    CircuitFault(
        name="the default route is let in",
        kind="path",
        first="edge.session.receives",
        breaking=False,
        by={
            IOS: cut(rf"^ +neighbor .* route-map {_LIST}-in in\n"),
            JUNOS: cut(rf"^.* import {_LIST}-in\n"),
        },
    ),
    CircuitFault(
        name="the VPN led over the circuit",
        kind="failover",
        first="edge.hosts",
        by={
            IOS: swap(r"^(ip route 198\.51\.100\.7 \S+) 203\.0\.113\.1$", r"\1 172.30.0.2"),
            JUNOS: swap(
                r"^(set routing-options static route 198\.51\.100\.7/32 next-hop) .*$",
                r"\1 172.30.0.2",
            ),
        },
    ),
)

FAULTS = (*SESSIONS, *WAYS, *LOSSES)
