"""How a tunnel's IKE SA is negotiated: version, proposals, key, identities, liveness."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Ike, IkeProposal
from appliance.record import dataclass
from vendors.cisco.addresses import address
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco_ios.reading.addresses import Interfaces
from vendors.cisco_ios.reading.identities import (
    Ends,
    identity,
    matched,
    peer_identity,
    remote_identity,
)
from vendors.cisco_ios.reading.ike_proposals import (
    LIFETIME,
    ikev2_proposal,
    isakmp_policies,
    lifetime,
)
from vendors.cisco_ios.reading.keys import Found, Keys, Rings, key, longest, peer_key
from vendors.cisco_ios.reading.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """What IKE is configured to do for one tunnel."""

    ike: Ike
    psk: Secret | Hidden | None
    local_identity: str | None
    remote_identity: str | None


class Ikes:
    """The IKE configuration of a device, indexed for many tunnels."""

    def __init__(self, running: Running, interfaces: Interfaces) -> None:
        self.running = running
        self.interfaces = interfaces
        self.keys = Keys(running, interfaces)
        self.rings = Rings(running)
        self._isakmp: dict[bool, tuple[tuple[IkeProposal, ...], Notes]] = {}
        self._policies: dict[tuple[IPv4Address | None, str | None], Block | None] = {}
        self._by_local: dict[IPv4Address | None, list[Block]] | None = None
        self._by_peer: dict[tuple[str | None, IPv4Network], Block] | None = None

    def negotiate(self, v2: Said | None, v1: str | None, ends: Ends, notes: Notes) -> Negotiation:
        """For a profile or map entry that sets these IKEv2 and isakmp profiles (or none)."""
        if v2 is not None and v2.args:
            notes.at("ike.version", v2)
            return self._ikev2(v2.args[0], ends, notes)
        return self._ikev1(v1, ends, notes)

    # --- IKEv2 ---

    def _ikev2(self, name: str, ends: Ends, notes: Notes) -> Negotiation:
        block = self.running.block("ikev2 profile", name)
        if block is None:
            notes.lacks("ikev2 profile", name)
        else:
            notes.objects["ikev2 profile"] = name
            notes.odd.extend(block.unknown)
            notes.at("ike.proposals.lifetime_seconds", block.last("lifetime") or block.line)
        seconds = lifetime(block, notes) if block else LIFETIME
        remote = remote_identity(block, ends, notes)
        ike = Ike(
            version=IkeVersion.V2,
            proposals=self._ikev2_proposals(ends, seconds, notes),
            dpd=self._ikev2_dpd(block, notes),
        )
        calls_itself = identity(block.last("identity local") if block else None, notes)
        notes.at("local.identity", block.line if block else None)
        return Negotiation(
            ike=ike,
            psk=self._ikev2_key(block, ends, remote, notes) if block else None,
            local_identity=calls_itself,
            remote_identity=remote,
        )

    def _ikev2_proposals(self, ends: Ends, seconds: int, notes: Notes) -> tuple[IkeProposal, ...]:
        policy = self._ikev2_policy(ends)
        if policy is None:
            built_in = ikev2_proposal(self.running, "default", seconds, notes)
            return (built_in,) if built_in is not None else ()
        notes.objects["ikev2 policy"] = policy.name
        notes.odd.extend(policy.unknown)
        found = []
        for name in dict.fromkeys(word for said in policy.all("proposal") for word in said.args):
            proposal = ikev2_proposal(self.running, name, seconds, notes)
            if proposal is None:
                notes.lacks("ikev2 proposal", name)
            else:
                found.append(proposal)
        return tuple(found)

    def _ikev2_policy(self, ends: Ends) -> Block | None:
        """The best match by local address and front-door VRF; of equal ones the first.

        "Configuring Internet Key Exchange Version 2": a policy without a match statement takes all
        local addresses of the global VRF; one without a proposal is incomplete and not used.
        """
        key_ = (ends.local.address, ends.vrf)
        if key_ not in self._policies:
            candidates = self._policies_for(None) + self._scoped(key_[0])
            ordered = sorted(candidates, key=lambda block: block.line.number)
            scores = [(_policy_score(block, ends), block) for block in ordered]
            best = max(scores, key=lambda scored: scored[0], default=(0, None))
            self._policies[key_] = best[1] if best[0] else None
        return self._policies[key_]

    def _scoped(self, local: IPv4Address | None) -> list[Block]:
        """Those that name the local address; any of them may match one that the text hides."""
        if local is not None:
            return self._policies_for(local)
        return [b for b in self.running.blocks("ikev2 policy") if b.all("match address local")]

    def _policies_for(self, local: IPv4Address | None) -> list[Block]:
        """The policies that name a local address (None: that name none)."""
        if self._by_local is None:
            self._by_local = {}
            for block in self.running.blocks("ikev2 policy"):
                named = [
                    address(said.args[0]) for said in block.all("match address local") if said.args
                ]
                for one in dict.fromkeys(named or [None]):
                    self._by_local.setdefault(one, []).append(block)
        return self._by_local.get(local, [])

    def _ikev2_dpd(self, block: Block | None, notes: Notes) -> Dpd | None:
        own = block.last("dpd") if block is not None else None
        said = own or next(iter(self.running.said("ikev2 dpd")[-1:]), None)
        notes.at("ike.dpd", said or (block.line if block is not None else None))
        numbers = [number(word) for word in said.args[:2]] if said is not None else []
        if said is None or not numbers or numbers[0] is None:
            return None
        periodic = "periodic".startswith(said.args[-1].lower())
        retry = numbers[1] if len(numbers) > 1 else None
        return Dpd(delay_seconds=numbers[0], retry_seconds=retry, on_demand=not periodic)

    def _ikev2_key(
        self, block: Block, ends: Ends, identity: str | None, notes: Notes
    ) -> Secret | Hidden | None:
        auth = block.last("authentication local")
        if auth is not None and auth.args and not auth.args[0].lower().startswith("pre"):
            return None
        for said in (auth, block.last("authentication remote")):
            if said is not None and len(said.args) > 2 and said.args[1] == "key":  # noqa: PLR2004
                notes.at("psk", said)
                return key(said.after(said.depth + 2))
        if block.last("keyring aaa") is not None and block.last("keyring", "keyring named") is None:
            return Hidden("kept by an AAA server")
        return self._ring_key(block, ends, identity, notes)

    def _ring_key(
        self, block: Block, ends: Ends, identity: str | None, notes: Notes
    ) -> Secret | Hidden | None:
        said = block.last("keyring", "keyring named")
        if said is None:
            return None
        name = said.words[-1] if said.depth == len(said.words) else said.args[0]
        ring = self.running.block("ikev2 keyring", name)
        if ring is None:
            notes.lacks("keyring", name)
            return None
        notes.objects["ikev2 keyring"] = name
        notes.odd.extend(ring.unknown)
        peer = self.rings.peer(name, ends.served, identity)
        if peer is None:
            return None
        notes.objects["ikev2 keyring peer"] = peer.name
        notes.odd.extend(peer.block.unknown)
        return peer_key(peer.block, notes)

    # --- IKEv1 ---

    def _ikev1(self, named: str | None, ends: Ends, notes: Notes) -> Negotiation:
        block = self.running.block("isakmp profile", named) if named else self._picked(ends)
        if named and block is None:
            notes.lacks("isakmp profile", named)
        if block is not None:
            notes.objects["isakmp profile"] = block.name
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
        if said is None or (said.args[:1] == ["address"] and len(said.args) == 1):
            return None
        return identity(said, notes)


_RETRY = 2
"""Seconds between DPD retries when `crypto isakmp keepalive` does not say."""


def _policy_score(block: Block, ends: Ends) -> int:
    """0: no match; more for a named local address, then for a named VRF.

    A policy for an address while ours is hidden (DHCP, a partial text) may match: the last resort.
    """
    if not block.all("proposal"):
        return 0
    vrfs = [said.args[0] for said in block.all("match fvrf") if said.args]
    locals_ = [address(said.args[0]) for said in block.all("match address local") if said.args]
    hidden = bool(locals_) and ends.local.address is None
    if locals_ and not hidden and ends.local.address not in locals_:
        return 0
    if vrfs and "any" not in vrfs and ends.vrf not in vrfs:
        return 0
    if not vrfs and ends.vrf is not None:
        return 0
    exact_vrf = bool(vrfs and "any" not in vrfs)
    return exact_vrf + (1 if hidden else 5 if locals_ else 3)
