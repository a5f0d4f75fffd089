"""What Junos, or its release at hand, cannot say: asked before anything connects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.driver import Refusal
from appliance.model.algorithms import DhGroup, IkeVersion, Integrity, Prf
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, Mode, Tunnel
from vendors.juniper_junos import names
from vendors.juniper_junos.release import Release, release

IKEV2_SINCE = (11, 3, 0, 0)
SELECTORS_SINCE = {IkeVersion.V1: (12, 1, 46, 10), IkeVersion.V2: (15, 1, 49, 100)}
IKE_GCM_SINCE = (15, 1, 49, 40)
IKED_SINCE = (18, 2, 0, 0)
"""The newer IKE daemon, `junos-ike`, which alone knows the groups and hashes below."""

IKED_GROUPS = (DhGroup.MODP3072, DhGroup.MODP4096, DhGroup.ECP521)
MOST_SELECTORS = 200
LONGEST_NAME = 31
LONGEST_KEY = 255
STORED = ("$8$", "$9$", "$1$", "$5$", "$6$")
"""How Junos marks what it has obscured: a key that begins so would be taken for such."""


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this device cannot be given, with what it could take."""
    known = release(intent.environment.version)
    found: dict[str, Refusal] = {}
    for tunnel in intent.tunnels:
        rules = (_shape(tunnel), _ike(tunnel), _esp(tunnel), _key(tunnel))
        gates = () if known is None else _gates(tunnel, known, intent.environment.version or "")
        for rule in (*rules, gates):
            for refusal in rule:
                found.setdefault(refusal.setting, refusal)
    for refusal in _beside(intent):
        found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _beside(intent: Intent) -> Iterator[Refusal]:
    """`flow tcp-mss ipsec-vpn` is one for all tunnels."""
    if not intent.beside:
        return
    from appliance.model.neighbours import clamps  # noqa: PLC0415 -- few devices have two sites

    for site, mss in clamps(intent):
        yield Refusal(
            setting="device.tunnel.mss",
            reason=f"an SRX clamps TCP in all tunnels alike, and {site} asks for {mss or 'none'}",
            alternatives=("the same device.tunnel.mss for both sites",),
        )


def _shape(tunnel: Tunnel) -> Iterator[Refusal]:
    if len(tunnel.name) > LONGEST_NAME:
        yield Refusal(
            setting=f"site name {tunnel.name.rpartition('-')[0]}",
            reason=f"Junos takes names of up to {LONGEST_NAME} characters, `{tunnel.name}` is "
            f"{len(tunnel.name)}",
            alternatives=("a shorter site name",),
        )
    if tunnel.mode is Mode.ROUTE_BASED and tunnel.selectors:
        yield Refusal(
            setting="device.mode: route-based",
            reason="Azure uses policy-based selectors here, an st0 without traffic selectors is "
            "any-to-any",
            alternatives=("device.mode: policy-based", "usePolicyBasedTrafficSelectors: false"),
        )
    if tunnel.mode is Mode.POLICY_BASED:
        yield from _selecting(tunnel)


def _selecting(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.name.endswith("-2"):
        yield Refusal(
            setting="device.mode: policy-based",
            reason="the gateway is active-active, and two VPNs with the same traffic selectors "
            "claim the same routes",
            alternatives=("device.mode: route-based", "an active-standby gateway"),
        )
    if len(tunnel.selectors) > MOST_SELECTORS:
        yield Refusal(
            setting="traffic selectors",
            reason=f"Junos takes {MOST_SELECTORS} for one VPN, not {len(tunnel.selectors)}",
            alternatives=("fewer or wider prefixes", "device.mode: route-based"),
        )
    if any(pair.remote == IPv4Network("0.0.0.0/0") for pair in tunnel.selectors):
        yield Refusal(
            setting="traffic selector 0.0.0.0/0",
            reason="a traffic selector brings its route along, and cannot be the default route",
            alternatives=("device.mode: route-based", "the prefixes behind the gateway"),
        )


def _ike(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.ike.proposals:
        for cipher in proposal.encryption:
            if cipher not in names.IKE_ENCRYPTION:
                yield _unknown(f"IKE encryption {cipher}", sorted(names.IKE_ENCRYPTION))
            elif cipher.aead and tunnel.ike.version is IkeVersion.V1:
                plain = sorted(cipher for cipher in names.IKE_ENCRYPTION if not cipher.aead)
                yield _unknown(f"IKEv1 encryption {cipher}", plain)
        for group in proposal.groups:
            if int(group) not in names.GROUPS:
                yield _unknown(f"IKE group {int(group)}", map(str, names.GROUPS))
        yield from _hashes(proposal)


def _hashes(proposal: IkeProposal) -> Iterator[Refusal]:
    for hash_ in proposal.integrity:
        if hash_ not in names.IKE_AUTHENTICATION:
            yield _unknown(f"IKE integrity {hash_}", sorted(names.IKE_AUTHENTICATION))
    chosen = tuple(names.GCM_PRF[c] for c in proposal.encryption if c in names.GCM_PRF)
    follows = chosen or tuple(Prf(i.value) for i in proposal.integrity)
    if follows and proposal.prf != follows:
        shown, cause = ", ".join(proposal.prf), "cipher" if chosen else "integrity algorithm"
        yield Refusal(
            setting=f"IKE prf {shown}",
            reason=f"on Junos the {cause} brings its PRF along ({', '.join(follows)}); with "
            "another one the IKE SA does not come up",
            alternatives=(f"ikeIntegrity with {', '.join(follows)} in Azure's policy",),
        )


def _esp(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.esp.proposals:
        for hash_ in proposal.integrity:
            if hash_ is not Integrity.NONE and hash_ not in names.IPSEC_AUTHENTICATION:
                yield _unknown(f"ESP integrity {hash_}", sorted(names.IPSEC_AUTHENTICATION))
        if proposal.transport:
            yield Refusal(setting="ESP transport mode", reason="an SRX tunnels whole packets only")
    group = tunnel.esp.pfs_group
    if group is not None and int(group) not in names.GROUPS:
        yield _unknown(f"PFS group {int(group)}", map(str, names.GROUPS))


def _unknown(setting: str, known: Iterable[str]) -> Refusal:
    return Refusal(setting=setting, reason="Junos has no word for it", alternatives=tuple(known))


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    """A key goes in quotes: any printable character is fine, but not one that looks stored."""
    if not isinstance(tunnel.psk, Secret):
        return
    key = tunnel.psk.reveal()
    if not 1 <= len(key) <= LONGEST_KEY:
        reason = f"Junos takes 1 to {LONGEST_KEY} characters, not {len(key)}"
        yield Refusal(setting="psk", reason=reason)
    odd = sorted({c for c in key if not " " <= c <= "~"})
    if odd:
        shown = " ".join(c if c.isprintable() else repr(c) for c in odd)
        yield Refusal(
            setting="psk",
            reason=f"Junos cannot be given a key with: {shown}",
            alternatives=("printable ASCII",),
        )
    if key.startswith(STORED):
        yield Refusal(
            setting="psk",
            reason=f"a key that begins with {key[:3]} is taken for one that Junos has obscured "
            "itself",
            alternatives=("a key that begins otherwise",),
        )


def _gates(tunnel: Tunnel, known: Release, version: str) -> Iterator[Refusal]:
    """What the release lacks."""
    named = f"Junos {version}"
    if known < IKEV2_SINCE and tunnel.ike.version is IkeVersion.V2:
        yield Refusal(
            setting="IKEv2",
            reason=f"{named} has no IKEv2 (it came with 11.3)",
            alternatives=("a connection with connectionProtocol IKEv1", "a newer Junos"),
        )
    if tunnel.mode is Mode.POLICY_BASED and known < SELECTORS_SINCE[tunnel.ike.version]:
        since = "12.1X46-D10" if tunnel.ike.version is IkeVersion.V1 else "15.1X49-D100"
        yield Refusal(
            setting="device.mode: policy-based",
            reason=f"{named} has no traffic selectors with IKEv{tunnel.ike.version:d} (they came "
            f"with {since})",
            alternatives=("device.mode: route-based", "a newer Junos"),
        )
    for proposal in tunnel.ike.proposals:
        if known < IKE_GCM_SINCE:
            yield from _gcm(proposal, named)
        if known < IKED_SINCE:
            yield from _iked(proposal, named)
    if known < IKED_SINCE and tunnel.esp.pfs_group in IKED_GROUPS:
        yield _too_new(f"PFS group {int(tunnel.esp.pfs_group or 0)}", named)


def _gcm(proposal: IkeProposal, named: str) -> Iterator[Refusal]:
    for cipher in proposal.encryption:
        if cipher.aead:
            yield Refusal(
                setting=f"IKE encryption {cipher}",
                reason=f"{named} has no AES-GCM for IKE (it came with 15.1X49-D40)",
                alternatives=("aes256 with sha256", "a newer Junos"),
            )


def _iked(proposal: IkeProposal, named: str) -> Iterator[Refusal]:
    for group in proposal.groups:
        if group in IKED_GROUPS:
            yield _too_new(f"IKE group {int(group)}", named)
    if Integrity.SHA512 in proposal.integrity:
        yield _too_new("IKE integrity sha512", named)


def _too_new(setting: str, named: str) -> Refusal:
    return Refusal(
        setting=setting,
        reason=f"{named} does not have the IKE daemon that knows it (package junos-ike)",
        alternatives=("group 14, 19 or 20 and sha256 or sha384", "a newer Junos"),
    )
