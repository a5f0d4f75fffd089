"""`swanctl --list-sas` as people read it."""

from __future__ import annotations

import re

from appliance.record import replace
from vendors.strongswan.screens.sa import ChildSa, IkeSa, number

_IKE = re.compile(r"^(?P<name>\S+): #\d+, (?P<state>[A-Z]+), IKEv(?P<version>[12])\b")
_END = re.compile(
    r"^  (?P<side>local|remote) +'.*' @ (?P<host>\S+?)(?:\[(?P<port>\d+)\])?(?: \[|$)"
)
_SUITE = re.compile(r"^  (?P<suite>[A-Z0-9_]+(?:-\d+)?(?:/[A-Z0-9_]+)+)\s*$")
_AGE = re.compile(r"^ +(?:established|installed) (?P<age>\d+)s ago")
_CHILD = re.compile(
    r"^  (?P<name>\S+): #\d+, reqid \d+, (?P<state>[A-Z]+), [A-Z_a-z-]+"
    r"(?:, (?P<suite>(?:ESP|AH):\S*))?"
)
_COUNT = re.compile(
    r"^    (?P<way>in|out) +[0-9a-f]+(?: \([^)]*\))?, +(?P<bytes>\d+) bytes, +"
    r"(?P<packets>\d+) packets"
)
_NETS = re.compile(r"^    (?P<side>local|remote) +(?P<nets>\S.*?)\s*$")


def read(text: str) -> list[IkeSa]:
    """The SAs of the listing, in its order."""
    found: list[IkeSa] = []
    for line in text.splitlines():
        head = _IKE.match(line)
        if head is not None:
            found.append(_begun(head))
        elif found:
            found[-1] = _with(found[-1], line)
    return found


def _begun(head: re.Match[str]) -> IkeSa:
    return IkeSa(name=head["name"], state=head["state"], version=head["version"], remote="")


def _with(sa: IkeSa, line: str) -> IkeSa:
    child = _CHILD.match(line)
    if child is not None:
        made = ChildSa(name=child["name"], state=child["state"], suite=child["suite"] or "")
        return replace(sa, children=(*sa.children, made))
    if line.startswith("    ") and sa.children:
        last = _in_child(sa.children[-1], line)
        return replace(sa, children=(*sa.children[:-1], last))
    return _in_ike(sa, line)


def _in_ike(sa: IkeSa, line: str) -> IkeSa:
    if end := _END.match(line):
        if end["side"] == "local":
            return replace(sa, local=end["host"])
        return replace(sa, remote=end["host"], port=number(end["port"]))
    if suite := _SUITE.match(line):
        return replace(sa, suite=suite["suite"])
    if age := _AGE.match(line):
        return replace(sa, age_seconds=int(age["age"]))
    return sa


def _in_child(child: ChildSa, line: str) -> ChildSa:
    if age := _AGE.match(line):
        return replace(child, age_seconds=int(age["age"]))
    if count := _COUNT.match(line):
        octets, packets = int(count["bytes"]), int(count["packets"])
        if count["way"] == "in":
            return replace(child, bytes_in=octets, packets_in=packets)
        return replace(child, bytes_out=octets, packets_out=packets)
    if nets := _NETS.match(line):
        words = tuple(nets["nets"].split())
        if nets["side"] == "local":
            return replace(child, local=words)
        return replace(child, remote=words)
    return child
