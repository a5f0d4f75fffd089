"""A tunnel as the parameters of `Add-VpnS2SInterface` and `Set-VpnS2SInterface`.

All managed parameters, all of them, each time: what is left out of a custom policy falls back to
Windows's defaults, among them PFS with group 14, which Azure's default policy does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from appliance.model.algorithms import Encryption, Integrity
from appliance.model.tunnel import Tunnel
from vendors.rras import names

Value = str | int | bool | list[str]
Parameters = dict[str, Value]

FIRST_METRIC = 100


def parameters(tunnel: Tunnel) -> Parameters:
    """What the interface is given, without its key and its protocol."""
    metrics, post = _listed(tunnel, names.METRICS), _listed(tunnel, names.POST_CONNECTION)
    found: Parameters = {
        "Name": tunnel.name,
        "Destination": [str(address) for address in tunnel.remote.addresses],
        **_settings(tunnel, metrics, post),
        "AdminStatus": tunnel.enabled,
        **_lifetimes(tunnel),
        **_crypto(tunnel),
    }
    if tunnel.local.address is not None:
        found["SourceIpAddress"] = str(tunnel.local.address)
    if tunnel.objects.get(names.LEVEL) == names.OLD:
        found = {name: value for name, value in found.items() if name not in names.SINCE_2016}
    return found


def _settings(tunnel: Tunnel, metrics: Mapping[str, str], post: Mapping[str, str]) -> Parameters:
    dialling = [network for network in tunnel.routes if str(network) not in post]
    found: Parameters = {
        name: _like(wanted, tunnel.objects.get(name)) for name, wanted in names.MANAGED.items()
    }
    found["IPv4Subnet"] = _subnets(dialling, metrics)
    if post:
        others = [network for network in tunnel.routes if str(network) in post]
        found["PostConnectionIPv4Subnet"] = _subnets(others, metrics)
    return found


def _like(wanted: bool | int | str, kept: str | None) -> bool | int | str:  # noqa: FBT001 -- any value
    """What the device has instead of the managed value, in that value's type."""
    if kept is None:
        return wanted
    if isinstance(wanted, bool):
        return kept == "True"
    return int(kept) if isinstance(wanted, int) else kept


def _subnets(networks: list[IPv4Network], metrics: Mapping[str, str]) -> list[str]:
    usual = next(iter(metrics.values()), str(FIRST_METRIC))
    return [f"{network}:{metrics.get(str(network), usual)}" for network in networks]


def _listed(tunnel: Tunnel, kind: str) -> dict[str, str]:
    """network -> metric."""
    words = tunnel.objects.get(kind, "").split()
    return {network: metric for network, _, metric in (word.partition(":") for word in words)}


def _lifetimes(tunnel: Tunnel) -> Parameters:
    esp = tunnel.esp
    return {
        "SALifeTimeSeconds": esp.lifetime_seconds or names.DEFAULT_SA_SECONDS,
        "MMSALifeTimeSeconds": tunnel.ike.proposals[0].lifetime_seconds,
        "SADataSizeForRenegotiationKilobytes": esp.lifetime_kilobytes or names.DEFAULT_SA_KILOBYTES,
    }


def _crypto(tunnel: Tunnel) -> Parameters:
    kind = tunnel.objects.get("EncryptionType")
    if kind is not None:
        return {"EncryptionType": kind}
    ike = tunnel.ike.proposals[0]
    cipher, hash_ = _transforms(tunnel)
    values = (
        names.ENCRYPTION_METHOD[ike.encryption[0]] if ike.encryption else "AES256",
        names.INTEGRITY_METHOD[ike.integrity[0]] if ike.integrity else "SHA256",
        names.DH_GROUP[ike.groups[0]] if ike.groups else "None",
        cipher,
        hash_,
        _pfs(tunnel),
    )
    return {"CustomPolicy": True, **dict(zip(names.CRYPTO, values, strict=True))}


def _transforms(tunnel: Tunnel) -> tuple[str, str]:
    """Cipher and hash of the child SA; with GCM both are the same word."""
    if not tunnel.esp.proposals:
        defaults = names.CUSTOM_DEFAULTS
        return defaults["CipherTransformConstants"], defaults["AuthenticationTransformConstants"]
    proposal = tunnel.esp.proposals[0]
    encryption, hash_ = proposal.encryption[0], proposal.integrity[0]
    cipher = names.CIPHER_TRANSFORM[encryption]
    kept = tunnel.objects.get("AuthenticationTransformConstants")
    return cipher, kept or _hash(encryption, hash_)


def _hash(encryption: Encryption, hash_: Integrity) -> str:
    if encryption.aead:
        return names.CIPHER_TRANSFORM[encryption]
    return names.AUTHENTICATION_TRANSFORM.get(hash_, "None")


def _pfs(tunnel: Tunnel) -> str:
    """Kept as the IKE SA's group where the device says it so and it is still that one."""
    group, ike = tunnel.esp.pfs_group, tunnel.ike.proposals[0]
    if tunnel.objects.get("PfsGroup") == names.PFS_MAIN_MODE and group in ike.groups[:1]:
        return names.PFS_MAIN_MODE
    return names.PFS_GROUP[group]
