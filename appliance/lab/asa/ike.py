"""Which IKE proposals and which key the device uses towards a peer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import PROTOCOLS
from appliance.lab.cisco.tree import Node
from appliance.lab.link import Offer, Secret

_NONE = 1 << 31


def cipher(word: str) -> str:
    """`aes256` for `aes-256`, `aes128gcm` for `aes-gcm`."""
    kind, _, bits = word.removeprefix("esp-").partition("-")
    if kind != "aes":
        return kind
    if bits.startswith(("gcm", "gmac")):
        mode, _, size = bits.partition("-")
        return f"aes{size or 128}{mode}"
    return f"aes{bits or 128}"


def digest(word: str) -> str:
    """`sha1` for `sha` and `sha-1`, `sha256` for `sha-256`."""
    plain = word.removeprefix("esp-").removesuffix("-hmac").replace("-", "")
    return "sha1" if plain == "sha" else plain


def ikev2(config: Configuration) -> Iterator[Offer]:
    """Every combination of every IKEv2 policy, the lowest number first."""
    for policy in _policies(config, "ikev2"):
        hashes = [digest(word) for word in policy.value("integrity").split() if word != "null"]
        prfs = [digest(word) for word in policy.value("prf").split()]
        groups = [int(word) for word in policy.value("group").split()]
        ciphers = [cipher(word) for word in policy.value("encryption").split()]
        for name, prf, group in product(ciphers, prfs, groups):
            for integrity in [""] if name.endswith("gcm") else hashes:
                yield Offer(
                    encryption=name,
                    integrity=integrity,
                    prf=prf,
                    group=group,
                    lifetime=_lifetime(policy.value("lifetime", "seconds")),
                )


def ikev1(config: Configuration) -> Iterator[Offer]:
    """Every IKEv1 policy with keys, the lowest number first."""
    for policy in _policies(config, "ikev1"):
        if policy.value("authentication") != "pre-share":
            continue
        name = digest(policy.value("hash"))
        yield Offer(
            encryption=cipher(policy.value("encryption")),
            integrity=name,
            prf=name,
            group=int(policy.value("group")),
            lifetime=_lifetime(policy.value("lifetime")),
        )


def _lifetime(text: str) -> int:
    return int(text) if text.isdecimal() else _NONE


def _policies(config: Configuration, version: str) -> list[Node]:
    held = config.root.all("crypto", version, "policy")
    return sorted(held, key=lambda node: int(node.words[3]))


def protocols(config: Configuration, peer: str) -> tuple[str, ...]:
    """What the group policy that applies to this peer lets through, such as `ikev2`."""
    general = config.root.children.get(("tunnel-group", peer, "general-attributes"))
    named = general.value("default-group-policy") if general else ""
    for name in (named, "DfltGrpPolicy"):
        policy = config.root.children.get(("group-policy", name, "attributes"))
        own = policy.value("vpn-tunnel-protocol").split() if policy else []
        if own:
            return tuple(own)
    return PROTOCOLS


def secret(config: Configuration, peer: str, version: int) -> Secret:
    """The key towards a peer, from the tunnel group of its address."""
    kind = config.root.children.get(("tunnel-group", peer, "type"))
    name = peer if kind is not None else "DefaultL2LGroup"
    held = config.root.children.get(("tunnel-group", name, "ipsec-attributes"))
    if kind is not None and kind.words[3] != "ipsec-l2l":
        return Secret(problem=f"tunnel-group {peer} is not of type ipsec-l2l")
    if f"ikev{version}" not in protocols(config, name):
        return Secret(problem=f"the group policy of {peer} does not allow IKEv{version}")
    if held is None:
        return Secret()
    if version == 1:
        return Secret(key=_last(held.value("ikev1", "pre-shared-key")))
    local = _last(held.value("ikev2", "local-authentication", "pre-shared-key"))
    remote = _last(held.value("ikev2", "remote-authentication", "pre-shared-key"))
    if local is None or remote is None:
        return Secret()
    return Secret(key=local if local == remote else f"{local} and another")


def _last(text: str) -> str | None:
    return text.rsplit(maxsplit=1)[-1] if text else None
