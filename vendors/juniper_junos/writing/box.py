"""What is free and what is taken on a device, as far as new tunnels must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.errors import RefusedError, UnsupportedError
from appliance.model.intent import Environment, Observed
from appliance.model.tunnel import Tunnel, Tunnels
from vendors.juniper_junos import around
from vendors.juniper_junos.writing.statement import word

_MEMBER = re.compile(r'security zones security-zone ("[^"]+"|\S+) interfaces (\S+)(?: .*)?')
_INSTANCE = re.compile(r'routing-instances ("[^"]+"|\S+) interface (\S+)')


class Box:
    """A device and the tunnels on it that are not this site's (`others`) and that are (`mine`)."""

    def __init__(
        self, *, site: str, observed: Observed, environment: Environment, mine: Tunnels
    ) -> None:
        names = {tunnel.name for tunnel in mine}
        self.site = site
        self.observed = observed
        self.environment = environment
        self.mine = mine
        self.others = tuple(t for t in observed.tunnels if t.name not in names)

    @property
    def blank(self) -> bool:
        """Whether there is no device to ask: names are then stable defaults."""
        return self.observed.blank

    @property
    def where(self) -> str:
        """The place for errors."""
        return f"site {self.site}"

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Every VPN-related statement of the device, as `set` has it."""
        return around.lines(self.observed.objects)

    @cached_property
    def surroundings(self) -> around.Surroundings:
        """What the device holds beside its tunnels."""
        return around.Surroundings(self.observed.objects)

    @cached_property
    def zones(self) -> dict[str, str]:
        """Interface -> its security zone."""
        return {m[2]: m[1].strip('"') for m in self._matching(_MEMBER)}

    @cached_property
    def instances(self) -> dict[str, str]:
        """Interface -> its routing instance, where that is not the main one."""
        return {m[2]: m[1].strip('"') for m in self._matching(_INSTANCE)}

    def _matching(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return (match for line in self.lines if (match := pattern.fullmatch(line)))

    def below(self, path: str) -> tuple[str, ...]:
        """What stands below a path, without it."""
        return tuple(
            line.removeprefix(f"{path} ") for line in self.lines if line.startswith(f"{path} ")
        )

    def has(self, path: str) -> bool:
        """Whether the device has the statement, or anything below it."""
        return any(line == path or line.startswith(f"{path} ") for line in self.lines)

    def free(self, path: str, name: str) -> str:
        """`name`, or with a number where the device has something of that name already."""
        candidate, number = name, 2
        while self.has(f"{path} {word(candidate)}"):
            candidate, number = f"{name}-{number}", number + 1
        return candidate

    def strangers(self, users: str, reference: str, ours: set[str]) -> tuple[str, ...]:
        """Who else refers to something: of the things at `users` those that are not `ours`.

        `security ike policy`, `proposals P` finds other policies that take the proposal P.
        """
        pattern = re.compile(rf'{users} ("[^"]+"|\S+) {re.escape(reference)}')
        found = dict.fromkeys(match[1].strip('"') for match in self._matching(pattern))
        return tuple(name for name in found if name not in ours)

    def own(self, kind: str) -> set[str]:
        """Names of a kind of object that the site's own tunnels have."""
        return {tunnel.objects[kind] for tunnel in self.mine if kind in tunnel.objects}

    def shared(self, kind: str, name: str) -> bool:
        """Whether another site's tunnel has the object `name` of this kind."""
        return any(tunnel.objects.get(kind) == name for tunnel in self.others)

    def unit(self, siblings: Tunnels) -> str:
        """A free st0 unit, numbered from what the inventory asks."""
        taken = {tunnel.name for tunnel in siblings}
        taken |= {t.interface.name for t in siblings if t.interface is not None}
        number = self.environment.tunnel_number
        while (name := f"st0.{number}") in taken or self._unit_is_there(name):
            number += 1
        return name

    def _unit_is_there(self, name: str) -> bool:
        unit = name.replace(".", " unit ")
        held = (name in self.observed.interfaces, name in self.zones, name in self.instances)
        return any(held) or self.has(f"interfaces {unit}")

    def check(self, tunnel: Tunnel) -> None:
        """Raise `RefusedError` when the outside interface is not what the inventory says."""
        name, address = tunnel.local.interface, tunnel.local.address
        if name is None:
            self._check_named()
            return
        if self.blank:
            return
        if name not in self.observed.interfaces:
            known = ", ".join(sorted(self.observed.interfaces)) or "none"
            raise RefusedError(
                f"the device has no interface {name}",
                where=self.where,
                hint=f"device.interfaces.outside must be one of: {known}",
            )
        held = self.observed.interfaces[name]
        if held is not None and address is not None and held.ip != address:
            raise RefusedError(
                f"{name} has {held.ip}, but the inventory says the device leaves from {address}",
                where=self.where,
                hint="correct on_premises.public_ip, or set nat: true and private_ip",
            )

    def _check_named(self) -> None:
        if self.blank:
            raise UnsupportedError(
                "an SRX must be told the interface that IKE leaves from, with its unit",
                where=self.where,
                hint="set device.interfaces.outside, as ge-0/0/0.0",
            )

    def holder(self, address: IPv4Address | None) -> str | None:
        """The interface that holds an address."""
        if address is None:
            return None
        holders = (n for n, held in self.observed.interfaces.items() if held and held.ip == address)
        return next(holders, None) or self._second_address(address)

    def _second_address(self, address: IPv4Address) -> str | None:
        pattern = (
            rf"interfaces (\S+) unit (\d+) family inet address {re.escape(str(address))}/\d+.*"
        )
        match = next(self._matching(re.compile(pattern)), None)
        return f"{match[1]}.{match[2]}" if match else None

    def facing(self, network: IPv4Network) -> str | None:
        """The interface behind which a network of the site is: connected, or by a static route."""
        connected = self._connected(network)
        if connected is not None:
            return connected
        for line in self.lines:
            match = re.fullmatch(r".*routing-options static route (\S+) next-hop ([\d.]+)", line)
            if match and network.subnet_of(IPv4Network(match[1])) and match[1] != "0.0.0.0/0":
                return self._connected(IPv4Network(match[2]))
        return None

    def _connected(self, network: IPv4Network) -> str | None:
        tunnels = ("st0", "lo0")
        for name, held in self.observed.interfaces.items():
            if held is not None and held.network.overlaps(network) and not name.startswith(tunnels):
                return name
        return None

    def check_free(self, name: str, address: IPv4Interface) -> None:
        """Raise `RefusedError` when another interface has an address of the same network."""
        for other, held in self.observed.interfaces.items():
            if other != name and held is not None and held.network.overlaps(address.network):
                raise RefusedError(
                    f"{address} for {name} overlaps with {other}, which has {held}",
                    where=self.where,
                    hint="choose an address that is in no other network of the device",
                )
