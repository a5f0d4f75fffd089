"""Every property an S2S interface is known to have, so that a new one is noticed."""

from __future__ import annotations

from vendors.rras import names

_NAMES = """
Name Destination Protocol AdminStatus InterfaceType AuthenticationMethod SharedSecret
ResponderAuthenticationMethod EapMethod Certificate UserName Password InternalIPv4 InternalIPv6
IPv4Subnet IPv6Subnet PostConnectionIPv4Subnet PostConnectionIPv6Subnet PromoteAlternate
Persistent AutoConnectEnabled InitiateConfigPayload NumberOfTries RetryInterval NetworkOutageTime
IdleDisconnect SALifeTime MMSALifeTime SADataSizeForRenegotiation SourceIpAddress
CustomPolicy EncryptionType EncryptionMethod IntegrityCheckMethod DHGroup PfsGroup
CipherTransformConstants AuthenticationTransformConstants
LocalVpnTrafficSelector RemoteVpnTrafficSelector
IPv4TriggerFilter IPv6TriggerFilter IPv4TriggerFilterAction IPv6TriggerFilterAction
EnableQoS TxBandwidthKbps RxBandwidthKbps RoutingDomain RadiusAttributeClass
CertificateAuthenticationName EapRadiusCertificateEKU EapCertificateEKU
GreTunnelKey GreTunnel IPv4Address IPv6Address
ConnectionState LastError UnReachabilityReasons LastDisconnectReason
CimClass CimInstanceProperties CimSystemProperties
PSComputerName PSShowComputerName RunspaceId PSSourceJobInstanceId
"""

KNOWN = frozenset(_NAMES.lower().split())
"""In lower case: those of `VpnS2SDefaultInterface`, `VpnS2SCustomInterface`, their multi-tenant
variants, and what PowerShell adds to an object that came from elsewhere."""

_PARAMETERS = """
GreKey Network Interface BgpIdentifier LocalASN PeerASN LocalIPAddress PeerIPAddress OperationMode
PeeringMode HoldTimeSec IdleHoldTimeSec MaxAllowedPrefix ClearPrefixLimit Weight IPv6Routing
TransitRouting RouteReflector ClusterId Force ErrorAction PassThru Confirm WhatIf Verbose Debug
AsJob CimSession ThrottleLimit
InterfaceAlias AddressFamily Direction Action List
"""
_SPELLED = {
    name.lower(): name for name in (*_NAMES.split(), *_PARAMETERS.split(), *names.PROPERTIES)
}


def spelled(parameter: str) -> str:
    """A parameter as the reference writes it: PowerShell minds no case, and takes a beginning."""
    typed = parameter.lower()
    begun = [name for known, name in _SPELLED.items() if known.startswith(typed)]
    return _SPELLED.get(typed) or (begun[0] if len(begun) == 1 else parameter)
