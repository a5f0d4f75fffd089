"""Whether a tunnel would be given weak algorithms though Azure can do better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.checks.accepted import cover
from appliance.checks.algorithms import Algorithm, algorithms, word
from appliance.gates.day import today
from appliance.gates.gate import Gate, Question
from appliance.model.algorithms import Strength
from appliance.model.intent import PeerPolicy
from appliance.model.pairing import mine

_ACCEPTING = ("AZ-ALG-001", "AZ-ALG-003")
"""Whoever accepted these for a site has accepted its weak algorithms."""


def _weak(asked: Question) -> Iterator[str]:
    intent = asked.job.intent
    if any(cover(asked.job.site, check, today()) for check in _ACCEPTING):
        return
    policy = intent.peer
    for tunnel in mine(intent, asked.plan.target):
        found = dict.fromkeys(
            f"{part} {word(one)}"
            for part, one in algorithms(tunnel)
            if one.strength is Strength.WEAK and (not policy.default or _better(part, one, policy))
        )
        if found:
            how = (
                "Azure's default policy has better ones"
                if policy.default
                else "Azure takes better ones in the connection's custom policy"
            )
            yield f"{tunnel.name} would use {', '.join(found)}: {how}"


def _better(part: str, weak: Algorithm, policy: PeerPolicy) -> bool:
    """Whether one of Azure's default offers has something stronger in its place."""
    offered = (one for one in _offered(part, policy) if type(one) is type(weak))
    return any(one.strength > Strength.WEAK for one in offered)


def _offered(part: str, policy: PeerPolicy) -> Iterable[Algorithm]:
    """What default policies offer where they have weak members at all: ciphers and groups."""
    if part == "IKE":
        for offer in policy.ike:
            yield from offer.encryption
            yield from offer.groups
        return
    for child in (*policy.initiator, *policy.responder):
        if part == "ESP":
            yield child.encryption
        elif child.pfs_group is not None:
            yield child.pfs_group


GATES = (
    Gate(
        name="weak-crypto",
        words="the tunnel would use DES, 3DES, MD5, group 1, 2 or 5, or no encryption, where "
        "Azure can do better; a site that accepts `AZ-ALG-001` (or `AZ-ALG-003`) has opened it",
        find=_weak,
        of_intent=True,
    ),
)
