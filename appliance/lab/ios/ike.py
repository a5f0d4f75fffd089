"""Which IKE proposals and which key the device uses towards a peer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from appliance.lab.cisco.tree import Node
from appliance.lab.ios.configuration import Configuration
from appliance.lab.link import Offer, Secret, covers

# What IOS offers when nothing is configured ("IKEv2 smart defaults").
_DEFAULT_CIPHERS = ("aes256", "aes192", "aes128")
_DEFAULT_HASHES = ("sha512", "sha384", "sha256", "sha1", "md5")
_DEFAULT_GROUPS = (5, 2)
_DEFAULT_GROUPS_NEW = (19, 14, 21)

Where = tuple[str, str, str]


def ikev2(config: Configuration, name: str, where: Where) -> tuple[tuple[Offer, ...], Secret]:
    """Offers and key for a peer under an IKEv2 profile; `where` is local, peer, front VRF."""
    local, peer, vrf = where
    profile = config.root.find("crypto", "ikev2", "profile", name)
    if profile is None:
        return (), Secret(problem=f"IKEv2 profile {name} does not exist")
    lifetime = int(profile.value("lifetime") or 86400)
    offers = tuple(_policy_offers(config, local, vrf, lifetime))
    return offers, _profile_secret(config, profile, where) if peer else Secret()


def _profile_secret(config: Configuration, profile: Node, where: Where) -> Secret:
    local, peer, vrf = where
    identities = tuple(_identities(profile))
    ways = [profile.value("authentication", side).split()[:1] for side in ("local", "remote")]
    if ways != [["pre-share"], ["pre-share"]] or not identities:
        return Secret(problem="the profile is incomplete")
    own = [
        n.words[-1] for n in profile.all("match", "address", "local") if "interface" not in n.words
    ]
    if own and local not in own:
        return Secret(problem="the profile is for another local address")
    if profile.value("match", "fvrf") not in {"", "any", vrf}:
        return Secret(problem="the profile is for another VRF")
    direct = profile.value("authentication", "remote", "pre-share", "key").split()
    key = direct[-1] if direct else _keyring_key(config, profile.value("keyring", "local"), peer)
    return Secret(key=key, identities=identities)


def _identities(profile: Node) -> Iterator[str]:
    for node in profile.all("match", "identity", "remote"):
        if node.words[3] == "any":
            yield "any"
        elif node.words[3] == "address":
            yield " ".join(node.words[4:])


def _keyring_key(config: Configuration, name: str, peer: str) -> str | None:
    ring = config.root.find("crypto", "ikev2", "keyring", name)
    for entry in ring.all("peer") if ring else ():
        where = entry.value("address").split()
        if where and covers(where, peer):
            return _last(entry.value("pre-shared-key", "remote") or entry.value("pre-shared-key"))
    return None


def _last(text: str) -> str | None:
    return text.rsplit(maxsplit=1)[-1] if text else None


def _policy_offers(config: Configuration, local: str, vrf: str, lifetime: int) -> Iterator[Offer]:
    policies = list(config.root.all("crypto", "ikev2", "policy"))
    if not policies:
        yield from _default_offers(config, lifetime)
    for policy in policies:
        own = [node.words[-1] for node in policy.all("match", "address", "local")]
        fits = policy.value("match", "fvrf") in {"", "any", vrf} and (not own or local in own)
        if fits:
            for node in policy.all("proposal"):
                yield from _proposal(config, node.words[1], lifetime)
            return


def _proposal(config: Configuration, name: str, lifetime: int) -> Iterator[Offer]:
    node = config.root.find("crypto", "ikev2", "proposal", name)
    if node is None:
        if name == "default":
            yield from _default_offers(config, lifetime)
        return
    ciphers = [_cipher(word) for word in node.value("encryption").split()]
    hashes = node.value("integrity").split()
    prfs = node.value("prf").split() or hashes
    groups = [int(word) for word in node.value("group").split()]
    for cipher, prf, group in product(ciphers, prfs, groups):
        for digest in [""] if cipher.endswith("gcm") else hashes:
            yield Offer(
                encryption=cipher, integrity=digest, prf=prf, group=group, lifetime=lifetime
            )


def _cipher(word: str) -> str:
    kind, _, bits = word.removeprefix("aes-").partition("-")
    return {"cbc": f"aes{bits}", "gcm": f"aes{bits}gcm"}.get(kind, word)


def _default_offers(config: Configuration, lifetime: int) -> Iterator[Offer]:
    groups = _DEFAULT_GROUPS_NEW if config.modern else _DEFAULT_GROUPS
    for cipher, digest, group in product(_DEFAULT_CIPHERS, _DEFAULT_HASHES, groups):
        yield Offer(encryption=cipher, integrity=digest, prf=digest, group=group, lifetime=lifetime)


def ikev1(config: Configuration, named: str, peer: str) -> tuple[tuple[Offer, ...], Secret]:
    """Offers and key for a peer under IKEv1; `named` is the isakmp profile, if one is."""
    offers = tuple(
        _isakmp_offer(node)
        for node in sorted(
            config.root.all("crypto", "isakmp", "policy"), key=lambda node: node.order
        )
        if node.value("authentication") == "pre-share"
    )
    if ("no", "crypto", "isakmp", "enable") in config.root.children:
        return (), Secret(problem="ISAKMP is off")
    return offers, _isakmp_secret(config, named, peer)


def _isakmp_offer(node: Node) -> Offer:
    cipher = node.value("encr") or "des"
    kind, _, bits = cipher.partition(" ")
    digest = node.value("hash") or "sha"
    digest = "sha1" if digest == "sha" else digest
    return Offer(
        encryption=f"aes{bits or 128}" if kind == "aes" else cipher,
        integrity=digest,
        prf=digest,
        group=int(node.value("group") or 1),
        lifetime=int(node.value("lifetime") or 86400),
    )


def _isakmp_secret(config: Configuration, named: str, peer: str) -> Secret:
    profile = config.root.find("crypto", "isakmp", "profile", named) if named else None
    if named and profile is None:
        return Secret(problem=f"isakmp profile {named} does not exist")
    if profile is None:
        return Secret(key=_global_key(config, peer))
    identities = tuple(
        " ".join(node.words[3:5]) for node in profile.all("match", "identity", "address")
    )
    rings = profile.value("keyring").split()
    keys = [key for ring in rings if (key := _ring_key(config, ring, peer)) is not None]
    key = keys[0] if keys else None if rings else _global_key(config, peer)
    return Secret(key=key, identities=identities)


def _global_key(config: Configuration, peer: str) -> str | None:
    for node in config.root.all("crypto", "isakmp", "key"):
        at = node.words.index("address", 4) if "address" in node.words[4:] else 0
        where = [word for word in node.words[at + 1 :] if word != "no-xauth"]
        if at and covers(where, peer):
            return node.words[at - 1]
    for ring in config.root.all("crypto", "keyring"):
        key = _ring_key(config, ring.words[2], peer) if "vrf" not in ring.words else None
        if key is not None:
            return key
    return None


def _ring_key(config: Configuration, name: str, peer: str) -> str | None:
    ring = config.root.find("crypto", "keyring", name)
    for node in ring.all("pre-shared-key", "address") if ring else ():
        at = node.words.index("key", 2)
        if covers(list(node.words[2:at]), peer):
            return node.words[-1]
    return None
