"""What azurerm calls the members of Azure's resources, in its versions 2 to 5.

From the provider's documentation of each resource. A member has several names where a version
renamed it: 4 renamed `enable_x` to `x_enabled` in most places, 5 removed the old names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.azure.renaming import (
    Apart,
    Block,
    Blocks,
    Instances,
    Name,
    Negated,
    Prefixes,
    Ref,
    Rule,
    Table,
)


def _either(*names: str) -> Name:
    return Name(names)


def _kind(arm: str, **members: Rule | str) -> Table:
    return MappingProxyType(
        {"type": f"Microsoft.Network/{arm}", "id": "id", "name": "name", **members}
    )


_POLICY: Table = {
    "ikeEncryption": _either("ike_encryption", "ike_encryption_algorithm"),
    "ikeIntegrity": _either("ike_integrity", "ike_integrity_algorithm"),
    "dhGroup": "dh_group",
    "ipsecEncryption": _either("ipsec_encryption", "encryption_algorithm"),
    "ipsecIntegrity": _either("ipsec_integrity", "integrity_algorithm"),
    "pfsGroup": "pfs_group",
    "saLifeTimeSeconds": _either("sa_lifetime", "sa_lifetime_sec"),
    "saDataSizeKilobytes": _either("sa_datasize", "sa_data_size_kb"),
}
_SELECTORS: Table = {
    "localAddressRanges": _either("local_address_cidrs", "local_address_ranges"),
    "remoteAddressRanges": _either("remote_address_cidrs", "remote_address_ranges"),
}
_PEER: Table = {
    "asn": "asn",
    "bgpPeeringAddress": _either("bgp_peering_address", "peering_address"),
    "peerWeight": "peer_weight",
}
_PEERING_ADDRESSES: Table = {
    "ipconfigurationId": _either("ip_configuration_name", "ip_configuration_id"),
    "defaultBgpIpAddresses": _either("default_addresses", "default_ips"),
    "customBgpIpAddresses": _either("apipa_addresses", "custom_ips"),
    "tunnelIpAddresses": _either("tunnel_ip_addresses", "tunnel_ips"),
}
_LINK: Table = {
    "name": "name",
    "vpnSiteLink": Ref("vpn_site_link_id"),
    "vpnConnectionProtocolType": "protocol",
    "vpnLinkConnectionMode": "connection_mode",
    "enableBgp": _either("bgp_enabled", "enable_bgp"),
    "dpdTimeoutSeconds": "dpd_timeout_seconds",
    "sharedKey": "shared_key",
    "ipsecPolicies": Blocks("ipsec_policy", _POLICY),
    "usePolicyBasedTrafficSelectors": "policy_based_traffic_selector_enabled",
    "useLocalAzureIpAddress": "local_azure_ip_address_enabled",
    "vpnGatewayCustomBgpAddresses": Blocks(
        "custom_bgp_address",
        {"ipConfigurationId": "ip_configuration_id", "customBgpIpAddress": "ip_address"},
    ),
    "egressNatRules": "egress_nat_rule_ids",
    "ingressNatRules": "ingress_nat_rule_ids",
}
_MAPPING: Table = {"addressSpace": "address_space", "portRange": "port_range"}
_NAT_RULE: dict[str, Rule | str] = {
    "typePropertiesType": "type",
    "mode": "mode",
    "ipConfigurationId": "ip_configuration_id",
    "internalMappings": Blocks("internal_mapping", _MAPPING),
    "externalMappings": Blocks("external_mapping", _MAPPING),
}
_PREFIXES: Table = {"addressPrefixes": "address_prefixes"}
_ROUTE: dict[str, Rule | str] = {
    "addressPrefix": "address_prefix",
    "nextHopType": "next_hop_type",
    "nextHopIpAddress": "next_hop_in_ip_address",
}
_SUBNET: dict[str, Rule | str] = {
    "addressPrefixes": _either("address_prefixes", "address_prefix"),
    "networkSecurityGroup": Ref("security_group"),
    "routeTable": Ref("route_table_id"),
}

KINDS: Mapping[str, Table] = MappingProxyType(
    {
        "azurerm_virtual_network_gateway_connection": _kind(
            "connections",
            connectionType="type",
            connectionProtocol="connection_protocol",
            connectionMode="connection_mode",
            virtualNetworkGateway1=Ref("virtual_network_gateway_id"),
            localNetworkGateway2=Ref("local_network_gateway_id"),
            peer=Ref("express_route_circuit_id"),
            sharedKey="shared_key",
            enableBgp=_either("bgp_enabled", "enable_bgp"),
            dpdTimeoutSeconds="dpd_timeout_seconds",
            usePolicyBasedTrafficSelectors="use_policy_based_traffic_selectors",
            trafficSelectorPolicies=Blocks("traffic_selector_policy", _SELECTORS),
            ipsecPolicies=Blocks("ipsec_policy", _POLICY),
            gatewayCustomBgpIpAddresses=Instances(
                "custom_bgp_addresses", ("primary", "secondary"), None
            ),
            ingressNatRules="ingress_nat_rule_ids",
            egressNatRules="egress_nat_rule_ids",
            useLocalAzureIpAddress="local_azure_ip_address_enabled",
            location="location",
        ),
        "azurerm_virtual_network_gateway": _kind(
            "virtualNetworkGateways",
            gatewayType="type",
            vpnType="vpn_type",
            vpnGatewayGeneration="generation",
            sku="sku",
            enableBgpRouteTranslationForNat="bgp_route_translation_for_nat_enabled",
            location="location",
            activeActive=_either("active_active", "active_active_enabled"),
            enableBgp=_either("bgp_enabled", "enable_bgp"),
            bgpSettings=Block(
                "bgp_settings",
                {**_PEER, "bgpPeeringAddresses": Blocks("peering_addresses", _PEERING_ADDRESSES)},
            ),
            ipConfigurations=Blocks(
                "ip_configuration",
                {
                    "name": "name",
                    "id": "id",
                    "subnet": Ref("subnet_id"),
                    "publicIPAddress": Ref("public_ip_address_id"),
                    "privateIPAddress": "private_ip_address",
                },
            ),
            vpnClientConfiguration=Block(
                "vpn_client_configuration", {"vpnClientAddressPool": Prefixes("address_space")}
            ),
            customRoutes=Block("custom_route", {"addressPrefixes": "address_prefixes"}),
            gatewayDefaultSite=Ref("default_local_network_gateway_id"),
        ),
        "azurerm_virtual_network_gateway_nat_rule": _kind(
            "virtualNetworkGateways/natRules", **_NAT_RULE
        ),
        "azurerm_vpn_gateway_nat_rule": _kind("vpnGateways/natRules", **_NAT_RULE),
        "azurerm_local_network_gateway": _kind(
            "localNetworkGateways",
            gatewayIpAddress="gateway_address",
            fqdn="gateway_fqdn",
            localNetworkAddressSpace=Prefixes("address_space"),
            bgpSettings=Block("bgp_settings", _PEER),
        ),
        "azurerm_virtual_network": _kind(
            "virtualNetworks",
            addressSpace=Prefixes("address_space"),
            subnets=Blocks("subnet", {"id": "id", "name": "name", **_SUBNET}),
        ),
        "azurerm_subnet": _kind("virtualNetworks/subnets", **_SUBNET),
        "azurerm_route_table": _kind(
            "routeTables",
            disableBgpRoutePropagation=Negated(
                "bgp_route_propagation_enabled", "disable_bgp_route_propagation"
            ),
            routes=Blocks("route", {"name": "name", **_ROUTE}),
        ),
        "azurerm_route": _kind("routeTables/routes", routeTable="route_table_name", **_ROUTE),
        "azurerm_subnet_route_table_association": _kind(
            "routeTableAssociations",
            subnet=Ref("subnet_id"),
            routeTable=Ref("route_table_id"),
        ),
        "azurerm_subnet_network_security_group_association": _kind(
            "securityGroupAssociations",
            subnet=Ref("subnet_id"),
            networkSecurityGroup=Ref("network_security_group_id"),
        ),
        "azurerm_virtual_network_peering": _kind(
            "virtualNetworks/virtualNetworkPeerings",
            allowGatewayTransit="allow_gateway_transit",
            useRemoteGateways="use_remote_gateways",
            remoteVirtualNetwork=Ref("remote_virtual_network_id"),
        ),
        "azurerm_express_route_circuit": _kind(
            "expressRouteCircuits",
            bandwidthInMbps="bandwidth_in_mbps",
            bandwidthInGbps="bandwidth_in_gbps",
            serviceProviderProvisioningState="service_provider_provisioning_state",
            sku=Block("sku", {"tier": "tier", "family": "family"}),
        ),
        "azurerm_express_route_circuit_peering": _kind(
            "expressRouteCircuits/peerings",
            circuitName="express_route_circuit_name",
            peeringType="peering_type",
            azureASN="azure_asn",
            peerASN="peer_asn",
            primaryPeerAddressPrefix="primary_peer_address_prefix",
            secondaryPeerAddressPrefix="secondary_peer_address_prefix",
            vlanId="vlan_id",
        ),
        "azurerm_express_route_connection": _kind(
            "expressRouteGateways/expressRouteConnections",
            expressRouteCircuitPeering=Ref("express_route_circuit_peering_id"),
        ),
        "azurerm_public_ip": _kind(
            "publicIPAddresses",
            ipAddress="ip_address",
            publicIPAllocationMethod="allocation_method",
            sku="sku",
        ),
        "azurerm_vpn_site": _kind(
            "vpnSites",
            addressSpace=Prefixes("address_cidrs"),
            vpnSiteLinks=Blocks(
                "link",
                {
                    "id": "id",
                    "name": "name",
                    "ipAddress": "ip_address",
                    "fqdn": "fqdn",
                    "bgpProperties": Block("bgp", _PEER),
                    "linkProperties": Apart({"linkSpeedInMbps": "speed_in_mbps"}),
                },
            ),
        ),
        "azurerm_point_to_site_vpn_gateway": _kind(
            "p2sVpnGateways",
            virtualHub=Ref("virtual_hub_id"),
            p2SConnectionConfigurations=Blocks(
                "connection_configuration",
                {"vpnClientAddressPool": Block("vpn_client_address_pool", _PREFIXES)},
            ),
        ),
        "azurerm_vpn_gateway": _kind(
            "vpnGateways",
            virtualHub=Ref("virtual_hub_id"),
            vpnGatewayScaleUnit="scale_unit",
            enableBgpRouteTranslationForNat="bgp_route_translation_for_nat_enabled",
            location="location",
            bgpSettings=Block(
                "bgp_settings",
                {
                    **_PEER,
                    "bgpPeeringAddresses": Instances(
                        "",
                        ("instance_0_bgp_peering_address", "instance_1_bgp_peering_address"),
                        _PEERING_ADDRESSES,
                    ),
                },
            ),
            ipConfigurations=Blocks(
                "ip_configuration",
                {
                    "id": "id",
                    "publicIpAddress": "public_ip_address",
                    "privateIpAddress": "private_ip_address",
                },
            ),
        ),
        "azurerm_vpn_gateway_connection": _kind(
            "vpnGateways/vpnConnections",
            remoteVpnSite=Ref("remote_vpn_site_id"),
            vpnLinkConnections=Blocks("vpn_link", _LINK),
            trafficSelectorPolicies=Blocks("traffic_selector_policy", _SELECTORS),
        ),
        "azurerm_virtual_hub": _kind("virtualHubs", addressPrefix="address_prefix"),
        "azurerm_virtual_hub_connection": _kind(
            "virtualHubs/hubVirtualNetworkConnections",
            remoteVirtualNetwork=Ref("remote_virtual_network_id"),
        ),
    }
)
