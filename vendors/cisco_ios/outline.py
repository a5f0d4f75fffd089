"""The sections of an IOS configuration by heading: what new names may not collide with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vendors.cisco.tree import Line
from vendors.cisco_ios.access import AccessLists
from vendors.cisco_ios.keys import Keys
from vendors.cisco_ios.masking import mask
from vendors.cisco_ios.running import Running

_HEADINGS = {
    "interface": "interface",
    "isakmp policy": "crypto isakmp policy",
    "isakmp profile": "crypto isakmp profile",
    "keyring": "crypto keyring",
    "ikev2 proposal": "crypto ikev2 proposal",
    "ikev2 policy": "crypto ikev2 policy",
    "ikev2 keyring": "crypto ikev2 keyring",
    "ikev2 profile": "crypto ikev2 profile",
    "transform-set": "crypto ipsec transform-set",
    "ipsec profile": "crypto ipsec profile",
    "crypto map": "crypto map",
    "dynamic-map": "crypto dynamic-map",
    "access list": "ip access-list extended",
    "router bgp": "router bgp",
    "archive": "archive",
}
_WITH_REST = {"transform-set": 4, "crypto map": 4}


def outline(running: Running, keys: Keys, lists: AccessLists) -> Mapping[str, tuple[str, ...]]:
    """Heading -> lines, blanks normalised and keys masked, for every section that matters.

    A heading ends with the section's name (`crypto map AZURE 10`); what stands behind it in the
    text (transforms, `ipsec-isakmp`) is the first line.
    """
    found: dict[str, tuple[str, ...]] = {}
    for kind, heading in _HEADINGS.items():
        for name, sections in running.names(kind).items():
            lines: list[str] = []
            for line in sections:
                lines.extend(_lines(line, _WITH_REST.get(kind)))
            found[f"{heading} {name}".strip()] = tuple(lines)
    for name, numbered in lists.numbered().items():
        texts = tuple(_text(line.text.split(None, 2)[-1]) for line in numbered)
        key = f"ip access-list extended {name}"
        found[key] = texts + found.get(key, ())
    for key_ in keys.everywhere.values():
        found[f"crypto isakmp key address {key_.name}"] = ()
    return found


def _lines(line: Line, rest: int | None) -> Iterator[str]:
    if rest is not None:
        behind = line.text.split()[rest:]
        if behind:
            yield " ".join(behind)
    yield from _children(line)


def _children(line: Line) -> Iterator[str]:
    for child in line.children:
        yield _text(child.text)
        yield from _children(child)


def _text(text: str) -> str:
    return mask(" ".join(text.split()))
