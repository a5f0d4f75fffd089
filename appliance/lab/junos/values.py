"""What a value of each type may look like, and what Junos says to one that it may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    ip_address,
    ip_interface,
)

_PORT = re.compile(
    r"(?:(?:ge|xe|et|fe|t1|e1|at|pt|gr|ip|lt|sp|wl|cl|dl|mt|vt|xl)-\d+/\d+/\d+(?::\d+)?"
    r"|(?:st|lo|fxp|em|reth|fab|fti|ae|irb|vlan|pp|ppd|ppe|swfab|vtep|dsc|gre|ipip|lsi|tap|mtun|pimd|pime|me|vme)\d*"
    r"|<[^>]+>)"
)
_NAME = re.compile(r"[^\s;\"]{1,127}")
TWO_WORDS = frozenset(("upto", "prefix-length-range", "through", "address-mask"))
# Words that more than one statement takes, or too many for a line of the schema.
_WORDS = {
    "ike-method": """pre-shared-keys rsa-signatures dsa-signatures ecdsa-signatures-256
        ecdsa-signatures-384 certificates""",
    "group": "group1 group2 group5 group14 group15 group16 group19 group20 group21 group24",
    "ike-digest": "md5 sha1 sha-256 sha-384 sha-512",
    "ike-cipher": """des-cbc 3des-cbc aes-128-cbc aes-128-gcm aes-192-cbc aes-256-cbc
        aes-256-gcm""",
    "esp-digest": """hmac-md5-96 hmac-sha1-96 hmac-sha-256-128 hmac-sha-256-96 hmac-sha-384
        hmac-sha-512""",
    "esp-cipher": """des-cbc 3des-cbc aes-128-cbc aes-128-gcm aes-192-cbc aes-192-gcm aes-256-cbc
        aes-256-gcm""",
    "set": "basic compatible standard prime-128 prime-256 suiteb-gcm-128 suiteb-gcm-256",
    "instance-type": """virtual-router vrf forwarding no-forwarding virtual-switch vpls l2vpn evpn
        mac-vrf""",
    "match": "exact orlonger longer upto prefix-length-range through address-mask",
    "service": """all any-service appqoe bootp dhcp dhcpv6 dns finger ftp high-availability http
        https ident-reset ike lsping netconf ntp ping r2cp reverse-ssh reverse-telnet rlogin rpm
        rsh sip snmp snmp-trap ssh tcp-encap telnet tftp traceroute webapi-clear-text webapi-ssl
        xnm-clear-text xnm-ssl""",
    "routing": """all bfd bgp dvmrp igmp ldp msdp ndp nhrp ospf ospf3 pgm pim rip ripng
        router-discovery rsvp sap vrrp""",
}
# What releases before 15.1X49 do not have ("Security IKE" and "Security IPsec", statement history).
_NEW = {
    "group": "group15 group16 group21",
    "ike-digest": "sha-512",
    "ike-cipher": "aes-128-gcm aes-256-gcm",
    "esp-digest": "hmac-sha-384 hmac-sha-512",
}
_TOP_ASN = 4294967295
_MODERN_VOLUME, _OLD_VOLUME = 4294967294, 1048576


class Unfit(Exception):  # noqa: N818 -- an answer of the device, not an error of ours
    """A value that the device does not take; `words` are the device's."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def normal(kind: str, typed: str, *, old: bool = False) -> str:
    """The value as the device stores it. Raises Unfit.

    `old` is a release before 15.1X49, with its narrower ranges.
    """
    if typed.startswith("<") and typed.endswith(">"):
        return typed  # a wildcard, of a group
    if kind == "kilobytes":
        kind = f"int:64-{_OLD_VOLUME if old else _MODERN_VOLUME}"
    if kind.startswith("int:"):
        return _number(typed, *map(int, kind.removeprefix("int:").split("-")))
    check = _CHECKS.get(kind)
    words = _WORDS[kind].split() if kind in _WORDS else kind.split("|")
    known = [word for word in words if not old or word not in _NEW.get(kind, "").split()]
    return check(typed) if check else _word(known, typed)


def _number(typed: str, low: int, high: int) -> str:
    if not typed.isdecimal():
        raise Unfit(f"invalid numeric value: '{typed}'")
    if not low <= int(typed) <= high:
        raise Unfit(f"error: Value {typed} is not within range ({low}..{high})")
    return str(int(typed))


def _word(words: list[str], typed: str) -> str:
    chosen = [typed] if typed in words else [w for w in words if typed and w.startswith(typed)]
    if len(chosen) == 1:
        return chosen[0]
    raise Unfit(f"'{typed}' is ambiguous." if chosen else "syntax error.")


def _text(typed: str) -> str:
    return typed


def _name(typed: str) -> str:
    if not _NAME.fullmatch(typed):
        raise Unfit(f"invalid value '{typed}': not a name")
    return typed


def _ip(typed: str) -> str:
    try:
        return str(ip_address(typed))
    except ValueError:
        raise Unfit(f"invalid ip address or hostname: {typed}") from None


def _peer(typed: str) -> str:
    if re.fullmatch(r"[\d.]+", typed) or ":" in typed:
        return _ip(typed)
    if re.fullmatch(r"[A-Za-z0-9][\w.-]*", typed):
        return typed
    raise Unfit(f"invalid ip address or hostname: {typed}")


def _interface(typed: str) -> IPv4Interface:
    address, slash, bits = typed.partition("/")
    try:
        found = ip_interface(typed)
    except ValueError:
        try:
            IPv4Address(address)
        except AddressValueError:
            raise Unfit(f"invalid ip address or hostname: {address}") from None
        raise Unfit(f"invalid prefix length in '{typed}': {bits if slash else typed}") from None
    return found  # type: ignore[return-value] # IPv6 is printed by the same means


def _address(typed: str) -> str:
    return _interface(typed).with_prefixlen


def _prefix(typed: str) -> str:
    if typed in {"default", "default-v6"}:
        return "0.0.0.0/0" if typed == "default" else "::/0"
    if ":" in typed and "/" not in typed:
        return f"{IPv6Address(_ip(typed))}/128"
    found = _interface(typed)
    return found.with_prefixlen


def _route(typed: str) -> str:
    return str(_interface(_prefix(typed)).network)


def _unit(typed: str) -> str:
    if typed == "all":
        return typed
    port, dot, unit = typed.rpartition(".")
    if not dot:
        return f"{_port(typed)}.0"
    if not unit.isdecimal():
        raise Unfit(f"invalid interface: {typed}")
    return f"{_port(port)}.{int(unit)}"


def _port(typed: str) -> str:
    if not _PORT.fullmatch(typed):
        raise Unfit(f"invalid value '{typed}': interface name")
    return typed


def _hop(typed: str) -> str:
    return _unit(typed) if re.match(r"[a-z]+[-\d]", typed) and ":" not in typed else _ip(typed)


def _asn(typed: str) -> str:
    high, dot, low = typed.partition(".")
    if dot and high.isdecimal() and low.isdecimal():
        return str(int(high) * 65536 + int(low))
    return _number(typed, 1, _TOP_ASN)


def _hold(typed: str) -> str:
    if typed == "0":
        return typed
    return _number(typed, 3, 65535)


_CHECKS: dict[str, Callable[[str], str]] = {
    "text": _text,
    "name": _name,
    "ip": _ip,
    "peer": _peer,
    "address": _address,
    "prefix": _prefix,
    "route": _route,
    "unit": _unit,
    "port": _port,
    "hop": _hop,
    "asn": _asn,
    "hold": _hold,
}
