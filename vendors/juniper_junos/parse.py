"""Any Junos configuration of an SRX as tunnels.

A tunnel is a `security ipsec vpn`; its name is the VPN's. An st0 unit without an address has itself
as `unnumbered` (`family inet` is there) or None (nothing can be routed into it). A gateway's DPD
has its interval as delay, and interval x threshold as timeout. What the writer finds in
`Tunnel.objects`:

label           what follows `appliance: ` in the description of the st0 unit
gateway, ike policy, ipsec policy
                names at `security ike` and `security ipsec`; proposals have theirs in the model
zone            security zone of the st0 unit
outside zone    security zone of the external interface
instance        routing instance of the st0 unit; absent for the main one (that of the external
                interface is `local.vrf`)
elsewhere       the logical system or tenant that has the st0 unit; absent for the device itself
address book    `global` or `zone`: the style in use; absent when there are no addresses yet
policies        what lets the traffic of `passes` through: `FROM TO NAME` of each, with `, ` between
                (`global global NAME`); for a policy-based VPN those that have it as their tunnel
establish       word of `establish-tunnels`; absent: `on-traffic`
dpd             `always-send` or `probe-idle-tunnel`; absent: `optimized`
bgp group, bgp export
                group of the sessions in the tunnel, and its export policies with a blank between
selector LOCAL REMOTE
                name of the traffic selector that holds this pair
route NETWORK   how a static route leads into the tunnel, where it is not `next-hop st0.N`
remote name     the gateway's address where it is a host name
ike proposal-set, ipsec proposal-set
                the set that a policy names in place of proposals
mss             `unit` or `all-tcp`: where the MSS stands; absent: `flow tcp-mss ipsec-vpn`
off             what switches the tunnel off, one a line: `inactive PATH`, or a statement
around          statements of ours beside the tunnel, one a line (`around.Surroundings`)
groups          configuration groups that parts of the tunnel are inherited from: `delete` cannot
                take these away, a statement of its own overrides them

`Observed.objects` maps a path (`security ike gateway G`) to the statements below it, one a line as
`set` has them, without the path, keys masked. Paths are those of `reading.outline`.
"""

from __future__ import annotations

import re
from functools import cache

from appliance.errors import ParseError
from appliance.model.intent import Observed
from appliance.model.names import OURS
from appliance.model.tunnel import Source, Tunnels
from vendors.juniper_junos.around import Surroundings
from vendors.juniper_junos.reading import groups
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.grammar import HOMES, RULES
from vendors.juniper_junos.reading.notes import source
from vendors.juniper_junos.reading.outline import Outline
from vendors.juniper_junos.reading.reader import read
from vendors.juniper_junos.reading.vpns import vpns
from vendors.juniper_junos.tree import Configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.edge import Edge

NAME = "juniper_junos"


def parse(text: str) -> Observed:
    """What a configuration says of VPN tunnels, Junos's defaults filled in. Linear in the text.

    Raises `ParseError` when the text is plainly something else.
    """
    found = load(text)
    device = Device(found)
    objects = Outline(found.root)
    beside = Surroundings(objects)
    tunnels: Tunnels = tuple(beside.with_own(tunnel) for tunnel in vpns(device))
    return Observed(
        driver=NAME,
        hostname=_hostname(found),
        version=_version(found),
        tunnels=tunnels,
        unrecognized=_unrecognized(found),
        interfaces=device.interfaces.first,
        objects=objects,
        edged=OURS in text,
        read_edge=cache(lambda: _edge(device)),
    )


def _edge(device: Device) -> Edge | None:
    """What there is of ExpressRoute."""
    from vendors.juniper_junos.edge.reading import edge  # noqa: PLC0415 -- few commands ask for it

    return edge(device)


def load(text: str) -> Configuration:
    """The statements of a configuration, with what its groups add.

    Raises `ParseError` when there are none.
    """
    found = read(text, RULES, HOMES)
    if not found.known:
        raise _not_junos(text)
    if "apply-groups" in text:
        groups.apply(found, RULES)
    return found


def _hostname(found: Configuration) -> str | None:
    """The device's name; in a cluster each node has its own, in a group: then the first node's."""
    own = found.root.value("system", "host-name")
    node = found.root.at("groups", "node0")
    return own if own is not None else node.value("system", "host-name")


def _version(found: Configuration) -> str | None:
    return found.root.value("version")


def _unrecognized(found: Configuration) -> tuple[Source, ...]:
    """Rows of our sections that nobody knows, and those whose braces do not balance."""
    odd = {line: source(found.rows, line) for line in found.odd}
    for line, fault in found.strange.items():
        row = source(found.rows, line).text
        odd[line] = Source(line, f"{row}  (this brace {fault})")
    return tuple(odd[line] for line in sorted(odd))


def _not_junos(text: str) -> ParseError:
    head = text.lstrip("\ufeff \t\r\n")
    if not head:
        return ParseError("the text is empty", hint="save the output of `show configuration`")
    return ParseError(
        f"this is no Junos configuration: {_what(head)}",
        hint="save the output of `show configuration | display set | no-more` from the device",
    )


_CISCO = re.compile(
    r"^(?:hostname \S+|interface \S+|crypto \w+ .*|version \d+\.\d+)\s*$", re.MULTILINE
)


def _what(head: str) -> str:
    if head[0] == "<":
        return "it looks like XML or HTML"
    if head[0] in "{[" and head[1:2] in {'"', "\n", "\r", " "} and '"' in head[:200]:
        return "it looks like JSON"
    if "error:" in head[:200] or "unknown command" in head[:200]:
        return "it is a device's error message"
    if _CISCO.search(head):
        return "it looks like the configuration of a Cisco device"
    return "no line of it begins with a statement of Junos"
