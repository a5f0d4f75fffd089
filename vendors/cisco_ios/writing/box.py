"""What is free and what is taken on a device, as far as new tunnels must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

from appliance.errors import RefusedError
from appliance.model.intent import Environment, Observed
from appliance.model.pairing import LABEL
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.record import dataclass

_FURTHER = (
    r"(?:(?:standby|vrrp)(?: \d+)? ip |address |ip address (?=\S+ \S+ secondary))"
    r"(\d+\.\d+\.\d+\.\d+)"
)
DYNAMIC_SEQUENCE = 60000
"""Catch-all dynamic entries sit high by custom; ours stay below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A device and the tunnels on it that are not this site's.

    `blank` is a device nobody has looked at: names are then stable defaults.
    """

    site: str
    observed: Observed
    environment: Environment
    others: Tunnels

    @property
    def blank(self) -> bool:
        """Whether there is no device to ask."""
        return self.observed.blank

    def lines(self, heading: str) -> tuple[str, ...]:
        """The statements of one section, () when the device has none of that heading."""
        return self.observed.objects.get(heading, ())

    def label(self, tunnel: Tunnel) -> str:
        """What names of the tunnel's own objects end with."""
        return tunnel.objects.get(LABEL) or f"{self.site}-{tunnel.name.replace(' ', '-')}"

    def shared(self, kind: str, name: str) -> bool:
        """Whether another site's tunnel uses the object `name` of this kind."""
        return any(tunnel.objects.get(kind) == name for tunnel in self.others)

    def common(self, kind: str, name: str) -> bool:
        """Whether more than one tunnel runs with the object `name` of this kind, whosever."""
        return sum(one.objects.get(kind) == name for one in self.observed.tunnels) > 1

    def tunnel_interface(self, taken: set[str]) -> str:
        """A free tunnel interface, numbered from what the inventory asks."""
        number = self.environment.tunnel_number
        while (name := f"Tunnel{number}") in self.observed.interfaces or name in taken:
            number += 1
        return name

    def isakmp_policy(self) -> str:
        """A free policy number behind all others: those are still tried first."""
        used = [int(name.split()[-1]) for name in self._headings("crypto isakmp policy ")]
        return str(max(used, default=90) + 10)

    def takes_keys(self, policy: str) -> bool:
        """Whether an isakmp policy authenticates by pre-shared key."""
        lines = self.lines(f"crypto isakmp policy {policy}")
        return "authentication pre-share" in lines or self.blank

    def map_entry(self, interface: str | None) -> str:
        """`NAME SEQ` for a new crypto map entry; IOS binds one map to an interface."""
        bound = [
            line.split()[2]
            for line in self.lines(f"interface {interface}")
            if re.fullmatch(r"crypto map \S+( redundancy .*)?", line)
        ]
        name = bound[0] if bound else "appliance-map"
        used = [int(entry.split()[3]) for entry in self._headings(f"crypto map {name} ")]
        number = max((seq for seq in used if seq < DYNAMIC_SEQUENCE), default=0) + 10
        while number in used:
            number += 1
        return f"{name} {number}"

    def _headings(self, prefix: str) -> Iterator[str]:
        return (heading for heading in self.observed.objects if heading.startswith(prefix))

    def check(self, tunnel: Tunnel) -> None:
        """Raise `RefusedError` when the outside interface is not what the inventory says."""
        name, address = tunnel.local.interface, tunnel.local.address
        if self.blank or name is None:
            return
        if name not in self.observed.interfaces:
            known = ", ".join(sorted(self.observed.interfaces)) or "none"
            raise RefusedError(
                f"the device has no interface {name}",
                where=f"site {self.site}",
                hint=f"device.interfaces.outside must be one of: {known}",
            )
        held = self.leaves(name, tunnel.mode)
        own = {held, None, *self.lends(name)}
        if held is not None and address not in own:
            raise RefusedError(
                f"{name} has {held}, but the inventory says the device leaves from {address}",
                where=f"site {self.site}",
                hint="correct on_premises.public_ip, or set nat: true and private_ip",
            )
        self._check_map(name, tunnel)

    def vrf(self, interface: str | None) -> str | None:
        """The front-door VRF that an interface is in; its routes lead to the gateway."""
        lines = self.lines(f"interface {interface}")
        found = (re.fullmatch(r"(?:ip )?vrf forwarding (\S+)", line) for line in lines)
        return next((match[1] for match in found if match), None)

    def leaves(self, interface: str, mode: Mode) -> IPv4Address | None:
        """The address that tunnels leave an interface with: a crypto map may lend another one."""
        for other in self.observed.tunnels if mode is Mode.POLICY_BASED else ():
            if other.mode is mode and other.local.interface == interface and other.local.address:
                return other.local.address
        held = self.observed.interfaces.get(interface)
        return None if held is None else held.ip

    def lends(self, interface: str | None) -> set[IPv4Address]:
        """Further addresses of an interface: secondary ones, and those that routers share."""
        found = (re.match(_FURTHER, line) for line in self.lines(f"interface {interface}"))
        return {IPv4Address(match[1]) for match in found if match}

    def _check_map(self, name: str, tunnel: Tunnel) -> None:
        """Raise `RefusedError` for an interface that only lends its address to a crypto map."""
        for other in self.observed.tunnels if tunnel.mode is Mode.POLICY_BASED else ():
            lent = other.mode is tunnel.mode and other.local.address == tunnel.local.address
            if lent and other.local.interface not in (None, name):
                raise RefusedError(
                    f"{name} lends its address to `{other.name}`, which is bound to "
                    f"{other.local.interface}: traffic leaves there",
                    where=f"site {self.site}",
                    hint=f"set device.interfaces.outside to {other.local.interface}",
                )

    def interface_of(self, address: IPv4Address | None) -> str | None:
        """The interface that holds an address."""
        holders = (n for n, held in self.observed.interfaces.items() if held and held.ip == address)
        return next(holders, None) if address is not None else None

    def check_free(self, name: str, address: IPv4Interface) -> None:
        """Raise `RefusedError` when IOS would answer that the address overlaps."""
        for other, held in self.observed.interfaces.items():
            if other != name and held is not None and held.network.overlaps(address.network):
                raise RefusedError(
                    f"{address} for {name} overlaps with {other}, which has {held}",
                    where=f"site {self.site}",
                    hint="choose an address that is in no other network of the device",
                )

    def bgp_process(self, asn: int) -> str:
        """What the BGP process of this AS is called: on some devices `1.10` (RFC 5396).

        Raises `RefusedError` when the device already is another AS: IOS has one BGP process.
        """
        from vendors.cisco_ios.reading import bgp  # noqa: PLC0415 -- few speak BGP

        heading = next(self._headings("router bgp "), f"router bgp {asn}")
        name = heading.split()[-1]
        if bgp.asn(name) != asn:
            raise RefusedError(
                f"the device runs `{heading}`, the inventory says AS {asn}",
                where=f"site {self.site}",
                hint="correct on_premises.bgp.asn (Azure's local network gateway must agree)",
            )
        return name
