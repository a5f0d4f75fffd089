"""Rules on traffic as a table of nftables that is ours alone, loaded as a whole or not at all.

One base chain for each way: behind routing for what leaves for Azure, before it for what comes, so
that it sees forwarded packets and those of the host itself, with the addresses of the inside. Each
packet of the side that began is judged, so a connection ends when it is no longer permitted;
answers and ICMP errors follow by connection tracking (nft(8), "CT EXPRESSIONS").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.filters import Filter, Rule
from appliance.model.traffic import ICMP, TCP, UDP, Direction
from appliance.model.tunnel import Mode, Tunnel
from vendors.strongswan import own

_WHOLE = {None: "", TCP: "meta l4proto tcp ", UDP: "meta l4proto udp ", ICMP: ""}
_PORTED = {TCP: "tcp", UDP: "udp"}
_HOOKS = {Direction.TO_AZURE: "postrouting", Direction.FROM_AZURE: "prerouting"}
_NAMES = {Direction.TO_AZURE: "to-azure", Direction.FROM_AZURE: "from-azure"}
_ANSWERS = ("ct direction reply accept", "ct state related meta l4proto icmp accept")


def text(label: str, tunnel: Tunnel, wanted: Filter) -> str:
    """The lines of the file for a tunnel that is placed: loading it replaces the table at once."""
    name = own.table(label)
    lines = [f"table ip {name}", f"delete table ip {name}", f"table ip {name} {{"]
    for way in Direction:
        for number, guards in enumerate(_guards(tunnel, way), start=1):
            lines += [f"  chain {_NAMES[way]}-{number} {{"]
            lines += [f"    {line}" for line in _chain(way, guards, wanted.rules)]
            lines += ["  }"]
    return "\n".join((*lines, "}"))


def _chain(way: Direction, guards: Sequence[str], rules: Sequence[Rule]) -> Iterator[str]:
    yield f"type filter hook {_HOOKS[way]} priority filter; policy accept;"
    yield from guards
    yield from _ANSWERS
    for rule in rules:
        if way in rule.directions:
            yield _line(rule, way)
    yield "drop"


def _guards(tunnel: Tunnel, way: Direction) -> Iterator[tuple[str, ...]]:
    """For each chain what it is not about: all that does not cross this tunnel."""
    if tunnel.mode is Mode.ROUTE_BASED:
        if tunnel.interface is None:
            raise RefusedError(
                f"{tunnel.name} has no tunnel interface that rules could be for",
                where=tunnel.name,
                hint="remove its files and push again, or leave `traffic` out",
            )
        word = "oifname" if way is Direction.TO_AZURE else "iifname"
        yield (f'{word} != "{tunnel.interface.name}" accept',)
        return
    for pair in _groups(tunnel):
        ends = pair if way is Direction.TO_AZURE else pair[::-1]
        both = zip(("saddr", "daddr"), ends, strict=True)
        yield tuple(f"ip {word} != {_several(map(str, nets))} accept" for word, nets in both)


def _groups(tunnel: Tunnel) -> Iterator[tuple[list[IPv4Network], list[IPv4Network]]]:
    """Selectors as products: networks of the site that reach the same ones in Azure together."""
    reached: dict[IPv4Network, list[IPv4Network]] = {}
    for pair in tunnel.selectors:
        reached.setdefault(pair.local, []).append(pair.remote)
    together: dict[tuple[IPv4Network, ...], list[IPv4Network]] = {}
    for local, remotes in reached.items():
        together.setdefault(tuple(sorted(set(remotes))), []).append(local)
    for far, near in together.items():
        yield _apart(near), _apart(far)


def _apart(networks: Iterable[IPv4Network]) -> list[IPv4Network]:
    """Without those inside another: a set of nftables takes no overlaps."""
    found = sorted(set(networks))
    return [one for one in found if not any(one != of and one.subnet_of(of) for of in found)]


def _line(rule: Rule, way: Direction) -> str:
    ends = (rule.local, rule.remote) if way is Direction.TO_AZURE else (rule.remote, rule.local)
    nets = zip(("saddr", "daddr"), ends, strict=True)
    places = "".join(f"ip {word} {net} " for word, net in nets if net.prefixlen)
    return f"{places}{_service(rule)}{'accept' if rule.permit else 'drop'}"


def _service(rule: Rule) -> str:
    if rule.ports and rule.protocol is not None:
        ranges = (f"{low}-{high}" if low < high else f"{low}" for low, high in _joined(rule.ports))
        return f"{_PORTED[rule.protocol]} dport {_several(ranges)} "
    return "icmp type echo-request " if rule.protocol == ICMP else _WHOLE[rule.protocol]


def _joined(ports: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    from appliance.model.diagram import joined  # noqa: PLC0415 -- for rules with ports only

    return list(joined(ports))


def _several(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{{ {', '.join(found)} }}"
