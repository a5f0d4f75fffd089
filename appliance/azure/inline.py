"""The inventory's inline form of an expectation, for sites without exports."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from appliance.azure import defaults
from appliance.azure.expectation import (
    AZURE_ASN,
    ESP_LIFETIME_KILOBYTES,
    ESP_LIFETIME_SECONDS,
    Endpoint,
    Expectation,
    OnPremisesEnd,
    Provenance,
)
from appliance.azure.negotiation import dials, dpd_seconds, words
from appliance.azure.policy import effective_policy
from appliance.azure.selectors import MAX_PAIRS, Selectors, product
from appliance.azure.spelling import Field, shorten
from appliance.azure.tree import Faults, Node
from appliance.errors import InventoryError
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials, PeerPolicy
from appliance.model.tunnel import TrafficSelector

POLICY_MEMBERS = {
    Field.IKE_ENCRYPTION: "ike_encryption",
    Field.IKE_INTEGRITY: "ike_integrity",
    Field.DH_GROUP: "dh_group",
    Field.IPSEC_ENCRYPTION: "ipsec_encryption",
    Field.IPSEC_INTEGRITY: "ipsec_integrity",
    Field.PFS_GROUP: "pfs_group",
}
_APIPA = IPv4Network("169.254.0.0/16")


def load(values: Mapping[str, object], *, name: str, where: str) -> Expectation:
    """The expectation that `azure: {endpoints: ..., policy: ...}` of a site states.

    `where` is the place of the mapping, `inventory.yaml:12:3`. Raises `InventoryError` with all
    faults, each with its member. Without `policy_based_selectors` the tunnel is any-to-any; with
    them, `selectors` or the product of `on_premises_prefixes` and `vnet_prefixes`.
    """
    faults, notes = Faults(), list[str]()
    root = Node(dict(values), where, "azure", faults)
    policy = _policy(root, notes)
    vnet = _networks(root, "vnet_prefixes", notes)
    ours = _networks(root, "on_premises_prefixes", notes)
    chosen = _selectors(root, vnet, ours, notes)
    custom = _custom(root)
    ends = tuple(
        _endpoint(entry, number) for number, entry in enumerate(root.items("endpoints"), start=1)
    )
    if not ends:
        faults.add("no gateway address", where=root.at("endpoints"), hint="- address: 198.51.100.7")
    bgp = root.get("bgp")
    expectation = Expectation(
        name=name,
        endpoints=ends,
        vnet_prefixes=vnet,
        on_premises=OnPremisesEnd(prefixes=ours),
        ike_version=_version(root),
        policy=policy,
        esp_lifetime_seconds=_number(custom, "sa_lifetime_seconds", ESP_LIFETIME_SECONDS),
        esp_lifetime_kilobytes=_number(custom, "sa_data_size_kilobytes", ESP_LIFETIME_KILOBYTES),
        policy_based=chosen.policy_based,
        custom_selectors=chosen.custom,
        selectors=chosen.pairs,
        dpd_seconds=dpd_seconds(root, "dpd_seconds", notes),
        bgp_enabled=bgp is not None and bgp.flag("enabled"),
        bgp_asn=_number(bgp, "asn", AZURE_ASN),
        provenance=(Provenance(where, "azure"),),
        notes=tuple(notes),
    )
    _stop(faults, where)
    return expectation


def _stop(faults: Faults, where: str) -> None:
    if faults.found:
        lines = tuple(map(str, faults.found))
        count = f"{len(lines)} faults" if len(lines) > 1 else "1 fault"
        raise InventoryError(f"{count} in the inline azure values", faults=lines, where=where)


def _endpoint(entry: Node, number: int) -> Endpoint:
    shown = entry.get("address")
    if shown is None:
        entry.fault("an endpoint needs the gateway's public address", "address: 198.51.100.7")
    bgp = _addresses(entry, "bgp_addresses")
    return Endpoint(
        name=f"instance-{number}",
        address=shown.address() if shown else None,
        bgp_addresses=tuple(address for address in bgp if address not in _APIPA),
        apipa_addresses=tuple(address for address in bgp if address in _APIPA),
    )


def _addresses(entry: Node, name: str) -> tuple[IPv4Address, ...]:
    found = (element.address() for element in entry.items(name))
    return tuple(address for address in found if address is not None)


def _networks(node: Node, name: str, notes: list[str]) -> tuple[IPv4Network, ...]:
    found = (element.network(notes) for element in node.items(name))
    return tuple(dict.fromkeys(network for network in found if network is not None))


def _number(node: Node | None, name: str, default: int) -> int:
    return (node.number(name) if node else None) or default


def _version(root: Node) -> IkeVersion:
    said = root.number("ike_version")
    if said not in (None, 1, 2):
        root.faults.add(f"there is no IKEv{said}", where=root.at("ike_version"), hint="1 or 2")
        return IkeVersion.V2
    return IkeVersion(said or IkeVersion.V2)


def _custom(root: Node) -> Node | None:
    """The custom policy; None for `default`."""
    said = root.get("policy")
    if said is None or not isinstance(said.value, str):
        return said
    if said.value.casefold() != "default":
        said.fault(
            f"policy {shorten(said.value)} is neither `default` nor a mapping",
            "policy: default, or all of " + ", ".join(POLICY_MEMBERS.values()),
        )
    return None


def _policy(root: Node, notes: list[str]) -> PeerPolicy:
    custom = _custom(root)
    mode = dials(root, "connection_mode") or Dials.EITHER
    said = None if custom is None else words(custom, POLICY_MEMBERS)
    offers = defaults.ROUTE_BASED
    policy = effective_policy(said, defaults=offers, dials=mode, notes=notes)
    return policy or offers.policy(mode)


def _selectors(
    root: Node, vnet: tuple[IPv4Network, ...], ours: tuple[IPv4Network, ...], notes: list[str]
) -> Selectors:
    entries = root.items("selectors")
    if not root.flag("policy_based_selectors"):
        if entries:
            root.faults.add(
                "selectors act only beside policy_based_selectors",
                where=root.at("selectors"),
                hint="add `policy_based_selectors: true`, or remove them",
            )
        return Selectors()
    if entries:
        pairs = tuple(_pair(entry, notes) for entry in entries)
        return Selectors(True, True, tuple(pair for pair in pairs if pair))  # noqa: FBT003 -- as named
    if not (vnet and ours) or len(vnet) * len(ours) > MAX_PAIRS:
        root.faults.add(
            f"policy_based_selectors needs pairs of networks (at most {MAX_PAIRS})",
            where=root.at("policy_based_selectors"),
            hint="give on_premises_prefixes and vnet_prefixes, or selectors one by one",
        )
        return Selectors()
    return Selectors(policy_based=True, pairs=product(ours, vnet))


def _pair(entry: Node, notes: list[str]) -> TrafficSelector | None:
    local, remote = (_networks(entry, side, notes) for side in ("local", "remote"))
    if len(local) != 1 or len(remote) != 1:
        entry.fault("a selector is one pair", "{local: 10.10.0.0/16, remote: 10.20.0.0/16}")
        return None
    return TrafficSelector(local=local[0], remote=remote[0])
