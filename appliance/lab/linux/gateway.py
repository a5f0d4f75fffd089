"""Azure's end as a charon is told it: swanctl.conf from what the lab knows of a gateway."""

from __future__ import annotations

import json
from collections.abc import Iterable

from appliance.lab.azure_peer import AzurePeer, Esp, Ike

# strongSwan's words for groups by their IANA number (IKEv2 Cipher Suites, in its documentation).
_GROUPS = {
    1: "modp768",
    2: "modp1024",
    5: "modp1536",
    14: "modp2048",
    15: "modp3072",
    16: "modp4096",
    19: "ecp256",
    20: "ecp384",
    21: "ecp521",
    24: "modp2048s256",
}
# Azure's own lifetimes, and how long a gateway waits until it looks whether somebody is there.
_CONNECTION = """\
  {name} {{
    version = {version}
    encap = yes
    mobike = no
    local_addrs = {address}
    remote_addrs = {device}
    proposals = {ike}
    rekey_time = 28800s
    dpd_delay = 45s
    local {{
      auth = psk
      id = {identity}
    }}
    remote {{
      auth = psk
    }}
    children {{
{children}    }}
  }}
"""
_CHILD = """\
      {name} {{
        local_ts = {azure}
        remote_ts = {device}
        esp_proposals = {esp}
        rekey_time = 27000s
      }}
"""
_KEY = """\
  ike-{name} {{
    id-own = {identity}
    id-device = {device}
    secret = {key}
  }}
"""
_ANY = ("0.0.0.0/0", "0.0.0.0/0")


def swanctl(peers: Iterable[AzurePeer]) -> str:
    """The file for all these gateways; it only answers, the device dials."""
    known = [(f"gateway-{number}", peer) for number, peer in enumerate(peers, start=1)]
    connections = "".join(_connection(name, peer) for name, peer in known)
    secrets = "".join(_key_of(name, peer) for name, peer in known)
    return f"connections {{\n{connections}}}\nsecrets {{\n{secrets}}}\n"


def _connection(name: str, peer: AzurePeer) -> str:
    esp = ", ".join(dict.fromkeys(map(_esp, peer.esp)))
    children = (
        _CHILD.format(name=f"child-{number}", device=device, azure=azure, esp=esp)
        for number, (device, azure) in enumerate(peer.selectors or (_ANY,), start=1)
    )
    return _CONNECTION.format(
        name=name,
        version=peer.ike_version,
        address=peer.address,
        device=peer.device_address,
        ike=", ".join(dict.fromkeys(map(_ike, peer.ike))),
        identity=_identity(peer),
        children="".join(children),
    )


def _key_of(name: str, peer: AzurePeer) -> str:
    """The key in hexadecimal, which needs no quoting."""
    key = f"0x{peer.psk.encode().hex()}" if peer.psk else '""'
    return _KEY.format(name=name, identity=_identity(peer), device=peer.device_address, key=key)


def _identity(peer: AzurePeer) -> str:
    return json.dumps(peer.identity) if peer.identity else peer.address


def _ike(offer: Ike) -> str:
    """With a cipher that authenticates by itself the hash is that of the keys."""
    cipher, digest, group = offer
    hashed = f"prf{digest}" if cipher.endswith("gcm") else digest
    return f"{_cipher(cipher)}-{hashed}-{_GROUPS[group]}"


def _esp(offer: Esp) -> str:
    cipher, digest, group = offer
    return "-".join(filter(None, (_cipher(cipher), digest, _GROUPS.get(group, ""))))


def _cipher(word: str) -> str:
    return f"{word}16" if word.endswith("gcm") else word
