"""What the ASA, or its version at hand, cannot say: asked before anything connects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.driver import Refusal
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Encapsulation, IkeProposal, Mode, Tunnel
from vendors.cisco_asa import names
from vendors.cisco_asa.names import Release

IKEV2_SINCE = (8, 4)
"""From here on the ASA says `ikev1` and `ikev2`; what is written needs those words."""

SHA2_SINCE = (9, 0)
"""SHA-2, AES-GCM and groups above 5 ("New features by release", 9.0)."""

VTI_SINCE = {IkeVersion.V1: (9, 7), IkeVersion.V2: (9, 8)}
LOOPBACK_SINCE = (9, 20)
"""From here on BGP inside a tunnel can start from a loopback interface."""

WEAK_REMOVED_SINCE = (9, 15)
"""DES, 3DES, MD5, NULL, GMAC and groups 2 and 24 are gone ("Release notes", 9.15(1))."""

LATE_GROUPS_SINCE = (9, 16)
LATE_GROUPS = frozenset({DhGroup.MODP3072, DhGroup.MODP4096, DhGroup(31)})
OLD_GROUPS = frozenset({DhGroup.MODP768, DhGroup.MODP1024, DhGroup.MODP1536})
WEAK_CIPHERS = frozenset({Encryption.DES, Encryption.TRIPLE_DES, Encryption.NULL})
WEAK_GROUPS = frozenset({DhGroup.MODP768, DhGroup.MODP1024, DhGroup.MODP2048_256})
LONGEST_KEY = 128

MODERN = (9, 99)
"""Stands for a version that nobody told: taken as one of today."""

STRONG = (
    "aes256 with sha256 and group 14 or higher (set a custom IPsec/IKE policy on Azure)",
    "device.version, if the ASA is older than 9.15",
)


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this device cannot be given, with what it could take."""
    told = names.release(intent.environment.version)
    release = told or MODERN
    name = f"ASA {release[0]}.{release[1]}" if told else "an ASA of today (no version is known)"
    found: dict[str, Refusal] = {}
    for tunnel in intent.tunnels:
        rules = (
            *(_shape(tunnel), _words(tunnel), _key(tunnel)),
            _gates(tunnel, release, name),
        )
        for rule in rules:
            for refusal in rule:
                found.setdefault(refusal.setting, refusal)
    for refusal in _beside(intent):
        found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _beside(intent: Intent) -> Iterator[Refusal]:
    """One tunnel-group, and so one key, serves a peer at all interfaces, one clamp all tunnels."""
    if not intent.beside:
        return
    from appliance.model.neighbours import clamps, rivals  # noqa: PLC0415 -- few devices have two sites

    for rival in rivals(intent):
        yield Refusal(
            setting="a second tunnel to one gateway",
            reason=f"{rival.ours.name} goes to {rival.words}: one key serves a peer at all "
            "interfaces",
            alternatives=("another gateway", "another device for one of the two links"),
        )
    for site, mss in clamps(intent):
        yield Refusal(
            setting="device.tunnel.mss",
            reason=f"an ASA clamps TCP in all tunnels alike, and {site} asks for {mss or 'none'}",
            alternatives=("the same device.tunnel.mss for both sites",),
        )


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
            "traffic an ASA only ever uses the first",
            alternatives=("device.mode: route-based", "an active-standby gateway"),
        )
    if tunnel.encapsulation is not Encapsulation.IPSEC:
        yield Refusal(setting="GRE", reason="the ASA carries no GRE in IPsec, nor does Azure")
    for proposal in tunnel.esp.proposals:
        if proposal.transport or proposal.ah is not None:
            yield Refusal(setting="ESP mode", reason="Azure takes ESP in tunnel mode only")


def _words(tunnel: Tunnel) -> Iterator[Refusal]:
    """Algorithms that the version of IKE has no word for on any ASA."""
    modern = tunnel.ike.version is IkeVersion.V2
    title = "IKEv2" if modern else "IKEv1"
    ciphers = names.IKEV2_ENCRYPTION if modern else names.IKEV1_ENCRYPTION
    hashes = names.IKEV2_INTEGRITY if modern else names.IKEV1_HASH
    for proposal in tunnel.ike.proposals:
        yield from _unknown(f"{title} encryption", proposal.encryption, ciphers)
        yield from _unknown(f"{title} integrity", proposal.integrity, hashes)
        yield from _unknown(f"{title} group", map(int, proposal.groups), names.GROUPS)
        if modern and not all(cipher.aead for cipher in proposal.encryption):
            yield from _unknown(f"{title} prf", proposal.prf, names.IKEV2_PRF)
    esp_ciphers = names.PROPOSAL_ENCRYPTION if modern else names.TRANSFORM_ENCRYPTION
    esp_hashes = names.PROPOSAL_INTEGRITY if modern else names.TRANSFORM_INTEGRITY
    suffix = "" if modern else " with IKEv1"
    for esp in tunnel.esp.proposals:
        yield from _unknown(f"ESP encryption{suffix}", esp.encryption, esp_ciphers)
        yield from _unknown(f"ESP integrity{suffix}", esp.integrity, esp_hashes)
    if tunnel.esp.pfs_group is not None:
        yield from _unknown("PFS group", (int(tunnel.esp.pfs_group),), names.GROUPS)


def _unknown(setting: str, wanted: Iterable[object], known: Iterable[object]) -> Iterator[Refusal]:
    words = tuple(str(word) for word in known)
    for one in wanted:
        if str(one) not in words:
            yield Refusal(
                setting=f"{setting} {one}", reason="the ASA has no word for it", alternatives=words
            )


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    """The ASA reads a key to the next blank, and shows every key as asterisks."""
    if not isinstance(tunnel.psk, Secret):
        return
    key = tunnel.psk.reveal()
    if not key or len(key) > LONGEST_KEY:
        yield Refusal(
            setting="psk", reason=f"an ASA takes 1 to {LONGEST_KEY} characters, not {len(key)}"
        )
    odd = sorted({c for c in key if not "!" <= c <= "~"})
    if odd:
        shown = " ".join("blank" if c == " " else repr(c) for c in odd)
        yield Refusal(
            setting="psk",
            reason=f"an ASA cannot be given a key with: {shown}",
            alternatives=("printable ASCII characters without blanks",),
        )
    if key and not key.strip("*"):
        yield Refusal(
            setting="psk",
            reason="the ASA shows every key as asterisks: this one could not be told from that",
            alternatives=("a key with letters and digits",),
        )


def _gates(tunnel: Tunnel, release: Release, name: str) -> Iterator[Refusal]:
    """What the release lacks, or has no more."""
    if release < IKEV2_SINCE:
        yield Refusal(
            setting="device.version",
            reason=f"{name} has other words for all of this; it is read, but not configured",
            alternatives=("ASA 8.4 or later",),
        )
        return
    yield from _interfaces(tunnel, release, name)
    if release < SHA2_SINCE:
        yield from (
            Refusal(setting=word, reason=f"{name} does not have it", alternatives=("ASA 9.0",))
            for word in _late(tunnel)
        )
    yield from _groups(tunnel, release, name)
    if release >= WEAK_REMOVED_SINCE:
        for word in _weak(tunnel):
            yield Refusal(
                setting=word,
                reason=f"ASA 9.15 removed it, and this is {name}",
                alternatives=STRONG,
            )


def _interfaces(tunnel: Tunnel, release: Release, name: str) -> Iterator[Refusal]:
    if tunnel.mode is not Mode.ROUTE_BASED:
        return
    since = VTI_SINCE[tunnel.ike.version]
    if release < since:
        yield Refusal(
            setting="device.mode: route-based",
            reason=f"{name} has no tunnel interfaces for IKEv{tunnel.ike.version:d} (they came "
            f"with {since[0]}.{since[1]})",
            alternatives=("device.mode: policy-based", f"ASA {since[0]}.{since[1]} or later"),
        )
    sources = [peer.source for peer in tunnel.bgp.peers if peer.source] if tunnel.bgp else []
    if sources and release < LOOPBACK_SINCE:
        yield Refusal(
            setting="on_premises.bgp.address",
            reason=f"BGP of {name} speaks from the tunnel interface itself, not from a loopback "
            "(that came with 9.20)",
            alternatives=(
                "an APIPA address, which the tunnel interface then gets (one instance of the "
                "gateway)",
                "the tunnel interface's own address, by device.tunnel.addresses",
            ),
        )


def _late(tunnel: Tunnel) -> Iterator[str]:
    """What came with 9.0."""
    new = {Integrity.SHA256, Integrity.SHA384, Integrity.SHA512}
    for proposal in tunnel.ike.proposals:
        yield from (f"IKE encryption {c}" for c in proposal.encryption if c.aead)
        yield from (f"IKE integrity {i}" for i in proposal.integrity if i in new)
    for esp in tunnel.esp.proposals:
        yield from (f"ESP encryption {c}" for c in esp.encryption if c.aead)
        yield from (f"ESP integrity {i}" for i in esp.integrity if i in new)
    if tunnel.esp.pfs_group is not None and tunnel.esp.pfs_group not in OLD_GROUPS:
        yield f"PFS group {int(tunnel.esp.pfs_group)}"


def _groups(tunnel: Tunnel, release: Release, name: str) -> Iterator[Refusal]:
    known = _known_groups(tunnel.ike.version, release)
    for proposal in tunnel.ike.proposals:
        for group in proposal.groups:
            if group not in known:
                yield _no_group(f"IKEv{tunnel.ike.version:d} group {int(group)}", name, known)
    pfs = tunnel.esp.pfs_group
    if pfs in LATE_GROUPS and release < LATE_GROUPS_SINCE:
        known = _known_groups(IkeVersion.V2, release)
        yield _no_group(f"PFS group {int(pfs or 0)}", name, known)


def _no_group(setting: str, name: str, known: Iterable[DhGroup]) -> Refusal:
    return Refusal(
        setting=setting,
        reason=f"{name} does not have this group",
        alternatives=tuple(f"group {int(group)}" for group in sorted(known)),
    )


def _known_groups(version: IkeVersion, release: Release) -> frozenset[DhGroup]:
    """Groups of `crypto ikev1|ikev2 policy`; those removed since are `_weak`'s business."""
    if version is IkeVersion.V1:
        return OLD_GROUPS | ({DhGroup.MODP2048} if release >= names.GROUP_14_SINCE else set())
    if release < SHA2_SINCE:
        return OLD_GROUPS
    late = LATE_GROUPS if release >= LATE_GROUPS_SINCE else frozenset()
    return frozenset(DhGroup(number) for number in names.GROUPS) - LATE_GROUPS | late


def _weak(tunnel: Tunnel) -> Iterator[str]:
    for proposal in tunnel.ike.proposals:
        yield from _weak_ike(proposal)
    for esp in tunnel.esp.proposals:
        weak = (c for c in esp.encryption if c in WEAK_CIPHERS or c.value.endswith("gmac"))
        yield from (f"ESP encryption {c}" for c in weak)
        yield from (f"ESP integrity {i}" for i in esp.integrity if i is Integrity.MD5)
    if tunnel.esp.pfs_group in WEAK_GROUPS:
        yield f"PFS group {int(tunnel.esp.pfs_group or 0)}"


def _weak_ike(proposal: IkeProposal) -> Iterator[str]:
    yield from (f"IKE encryption {c}" for c in proposal.encryption if c in WEAK_CIPHERS)
    yield from (f"IKE integrity {i}" for i in proposal.integrity if i is Integrity.MD5)
    yield from (f"IKE prf {p}" for p in proposal.prf if p is Prf.MD5)
    yield from (f"IKE group {int(g)}" for g in proposal.groups if g in WEAK_GROUPS)
