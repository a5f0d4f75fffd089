"""Any ASA running configuration as tunnels.

`Tunnel.objects`, the names an ASA gives to the parts of a tunnel (those that it has):

    label           our own mark: `description appliance: LABEL` of a tunnel interface, or the first
                    line `access-list A remark appliance: LABEL` of the crypto access list
    crypto map      `NAME SEQ` of the entry
    acl             the crypto access list (of a tunnel interface: that of its `ipsec policy`)
    local group     the object groups of a crypto access list that is one line between two of them
    remote group
    nat             the exemption made for this tunnel alone, as the whole line
    tunnel-group    the one that serves the (first) peer, unless it is DefaultL2LGroup
    group-policy    the one in force, unless it is DfltGrpPolicy
    vpn-filter      its access list
    vpn-filter policy, vpn-filter lines
                    the group policy where that stands itself; the list's lines where it is ours
    ipsec profile   of a tunnel interface
    nameif          of a tunnel interface
    route NET       next hop, distance and so on of each static route into a tunnel interface

`IkeProposal.name` is the priority of the policy, `EspProposal.name` the transform set or proposal.
`Observed.objects` are described at `vendors.cisco_asa.reading.outline`.
"""

from __future__ import annotations

import re

from appliance.errors import ParseError
from appliance.model.intent import Observed
from appliance.model.tunnel import Source, Tunnel, Tunnels
from vendors.cisco.sections import Notes, strange
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.contexts import contexts
from vendors.cisco_asa.reading.device import Device
from vendors.cisco_asa.reading.outline import Outline
from vendors.cisco_asa.reading.running import Running, load
from vendors.cisco_asa.reading.tunnel_interfaces import tunnel_interfaces
from vendors.cisco_asa.writing.own import completed

NAME = "cisco_asa"


def parse(text: str) -> Observed:
    """What a configuration says of VPN tunnels, the ASA's defaults filled in. Linear in the text.

    Raises `ParseError` when the text is plainly something else, or has tunnels of several devices.
    """
    each = contexts(text)
    if len(each) == 1:
        return _parse(text)
    found = [_parse(own) for own in each.values()]
    told = [one for one in found if one.tunnels]
    if len(told) > 1:
        names = ", ".join(str(one.hostname) for one in told)
        raise ParseError(
            f"these are the configurations of several devices or contexts: {names}",
            hint="save the output of `show running-config` of each in a file of its own",
        )
    return told[0] if told else found[0]


def _parse(text: str) -> Observed:
    running, lines = load(text)
    _check(text, lines)
    version = _word(running, "version", 2) or _software(text)
    device = Device(running, version)
    entries, not_ike = _crypto_maps(device)
    read = [*tunnel_interfaces(device), *entries]
    tunnels: Tunnels = tuple(tunnel for tunnel, _ in read)
    found = Observed(
        driver=NAME,
        hostname=_word(running, "hostname", 1),
        version=version,
        tunnels=tunnels,
        unrecognized=_unrecognized(text, device, not_ike, [notes for _, notes in read]),
        interfaces=device.interfaces.first(),
        objects=Outline(running, device.names),
    )
    return completed(found)


def _word(running: Running, kind: str, at: int) -> str | None:
    """A word of a statement of the top level; the first counts."""
    lines = running.lines.get(kind)
    words = lines[0].text.split() if lines else []
    return words[at].strip('"') if len(words) > at else None


def _software(text: str) -> str | None:
    """The version that `show version` tells, in a log that has it, or a remark."""
    found = re.search(
        r"(?:Adaptive Security Appliance Software|^: ?ASA) Version (\d\S*)", text, re.M
    )
    return None if found is None else found[1]


_CRYPTO = ("ikev1 policy", "ikev2 policy", "ipsec-proposal", "ipsec profile")


def _crypto_maps(device: Device) -> tuple[list[tuple[Tunnel, Notes]], list[Line]]:
    """Entries of crypto maps, and the lines of those that are no tunnel here."""
    if not device.running.names("crypto map"):
        return [], []
    from vendors.cisco_asa.reading import crypto_maps as maps  # noqa: PLC0415 -- some have none

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
            found |= {line.number: line for line in block.unknown}
    return strange(found, text)


_OTHERS = (
    r"^(?:!! IOS XR.*|!Command: show.*|version \d+\.\d+(?:\(\S+)?[ \t]*$|version \d\d\.\d\S*;"
    r"|set version \S+|#config-version=.*)"
)
"""How other systems begin: IOS, IOS XR, NX-OS, Junos, FortiOS."""


def _check(text: str, lines: list[Line]) -> None:
    """Raise `ParseError` for what cannot be an ASA configuration."""
    if not re.search(r"^(?:ASA|PIX|NGFW) Version ", text, re.MULTILINE):
        other = re.search(_OTHERS, text.replace("\r", ""), re.MULTILINE)
        if other is not None and "nameif" not in text:
            raise ParseError(
                f"this is the configuration of another system: `{other[0].strip()}`",
                hint="this driver reads Cisco ASA; name the driver of the device",
            )
    if any(line.kind for line in lines):
        return
    head = text.lstrip("\ufeff \t\r\n")
    if not head:
        raise ParseError("the text is empty", hint="save the output of `show running-config`")
    raise ParseError(
        f"this is no ASA configuration: {_what(head)}",
        hint="save the complete output of `show running-config` from the device",
    )


def _what(head: str) -> str:
    if head[0] in "{[":
        return "it looks like JSON, or like a Junos configuration"
    if head[0] == "<":
        return "it looks like XML or HTML"
    if "ERROR: %" in head or "% Invalid" in head:
        return "it is a device's error message"
    return "no line of it begins with a command of the ASA"
