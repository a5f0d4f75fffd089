"""Traffic selectors of a connection, turned round: local is on premises, remote is Azure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from appliance.azure.tree import Node
from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass

MAX_PAIRS = 10_000
_SA_LIMIT = 100
"""Child SAs in one tunnel ("About VPN devices": quick mode SAs)."""


@dataclass(frozen=True, slots=True)
class Selectors:
    """`pairs` is empty for any-to-any; `custom` when they were set one by one."""

    policy_based: bool = False
    custom: bool = False
    pairs: tuple[TrafficSelector, ...] = ()


def product(
    local: Sequence[IPv4Network], remote: Sequence[IPv4Network]
) -> tuple[TrafficSelector, ...]:
    """Every local network with every remote one, each pair once, in order."""
    return tuple(
        dict.fromkeys(
            TrafficSelector(local=ours, remote=theirs) for ours in local for theirs in remote
        )
    )


def selectors(
    connection: Node,
    vnet: Sequence[IPv4Network],
    on_premises: Sequence[IPv4Network],
    notes: list[str],
    *,
    always: bool,
) -> Selectors:
    """What Azure proposes and insists on; `always` on a policy-based gateway.

    `trafficSelectorPolicies` act only beside usePolicyBasedTrafficSelectors ("VPN Gateway FAQ",
    custom traffic selectors); without both, anything goes.
    """
    custom = connection.items("trafficSelectorPolicies")
    if not (always or connection.flag("usePolicyBasedTrafficSelectors")):
        if custom:
            notes.append(
                f"{connection.at('trafficSelectorPolicies')}: Azure ignores them while "
                "usePolicyBasedTrafficSelectors is false"
            )
        return Selectors()
    pairs = _custom(custom, notes) if custom else _every(connection, vnet, on_premises)
    if len(pairs) > _SA_LIMIT:
        notes.append(f"{len(pairs)} selector pairs; Azure keeps {_SA_LIMIT} child SAs in a tunnel")
    return Selectors(policy_based=True, custom=bool(custom), pairs=pairs)


def _every(
    connection: Node, vnet: Sequence[IPv4Network], on_premises: Sequence[IPv4Network]
) -> tuple[TrafficSelector, ...]:
    if len(vnet) * len(on_premises) > MAX_PAIRS:
        connection.fault(
            f"policy-based selectors: {len(on_premises)} on-premises x {len(vnet)} VNet prefixes "
            f"are more than {MAX_PAIRS} pairs",
            f"Azure keeps {_SA_LIMIT} child SAs in a tunnel: summarise the prefixes",
        )
        return ()
    if not on_premises:
        connection.fault(
            "policy-based selectors, but the local network gateway has no prefixes",
            "set its localNetworkAddressSpace, or custom selectors on the connection",
        )
    return product(on_premises, vnet)


def _custom(policies: Sequence[Node], notes: list[str]) -> tuple[TrafficSelector, ...]:
    """Azure's `localAddressRanges` are the VNet's, which is the appliance's remote side."""
    found: list[TrafficSelector] = []
    for policy in policies:
        azure = _ranges(policy, "localAddressRanges", notes)
        ours = _ranges(policy, "remoteAddressRanges", notes)
        if _told(policy) and not (azure and ours):
            continue  # of IPv6, which was noted
        if not (azure and ours) or len(azure) * len(ours) > MAX_PAIRS:
            policy.fault(
                "a traffic selector policy needs localAddressRanges (Azure's side) and "
                f"remoteAddressRanges (on premises), at most {MAX_PAIRS} pairs",
                "az network vpn-connection show tells them; export it again",
            )
            continue
        found += product(ours, azure)
    return tuple(dict.fromkeys(found))


def _told(policy: Node) -> bool:
    """Whether both sides are told, readable or not."""
    sides = (policy.items("localAddressRanges"), policy.items("remoteAddressRanges"))
    return all(side and all(":" in str(entry.value) for entry in side) for side in sides)


def _ranges(policy: Node, name: str, notes: list[str]) -> tuple[IPv4Network, ...]:
    networks = (entry.network(notes) for entry in policy.items(name))
    return tuple(network for network in networks if network is not None)
