"""One rule of nftables: which flows its matches let through to its verdict (nft(8), PRIMARY
EXPRESSIONS).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network

from appliance.model.diagram import Interval, joined
from appliance.model.traffic import (
    ADDRESSES,
    BOTH,
    EVERYTHING,
    ICMP,
    NOTHING,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    Flows,
    flows,
)
from appliance.record import dataclass

_TOKEN = re.compile(r'"[^"]*"|\{[^{}]*\}|!=|==|[^\s{}"]+|(?P<odd>\S)')
_NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "gre": 47, "esp": 50, "ah": 51, "ospf": 89}
_SERVICES = {
    "ssh": 22,
    "smtp": 25,
    "domain": 53,
    "http": 80,
    "ntp": 123,
    "snmp": 161,
    "ldap": 389,
    "https": 443,
    "microsoft-ds": 445,
    "syslog": 514,
    "ldaps": 636,
    "ms-wbt-server": 3389,
}
"""As /etc/services has them; any other name is not understood."""

_QUIET = {"counter": 0, "packets": 1, "bytes": 1, "comment": 1}
"""Statements that decide nothing, and how many words follow."""

_VERDICTS = {"accept": "accept", "drop": "drop", "reject": "drop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Packets that cross the tunnel one way: the first ones of flows, or the answers to others."""

    way: Direction
    answers: bool
    interface: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule that is understood. `verdict` is accept, drop, or None where it decides nothing."""

    flows: Flows
    verdict: str | None


class _OddError(ValueError):
    """A word that is not known here."""


def understood(text: str, crossing: Crossing) -> Line | None:
    """A rule of a base chain; None for one that is not understood."""
    found = list(_TOKEN.finditer(text))
    if any(match["odd"] for match in found):
        return None
    words = [match[0] for match in found]
    matched, verdict = EVERYTHING, None
    try:
        while words:
            word = words.pop(0)
            if word in _QUIET:
                del words[: _QUIET[word]]
            elif word in _VERDICTS:
                verdict = _VERDICTS[word]
                _end(words)
            else:
                matched &= _match(word, words, crossing)
    except (ValueError, IndexError):
        return None
    return Line(flows=matched, verdict=verdict)


def _end(words: list[str]) -> None:
    """Behind a verdict only a comment may stand."""
    if words and words[0] != "comment":
        raise _OddError(words[0])


def _match(word: str, words: list[str], crossing: Crossing) -> Flows:
    key = word if word in ("iifname", "oifname") else f"{word} {words.pop(0)}"
    unlike = words[0] == "!="
    if words[0] in ("!=", "=="):
        words.pop(0)
    found = _KEYS[key](_members(words), crossing) if key in _KEYS else None
    if found is None:
        raise _OddError(key)
    return _all(key) - found if unlike else found


def _all(key: str) -> Flows:
    """What a packet must be that a match on this key can be asked of at all."""
    protocol = {"tcp": TCP, "udp": UDP, "icmp": ICMP}.get(key.split(maxsplit=1)[0])
    return EVERYTHING if protocol is None else flows(Box(protocol=((protocol, protocol),)))


def _members(words: list[str]) -> list[str]:
    """The values on the right side: of a set, of a list with commas, or one."""
    value = words.pop(0)
    if value.startswith("{"):
        value = value[1:-1]
    while value.endswith(",") and words:
        value += words.pop(0)
    return [one for one in re.split(r"[,\s]+", value) if one]


def _addresses(values: Iterable[str]) -> tuple[Interval, ...]:
    return tuple(joined([_address(value) for value in values]))


def _address(value: str) -> Interval:
    low, dash, high = value.partition("-")
    if dash:
        return int(IPv4Address(low)), int(IPv4Address(high))
    net = IPv4Network(value)
    return int(net.network_address), int(net.broadcast_address)


def _ports(values: Iterable[str]) -> tuple[Interval, ...]:
    return tuple(joined([_range(value, _SERVICES) for value in values]))


def _protocols(values: Iterable[str]) -> tuple[Interval, ...]:
    return tuple(joined([_range(value, _NUMBERS) for value in values]))


def _range(value: str, names: dict[str, int]) -> Interval:
    if value in names:
        return names[value], names[value]
    low, dash, high = value.partition("-")
    return int(low), int(high if dash else low)


def _place(source: bool) -> Callable[[list[str], Crossing], Flows]:  # noqa: FBT001 -- one of two ends
    def found(values: list[str], crossing: Crossing) -> Flows:
        nets = _addresses(values)
        local = source == (crossing.way is Direction.TO_AZURE)
        return flows(Box(local=nets if local else ADDRESSES, remote=ADDRESSES if local else nets))

    return found


def _ported(protocol: int, source: bool) -> Callable[[list[str], Crossing], Flows]:  # noqa: FBT001 -- as above
    def found(values: list[str], crossing: Crossing) -> Flows:
        ranges = _ports(values)
        asked = source == crossing.answers
        return flows(
            Box(
                protocol=((protocol, protocol),),
                ports=ranges if asked else PORTS,
                from_ports=PORTS if asked else ranges,
            )
        )

    return found


def _protocol(values: list[str], _: Crossing) -> Flows:
    return flows(Box(protocol=_protocols(values) or PROTOCOLS))


def _icmp(values: list[str], crossing: Crossing) -> Flows:
    """Of ICMP only an echo is a flow: errors go with what they speak of."""
    wanted = ("echo-reply", "0") if crossing.answers else ("echo-request", "8")
    return flows(Box(protocol=((ICMP, ICMP),))) if set(values) & set(wanted) else NOTHING


def _state(values: list[str], crossing: Crossing) -> Flows:
    return EVERYTHING if ("established" if crossing.answers else "new") in values else NOTHING


def _side(values: list[str], crossing: Crossing) -> Flows:
    return EVERYTHING if ("reply" if crossing.answers else "original") in values else NOTHING


def _device(way: Direction) -> Callable[[list[str], Crossing], Flows]:
    def found(values: list[str], crossing: Crossing) -> Flows:
        """By which interface packets of the inside come and go is not known."""
        if crossing.way is not way or crossing.interface is None:
            raise _OddError(values[0])
        names = [value.strip('"') for value in values]
        if any("*" in name for name in names):
            raise _OddError(values[0])
        return flows(Box(direction=BOTH)) if crossing.interface in names else NOTHING

    return found


_KEYS: dict[str, Callable[[list[str], Crossing], Flows]] = {
    "ip saddr": _place(source=True),
    "ip daddr": _place(source=False),
    "tcp sport": _ported(TCP, source=True),
    "tcp dport": _ported(TCP, source=False),
    "udp sport": _ported(UDP, source=True),
    "udp dport": _ported(UDP, source=False),
    "meta l4proto": _protocol,
    "ip protocol": _protocol,
    "icmp type": _icmp,
    "ct state": _state,
    "ct direction": _side,
    "oifname": _device(Direction.TO_AZURE),
    "iifname": _device(Direction.FROM_AZURE),
}
