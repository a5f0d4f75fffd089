"""The security associations a device holds: they come up, age, outlive edits and are cleared.

Every vendor's device hands in its own `Network`, read from its own configuration.

An SA stays as negotiated until it is cleared, its tunnel is applied anew (another destination,
source or profile, shut and opened), or it has to be rekeyed; only then the configuration counts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from appliance.lab.azure_peer import AzurePeer
from appliance.lab.link import Link
from appliance.lab.matcher import Outcome, negotiate

_PACKETS_A_SECOND = 100


class Network(Protocol):
    """What a device's configuration says about tunnels and routes at this moment."""

    def links(self) -> tuple[Link, ...]:
        """Every tunnel the configuration asks for."""

    def reaches(self, link: Link) -> bool:
        """Whether a route leads to the tunnel's first peer, not through the tunnel itself."""

    def routed(self, link: Link) -> bool:
        """Whether traffic from behind the device goes into the tunnel."""

    def changed(self, link: Link, *, up: bool) -> str:
        """What the device logs when the tunnel comes up or goes; empty: nothing."""


@dataclass(slots=True, kw_only=True)
class Association:
    """One tunnel's live state: what was agreed, when the IKE SA and the child came up."""

    link: Link
    outcome: Outcome
    since: datetime
    keyed: datetime
    generation: int = 1

    def spi(self, side: str) -> int:
        """A number that changes with every rekey."""
        text = f"{self.link.name}{side}{self.generation}{self.since.isoformat()}"
        return zlib.crc32(text.encode()) | 0x10000000


@dataclass(slots=True, kw_only=True)
class Traffic:
    """The hosts behind both ends: `out` and `back` say whether they talk.

    A crypto map is built when somebody talks, a tunnel interface at once.
    """

    out: bool = True
    back: bool = True


class Associations:
    """All SAs of one device."""

    def __init__(self, peers: list[AzurePeer], nat: Mapping[str, str]) -> None:
        self.peers = peers
        self.nat = nat
        self.traffic = Traffic()
        self.live: dict[str, Association] = {}
        self.failed: dict[str, tuple[Link, Outcome]] = {}

    def settle(self, network: Network, now: datetime, log: Callable[[str], None]) -> None:
        """Bring the SAs in line with what is configured now."""
        wanted = {link.name: link for link in network.links()}
        for name in list(self.live):
            link = wanted.get(name)
            if link is None or link.anchor != self.live[name].link.anchor:
                self._down(network, name, log)
        self.failed.clear()
        for name, link in wanted.items():
            held = self.live.get(name)
            if held is not None:
                self._rekey(network, held, link, now)
            if name not in self.live:
                self._dial(network, link, now, log)

    def due(self, now: datetime) -> bool:
        """Whether some SA has to be rekeyed by now."""
        return any(
            (now - held.keyed).total_seconds() >= held.link.lifetime for held in self.live.values()
        )

    def _dial(
        self, network: Network, link: Link, now: datetime, log: Callable[[str], None]
    ) -> None:
        outcome = self._negotiate(network, link, rekey=False)
        if outcome.ike is None:
            self.failed[link.name] = (link, outcome)
            return
        self.live[link.name] = Association(link=link, outcome=outcome, since=now, keyed=now)
        if outcome.up:
            _tell(log, network.changed(link, up=True))

    def _negotiate(self, network: Network, link: Link, *, rekey: bool) -> Outcome:
        if not network.reaches(link):
            return Outcome(peer=link.peers[0], reason="no route to the peer")
        asks = self.traffic.out and network.routed(link)
        called = bool(link.map_entry) and not asks
        if called and not self.traffic.back:
            return Outcome(peer=link.peers[0], reason="no traffic asks for the tunnel")
        return negotiate(link, self.peers, nat=self.nat, rekey=rekey, called=called)

    def _rekey(self, network: Network, held: Association, link: Link, now: datetime) -> None:
        age = (now - held.keyed).total_seconds()
        if age < held.link.lifetime and held.outcome.up:
            return
        outcome = self._negotiate(network, link, rekey=held.outcome.up)
        if outcome.ike is None:
            self.live.pop(link.name)
            return
        held.link, held.outcome = link, outcome
        held.keyed = now
        held.generation += 1

    def _down(self, network: Network, name: str, log: Callable[[str], None]) -> None:
        gone = self.live.pop(name)
        if gone.outcome.up:
            _tell(log, network.changed(gone.link, up=False))

    def clear(self, peer: str = "", local: str = "") -> None:
        """Drop the SAs to this peer, or all; of those the ones from this end, or from any."""
        for name, held in list(self.live.items()):
            if peer in {"", held.outcome.peer} and local in {"", held.link.local}:
                self.live.pop(name)

    def up(self) -> frozenset[str]:
        """The interfaces whose tunnel carries traffic."""
        return frozenset(held.link.interface for held in self.live.values() if held.outcome.up)

    def used(self) -> frozenset[str]:
        """The interfaces of all SAs, those without traffic included."""
        return frozenset(held.link.interface for held in self.live.values())

    def packets(self, network: Network, held: Association, now: datetime) -> tuple[int, int]:
        """(out, in) since the child came up; out needs a route into the tunnel."""
        count = int((now - held.keyed).total_seconds() * _PACKETS_A_SECOND)
        return (
            count if self.traffic.out and network.routed(held.link) else 0,
            count if self.traffic.back else 0,
        )


def _tell(log: Callable[[str], None], text: str) -> None:
    if text:
        log(text)
