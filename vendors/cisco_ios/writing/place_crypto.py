"""Placing the IKE and ESP objects of a tunnel: keep, edit in place, or give it its own."""

from __future__ import annotations

from appliance.errors import RefusedError
from appliance.model.algorithms import IkeVersion
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco.writing.section import PREFIX, ours
from vendors.cisco_ios.names import ACL_FORM, NAMED_BY, configured_policy
from vendors.cisco_ios.writing.box import Box
from vendors.cisco_ios.writing.place_keys import Key, keys_v1, keys_v2


def crypto(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels, key: Key) -> Tunnel:
    """`tunnel` with the names of its crypto objects; `siblings` are the site's placed before it.

    `key` is the intended one, also where the device hides its own. Raises `RefusedError` when an
    object that others use would have to change.
    """
    before = None if running is None or running.ike.version is not tunnel.ike.version else running
    if tunnel.ike.version is IkeVersion.V2:
        tunnel = keys_v2(box, _ikev2(box, tunnel, before, siblings), before, key)
    else:
        tunnel = keys_v1(box, _ikev1(box, tunnel, before, siblings), before, key)
    if running is not None and not _same_ike(running, tunnel):
        objects = {k: v for k, v in tunnel.objects.items() if k not in _LED}
        tunnel = replace(tunnel, objects=objects)
    return _esp(box, tunnel, running)


_LED = (NAMED_BY, "tunnel protection")
"""How the device came to the IKE profile: another one is named by the ipsec profile or entry."""


# --- IKEv2: IOS picks a policy by front-door VRF and local address, never by peer ---


def _ikev2(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    wanted = tunnel.ike.proposals[0]
    neighbours = [other for other in box.others if _same_local(other, tunnel)]
    placed = [other for other in siblings if _same_local(other, tunnel)]
    held = None if running is None else running.objects.get("ikev2 policy")
    if placed:
        return _with_policy(tunnel, placed[0].objects.get("ikev2 policy"), placed[0].ike.proposals)
    if running is not None and held is not None and not box.shared("ikev2 policy", held):
        return _with_policy(tunnel, held, (_private_proposal(box, wanted, running),))
    if neighbours or held is not None:
        return _join(box, tunnel, neighbours if running is None else [running, *neighbours])
    return _with_policy(tunnel, f"{PREFIX}{box.site}", (_named(wanted, box),))


def _same_local(other: Tunnel, tunnel: Tunnel) -> bool:
    """Whether IOS would pick one and the same policy for both."""
    if other.ike.version is not IkeVersion.V2 or other.local.vrf != tunnel.local.vrf:
        return False
    interface = other.local.interface
    if interface is not None and interface == tunnel.local.interface:
        return True
    return other.local.address is not None and other.local.address == tunnel.local.address


def _join(box: Box, tunnel: Tunnel, users: list[Tunnel]) -> Tunnel:
    """Use the policy that others from the same local address use, if it offers what we need.

    One that is ours gets a further proposal, behind those of the sites that are there before.
    """
    wanted = tunnel.ike.proposals[0]
    policy, offered = users[0].objects.get("ikev2 policy"), users[0].ike.proposals
    if any(offers(proposal, wanted) for proposal in offered):
        return _with_policy(tunnel, policy, offered)
    if policy is not None and ours(policy):
        return _with_policy(tunnel, policy, (*offered, replace(wanted, name=_unused(box, offered))))
    others = ", ".join(dict.fromkeys(user.name for user in users))
    name = policy or "default (built in)"
    raise RefusedError(
        f"IKEv2 policy {name} serves {others} from the same local address and does not offer "
        f"{describe(wanted)}; IOS picks policies by local address, not by peer",
        where=f"site {box.site}",
        hint=f"add a proposal with {describe(wanted)} to that policy by hand (behind the others, "
        "they keep theirs), or give the site a local address of its own",
    )


def _unused(box: Box, offered: tuple[IkeProposal, ...]) -> str:
    """A name for a further proposal: one that is offered already may be what others agreed on."""
    taken = {proposal.name for proposal in offered}
    first = f"{PREFIX}{box.site}"
    numbered = (f"{first}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (first, *numbered) if name not in taken)


def _with_policy(tunnel: Tunnel, policy: str | None, proposals: tuple[IkeProposal, ...]) -> Tunnel:
    """With a policy and its proposals; None is the one that is built in, and never written."""
    lifetime = tunnel.ike.proposals[0].lifetime_seconds
    own = tuple(replace(proposal, lifetime_seconds=lifetime) for proposal in proposals)
    named = {} if policy is None else {"ikev2 policy": policy}
    return replace(
        tunnel, ike=replace(tunnel.ike, proposals=own), objects={**tunnel.objects, **named}
    )


def _private_proposal(box: Box, wanted: IkeProposal, running: Tunnel) -> IkeProposal:
    same = [proposal for proposal in running.ike.proposals if same_algorithms(proposal, wanted)]
    if same:
        return replace(wanted, name=same[0].name)
    first = running.ike.proposals[0].name
    used = {p.name for other in box.others for p in other.ike.proposals}
    return (
        _named(wanted, box) if first in used or first == "default" else replace(wanted, name=first)
    )


def _named(wanted: IkeProposal, box: Box) -> IkeProposal:
    return replace(wanted, name=f"{PREFIX}{box.site}")


def same_algorithms(one: IkeProposal, other: IkeProposal) -> bool:
    """Whether two proposals offer the same, names and lifetimes apart."""
    return offers(one, other) and offers(other, one)


def offers(offered: IkeProposal, wanted: IkeProposal) -> bool:
    """Whether one of the combinations of `offered` is that of `wanted`."""
    return (
        set(wanted.encryption) <= set(offered.encryption)
        and set(wanted.integrity) <= set(offered.integrity)
        and set(wanted.prf) <= set(offered.prf)
        and set(wanted.groups) <= set(offered.groups)
    )


def describe(proposal: IkeProposal) -> str:
    """A proposal in the words of reports."""
    hashes = proposal.integrity or proposal.prf
    words = [*proposal.encryption, *hashes, *(f"group {int(group)}" for group in proposal.groups)]
    return " ".join(words)


# --- IKEv1: the isakmp policies are one global list ---


def _ikev1(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    wanted = tunnel.ike.proposals[0]
    users = [other for other in (*siblings, *box.others) if other.ike.version is IkeVersion.V1]
    listed = (running or users[0]).ike.proposals if running or users else ()
    listed = tuple(p for p in listed if configured_policy(p.name) and box.takes_keys(p.name))
    alone = all(other in siblings for other in users)
    same = [proposal for proposal in listed if same_algorithms(proposal, wanted)]
    if same and alone:
        fresh = replace(same[0], lifetime_seconds=wanted.lifetime_seconds)
        listed = tuple(fresh if proposal is same[0] else proposal for proposal in listed)
    if not same and alone and len(listed) == 1:
        listed = (replace(wanted, name=listed[0].name),)
    elif not same:
        _check_built_in(box, users)
        listed = (*listed, replace(wanted, name=box.isakmp_policy()))
    return replace(tunnel, ike=replace(tunnel.ike, proposals=listed))


def _check_built_in(box: Box, users: list[Tunnel]) -> None:
    relying = [u.name for u in users if not any(configured_policy(p.name) for p in u.ike.proposals)]
    if relying:
        raise RefusedError(
            f"{', '.join(relying)} use the isakmp policies built into IOS, which the first "
            "configured policy switches off",
            where=f"site {box.site}",
            hint="configure the policies that those tunnels need by hand first",
        )


# --- ESP ---


def _esp(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    wanted = tunnel.esp.proposals[0]
    held = () if running is None else running.esp.proposals
    same = [proposal for proposal in held if same_transform(proposal, wanted)]
    chosen = same[0] if same else replace(wanted, name=f"{PREFIX}{box.site}")
    tunnel = replace(tunnel, esp=replace(tunnel.esp, proposals=(chosen,)))
    if tunnel.mode is Mode.POLICY_BASED:
        return _access_list(box, tunnel, running)
    profile = None if running is None else running.objects.get("ipsec profile")
    unchanged = running is not None and running.esp == tunnel.esp and _same_ike(running, tunnel)
    if profile is None or _leads_elsewhere(box, profile, tunnel, running, unchanged=unchanged):
        profile = f"{PREFIX}{box.label(tunnel)}"
        tunnel = replace(tunnel, objects={k: v for k, v in tunnel.objects.items() if k not in _LED})
    return replace(tunnel, objects={**tunnel.objects, "ipsec profile": profile})


def _leads_elsewhere(
    box: Box, profile: str, tunnel: Tunnel, running: Tunnel | None, *, unchanged: bool
) -> bool:
    """Whether an ipsec profile cannot be this tunnel's as well as that of those who have it."""
    if box.shared("ipsec profile", profile) and not unchanged:
        return True
    other_ike = running is not None and not _same_ike(running, tunnel)
    return other_ike and box.common("ipsec profile", profile)


def _same_ike(running: Tunnel, tunnel: Tunnel) -> bool:
    kinds = ("ikev2 profile", "isakmp profile")
    return all(running.objects.get(kind) == tunnel.objects.get(kind) for kind in kinds)


def same_transform(one: EspProposal, other: EspProposal) -> bool:
    """Whether two transform sets do the same, names apart."""
    return replace(one, name="") == replace(other, name="")


def _access_list(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    acl = None if running is None else running.objects.get("acl")
    same = running is not None and set(running.selectors) == set(tunnel.selectors)
    if acl is None or not (same or (_separable(tunnel) and not box.shared("acl", acl))):
        acl = f"{PREFIX}{box.label(tunnel)}"
        tunnel = replace(tunnel, objects={k: v for k, v in tunnel.objects.items() if k != ACL_FORM})
    return replace(tunnel, objects={**tunnel.objects, "acl": acl})


def _separable(tunnel: Tunnel) -> bool:
    """Whether every pair that has to go has an entry to itself."""
    grouped = tunnel.objects.get(ACL_FORM, "").splitlines()
    return set(grouped) <= {str(pair) for pair in tunnel.selectors}
