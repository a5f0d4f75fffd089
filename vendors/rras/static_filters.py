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


def filters(session: Session, interfaces: Iterable[Object]) -> list[Object]:
    """The static packet filters of IKEv2 interfaces; what the server does not tell is left out."""
    found: list[Object] = []
    for one in interfaces:
        if str(one.get("Protocol", "")).lower() not in _IKEV2:
            continue
        for way in names.NUMBERS["Direction"]:
            try:
                found += _filtered(session, str(one["Name"]), way)
            except CommandRefused as refused:
                if "not recognized" in refused.answer:
                    return []  # an older module: it lacks the cmdlet
    return found


def _filtered(session: Session, name: str, way: str) -> list[Object]:
    """One object for each family, or one for both; an answer without any is no filter."""
    given = {"InterfaceAlias": name, "Direction": way}
    cmdlet = "Get-RemoteAccessIpFilter"
    shown = records(session, cmdlet, given, (*_FILTER, *_FILTERS.values()))
    spelled = words(session, cmdlet, given, _FILTER)
    for one, told in zip(shown, spelled, strict=False):
        one.update({member: word for member, word in told.items() if word})
        one.update({kept: one.get(kept) or [] for said, kept in _FILTERS.items() if told.get(said)})
    if not shown:
        nothing = {"AddressFamily": "IPv4", "Action": names.ALLOW, "List": list[str]()}
        return [{**given, **nothing}]
    return [{name: value for name, value in one.items() if value is not None} for one in shown]
