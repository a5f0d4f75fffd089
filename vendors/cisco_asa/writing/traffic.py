"""What may cross a tunnel: for a crypto map the filter of its group policy.

Rules stand there as the far end sees them, both ways in one list. A tunnel interface has lists of
its own instead (`interface_lists`).
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.filters import Rule, agrees, memoryless
from appliance.model.traffic import PROTOCOLS, Direction
from appliance.model.tunnel import Mode, Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import Line, Section, crypto, ours
from vendors.cisco_asa import names
from vendors.cisco_asa.names import masked
from vendors.cisco_asa.writing import interface_lists, switch
from vendors.cisco_asa.writing.box import Box
from vendors.cisco_asa.writing.interface_lists import NAMES, ported
from vendors.cisco_asa.writing.labels import own

NOTE = (
    "a vpn-filter is one list for both directions: whoever may be asked on a port may also begin "
    "from it, and ping passes both ways; what is denied stays so both ways"
)


def expressed(tunnel: Tunnel) -> tuple[Tunnel, str]:
    """The tunnel with what its rules amount to, and a note on that.

    That interface lists are asked about what comes out of it is then as it should be.
    """
    if tunnel.filter is None:
        return tunnel, ""
    if tunnel.mode is Mode.ROUTE_BASED:
        quirks = dict.fromkeys((*tunnel.quirks, names.PERMIT_VPN_OFF))
        return replace(tunnel, quirks=tuple(quirks)), switch.NOTE
    made = replace(tunnel, filter=memoryless(tunnel.filter, PROTOCOLS))
    return made, NOTE if made != tunnel else ""


def traffic(tunnel: Tunnel) -> Iterator[Section]:
    """Our own lists, and what puts those of a tunnel interface to work; the group policy says that
    its filter is in force."""
    if tunnel.mode is Mode.ROUTE_BASED:
        yield from interface_lists.interface_lists(tunnel)
    name, lines = tunnel.objects.get("vpn-filter"), tunnel.objects.get("vpn-filter lines")
    if name is not None and lines is not None and ours(name):
        yield interface_lists.listed(name, lines)


def applied(tunnel: Tunnel) -> Iterator[Line]:
    """The statement in the group policy of ours; live tunnels keep the filter they came up with."""
    policy, name = tunnel.objects.get("vpn-filter policy"), tunnel.objects.get("vpn-filter")
    if name is not None and policy == tunnel.objects.get("group-policy"):
        yield crypto(f"vpn-filter value {name}", slot="vpn-filter")


def place(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """The tunnel with its filter: the one it has where that does what is asked, else a new list.

    A list in force is never edited: a line too many or too few in between would open or close the
    tunnel. Raises `RefusedError` where the group policy is not ours to change.
    """
    if tunnel.mode is Mode.ROUTE_BASED:
        return interface_lists.place(box, tunnel, running)
    wanted = tunnel.filter
    held = None if running is None else running.filter
    if wanted is None or (running is not None and agrees(wanted, held)):
        return replace(tunnel, filter=held)
    policy = tunnel.objects.get("group-policy", "DfltGrpPolicy")
    if not ours(policy):
        raise box.refused(
            f"group policy {policy} of {tunnel.name} is not ours to put a filter into",
            f"give the tunnel a group policy of its own: tunnel-group "
            f"{tunnel.objects.get('tunnel-group')} general-attributes, default-group-policy",
        )
    objects = {
        **tunnel.objects,
        "vpn-filter": box.free("access-list", f"{own(box.label(tunnel))}-filter"),
        "vpn-filter policy": policy,
        "vpn-filter lines": "\n".join(dict.fromkeys(_lines(wanted.rules))),
    }
    return replace(tunnel, objects=objects)


def _lines(rules: tuple[Rule, ...]) -> Iterator[str]:
    """Every rule, from the far end: its source is in Azure. What none matches is denied."""
    for rule in rules:
        word = "permit" if rule.permit else "deny"
        remote, local = masked(rule.remote), masked(rule.local)
        head = f"extended {word} {NAMES[rule.protocol]}"
        if not rule.ports:
            yield f"{head} {remote} {local}"
        for ports in map(ported, rule.ports):
            if Direction.TO_AZURE in rule.directions:
                yield f"{head} {remote} {ports} {local}"
            if Direction.FROM_AZURE in rule.directions:
                yield f"{head} {remote} {local} {ports}"
