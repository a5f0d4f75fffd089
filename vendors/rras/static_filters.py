"""Asking a Windows server for the static packet filters of its site-to-site interfaces."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.errors import CommandRefused
from appliance.session import Session
from vendors.rras import names
from vendors.rras.cmdlets import Object, records, words

_FILTER = (
    *("InterfaceAlias", "Direction", "AddressFamily", "Action"),
    *("Ipv4FilterAction", "Ipv6FilterAction"),
)
_FILTERS = {"Action": "List", "Ipv4FilterAction": "Ipv4Filters", "Ipv6FilterAction": "Ipv6Filters"}
"""What holds the lines to an action: of an object for one family, and of one for both."""

_IKEV2 = ("ikev2", "automatic")
Words = dict[tuple[str, object], str]
"""What a number of an enumeration is called, by member and number."""


def filters(session: Session, interfaces: Iterable[Object]) -> list[Object]:
    """The static packet filters of IKEv2 interfaces; what the server does not tell is left out."""
    found: list[Object] = []
    known: Words = {}
    for one in interfaces:
        if str(one.get("Protocol", "")).lower() not in _IKEV2:
            continue
        for way in names.NUMBERS["Direction"]:
            try:
                found += _filtered(session, str(one["Name"]), way, known)
            except CommandRefused as refused:
                if "not recognized" in refused.answer:
                    return []  # an older module: it lacks the cmdlet
    return found


def _filtered(session: Session, name: str, way: str, known: Words) -> list[Object]:
    """One object for each family, or one for both; an answer without any is no filter.

    `known` are the words of numbers that were seen before: each is asked for once.
    """
    given = {"InterfaceAlias": name, "Direction": way}
    cmdlet = "Get-RemoteAccessIpFilter"
    shown = records(session, cmdlet, given, (*_FILTER, *_FILTERS.values()))
    if not all(pair in known for one in shown for pair in _numbers(one)):
        for one, told in zip(shown, words(session, cmdlet, given, _FILTER), strict=False):
            known |= {pair: told[pair[0]] for pair in _numbers(one) if told.get(pair[0])}
    for one in shown:
        one.update({pair[0]: known[pair] for pair in _numbers(one) if pair in known})
        lists = (kept for said, kept in _FILTERS.items() if one.get(said) is not None)
        one.update({kept: one.get(kept) or [] for kept in lists})
    if not shown:
        nothing = {"AddressFamily": "IPv4", "Action": names.ALLOW, "List": list[str]()}
        return [{**given, **nothing}]
    return [{name: value for name, value in one.items() if value is not None} for one in shown]


def _numbers(one: Object) -> list[tuple[str, object]]:
    """The enumerations of an object that JSON shows as numbers."""
    return [(name, one[name]) for name in _FILTER if isinstance(one.get(name), int)]
