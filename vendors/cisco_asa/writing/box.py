"""What is free and what is taken on a device, as far as new tunnels must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from zlib import crc32

from appliance.errors import RefusedError
from appliance.model.intent import Beside, Environment, Observed
from appliance.model.pairing import LABEL
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import dataclass
from vendors.cisco_asa import names

CLAMP = "sysopt connection tcpmss"

DYNAMIC_SEQUENCE = 60000
"""Catch-all dynamic entries sit high by custom (65535); ours stay below."""

LAST_POLICY = 65535
POOL = IPv4Network("169.254.64.0/18")
"""Addresses for tunnel interfaces that are given none: link-local, and none of those that Azure
has for BGP (169.254.21.0/24 and 169.254.22.0/24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A device and the tunnels on it that are not this site's.

    `blank` is a device nobody has looked at: names are then stable defaults. `beside` are the other
    sites of the inventory that are on it.
    """

    site: str
    observed: Observed
    environment: Environment
    others: Tunnels
    beside: tuple[Beside, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is no device to ask."""
        return self.observed.blank

    def lines(self, heading: str) -> tuple[str, ...]:
        """The statements of one section, () when the device has none of that heading."""
        return self.observed.objects.get(heading, ())

    def has(self, statement: str) -> bool:
        """Whether the device has this section, or statement with more words behind it or not."""
        return any(
            known == statement or known.startswith(f"{statement} ")
            for known in self.observed.objects
        )

    def headings(self, prefix: str) -> Iterator[str]:
        """Headings that begin so."""
        return (heading for heading in self.observed.objects if heading.startswith(prefix))

    def refused(self, message: str, hint: str) -> RefusedError:
        """The error to raise for this site."""
        return RefusedError(message, where=f"site {self.site}", hint=hint)

    def label(self, tunnel: Tunnel) -> str:
        """What names of the tunnel's own objects end with."""
        return tunnel.objects.get(LABEL) or f"{self.site}-{tunnel.name.replace(' ', '-')}"

    def shared(self, kind: str, name: str) -> bool:
        """Whether another site's tunnel uses the object `name` of this kind."""
        return any(tunnel.objects.get(kind) == name for tunnel in self.others)

    # --- numbers ---

    def tunnel_interface(self, taken: set[str]) -> str:
        """A free tunnel interface, numbered from what the inventory asks."""
        number = self.environment.tunnel_number
        while (name := f"Tunnel{number}") in self.observed.interfaces or name in taken:
            number += 1
        return name

    def policy(self, kind: str, listed: set[int]) -> int:
        """A free priority behind all others: those are still tried first."""
        used = {int(heading.split()[3]) for heading in self.headings(f"crypto {kind} policy ")}
        used |= listed
        number = max(used, default=90) + 10
        if number <= LAST_POLICY:
            return number
        return next(free for free in range(LAST_POLICY, 0, -1) if free not in used)

    def map_entry(self, nameif: str | None) -> str:
        """`NAME SEQ` for a new crypto map entry; the ASA binds one map to an interface."""
        binding = f" interface {nameif}".lower()
        bound = (h for h in self.headings("crypto map ") if h.lower().endswith(binding))
        name = next((heading.split()[2] for heading in bound), "appliance-map")
        entries = (heading.split()[3:4] for heading in self.headings(f"crypto map {name} "))
        used = {int(words[0]) for words in entries if words and words[0].isdigit()}
        number = max((seq for seq in used if seq < DYNAMIC_SEQUENCE), default=0) + 10
        if number >= DYNAMIC_SEQUENCE:
            number = next(free for free in range(1, DYNAMIC_SEQUENCE) if free not in used)
        return f"{name} {number}"

    def free(self, heading: str, name: str) -> str:
        """`name`, or `name-2`, `name-3` ...: what the device does not have under this heading."""
        number, candidate = 1, name
        while f"{heading} {candidate}" in self.observed.objects:
            number += 1
            candidate = f"{name}-{number}"
        return candidate

    # --- interfaces ---

    def nameif(self, name: str | None) -> str | None:
        """The name of an interface as the device spells it, also of `GigabitEthernet0/0`."""
        if name is None:
            return None
        for line in self.lines(f"interface {name}"):
            if line.startswith("nameif "):
                return line.split()[1]
        known = (one for one in self.observed.interfaces if one.lower() == name.lower())
        return next(known, name)

    def interface_of(self, address: IPv4Address | None) -> str | None:
        """The interface that holds an address, by its name."""
        holders = (n for n, held in self.observed.interfaces.items() if held and held.ip == address)
        return self.nameif(next(holders, None)) if address is not None else None

    def inside(self) -> str:
        """The interface the on-premises networks are behind.

        Raises `RefusedError` when the device has none of that name and the inventory names none.
        """
        asked = self.environment.inside_interface
        name = self.nameif(asked or "inside") or "inside"
        if self.blank or name in self.observed.interfaces:
            return name
        known = ", ".join(sorted(self.observed.interfaces)) or "none"
        raise self.refused(
            f"the device has no interface {name}, where the on-premises networks would be",
            f"device.interfaces.inside must be one of: {known}",
        )

    def check(self, tunnel: Tunnel) -> None:
        """Raise `RefusedError` when the outside interface is not what the inventory says."""
        name, address = self.nameif(tunnel.local.interface), tunnel.local.address
        if self.blank or name is None:
            return
        if name not in self.observed.interfaces:
            known = ", ".join(sorted(self.observed.interfaces)) or "none"
            raise self.refused(
                f"the device has no interface {name}",
                f"device.interfaces.outside must be one of: {known}",
            )
        if self._down(name):
            raise self.refused(
                f"{name} is shut down on the device",
                "bring it up (`no shutdown`), or correct device.interfaces.outside",
            )
        held = self.observed.interfaces[name]
        if held is not None and address is not None and held.ip != address:
            raise self.refused(
                f"{name} has {held.ip}, but the inventory says the device leaves from {address}",
                "correct on_premises.public_ip, or set nat: true and private_ip",
            )

    def _down(self, name: str) -> bool:
        """Whether the interface of that name is switched off."""
        lines = (
            self.lines(heading)
            for heading in self.headings("interface ")
            if f"nameif {name}" in self.lines(heading)
        )
        return any("shutdown" in statements for statements in lines)

    def check_identity(self) -> None:
        """Raise `RefusedError` when the box names itself by what Azure cannot check."""
        for heading in self.headings("crypto isakmp identity "):
            if heading.split()[3] not in {"address", "auto"}:
                raise self.refused(
                    f"the device names itself to all peers by `{heading}`, Azure expects its "
                    "address",
                    "if no other peer needs it: `crypto isakmp identity auto` on the device",
                )

    def check_free(self, name: str, address: IPv4Interface) -> None:
        """Raise `RefusedError` when the ASA would answer that the address overlaps."""
        for other, held in self.observed.interfaces.items():
            if other != name and held is not None and held.network.overlaps(address.network):
                raise self.refused(
                    f"{address} for {name} overlaps with {other}, which has {held}",
                    "choose an address that is in no other network of the device",
                )

    def link_address(self, label: str, siblings: Tunnels) -> IPv4Interface:
        """A free /30 for a tunnel interface that is given no address: the same one every time."""
        interfaces = (sibling.interface for sibling in siblings)
        held = [
            *self.observed.interfaces.values(),
            *(one.address for one in interfaces if one is not None),
        ]
        taken = [address.network for address in held if address is not None]
        count = POOL.num_addresses // 4
        start = crc32(label.encode()) % count
        for offset in range(count):
            base = POOL.network_address + 4 * ((start + offset) % count)
            network = IPv4Network((base, 30))
            if not any(network.overlaps(other) for other in taken):
                return IPv4Interface((base + 1, 30))
        raise self.refused(
            f"no /30 of {POOL} is free for the tunnel interface",
            "give it an address: device.tunnel.addresses",
        )

    # --- what is one for the whole box ---

    def mss(self) -> int | None:
        """`sysopt connection tcpmss` in force; None when it is switched off."""
        statement = self.clamp()
        return names.TCP_MSS if statement is None else int(statement.split()[3]) or None

    def clamp(self) -> str | None:
        """The statement that says so; None when the device has none."""
        found = (h for h in self.headings(f"{CLAMP} ") if h.split()[3].isdigit())
        return next(found, None)

    def check_bgp(self, asn: int) -> None:
        """Raise `RefusedError` when the device already is another AS: an ASA is one only."""
        for heading in self.headings("router bgp "):
            if heading != f"router bgp {asn}":
                raise self.refused(
                    f"the device runs `{heading}`, the inventory says AS {asn}",
                    "correct on_premises.bgp.asn (Azure's local network gateway must agree)",
                )

    def translates(self, nameif: str) -> bool:
        """Whether NAT rules may change what leaves by this interface."""
        if self.blank:
            return True
        ways = {nameif.lower(), "any"}
        rules = [*self.headings("nat ")]
        for heading in self.headings("object network "):
            rules += self.lines(heading)
        found = (re.match(r"nat \([^,()]+,([^,()]+)\)", rule) for rule in rules)
        return any(one is not None and one[1].lower() in ways for one in found)
