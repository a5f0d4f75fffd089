"""Names and numbers for an intent, on the device as observed: what its configuration will hold.

What there is and right is kept under its own name; what only this site uses is edited in place;
what others use is never touched: then the site gets an object of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Local, Mode, Remote, Tunnel, TunnelInterface, Tunnels
from appliance.record import replace
from vendors.cisco_asa.writing import switch, traffic
from vendors.cisco_asa.writing.box import CLAMP, Box
from vendors.cisco_asa.writing.labels import own
from vendors.cisco_asa.writing.place_crypto import crypto
from vendors.cisco_asa.writing.place_networks import networks
from vendors.cisco_asa.writing.place_routing import clamped, routing
from vendors.cisco_asa.writing.sections import of


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the device should hold: others' as they are, then the site's.

    Raises `RefusedError` when the device cannot take them without touching what others use.
    """
    pairs = pair(intent, observed.tunnels)
    mine = {running.name for _, running in pairs if running is not None}
    others = tuple(tunnel for tunnel in observed.tunnels if tunnel.name not in mine)
    box = Box(
        site=intent.site,
        observed=observed,
        environment=intent.environment,
        others=others,
        beside=intent.beside,
    )
    box.check_identity()
    placed: list[Tunnel] = []
    for wanted, running in pairs:
        box.check(wanted)
        _check_identity(box, wanted, running)
        placed.append(_place(box, wanted, running, tuple(placed)))
    switch.check(box, tuple(placed))
    names = {tunnel.name for tunnel in placed}
    return tuple(
        _marked(box, tunnel) if tunnel.name in names else tunnel
        for tunnel in clamped(box, others, tuple(placed))
    )


def _place(box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    if running is not None and running.mode is not wanted.mode:
        raise RefusedError(
            f"{running.name} reaches {_peers(running)} as a {running.mode} tunnel, "
            f"the inventory asks for {wanted.mode}",
            where=f"site {box.site}",
            hint=f"set device.mode: {running.mode}, or take {running.name} away first",
        )
    tunnel = _frame(box, wanted, running, siblings)
    tunnel = crypto(box, _paced(box, tunnel, running), running, siblings, wanted.psk)
    tunnel = traffic.place(box, networks(box, tunnel, running), running)
    return routing(box, tunnel, running, siblings)


def _paced(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """A gateway that another entry reaches too, by a second way out, is probed as it was."""
    group = None if running is None else running.objects.get("tunnel-group")
    if running is None or group is None or not box.shared("tunnel-group", group):
        return tunnel
    return replace(tunnel, ike=replace(tunnel.ike, dpd=running.ike.dpd))


def _check_identity(box: Box, wanted: Tunnel, running: Tunnel | None) -> None:
    own = running.local.identity if running is not None else None
    if running is not None and own not in (None, wanted.local.identity, str(running.local.address)):
        raise box.refused(
            f"{running.name} calls the device {own}, Azure expects its address",
            "take its `local-identity` away on the device, or check that Azure knows that name",
        )


def _frame(box: Box, wanted: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """The tunnel's interface or crypto map entry, its ends and its key."""
    objects = {LABEL: wanted.name} if running is None else dict(running.objects)
    interface, name = None, ""
    local = _local(box, wanted.local, running)
    if wanted.interface is not None:
        interface = _interface(box, wanted, wanted.interface, running, siblings)
        name = interface.name
        objects.setdefault("nameif", _nameif(box, wanted))
    elif wanted.mode is Mode.POLICY_BASED:
        name = objects.setdefault("crypto map", box.map_entry(local.interface))
    return replace(
        wanted,
        name=name,
        local=local,
        remote=_remote(wanted.remote, running),
        interface=interface,
        psk=wanted.psk if running is None else _psk(box, wanted, running),
        objects=objects,
        quirks=() if running is None else running.quirks,
    )


def _nameif(box: Box, wanted: Tunnel) -> str:
    """A name that no interface has: it is what routes and rules refer to."""
    name, number = own(wanted.name), 1
    known = {one.lower() for one in box.observed.interfaces}
    while name.lower() in known:
        number += 1
        name = f"{own(wanted.name)}-{number}"
    return name


def _interface(
    box: Box, tunnel: Tunnel, wanted: TunnelInterface, running: Tunnel | None, siblings: Tunnels
) -> TunnelInterface:
    held = None if running is None else running.interface
    if held is None:
        name = box.tunnel_interface({one.name for one in siblings})
        address = wanted.address or box.link_address(tunnel.name, siblings)
        box.check_free(name, address)
        return replace(wanted, name=name, address=address, unnumbered=None)
    if wanted.address is None and held.address is None and held.unnumbered is not None:
        return replace(wanted, name=held.name, unnumbered=held.unnumbered)
    address = wanted.address or held.address or box.link_address(tunnel.name, siblings)
    return replace(wanted, name=held.name, address=address, unnumbered=None)


def _local(box: Box, wanted: Local, running: Tunnel | None) -> Local:
    held = Local() if running is None else running.local
    interface = box.nameif(wanted.interface) or held.interface or box.interface_of(wanted.address)
    if interface is None and box.blank:
        interface = "outside"
    if interface is None:
        known = ", ".join(sorted(box.observed.interfaces)) or "none"
        raise box.refused(
            f"no interface of the device has {wanted.address}, so where the tunnel leaves is open",
            f"name it: device.interfaces.outside, one of: {known}",
        )
    known_address = box.observed.interfaces.get(interface)
    address = known_address.ip if known_address is not None else (held.address or wanted.address)
    return replace(wanted, interface=interface, address=address)


def _remote(wanted: Remote, running: Tunnel | None) -> Remote:
    """A device that takes any identity is not told to take one only."""
    if running is not None and running.remote.identity is None:
        return replace(wanted, identity=None)
    return wanted


def _psk(box: Box, wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone, on either side.

    Raises `RefusedError` where the two ends prove themselves in other ways: a rollback could not
    bring that back.
    """
    form = running.objects.get("psk form")
    if form is not None:
        group = running.objects["tunnel-group"]
        raise box.refused(
            f"tunnel-group {group} has {form}, Azure has one pre-shared key for both ends",
            f"set ikev2 local-authentication and remote-authentication of tunnel-group {group} "
            "to Azure's key by hand",
        )
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable else running.psk


def _peers(tunnel: Tunnel) -> str:
    return ", ".join(map(str, tunnel.remote.addresses))


def _marked(box: Box, tunnel: Tunnel) -> Tunnel:
    """With the keys of what the device does not have yet: its rollback takes that away again."""
    keys = "\n".join(dict.fromkeys(_missing(box, tunnel)))
    return replace(tunnel, objects={**tunnel.objects, "added": keys})


def _missing(box: Box, tunnel: Tunnel) -> Iterator[str]:
    if "tcpmss before" in tunnel.objects:
        yield CLAMP
    for section in of(tunnel):
        if section.given and not (box.has(section.key) or section.key == CLAMP):
            yield section.key
