"""How a tunnel's IKEv1 SA is negotiated: isakmp policies, profiles and keys."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Ike, IkeProposal
from appliance.record import dataclass
from vendors.cisco.sections import Block, Notes, number
from vendors.cisco_ios.names import NAMED_BY
from vendors.cisco_ios.reading.identities import Ends, identity, matched, peer_identity
from vendors.cisco_ios.reading.ike_proposals import isakmp_policies
from vendors.cisco_ios.reading.keys import Found, Keys, longest
from vendors.cisco_ios.reading.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """What IKE is configured to do for one tunnel; `apart`: its profile is for one local end."""

    ike: Ike
    psk: Secret | Hidden | None
    local_identity: str | None
    remote_identity: str | None
    apart: bool = False


class Isakmp:
    """The IKEv1 configuration of a device, indexed for many tunnels."""

    def __init__(self, running: Running, keys: Keys) -> None:
        self.running = running
        self.keys = keys
        self._isakmp: dict[bool, tuple[tuple[IkeProposal, ...], Notes]] = {}
        self._by_peer: dict[tuple[str | None, IPv4Network], Block] | None = None

    def negotiate(self, named: str | None, ends: Ends, notes: Notes) -> Negotiation:
        """For a profile or map entry that sets this isakmp profile (or none)."""
        block = self.running.block("isakmp profile", named) if named else self._picked(ends)
        if named and block is None:
            notes.lacks("isakmp profile", named)
        if block is not None:
            notes.objects["isakmp profile"] = block.name
            if not named:
                notes.objects[NAMED_BY] = "the peer's identity"
            notes.odd.extend(block.unknown)
        psk = self._isakmp_key(block, ends, notes)
        ike = Ike(
            version=IkeVersion.V1,
            proposals=self._isakmp_policies(notes, shared_key=psk is not None),
            dpd=self._isakmp_dpd(block, notes),
        )
        return Negotiation(
            ike=ike,
            psk=psk,
            local_identity=self._self_identity(block, notes),
            remote_identity=peer_identity(block, ends, notes),
        )

    def _isakmp_policies(self, notes: Notes, *, shared_key: bool) -> tuple[IkeProposal, ...]:
        """The global list, read once: every peer is offered all of it."""
        if shared_key not in self._isakmp:
            own = Notes()
            proposals = isakmp_policies(self.running, own, shared_key=shared_key)
            self._isakmp[shared_key] = (proposals, own)
        proposals, own = self._isakmp[shared_key]
        notes.sources.lines.update(own.sources.lines)
        notes.odd.extend(own.odd)
        return proposals

    def _picked(self, ends: Ends) -> Block | None:
        """The isakmp profile that IOS picks by the peer's identity when none is named."""
        if self._by_peer is None:
            self._by_peer = {}
            for block in self.running.blocks("isakmp profile"):
                for said in block.all("match address"):
                    covered, vrf = matched(said)
                    if covered is not None:
                        self._by_peer.setdefault((vrf, covered), block)
        for remote in ends.remotes if self._by_peer else ():
            for length in range(32, -1, -1):
                covered = IPv4Network((remote, length), strict=False)
                found = self._by_peer.get((ends.vrf, covered))
                if found is not None:
                    return found
        return None

    def _isakmp_key(self, block: Block | None, ends: Ends, notes: Notes) -> Secret | Hidden | None:
        rings = [name for said in block.all("keyring") for name in said.args] if block else []
        for remote in ends.served:
            if rings:
                found = self._from_rings(rings, remote, notes)
            else:
                found = self.keys.search(remote, ends.vrf, ends.local.address)
            if found is not None:
                kind, name = (
                    ("keyring", found.ring) if found.ring else ("isakmp key", found.key.name)
                )
                notes.objects[kind] = name or ""
                if found.ring:
                    notes.objects["keyring key"] = found.key.name
                notes.at("psk", found.key.said)
                return found.key.value
        return None

    def _from_rings(self, rings: list[str], remote: IPv4Address, notes: Notes) -> Found | None:
        for name in rings:
            index = self.keys.everywhere if name == "default" else self.keys.ring(name)
            if index is None:
                notes.lacks("keyring", name)
                continue
            best = longest(index, remote)
            if best is not None:
                return Found(key=best, ring=None if name == "default" else name)
        return None

    def _isakmp_dpd(self, block: Block | None, notes: Notes) -> Dpd | None:
        own = block.last("keepalive") if block is not None else None
        said = own or next(iter(self.running.said("isakmp keepalive")[-1:]), None)
        numbers = [number(word) for word in said.args] if said is not None else []
        found = [value for value in numbers if value is not None]
        if said is None or not found:
            return None
        notes.at("ike.dpd", said)
        periodic = any(len(word) > 1 and "periodic".startswith(word) for word in said.args)
        retry = found[1] if len(found) > 1 else _RETRY
        return Dpd(delay_seconds=found[0], retry_seconds=retry, on_demand=not periodic)

    def _own_name(self, notes: Notes) -> str | None:
        """What `crypto isakmp identity hostname` sends: host and domain name."""
        said = self.running.said("isakmp identity")
        if not said or said[-1].args != ["hostname"]:
            return None
        notes.at("local.identity", said[-1])
        names = [self.running.said(kind) for kind in ("hostname", "domain name")]
        return ".".join(one[0].args[0] for one in names if one and one[0].args) or None

    def _self_identity(self, block: Block | None, notes: Notes) -> str | None:
        said = block.last("self-identity") if block is not None else None
        if said is None and (whole := self._own_name(notes)) is not None:
            return whole
        if said is None:
            return None
        if said.args[:1] == ["address"] and len(said.args) == 1:
            notes.objects["self-identity"] = "address"
            return None
        return identity(said, notes)


_RETRY = 2
"""Seconds between DPD retries when `crypto isakmp keepalive` does not say."""
