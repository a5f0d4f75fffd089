"""Names and numbers for an intent, on the device as observed: what its configuration will hold.

What is there and right is kept under its own name; what only this site uses is edited in place;
what others use is never touched: then the site gets an object of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Local, Remote, Tunnel, TunnelInterface, Tunnels
from appliance.record import replace
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.place_around import surroundings
from vendors.juniper_junos.writing.place_crypto import crypto
from vendors.juniper_junos.writing.place_routing import routing
from vendors.juniper_junos.writing.rules import idle_rules
from vendors.juniper_junos.writing.statement import AGAIN, KEPT
from vendors.juniper_junos.writing.statements import Statements, statements


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the device should hold: others' as they are, then the site's.

    Raises `RefusedError` when the device cannot take them without touching what others use,
    `UnsupportedError` when nobody says where IKE leaves.
    """
    pairs = pair(intent, observed.tunnels)
    mine = tuple(running for _, running in pairs if running is not None)
    box = Box(site=intent.site, observed=observed, environment=intent.environment, mine=mine)
    alone = len(pairs) == 1
    placed: list[Tunnel] = []
    for wanted, running in pairs:
        placed.append(_place(box, wanted, running, tuple(placed), alone=alone))
    others, ours = _clamped(box, tuple(placed))
    return (*others, *_with_kept(box, others, ours))


def _place(
    box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels, *, alone: bool
) -> Tunnel:
    if running is not None:
        _check_form(box, wanted, running)
    tunnel = _frame(box, wanted, running, siblings)
    box.check(replace(wanted, local=replace(wanted.local, interface=tunnel.local.interface)))
    tunnel = crypto(box, tunnel, running, siblings, wanted.psk)
    tunnel = routing(box, tunnel, running, siblings, alone=alone)
    return surroundings(box, tunnel, running, siblings)


def _check_form(box: Box, wanted: Tunnel, running: Tunnel) -> None:
    """Raise `RefusedError` when the tunnel there is of a form that we do not turn into ours."""
    peers = ", ".join(map(str, running.remote.addresses))
    if running.interface is None or not running.interface.name:
        raise RefusedError(
            f"{running.name} reaches {peers} without an st0 interface (`then permit tunnel`, or "
            "no `bind-interface`): that form is read here, not changed",
            where=box.where,
            hint=f"take {running.name} and its policies away first, or bind it to an st0 unit",
        )
    if "elsewhere" in running.objects:
        raise RefusedError(
            f"{running.name} leads into {running.objects['elsewhere']}, whose routes, zones and "
            "policies are read here, not changed",
            where=box.where,
            hint="what `appliance drift` tells of this tunnel is to be put right by hand",
        )
    if running.mode is not wanted.mode:
        raise RefusedError(
            f"{running.name} reaches {peers} as a {running.mode} tunnel, "
            f"the inventory asks for {wanted.mode}",
            where=box.where,
            hint=f"set device.mode: {running.mode}, or take {running.name} away first",
        )
    if running.dynamic:
        raise RefusedError(
            f"{running.name} takes whoever calls: its gateway has no fixed address",
            where=box.where,
            hint=f"give Azure's address a gateway of its own, or take {running.name} away first",
        )


def _frame(box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """The tunnel's name, interface, ends and key."""
    objects = {LABEL: wanted.name, "establish": "immediately"}
    name = wanted.name
    if running is None:
        name = box.free("security ipsec vpn", name)
    else:
        name, objects = running.name, dict(running.objects)
        if wanted.enabled:
            objects.pop("off", None)
    return replace(
        wanted,
        name=name,
        local=_local(box, wanted.local, running),
        remote=_remote(wanted.remote, running),
        interface=_interface(box, wanted.interface, running, siblings),
        psk=wanted.psk if running is None else _psk(wanted, running),
        objects=objects,
    )


def _interface(
    box: Box, wanted: TunnelInterface | None, running: Tunnel | None, siblings: Tunnels
) -> TunnelInterface:
    wanted = wanted or TunnelInterface(name="")
    held = None if running is None else running.interface
    if held is None:
        name = box.unit(siblings)
        if wanted.address is not None:
            box.check_free(name, wanted.address)
        return replace(wanted, name=name, unnumbered=None if wanted.address else name)
    address = wanted.address or held.address
    return replace(
        held,
        address=address,
        unnumbered=None if address else held.unnumbered or held.name,
        mtu=held.mtu if wanted.mtu is None else wanted.mtu,
        mss=held.mss if wanted.mss is None else wanted.mss,
    )


def _local(box: Box, wanted: Local, running: Tunnel | None) -> Local:
    held = Local() if running is None else running.local
    interface = wanted.interface or held.interface or box.holder(wanted.address)
    known = box.observed.interfaces.get(interface or "")
    address = known.ip if known is not None else (held.address or wanted.address)
    identity = wanted.identity
    if identity is None and address is not None and held.identity == str(address):
        identity = held.identity  # what it would call itself anyway
    return replace(wanted, interface=interface, address=address, identity=identity, vrf=held.vrf)


def _remote(wanted: Remote, running: Tunnel | None) -> Remote:
    """A device that expects the peer's address as its identity says nothing of it."""
    if running is not None and running.remote.identity is None:
        return replace(wanted, identity=None)
    return wanted


def _psk(wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone, on either side."""
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable else running.psk


def _clamped(box: Box, ours: Tunnels) -> tuple[Tunnels, Tunnels]:
    """Others' tunnels and ours with the MSS of the whole box: for others it may only fall."""
    told = [t for t in ours if t.interface is not None and t.objects.get("mss") != "unit"]
    wanted = min((t.interface.mss for t in told if t.interface and t.interface.mss), default=None)
    for_all = _held_mss(box, "all-tcp")
    if wanted is None or (for_all is not None and for_all <= wanted):
        return box.others, ours if wanted is None else _with_mss(ours, for_all, "all-tcp")
    held = _held_mss(box, "ipsec-vpn")
    if box.others and held is not None:
        wanted = min(wanted, held)
    return _with_mss(box.others, wanted), _with_mss(ours, wanted)


def _held_mss(box: Box, kind: str) -> int | None:
    held = next(iter(box.below(f"security flow tcp-mss {kind} mss")), "")
    return int(held) if held.isdigit() else None


def _with_mss(tunnels: Tunnels, mss: int | None, where: str | None = None) -> Tunnels:
    """Those whose MSS is the box's with another one."""
    found = []
    for tunnel in tunnels:
        interface = tunnel.interface
        if interface is not None and interface.name and tunnel.objects.get("mss") != "unit":
            objects = {k: v for k, v in tunnel.objects.items() if k != "mss"}
            if where is not None:
                objects["mss"] = where
            tunnel = replace(  # noqa: PLW2901 -- the same tunnel
                tunnel, interface=replace(interface, mss=mss), objects=objects
            )
        found.append(tunnel)
    return tuple(found)


def _with_kept(box: Box, others: Tunnels, ours: Tunnels) -> Tunnels:
    """Ours, the first with what is on the device apart from us, or is none of ours to delete."""
    before, after = statements(box.observed.tunnels), statements((*others, *ours))
    kept = dict.fromkeys((*_there_already(box, before, after), *_left(box, before, after)))
    if not kept or not ours:
        return ours
    objects = {**ours[0].objects, KEPT: "\n".join(kept)}
    if idle := [path for tunnel in box.mine for path in idle_rules(tunnel) if path in kept]:
        objects[AGAIN] = "\n".join(idle)
    return (replace(ours[0], objects=objects), *ours[1:])


def _there_already(box: Box, before: Statements, after: Statements) -> Iterator[str]:
    """What ours amount to and the device has, though no tunnel on it amounts to it."""
    known = {path for other in before.values() for path in (other.text, *other.inside)}
    for statement in after.values():
        for path in (*statement.inside, statement.text):
            if path not in known and box.has(path):
                yield path


def _left(box: Box, before: Statements, after: Statements) -> Iterator[str]:
    """What nobody amounts to any more, and yet stays.

    Objects that others may refer to stay as they are; a route goes, but not what else it says.
    """
    alive = {path for statement in after.values() for path in statement.inside}
    texts = {statement.text for statement in before.values()}
    for key, statement in before.items():
        outer = statement.inside[0] if statement.inside else None
        if key in after or outer is None or outer in alive:
            continue
        if outer.startswith(_SHARED) or _used_elsewhere(box, statement.text, texts):
            yield outer
            yield statement.text
        elif any(f"{outer} {line}" not in texts for line in box.below(outer)):
            yield outer


_NAMED = re.compile(r"(?:.* address-book (?:\S+ )?|applications )(address|application) (\S+) .+")


def _used_elsewhere(box: Box, text: str, ours: set[str]) -> bool:
    """Whether an address or application is named by something that is not ours too."""
    match = _NAMED.fullmatch(text)
    if match is None:
        return False
    endings = (f"-{match[1]} {match[2]}", f" {match[1]} {match[2]}")
    return any(line.endswith(endings) and line not in ours for line in box.lines)


_SHARED = (
    "security ike ",
    "security ipsec ",
    "security zones ",
    "policy-options ",
    "interfaces ",
)
