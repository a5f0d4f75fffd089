"""What Cool OS cannot say: asked before anything connects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.driver import Refusal
from appliance.model.algorithms import IkeVersion, Integrity
from appliance.model.intent import Intent, lent, unhindered
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, Mode, Tunnel

from . import names


def express(intent: Intent) -> Intent:
    """Cool OS has a statement for all that `refusals` lets pass; its tunnels borrow an address."""
    return lent(unhindered(intent))


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """Every setting of the intent that this device cannot be given, with what it could take."""
    found: dict[str, Refusal] = {}
    for tunnel in intent.tunnels:
        for rule in (_shape, _ike, _esp, _key):
            for refusal in rule(tunnel):
                found.setdefault(refusal.setting, refusal)
    return tuple(found.values())


def _shape(tunnel: Tunnel) -> Iterator[Refusal]:
    if tunnel.mode is Mode.POLICY_BASED or tunnel.selectors:
        yield Refusal(
            setting="device.mode: policy-based",
            reason="Cool OS has tunnel interfaces only, and they are any-to-any",
            alternatives=("usePolicyBasedTrafficSelectors: false on the connection",),
        )
    if tunnel.ike.version is IkeVersion.V1:
        yield Refusal(
            setting="IKEv1",
            reason="Cool OS speaks IKEv2 only",
            alternatives=("a connection with connectionProtocol IKEv2",),
        )
    if tunnel.bgp is not None:
        yield Refusal(
            setting="on_premises.bgp",
            reason="Cool OS has no BGP",
            alternatives=("static routes: a connection without enableBgp",),
        )
    if tunnel.permits is not None:
        yield Refusal(setting="device.outside_acl", reason="Cool OS has no access lists")


def _ike(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.ike.proposals:
        yield from _unknown("IKE encryption", proposal.encryption, names.ENCRYPTION)
        hashes = tuple(Integrity(prf.value) for prf in proposal.prf)
        yield from _unknown("IKE PRF", hashes, names.HASH)
        yield from _unknown("IKE group", proposal.groups, names.GROUP)
        if not _one(proposal, hashes):
            yield Refusal(
                setting="IKE proposal",
                reason="Cool OS has one word for integrity and PRF, and one combination a tunnel",
            )


def _one(proposal: IkeProposal, hashes: tuple[Integrity, ...]) -> bool:
    single = len(proposal.encryption) == len(hashes) == len(proposal.groups) == 1
    return single and proposal.integrity in ((), hashes)


def _esp(tunnel: Tunnel) -> Iterator[Refusal]:
    for proposal in tunnel.esp.proposals:
        yield from _unknown("ESP encryption", proposal.encryption, names.ENCRYPTION)
        hashes = (hash_ for hash_ in proposal.integrity if hash_ is not Integrity.NONE)
        yield from _unknown("ESP integrity", hashes, names.HASH)
    if tunnel.esp.pfs_group is not None:
        yield from _unknown("PFS group", (tunnel.esp.pfs_group,), names.GROUP)


def _unknown(what: str, wanted: Iterable[object], known: Iterable[object]) -> Iterator[Refusal]:
    words = tuple(known)
    for algorithm in wanted:
        if algorithm not in words:
            yield Refusal(
                setting=f"{what} {algorithm}",
                reason="Cool OS has no word for it",
                alternatives=tuple(map(str, words)),
            )


def _key(tunnel: Tunnel) -> Iterator[Refusal]:
    if isinstance(tunnel.psk, Secret):
        key = tunnel.psk.reveal()
        if not key or any(not "!" <= character <= "~" for character in key):
            yield Refusal(setting="psk", reason="Cool OS takes printable ASCII without blanks")
