"""Two snapshots of a Windows server, held against each other."""

from __future__ import annotations

import json


def differing(before: str, after: str) -> tuple[str, ...]:
    """What differs between two snapshots, by name: interfaces, BGP objects."""
    first, second = _items(before), _items(after)
    return tuple(
        name for name in dict.fromkeys((*first, *second)) if first.get(name) != second.get(name)
    )


def _items(snapshot: str) -> dict[str, object]:
    """Each object under a name; the order of lists means nothing."""
    found: dict[str, object] = {}
    for section, value in json.loads(snapshot).items():
        for number, one in enumerate(value if isinstance(value, list) else ()):
            found[f"{section} {_named(one) or number}"] = {
                member: sorted(map(str, kept)) if isinstance(kept, list) else kept
                for member, kept in one.items()
            }
    return found


def _named(one: dict[str, object]) -> str:
    alias = (one.get(member) for member in ("InterfaceAlias", "Direction", "AddressFamily"))
    name = one.get("Name") or one.get("PeerName") or one.get("Network")
    return str(name or " ".join(str(word) for word in alias if word))
