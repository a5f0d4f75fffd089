"""Names for an intent on the device as observed: what is there and right keeps its name."""

from __future__ import annotations

from appliance.errors import RefusedError
from appliance.model.intent import Intent, Observed
from appliance.model.pairing import LABEL, pair
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Esp, Ike, Local, Tunnel, TunnelInterface, Tunnels
from appliance.record import replace


def place(intent: Intent, observed: Observed) -> Tunnels:
    """All tunnels the device should hold: others' as they are, then the site's.

    Cool OS shares nothing between tunnels, so there is nothing of others' to step round. Raises
    `RefusedError` when the outside port is not known.
    """
    pairs = pair(intent, observed.tunnels)
    mine = {running.name for _, running in pairs if running is not None}
    placed: list[Tunnel] = []
    for wanted, running in pairs:
        taken = {tunnel.name for tunnel in (*observed.tunnels, *placed)}
        placed.append(_place(intent, observed, wanted, running, taken))
    return (*(tunnel for tunnel in observed.tunnels if tunnel.name not in mine), *placed)


def _place(
    intent: Intent, observed: Observed, wanted: Tunnel, running: Tunnel | None, taken: set[str]
) -> Tunnel:
    name = _free(intent, taken) if running is None else running.name
    return replace(
        wanted,
        name=name,
        local=_local(intent, observed, wanted.local),
        interface=_interface(name, wanted.interface, running),
        ike=_ike(name, wanted.ike),
        esp=_esp(name, wanted.esp),
        psk=wanted.psk if running is None else _psk(wanted, running),
        objects={LABEL: wanted.name} if running is None else running.objects,
    )


def _free(intent: Intent, taken: set[str]) -> str:
    number = intent.environment.tunnel_number
    while f"t{number}" in taken:
        number += 1
    return f"t{number}"


def _local(intent: Intent, observed: Observed, wanted: Local) -> Local:
    ports = observed.interfaces
    holding = (name for name, held in ports.items() if held and held.ip == wanted.address)
    port = wanted.interface or next(holding, None)
    if port is None:
        raise RefusedError(
            f"no port of the device has the address {wanted.address}",
            where=f"site {intent.site}",
            hint="name it in the inventory: device.interfaces.outside",
        )
    held = ports.get(port)
    return replace(wanted, interface=port, address=held.ip if held else wanted.address)


def _interface(
    name: str, wanted: TunnelInterface | None, running: Tunnel | None
) -> TunnelInterface | None:
    """An address that the inventory leaves open stays what it is."""
    held = None if running is None else running.interface
    if wanted is None:
        return None
    if wanted.address is None and held is not None and (held.address or held.unnumbered):
        return replace(wanted, name=name, address=held.address, unnumbered=held.unnumbered)
    lender = None if wanted.address else wanted.unnumbered
    return replace(wanted, name=name, unnumbered=lender)


def _ike(name: str, wanted: Ike) -> Ike:
    return replace(wanted, proposals=(replace(wanted.proposals[0], name=name),))


def _esp(name: str, wanted: Esp) -> Esp:
    return replace(wanted, proposals=(replace(wanted.proposals[0], name=name),))


def _psk(wanted: Tunnel, running: Tunnel) -> Secret | Hidden | None:
    """A key that cannot be compared is left alone, on either side."""
    comparable = isinstance(wanted.psk, Secret) and not isinstance(running.psk, Hidden)
    return wanted.psk if comparable else running.psk
