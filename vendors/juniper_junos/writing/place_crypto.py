"""Placing the IKE and ESP objects of a tunnel: keep, edit in place, or give it its own."""

from __future__ import annotations

from appliance.errors import RefusedError
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import EspProposal, IkeProposal, Tunnel, Tunnels
from appliance.record import replace
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.statement import word

Key = Secret | Hidden | None


def crypto(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels, key: Key) -> Tunnel:
    """`tunnel` with the names of its crypto objects; `siblings` are the site's placed before it.

    `key` is the intended one, also where the device hides its own. Raises `RefusedError` when an
    object that others use would have to change.
    """
    tunnel = _ike_proposal(box, tunnel, running, siblings)
    tunnel = _ike_policy(box, tunnel, running, key)
    tunnel = _gateway(box, tunnel, running)
    tunnel = _esp_proposal(box, tunnel, running, siblings)
    tunnel = _selectors(tunnel)
    return _ipsec_policy(box, tunnel, running)


# --- IKE: gateway -> policy -> proposals ---


def _ike_proposal(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    wanted = tunnel.ike.proposals[0]
    held = () if running is None else running.ike.proposals
    same = [proposal for proposal in held if replace(proposal, name=wanted.name) == wanted]
    path = "security ike proposal"
    if "ike proposal-set" in tunnel.objects and same:
        return replace(tunnel, ike=replace(tunnel.ike, proposals=held))
    if same:
        chosen = same[0]
    elif len(held) == 1 and _private(box, path, held[0].name):
        chosen = replace(wanted, name=held[0].name)
    else:
        twin = next((t.ike.proposals[0] for t in siblings if _alike(t.ike.proposals, wanted)), None)
        chosen = twin or replace(wanted, name=box.free(path, _fresh(box, tunnel, siblings)))
    return replace(
        tunnel,
        ike=replace(tunnel.ike, proposals=(chosen,)),
        objects=_without(tunnel, "ike proposal-set"),
    )


def _alike(listed: tuple[IkeProposal, ...], wanted: IkeProposal) -> bool:
    return len(listed) == 1 and replace(listed[0], name=wanted.name) == wanted


def _fresh(box: Box, tunnel: Tunnel, siblings: Tunnels) -> str:
    """The site's name, shared by its tunnels; one that differs from the others gets its own."""
    return tunnel.objects.get("label", tunnel.name) if siblings else box.site


def _private(box: Box, path: str, name: str) -> bool:
    """Whether a proposal stands on the device and only this site's tunnels take it."""
    kind = path.split()[1]
    if not box.has(f"{path} {word(name)}") or name in _taken(box, kind):
        return False
    policies = f"security {kind} policy"
    return not box.strangers(policies, f"proposals {word(name)}", box.own(f"{kind} policy"))


def _taken(box: Box, kind: str) -> set[str]:
    """Names of the proposals that others' tunnels take, over whatever policy."""
    if kind == "ike":
        return {proposal.name for other in box.others for proposal in other.ike.proposals}
    return {proposal.name for other in box.others for proposal in other.esp.proposals}


def _ike_policy(box: Box, tunnel: Tunnel, running: Tunnel | None, key: Key) -> Tunnel:
    held = None if running is None else running.objects.get("ike policy")
    path = "security ike policy"
    if running is not None and held is not None:
        others = box.strangers(
            "security ike gateway", f"ike-policy {word(held)}", box.own("gateway")
        )
        if not others or _same_policy(running, tunnel):
            told = {"ike mode": "main"} if "ike mode" in running.objects else {}
            return replace(tunnel, objects={**tunnel.objects, **told})
    name = box.free(path, tunnel.objects.get("label", tunnel.name))
    known = key if isinstance(key, Secret) else tunnel.psk
    own = {"ike policy": name, "ike mode": "main"}
    return replace(tunnel, psk=known, objects={**tunnel.objects, **own})


def _same_policy(running: Tunnel, tunnel: Tunnel) -> bool:
    before, after = running.ike, tunnel.ike
    names = [p.name for p in before.proposals] == [p.name for p in after.proposals]
    return names and before.version is after.version and running.psk == tunnel.psk


def _gateway(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    held = None if running is None else running.objects.get("gateway")
    if running is None or held is None:
        name = box.free("security ike gateway", tunnel.objects.get("label", tunnel.name))
        return replace(tunnel, objects={**tunnel.objects, "gateway": name})
    ours = {one.name for one in box.mine}
    others = box.strangers("security ipsec vpn", f"ike gateway {word(held)}", ours)
    if others and not _same_gateway(running, tunnel):
        raise RefusedError(
            f"IKE gateway {held} serves {', '.join(others)} as well and would have to change",
            where=box.where,
            hint=f"give {running.name} a gateway of its own by hand, then push again",
        )
    return tunnel


def _same_gateway(running: Tunnel, tunnel: Tunnel) -> bool:
    policy = running.objects.get("ike policy") == tunnel.objects.get("ike policy")
    ends = (running.local, running.remote) == (tunnel.local, tunnel.remote)
    ike = (running.ike.version, running.ike.dpd) == (tunnel.ike.version, tunnel.ike.dpd)
    return policy and ends and ike


# --- ESP: vpn -> policy -> proposals ---


def _esp_proposal(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """Lifetimes stand in the proposal: one with another lifetime is another proposal."""
    wanted = tunnel.esp.proposals[0]
    held = () if running is None else running.esp.proposals
    timed = running is not None and _times(running) == _times(tunnel)
    same = [proposal for proposal in held if timed and _equal(proposal, wanted)]
    path = "security ipsec proposal"
    if "ipsec proposal-set" in tunnel.objects and same:
        return replace(tunnel, esp=replace(tunnel.esp, proposals=held))
    if same and len(held) == 1:
        chosen = same[0]
    elif len(held) == 1 and _private(box, path, held[0].name):
        chosen = replace(wanted, name=held[0].name)
    else:
        twin = next((t for t in siblings if _times(t) == _times(tunnel) and _twin(t, wanted)), None)
        name = _fresh(box, tunnel, siblings)
        chosen = twin.esp.proposals[0] if twin else replace(wanted, name=box.free(path, name))
    return replace(
        tunnel,
        esp=replace(tunnel.esp, proposals=(chosen,)),
        objects=_without(tunnel, "ipsec proposal-set"),
    )


def _times(tunnel: Tunnel) -> tuple[int | None, int | None]:
    return tunnel.esp.lifetime_seconds, tunnel.esp.lifetime_kilobytes


def _twin(tunnel: Tunnel, wanted: EspProposal) -> bool:
    return len(tunnel.esp.proposals) == 1 and _equal(tunnel.esp.proposals[0], wanted)


def _equal(one: EspProposal, other: EspProposal) -> bool:
    return replace(one, name="") == replace(other, name="")


def _ipsec_policy(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    held = None if running is None else running.objects.get("ipsec policy")
    if running is not None and held is not None:
        ours = {one.name for one in box.mine}
        others = box.strangers("security ipsec vpn", f"ike ipsec-policy {word(held)}", ours)
        names = [p.name for p in running.esp.proposals] == [p.name for p in tunnel.esp.proposals]
        if not (others or box.shared("ipsec policy", held)) or (
            names and running.esp.pfs_group is tunnel.esp.pfs_group
        ):
            return tunnel
    name = box.free("security ipsec policy", tunnel.objects.get("label", tunnel.name))
    return replace(tunnel, objects={**tunnel.objects, "ipsec policy": name})


def _without(tunnel: Tunnel, kind: str) -> dict[str, str]:
    return {k: v for k, v in tunnel.objects.items() if k != kind}


# --- traffic selectors ---


def _selectors(tunnel: Tunnel) -> Tunnel:
    """A name for each pair: those there keep theirs."""
    wanted = {f"selector {pair.local} {pair.remote}": pair for pair in tunnel.selectors}
    objects = {
        kind: name
        for kind, name in tunnel.objects.items()
        if not kind.startswith("selector ") or kind in wanted
    }
    taken = set(tunnel.objects.values())
    number = 1
    for kind in wanted:
        if kind not in objects:
            while f"ts{number}" in taken:
                number += 1
            objects[kind] = f"ts{number}"
            taken.add(f"ts{number}")
    return replace(tunnel, objects=objects)
