"""Which IKE and ESP combinations a Junos configuration offers."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.junos.tree import Node
from appliance.lab.link import Esp, Offer

_IKE_LIFETIME, _ESP_LIFETIME = 28800, 3600
_DIGESTS = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
_CODES = {
    "hmac-md5-96": "md5", "hmac-sha1-96": "sha1", "hmac-sha-256-128": "sha256",
    "hmac-sha-384": "sha384", "hmac-sha-512": "sha512",
}  # fmt: skip
# What the sets stand for (Juniper, "proposal-set (Security IKE)" and its IPsec sibling).
_IKE_SETS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "basic": (("des", "sha1", 1), ("des", "md5", 1)),
    "compatible": (("3des", "sha1", 2), ("3des", "md5", 2), ("des", "sha1", 2), ("des", "md5", 2)),
    "standard": (("3des", "sha1", 2), ("aes128", "sha1", 2)),
    "suiteb-gcm-128": (("aes128gcm", "", 19),),
    "suiteb-gcm-256": (("aes256gcm", "", 20),),
    "prime-128": (("aes128gcm", "", 19),),
    "prime-256": (("aes256gcm", "", 20),),
}
_ESP_SETS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "basic": (("des", "sha1", 0), ("des", "md5", 0)),
    "compatible": (("3des", "sha1", 0), ("3des", "md5", 0), ("des", "sha1", 0), ("des", "md5", 0)),
    "standard": (("3des", "sha1", 2), ("aes128", "sha1", 2)),
    "suiteb-gcm-128": (("aes128gcm", "", 19),),
    "suiteb-gcm-256": (("aes256gcm", "", 20),),
    "prime-128": (("aes128gcm", "", 19),),
    "prime-256": (("aes256gcm", "", 20),),
}


def cipher(word: str) -> str:
    """`aes-256-cbc` is aes256, `aes-256-gcm` is aes256gcm, `3des-cbc` is 3des."""
    parts = word.split("-")
    if parts[0] != "aes":
        return parts[0]
    return f"aes{parts[1]}{'gcm' if parts[2] == 'gcm' else ''}"


def ike(root: Node, policy: Node) -> Iterator[Offer]:
    """The IKE combinations of a policy."""
    for encryption, digest, group in _IKE_SETS.get(policy.value("proposal-set"), ()):
        yield from _offers(encryption, digest, group, _IKE_LIFETIME)
    for name in policy.many("proposals"):
        node = root.find("security", "ike", "proposal", name)
        if node is None or node.value("authentication-method") not in {"", "pre-shared-keys"}:
            continue
        digest = node.value("authentication-algorithm") or "sha1"
        number = node.value("dh-group").removeprefix("group") or "5"
        yield from _offers(
            cipher(node.value("encryption-algorithm") or "3des-cbc"),
            _DIGESTS.get(digest, digest),
            int(number),
            int(node.value("lifetime-seconds") or _IKE_LIFETIME),
        )


def _offers(encryption: str, digest: str, group: int, seconds: int) -> Iterator[Offer]:
    """With GCM the PRF is left to the peer: Junos takes those of the SHA-2 family."""
    aead = encryption.endswith("gcm")
    for prf in ("sha384", "sha256", "sha1") if aead else (digest,):
        yield Offer(
            encryption=encryption,
            integrity="" if aead else digest,
            prf=prf,
            group=group,
            lifetime=seconds,
        )


def ipsec_policy(root: Node, vpn: Node) -> Node | None:
    """The IPsec policy that a VPN names."""
    return root.find("security", "ipsec", "policy", vpn.value("ike", "ipsec-policy"))


def esp(root: Node, vpn: Node) -> Iterator[Esp]:
    """The ESP combinations of a VPN."""
    policy = ipsec_policy(root, vpn)
    if policy is None:
        return
    group = policy.value("perfect-forward-secrecy", "keys").removeprefix("group")
    for encryption, digest, own in _ESP_SETS.get(policy.value("proposal-set"), ()):
        yield Esp(encryption=encryption, integrity=digest, group=int(group or own))
    for node in _proposals(root, policy):
        encryption = cipher(node.value("encryption-algorithm") or "null")
        digest = _CODES.get(node.value("authentication-algorithm"), "")
        yield Esp(
            encryption=encryption,
            integrity="" if encryption.endswith("gcm") else digest,
            group=int(group or 0),
            usable=node.value("protocol") in {"", "esp"},
        )


def _proposals(root: Node, policy: Node) -> Iterator[Node]:
    for name in policy.many("proposals"):
        node = root.find("security", "ipsec", "proposal", name)
        if node is not None:
            yield node


def lifetime(root: Node, vpn: Node) -> int:
    """Seconds until the children are rekeyed."""
    policy = ipsec_policy(root, vpn)
    found = [n.value("lifetime-seconds") for n in _proposals(root, policy)] if policy else []
    return int(next((one for one in found if one), _ESP_LIFETIME))
