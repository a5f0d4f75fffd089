"""Whether a device can be given what is meant: asked before anything connects."""

from __future__ import annotations

from appliance.driver import Driver, Refusal
from appliance.errors import UnsupportedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.intent import Intent


def check(intent: Intent, driver: Driver) -> None:
    """Raise `UnsupportedError` naming every setting the device cannot be given."""
    refusals = (
        *driver.refusals(intent),
        *_edge_refusals(intent, driver),
        *(_beside(intent) if intent.beside else ()),
    )
    if refusals:
        raise UnsupportedError(
            f"{driver.name} cannot do what is asked:\n  " + "\n  ".join(map(_told, refusals)),
            where=f"site {intent.site}",
        )


def _beside(intent: Intent) -> tuple[Refusal, ...]:
    """Tunnels of two sites that nothing tells apart: IKE has no more than the two addresses."""
    from appliance.model.neighbours import rivals  # noqa: PLC0415 -- few devices have two sites

    return tuple(
        Refusal(
            setting=f"the way of {rival.ours.name} out",
            reason=f"it leaves from the same end for {rival.words}",
            alternatives=("another public_ip and device.interfaces.outside", "one site of the two"),
        )
        for rival in rivals(intent)
        if not rival.apart
    )


def _edge_refusals(intent: Intent, driver: Driver) -> tuple[Refusal, ...]:
    if intent.edge is None:
        return ()
    if driver.edge is None:
        reason = "circuits can end on Cisco IOS-XE and Junos; leave them out for this device"
        return (Refusal(setting="express_route", reason=reason),)
    return driver.edge.refusals(intent)


def _told(refusal: Refusal) -> str:
    possible = ", ".join(refusal.alternatives)
    instead = f" (possible: {possible})" if possible else ""
    return f"{refusal.setting}: {refusal.reason}{instead}"
