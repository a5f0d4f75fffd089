"""Names and numbers for an intent on a host as observed: each tunnel has files of its own."""

from __future__ import annotations

import re

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Remote, Tunnel, Tunnels
from appliance.record import replace
from vendors.strongswan import own
from vendors.strongswan.reading.build import CONNECTION, FILE, INTERFACE_ID, RULES


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the host should hold: others' as they are, then the site's.

    Raises `RefusedError` when the site's tunnel stands in a file of others.
    """
    pairs = pair(intent, observed.tunnels)
    mine = {running.name for _, running in pairs if running is not None}
    others = tuple(tunnel for tunnel in observed.tunnels if tunnel.name not in mine)
    placed: list[Tunnel] = []
    for wanted, running in pairs:
        tunnel = (
            _new(intent, observed, wanted, placed)
            if running is None
            else _kept(intent, wanted, running)
        )
        placed.append(_ruled(wanted, running, tunnel))
    return (*others, *placed)


def _kept(intent: Intent, wanted: Tunnel, running: Tunnel) -> Tunnel:
    _check(intent, wanted, running)
    interface = wanted.interface
    if interface is not None and running.interface is not None:
        keeps = interface.address is None
        address = running.interface.address if keeps else interface.address
        interface = replace(interface, name=running.interface.name, address=address)
    elif interface is not None:
        interface = replace(interface, name=_interface_name(running.objects[INTERFACE_ID]))
    return _named(
        replace(
            wanted,
            local=replace(wanted.local, apart=wanted.local.apart or running.local.apart),
            remote=_remote(wanted.remote, running.remote),
            psk=_psk(wanted, running),
            interface=interface,
            objects=dict(running.objects),
        ),
        running.name,
    )


def _ruled(wanted: Tunnel, running: Tunnel | None, placed: Tunnel) -> Tunnel:
    """With rules on its traffic: those that are there stay where they do what is asked."""
    if wanted.filter is None:
        return placed
    from appliance.model.filters import agrees  # noqa: PLC0415 -- most have no rules
    from vendors.strongswan.writing.traffic import text  # noqa: PLC0415 -- as above

    kept = running is not None and RULES in running.objects
    if kept and running is not None and agrees(wanted.filter, running.filter):
        return placed
    rules = text(placed.objects[LABEL], placed, wanted.filter)
    return replace(placed, objects={**placed.objects, RULES: rules})


def _check(intent: Intent, wanted: Tunnel, running: Tunnel) -> None:
    """Raise `RefusedError` for what is not ours to edit, or of another form."""
    where = f"site {intent.site}"
    if LABEL not in running.objects:
        file = running.objects.get(FILE, "")
        raise RefusedError(
            f"connection {running.name} reaches {_peers(running)} already, and stands in a file "
            f"that is not ours: {file or 'the text has no file names'}",
            where=where,
            hint="take it out of that file (and its key), or make it agree by hand: only files "
            "named appliance-*.conf are written",
        )
    if running.mode is not wanted.mode or running.missing:
        words = ", ".join(running.missing) or f"a {running.mode} tunnel"
        raise RefusedError(
            f"{running.name} reaches {_peers(running)} with {words}, the inventory asks for "
            f"a whole {wanted.mode} one",
            where=where,
            hint=f"set device.mode: {running.mode}, or remove {running.objects[FILE]} and "
            "push again",
        )


def _new(intent: Intent, observed: Observed, wanted: Tunnel, siblings: list[Tunnel]) -> Tunnel:
    held = {tunnel.objects.get(CONNECTION) for tunnel in siblings}
    name = _free_name(observed, wanted.name, held)
    objects = {
        LABEL: wanted.name,
        CONNECTION: name,
        FILE: own.swanctl_file(wanted.name, _folder(observed)),
    }
    interface = wanted.interface
    if interface is not None:
        number = _free_number(intent, observed, siblings)
        objects[INTERFACE_ID] = str(number)
        interface = replace(interface, name=_interface_name(number))
    return _named(replace(wanted, interface=interface, objects=objects), name)


def _named(tunnel: Tunnel, name: str) -> Tunnel:
    """With the names that parts of it will have when they are read back."""
    ike = tuple(
        replace(one, name=f"{name}.{at}") for at, one in enumerate(tunnel.ike.proposals, start=1)
    )
    esp = tuple(
        replace(one, name=f"{name}.{at}") for at, one in enumerate(tunnel.esp.proposals, start=1)
    )
    return replace(
        tunnel,
        name=name,
        ike=replace(tunnel.ike, proposals=ike),
        esp=replace(tunnel.esp, proposals=esp),
    )


def _free_name(observed: Observed, label: str, held: set[str | None]) -> str:
    """A section's name holds no dots; connections of one name would be merged."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", label)
    taken = {heading.removeprefix("connection ") for heading in observed.objects} | held
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def _free_number(intent: Intent, observed: Observed, siblings: list[Tunnel]) -> int:
    used = {tunnel.objects.get(INTERFACE_ID) for tunnel in (*observed.tunnels, *siblings)}
    number = max(intent.environment.tunnel_number, 1)
    while (
        f"interface id {number}" in observed.objects
        or str(number) in used
        or _interface_name(number) in observed.interfaces
    ):
        number += 1
    return number


def _interface_name(number: object) -> str:
    return f"xfrm{number}"


def _folder(observed: Observed) -> str:
    elsewhere = f"file {own.SWANCTL_ELSEWHERE}/"
    found = any(heading.startswith(elsewhere) for heading in observed.objects)
    return own.SWANCTL_ELSEWHERE if found else own.SWANCTL


def _remote(wanted: Remote, running: Remote) -> Remote:
    """A host that takes any identity is not told to take one only."""
    return replace(wanted, identity=None) if running.identity is None else wanted


def _psk(wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone."""
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable else running.psk


def _peers(tunnel: Tunnel) -> str:
    return ", ".join(map(str, tunnel.remote.addresses)) or "Azure"
