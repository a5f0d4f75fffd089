"""Names and numbers for an intent, on the device as observed: what its configuration will hold.

What is there and right is kept under its own name; what only this site uses is edited in place;
what others use is never touched: then the site gets an object of its own.
"""

from __future__ import annotations

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Local, Mode, Remote, Tunnel, TunnelInterface, Tunnels
from appliance.record import replace
from vendors.cisco_ios.writing import traffic
from vendors.cisco_ios.writing.box import Box
from vendors.cisco_ios.writing.place_crypto import crypto
from vendors.cisco_ios.writing.place_keys import following
from vendors.cisco_ios.writing.place_routing import routing


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the device should hold: others' as they are, then the site's.

    Raises `RefusedError` when the device cannot take them without touching what others use.
    """
    pairs = pair(intent, observed.tunnels)
    mine = {running.name for _, running in pairs if running is not None}
    others = tuple(tunnel for tunnel in observed.tunnels if tunnel.name not in mine)
    box = Box(site=intent.site, observed=observed, environment=intent.environment, others=others)
    placed: list[Tunnel] = []
    for wanted, running in pairs:
        box.check(wanted)
        placed.append(_place(box, wanted, running, tuple(placed)))
    return (*following(others, placed), *placed)


def _place(box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    if running is not None and running.mode is not wanted.mode:
        raise RefusedError(
            f"{running.name} reaches {_peers(running)} as a {running.mode} tunnel, "
            f"the inventory asks for {wanted.mode}",
            where=f"site {box.site}",
            hint=f"set device.mode: {running.mode}, or take {running.name} away first",
        )
    tunnel = _frame(box, wanted, running, siblings)
    tunnel = routing(box, crypto(box, tunnel, running, siblings, wanted.psk), running)
    return traffic.place(box, tunnel, running)


def _frame(box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """The tunnel's interface or crypto map entry, its ends and its key."""
    objects = {LABEL: wanted.name} if running is None else dict(running.objects)
    if objects.get("match fvrf") != "any":
        objects.pop("match fvrf", None)  # one that is not this tunnel's is set right
    local = _local(box, wanted, running)
    _source(objects, local, running, named=local.address in box.lends(local.interface))
    interface, name = None, ""
    if wanted.interface is not None:
        interface = _interface(box, wanted.interface, running, siblings)
        name = interface.name
    elif wanted.mode is Mode.POLICY_BASED:
        name = objects.setdefault("crypto map", box.map_entry(wanted.local.interface))
    return replace(
        wanted,
        name=name,
        local=local,
        remote=_remote(wanted.remote, running),
        interface=interface,
        psk=wanted.psk if running is None else _psk(wanted, running),
        objects=objects,
    )


def _interface(
    box: Box, wanted: TunnelInterface, running: Tunnel | None, siblings: Tunnels
) -> TunnelInterface:
    held = None if running is None else running.interface
    if held is None:
        name = box.tunnel_interface({tunnel.name for tunnel in siblings})
        if wanted.address is not None:
            box.check_free(name, wanted.address)
        return replace(wanted, name=name)
    keeps = wanted.address is None and (held.address is not None or held.unnumbered is not None)
    return replace(
        wanted,
        name=held.name,
        vrf=held.vrf,
        mss=held.mss if wanted.mss is None else wanted.mss,
        mtu=held.mtu if wanted.mtu is None else wanted.mtu,
        address=held.address if keeps else wanted.address,
        unnumbered=held.unnumbered if keeps else wanted.unnumbered,
    )


def _local(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Local:
    wanted, held = tunnel.local, Local() if running is None else running.local
    interface = wanted.interface or held.interface or box.interface_of(wanted.address)
    known = box.leaves(interface or "", tunnel.mode)
    if wanted.address in box.lends(interface):
        known = wanted.address
    address = known if known is not None else (held.address or wanted.address)
    identity = wanted.identity
    if identity is None and address is not None and held.identity == str(address):
        identity = held.identity  # what it would call itself anyway
    return replace(
        wanted,
        interface=interface,
        address=address,
        identity=identity,
        vrf=held.vrf if running is not None else box.vrf(interface),
        apart=wanted.apart or held.apart,
    )


def _source(objects: dict[str, str], local: Local, running: Tunnel | None, *, named: bool) -> None:
    """How the local end is written: as it is, unless it moves; by address where there are more."""
    held = Local() if running is None else running.local
    moved = held.address is not None and held.address != local.address
    if moved or held.interface != local.interface:
        objects.pop("tunnel source", None)
        objects.pop("match address local", None)
        if named and local.address is not None:
            objects["tunnel source"] = str(local.address)


def _remote(wanted: Remote, running: Tunnel | None) -> Remote:
    """A device that takes any identity is not told to take one only."""
    if running is not None and running.remote.identity is None:
        return replace(wanted, identity=None)
    return wanted


def _psk(wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone, on either side."""
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable else running.psk


def _peers(tunnel: Tunnel) -> str:
    return ", ".join(map(str, tunnel.remote.addresses))
