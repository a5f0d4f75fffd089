"""Tunnel interfaces and routes in the files of systemd-networkd: systemd.netdev(5), .network(5)."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from ipaddress import IPv4Interface, IPv4Network

from appliance.model.tunnel import Source, TunnelInterface
from appliance.record import dataclass, field
from vendors.strongswan.files import File


@dataclass(frozen=True, slots=True)
class Value:
    """One assignment of a unit file."""

    section: str
    key: str
    value: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One file: its assignments in order, and the number of the section each stands in."""

    path: str
    values: tuple[tuple[int, Value], ...]

    def all(self, section: str, key: str) -> list[Value]:
        """Every assignment of this key; an empty one takes back those before it."""
        found: list[Value] = []
        for _, one in self.values:
            if (one.section, one.key) == (section.lower(), key.lower()):
                found = [*found, one] if one.value else []
        return found

    def get(self, section: str, key: str) -> Value | None:
        """The last assignment of a key."""
        return next(reversed(self.all(section, key)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the units say of one tunnel interface; not `told` is what goes there by itself."""

    interface: TunnelInterface
    up: bool
    routes: tuple[IPv4Network, ...]
    told: bool = True
    sources: dict[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """All units of a text."""

    netdevs: tuple[Unit, ...]
    networks: tuple[Unit, ...]

    def __bool__(self) -> bool:
        return bool(self.netdevs or self.networks)

    def xfrm(self, interface_id: str) -> Link | None:
        """The xfrm interface with this ID, as charon's if_id names it."""
        return self._link(_number(interface_id), ("xfrm", "InterfaceId"))

    def vti(self, mark: str) -> Link | None:
        """The VTI with this key, as charon's mark names it."""
        return self._link(_number(mark), ("tunnel", "Key"), ("tunnel", "OutputKey"))

    def interfaces(self) -> dict[str, IPv4Interface | None]:
        """First addresses of all interfaces that a .network file names, and of all tunnels."""
        found: dict[str, IPv4Interface | None] = {}
        for network in self.networks:
            name = network.get("Match", "Name")
            for one in (name.value if name else "").split():
                found.setdefault(one, _address(network)[0])
        for netdev in self.netdevs:
            name = netdev.get("NetDev", "Name")
            found.setdefault(name.value if name else "", None)
        return {
            name: address for name, address in found.items() if name and not set(name) & set("*?[!")
        }

    def numbers(self) -> frozenset[int]:
        """The IDs of all xfrm interfaces."""
        ids = (netdev.get("Xfrm", "InterfaceId") for netdev in self.netdevs)
        return frozenset(
            number for one in ids if one and (number := _number(one.value)) is not None
        )

    def _link(self, number: int | None, *keys: tuple[str, str]) -> Link | None:
        for netdev in self.netdevs if number is not None else ():
            values = (netdev.get(section, key) for section, key in keys)
            if any(value is not None and _number(value.value) == number for value in values):
                return self._of(netdev)
        return None

    def _of(self, netdev: Unit) -> Link | None:
        name = netdev.get("NetDev", "Name")
        if name is None:
            return None
        network = next((unit for unit in self.networks if _is_for(unit, name.value)), None)
        device = netdev.get("NetDev", "MTUBytes")
        if network is None:  # another program may care for it
            interface = TunnelInterface(name=name.value, mtu=_size(device))
            found = {"interface": name.source}
            return Link(interface=interface, up=True, routes=(), told=False, sources=found)
        return _link(name, network, device)


def units(files: tuple[File, ...]) -> Units:
    """The units among the files of a text, those that apply first in their order."""
    read = [(file.path, _unit(file)) for file in files if file.unit]
    read.sort(key=lambda pair: pair[0].rpartition("/")[2])
    return Units(
        netdevs=tuple(unit for _, unit in read if unit.get("NetDev", "Name")),
        networks=tuple(unit for _, unit in read if not unit.get("NetDev", "Name")),
    )


def _unit(file: File) -> Unit:
    values: list[tuple[int, Value]] = []
    section, number = "", 0
    for at, line in enumerate(file.text.split("\n"), start=1):
        head = re.fullmatch(r"\s*\[(\w+)\]\s*", line)
        key, equals, value = line.partition("=")
        if head:
            section, number = head[1].lower(), number + 1
        elif equals and line.lstrip()[:1] not in ("#", ";"):
            source = Source(line=file.above + at, text=line)
            values.append((number, Value(section, key.strip().lower(), value.strip(), source)))
    return Unit(path=file.path, values=tuple(values))


def _is_for(network: Unit, name: str) -> bool:
    match = network.get("Match", "Name")
    return match is not None and any(fnmatchcase(name, one) for one in match.value.split())


def _link(name: Value, network: Unit, device: Value | None) -> Link:
    address, at = _address(network)
    mtu = network.get("Link", "MTUBytes") or device
    policy = network.get("Link", "ActivationPolicy")
    routes = _routes(network)
    sources: dict[str, Source | None] = {
        "interface": name.source,
        "interface.mtu": None if mtu is None else mtu.source,
        "interface.address": at,
        "enabled": None if policy is None else policy.source,
        "routes": routes[0][1] if routes else None,
    }
    return Link(
        interface=TunnelInterface(
            name=name.value,
            address=address,
            mtu=_size(mtu),
        ),
        up=policy is None or policy.value.lower() not in ("down", "always-down", "manual"),
        routes=tuple(route for route, _ in routes),
        sources={path: source for path, source in sources.items() if source is not None},
    )


def _address(network: Unit) -> tuple[IPv4Interface | None, Source | None]:
    for one in (*network.all("Network", "Address"), *network.all("Address", "Address")):
        try:
            return IPv4Interface(one.value), one.source
        except ValueError:
            continue  # IPv6
    return None, None


def _routes(network: Unit) -> list[tuple[IPv4Network, Source]]:
    """Destinations of routes that leave by the interface itself, in order."""
    found: list[tuple[IPv4Network, Source]] = []
    for _, one in network.values:
        if (one.section, one.key) == ("route", "destination"):
            try:
                found.append((IPv4Network(one.value), one.source))
            except ValueError:
                continue  # IPv6
    return found


def _number(value: str) -> int | None:
    """A number as both programs write it: decimal, hexadecimal, or as an address."""
    try:
        if value.count(".") == 3:  # noqa: PLR2004 -- a dotted quad
            return int(IPv4Network(value).network_address)
        return int(value, 16 if value.lower().startswith("0x") else 10)
    except ValueError:
        return None


def _size(value: Value | None) -> int | None:
    return int(value.value) if value is not None and value.value.isdigit() else None
