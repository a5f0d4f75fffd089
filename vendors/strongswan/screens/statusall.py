"""`ipsec statusall` and `ipsec status`, of hosts that still use ipsec.conf."""

from __future__ import annotations

import re

from appliance.record import replace
from vendors.strongswan.screens.sa import ChildSa, IkeSa

_LINE = re.compile(
    r"^ *(?P<name>\S+?)(?:\[(?P<ike>\d+)\]|\{(?P<child>\d+)\}): +(?P<rest>\S.*?)\s*$"
)
_IKE = re.compile(
    r"^(?P<state>[A-Z]+)(?: (?P<age>\d+ \w+) ago)?, (?P<local>[^\s\[]+)\[.*?\]\.\.\."
    r"(?P<remote>[^\s\[]+)\["
)
_VERSION = re.compile(r"^IKE(?:v(?P<version>[12]))? SPIs")
"""Before 5.0 charon spoke IKEv2 alone, and did not say so."""
_SUITE = re.compile(r"^IKE proposal: (?P<suite>\S+)")
_CHILD = re.compile(r"^(?P<state>[A-Z]+), [A-Z]+")
_COUNTS = re.compile(
    r"^(?P<suite>[A-Z0-9_]+(?:/[A-Z0-9_]+)*), "
    r"(?P<in>\d+) bytes_i(?: \((?:(?P<pin>\d+) pkts?\b)?[^)]*\))?, "
    r"(?P<out>\d+) bytes_o(?: \((?:(?P<pout>\d+) pkts?\b)?[^)]*\))?"
)
_NETS = re.compile(r"^(?P<local>\S.*?) === (?P<remote>\S.*)$")
_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


def read(text: str) -> list[IkeSa]:
    """The SAs below `Security Associations`; connections and routed policies are none."""
    sas: dict[str, IkeSa] = {}
    children: dict[str, ChildSa] = {}
    owners: dict[str, str] = {}
    last = ""
    for line in text.partition("Security Associations")[2].splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        if match["ike"]:
            last = f"{match['name']}[{match['ike']}]"
            begun = sas.get(last, IkeSa(name=match["name"], state="", remote=""))
            sas[last] = _in_ike(begun, match["rest"])
        else:
            name = f"{match['name']}{{{match['child']}}}"
            begun_child = children.get(name, ChildSa(name=match["name"], state=""))
            children[name] = _in_child(begun_child, match["rest"])
            owners.setdefault(name, last)
    return [
        replace(sa, children=tuple(children[one] for one, owner in owners.items() if owner == name))
        for name, sa in sas.items()
    ]


def _in_ike(sa: IkeSa, rest: str) -> IkeSa:
    if head := _IKE.match(rest):
        age = _seconds(head["age"])
        local, remote = head["local"], head["remote"]
        return replace(sa, state=head["state"], local=local, remote=remote, age_seconds=age)
    if version := _VERSION.match(rest):
        return replace(sa, version=version["version"] or "2")
    if suite := _SUITE.match(rest):
        return replace(sa, suite=suite["suite"])
    return sa


def _in_child(child: ChildSa, rest: str) -> ChildSa:
    if nets := _NETS.match(rest):
        local, remote = tuple(nets["local"].split()), tuple(nets["remote"].split())
        return replace(child, local=local, remote=remote)
    if counts := _COUNTS.match(rest):
        return replace(
            child,
            suite=counts["suite"],
            bytes_in=int(counts["in"]),
            bytes_out=int(counts["out"]),
            packets_in=_count(counts["pin"], counts["in"]),
            packets_out=_count(counts["pout"], counts["out"]),
        )
    if head := _CHILD.match(rest):
        return replace(child, state=head["state"])
    return child


def _count(packets: str | None, octets: str) -> int | None:
    """Packets stand in brackets, which are left away when nothing has passed."""
    if packets is not None:
        return int(packets)
    return 0 if octets == "0" else None


def _seconds(words: str | None) -> int | None:
    """`2 minutes` in seconds: as exact as the word."""
    if words is None:
        return None
    count, _, unit = words.partition(" ")
    return int(count) * _UNITS[unit.rstrip("s")] if unit.rstrip("s") in _UNITS else None
