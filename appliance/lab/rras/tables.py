"""What the cmdlets of RRAS take: parameters with their types, ranges and parameter sets.

After the published reference of the RemoteAccess module for Windows Server 2012 R2 and 2016 to
2025, whose pages for 2016 and later are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_UINT32 = 2**32 - 1

# Words by number. Those of the transforms are not documented: these are the lab's own choice.
ENUMS: Mapping[str, tuple[str, ...]] = {
    "EncryptionMethod": ("DES", "DES3", "AES128", "AES192", "AES256"),
    "IntegrityCheckMethod": ("MD5", "SHA1", "SHA256", "SHA384"),
    "DHGroup": ("None", "Group1", "Group2", "Group14", "ECP256", "ECP384", "Group24"),
    "PfsGroup": (*("None", "PFS1", "PFS2", "PFS2048", "ECP256", "ECP384", "PFSMM", "PFS24"),),
    "CipherTransformConstants": (
        *("DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES192", "GCMAES256"),
        "None",
    ),
    "AuthenticationTransformConstants": (
        *("MD596", "SHA196", "SHA256128", "GCMAES128", "GCMAES192", "GCMAES256", "None"),
    ),
    "EncryptionType": (
        *("NoEncryption", "OptionalEncryption", "RequireEncryption", "MaximumEncryption"),
    ),
    "Protocol": ("L2TP", "IKEv2", "Automatic", "SSTP"),
    "AuthenticationMethod": ("EAP", "MachineCertificates", "PSKOnly", "MSCHAPv2"),
    "ResponderAuthenticationMethod": ("MachineCertificates", "PSKOnly"),
    "Direction": ("Inbound", "Outbound"),
    "AddressFamily": ("IPv4", "IPv6"),
    "Action": ("Allow", "Deny"),
    "ConnectionState": ("Disconnected", "Connecting", "Connected", "Unreachable"),
}
_LATER_WORDS = {"Protocol": ("SSTP",), "AuthenticationMethod": ("MSCHAPv2",)}

CUSTOM_ONLY = (
    "EncryptionMethod",
    "IntegrityCheckMethod",
    "DHGroup",
    "CipherTransformConstants",
    "AuthenticationTransformConstants",
    "PfsGroup",
)
CUSTOM_FALLBACK: Mapping[str, str] = {
    "EncryptionMethod": "AES256",
    "IntegrityCheckMethod": "SHA256",
    "DHGroup": "Group2",
    "CipherTransformConstants": "None",
    "AuthenticationTransformConstants": "None",
    "PfsGroup": "PFS2048",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`kind` is string, strings, subnets, uint32, bool, switch or enum; `since` a level.

    A cmdlet without one that is `needed` would ask for it.
    """

    kind: str
    least: int = 0
    most: int = _UINT32
    among: tuple[int, ...] = ()
    since: int = 2012
    needed: bool = False


STRING, STRINGS, SUBNETS = (
    Parameter(kind="string"),
    Parameter(kind="strings"),
    Parameter(kind="subnets"),
)
UINT32, BOOL, SWITCH, ENUM = (
    Parameter(kind="uint32"),
    Parameter(kind="bool"),
    Parameter(kind="switch"),
    Parameter(kind="enum"),
)
_SELECTOR = Parameter(kind="strings", since=2016)

COMMON: Mapping[str, Parameter] = {"ErrorAction": STRING, "AsJob": SWITCH, "WhatIf": SWITCH}

_SETTINGS: Mapping[str, Parameter] = {
    "Name": STRING,
    "Destination": STRINGS,
    "AuthenticationMethod": ENUM,
    "ResponderAuthenticationMethod": ENUM,
    "SharedSecret": STRING,
    "IPv4Subnet": SUBNETS,
    "PostConnectionIPv4Subnet": SUBNETS,
    "IPv6Subnet": STRINGS,
    "Persistent": SWITCH,
    "AutoConnectEnabled": Parameter(kind="bool", since=2016),
    "AdminStatus": BOOL,
    "InitiateConfigPayload": BOOL,
    "NumberOfTries": UINT32,
    "RetryIntervalSeconds": UINT32,
    "IdleDisconnectSeconds": UINT32,
    "NetworkOutageTimeSeconds": Parameter(
        kind="uint32", among=(3, 6, 9, 12, 15, 30, 60, 120, 240, 360, 720, 900)
    ),
    "SALifeTimeSeconds": Parameter(kind="uint32", least=300, most=17_279_999),
    "MMSALifeTimeSeconds": Parameter(kind="uint32", least=300, most=17_279_999, since=2016),
    "SADataSizeForRenegotiationKilobytes": Parameter(kind="uint32", least=1_024),
    "SourceIpAddress": STRING,
    "CustomPolicy": SWITCH,
    "EncryptionType": ENUM,
    **dict.fromkeys(CUSTOM_ONLY, ENUM),
    "LocalVpnTrafficSelector": _SELECTOR,
    "RemoteVpnTrafficSelector": _SELECTOR,
    "PassThru": SWITCH,
}
_NAMED: Mapping[str, Parameter] = {"Name": STRING, "PassThru": SWITCH}
_FORCED: Mapping[str, Parameter] = {**_NAMED, "Force": SWITCH, "Confirm": SWITCH}
_PEER: Mapping[str, Parameter] = {
    "Name": STRING,
    "LocalIPAddress": STRING,
    "PeerIPAddress": STRING,
    "PeerASN": UINT32,
    "LocalASN": UINT32,
    "OperationMode": STRING,
    "PeeringMode": STRING,
    "HoldTimeSec": UINT32,
    "IdleHoldTimeSec": UINT32,
    "MaxAllowedPrefix": UINT32,
    "Weight": UINT32,
    "PassThru": SWITCH,
}
_NEEDED = Parameter(kind="enum", needed=True)
_FILTER_GET: Mapping[str, Parameter] = {
    "InterfaceAlias": Parameter(kind="string", needed=True),
    "Direction": _NEEDED,
}
_FILTER: Mapping[str, Parameter] = {**_FILTER_GET, "AddressFamily": _NEEDED, "PassThru": SWITCH}
_FILTERS = Parameter(kind="strings", needed=True)
_TASK: Mapping[str, Parameter] = {"TaskName": STRING, "TaskPath": STRING}

CMDLETS: Mapping[str, Mapping[str, Parameter]] = {
    "Add-VpnS2SInterface": {**_SETTINGS, "Protocol": ENUM},
    "Set-VpnS2SInterface": {**_SETTINGS, "Force": SWITCH, "Confirm": SWITCH},
    "Remove-VpnS2SInterface": _FORCED,
    "Connect-VpnS2SInterface": _NAMED,
    "Disconnect-VpnS2SInterface": _FORCED,
    "Get-VpnS2SInterface": {"Name": STRING},
    "Get-VpnS2SInterfaceStatistics": {"Name": STRING, "Clear": SWITCH, "Force": SWITCH},
    "Get-NetIPsecMainModeSA": {"All": SWITCH},
    "Get-NetIPsecQuickModeSA": {"All": SWITCH},
    "Get-RemoteAccess": {},
    "Get-BgpRouter": {},
    "Add-BgpRouter": {
        "BgpIdentifier": STRING,
        "LocalASN": UINT32,
        "Force": SWITCH,
        "PassThru": SWITCH,
    },
    "Remove-BgpRouter": {"Force": SWITCH, "PassThru": SWITCH},
    "Get-BgpPeer": {"Name": STRINGS},
    "Add-BgpPeer": _PEER,
    "Set-BgpPeer": {**_PEER, "Force": SWITCH},
    "Remove-BgpPeer": {"Name": STRINGS, "Force": SWITCH, "PassThru": SWITCH},
    "Get-BgpCustomRoute": {},
    "Add-BgpCustomRoute": {"Network": STRINGS, "Interface": STRINGS, "PassThru": SWITCH},
    "Remove-BgpCustomRoute": {"Network": STRINGS, "Interface": STRINGS, "Force": SWITCH},
    "Get-BgpRouteInformation": {"Type": STRING},
    "Get-RemoteAccessIpFilter": _FILTER_GET,
    "Add-RemoteAccessIpFilter": {**_FILTER, "Action": _NEEDED, "List": _FILTERS},
    "Set-RemoteAccessIpFilter": {**_FILTER, "Action": _NEEDED},
    "Remove-RemoteAccessIpFilter": {
        **_FILTER,
        "List": _FILTERS,
        "Force": SWITCH,
        "Confirm": SWITCH,
    },
    "Get-CimInstance": {"ClassName": STRING},
    "Get-ItemProperty": {"Path": STRING, "Name": STRINGS},
    "Get-Date": {"Format": STRING},
    "Get-ScheduledTask": _TASK,
    "Get-ScheduledTaskInfo": _TASK,
    "Register-ScheduledTask": {**_TASK, "Xml": STRING, "Force": SWITCH},
    "Unregister-ScheduledTask": {**_TASK, "Confirm": SWITCH},
    "Select-Object": {"Property": STRINGS, "ExcludeProperty": STRINGS},
    "ConvertTo-Json": {"Depth": UINT32, "Compress": SWITCH},
    "ConvertTo-Csv": {"NoTypeInformation": SWITCH},
    "Format-List": {"Property": STRINGS},
    "Out-String": {"Width": UINT32},
}
"""Cmdlet -> parameters. What is not here is not known to the server."""


def words(name: str, level: int) -> tuple[str, ...]:
    """The words an enumerated parameter takes on a server of this level."""
    later = _LATER_WORDS.get(name, ()) if level < 2016 else ()  # noqa: PLR2004 -- the level
    return tuple(word for word in ENUMS[name] if word not in later)
