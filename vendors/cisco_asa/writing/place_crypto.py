"""Placing the IKE and ESP objects of a tunnel: keep, edit in place, or give it its own."""

from __future__ import annotations

from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco.writing.section import ours
from vendors.cisco_asa.names import DEFAULT_GROUPS
from vendors.cisco_asa.writing.box import Box
from vendors.cisco_asa.writing.labels import own
from vendors.cisco_asa.writing.marks import lacks
from vendors.cisco_asa.writing.policies import policies

Key = Secret | Hidden | None


def crypto(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels, key: Key) -> Tunnel:
    """`tunnel` with the names of its crypto objects; `siblings` are the site's placed before it.

    `key` is the intended one, also where the device hides its own. Raises `RefusedError` when an
    object that others use would have to change.
    """
    before = None if running is None or running.ike.version is not tunnel.ike.version else running
    tunnel = _ike(box, tunnel, before, siblings)
    tunnel = _group(box, tunnel, running, key)
    return _esp(box, tunnel, running, siblings)


# --- IKE: the policies are one global list for each version ---


def _ike(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    wanted = tunnel.ike.proposals[0]
    users = [o for o in (*siblings, *box.others) if o.ike.version is tunnel.ike.version]
    listed = _listed(box, tunnel.ike.version, running, users)
    alone = (running is not None or bool(users)) and all(other in siblings for other in users)
    chosen = _chosen(listed, wanted, alone=alone)
    if chosen is None:
        kind = f"ikev{tunnel.ike.version:d}"
        number = box.policy(kind, {int(one.name) for one in listed if one.name.isdigit()})
        listed = (*listed, replace(wanted, name=str(number)))
    elif alone:
        fresh = replace(wanted, name=chosen.name)
        listed = tuple(fresh if one is chosen else one for one in listed)
    return replace(tunnel, ike=replace(tunnel.ike, proposals=listed))


def _listed(
    box: Box, version: IkeVersion, running: Tunnel | None, users: list[Tunnel]
) -> tuple[IkeProposal, ...]:
    """The policies of the device: what its tunnels offer, or what is written for none of them."""
    known = running if running is not None and running.psk is not None else None
    known = known or next((user for user in users if user.psk is not None), None)
    return policies(box, version) if known is None else known.ike.proposals


def _chosen(
    listed: tuple[IkeProposal, ...], wanted: IkeProposal, *, alone: bool
) -> IkeProposal | None:
    """The policy that serves: an equal one, one that offers more, or the only one to be changed."""
    equal = [one for one in listed if offers(one, wanted) and offers(wanted, one)]
    wider = [one for one in listed if offers(one, wanted)]
    only = list(listed) if alone and len(listed) == 1 else []
    return next(iter((*equal, *wider, *only)), None)


def offers(offered: IkeProposal, wanted: IkeProposal) -> bool:
    """Whether one of the combinations of `offered` is that of `wanted`."""
    return (
        set(wanted.encryption) <= set(offered.encryption)
        and set(wanted.integrity) <= set(offered.integrity)
        and set(wanted.prf) <= set(offered.prf)
        and set(wanted.groups) <= set(offered.groups)
    )


# --- the tunnel-group, and what it may use ---


def _group(box: Box, tunnel: Tunnel, running: Tunnel | None, key: Key) -> Tunnel:
    """Kept while it serves this gateway; another address needs another group, and the key in it."""
    peer = str(tunnel.remote.addresses[0])
    held = {} if running is None else running.objects
    known = held.get("tunnel-group")
    moved = running is not None and tunnel.remote.addresses[0] not in running.remote.addresses
    if known is not None and known not in DEFAULT_GROUPS and not moved:
        return _policy(box, _keyed(tunnel, running, key), running)
    if known in DEFAULT_GROUPS and not moved and _serves(tunnel, running):
        return tunnel
    if box.has(f"tunnel-group {peer}"):
        raise box.refused(
            f"the device has a tunnel-group {peer} that no tunnel of this site uses",
            f"look at it, and take it away if nobody needs it: clear configure tunnel-group {peer}",
        )
    psk = key if isinstance(key, Secret) else tunnel.psk
    return replace(
        tunnel,
        psk=psk,
        objects={**tunnel.objects, "tunnel-group": peer, "group-policy": _free_policy(box)},
    )


def _free_policy(box: Box) -> str:
    """A name for a group policy of ours: one that is left over from before is not ours to end."""
    name, number = own(box.site), 2
    used = {tunnel.objects.get("group-policy") for tunnel in box.observed.tunnels}
    while name not in used and box.has(f"group-policy {name}"):
        name, number = f"{own(box.site)}-{number}", number + 1
    return name


def _keyed(tunnel: Tunnel, running: Tunnel | None, key: Key) -> Tunnel:
    """The other version of IKE needs its own statement, with the key itself."""
    same = running is not None and running.ike.version is tunnel.ike.version
    if same:
        return tunnel
    psk = key if isinstance(key, Secret) else tunnel.psk
    return replace(tunnel, psk=psk, objects={**tunnel.objects, "key wanted": "for this version"})


def _serves(tunnel: Tunnel, running: Tunnel | None) -> bool:
    """Whether what all peers share does for this one too."""
    return running is not None and (running.psk, running.ike.dpd) == (tunnel.psk, tunnel.ike.dpd)


def _policy(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """A group policy of others is theirs: it may carry a filter, and serve other peers."""
    policy = tunnel.objects.get("group-policy", "DfltGrpPolicy")
    if running is not None and lacks(running, "vpn-tunnel-protocol") and not ours(policy):
        kind = f"ikev{tunnel.ike.version:d}"
        raise box.refused(
            f"group policy {policy} of {running.name} does not let peers use {kind}",
            f"add {kind} to its vpn-tunnel-protocol by hand: group-policy {policy} attributes",
        )
    return tunnel


# --- ESP ---


def _esp(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    wanted = tunnel.esp.proposals[0]
    chosen = _same(running, siblings, wanted, tunnel.ike.version) or replace(
        wanted, name=_private(box, running, tunnel) or _fresh(box, tunnel)
    )
    tunnel = replace(tunnel, esp=replace(tunnel.esp, proposals=(chosen,)))
    if tunnel.mode is Mode.POLICY_BASED:
        return tunnel
    profile = None if running is None else running.objects.get("ipsec profile")
    unchanged = running is not None and running.esp == tunnel.esp
    if profile is None or (box.shared("ipsec profile", profile) and not unchanged):
        profile = box.free("crypto ipsec profile", own(box.label(tunnel)))
    return replace(tunnel, objects={**tunnel.objects, "ipsec profile": profile})


def _same(
    running: Tunnel | None, siblings: Tunnels, wanted: EspProposal, version: IkeVersion
) -> EspProposal | None:
    """One that is there already and does the same, names apart."""
    known = [one for one in (running, *siblings) if one is not None and one.ike.version is version]
    for tunnel in known:
        for proposal in tunnel.esp.proposals:
            if replace(proposal, name="") == replace(wanted, name=""):
                return proposal
    return None


def _private(box: Box, running: Tunnel | None, tunnel: Tunnel) -> str | None:
    """The name of the one that is ours and serves only this site: edited in place."""
    if running is None or running.ike.version is not tunnel.ike.version:
        return None
    used = {proposal.name for other in box.others for proposal in other.esp.proposals}
    held = [proposal.name for proposal in running.esp.proposals]
    return held[0] if len(held) == 1 and ours(held[0]) and held[0] not in used else None


def _fresh(box: Box, tunnel: Tunnel) -> str:
    """A new one rather than another content of one that is not ours alone."""
    modern = tunnel.ike.version is IkeVersion.V2
    kind = "ikev2 ipsec-proposal" if modern else "ikev1 transform-set"
    return box.free(f"crypto ipsec {kind}", own(box.site))
