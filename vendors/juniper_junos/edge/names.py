"""Words that reading, placing and writing an edge have in common."""

from __future__ import annotations

TAGGINGS = ("flexible-vlan-tagging", "stacked-vlan-tagging", "vlan-tagging")
"""How a port is told that its units have tags; two of them need one of the first two."""

INBOUND = ("bgp", "bfd")
"""Protocols that the zone of a link must let in to the device itself."""
