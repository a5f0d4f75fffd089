"""How a tunnel's IKE SA is negotiated: which version, and IKEv2's proposals, key and identities."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Ike, IkeProposal
from vendors.cisco.addresses import address
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco_ios.reading.addresses import Interfaces
from vendors.cisco_ios.reading.identities import Ends, identity, remote_identity
from vendors.cisco_ios.reading.ike_proposals import LIFETIME, ikev2_proposal, lifetime
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.isakmp import Isakmp, Negotiation
from vendors.cisco_ios.reading.keys import Keys, Rings, inline_key, peer_key
from vendors.cisco_ios.reading.running import Running


class Ikes:
    """The IKE configuration of a device, indexed for many tunnels."""

    def __init__(self, running: Running, interfaces: Interfaces) -> None:
        self.running = running
        self.interfaces = interfaces
        self.keys = Keys(running, interfaces)
        self.rings = Rings(running)
        self.isakmp = Isakmp(running, self.keys)
        self._policies: dict[tuple[IPv4Address | None, str | None], Block | None] = {}
        self._by_local: dict[IPv4Address | None, list[Block]] | None = None

    def negotiate(self, v2: Said | None, v1: str | None, ends: Ends, notes: Notes) -> Negotiation:
        """For a profile or map entry that sets these IKEv2 and isakmp profiles (or none)."""
        if v2 is not None and v2.args:
            notes.at("ike.version", v2)
            return self._ikev2(v2.args[0], ends, notes)
        return self.isakmp.negotiate(v1, ends, notes)

    def _ikev2(self, name: str, ends: Ends, notes: Notes) -> Negotiation:
        block = self.running.block("ikev2 profile", name)
        if block is None:
            notes.lacks("ikev2 profile", name)
        else:
            notes.objects["ikev2 profile"] = name
            notes.odd.extend(block.unknown)
            _serves(block, ends, notes)
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
            apart=block is not None and bool(block.all("match address local")),
            remote_identity=remote,
        )

    def _ikev2_proposals(self, ends: Ends, seconds: int, notes: Notes) -> tuple[IkeProposal, ...]:
        policy = self._ikev2_policy(ends)
        if policy is None and "default" in self.running.names("no ikev2 policy"):
            return ()
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
        """The best match by local address and front-door VRF; of equal ones the first written.

        "Configuring Internet Key Exchange Version 2": a policy without a match statement takes all
        local addresses of the global VRF; one without a proposal is incomplete and not used. The
        one named `default`, which `show running-config all` prints, serves where no other does.
        """
        key_ = (ends.local.address, ends.vrf)
        if key_ not in self._policies:
            candidates = self._policies_for(None) + self._scoped(key_[0])
            ordered = sorted(candidates, key=lambda b: (b.name == "default", b.line.number))
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
        inline = inline_key(auth, block.last("authentication remote"), notes)
        if inline is not None:
            return inline
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


def _serves(block: Block, ends: Ends, notes: Notes) -> None:
    """Whether the profile is whole, and for the front-door VRF that the tunnel leaves from.

    "Configuring Internet Key Exchange Version 2": a profile is incomplete, and not used, without
    both methods of authentication and somebody to match; without `match fvrf` it is the global
    VRF's.
    """
    said = block.last("match fvrf")
    named = said.args[0] if said is not None and said.args else None
    if named == "any":
        notes.objects["match fvrf"] = "any"
    elif named != ends.vrf:
        notes.objects["match fvrf"] = named or ""
        notes.lacks(f"match fvrf {ends.vrf or 'any'} in ikev2 profile", block.name)
    _serves_here(block, ends, notes)
    for end in ("local", "remote"):
        if block.last(f"authentication {end}") is None:
            notes.lacks(f"authentication {end} in ikev2 profile", block.name)
    if not (block.all("match identity remote") or block.all("match certificate")):
        notes.lacks("match identity remote in ikev2 profile", block.name)
    if block.last("shutdown") is not None:
        notes.lacks("no shutdown in ikev2 profile", block.name)


def _serves_here(block: Block, ends: Ends, notes: Notes) -> None:
    """Whether the profile is for this local end, and how it says so where not by its address."""
    said = [one.args for one in block.all("match address local")]
    ours = [" ".join(args) for args in said if _is_local(args, ends)]
    if said and not ours:
        notes.lacks("match address local of this tunnel in ikev2 profile", block.name)
    if ours and str(ends.local.address) not in ours:
        notes.objects["match address local"] = ours[0]


def _is_local(args: list[str], ends: Ends) -> bool:
    """Whether `match address local ADDRESS` or `... interface NAME` may be this end."""
    if args[:1] == ["interface"]:
        return ends.local.interface is None or canonical(args[1:]) == ends.local.interface
    return ends.local.address is None or not args or address(args[0]) == ends.local.address


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
