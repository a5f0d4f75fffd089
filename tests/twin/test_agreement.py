"""Rules and daemons are two opinions: over drawn pairs of device and policy they are the same.

APPLIANCE_TWIN_PAIRS=500 draws as many; by default it is a part that fits into CI.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Dials, PeerPolicy
from appliance.model.secret import Secret
from appliance.model.tunnel import EspProposal, Mode, Tunnel
from appliance.twin import Rehearsal, Subject, on_paper, rehearse
from tests.twin.cases import subject
from tests.vendors.intents import custom

pytestmark = pytest.mark.twin
PAIRS = int(os.environ.get("APPLIANCE_TWIN_PAIRS", "40"))
CIPHERS = (
    Encryption.AES128,
    Encryption.AES192,
    Encryption.AES256,
    Encryption.TRIPLE_DES,
    Encryption.AES128GCM,
    Encryption.AES256GCM,
)
HASHES = (Integrity.SHA1, Integrity.SHA256, Integrity.SHA384)
GROUPS = tuple(DhGroup(number) for number in (2, 14, 19, 20, 24))
T = TypeVar("T")


class Draw:
    """One device and one policy of Azure's; what the device has is often what Azure takes."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- cases, no secrets
        self.mode = self.one(tuple(Mode))
        self.version = self.one((2, 2, 2, 1))
        self.ciphers = tuple(c for c in CIPHERS if self.version == 2 or not c.aead)

    def one(self, values: Sequence[T]) -> T:
        return self._chance.choice(values)

    def few(self, values: Sequence[T], wanted: T) -> tuple[T, ...]:
        some = self._chance.sample(values, self._chance.randint(1, 2))
        return tuple(dict.fromkeys((*some, wanted) if self.often() else some))

    def often(self) -> bool:
        return self._chance.random() < 0.8

    def subject(self) -> Subject:
        base = subject("cisco_ios", mode=self.mode, version=self.version)
        ike = self.one(self.ciphers), self.one(HASHES), self.one(GROUPS)
        esp = self.one(self.ciphers), self.one(HASHES[:2]), self.one((None, *GROUPS))
        hashes = self.few(HASHES, ike[1])
        proposal = replace(
            base.tunnel.ike.proposals[0],
            encryption=self.few(self.ciphers, ike[0]),
            integrity=hashes,
            prf=tuple(Prf(hash_.value) for hash_ in hashes),
            groups=self.few(GROUPS, ike[2]),
        )
        children = tuple(
            _esp(cipher, self.one(HASHES[:2]) if cipher is not esp[0] else esp[1])
            for cipher in self.few(self.ciphers, esp[0])
        )
        group = esp[2] if self.often() else self.one((None, *GROUPS))
        tunnel = replace(
            base.tunnel,
            ike=replace(base.tunnel.ike, proposals=(proposal,)),
            esp=replace(base.tunnel.esp, proposals=children, pfs_group=group),
        )
        policy = replace(self._policy(ike, esp), dials=self.one((Dials.EITHER, *Dials)))
        made = replace(base, expectation=replace(base.expectation, policy=policy))
        return replace(made, tunnel=self._bent(tunnel))

    def _bent(self, tunnel: Tunnel) -> Tunnel:
        """Now and then something is wrong that no algorithm can mend."""
        local = replace(tunnel.local, identity="192.0.2.3")
        bent = (
            replace(tunnel, psk=Secret("Another-key-4711")),
            replace(tunnel, local=local),
            replace(tunnel, selectors=tunnel.selectors[:-1], routes=tunnel.routes[:-1]),
        )
        return self.one((*bent, *([tunnel] * 15)))

    def _policy(
        self,
        ike: tuple[Encryption, Integrity, DhGroup],
        esp: tuple[Encryption, Integrity, DhGroup | None],
    ) -> PeerPolicy:
        return custom(ike, esp) if self.often() else ROUTE_BASED.policy(Dials.EITHER)


def _esp(cipher: Encryption, hash_: Integrity) -> EspProposal:
    integrity = Integrity.NONE if cipher.aead else hash_
    return EspProposal(name=str(cipher), encryption=(cipher,), integrity=(integrity,))


def _first(found: Rehearsal) -> list[str]:
    return [one.fields[0] for one in found.findings if one.breaking][:1]


def _disagreement(seed: int) -> str:
    """Empty when rules and daemons say the same of this pair."""
    drawn = Draw(seed).subject()
    rules, daemons = on_paper(drawn), rehearse(drawn)
    assert daemons.outcome is not None
    opinions = [(one.works, _first(one)) for one in (rules, daemons)]
    return "" if opinions[0] == opinions[1] else f"{seed}: rules {opinions[0]}, {opinions[1]}"


def test_rules_and_daemons_agree() -> None:
    with ThreadPoolExecutor(6) as pool:
        apart = [text for text in pool.map(_disagreement, range(PAIRS)) if text]
    assert not apart, "\n".join(apart)


def test_the_drawn_pairs_are_of_both_kinds() -> None:
    verdicts = [on_paper(Draw(seed).subject()).works for seed in range(PAIRS)]
    assert 0.25 <= sum(verdicts) / PAIRS <= 0.75


def test_ikev1_offers_every_combination_by_itself() -> None:
    base = subject("cisco_ios", version=1)
    (held,) = base.tunnel.ike.proposals
    several = replace(
        held,
        encryption=(Encryption.TRIPLE_DES, *held.encryption),
        integrity=(Integrity.SHA384, *held.integrity),
        groups=(DhGroup.MODP1024, *held.groups),
    )
    ike = replace(base.tunnel.ike, version=IkeVersion.V1, proposals=(several,))
    assert rehearse(replace(base, tunnel=replace(base.tunnel, ike=ike))).findings == ()
