"""PowerShell's list view (`Get-Az... > FILE`, Format-List): one member on a line, objects as JSON.

The view is made for people: it wraps long lines, leaves lists off at a few elements and some
members out. What it does not show is unknown, not missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from appliance.azure.origin import Moved, Unknown
from appliance.azure.tree import Faults, Node

_MEMBER = re.compile(r"^([A-Za-z][\w.]*)( *): ?(.*)$")
_HINT = "export it with `... | ConvertTo-Json -Depth 20`"
_SHORT = ("...", "\N{HORIZONTAL ELLIPSIS}")
_KINDS = ("Microsoft.Azure.", "System.")

_Lines = list[tuple[str, int, int, list[str]]]
"""Members of a record: name, line number, column of the value, the value's lines."""


def records(text: str, file: str, faults: Faults) -> tuple[Node, ...]:
    """The objects in a list view that have an id, each with its members' lines as places.

    And answers of Invoke-AzRestMethod, which have a StatusCode, with their Content.
    """
    return tuple(
        Node(_object(members), file, f"line {members[0][1]}", faults)
        for members in _split(text)
        if any(name in ("Id", "StatusCode") for name, *_ in members)
    )


def _split(text: str) -> Iterator[_Lines]:
    """Records, which blank lines or a member that comes again set apart."""
    members: _Lines = []
    names: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        found = _MEMBER.match(line)
        again = found is not None and found.group(1) in names
        if (again or not line.strip()) and members:
            yield members
            members, names = [], set()
        if found is not None:
            names.add(found.group(1))
            column = found.start(3)
            members.append((found.group(1), number, column, [found.group(3).rstrip()]))
        elif members and line.startswith(" "):
            members[-1][3].append(line[min(members[-1][2], _indent(line)) :].rstrip())
    if members:
        yield members


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _object(members: _Lines) -> Moved:
    names = {name for name, *_ in members}
    value = Moved({})
    for name, line, _, lines in members:
        found = _value(lines)
        if found is None or (isinstance(found, Unknown) and f"{name}Text" in names):
            continue
        value[name], value.origin[name] = found, f"line {line}"
    if (
        "/connections/" in str(value.get("Id"))
        and not {"IpsecPolicies", "IpsecPoliciesText"} & names
    ):
        why = "this view of PowerShell's does not show IpsecPolicies"
        value["IpsecPolicies"] = Unknown("{policies}", why, _HINT)
    return value


def _value(lines: list[str]) -> object:
    """A member's value: an object out of JSON, a list in braces, or text; None when empty."""
    first = lines[0]
    if first in ("", "null"):
        return None
    if first.startswith(("[", "{", '"')):
        try:
            return _unwrapped(json.loads("\n".join(lines), strict=False))
        except (ValueError, RecursionError):
            return _braces("".join(lines))
    text = "".join(lines)
    if text.startswith(_KINDS):
        return Unknown("{cut}", "PowerShell shows the kind of the object only", _HINT)
    return text


def _unwrapped(value: object) -> object:
    """JSON without the line ends that PowerShell put into its texts to wrap them."""
    if isinstance(value, str):
        return value.replace("\n", "")
    if isinstance(value, list):
        return [_unwrapped(each) for each in value]
    if isinstance(value, dict):
        return {key.replace("\n", ""): _unwrapped(inner) for key, inner in value.items()}
    return value


def _braces(text: str) -> object:
    """A list as PowerShell shows it: {10.0.0.0/16, 10.1.0.0/16...}."""
    inner = text.removeprefix("{").removesuffix("}")
    if not (text.startswith("{") and text.endswith("}")):
        return Unknown("{cut}", "PowerShell broke the object off", _HINT)
    if inner.endswith(_SHORT):
        return Unknown("{cut}", "PowerShell left the rest of the list off", _HINT)
    if inner.startswith(_KINDS):
        return Unknown("{cut}", "PowerShell shows the kind of the objects only", _HINT)
    return [each.strip() for each in inner.split(",") if each.strip()]
