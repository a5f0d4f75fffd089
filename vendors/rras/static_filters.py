"""Asking a Windows server for the static packet filters of its site-to-site interfaces."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.errors import CommandRefused
from appliance.session import Session
from vendors.rras import names
from vendors.rras.cmdlets import Object, records

_KINDS = {
    "Direction": "Direction",
    "AddressFamily": "AddressFamily",
    "Action": "Action",
    "Ipv4FilterAction": "Action",
    "Ipv6FilterAction": "Action",
}
"""Members that are enumerated, and as what."""

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
    """One object for each family, or one for both; an answer without any is no filter.

    JSON shows enumerations as numbers. Those of filters are documented (class PS_IPFilter), so
    their words are not asked for; another number stays one, and nobody takes it for a word.
    """
    given = {"InterfaceAlias": name, "Direction": way}
    asked = ("InterfaceAlias", *_KINDS, *_FILTERS.values())
    shown = records(session, "Get-RemoteAccessIpFilter", given, asked)
    for one in shown:
        told = {member: one.get(member) for member in _KINDS}
        one.update({k: names.word(_KINDS[k], v) for k, v in told.items() if v is not None})
        lists = (kept for said, kept in _FILTERS.items() if one.get(said) is not None)
        one.update({kept: one.get(kept) or [] for kept in lists})
    if not shown:
        nothing = {"AddressFamily": "IPv4", "Action": names.ALLOW, "List": list[str]()}
        return [{**given, **nothing}]
    return [{name: value for name, value in one.items() if value is not None} for one in shown]
