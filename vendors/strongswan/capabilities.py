"""What charon, or its version at hand, cannot say: asked before anything connects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.driver import Refusal
from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from vendors.strongswan import names

SWANCTL_SINCE = (5, 2)
INTERFACES_SINCE = (5, 8)
"""strongSwan's changelog: swanctl came with 5.2.0, interface IDs for xfrm interfaces with 5.8.0."""

_NO_IKE = (
    Encryption.NULL,
    Encryption.AES128GMAC,
    Encryption.AES192GMAC,
    Encryption.AES256GMAC,
)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this host cannot be given, with what it could take."""
    version = number(intent.environment.version)
    found: dict[str, Refusal] = {}
    for tunnel in intent.tunnels:
        rules = (
            *(_shape(tunnel), _ike(tunnel), _esp(tunnel), _key(tunnel), _traffic(tunnel)),
            _gates(tunnel, version),
        )
        for rule in rules:
            for refusal in rule:
                found.setdefault(refusal.setting, refusal)
    for refusal in _beside(intent):
        found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _beside(intent: Intent) -> Iterator[Refusal]:
    """Policies of two tunnels without interfaces would be the same ones in the kernel."""
    if not intent.beside:
        return
    from appliance.model.neighbours import rivals  # noqa: PLC0415 -- few devices have two sites

    for rival in rivals(intent):
        if Mode.POLICY_BASED in (rival.ours.mode, rival.theirs.mode):
            yield Refusal(
                setting="device.mode: policy-based",
                reason=f"{rival.ours.name} goes to {rival.words}: both would be one policy in the "
                "kernel",
                alternatives=("device.mode: route-based for both sites",),
            )


def number(version: str | None) -> tuple[int, int] | None:
    """The release as two numbers: (5, 9) of "5.9.8" or "U5.9.8"; None unknown."""
    match = re.search(r"(\d+)\.(\d+)", version or "")
    return (int(match[1]), int(match[2])) if match else None


def _shape(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.bgp is not None:
        yield Refusal(
            setting="bgp",
            reason="charon speaks no BGP, and the routing daemon beside it is not configured here",
            alternatives=("a connection without BGP: routes are then static",),
        )
    if tunnel.mode is Mode.POLICY_BASED and tunnel.name.endswith("-2"):
        yield Refusal(
            setting="device.mode: policy-based",
            reason="the gateway is active-active, and the kernel has but one of two equal policies",
            alternatives=("device.mode: route-based", "an active-standby gateway"),
        )


def _ike(tunnel: Tunnel) -> Iterator[Refusal]:
    known = [cipher for cipher in names.ENCRYPTION if cipher not in _NO_IKE]
    old = tunnel.ike.version is IkeVersion.V1
    if old:
        known = [cipher for cipher in known if not cipher.aead]
    title = f"IKEv{int(tunnel.ike.version)} encryption"
    for proposal in tunnel.ike.proposals:
        same = [i.value for i in proposal.integrity] == [p.value for p in proposal.prf]
        if old and not same:
            yield Refusal(setting="IKEv1 prf", reason="in IKEv1 the hash is the PRF, too")
        for cipher in proposal.encryption:
            if cipher not in known:
                yield _unknown(f"{title} {cipher}", known)


def _esp(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.esp.proposals:
        for cipher in proposal.encryption:
            if cipher not in names.ENCRYPTION:
                yield _unknown(f"ESP encryption {cipher}", list(names.ENCRYPTION))
        bare = proposal.integrity == (Integrity.NONE,)
        if bare and not all(cipher.aead for cipher in proposal.encryption):
            yield Refusal(
                setting="ESP integrity none", reason="only AEAD ciphers go without a hash"
            )


def _unknown(setting: str, known: list[Encryption]) -> Refusal:
    words = tuple(map(str, known))
    return Refusal(setting=setting, reason="charon has no word for it", alternatives=words)


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    """In quotes charon takes everything; swanctl reads no control characters from a line."""
    if not isinstance(tunnel.psk, Secret):
        return
    key = tunnel.psk.reveal()
    if not key:
        yield Refusal(setting="psk", reason="an empty key is no key")
    odd = sorted({repr(character) for character in key if not " " <= character <= "~"})
    if odd:
        yield Refusal(
            setting="psk",
            reason=f"the key has characters that are not printable ASCII: {' '.join(odd)}",
            alternatives=("letters, digits, blanks and all punctuation of ASCII",),
        )


def _gates(tunnel: Tunnel, version: tuple[int, int] | None) -> Iterator[Refusal]:
    if version is None:
        return
    release = f"strongSwan {version[0]}.{version[1]}"
    if version < SWANCTL_SINCE:
        yield Refusal(
            setting="device.version",
            reason=f"{release} has no swanctl (it came with 5.2)",
            alternatives=("a newer strongSwan",),
        )
    elif version < INTERFACES_SINCE and tunnel.mode is Mode.ROUTE_BASED:
        yield Refusal(
            setting="device.mode: route-based",
            reason=f"{release} has no interface IDs (they came with 5.8)",
            alternatives=("device.mode: policy-based", "a newer strongSwan"),
        )


def _traffic(tunnel: Tunnel) -> Iterator[Refusal]:
    """Without a tunnel interface traffic is told by its addresses: IKE must not be among it."""
    if tunnel.filter is None or tunnel.mode is Mode.ROUTE_BASED:
        return
    for pair in tunnel.selectors:
        inside = [str(one) for one in tunnel.remote.addresses if one in pair.remote]
        if inside:
            yield Refusal(
                setting="traffic",
                reason=f"{pair.remote} holds the gateway itself, {', '.join(inside)}: IKE could "
                "not be told from what crosses the tunnel",
                alternatives=("device.mode: route-based", "leave `traffic` out"),
            )
