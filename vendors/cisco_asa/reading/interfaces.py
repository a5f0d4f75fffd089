"""Interfaces of an ASA: by the name people give them (`nameif`), by device name, by address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface

from appliance.record import dataclass
from vendors.cisco.sections import Block, number
from vendors.cisco_asa.reading.places import Names
from vendors.cisco_asa.reading.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface with what a tunnel needs of it; `nameif` is "" where it has none.

    `lender` is the nameif of the interface whose address it borrows.
    """

    block: Block
    nameif: str
    address: IPv4Interface | None
    up: bool
    lender: str | None = None


class Interfaces:
    """The interfaces of a configuration. Names are compared without case, as the ASA does."""

    def __init__(self, running: Running, names: Names) -> None:
        self.running = running
        self.names = names
        self._known: dict[str, Interface] = {}
        self._by_nameif: dict[str, Interface] = {}
        for block in running.blocks("interface"):
            one = self._read(block)
            self._known[block.name] = one
            if one.nameif:
                self._by_nameif.setdefault(one.nameif.lower(), one)
        self.mtus = {
            said.args[0].lower(): said for said in running.said("mtu") if len(said.args) > 1
        }

    def _read(self, block: Block) -> Interface:
        said = block.last("nameif")
        held = block.last("ip address")
        lent = block.last("ip unnumbered")
        args = held.args if held is not None else []
        return Interface(
            block=block,
            nameif=said.args[0] if said is not None else "",
            address=self.names.interface(args[0], args[1]) if len(args) > 1 else None,
            up=block.last("shutdown") is None,
            lender=lent.args[0] if lent is not None else None,
        )

    def __iter__(self) -> Iterator[Interface]:
        return iter(self._known.values())

    def named(self, nameif: str) -> Interface | None:
        """The interface of that nameif; None when there is none."""
        return self._by_nameif.get(nameif.lower())

    def device(self, name: str) -> Interface | None:
        """The interface of that device name (`GigabitEthernet0/0`)."""
        return self._known.get(name)

    def holder(self, wanted: IPv4Address) -> Interface | None:
        """The interface that has an address."""
        held = (one for one in self if one.address is not None and one.address.ip == wanted)
        return next(held, None)

    def spoken(self, nameif: str) -> IPv4Address | None:
        """The address an interface speaks from, its own or the one it borrows."""
        one = self.named(nameif)
        if one is not None and one.address is None and one.lender is not None:
            one = self.named(one.lender)
        return one.address.ip if one is not None and one.address is not None else None

    def mtu(self, nameif: str) -> int | None:
        """Bytes that `mtu NAMEIF` says; None when it does not."""
        said = self.mtus.get(nameif.lower())
        return number(said.args[1]) if said is not None else None

    def first(self) -> Mapping[str, IPv4Interface | None]:
        """Device names and nameifs, each with its address."""
        found: dict[str, IPv4Interface | None] = {}
        for name, one in self._known.items():
            found[name] = one.address
            if one.nameif:
                found[one.nameif] = one.address
        return found
