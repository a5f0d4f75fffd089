"""Where tunnels end on a virtual network gateway, instance by instance.

From "About zone-redundant gateways", "Configure active-active VPN gateways" and the ARM schema of
Microsoft.Network/virtualNetworkGateways: `bgpSettings.bgpPeeringAddresses[]` tells the addresses
of each ip configuration, BGP or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address

from appliance.azure.expectation import Endpoint
from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, Resource, name_of, show_command
from appliance.azure.tree import Node
from appliance.record import dataclass

_PRIVATE = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
    )
)
"""Not `is_private`: that counts documentation ranges, which stand for public addresses."""
INSTANCES = ("Instance0", "Instance1")
"""What Virtual WAN and Terraform call the two instances, whatever their ip configurations are."""


@dataclass(frozen=True, slots=True)
class _Instance:
    """An ip configuration of the gateway and its addresses; either may be missing."""

    name: str
    config: Node | None
    addresses: Node | None


def endpoints(
    gateway: Resource, connection: Resource, heap: Heap, notes: list[str]
) -> tuple[Endpoint, ...]:
    """The instances that take this connection's tunnels: two if active-active, else one.

    The tunnel ends at the private address when the connection says `useLocalAzureIpAddress` (VPN
    over ExpressRoute). Missing addresses are noted as faults.
    """
    local = connection.node.flag("useLocalAzureIpAddress")
    found = []
    for number, instance in enumerate(_instances(gateway, notes)):
        address = _private(instance, notes) if local else _public(instance, heap, notes)
        if address is None:
            _explain(instance, gateway, notes, local=local)
        apipa = _apipa(instance, connection, number, notes)
        found.append(
            Endpoint(
                name=instance.name,
                address=address,
                bgp_addresses=_bgp(instance, gateway, number, notes),
                apipa_addresses=apipa,
            )
        )
    return tuple(found)


def _instances(gateway: Resource, notes: list[str]) -> tuple[_Instance, ...]:
    node = gateway.node
    settings = node.told("bgpSettings", notes)
    addresses = settings.items("bgpPeeringAddresses") if settings else ()
    configs = node.items("ipConfigurations")
    if not configs and not addresses and gateway.caveat and gateway.kind is Kind.WAN_GATEWAY:
        return tuple(_Instance(name, None, None) for name in INSTANCES)
    if not configs and not addresses:
        node.fault(
            "the gateway tells neither ipConfigurations nor bgpSettings.bgpPeeringAddresses",
            f"export all of it: {show_command(gateway.kind, gateway.id)}",
        )
    paired = _paired(configs, addresses)
    unused = paired[_limit(node, len(paired), notes) :]
    notes.extend(
        f"{gateway.node.where}: ip configuration {instance.name} takes no site-to-site tunnel "
        "of this gateway; left out"
        for instance in unused
    )
    return paired[: len(paired) - len(unused)]


def _limit(node: Node, count: int, notes: list[str]) -> int:
    """How many instances take tunnels; a third ip configuration serves point-to-site only."""
    told = node.get("activeActive") is not None
    active = node.flag("activeActive")
    if active and count == 1:
        notes.append(f"{node.where}: activeActive, but with one ip configuration only")
    return 2 if active or not told else 1


def _paired(configs: Sequence[Node], addresses: Sequence[Node]) -> tuple[_Instance, ...]:
    """Instances in the order of ip configurations; those without addresses last."""
    names = [
        config.text("name") or name_of(config.text("id") or "") or "default" for config in configs
    ]
    by_name = {_config_name(entry).casefold(): entry for entry in addresses}
    if not configs:
        return tuple(_Instance(_config_name(entry), None, entry) for entry in addresses)
    found = [by_name.get(name.casefold()) for name in names]
    if not any(found):
        found = [*addresses[: len(names)], *[None] * (len(names) - len(addresses))]
    paired = map(_Instance, names, configs, found)
    return tuple(sorted(paired, key=lambda instance: bool(addresses) and not instance.addresses))


def _config_name(addresses: Node) -> str:
    return name_of(addresses.text("ipconfigurationId") or "") or "default"


def _listed(node: Node | None, name: str, notes: list[str]) -> tuple[IPv4Address, ...]:
    found = node.told(name, notes) if node else None
    entries = found.elements() if found else ()
    kept = [entry for entry in entries if not _is_ipv6(entry, notes)]
    return tuple(address for entry in kept if (address := entry.address()) is not None)


def _is_ipv6(entry: Node, notes: list[str]) -> bool:
    """Whether it is an address that is not carried here, which is noted."""
    try:
        found = IPv6Address(str(entry.value).strip())
    except ValueError:
        return False
    notes.append(f"{entry.where}: IPv6 address {found} left out: only IPv4 is carried")
    return True


def is_private(address: IPv4Address) -> bool:
    """Whether an address is of the networks that Azure gives out inside."""
    return any(address in network for network in _PRIVATE)


def _public(instance: _Instance, heap: Heap, notes: list[str]) -> IPv4Address | None:
    told = _listed(instance.addresses, "tunnelIpAddresses", notes)
    public = next((address for address in told if not is_private(address)), None)
    reference = instance.config.get("publicIPAddress") if instance.config else None
    if reference is None:
        return public
    if _is_bare(reference):
        return public or reference.address()
    resource = heap.find(Kind.PUBLIC_IP, reference.text("id") or "")
    if public is not None and (resource is None or resource.caveat):
        return public
    shown = (resource.node if resource else reference).told("ipAddress", notes)
    other = shown.address() if shown else None
    if shown and public and other and other != public:
        notes.append(f"{shown.where}: {other}, but the gateway's own export has {public}: taken")
    return public or other


def _is_bare(reference: Node) -> bool:
    """Whether the address itself stands there, as on gateways of Virtual WAN."""
    return isinstance(reference.value, str) and not reference.value.startswith("/")


def _private(instance: _Instance, notes: list[str]) -> IPv4Address | None:
    shown = instance.config.told("privateIPAddress", notes) if instance.config else None
    if shown is not None and (address := shown.address()) is not None:
        return address
    told = _listed(instance.addresses, "tunnelIpAddresses", notes)
    return next((address for address in told if is_private(address)), None)


def _explain(instance: _Instance, gateway: Resource, notes: list[str], *, local: bool) -> None:
    """Note that an instance has no address to dial, and what would tell it.

    A fault, unless the gateway only is to be: Azure gives addresses out when it deploys.
    """
    node = instance.config or instance.addresses or gateway.node
    if gateway.caveat:
        notes.append(
            f"{node.where}: the address of gateway instance {instance.name} is not known: "
            f"{gateway.caveat}; once it exists: {show_command(gateway.kind, gateway.id)}"
        )
        return
    reference = instance.config.get("publicIPAddress") if instance.config else None
    identity = reference.text("id") if reference and not _is_bare(reference) else None
    kind = "private" if local else "public"
    if identity and not local:
        hint = show_command(Kind.PUBLIC_IP, identity)
    else:
        hint = show_command(gateway.kind, gateway.id)
    node.fault(
        f"no {kind} address of gateway instance {instance.name}: neither tunnelIpAddresses nor "
        f"an exported {'privateIPAddress' if local else 'public IP address'} tells it",
        f"add it: {hint}",
    )


def _bgp(
    instance: _Instance, gateway: Resource, number: int, notes: list[str]
) -> tuple[IPv4Address, ...]:
    """Own BGP addresses; old exports have only `bgpPeeringAddress`, joined with commas."""
    if told := _listed(instance.addresses, "defaultBgpIpAddresses", notes):
        return told
    settings = gateway.node.told("bgpSettings", notes)
    joined = settings.told("bgpPeeringAddress", notes) if settings else None
    parts = ((joined.as_text() if joined else None) or "").split(",")
    if joined is None or number >= len(parts) or not parts[number].strip():
        return ()
    address = Node(parts[number], joined.file, joined.path, joined.faults).address()
    return (address,) if address is not None else ()


def _apipa(
    instance: _Instance, connection: Resource, number: int, notes: list[str]
) -> tuple[IPv4Address, ...]:
    """Custom BGP addresses, only those that the connection chose when it chose any."""
    own = _listed(instance.addresses, "customBgpIpAddresses", notes)
    choices = connection.node.items("gatewayCustomBgpIpAddresses")
    if not choices:
        return own
    names = (instance.name.casefold(), INSTANCES[min(number, 1)].casefold())
    chosen = tuple(
        address
        for choice in choices
        if name_of(choice.text("ipConfigurationId") or "").casefold() in names
        for address in _listed(choice, "customBgpIpAddress", notes)
    )
    if strangers := [str(address) for address in chosen if address not in own]:
        notes.append(
            f"{connection.node.at('gatewayCustomBgpIpAddresses')}: {', '.join(strangers)} is none "
            f"of the custom BGP addresses of gateway instance {instance.name}"
        )
    return chosen
