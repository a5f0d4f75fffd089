"""Everything that reading a tunnel needs to look up, indexed once for the whole device."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.model.tunnel import Local
from vendors.cisco.sections import Block, Notes, Said
from vendors.cisco_ios.reading.access import AccessLists
from vendors.cisco_ios.reading.addresses import Interfaces, Outer
from vendors.cisco_ios.reading.bgp import BgpProcess
from vendors.cisco_ios.reading.ike import Ikes
from vendors.cisco_ios.reading.nat import Nat
from vendors.cisco_ios.reading.routes import Routes
from vendors.cisco_ios.reading.running import Running
from vendors.cisco_ios.reading.selectors import lets_in, own_entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter

LABEL = "appliance:"
"""What the description of our own interfaces and map entries begins with."""


class Device:
    """The indexes over one configuration."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.interfaces = Interfaces(running)
        self.lists = AccessLists(running)
        self.routes = Routes(running, self.interfaces)
        self.bgp = BgpProcess(running, self.interfaces, self.routes)
        self.ikes = Ikes(running, self.interfaces)
        self.nat = Nat(running, self.lists)
        self.map_locals = _by_map(running, "map local-address")
        self.map_profiles = _by_map(running, "map isakmp-profile")

    def permits(
        self, local: Local, remotes: tuple[IPv4Address, ...], notes: Notes
    ) -> tuple[IPv4Address, ...] | None:
        """The peers whose IKE and ESP the outside access list lets in; None: there is none."""
        said = self._incoming(local.interface)
        if said is None:
            return None
        name = said.args[0]
        notes.at("permits", said)
        passing = []
        for remote in remotes:
            passes, entry = lets_in(self.lists, name, remote, local.address)
            if passes:
                passing.append(remote)
                if entry is not None:
                    notes.at("permits", entry.line)
        own = own_entries(self.lists, name, remotes[0]) if remotes else None
        if own is not None:
            notes.objects["permits"] = own
        return tuple(passing)

    def crossing(self, block: Block, outside: str | None, notes: Notes) -> Filter | None:
        """What the access lists of a tunnel interface or a crypto map entry let through.

        The traffic of an entry crosses the firewall of the interface that its map is bound to.
        """
        applied = block.all("access-group")
        around = self.running.block("interface", outside) if outside is not None else block
        zone = around.last("zone-member") if around is not None else None
        if not applied and zone is None:
            return None
        from vendors.cisco_ios.reading.traffic import crossing  # noqa: PLC0415 -- few have lists

        return crossing(self.lists, applied, zone, notes)

    def _incoming(self, interface: str | None) -> Said | None:
        block = self.running.block("interface", interface) if interface else None
        for said in reversed(block.all("access-group") if block is not None else []):
            if len(said.args) > 1 and said.args[1].lower() == "in":
                return said
        return None


def _by_map(running: Running, kind: str) -> dict[str, Said]:
    """Statements about whole crypto maps, by the map's name."""
    return {said.words[2]: said for said in running.said(kind)}


def label(block: Block) -> str | None:
    """The name we gave a tunnel, out of its description."""
    said = block.last("description")
    if said is None:
        return None
    words = said.args
    return words[1] if len(words) > 1 and words[0] == LABEL else None


def outer_of(device: Device, said: Said | None, vrf: str | None, notes: Notes) -> Outer:
    """The end that a statement names, in this front-door VRF; none without it."""
    return Outer() if said is None else device.interfaces.outer(said, vrf, notes)
