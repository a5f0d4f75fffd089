"""Of which tunnel a record of a log speaks: by an address, by a name, or by the thread it is in."""

from __future__ import annotations

import re

from appliance.record import dataclass

_ADDRESS = r"(\d{1,3}(?:\.\d{1,3}){3})"
_ANY_ADDRESS = re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d")
_NAMED = rf"(?: ?(?:gateway|address|ip|gw|endpoint|peer))?[ :=]{{1,3}}{_ADDRESS}"
# A literal that the line must hold, and the sign itself; most telling first.
# "From" comes late: who sends a packet out writes its own address there.
_PEERS = tuple(
    (literal, re.compile(sign))
    for literal, sign in (
        ("remote", rf"\bremote{_NAMED}"),
        ("peer", rf"\bpeer{_NAMED}"),
        ("remoteip", rf"\bremoteip\w*[\"' :=]{{1,4}}{_ADDRESS}"),
        ("remoteaddrv4", rf"\bremoteaddrv4[>\"':= ]{{1,4}}{_ADDRESS}"),
        ("ip = ", rf"\bip = {_ADDRESS}"),
        ("sending packet", rf"sending packet: from [\d.]+\[\d+\] to {_ADDRESS}"),
        ("received packet", rf"received packet: from {_ADDRESS}"),
        ("[", rf"\[(?:to|from) {_ADDRESS}:\d+/(?:to|from)"),
        ("dst_ip=", rf"\bdst_ip={_ADDRESS}"),
        (" <-> ", rf"\[[\d.]+ <-> {_ADDRESS}\]"),
        ("...", rf"\.\.\.{_ADDRESS}"),
        (" ", rf"\b(?:with|to peer|from peer|from|for peer|vpn server|server) {_ADDRESS}"),
        ("initiating", rf"\binitiating .{{1,80}}? to {_ADDRESS}"),
        ("is initiating", rf"\b{_ADDRESS} is initiating"),
        ("|", rf"\|{_ADDRESS}\|"),
        ("neighbor", rf"\bneighbor {_ADDRESS}"),
        ("srcaddr=", rf"\bsrcaddr={_ADDRESS}"),
        ("p1_remote=", rf"\bp1_remote=\w+\([^)]{{0,80}}?={_ADDRESS}"),
        ("key for", rf"\bkey for (?:id )?{_ADDRESS}"),
        ("network address", rf"\bnetwork address:\s{{0,9}}{_ADDRESS}"),
        ("tunnel endpoint", rf"\btunnel endpoint:\s{{0,9}}{_ADDRESS}"),
        ("destination=", rf"\bdestination={_ADDRESS}"),
        ("destination", rf"\bdestination {{0,9}}: \{{{_ADDRESS}"),
    )
)
_ABOUT = re.compile(
    r"\bike|isakmp|ipsec|crypto (?:map|tunnel|session)|%crypto|charon|\bkmd|\bvpn|tunnel|"
    r"\[(?:net|enc|ike|cfg|knl|chd)\]|(?:sending|received) packet:|%asa-\d-7[15]\d|\bremote\b|"
    r"keying|network address|tunnel endpoint|\besp\b|<remoteaddr"
)
"""What a line speaks of that names a peer of ours; time servers and logins have peers, too."""
_WORDS = (
    "ike",
    "isakmp",
    "ipsec",
    "crypto",
    "charon",
    "kmd",
    "vpn",
    "tunnel",
    "[net]",
    "[enc]",
    "[cfg]",
    "[knl]",
    "[chd]",
    "packet:",
    "%asa-",
    "remote",
    "keying",
    "network address",
    "esp",
)
"""One of them is in every such line: looking for them first is what makes large logs fast."""
_THREADS = tuple(
    (literal, re.compile(sign))
    for literal, sign in (
        ("] <", r"\[[a-z]{3}\] <(?:[\w.-]+\|)?(\d+)>"),
        ("|", r"<[\w.-]+\|(\d+)>"),
        ("session id", r"\(session id = (\d+)"),
        ("isakmp", r"isakmp(?:-\w+)?:? ?\((?:0:)?([1-9]\d*)\)"),
        ("session_id", r"session_id ?:? ?\{?([0-9a-f-]{36})"),
        ("coid=", r"coid=\{?([0-9a-f-]{36})"),
        (" gateway:", r"\bvpn: (\S+) gateway:"),
        ("ikev2-proto-", r"ikev2-proto-\d: \((\d+)\)"),
    )
)
_ALSO = tuple(
    (literal, re.compile(sign))
    for literal, sign in (
        ("ike_sa ", r"\bike_sa ([\w.-]+)\["),
        ("child_sa ", r"\bchild_sa ([\w.-]+)(?:\{|$)"),
        ("[", r"\b(\d\d)\[(?:net|enc|ike|cfg|knl|chd)\] (?!<)"),
    )
)
"""Weaker than a session's number: charon's names, and its workers, which do one job at a time."""
_WORKER = "[ "
_NAME = re.compile(r"<([\w.-]+)\|\d+>|\bvpn: (\S+) gateway:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom a record names, the thread it is in, and whom the lines before it were about."""

    peer: str | None
    thread: str | None
    guess: str | None
    passing: bool = False


class Whose:
    """Remembers which thread of a log speaks with whom."""

    def __init__(self) -> None:
        self._peers: dict[str, str] = {}
        self._named: set[str] = set()
        self._last: str | None = None
        self._before: str | None = None  # named outside a thread: whom a new thread is about
        self._again: str | None = None  # the worker that sends something once more
        self._silent: str | None = None  # to whom something was sent once more

    def of(self, low: str, named: str | None, *, about: bool, passing: bool) -> Speaker:
        """Whose a record is, by its text in lower case; `named` is whom its symptom found.

        Also to be called for a record of no interest: it may name whom the next ones are about.
        `about` is what has a meaning for a tunnel; what is said `passing` is said of nobody
        but whom it names, and tells nothing of the lines after it.
        """
        if passing:
            return Speaker(named, None, None, passing=True)
        thread, peer = _thread(low), named
        if peer is None and (about or _is_about(low)):
            peer = _address(low)
        if peer is not None:
            self._named.add(peer)
        if thread is not None:
            return self._in_thread(thread, peer)
        names = _names(low)
        return self._by_name(low, names, peer) if names else self._loose(peer)

    def _loose(self, peer: str | None) -> Speaker:
        self._before = peer or self._before
        self._last = peer or self._last
        return Speaker(self._last, None, None)

    def _in_thread(self, thread: str, peer: str | None) -> Speaker:
        if peer is not None:
            self._peers[thread] = peer
        peer = self._peers.get(thread)
        self._last = peer or self._last
        return Speaker(peer, thread, self._before)

    def _by_name(self, low: str, names: list[str], peer: str | None) -> Speaker:
        """Of charon: by the names in the line, else by the worker, unless it is a new job's."""
        worker = next((name for name in names if name.startswith(_WORKER)), None)
        if "giving up" in low:
            peer = peer or self._silent
        elif "retransmit" in low:
            self._again = worker
        elif peer is not None and worker is not None and worker == self._again:
            self._silent, self._again = peer, None
        peer = peer or next((self._peers[name] for name in names if name in self._peers), None)
        if peer is None:
            return Speaker(None, names[0], None)
        self._peers.update(dict.fromkeys(names, peer))
        self._last = peer
        return Speaker(peer, None, None)

    def settled(self, one: Speaker) -> str | None:
        """The peer, once all is read: the thread's, or the only one that the whole log names."""
        if one.passing:
            return one.peer
        of_thread = None if one.thread is None else self._peers.get(one.thread)
        alone = next(iter(self._named)) if len(self._named) == 1 else None
        return one.peer or of_thread or one.guess or alone


def connection(text: str) -> str | None:
    """The name that people gave the connection, where the record tells it."""
    found = _NAME.search(text)
    return (found[1] or found[2]) if found else None


def _is_about(low: str) -> bool:
    return any(map(low.__contains__, _WORDS)) and _ABOUT.search(low) is not None


def _address(low: str) -> str | None:
    if _ANY_ADDRESS.search(low) is None:
        return None
    for literal, sign in _PEERS:
        found = sign.search(low) if literal in low else None
        if found:
            return found[1]
    return None


def _thread(low: str) -> str | None:
    for literal, sign in _THREADS:
        found = sign.search(low) if literal in low else None
        if found:
            return f"{literal} {found[1]}".lstrip("] <|")
    return None


def _names(low: str) -> list[str]:
    found = ((literal, sign.search(low)) for literal, sign in _ALSO if literal in low)
    return [f"{literal.strip()} {match[1]}" for literal, match in found if match]
