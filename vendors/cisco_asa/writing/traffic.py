"""The filter of a tunnel's group policy: rules as the far end sees them, both ways in one list."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.filters import Rule, agrees, memoryless
from appliance.model.traffic import ICMP, PROTOCOLS, TCP, UDP, Direction
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import Line, Section, crypto, line, ours
from vendors.cisco_asa.writing.box import Box
from vendors.cisco_asa.writing.labels import own

NOTE = (
    "a vpn-filter is one list for both directions: whoever may be asked on a port may also begin "
    "from it, and ping passes both ways; what is denied stays so both ways"
)

_NAMES = {None: "ip", TCP: "tcp", UDP: "udp", ICMP: "icmp"}


def expressed(tunnel: Tunnel) -> Tunnel:
    """The tunnel with what its rules amount to in a filter."""
    if tunnel.filter is None:
        return tunnel
    return replace(tunnel, filter=memoryless(tunnel.filter, PROTOCOLS))


def traffic(tunnel: Tunnel) -> Iterator[Section]:
    """Our own list; the group policy says that it is in force."""
    name, lines = tunnel.objects.get("vpn-filter"), tunnel.objects.get("vpn-filter lines")
    if name is None or lines is None or not ours(name):
        return
    key = f"access-list {name}"
    yield Section(
        key=key,
        rank=8,
        heading=(),
        lines=tuple(line(f"{key} {one}") for one in lines.split("\n")),
        why="what may cross the tunnel",
        remove=(f"clear configure {key}",),
    )


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
        remote, local = _masked(rule.remote), _masked(rule.local)
        head = f"extended {word} {_NAMES[rule.protocol]}"
        if not rule.ports:
            yield f"{head} {remote} {local}"
        for low, high in rule.ports:
            ports = f"eq {low}" if low == high else f"range {low} {high}"
            if Direction.TO_AZURE in rule.directions:
                yield f"{head} {remote} {ports} {local}"
            if Direction.FROM_AZURE in rule.directions:
                yield f"{head} {remote} {local} {ports}"


def _masked(network: IPv4Network) -> str:
    if network.prefixlen == 0:
        return "any4"
    if network.prefixlen == 32:  # noqa: PLR2004 -- a host
        return f"host {network.network_address}"
    return f"{network.network_address} {network.netmask}"
