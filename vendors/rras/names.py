"""RRAS's spelling of algorithms and of what else an interface holds: one table for both ways.

Words as the cmdlets `Add-VpnS2SInterface` and `Set-VpnS2SInterface` take them; a dict maps the
model to the word. Numbers are those of the WMI classes behind the cmdlets, which `ConvertTo-Json`
shows instead of words; those of the two transforms are not documented and stay unread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.model.algorithms import DhGroup, Encryption, Integrity

ENCRYPTION_METHOD = {
    Encryption.DES: "DES",
    Encryption.TRIPLE_DES: "DES3",
    Encryption.AES128: "AES128",
    Encryption.AES192: "AES192",
    Encryption.AES256: "AES256",
}
INTEGRITY_METHOD = {
    Integrity.MD5: "MD5",
    Integrity.SHA1: "SHA1",
    Integrity.SHA256: "SHA256",
    Integrity.SHA384: "SHA384",
}
DH_GROUP = {
    DhGroup.MODP768: "Group1",
    DhGroup.MODP1024: "Group2",
    DhGroup.MODP2048: "Group14",
    DhGroup.ECP256: "ECP256",
    DhGroup.ECP384: "ECP384",
    DhGroup.MODP2048_256: "Group24",
}
CIPHER_TRANSFORM = {
    Encryption.NULL: "None",
    Encryption.DES: "DES",
    Encryption.TRIPLE_DES: "DES3",
    Encryption.AES128: "AES128",
    Encryption.AES192: "AES192",
    Encryption.AES256: "AES256",
    Encryption.AES128GCM: "GCMAES128",
    Encryption.AES192GCM: "GCMAES192",
    Encryption.AES256GCM: "GCMAES256",
}
AUTHENTICATION_TRANSFORM = {
    Integrity.MD5: "MD596",
    Integrity.SHA1: "SHA196",
    Integrity.SHA256: "SHA256128",
}
PFS_GROUP = {
    None: "None",
    DhGroup.MODP768: "PFS1",
    DhGroup.MODP1024: "PFS2",
    DhGroup.MODP2048: "PFS2048",
    DhGroup.ECP256: "ECP256",
    DhGroup.ECP384: "ECP384",
    DhGroup.MODP2048_256: "PFS24",
}
PFS_MAIN_MODE = "PFSMM"
"""The group of the IKE SA once more."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "EncryptionMethod": ("DES", "DES3", "AES128", "AES192", "AES256"),
    "IntegrityCheckMethod": ("MD5", "SHA1", "SHA256", "SHA384"),
    "DHGroup": ("None", "Group1", "Group2", "Group14", "ECP256", "ECP384", "Group24"),
    "PfsGroup": (
        "None",
        "PFS1",
        "PFS2",
        "PFS2048",
        "ECP256",
        "ECP384",
        "PFSMM",
        "PFS24",
    ),
    "Direction": ("Inbound", "Outbound"),
    "AddressFamily": ("IPv4", "IPv6"),
    "Action": ("Allow", "Deny"),
}
"""Parameter -> words by number."""

DEFAULT_ENCRYPTION_TYPE = "RequireEncryption"
ENCRYPTION_TYPES: Mapping[str, tuple[Encryption, ...]] = {
    "NoEncryption": (Encryption.NULL,),
    "OptionalEncryption": (
        Encryption.AES256,
        Encryption.AES128,
        Encryption.TRIPLE_DES,
        Encryption.DES,
        Encryption.NULL,
    ),
    "RequireEncryption": (
        Encryption.AES256,
        Encryption.AES128,
        Encryption.TRIPLE_DES,
        Encryption.DES,
    ),
    "MaximumEncryption": (Encryption.AES256, Encryption.TRIPLE_DES),
}
"""ESP ciphers of an interface without a custom policy, always with HMAC-SHA1 and without PFS."""

DEFAULT_IKE_ENCRYPTION = (Encryption.AES256, Encryption.TRIPLE_DES)
DEFAULT_IKE_INTEGRITY = (Integrity.SHA1, Integrity.SHA256, Integrity.SHA384)
DEFAULT_IKE_GROUPS = (DhGroup.MODP1024,)
"""What Windows negotiates for IKEv2 without a custom policy: group 2 in every combination."""

# Omitted together with -CustomPolicy they fall back to these (reference of Server 2012 R2).
CUSTOM_DEFAULTS: Mapping[str, str] = {
    "EncryptionMethod": "AES256",
    "IntegrityCheckMethod": "SHA256",
    "DHGroup": "Group2",
    "CipherTransformConstants": "None",
    "AuthenticationTransformConstants": "None",
    "PfsGroup": "PFS2048",
}
CRYPTO = tuple(CUSTOM_DEFAULTS)
"""The six parameters of a custom policy: always written together."""

PROPERTIES: Mapping[str, str] = {
    "SALifeTimeSeconds": "SALifeTime",
    "MMSALifeTimeSeconds": "MMSALifeTime",
    "SADataSizeForRenegotiationKilobytes": "SADataSizeForRenegotiation",
    "NetworkOutageTimeSeconds": "NetworkOutageTime",
    "RetryIntervalSeconds": "RetryInterval",
    "IdleDisconnectSeconds": "IdleDisconnect",
}
"""Parameter -> property of the object that `Get-` returns, where the names differ."""

SINCE_2016 = frozenset({"MMSALifeTimeSeconds", "AutoConnectEnabled"})
LEVEL = "level"
OLD = "2012 R2"
"""Kind of `Tunnel.objects` and its value for a server that lacks `SINCE_2016`."""

_OLD_KERNEL = (6, 3)
"""Windows Server 2012 R2; every later one is 10.0."""

_YEARS, _OLD_YEAR = 2000, 2012

METRICS, POST_CONNECTION = "metrics", "post-connection"
"""Kinds of `Tunnel.objects`: `network:metric` of each route, and of those that do not dial."""

ROUTER, IDENTIFIER, KEPT = "bgp router", "bgp identifier", "bgp kept networks"
"""Kinds of `Tunnel.objects`: `kept` where the router is others' too, its identifier, and networks
that were advertised before us."""

PEER = "bgp peer"
"""Kind of `Tunnel.objects`, with the peer's address behind it: the session's name."""

ALLOW, DENY = "Allow", "Deny"
FILTERS, UNREAD = "filters", "unread"
"""Kind of `Tunnel.objects` and its value where nobody told all static packet filters: what is not
known is never changed."""

REMOTE_ACCESS, INTERFACE, CUSTOM = "remote access", "interface ", "bgp custom routes"
"""Headings of `Observed.objects`, as are `ROUTER`, and `PEER` with a session's name."""

SA_SECONDS = (300, 17_279_999)
SA_KILOBYTES = (1_024, 2**32 - 1)
DEFAULT_SA_SECONDS = 3_600
DEFAULT_IKE_SECONDS = 28_800
DEFAULT_SA_KILOBYTES = 33_553_408

MANAGED: Mapping[str, bool | int | str] = {
    "AuthenticationMethod": "PSKOnly",
    "ResponderAuthenticationMethod": "PSKOnly",
    "Persistent": True,
    "AutoConnectEnabled": True,
    "InitiateConfigPayload": False,
    "NumberOfTries": 3,
    "RetryIntervalSeconds": 60,
    "NetworkOutageTimeSeconds": 30,
    "IdleDisconnectSeconds": 0,
}
"""What every interface to Azure is given besides its tunnel, parameter -> value.

Persistent and without idle time, or the first packets after a silence are lost; no configuration
payload, which Azure does not answer; `NumberOfTries` is never 0, which means "never" on Server
2012 R2 and "for ever" since."""

FREE = frozenset({"NumberOfTries", "RetryIntervalSeconds", "NetworkOutageTimeSeconds"})
"""Managed parameters of which any sensible value serves: one that is there is kept."""

DEFAULTS: Mapping[str, bool | int | str] = {
    "AuthenticationMethod": "EAP",
    "ResponderAuthenticationMethod": "MachineCertificates",
    "Persistent": False,
    "InitiateConfigPayload": True,
    "NumberOfTries": 3,
    "RetryIntervalSeconds": 60,
    "NetworkOutageTimeSeconds": 15,
    "IdleDisconnectSeconds": 300,
}
"""What an interface has where `Add-VpnS2SInterface` is not told. `AutoConnectEnabled` is no part of
it: most servers do not show it."""


def filter_action(way: str) -> str:
    """Kind of `Tunnel.objects`: the action of the filters `inbound` or `outbound`; absent where
    there are none."""
    return f"filter {way}"


def filter_lines(way: str) -> str:
    """Kind of `Tunnel.objects`: their lines, as the server spells them, one a row."""
    return f"filter {way} lines"


def word(parameter: str, value: object) -> str:
    """The word for what was read of an enumerated parameter: a word, or its number if known."""
    text = str(value).strip()
    known = NUMBERS.get(parameter, ())
    if text.isdigit() and int(text) < len(known):
        return known[int(text)]
    return text


def level(version: str | None) -> str | None:
    """`2012 R2` for a server of that kind, `2016` for a later one, None when it is not known.

    Takes the kernel's version ("6.3.9600", "10.0.20348") and people's ("2012 R2", "2022").
    """
    match = re.search(r"(\d+)(?:\.(\d+))?", version or "")
    if match is None:
        return None
    number = (int(match[1]), int(match[2] or 0))
    if number[0] > _YEARS:
        return OLD if number[0] <= _OLD_YEAR else "2016"
    return OLD if number <= _OLD_KERNEL else "2016"


def serves(parameter: str, value: object) -> bool:
    """Whether a value other than ours does as well."""
    return parameter in FREE and value != 0
