"""Placing rules on traffic: policies between the zones inside and that of the tunnel, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.filters import Filter, Rule, agrees
from appliance.model.traffic import ICMP, TCP, UDP, Direction
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import dataclass, replace
from vendors.juniper_junos import around
from vendors.juniper_junos.change import BEFORE
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.statement import AROUND, word
from vendors.juniper_junos.writing.zone_policy import ZonePolicy, inside_zone, is_rule

_WHOLE = {None: "any", TCP: "junos-tcp-any", UDP: "junos-udp-any", ICMP: "junos-icmp-all"}
_PORTED = {TCP: "tcp", UDP: "udp"}
_NOTHING = Rule(permit=False)


def traffic(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """`tunnel` with policies for its rules; those that are there stay where they do what is asked.

    One tunnel of a zone has them for all of the site in it. Raises `RefusedError` where the zone
    of the tunnel is not its own: a policy is for all of it.
    """
    wanted = tunnel.filter
    if wanted is None or (running is not None and agrees(wanted, running.filter)):
        return tunnel
    zone = tunnel.objects["zone"]
    if any(other.objects["zone"] == zone and other.filter == wanted for other in siblings):
        return tunnel
    _check_alone(box, tunnel, zone)
    kept = [line for line in tunnel.objects.get(AROUND, "").splitlines() if not is_rule(line)]
    objects = {k: v for k, v in tunnel.objects.items() if not k.startswith(BEFORE)}
    lines: list[str] = []
    first = _first_number(box, tunnel)
    for inside in _inside(box, tunnel, wanted):
        for way in Direction:
            zones = (inside, zone) if way is Direction.TO_AZURE else (zone, inside)
            context = _Context(box=box, zones=zones, way=way, base=around.base(tunnel))
            for number, rule in enumerate(context.rules(wanted), start=first):
                policy = context.policy(number)
                lines += context.lines(policy, rule)
                if (other := context.foreign()) is not None:
                    objects[f"{BEFORE}{policy.path}"] = other
    objects[AROUND] = "\n".join(dict.fromkeys((*kept, *lines)))
    return replace(tunnel, objects=objects)


def _check_alone(box: Box, tunnel: Tunnel, zone: str) -> None:
    own = {t.interface.name for t in (*box.mine, tunnel) if t.interface is not None}
    others = sorted(name for name, held in box.zones.items() if held == zone and name not in own)
    others = [name for name in others if not name.startswith("lo0")]
    if others:
        raise RefusedError(
            f"{', '.join(others)} is in zone {zone} too: rules for this tunnel would be theirs",
            where=box.where,
            hint="give the tunnel's st0 unit a security zone of its own, or leave `traffic` out",
        )


def _inside(box: Box, tunnel: Tunnel, wanted: Filter) -> list[str]:
    return list(dict.fromkeys(inside_zone(box, tunnel, pair.local) for pair in wanted.within))


def _first_number(box: Box, tunnel: Tunnel) -> int:
    """Behind the numbers of what is there: a policy in force is replaced, never turned around."""
    used = [int(path.rsplit("-", 1)[1]) for path in box.surroundings.policies(tunnel)
            if around.TRAFFIC in path]  # fmt: skip
    return max(used, default=0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """The policies from one zone to another, as they are to be."""

    box: Box
    zones: tuple[str, str]
    way: Direction
    base: str

    def rules(self, wanted: Filter) -> Iterator[Rule]:
        """The rules for this direction; the last says what becomes of all others."""
        own = [rule for rule in wanted.rules if self.way in rule.directions]
        yield from own
        if not own or own[-1] != replace(own[-1], local=_NOTHING.local, remote=_NOTHING.remote,
                                         protocol=None, ports=()):  # fmt: skip
            yield _NOTHING

    def policy(self, number: int) -> ZonePolicy:
        """The policy of that number."""
        word_ = "out" if self.way is Direction.TO_AZURE else "in"
        name = f"{self.base}{around.TRAFFIC}{word_}-{number}"
        return ZonePolicy(self.box, *self.zones, name)

    def lines(self, policy: ZonePolicy, rule: Rule) -> Iterator[str]:
        """The statements of a policy, what it refers to first."""
        outwards = self.way is Direction.TO_AZURE
        ends = (rule.local, rule.remote) if outwards else (rule.remote, rule.local)
        named = [_place(policy, zone, net) for zone, net in zip(self.zones, ends, strict=True)]
        yield from (entry for _, entry in named if entry)
        applications = list(_applications(rule))
        yield from (line for _, lines in applications for line in lines)
        yield f"{policy.path} match source-address {named[0][0]}"
        yield f"{policy.path} match destination-address {named[1][0]}"
        yield from (f"{policy.path} match application {name}" for name, _ in applications)
        yield f"{policy.path} then {'permit' if rule.permit else 'deny'}"

    def foreign(self) -> str | None:
        """The first policy of others there, which ours must stand before."""
        source, target = map(word, self.zones)
        path = f"security policies from-zone {source} to-zone {target} policy"
        for line in self.box.below(path):
            name = line.partition(" ")[0]
            if around.TRAFFIC not in name and not around.is_ours(self.base, name.strip('"')):
                return name
        return None


def _place(policy: ZonePolicy, zone: str, network: IPv4Network) -> tuple[str, str]:
    return ("any", "") if network.prefixlen == 0 else policy.address(zone, network)


def _applications(rule: Rule) -> Iterator[tuple[str, Sequence[str]]]:
    """Names of what a rule is about, and the statements that define them."""
    if not rule.ports:
        yield _WHOLE[rule.protocol], ()
    for low, high in rule.ports:
        protocol = _PORTED[rule.protocol or TCP]
        ports = str(low) if low == high else f"{low}-{high}"
        name = f"{around.APPLICATION}{protocol}-{ports}"
        path = f"applications application {name}"
        yield name, (f"{path} protocol {protocol}", f"{path} destination-port {ports}")
