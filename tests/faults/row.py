"""One row of the fault matrix: what goes wrong, what is safe then, and where it cannot occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VENDORS = {
    "cisco_ios": "IOS",
    "cisco_asa": "ASA",
    "juniper_junos": "Junos",
    "rras": "RRAS",
    "strongswan": "strongSwan",
}
"""The drivers, and what a table calls them."""

ALL = "all"
"""In `Row.never` and `Row.elsewhere`: every vendor alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault. A cell of it is shown by tests of this folder called `test_NN_...`: one whose id
    names the driver shows it for that vendor, one without any driver in its id for all.

    `never` has, by driver, the reason why it cannot occur there; `elsewhere`, by driver, tests
    outside this folder that show it, as `tests/...::test_name`, with or without an id.
    """

    number: int
    fault: str
    safe: str
    never: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
