"""BGP by rules and BGP as spoken are two opinions: over drawn cases they are the same.

APPLIANCE_TWIN_SESSIONS=100 draws as many; by default it is a part that fits into CI.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TypeVar

import pytest

from appliance.model.tunnel import Bgp, BgpPeer, Tunnel
from appliance.twin import Subject, rehearse
from appliance.twin.heard import talk
from appliance.twin.sessions import fault
from tests.twin.texts import ASN, IOS, JUNOS, RRAS, Form, written

pytestmark = pytest.mark.twin
SESSIONS = int(os.environ.get("APPLIANCE_TWIN_SESSIONS", "12"))
T = TypeVar("T")
AZURE, CUSTOM = IPv4Address("10.20.255.30"), IPv4Address("169.254.21.1")
HOSTS = {Form.BGP: IPv4Address("10.10.0.1"), Form.APIPA: IPv4Address("169.254.21.2")}


class Draw:
    """A device and Azure's idea of it; most of it is often right."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- cases, no secrets
        self.form = self.one((Form.BGP, Form.BGP, Form.APIPA))
        self.driver = self.one((IOS, JUNOS, RRAS) if self.form is Form.BGP else (IOS, JUNOS))

    def one(self, values: Sequence[T]) -> T:
        return self._chance.choice(values)

    def mostly(self, right: T, *others: T) -> T:
        return right if self._chance.random() < 0.85 else self.one(others)

    def subject(self) -> Subject:
        made = written(self.driver, self.form)
        assert made is not None
        base = made.subject()
        assert base.tunnel.bgp is not None
        right = base.tunnel.bgp.peers[0]
        peers = (self._peer(right), *([self._peer(right)] if self._chance.random() < 0.2 else []))
        bgp = Bgp(
            local_asn=self.mostly(ASN, 65_099),
            peers=tuple({one.address: one for one in peers}.values()),
            networks=base.prefixes,
        )
        ours = replace(
            base.expectation.on_premises,
            bgp_asn=self.mostly(ASN, None, 65_051),
            bgp_address=self.mostly(HOSTS[self.form], None),
        )
        expected = replace(base.expectation, on_premises=ours, bgp_asn=self.mostly(65_515, 65_520))
        tunnel = replace(self._tunnel(base.tunnel, right.address), bgp=bgp)
        return replace(base, tunnel=tunnel, expectation=expected)

    def _peer(self, right: BgpPeer) -> BgpPeer:
        return replace(
            right,
            address=self.mostly(right.address, IPv4Address("10.20.255.44"), CUSTOM),
            asn=self.mostly(65_515, 65_520),
            multihop=self.mostly(right.multihop, None, 1, 3),
            local_address=self.mostly(right.local_address, IPv4Address("10.10.0.77")),
            enabled=self.one((True,) * 6 + (False,)),
        )

    def _tunnel(self, tunnel: Tunnel, peer: IPv4Address) -> Tunnel:
        """The host route may be missing, or part of a larger one, or the peer be next door."""
        host, larger = IPv4Network(peer), IPv4Network(f"{peer}/24", strict=False)
        routes = self.mostly((host,), (), (larger,))
        interface = tunnel.interface
        if interface is not None and self.form is Form.APIPA and self._chance.random() < 0.4:
            interface = replace(interface, address=IPv4Interface("169.254.21.2/30"))
        return replace(tunnel, routes=routes, interface=interface)


def _disagreement(seed: int) -> str:
    """Empty when rules and speakers say the same of this case."""
    drawn = Draw(seed).subject()
    found = rehearse(drawn)
    assert found.outcome is not None
    spoken, ruled = talk(found.outcome), fault(drawn)
    assert spoken is not None
    if spoken.up and not (spoken.device.learnt and spoken.azure.learnt):
        return f"{seed}: up, and nothing is learnt: {spoken}"
    return "" if spoken.up is (ruled is None) else f"{seed}: {ruled}, but {spoken}"


def test_rules_and_speakers_agree() -> None:
    with ThreadPoolExecutor(4) as pool:
        apart = [text for text in pool.map(_disagreement, range(SESSIONS)) if text]
    assert not apart, "\n".join(apart)


def test_the_drawn_cases_are_of_both_kinds() -> None:
    verdicts = [fault(Draw(seed).subject()) is None for seed in range(max(SESSIONS, 40))]
    assert 0.2 <= sum(verdicts) / len(verdicts) <= 0.8
