"""What IOS, or its version at hand, cannot say: asked before anything connects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.driver import Refusal
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Intent, lent, unhindered
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from appliance.record import replace
from vendors.cisco.speaker import loopback
from vendors.cisco_ios import names

IKEV2_SINCE = (15, 1)
WEAK_REFUSED_SINCE = (17, 11)
"""Cisco's "IOS XE 17.11.1a release notes": the parser refuses weak algorithms by default."""

STRONG = (
    "aes256 with sha256 and group 14 or higher (set a custom IPsec/IKE policy on Azure)",
    "`crypto engine compliance shield disable` on the device, saved and reloaded, and no "
    "device.version in the inventory: then the device itself tells",
)
WEAK_CIPHERS = (Encryption.DES, Encryption.TRIPLE_DES, Encryption.NULL)
WEAK_GROUPS = (DhGroup.MODP768, DhGroup.MODP1024, DhGroup.MODP1536, DhGroup.MODP2048_256)


def express(intent: Intent) -> Intent:
    """IOS has a statement for all of it; a BGP session starts from a loopback unless the tunnel
    has its address, and tunnels without an address borrow one. Its access lists know no
    connections but those of TCP."""
    asked = _filtered(unhindered(_apart(intent)))
    speaker = loopback(asked)
    return lent(replace(asked, tunnels=tuple(_speaking(one, speaker) for one in asked.tunnels)))


def _apart(intent: Intent) -> Intent:
    if not intent.beside:
        return intent
    from appliance.model.neighbours import set_apart  # noqa: PLC0415 -- few devices have two sites

    return set_apart(intent)


def _filtered(intent: Intent) -> Intent:
    if all(tunnel.filter is None for tunnel in intent.tunnels):
        return intent
    from vendors.cisco_ios.writing.traffic import NOTE, expressed  # noqa: PLC0415 -- few have rules

    tunnels = tuple(map(expressed, intent.tunnels))
    changed = tunnels != intent.tunnels and NOTE not in intent.notes
    return replace(
        intent, tunnels=tunnels, notes=(*intent.notes, NOTE) if changed else intent.notes
    )


def _speaking(tunnel: Tunnel, speaker: str) -> Tunnel:
    bgp, interface = tunnel.bgp, tunnel.interface
    if bgp is None or interface is None:
        return tunnel
    own = interface.address and interface.address.ip
    peers = tuple(
        peer if peer.source or peer.local_address == own else replace(peer, source=speaker)
        for peer in bgp.peers
    )
    if interface.address is None:
        lender = interface.unnumbered or peers[0].source
        interface = replace(interface, unnumbered=lender)
    return replace(tunnel, bgp=replace(bgp, peers=peers), interface=interface)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this device cannot be given, with what it could take."""
    version = number(intent.environment.version)
    shield = not intent.environment.weak_allowed
    found: dict[str, Refusal] = {}
    for tunnel in intent.tunnels:
        rules = (_shape(tunnel), _ike(tunnel), _esp(tunnel), _key(tunnel))
        for rule in (*rules, _gates(tunnel, version, shield=shield)):
            for refusal in rule:
                found.setdefault(refusal.setting, refusal)
    for refusal in _beside(intent):
        found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _beside(intent: Intent) -> Iterator[Refusal]:
    """In IKEv1 the key is taken by the peer, before any profile is."""
    if not intent.beside:
        return
    from appliance.model.neighbours import rivals  # noqa: PLC0415 -- few devices have two sites

    for rival in rivals(intent):
        if IkeVersion.V1 in (rival.ours.ike.version, rival.theirs.ike.version):
            yield Refusal(
                setting="IKEv1 for two tunnels to one gateway",
                reason=f"{rival.ours.name} goes to {rival.words}: IOS takes an IKEv1 key by the "
                "peer's address",
                alternatives=("IKEv2 for both connections",),
            )


def number(version: str | None) -> tuple[int, int] | None:
    """The release as two numbers: (17, 9) of "17.09.04a", (15, 2) of "15.2(4)M7"; None unknown."""
    match = re.match(r"\s*(\d+)\.(\d+)", version or "")
    return (int(match[1]), int(match[2])) if match else None


def _shape(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.mode is Mode.ROUTE_BASED and tunnel.selectors:
        yield Refusal(
            setting="device.mode: route-based",
            reason="Azure uses policy-based selectors here, a tunnel interface is any-to-any",
            alternatives=("device.mode: policy-based", "usePolicyBasedTrafficSelectors: false"),
        )
    if tunnel.mode is Mode.POLICY_BASED and tunnel.name.endswith("-2"):
        yield Refusal(
            setting="device.mode: policy-based",
            reason="the gateway is active-active, and of two crypto map entries for the same "
            "traffic IOS only ever uses the first",
            alternatives=("device.mode: route-based", "an active-standby gateway"),
        )


def _ike(tunnel: Tunnel) -> Iterator[Refusal]:
    modern = tunnel.ike.version is IkeVersion.V2
    known = set(names.IKEV2_ENCRYPTION if modern else names.ISAKMP_ENCRYPTION)
    title = "IKEv2" if modern else "IKEv1"
    for proposal in tunnel.ike.proposals:
        for cipher in proposal.encryption:
            if cipher not in known:
                yield _unknown(f"{title} encryption {cipher}", sorted(known))
        for group in proposal.groups:
            if int(group) not in names.GROUPS:
                yield _unknown(f"{title} group {int(group)}", map(str, names.GROUPS))


def _esp(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.esp.proposals:
        for cipher in proposal.encryption:
            if cipher not in names.TRANSFORM_ENCRYPTION:
                yield _unknown(f"ESP encryption {cipher}", sorted(names.TRANSFORM_ENCRYPTION))
        for hash_ in proposal.integrity:
            if hash_ is not Integrity.NONE and hash_ not in names.TRANSFORM_INTEGRITY:
                yield _unknown(f"ESP integrity {hash_}", sorted(names.TRANSFORM_INTEGRITY))


def _unknown(setting: str, known: object) -> Refusal:
    words = tuple(str(word) for word in known) if hasattr(known, "__iter__") else ()
    return Refusal(setting=setting, reason="IOS has no word for it", alternatives=words)


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    """IOS reads a key to the end of the line; `?` opens help while it is typed."""
    if not isinstance(tunnel.psk, Secret):
        return
    key = tunnel.psk.reveal()
    if not key or len(key) > 127:  # noqa: PLR2004 -- IOS: 1 to 127 characters
        yield Refusal(setting="psk", reason=f"IOS takes 1 to 127 characters, not {len(key)}")
    odd = sorted({c for c in key if not "!" <= c <= "~" or c == "?"})
    if odd:
        shown = " ".join("blank" if c == " " else c if c.isprintable() else repr(c) for c in odd)
        yield Refusal(
            setting="psk",
            reason=f"IOS cannot be given a key with: {shown}",
            alternatives=("letters, digits and !#$%&()*+,./:;<=>@[]^_{|}",),
        )


def _gates(tunnel: Tunnel, version: tuple[int, int] | None, *, shield: bool) -> Iterator[Refusal]:
    """What the release lacks; `shield` says that it refuses weak algorithms if it ever does."""
    if version is None:
        return
    release = f"IOS {version[0]}.{version[1]}"
    if version < IKEV2_SINCE:
        yield from _old(tunnel, release)
    if version >= WEAK_REFUSED_SINCE and shield:
        for word in _weak(tunnel):
            yield Refusal(
                setting=word,
                reason=f"{release} refuses weak algorithms unless its compliance shield is off",
                alternatives=STRONG,
            )


def _old(tunnel: Tunnel, release: str) -> Iterator[Refusal]:
    if tunnel.ike.version is IkeVersion.V2:
        yield Refusal(
            setting="IKEv2",
            reason=f"{release} has no IKEv2 (it came with 15.1)",
            alternatives=("a connection with connectionProtocol IKEv1", "a newer IOS"),
        )
    for proposal in tunnel.esp.proposals:
        if any(cipher.aead for cipher in proposal.encryption):
            yield Refusal(
                setting="ESP AES-GCM",
                reason=f"{release} has no esp-gcm",
                alternatives=("aes256 with sha1", "a newer IOS"),
            )


def _weak(tunnel: Tunnel) -> Iterator[str]:
    for proposal in tunnel.ike.proposals:
        yield from (f"IKE encryption {c}" for c in proposal.encryption if c in WEAK_CIPHERS)
        yield from (f"IKE integrity {i}" for i in proposal.integrity if i is Integrity.MD5)
        yield from (f"IKE prf {p}" for p in proposal.prf if p is Prf.MD5)
        yield from (f"IKE group {int(g)}" for g in proposal.groups if g in WEAK_GROUPS)
    for esp in tunnel.esp.proposals:
        yield from (f"ESP encryption {c}" for c in esp.encryption if c in WEAK_CIPHERS)
        yield from (f"ESP integrity {i}" for i in esp.integrity if i is Integrity.MD5)
    if tunnel.esp.pfs_group in WEAK_GROUPS:
        yield f"PFS group {int(tunnel.esp.pfs_group or 0)}"
