"""Addresses of interfaces, and reading addresses as IOS writes them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface

from appliance.record import dataclass
from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Block, Notes, Said
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.running import Running


def default_mask(base: str) -> str:
    """The mask IOS takes where none is given: 0.0.0.0 is everybody, all else one host."""
    return "0.0.0.0" if base == "0.0.0.0" else "255.255.255.255"  # noqa: S104 -- no bind


def interface_addresses(block: Block) -> list[IPv4Interface]:
    """All fixed addresses of an interface, the primary one first."""
    primary: list[IPv4Interface] = []
    secondary: list[IPv4Interface] = []
    for said in block.all("ip address"):
        args = said.args
        found = network(args[0], args[1]) if len(args) > 1 else None
        if found is not None:
            held = IPv4Interface(f"{args[0]}/{found.prefixlen}")
            if len(args) > 2 and "secondary".startswith(args[2].lower()):  # noqa: PLR2004 -- words
                secondary.append(held)
            else:
                primary = [held]
        else:
            primary = []
    return primary + secondary


def shared_addresses(block: Block, name: str | None = None) -> list[IPv4Address]:
    """What an interface shares with other routers (HSRP, VRRP); of the group of a name alone."""
    groups = [one.words[1] for one in block.all("virtual name") if one.args[:1] == [name]]
    found = (
        address(one.args[0])
        for one in block.all("virtual ip")
        if one.args and (name is None or one.words[1] in groups)
    )
    return [one for one in found if one is not None]


def first_address(block: Block | None) -> IPv4Interface | None:
    """The address an interface speaks from, None when it has none or not a fixed one."""
    held = interface_addresses(block) if block is not None else []
    return held[0] if held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """Where a tunnel leaves: address, and the interface with the line that says so."""

    address: IPv4Address | None = None
    interface: str | None = None


class Interfaces:
    """The interfaces of a configuration, by name and by address."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.first: dict[str, IPv4Interface | None] = dict.fromkeys(running.names("interface"))
        self._holders: dict[IPv4Address, list[str]] = {}
        for block in running.saying("interface", " ad"):
            held = interface_addresses(block)
            self.first[block.name] = held[0] if held else None
            for one in (*(one.ip for one in held), *shared_addresses(block)):
                self._holders.setdefault(one, []).append(block.name)

    def holder(self, wanted: IPv4Address, vrf: str | None) -> str | None:
        """The interface that has an address, alone or with others; in this VRF if one has it."""
        names = self._holders.get(wanted, [])
        mine = (name for name in names if self._vrf(name) == vrf) if len(names) > 1 else ()
        return next(iter(mine), names[0] if names else None)

    def _vrf(self, name: str) -> str | None:
        block = self.running.block("interface", name)
        said = block.last("vrf") if block is not None else None
        return said.args[0] if said is not None and said.args else None

    def lent(self, name: str) -> IPv4Interface | None:
        """The address of an interface, or of the one it borrows from."""
        held = self.first.get(name)
        block = self.running.block("interface", name)
        said = block.last("ip unnumbered") if block is not None and held is None else None
        return held if said is None else self.first.get(canonical(said.args))

    def outer(self, said: Said, vrf: str | None, notes: Notes) -> Outer:
        """The end that `tunnel source` or `local-address` names; dangling names are noted."""
        if not said.args or said.args[0].lower() == "dynamic":
            return Outer()
        fixed = address(said.args[0])
        if fixed is not None:
            return Outer(address=fixed, interface=self.holder(fixed, vrf))
        name = canonical(said.args)
        if name not in self.first:
            notes.lacks("interface", name)
        held = self.lent(name)
        notes.at("local.address", self._address_line(name))
        return Outer(address=held.ip if held else None, interface=name)

    def _address_line(self, name: str) -> Said | None:
        block = self.running.block("interface", name)
        return block.last("ip address", "ip unnumbered") if block is not None else None
