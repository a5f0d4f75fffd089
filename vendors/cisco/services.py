"""Protocols, ports and ICMP types by the names that access lists print.

"Cisco IOS Security Command Reference", access-list (IP extended); "ASA General Operations CLI
Configuration Guide", Addresses, Protocols, and Ports. Names that releases give to different ports
(`kerberos`, `sqlnet`) are left out: what is not here counts as not understood.
"""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model.diagram import Interval

PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "ipinip": 4,
    "tcp": 6,
    "igrp": 9,
    "udp": 17,
    "gre": 47,
    "esp": 50,
    "ahp": 51,
    "ah": 51,
    "eigrp": 88,
    "ospf": 89,
    "nos": 94,
    "pim": 103,
    "pcp": 108,
    "snp": 109,
    "sctp": 132,
}

_EITHER = {
    "discard": 9,
    "domain": 53,
    "echo": 7,
    "pim-auto-rp": 496,
    "sunrpc": 111,
    "tacacs": 49,
    "talk": 517,
    "time": 37,
    "nfs": 2049,
    "sip": 5060,
    "cifs": 3020,
    "http": 80,
    "www": 80,
}
TCP_PORTS = {
    **_EITHER,
    "aol": 5190,
    "bgp": 179,
    "chargen": 19,
    "citrix-ica": 1494,
    "cmd": 514,
    "ctiqbe": 2748,
    "daytime": 13,
    "drip": 3949,
    "exec": 512,
    "finger": 79,
    "ftp": 21,
    "ftp-data": 20,
    "gopher": 70,
    "h323": 1720,
    "hostname": 101,
    "https": 443,
    "ident": 113,
    "imap4": 143,
    "irc": 194,
    "klogin": 543,
    "kshell": 544,
    "ldap": 389,
    "ldaps": 636,
    "login": 513,
    "lotusnotes": 1352,
    "lpd": 515,
    "msrpc": 135,
    "netbios-ssn": 139,
    "nntp": 119,
    "onep-plain": 15001,
    "onep-tls": 15002,
    "pcanywhere-data": 5631,
    "pop2": 109,
    "pop3": 110,
    "pptp": 1723,
    "rsh": 514,
    "rtsp": 554,
    "smtp": 25,
    "ssh": 22,
    "syslog": 514,
    "telnet": 23,
    "uucp": 540,
    "whois": 43,
}
UDP_PORTS = {
    **_EITHER,
    "biff": 512,
    "bootpc": 68,
    "bootps": 67,
    "dnsix": 195,
    "isakmp": 500,
    "mobile-ip": 434,
    "nameserver": 42,
    "netbios-dgm": 138,
    "netbios-ns": 137,
    "netbios-ss": 139,
    "non500-isakmp": 4500,
    "ntp": 123,
    "pcanywhere-status": 5632,
    "radius": 1645,
    "radius-acct": 1646,
    "rip": 520,
    "ripv6": 521,
    "secureid-udp": 5510,
    "snmp": 161,
    "snmptrap": 162,
    "syslog": 514,
    "tftp": 69,
    "who": 513,
    "xdmcp": 177,
}

_LAST = 0xFFFF
_DIGITS = 5


def port(word: str, *, udp: bool) -> int | None:
    """The number of a port; None for a name that is not known."""
    if word.isdecimal() and len(word) <= _DIGITS:
        return int(word) if int(word) <= _LAST else None
    return (UDP_PORTS if udp else TCP_PORTS).get(word.lower())


def ports(words: Sequence[str], *, udp: bool) -> tuple[Interval, ...] | None:
    """The ports of a condition such as `eq www 443` or `range 8000 8099`; None: not understood."""
    if not words:
        return ((0, _LAST),)
    operator, *rest = words
    numbers = [port(word, udp=udp) for word in rest]
    known = [number for number in numbers if number is not None]
    if not known or len(known) != len(numbers):
        return None
    if operator in {"eq", "neq"}:
        listed = tuple((number, number) for number in sorted(set(known)))
        return listed if operator == "eq" else _without(listed)
    return _ranged(operator, known)


def _ranged(operator: str, known: Sequence[int]) -> tuple[Interval, ...] | None:
    if operator == "range" and len(known) == 2:  # noqa: PLR2004 -- both ends
        return ((min(known), max(known)),)
    if len(known) != 1:
        return None
    one = known[0]
    return {"gt": ((one + 1, _LAST),), "lt": ((0, one - 1),)}.get(operator)


def _without(listed: Sequence[Interval]) -> tuple[Interval, ...]:
    starts = [0, *(high + 1 for _, high in listed)]
    ends = [*(low - 1 for low, _ in listed), _LAST]
    pairs = zip(starts, ends, strict=True)
    return tuple((low, high) for low, high in pairs if low <= high)
