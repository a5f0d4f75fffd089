"""In what two exports of one resource differ, whatever shape and time each of them has."""

from __future__ import annotations

from appliance.azure.tree import Node, fold

_VOLATILE = frozenset(
    {"etag", "connectionstatus", "egressbytestransferred", "ingressbytestransferred"}
    | {"tunnelconnectionstatus", "sharedkey", "resourcegroup"}
)
"""Members that differ between two reads, or two shapes, of one unchanged resource."""


def differing(first: Node, second: Node) -> list[str]:
    """Names of members that both tell, and tell differently."""
    one, other = _canonical(first.value), _canonical(second.value)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return []
    spelled = {fold(name): name for node in (first, second) for name in _member_names(node.value)}
    return [
        spelled[name] for name in sorted(one) if name in other and _apart(one[name], other[name])
    ]


def only_in(one: Node, other: Node) -> list[str]:
    """Names of members that tell something in the one and are not in the other."""
    first, second = _canonical(one.value), _canonical(other.value)
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return []
    spelled = {fold(name): name for name in _member_names(one.value)}
    return [spelled[name] for name in sorted(first) if name not in second and first[name] != []]


def _apart(one: object, other: object) -> bool:
    """Whether two values say different things; what only one of two objects has is none."""
    if isinstance(one, dict) and isinstance(other, dict):
        return any(_apart(one[name], other[name]) for name in one if name in other)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return any(_apart(left, right) for left, right in zip(one, other, strict=True))
    return one != other


def _member_names(value: object) -> tuple[str, ...]:
    own = value if isinstance(value, dict) else {}
    inner = next((own[name] for name in own if fold(name) == "properties"), None)
    return (*own, *(inner if isinstance(inner, dict) else ()))


def _canonical(value: object) -> object:
    """A value without what shape and time of an export add: nesting, nulls, capitals, counters.

    An empty list stays: that there is no policy (any more) is told by one.
    """
    if isinstance(value, list):
        return [_canonical(element) for element in value]
    if not isinstance(value, dict):
        return str(value).casefold()
    members = {fold(key): inner for key, inner in value.items()}
    properties = members.pop("properties", None)
    if isinstance(properties, dict):
        members |= {fold(key): inner for key, inner in properties.items()}
    return {
        key: _canonical(inner)
        for key, inner in members.items()
        if key not in _VOLATILE and inner not in (None, "", {})
    }
