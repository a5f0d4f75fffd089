"""Everything that reading a tunnel needs to look up, indexed once for the whole device."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Ike, Local
from appliance.record import dataclass
from vendors.cisco.sections import Block, Notes, Said
from vendors.cisco_asa import names
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.bgp import BgpProcess
from vendors.cisco_asa.reading.esp import Esps
from vendors.cisco_asa.reading.groups import (
    DEFAULT_GROUP,
    DEFAULT_POLICY,
    Group,
    Groups,
    dpd,
    shared_key,
    versions_keyed,
)
from vendors.cisco_asa.reading.ike_proposals import Policies
from vendors.cisco_asa.reading.interfaces import Interfaces
from vendors.cisco_asa.reading.nat import Nat
from vendors.cisco_asa.reading.places import Names, Objects
from vendors.cisco_asa.reading.routes import Routes
from vendors.cisco_asa.reading.running import Running
from vendors.cisco_asa.reading.selectors import lets_in
from vendors.cisco_asa.reading.text import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter
    from vendors.cisco_asa.reading.traffic import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """What IKE is configured to do for one tunnel."""

    ike: Ike
    psk: Secret | Hidden | None
    identity: str | None


class Device:
    """The indexes over one configuration."""

    def __init__(self, running: Running, version: str | None) -> None:
        self.running = running
        self.version = version
        self.names = Names(running)
        self.objects = Objects(running, self.names)
        self.interfaces = Interfaces(running, self.names)
        self.lists = AccessLists(running, self.names, self.objects)
        self.routes = Routes(running, self.names, self.interfaces)
        self.bgp = BgpProcess(running, self.names, self.interfaces, self.routes)
        self.nat = Nat(running, self.objects, self.lists, self.routes)
        self.groups = Groups(running, self.names)
        self.policies = Policies(running, version)
        self.esps = Esps(running, version)
        self.enabled = {
            version: [said.args[0].lower() for said in running.said(kind) if said.args]
            for version, kind in ((IkeVersion.V1, "ikev1 enable"), (IkeVersion.V2, "ikev2 enable"))
        }
        self._placed: Placed | None = None
        self._control: dict[str, Said] | None = None
        for one in self.interfaces:
            if one.address is not None and one.nameif:
                self.lists.owners[one.nameif.lower()] = IPv4Network(one.address.ip)

    # --- IKE ---

    def negotiate(
        self,
        block: Block,
        peers: tuple[str, ...],
        interface: str | None,
        notes: Notes,
        *,
        dynamic: bool = False,
    ) -> Negotiation:
        """For a profile or map entry with these peers, out of an interface (a nameif)."""
        group = self._group(peers, notes, dynamic=dynamic)
        version = self._version(block, group, interface, notes)
        psk = shared_key(group, version, notes)
        ike = Ike(
            version=version,
            proposals=self.policies.offered(version, notes, shared_key=psk is not None),
            dpd=dpd(group, notes),
        )
        return Negotiation(ike=ike, psk=psk, identity=self._identity(block, version, notes))

    def _group(self, peers: tuple[str, ...], notes: Notes, *, dynamic: bool) -> Group:
        """The group of the first peer that has one; each peer must have one, or a default key."""
        groups = [self.groups.of(peer) for peer in peers]
        default = self.groups.of(None)
        own = [group for group in groups if group.name != DEFAULT_GROUP]
        if not versions_keyed(default) and not dynamic:
            for peer, group in zip(peers, groups, strict=True):
                if group.name == DEFAULT_GROUP:
                    notes.lacks("tunnel-group", str(self.names.address(peer) or peer))
        chosen = own[0] if own else default
        if own:
            notes.objects["tunnel-group"] = chosen.name
            notes.odd.extend(chosen.ipsec.unknown if chosen.ipsec is not None else [])
        self._policy(chosen, notes)
        return chosen

    def _policy(self, group: Group, notes: Notes) -> None:
        """The group policy in force, with its filter."""
        policy = self.groups.policy_name(group)
        if not self.groups.defined(policy):
            notes.lacks("group-policy", shown(policy))
        elif policy != DEFAULT_POLICY:
            notes.objects["group-policy"] = shown(policy)
        said = self.groups.filter(policy)
        if said is not None:
            notes.objects["vpn-filter"] = said.args[0]
            own = self.groups.policy(policy)
            if own is not None and said in own.all("vpn-filter"):
                notes.objects["vpn-filter policy"] = shown(policy)
            if self.lists.entries(said.args[0]) is None:
                notes.lacks("access-list", said.args[0])

    def _version(
        self, block: Block, group: Group, interface: str | None, notes: Notes
    ) -> IkeVersion:
        """What the ASA speaks first: IKEv2 where both are set and it may, else the one set.

        What stands in the way of it goes to `missing`.
        """
        sets = {
            IkeVersion.V2: block.last("ipsec-proposal"),
            IkeVersion.V1: block.last("transform-set"),
        }
        told = [version for version, said in sets.items() if said is not None]
        candidates = told or [one for one in sets if one in versions_keyed(group)]
        open_ = [one for one in candidates if self._may(one, group, interface)]
        version = next(iter([*open_, *candidates]), IkeVersion.V1)
        notes.at("ike.version", sets[version] or block.line)
        if candidates:
            self._obstacles(version, group, interface, notes)
        return version

    def _may(self, version: IkeVersion, group: Group, interface: str | None) -> bool:
        listening = interface is None or interface.lower() in self.enabled[version]
        policy = self.groups.policy_name(group)
        keyed = versions_keyed(group)
        return (
            listening and self.groups.allows(policy, version)[0] and (version in keyed or not keyed)
        )

    def _obstacles(
        self, version: IkeVersion, group: Group, interface: str | None, notes: Notes
    ) -> None:
        if interface is not None and interface.lower() not in self.enabled[version]:
            notes.lacks(f"crypto ikev{version:d} enable", interface)
        policy = self.groups.policy_name(group)
        allowed, said = self.groups.allows(policy, version)
        if not allowed and said is not None:
            notes.lacks(f"vpn-tunnel-protocol ikev{version:d}", f"in group-policy {shown(policy)}")

    def _identity(self, block: Block, version: IkeVersion, notes: Notes) -> str | None:
        """What the ASA calls itself: set for the tunnel (IKEv2), or for the whole box."""
        own = block.last("local-identity")
        if own is not None and version is IkeVersion.V2:
            notes.at("local.identity", own)
            kind, values = own.args[0].lower(), own.args[1:]
            if kind in {"address", "any"}:
                return values[0] if values else None
            return f"{kind} {' '.join(values)}".strip()
        said = next(iter(self.running.said("isakmp identity")[-1:]), None)
        words = _lower(said) if said is not None else []
        notes.at("local.identity", said)
        if said is not None and words[:1] == ["key-id"] and len(words) > 1:
            return f"key-id {said.args[1]}"
        if words[:1] != ["hostname"]:
            return None
        parts = [self.running.said(kind) for kind in ("hostname", "domain-name")]
        return ".".join(one[-1].args[0] for one in parts if one and one[-1].args) or None

    # --- the outside interface ---

    def local(self, interface: str | None, identity: str | None, notes: Notes) -> Local:
        """Our end, out of an interface by its nameif."""
        held = self.interfaces.named(interface) if interface is not None else None
        if interface is not None and held is None:
            notes.lacks("interface", interface)
        if held is not None:
            notes.at("local.address", held.block.last("ip address"))
        return Local(
            address=held.address.ip if held is not None and held.address else None,
            interface=interface if held is None else held.nameif,
            identity=identity,
        )

    def permits(
        self, local: Local, remotes: tuple[IPv4Address, ...], notes: Notes
    ) -> tuple[IPv4Address, ...] | None:
        """The peers whose IKE and ESP a control-plane list lets in; None: there is none.

        Lists for traffic through the box do not touch traffic to it.
        """
        said = self._control_plane(local.interface)
        if said is None:
            return None
        notes.at("permits", said)
        passing = []
        for remote in remotes:
            passes, entry = lets_in(self.lists, said.args[0], remote, local.address)
            if passes:
                passing.append(remote)
                notes.at("permits", entry.line if entry is not None else None)
        return tuple(passing)

    def crossing(self, entered: str | None, through: str | None, notes: Notes) -> Filter | None:
        """What the lists in a tunnel's way let through: what comes out of it appears at one
        interface (`entered`), and it has one of its own or not (`through`)."""
        policy = notes.objects.get("group-policy", DEFAULT_POLICY)
        named = "vpn-filter" in notes.objects
        off = self.running.off("permit-vpn")
        if off:
            notes.objects["permit-vpn"] = "off"
        if not (named or off or self.running.lines.get("access-group")):
            return None
        from vendors.cisco_asa.reading.traffic import (  # noqa: PLC0415 -- few have lists
            Applied,
            crossing,
            placed,
        )

        applied = Applied(
            vpn_filter=self.groups.filter(policy) if named else None,
            entered=entered,
            through=through,
        )
        if self._placed is None:
            self._placed = placed(self.running)
        return crossing(self._placed, self.lists, applied, notes)

    def _control_plane(self, interface: str | None) -> Said | None:
        if self._control is None:
            lines = (said for said in self.running.said("access-group") if len(said.args) > 3)  # noqa: PLR2004 -- NAME in interface X
            filed = ((_lower(said), said) for said in lines)
            self._control = {w[3]: said for w, said in filed if w[-1] == "control-plane"}
        return self._control.get((interface or "").lower())

    def mss(self) -> tuple[int | None, Said | None]:
        """Bytes that TCP is clamped to on the whole box; 0 is off."""
        for said in reversed(self.running.said("tcpmss")):
            if said.args and said.args[0].isdecimal():
                return int(said.args[0]) or None, said
        return names.TCP_MSS, None


def _lower(said: Said) -> list[str]:
    return [word.lower() for word in said.args]
