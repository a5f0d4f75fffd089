"""Rules on the child SAs: proposals, PFS, lifetimes; and on the pre-shared key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.compare.finding import Finder, lifetime, tokens
from appliance.compare.settle import combinations
from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import EspProposal, Tunnel


def esp(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """Proposals, PFS and lifetimes of the child SAs."""
    yield from _esp_proposals(finder, wanted.esp.proposals[0], running.esp.proposals)
    if wanted.esp.pfs_group is not running.esp.pfs_group:
        yield _pfs(finder, wanted.esp.pfs_group, running.esp.pfs_group)
    for field in ("lifetime_seconds", "lifetime_kilobytes"):
        values = (getattr(wanted.esp, field), getattr(running.esp, field))
        if values[0] != values[1]:
            yield lifetime(finder, f"esp.{field}", values)


def _esp_proposals(
    finder: Finder, wanted: EspProposal, running: Sequence[EspProposal]
) -> Iterator[Difference]:
    if not running:
        reason = "the device offers nothing for the child SA"
        yield finder.found(Severity.BREAKING, "esp.proposals", (_esp_value(wanted), []), reason)
        return
    pair = (wanted.encryption[0], wanted.integrity[0])
    nearest = max(running, key=lambda p: _alike(wanted, p))
    finder = finder.of(nearest.name)
    for field, word in (("encryption", "cipher"), ("integrity", "hash")):
        ours, theirs = getattr(wanted, field), getattr(nearest, field)
        aead = field == "integrity" and wanted.encryption[0].aead != nearest.encryption[0].aead
        if not set(ours) <= set(theirs) and not aead:
            reason = f"no common {word} for the child SA: it cannot come up"
            yield finder.breaking(f"esp.proposals.{field}", tokens(ours), tokens(theirs), reason)
    yield from _wrapping(finder, wanted, nearest)
    for proposal in running:
        for cipher, hash_ in combinations(proposal):
            if (cipher, hash_) != pair and (proposal is not nearest or _holds(pair, nearest)):
                yield _esp_extra(finder, wanted, proposal, (cipher, hash_))


def _alike(wanted: EspProposal, proposal: EspProposal) -> int:
    same = (
        set(wanted.encryption) <= set(proposal.encryption),
        set(wanted.integrity) <= set(proposal.integrity),
        wanted.transport is proposal.transport,
        wanted.ah is proposal.ah,
    )
    return 2 * (same[0] + same[1]) + same[2] + same[3]


def _holds(pair: tuple[Encryption, Integrity], proposal: EspProposal) -> bool:
    return pair in set(combinations(proposal))


def _wrapping(finder: Finder, wanted: EspProposal, nearest: EspProposal) -> Iterator[Difference]:
    if wanted.transport is not nearest.transport:
        reason = "Azure takes tunnel mode only"
        yield finder.breaking(
            "esp.proposals.transport", wanted.transport, nearest.transport, reason
        )
    if wanted.ah is not nearest.ah:
        reason = "Azure takes no AH"
        yield finder.breaking("esp.proposals.ah", wanted.ah, nearest.ah, reason)


def _esp_extra(
    finder: Finder, wanted: EspProposal, proposal: EspProposal, pair: tuple[Encryption, Integrity]
) -> Difference:
    cipher, hash_ = pair
    floor = min(wanted.encryption[0].strength, wanted.integrity[0].strength)
    weaker = min(cipher.strength, hash_.strength) < floor
    severity = Severity.WARNING if weaker else Severity.INFORMATION
    reason = "a further proposal" + (", weaker than what Azure needs" if weaker else "")
    value = {"encryption": [str(cipher)], "integrity": [str(hash_)]}
    path = f"esp.proposals.{proposal.name}"
    return finder.found(severity, path, (None, value), reason, Verdict.EXTRA)


def _esp_value(proposal: EspProposal) -> dict[str, object]:
    return {
        "encryption": tokens(proposal.encryption),
        "integrity": tokens(proposal.integrity),
    }


def _pfs(finder: Finder, ours: DhGroup | None, theirs: DhGroup | None) -> Difference:
    """In IKEv2 the group first acts at rekey, so a mismatch shows hours later."""
    values = (None if ours is None else int(ours), None if theirs is None else int(theirs))
    if ours is None:
        reason = "Azure proposes no PFS: the child SA fails whenever Azure dials or rekeys"
        return finder.warning("esp.pfs_group", *values, reason)
    reason = f"Azure demands PFS group {int(ours)}: the child SA fails, in IKEv2 at the first rekey"
    return finder.breaking("esp.pfs_group", *values, reason)


def psk(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """The key: same, different, or impossible to know - which is not the same as different."""
    ours, theirs = wanted.psk, running.psk
    if theirs is None:
        yield finder.breaking("psk", "set", None, "the device has no pre-shared key for this peer")
    elif isinstance(ours, Secret) and isinstance(theirs, Secret):
        if ours != theirs:
            reason = "the device has another pre-shared key: authentication fails"
            yield finder.breaking("psk", "set", "set, another", reason)
    else:
        hidden = theirs if isinstance(theirs, Hidden) else ours
        why = hidden.reason if isinstance(hidden, Hidden) else "no key was given"
        yield finder.found(
            Severity.INFORMATION,
            "psk",
            ("set", "set"),
            f"the keys cannot be compared: {why}; an established IKE SA would prove them equal",
            Verdict.UNVERIFIABLE,
        )
