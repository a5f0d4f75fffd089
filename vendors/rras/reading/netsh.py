"""Static packet filters as `netsh routing ip dump` prints them: a command a line.

Netsh reference, context "routing ip": `add filter` and `set filter`; DROP and FORWARD are the
actions Deny and Allow, and a dump has a `set filter` for each interface, if only for `fragcheck`.
"""

from __future__ import annotations

import re

from vendors.rras import names
from vendors.rras.reading.located import Listed, Record

_COMMAND = re.compile(
    r"[ \t]*(?:netsh[ \t]+routing[ \t]+ip[ \t]+)?(?:add|set)[ \t]+filter[ \t]+(?P<rest>name=.*)",
    re.IGNORECASE,
)
_TAG = re.compile(r'(?P<name>[A-Za-z]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>\S*))')
_WAYS = {"input": "Inbound", "output": "Outbound"}
_ACTIONS = {"drop": names.DENY, "forward": names.ALLOW}
_DATA = {"icmp": ("type", "code"), "any": ()}


def taken(text: str) -> tuple[str, tuple[Record, ...]]:
    """The text with these lines emptied, and the objects that they amount to.

    As `Get-RemoteAccessIpFilter` has them; what is for demand dialling only (DIAL) is none.
    """
    if "filter " not in text.lower():
        return text, ()
    rows = text.split("\n")
    found: dict[tuple[str, str], Record] = {}
    for number, row in enumerate(rows):
        match = _COMMAND.match(row)
        if match is None:
            continue
        rows[number] = ""
        tags = {
            one["name"].lower(): one["bare"] if one["quoted"] is None else one["quoted"]
            for one in _TAG.finditer(match["rest"])
        }
        _play(found, tags, number + 1, row.strip())
    return "\n".join(rows), tuple(map(_known, found.values()))


def _play(found: dict[tuple[str, str], Record], tags: dict[str, str], line: int, row: str) -> None:
    kind = tags.get("filtertype", "").lower()
    for word, way in _WAYS.items():
        if kind not in ("", word):
            continue
        record = found.setdefault((tags.get("name", "").lower(), way), _begun(tags, way, line))
        if not kind:
            continue
        if "action" in tags:
            record.members["Action"] = _ACTIONS.get(tags["action"].lower(), "")
            record.lines["Action"] = line
        listed = record.members["List"]
        if "proto" in tags and isinstance(listed, Listed):
            listed.append(_line(tags))
            listed.lines.append(line)
            listed.rows.append(row)


def _begun(tags: dict[str, str], way: str, line: int) -> Record:
    members: dict[str, object] = {
        "InterfaceAlias": tags.get("name", ""),
        "Direction": way,
        "AddressFamily": "IPv4",
        "List": Listed(),
    }
    return Record(line, members, dict.fromkeys(members, line), json=False)


def _known(record: Record) -> Record:
    """An interface without lines lets all through unless told otherwise."""
    if "Action" not in record.members and not record.members["List"]:
        record.members["Action"] = names.ALLOW
        record.lines["Action"] = record.line
    return record


def _line(tags: dict[str, str]) -> str:
    """As the cmdlets spell it, whatever is missing left empty: then it is none that we know."""
    protocol = tags["proto"]
    data = _DATA.get(protocol.lower(), () if protocol.isdigit() else ("srcport", "dstport"))
    ends = (f"{tags.get(f'{end}addr', '')}/{tags.get(f'{end}mask', '')}" for end in ("src", "dst"))
    return ":".join((*ends, protocol, *(tags.get(name, "") for name in data)))
