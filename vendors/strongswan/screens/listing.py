"""`swanctl --list-sas` as people read it."""

from __future__ import annotations

import re

from appliance.record import replace
from vendors.strongswan.screens.sa import ChildSa, IkeSa, number

_IKE = re.compile(r"^(?P<name>\S+): #\d+, (?P<state>[A-Z]+), IKEv(?P<version>[12])\b")
_END = re.compile(
    r"^  (?P<side>local|remote) +'.*' @ (?P<host>\S+?)(?:\[(?P<port>\d+)\])?"
    r"(?: (?:\[|EAP:|XAuth:).*)?$"
)
_SUITE = re.compile(r"^  (?P<suite>[A-Z0-9_]+(?:-\d+)?(?:/[A-Z0-9_]+)+)\s*$")
_AGE = re.compile(r"^ +(?:established|installed) (?P<age>\d+)s ago")
_CHILD = re.compile(
    r"^  (?P<name>\S+): #\d+,(?: reqid ?\d+,)? (?P<state>[A-Z]+), [A-Z_a-z-]+"
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
            found = _with(found, line)
    return found


def _begun(head: re.Match[str]) -> IkeSa:
    return IkeSa(name=head["name"], state=head["state"], version=head["version"], remote="")


def _with(found: list[IkeSa], line: str) -> list[IkeSa]:
    """The SAs with one more line. What is told twice is of another SA, whose head was lost."""
    sa = found[-1]
    child, end = _CHILD.match(line), _END.match(line)
    if child is not None:
        made = ChildSa(name=child["name"], state=child["state"], suite=child["suite"] or "")
        return [*found[:-1], replace(sa, children=(*sa.children, made))]
    if end is not None and (sa.children or (sa.local if end["side"] == "local" else sa.remote)):
        return [*found, _in_ike(IkeSa(name="", state="", remote=""), line)]
    if line.startswith("    ") and sa.children:
        last = _in_child(sa.children[-1], line)
        again = last is None and _in_child(ChildSa(name="", state=""), line)
        children = (*sa.children, again) if again else (*sa.children[:-1], last or sa.children[-1])
        return [*found[:-1], replace(sa, children=children)]
    return [*found[:-1], _in_ike(sa, line)]


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


def _in_child(child: ChildSa, line: str) -> ChildSa | None:
    """The child with one more line; None when it was told already."""
    told: dict[str, object] = {}
    if age := _AGE.match(line):
        told["age_seconds"] = int(age["age"])
    elif count := _COUNT.match(line):
        told[f"bytes_{count['way']}"] = int(count["bytes"])
        told[f"packets_{count['way']}"] = int(count["packets"])
    elif nets := _NETS.match(line):
        told[nets["side"]] = tuple(nets["nets"].split())
    if any(getattr(child, field) not in (None, ()) for field in told):
        return None
    return replace(child, **told)  # type: ignore[arg-type]  # fields by name, each of its kind
