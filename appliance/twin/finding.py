"""What a rehearsal found, and what is wrong with a tunnel before any other end is asked."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.failure import Kind
from appliance.model.tunnel import Encapsulation, Tunnel
from appliance.record import dataclass

DEVICE, AZURE = "device", "azure"
LARGEST_PACKET = 1_400
LARGEST_MSS = LARGEST_PACKET - 40
"""Less the headers of IP and TCP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that keeps the tunnel, or traffic, down (`breaking`), or will hurt some day.

    `fields` are paths of the observed document, the most telling first; none: it is nobody's
    setting. `dialled` is who had dialled: `device`, `azure`, both, or empty where nobody had to.
    `device` and `azure` are the two ends' values, in the words of whoever told them.
    """

    kind: Kind
    fields: tuple[str, ...]
    breaking: bool
    reason: str
    dialled: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    azure: tuple[str, ...] = ()


def configuration(tunnel: Tunnel) -> Iterator[Finding]:
    """What keeps this tunnel down at the device itself."""
    if not tunnel.enabled:
        yield _broken("enabled", "the device has it shut down")
    if tunnel.encapsulation is not Encapsulation.IPSEC:
        reason = "the device sends GRE in ESP, which Azure cannot terminate"
        yield _broken("encapsulation", reason, tunnel.encapsulation.value)
    if tunnel.dynamic:
        yield _broken("remote.addresses", "it waits for anybody and is for no gateway of Azure's")
    if tunnel.missing:
        reason = "the configuration refers to what it does not define"
        yield _broken("missing", reason, *tunnel.missing)
    for path, proposals in (("ike", tunnel.ike.proposals), ("esp", tunnel.esp.proposals)):
        if not proposals:
            yield _broken(f"{path}.proposals", "the device has no proposal to make")


def sized(tunnel: Tunnel, meant: Tunnel | None) -> bool:
    """Whether sizes are a setting of this platform: Windows chooses them by itself."""
    asked = None if meant is None else meant.interface
    unsaid = asked is None or (asked.mss, asked.mtu) == (None, None)
    return tunnel.interface is not None and not unsaid


def segments(
    tunnel: Tunnel, meant: Tunnel | None, *, flows: bool | None = None
) -> Iterator[Finding]:
    """TCP segments that Azure's gateway would not take whole.

    `meant` is the tunnel as the inventory wants it and the platform can say it; `flows` whether
    full ones got through, None where none was sent. Azure takes packets of 1400 bytes inside the
    tunnel (About VPN devices: MSS 1350, or an MTU of 1400).
    """
    held, asked = tunnel.interface, None if meant is None else meant.interface
    if asked is None or held is None or not sized(tunnel, meant):
        return
    small = _small(held.mss, LARGEST_MSS) or _small(held.mtu, LARGEST_PACKET)
    if small if flows is None else flows:
        return
    field, wanted, found = (
        ("interface.mss", asked.mss, held.mss)
        if asked.mss is not None
        else ("interface.mtu", asked.mtu, held.mtu)
    )
    yield Finding(
        kind=Kind.TRAFFIC,
        fields=(field,),
        breaking=False,
        reason="small packets arrive, full ones do not fit into Azure's tunnel of 1400 bytes",
        device=("nothing" if found is None else str(found),),
        azure=(f"at most {wanted}",),
    )


def _small(held: int | None, limit: int) -> bool:
    return held is not None and held <= limit


def _broken(field: str, reason: str, *device: str) -> Finding:
    return Finding(
        kind=Kind.CONFIGURATION, fields=(field,), breaking=True, reason=reason, device=device
    )
