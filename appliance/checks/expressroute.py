"""Checks of sites whose VPN stands behind an ExpressRoute circuit: the words for each."""

from __future__ import annotations

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check
from appliance.checks.circuits import (
    addresses,
    alone,
    bad_key,
    coexisting,
    gateway_asn,
    losing,
    more_specific,
    not_ready,
    numbers,
    overlapping,
    slower,
    too_many,
    undetected,
    unequal,
    unjoined,
)
from appliance.model.edge import KEY_LENGTH

CHECKS = (
    Check(
        id="AZ-ER-001",
        severity=BREAKING,
        title="a circuit has one of its two links only",
        page="""Every circuit comes with two links, to two of Microsoft's routers, and Microsoft
promises nothing for one alone: it takes a router out of service without a word when it maintains
it. Configure both under `express_route.circuits.links`, the primary one first.""",
        find=alone,
    ),
    Check(
        id="AZ-ER-002",
        severity=BREAKING,
        title="a link does not fit Azure's peering",
        page="""The two links of a peering have a /30 each; ours is the first address, Microsoft's
the second, and the VLAN is that of the peering. With another address or tag no packet arrives.

Leave `address` and `vlan` out of the inventory, and the export decides; or correct them.""",
        find=addresses,
    ),
    Check(
        id="AZ-ER-003",
        severity=BREAKING,
        title="the network of a link is used elsewhere",
        page="""The /30 of a link must be in no network of the site or of a VNet, and each link has
its own: otherwise the route to Microsoft's router leads somewhere else.""",
        find=overlapping,
    ),
    Check(
        id="AZ-ER-004",
        severity=BREAKING,
        title="the AS numbers of the peering are others",
        page="""Azure expects the peering's `peerASN` of the appliance, and is 12076 itself. With
another number the session does not come up. Correct `express_route.asn`, or the peering.""",
        find=numbers,
    ),
    Check(
        id="AZ-ER-005",
        severity=WARNING,
        title="a circuit is not in service",
        page="""Nothing flows before the provider has provisioned the circuit and its private
peering is enabled. A push then leaves sessions that wait; the VPN carries the traffic.""",
        find=not_ready,
    ),
    Check(
        id="AZ-ER-006",
        severity=WARNING,
        title="a circuit leads to no gateway",
        page="""The circuit needs a connection of type ExpressRoute to a gateway in the VNet, or its
sessions come up and bring no prefix. If there is one, export it with its gateway:
`az network vpn-connection show`, `az network vnet-gateway show`.""",
        find=unjoined,
    ),
    Check(
        id="AZ-ER-007",
        severity=BREAKING,
        title="the gateways cannot stand side by side",
        page="""A VPN gateway and an ExpressRoute gateway share the GatewaySubnet, which must be a
/27 or larger. The VPN gateway must be RouteBased, and neither may be of SKU Basic.""",
        find=coexisting,
    ),
    Check(
        id="AZ-ER-008",
        severity=WARNING,
        title="the VPN gateway beside ExpressRoute has another AS number than 65515",
        page="""Microsoft asks that the VPN gateway keeps 65515 where it works beside ExpressRoute;
with Azure Route Server it must. Set it back (`az network vnet-gateway update --asn 65515`), then
reset the gateway.""",
        find=gateway_asn,
    ),
    Check(
        id="AZ-ER-009",
        severity=BREAKING,
        title="a more specific prefix takes traffic from the circuit to the VPN",
        page="""Longest prefix decides before anything else. A network that is more specific on the
VPN than on the circuit sends Azure's answers over the VPN while the circuit is up: half of each
conversation, past whatever keeps state. Use the same prefixes on both.""",
        find=more_specific,
    ),
    Check(
        id="AZ-ER-010",
        severity=WARNING,
        title="circuit and VPN do not have the same prefixes",
        page="""What only the circuit has is lost when it fails; what only the VPN has never uses
the circuit. Azure prefers ExpressRoute by itself where the prefixes are equal. Make
`on_premises.prefixes` and the local network gateway's agree.""",
        find=unequal,
    ),
    Check(
        id="AZ-ER-011",
        severity=BREAKING,
        title="the VPN would win over the circuit",
        page="""The appliance must be told what Azure knows by itself: routes over the circuit are
let in with a local preference above 100, and static routes into the tunnels stand behind BGP.
What would be pushed does not do so for these prefixes. After a failure traffic then does not come
back to the circuit.""",
        find=losing,
    ),
    Check(
        id="AZ-ER-012",
        severity=INFORMATION,
        title="a dead link is noticed late",
        page="""Without BFD a link that loses packets without going down is noticed when BGP's hold
time is over, up to 180 s later; with it in about a second. Microsoft has it on for peerings made
since August 2018; older ones need a reset. `express_route.bfd: true` is the default.""",
        find=undetected,
    ),
    Check(
        id="AZ-ER-013",
        severity=BREAKING,
        title="Azure cannot take this MD5 key",
        page=f"""The key of a peering has at most {KEY_LENGTH} characters, letters and digits
only.""",
        find=bad_key,
    ),
    Check(
        id="AZ-ER-014",
        severity=BREAKING,
        title="more prefixes than the circuit takes",
        page="""Microsoft ends the session at the first prefix too many: 4000 over a private
peering, 10000 with the premium add-on. Summarise what is advertised.""",
        find=too_many,
    ),
    Check(
        id="AZ-ER-015",
        severity=WARNING,
        title="the VPN carries less than the circuit it stands in for",
        page="""When the circuit fails the VPN gets its traffic. The figures are Microsoft's
benchmarks of all tunnels of a gateway together, for large packets with GCM; a single tunnel does
1 Gbit/s or less. Decide what may be slow, or take a larger SKU.""",
        find=slower,
    ),
)
