"""Of which tunnel a record of a log speaks: by an address, by a name, or by the thread it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = r"(\d{1,3}(?:\.\d{1,3}){3})"
# Most telling first. "From" comes late: who sends a packet out writes its own address there.
_PEERS = tuple(
    re.compile(sign, re.IGNORECASE)
    for sign in (
        rf"\b(?:remote|peer)(?: ?(?:gateway|address|ip|gw|endpoint|peer))?[ :=]{{1,3}}{_ADDRESS}",
        rf"\bremoteip\w*[\"' :=]{{1,4}}{_ADDRESS}",
        rf"\bip = {_ADDRESS}",
        rf"sending packet: from [\d.]+\[\d+\] to {_ADDRESS}",
        rf"received packet: from {_ADDRESS}",
        rf"\[(?:to|from) {_ADDRESS}:\d+/(?:to|from)",
        rf"\bdst_ip={_ADDRESS}",
        rf"\.\.\.{_ADDRESS}",
        rf"\b(?:with|to peer|from peer|from|for peer|vpn server|server) {_ADDRESS}",
        rf"\|{_ADDRESS}\|",
        rf"\b(?:neighbor|bgp peer) {_ADDRESS}",
        rf"\bsrcaddr={_ADDRESS}",
        rf"\bp1_remote=\w+\([^)]*?={_ADDRESS}",
        rf"\bkey for (?:id )?{_ADDRESS}",
        rf"\bnetwork address:\s*{_ADDRESS}",
    )
)
_THREADS = tuple(
    re.compile(sign, re.IGNORECASE)
    for sign in (
        r"<([\w.-]+)\|\d+>",
        r"\(session id = (\d+)",
        r"isakmp:? ?\(([1-9]\d*)\)",
        r"session_id ?:? ?\{?([0-9a-f-]{36})",
        r"coid=\{?([0-9a-f-]{36})",
        r"\bvpn: (\S+) gateway:",
        r"ikev2-proto-\d: \((\d+)\)",
    )
)


class Whose:
    """Remembers which thread of a log speaks with whom."""

    def __init__(self) -> None:
        self._peers: dict[str, str] = {}
        self._last: str | None = None
        self._before: str | None = None  # named outside a thread: whom a new thread is about

    def of(self, text: str, named: str | None) -> tuple[str | None, str | None]:
        """The peer's address and the connection's name; None where nothing tells."""
        thread = next(_found(_THREADS, text), None)
        peer = named or next(_found(_PEERS, text), None)
        if thread is not None:
            peer = peer or self._peers.get(thread) or self._before
            if peer is not None:
                self._peers[thread] = peer
        else:
            self._before = peer or self._before
            peer = peer or self._last
        self._last = peer or self._last
        return peer, thread if thread and not thread.isdecimal() and "-" not in thread else None

    def heard(self, text: str) -> None:
        """A record that says nothing of interest but may name whom the next ones are about."""
        self.of(text, None)


def _found(signs: tuple[re.Pattern[str], ...], text: str) -> Iterator[str]:
    for sign in signs:
        found = sign.search(text)
        if found:
            yield found[1]
