"""What IOS shows differently though nothing has changed, and where a person looks."""

from __future__ import annotations

import re
from collections import Counter

from vendors.cisco.restore import Kind
from vendors.cisco.restore import differing as differ
from vendors.cisco_ios.session import read

# Lines that differ between two readings of an unchanged device.
_VOLATILE = re.compile(
    r"^(?:Building configuration|Current configuration\s*:|Using \d+ out of|"
    r"! (?:Last configuration change|NVRAM config last|No configuration change)|ntp clock-period|"
    r"!|\s*$)"
)
# Type 6 keys are shown anew after each re-keying; only that there is one can be compared.
_OPAQUE = re.compile(r"\b6 \S{16,}$")


def sections(text: str) -> Counter[tuple[str, ...]]:
    """A configuration as its sections, each with its lines in order; volatile lines left out.

    The order of sections is the device's choice; that of lines in one (access lists) has meaning.
    """
    found: list[list[str]] = []
    lists: dict[str, list[str]] = {}
    for raw in text.splitlines():
        line = _OPAQUE.sub("6 *", raw.rstrip())
        if _VOLATILE.match(line):
            continue
        if line.startswith(" ") and found:
            found[-1].append(line)
        elif line.startswith("access-list "):
            lists.setdefault(line.split()[1], []).append(line)
        else:
            found.append([line])
    return Counter(tuple(section) for section in (*found, *lists.values()))


IOS = Kind(read=read, sections=sections, look="`show archive config rollback timer`")


def differing(before: str, after: str) -> tuple[str, ...]:
    """First lines of the sections in which two configurations differ; empty when they agree."""
    return differ(IOS, before, after)
