"""What an ASA shows differently though nothing has changed, and where a person looks."""

from __future__ import annotations

import re
from collections import Counter

from vendors.cisco.restore import Kind
from vendors.cisco_asa.session import read

# Lines that differ between two readings of an unchanged device.
_VOLATILE = re.compile(
    r"^(?:: |:$|Cryptochecksum:|ASA Version |!|\s*$|Building configuration|"
    r"snmp-server enable traps snmp authentication linkup)"
)


def sections(text: str) -> Counter[tuple[str, ...]]:
    """A configuration as its sections, each with its lines in order; volatile lines left out.

    The order of sections is the device's choice; that of NAT rules and of the entries of an access
    list has meaning.
    """
    found: list[list[str]] = []
    lists: dict[str, list[str]] = {}
    for raw in text.splitlines():
        line = raw.rstrip()
        if _VOLATILE.match(line):
            continue
        if line.startswith(" ") and found:
            found[-1].append(line)
        elif line.startswith("access-list "):
            lists.setdefault(line.split()[1], []).append(line)
        elif line.startswith("nat ("):
            lists.setdefault("nat", []).append(line)
        else:
            found.append([line])
    return Counter(tuple(section) for section in (*found, *lists.values()))


ASA = Kind(read=read, sections=sections, look="`show event manager`")
