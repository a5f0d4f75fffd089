"""Dead peer detection: a tunnel whose peer has gone silent comes down when the device finds out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from appliance.lab.azure_peer import AzurePeer
from appliance.lab.junos.tree import Node

if TYPE_CHECKING:
    from appliance.lab.associations import Association

_INTERVAL, _THRESHOLD = 10, 5


class Liveness:
    """Since when which peers have been silent."""

    def __init__(self) -> None:
        self._silent: dict[str, datetime] = {}

    def heard(self, peers: Iterable[AzurePeer], now: datetime) -> None:
        """What is known of the peers by now."""
        for peer in peers:
            if peer.reachable:
                self._silent.pop(peer.address, None)
            else:
                self._silent.setdefault(peer.address, now)

    def dead(self, root: Node, live: Iterable[Association], now: datetime) -> list[str]:
        """The tunnels whose peers have been silent for longer than their gateway puts up with.

        Without dead-peer-detection an SA lasts until it has to be rekeyed.
        """
        found: list[str] = []
        for held in live if self._silent else ():
            since = self._silent.get(held.outcome.peer)
            limit = _patience(root, held.link.profile)
            if since is not None and limit and (now - since).total_seconds() >= limit:
                found.append(held.link.name)
        return found


def _patience(root: Node, gateway: str) -> int:
    """Seconds of silence after which the peer counts as dead; 0: it is never asked."""
    node = root.find("security", "ike", "gateway", gateway, "dead-peer-detection")
    if node is None:
        return 0
    interval, threshold = node.value("interval"), node.value("threshold")
    return int(interval or _INTERVAL) * int(threshold or _THRESHOLD)
