"""What route maps and prefix lists do to a prefix, worked out a second time by words alone."""

from __future__ import annotations

from ipaddress import IPv4Network

from appliance.model.edge_facts import UNTOLD
from vendors.cisco_ios.edge.second_look import Edges, last_of


def does(edges: Edges, peer: str, direction: str, prefix: IPv4Network) -> str:
    """As `edge_facts.verdict`, worked out by statements alone."""
    scope, last = edges.scope(peer), edges.speaking.last
    if direction == "out" and last(scope, r"default-originate") and not prefix.prefixlen:
        return "yes"
    listed = last(scope, rf"prefix-list (\S+) {direction}$")
    mapped = last(scope, rf"route-map (\S+) {direction}$")
    if listed and not _passes(edges, listed[1], prefix):
        return "no"
    found = "100" if mapped is None else _by_map(edges, mapped[1], prefix)
    dark = last(scope, rf"(?:distribute|filter)-list \S+ {direction}$")
    everyone = last_of(edges.speaking.filters, rf"distribute-list .* {direction}\b")
    if (dark or everyone) and found != "no":
        return UNTOLD
    if direction == "out":
        return "yes" if found.isdigit() else found
    outdone = found.isdigit() and 100 < int(found) <= edges.speaking.usual  # noqa: PLR2004 -- IOS's own
    return UNTOLD if outdone else found


def _by_map(edges: Edges, name: str, prefix: IPv4Network) -> str:
    entries = edges.maps.get(name)
    for _, (action, heading) in sorted((entries or {}).items()):
        words = [line.text.split() for line in heading.below]
        lists = [one for said in words if said[:4] == _LISTS for one in said[4:]]
        if lists and not any(_passes(edges, one, prefix) for one in lists):
            continue
        if any(
            said[0] == "continue" or (said[0] == "match" and said[:4] != _LISTS) for said in words
        ):
            return UNTOLD
        preference = last_of(heading.below, r"set local-preference (\d+)")
        return "no" if action == "deny" else preference[1] if preference else "100"
    return "no" if entries else UNTOLD


_LISTS = ["match", "ip", "address", "prefix-list"]


def _passes(edges: Edges, name: str, prefix: IPv4Network) -> bool:
    """The first entry that speaks of it; a list that is not there lets everything through."""
    entries = edges.listed(name)
    length, address = prefix.prefixlen, prefix.network_address
    found = (one for one in entries or () if one.low <= length <= one.high and address in one.base)
    return next((one.permit for one in found), entries is None)


def prefixes(edges: Edges) -> tuple[IPv4Network, ...]:
    """What filters are tried with: each prefix that a list names, its bounds, and all there is."""
    found = {IPv4Network("0.0.0.0/0")}
    for entries in edges.lists.values():
        for one in entries.values():
            lengths = (one.base.prefixlen, one.low, one.high, min(one.high + 1, 32))
            found |= {IPv4Network((one.base.network_address, length)) for length in lengths}
    return tuple(sorted(found))
