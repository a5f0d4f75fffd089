"""A deployment as Resource Manager shows it: an active-active hub with BGP, NAT, peered VNets and
ExpressRoute beside it; and a Virtual WAN with two hubs, and a site with two links to one of them.
"""

from __future__ import annotations

from tests.azure.arm.server import Json, Reply

SUBSCRIPTION = "7f3c0b52-6a0e-4e0f-8d34-2b1c5e9a7d10"
GROUP = "rg-hub"
BASE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network"
KEY = "CanaryKey77Xq"
LINK_KEY = "CanaryLink88Zp"
SECRETS = (KEY, LINK_KEY, "CanaryRadius", "CanaryMd5", "CanaryAuthorization")


def resource(kind: str, name: str, properties: dict[str, Json], **more: Json) -> dict[str, Json]:
    """A resource of Microsoft.Network; `kind` and `name` may have two levels, with a slash."""
    kinds, names = kind.split("/"), name.split("/")
    tail = "/".join(f"{each}/{called}" for each, called in zip(kinds, names, strict=True))
    return {
        "name": names[-1],
        "id": f"{BASE}/{tail}",
        "etag": 'W/"1"',
        "type": f"Microsoft.Network/{kind}",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded", **properties},
        **more,
    }


def ref(kind: str, name: str) -> dict[str, Json]:
    """A reference to a resource."""
    return {"id": resource(kind, name, {})["id"]}


def policy(lifetime: int = 27000) -> dict[str, Json]:
    """A custom policy."""
    return {
        "saLifeTimeSeconds": lifetime,
        "saDataSizeKilobytes": 102400000,
        "ipsecEncryption": "GCMAES256",
        "ipsecIntegrity": "GCMAES256",
        "ikeEncryption": "AES256",
        "ikeIntegrity": "SHA256",
        "dhGroup": "DHGroup14",
        "pfsGroup": "PFS2048",
    }


def connection(name: str = "conn-a", site: str = "site-a", **more: Json) -> dict[str, Json]:
    """A site-to-site connection of the hub's gateway."""
    config = "virtualNetworkGateways/ipConfigurations"
    custom: list[Json] = [
        {
            "ipConfigurationId": ref(config, f"vgw-hub/{instance}")["id"],
            "customBgpIpAddress": address,
        }
        for instance, address in (("default", "169.254.21.6"), ("activeActive", "169.254.22.6"))
    ]
    properties: dict[str, Json] = {
        "virtualNetworkGateway1": ref("virtualNetworkGateways", "vgw-hub"),
        "localNetworkGateway2": ref("localNetworkGateways", site),
        "connectionType": "IPsec",
        "connectionProtocol": "IKEv2",
        "connectionMode": "Default",
        "enableBgp": True,
        "dpdTimeoutSeconds": 45,
        "gatewayCustomBgpIpAddresses": custom,
        "useLocalAzureIpAddress": False,
        "usePolicyBasedTrafficSelectors": False,
        "ipsecPolicies": [policy()],
        "ingressNatRules": [ref("virtualNetworkGateways/natRules", "vgw-hub/in")],
        "egressNatRules": [ref("virtualNetworkGateways/natRules", "vgw-hub/out")],
        "connectionStatus": "Connected",
        "ingressBytesTransferred": 991,
        "egressBytesTransferred": 1200,
        "tunnelConnectionStatus": [
            {
                "tunnel": f"{name}_198.51.100.65",
                "connectionStatus": "Connected",
                "ingressBytesTransferred": 991,
                "egressBytesTransferred": 1200,
                "lastConnectionEstablishedUtcTime": "10/20/2026 10:00:00",
            }
        ],
        **more,
    }
    return resource("connections", name, properties)


def site(name: str = "site-a", address: str = "203.0.113.77", asn: int = 65077) -> dict[str, Json]:
    """A local network gateway with an APIPA peer."""
    return resource(
        "localNetworkGateways",
        name,
        {
            "localNetworkAddressSpace": {"addressPrefixes": ["10.10.0.0/16"]},
            "gatewayIpAddress": address,
            "bgpSettings": {"asn": asn, "bgpPeeringAddress": "169.254.21.5", "peerWeight": 0},
        },
    )


def _configuration(name: str) -> dict[str, Json]:
    kind = "virtualNetworkGateways/ipConfigurations"
    return resource(
        kind,
        f"vgw-hub/{name}",
        {
            "publicIPAddress": ref("publicIPAddresses", f"pip-{name}"),
            "subnet": ref("virtualNetworks/subnets", "vnet-hub/GatewaySubnet"),
        },
    )


def _peering(name: str, own: str, custom: str, public: str) -> dict[str, Json]:
    kind = "virtualNetworkGateways/ipConfigurations"
    return {
        "ipconfigurationId": ref(kind, f"vgw-hub/{name}")["id"],
        "defaultBgpIpAddresses": [own],
        "customBgpIpAddresses": [custom],
        "tunnelIpAddresses": [public, own],
    }


def _nat(name: str, mode: str, inner: str, outer: str) -> dict[str, Json]:
    return resource(
        "virtualNetworkGateways/natRules",
        f"vgw-hub/{name}",
        {
            "type": "Static",
            "mode": mode,
            "internalMappings": [{"addressSpace": inner}],
            "externalMappings": [{"addressSpace": outer}],
        },
    )


def gateway() -> dict[str, Json]:
    """The hub's VPN gateway, active-active."""
    peerings: list[Json] = [
        _peering("default", "10.40.255.4", "169.254.21.6", "198.51.100.65"),
        _peering("activeActive", "10.40.255.5", "169.254.22.6", "198.51.100.66"),
    ]
    return resource(
        "virtualNetworkGateways",
        "vgw-hub",
        {
            "ipConfigurations": [_configuration("default"), _configuration("activeActive")],
            "natRules": [
                _nat("in", "IngressSnat", "10.10.0.0/16", "100.64.0.0/16"),
                _nat("out", "EgressSnat", "10.40.0.0/16", "100.65.0.0/16"),
            ],
            "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ", "capacity": 2},
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "vpnGatewayGeneration": "Generation2",
            "enableBgp": True,
            "activeActive": True,
            "vpnClientConfiguration": {
                "vpnClientAddressPool": {"addressPrefixes": ["172.20.0.0/24"]},
                "radiusServerSecret": "CanaryRadius",
            },
            "bgpSettings": {
                "asn": 65010,
                "bgpPeeringAddress": "10.40.255.4,10.40.255.5",
                "peerWeight": 0,
                "bgpPeeringAddresses": peerings,
            },
        },
    )


def _vnets() -> list[Json]:
    config = "virtualNetworkGateways/ipConfigurations"
    peerings: list[Json] = [
        {
            "name": "to-spoke",
            "properties": {
                "peeringState": "Connected",
                "allowGatewayTransit": True,
                "remoteVirtualNetwork": ref("virtualNetworks", "vnet-spoke"),
                "remoteVirtualNetworkAddressSpace": {"addressPrefixes": ["10.41.0.0/16"]},
            },
        },
        {
            "name": "to-lab",
            "properties": {
                "peeringState": "Connected",
                "allowGatewayTransit": False,
                "remoteVirtualNetwork": ref("virtualNetworks", "vnet-lab"),
                "remoteVirtualNetworkAddressSpace": {"addressPrefixes": ["10.99.0.0/16"]},
            },
        },
    ]
    subnet = resource(
        "virtualNetworks/subnets",
        "vnet-hub/GatewaySubnet",
        {
            "addressPrefix": "10.40.255.0/27",
            "ipConfigurations": [
                ref(config, "vgw-hub/default"),
                ref(config, "vgw-hub/activeActive"),
                ref(config, "ergw-hub/default"),
            ],
        },
    )
    hub = resource(
        "virtualNetworks",
        "vnet-hub",
        {
            "addressSpace": {"addressPrefixes": ["10.40.0.0/16"]},
            "subnets": [subnet],
            "virtualNetworkPeerings": peerings,
        },
    )
    back: dict[str, Json] = {
        "name": "to-hub",
        "properties": {
            "peeringState": "Connected",
            "useRemoteGateways": True,
            "remoteVirtualNetwork": ref("virtualNetworks", "vnet-hub"),
        },
    }
    spoke = resource(
        "virtualNetworks",
        "vnet-spoke",
        {
            "addressSpace": {"addressPrefixes": ["10.41.0.0/16"]},
            "virtualNetworkPeerings": [back],
        },
    )
    return [hub, spoke]


def _addresses() -> list[Json]:
    return [
        resource(
            "publicIPAddresses",
            f"pip-{name}",
            {"ipAddress": address, "publicIPAllocationMethod": "Static"},
            sku={"name": "Standard", "tier": "Regional"},
        )
        for name, address in (("default", "198.51.100.65"), ("activeActive", "198.51.100.66"))
    ]


def _circuits() -> list[Json]:
    peering = resource(
        "expressRouteCircuits/peerings",
        "er-1/AzurePrivatePeering",
        {
            "peeringType": "AzurePrivatePeering",
            "state": "Enabled",
            "azureASN": 12076,
            "peerASN": 65001,
            "primaryPeerAddressPrefix": "192.168.15.16/30",
            "secondaryPeerAddressPrefix": "192.168.15.20/30",
            "vlanId": 100,
            "sharedKey": "CanaryMd5",
        },
    )
    circuit = resource(
        "expressRouteCircuits",
        "er-1",
        {
            "circuitProvisioningState": "Enabled",
            "serviceProviderProvisioningState": "Provisioned",
            "serviceKey": "44444444-4444-4444-4444-444444444444",
            "peerings": [peering],
        },
        sku={"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"},
    )
    er_gateway = resource(
        "virtualNetworkGateways",
        "ergw-hub",
        {
            "gatewayType": "ExpressRoute",
            "vpnType": "RouteBased",
            "sku": {"name": "ErGw1AZ", "tier": "ErGw1AZ"},
            "ipConfigurations": [],
        },
    )
    joined = resource(
        "connections",
        "er-conn",
        {
            "connectionType": "ExpressRoute",
            "virtualNetworkGateway1": ref("virtualNetworkGateways", "ergw-hub"),
            "peer": ref("expressRouteCircuits", "er-1"),
            "authorizationKey": "CanaryAuthorization",
        },
    )
    return [circuit, er_gateway, joined]


def hub() -> list[Json]:
    """All resources of the hub and of one site."""
    key: dict[str, Json] = {"id": f"{BASE}/connections/conn-a/sharedkey", "value": KEY}
    listed: dict[str, Json] = {
        "id": f"{BASE}/virtualNetworkGateways/ergw-hub/connections",
        "value": [_circuits()[2]],
    }
    found: list[Json] = [connection(), site(), gateway(), key, listed]
    return [*found, *_vnets(), *_addresses(), *_circuits()]


def _link(gateway: str, name: str, *, bgp: bool) -> dict[str, Json]:
    return resource(
        "vpnGateways/vpnConnections/vpnLinkConnections",
        f"{gateway}/conn-b/{name}",
        {
            "vpnSiteLink": ref("vpnSites/vpnSiteLinks", f"site-b/{name}"),
            "ipsecPolicies": [policy(3600)] if bgp else [],
            "vpnConnectionProtocolType": "IKEv2",
            "vpnLinkConnectionMode": "Default",
            "enableBgp": bgp,
            "useLocalAzureIpAddress": False,
            "usePolicyBasedTrafficSelectors": False,
            "connectionStatus": "Connected",
            "dpdTimeoutSeconds": 45,
        },
    )


def _wan_hub(number: int) -> list[Json]:
    gateway, hub_name, net = f"vpngw-{number}", f"hub-{number}", 60 + number
    instances: list[Json] = [
        {
            "ipconfigurationId": f"Instance{at}",
            "defaultBgpIpAddresses": [f"10.{net}.0.{12 + at}"],
            "customBgpIpAddresses": [f"169.254.{21 + at}.{number}"],
            "tunnelIpAddresses": [f"198.51.100.{160 + 2 * number + at}", f"10.{net}.0.{4 + at}"],
        }
        for at in (0, 1)
    ]
    links: list[Json] = [_link(gateway, "fibre", bgp=True)]
    if number == 1:
        links.append(_link(gateway, "lte", bgp=False))
    joined = resource(
        "vpnGateways/vpnConnections",
        f"{gateway}/conn-b",
        {"remoteVpnSite": ref("vpnSites", "site-b"), "vpnLinkConnections": links},
    )
    whole = resource(
        "vpnGateways",
        gateway,
        {
            "virtualHub": ref("virtualHubs", hub_name),
            "vpnGatewayScaleUnit": 1,
            "natRules": [],
            "bgpSettings": {"asn": 65515, "peerWeight": 0, "bgpPeeringAddresses": instances},
            "connections": [joined],
        },
    )
    hub = resource(
        "virtualHubs", hub_name, {"addressPrefix": f"10.{net}.0.0/23", "virtualRouterAsn": 65515}
    )
    spoke = resource(
        "virtualHubs/hubVirtualNetworkConnections",
        f"{hub_name}/to-core",
        {
            "enableInternetSecurity": True,
            "remoteVirtualNetwork": ref("virtualNetworks", f"vnet-core-{number}"),
        },
    )
    core = resource(
        "virtualNetworks",
        f"vnet-core-{number}",
        {"addressSpace": {"addressPrefixes": [f"10.7{number}.0.0/16"]}},
    )
    return [joined, whole, hub, spoke, core]


def wan() -> list[Json]:
    """A Virtual WAN: two hubs, one site with two links, both of them to the first hub."""
    peer: dict[str, Json] = {"asn": 65160, "bgpPeeringAddress": "192.168.60.1"}
    kind = "vpnSites/vpnSiteLinks"
    ends: list[Json] = [
        resource(kind, "site-b/fibre", {"ipAddress": "203.0.113.160", "bgpProperties": peer}),
        resource(kind, "site-b/lte", {"ipAddress": "203.0.113.161"}),
    ]
    site = resource(
        "vpnSites",
        "site-b",
        {"addressSpace": {"addressPrefixes": ["192.168.60.0/22"]}, "vpnSiteLinks": ends},
    )
    return [site, *_wan_hub(1), *_wan_hub(2)]


def link_key() -> Reply:
    """The answer to the question for a link's key."""
    return Reply(value={"properties": {"sharedKey": LINK_KEY, "sharedKeyLength": len(LINK_KEY)}})
