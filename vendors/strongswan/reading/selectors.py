"""Traffic selectors as swanctl.conf and ipsec.conf write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from itertools import product

from appliance.model.tunnel import TrafficSelector

ANY = IPv4Network("0.0.0.0/0")
_DYNAMIC = ("dynamic", "%dynamic")


def pairs(
    local: Iterable[str],
    remote: Iterable[str],
    ours: IPv4Address | None,
    theirs: IPv4Address | None,
) -> tuple[TrafficSelector, ...]:
    """Every pair of a child; `dynamic` is the outer address of that end, where it is known."""
    left = [net for word in local for net in networks(word, ours)]
    right = [net for word in remote for net in networks(word, theirs)]
    made = (TrafficSelector(local=one, remote=other) for one, other in product(left, right))
    return tuple(dict.fromkeys(made))


def networks(word: str, dynamic: IPv4Address | None) -> tuple[IPv4Network, ...]:
    """The IPv4 networks of one selector; none for IPv6, and where `dynamic` is not known.

    The charon of pfSense has a second network behind a bar, which it translates to the first.
    """
    text = re.split(r"[\[|]", word, maxsplit=1)[0].strip().lower()
    if text in _DYNAMIC or not text:
        text = "" if dynamic is None else str(dynamic)
    first, dash, last = text.partition("-")
    try:
        if dash:
            return tuple(
                summarize_address_range(IPv4Address(first.strip()), IPv4Address(last.strip()))
            )
        return (IPv4Network(text, strict=False),)
    except ValueError:
        return ()


def protocol(word: str) -> str:
    """The protocol and port that a selector is limited to: `tcp/80` of `10.0.0.0/8[tcp/80]`."""
    return word.partition("[")[2].rstrip("] ").lower()
