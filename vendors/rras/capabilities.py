"""What RRAS, or its version at hand, cannot say: asked before anything connects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from appliance.driver import Refusal
from appliance.model.algorithms import IkeVersion, Integrity
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Bgp, EspProposal, IkeProposal, Mode, Tunnel
from vendors.rras import names

LONGEST_KEY = 128
"""Azure's limit; RRAS names none."""

HIGHEST_OLD_ASN = 65_534
"""MS-RRASM gives 1 to 65534 for Server 2012 R2."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ROUTE_BASED = "device.mode: route-based, with usePolicyBasedTrafficSelectors: false on Azure"
_IKE_CBC = "ikeEncryption AES256 with ikeIntegrity SHA256 or SHA384 on Azure"


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this server cannot be given, with what it could take."""
    found: dict[str, Refusal] = {}
    old = names.level(intent.environment.version) == names.OLD
    for tunnel in intent.tunnels:
        rules = (_shape(tunnel), _ike(tunnel), _esp(tunnel), _key(tunnel), _bgp(tunnel, old=old))
        for rule in (*rules, _traffic(tunnel), _release(intent.environment.version)):
            for refusal in rule:
                found.setdefault(refusal.setting, refusal)
    for refusal in _beside(intent):
        found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _beside(intent: Intent) -> Iterator[Refusal]:
    """With pre-shared keys Windows picks the interface by the address that it dials."""
    if not intent.beside:
        return
    from appliance.model.neighbours import rivals  # noqa: PLC0415 -- few devices have two sites

    for rival in rivals(intent):
        yield Refusal(
            setting="a second tunnel to one gateway",
            reason=f"{rival.ours.name} goes to {rival.words}: with a pre-shared "
            "key one interface an address is possible",
            alternatives=("another gateway", "another server for one of the two links"),
        )


def _release(version: str | None) -> Iterator[Refusal]:
    match = re.match(r"\s*(?:Windows Server )?(6\.[0-2]\b|2008|2012(?! ?R2))", version or "")
    if match:
        yield Refusal(
            setting=f"device.version {version}",
            reason="interfaces take no custom policy before Windows Server 2012 R2",
            alternatives=("Windows Server 2016 or later",),
        )


def _shape(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.mode is Mode.POLICY_BASED or tunnel.selectors:
        yield Refusal(
            setting="policy-based traffic selectors",
            reason="RRAS is route-based: its interfaces propose any-to-any",
            alternatives=(_ROUTE_BASED,),
        )
    if len(tunnel.remote.addresses) != 1:
        yield Refusal(setting="gateway", reason="one interface dials exactly one address")
    if not _NAME.fullmatch(tunnel.name):
        yield Refusal(
            setting=f"name {tunnel.name!r}",
            reason="an interface would be named like it",
            alternatives=("1 to 64 letters, digits, dots, hyphens and underscores",),
        )


def _ike(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.ike.version is not IkeVersion.V2:
        yield Refusal(
            setting="IKEv1",
            reason="an S2S interface speaks IKEv2 to Azure, or L2TP, which Azure does not",
            alternatives=("a connection with connectionProtocol IKEv2", "a route-based gateway"),
        )
    for proposal in tunnel.ike.proposals:
        yield from _ike_proposal(proposal)


def _ike_proposal(proposal: IkeProposal) -> Iterator[Refusal]:
    yield from _ike_ciphers(proposal)
    for hash_ in proposal.integrity:
        if hash_ not in names.INTEGRITY_METHOD:
            yield _unknown(f"IKE integrity {hash_}", names.INTEGRITY_METHOD)
    for group in proposal.groups:
        if group not in names.DH_GROUP:
            yield _unknown(f"IKE group {int(group)}", names.DH_GROUP)
    if proposal.integrity and tuple(map(str, proposal.prf)) != tuple(map(str, proposal.integrity)):
        yield Refusal(
            setting=f"IKE prf {' '.join(proposal.prf)}",
            reason="Windows takes the PRF from the integrity",
            alternatives=tuple(map(str, proposal.integrity)),
        )


def _ike_ciphers(proposal: IkeProposal) -> Iterator[Refusal]:
    for cipher in proposal.encryption:
        if cipher.aead:
            yield Refusal(
                setting=f"IKE encryption {cipher}",
                reason="the policy of an interface has no AES-GCM for the IKE SA",
                alternatives=(_IKE_CBC,),
            )
        elif cipher not in names.ENCRYPTION_METHOD:
            yield _unknown(f"IKE encryption {cipher}", names.ENCRYPTION_METHOD)


def _esp(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.esp.proposals:
        yield from _esp_proposal(proposal)
    group = tunnel.esp.pfs_group
    if group not in names.PFS_GROUP:
        known = (one for one in names.PFS_GROUP if one is not None)
        yield _unknown(f"PFS group {int(group or 0)}", known)


def _esp_proposal(proposal: EspProposal) -> Iterator[Refusal]:
    for cipher in proposal.encryption:
        if cipher not in names.CIPHER_TRANSFORM:
            yield _unknown(f"ESP encryption {cipher}", names.CIPHER_TRANSFORM)
    for hash_ in proposal.integrity:
        if hash_ is not Integrity.NONE and hash_ not in names.AUTHENTICATION_TRANSFORM:
            yield _unknown(f"ESP integrity {hash_}", names.AUTHENTICATION_TRANSFORM)


def _unknown(setting: str, known: Iterable[object]) -> Refusal:
    words = (str(int(one)) if isinstance(one, int) else str(one) for one in known)
    return Refusal(setting=setting, reason="RRAS has no word for it", alternatives=tuple(words))


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    """A SecureString carries anything; what Azure takes is printable ASCII, 1 to 128 characters."""
    if not isinstance(tunnel.psk, Secret):
        return
    key = tunnel.psk.reveal()
    if not 1 <= len(key) <= LONGEST_KEY:
        reason = f"a key has 1 to {LONGEST_KEY} characters, not {len(key)}"
        yield Refusal(setting="psk", reason=reason)
    odd = sorted({c for c in key if not "!" <= c <= "~"})
    if odd:
        shown = " ".join("blank" if c == " " else ascii(c) for c in odd)
        yield Refusal(
            setting="psk",
            reason=f"Azure takes printable ASCII without blanks, the key has: {shown}",
            alternatives=("letters, digits and signs",),
        )


def _bgp(tunnel: Tunnel, *, old: bool) -> Iterator[Refusal]:
    bgp = tunnel.bgp
    if bgp is None:
        return
    addresses = [one for peer in bgp.peers for one in (peer.address, peer.local_address)]
    if any(address is not None and address.is_link_local for address in addresses):
        yield Refusal(
            setting="BGP on APIPA addresses (169.254.0.0/16)",
            reason="an IPsec interface of RRAS has no address of its own",
            alternatives=("an address the server has, as BGP peer of the local network gateway",),
        )
    if None in addresses:
        yield Refusal(
            setting="on_premises.bgp.address", reason="a BGP session of RRAS needs its own address"
        )
    if old:
        yield from _numbers(bgp)


def _numbers(bgp: Bgp) -> Iterator[Refusal]:
    for asn in (bgp.local_asn, *(peer.asn for peer in bgp.peers)):
        if asn > HIGHEST_OLD_ASN:
            yield Refusal(
                setting=f"AS number {asn}",
                reason=f"Windows Server 2012 R2 takes 1 to {HIGHEST_OLD_ASN}",
                alternatives=("64512 to 65514", "Windows Server 2016 or later"),
            )


def _traffic(tunnel: Tunnel) -> Iterator[Refusal]:
    """Static packet filters keep no state, have no order, and name ports one by one."""
    if tunnel.filter is None:
        return
    from vendors.rras.writing.traffic import hindrance  # noqa: PLC0415 -- few have rules

    told = hindrance(tunnel.filter)
    if told is not None:
        yield Refusal(setting="traffic", reason=told.reason, alternatives=told.instead)
