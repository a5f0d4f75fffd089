"""Any IOS or IOS-XE running configuration as tunnels."""

from __future__ import annotations

import re
from functools import cache

from appliance.errors import ParseError
from appliance.model.intent import Observed
from appliance.model.names import OURS
from appliance.model.tunnel import Source, Tunnel, Tunnels
from vendors.cisco.sections import Notes, strange
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.device import Device
from vendors.cisco_ios.reading.outline import Outline
from vendors.cisco_ios.reading.running import Running, load
from vendors.cisco_ios.reading.tunnel_interfaces import tunnel_interfaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.edge import Edge

NAME = "cisco_ios"


def parse(text: str) -> Observed:
    """What a configuration says of VPN tunnels, IOS's defaults filled in. Linear in the text.

    Raises `ParseError` when the text is plainly something else.
    """
    running, lines = load(text)
    _check(text, lines)
    device = Device(running)
    entries, not_ike = _crypto_maps(device)
    read = [*tunnel_interfaces(device), *entries]
    tunnels: Tunnels = tuple(tunnel for tunnel, _ in read)
    return Observed(
        driver=NAME,
        hostname=_word(running, "hostname"),
        version=_word(running, "version"),
        weak_allowed=_weak_allowed(running),
        tunnels=tunnels,
        unrecognized=_unrecognized(text, device, not_ike, [notes for _, notes in read]),
        interfaces=device.interfaces.first,
        objects=Outline(running, device.ikes.keys, device.lists),
        edged=OURS in text,
        read_edge=cache(lambda: _edge(text)),
    )


def _edge(text: str) -> Edge | None:
    """What there is of ExpressRoute."""
    from vendors.cisco_ios.edge.reading import edge  # noqa: PLC0415 -- few commands ask for it

    return edge(text)


def _word(running: Running, kind: str) -> str | None:
    """The word behind a statement of the top level; the first counts (`version` may recur)."""
    lines = running.lines.get(kind)
    words = lines[0].text.split() if lines else []
    return words[1].strip('"') if len(words) > 1 else None


def _weak_allowed(running: Running) -> bool:
    """`crypto engine compliance shield disable`: IOS-XE 17.11 then takes weak algorithms."""
    said = running.said("compliance shield")
    return bool(said) and [word.lower() for word in said[-1].args] == ["disable"]


_CRYPTO = (
    "isakmp policy",
    "isakmp profile",
    "keyring",
    "ikev2 proposal",
    "ikev2 policy",
    "ikev2 keyring",
    "ikev2 profile",
    "transform-set",
    "ipsec profile",
    "crypto map",
    "dynamic-map",
)


def _crypto_maps(device: Device) -> tuple[list[tuple[Tunnel, Notes]], list[Line]]:
    """Entries of crypto maps, and the headings of those that are no tunnel here."""
    if not device.running.names("crypto map"):
        return [], []
    from vendors.cisco_ios.reading import crypto_maps as maps  # noqa: PLC0415 -- many have none

    return list(maps.crypto_maps(device)), maps.without_ike(device)


def _unrecognized(
    text: str, device: Device, not_ike: list[Line], all_notes: list[Notes]
) -> tuple[Source, ...]:
    """Lines of VPN sections that nobody knows, in order, each once."""
    found = {line.number: line for line in not_ike}
    for notes in all_notes:
        found |= {line.number: line for line in notes.odd}
    for kind in _CRYPTO:
        for block in device.running.blocks(kind):
            for one in (block, *block.inner):
                found |= {line.number: line for line in one.unknown}
    return strange(found, text)


_OTHERS = r"^(?:(?:ASA|PIX) Version \S+|!! IOS XR.*|!Command: show.*)"
"""How Cisco's other systems begin: their commands look alike and mean something else."""

_MARKS = ("ASA Version ", "PIX Version ", "!! IOS XR", "!Command: show")
"""One of these is in each of them."""


def _check(text: str, lines: list[Line]) -> None:
    """Raise `ParseError` for what cannot be an IOS configuration."""
    other = re.search(_OTHERS, text, re.MULTILINE) if any(map(text.__contains__, _MARKS)) else None
    if other is not None:
        raise ParseError(
            f"this is the configuration of another system: `{other[0].strip()}`",
            hint="this driver reads Cisco IOS and IOS-XE; name the driver of the device",
        )
    if any(line.kind for line in lines):
        return
    head = text.lstrip("\ufeff \t\r\n")
    if not head:
        raise ParseError("the text is empty", hint="save the output of `show running-config`")
    raise ParseError(
        f"this is no IOS configuration: {_what(head)}",
        hint="save the complete output of `show running-config` from the device",
    )


def _what(head: str) -> str:
    if head[0] in "{[":
        return "it looks like JSON, or like a Junos configuration"
    if head[0] == "<":
        return "it looks like XML or HTML"
    if head.startswith("%") or "% Invalid" in head:
        return "it is a device's error message"
    return "no line of it begins with a command of IOS"
