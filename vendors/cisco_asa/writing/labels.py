"""Names of our own objects: stable, telling, and short enough for the ASA."""

from __future__ import annotations

from zlib import crc32

from vendors.cisco.writing.section import PREFIX

LONGEST = 48
"""`nameif` takes 48 characters, object groups and group policies 64: room for endings stays."""


def own(label: str) -> str:
    """The name of an object of ours; a long one ends in a hash, so that it stays one's own."""
    name = f"{PREFIX}{label}"
    if len(name) <= LONGEST:
        return name
    mark = f"{crc32(label.encode()):08x}"
    return f"{name[: LONGEST - 9]}-{mark}"
