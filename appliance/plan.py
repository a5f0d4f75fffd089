"""What would be done to one appliance: differences, the commands, and the way back."""

from __future__ import annotations

from appliance import driver as drivers
from appliance.capability import check
from appliance.compare import compare, settle
from appliance.compare.left import LEFT
from appliance.driver import Driver
from appliance.interruptions import interruptions
from appliance.model.change import Change, Plan
from appliance.model.difference import Difference, Verdict
from appliance.model.intent import Intent, Observed
from appliance.model.leftover import Leftover, left_over, without
from appliance.model.pairing import mine, pair
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace


def plan(intent: Intent, observed: Observed, driver: Driver) -> Plan:
    """The plan for one site on its device as observed; pure, and repeatable.

    Nothing is changed where nothing differs: what Azure would accept as well stays as it is.
    Raises `UnsupportedError` or `RefusedError` when there is no safe way.
    """
    check(_as_told(intent, observed), driver)
    differences = compare(intent, observed)
    gone = left_over(intent, observed) if intent.clears else Leftover()
    running = drivers.held(observed, edge=intent.edge is not None or bool(gone.links))
    amiss = any(_is_amiss(difference) for difference in differences)
    if not (amiss or gone):
        return Plan(
            site=intent.site,
            differences=differences,
            change=Change(),
            rollback=Change(),
            running=running.tunnels,
            target=running.tunnels,
            edge_running=running.edge,
            edge_target=running.edge,
        )
    seen = without(observed, gone, intent.site)
    target = drivers.held(seen, edge=running.edge is not None)
    if amiss:
        settled = settle(intent, seen)
        check(_released(settled, seen), driver)
        placed = drivers.place(driver, settled, seen)
        target = placed if placed.edge is not None else replace(placed, edge=target.edge)
    made = Plan(
        site=intent.site,
        differences=differences,
        change=drivers.change(driver, running, target),
        rollback=drivers.change(driver, target, running),
        running=running.tunnels,
        target=target.tunnels,
        edge_running=running.edge,
        edge_target=target.edge,
    )
    return replace(made, interruptions=interruptions(made, intent))


def _is_amiss(difference: Difference) -> bool:
    """Whether it is for a plan to mend: what is left over goes on demand only."""
    return difference.verdict is not Verdict.UNVERIFIABLE and difference.path not in LEFT


def _as_told(intent: Intent, observed: Observed) -> Intent:
    """The intent for a device of which it is known whether it takes weak algorithms."""
    environment = replace(intent.environment, weak_allowed=observed.weak_allowed)
    return replace(intent, environment=environment)


def _released(intent: Intent, observed: Observed) -> Intent:
    """The intent for the release that the device itself tells, where the inventory does not."""
    told = _as_told(intent, observed)
    version = told.environment.version or observed.version
    return replace(told, environment=replace(told.environment, version=version))


def foreseen(intent: Intent, driver: Driver) -> Observed:
    """A device that nobody has looked at, as the sites before this one will have made it.

    So that configurations that are written without a device never have the same name or number for
    two sites of one device, whichever is entered first.
    """
    observed = Observed(driver=driver.name)
    lines = ""
    for other in intent.beside:
        if other.first and other.intent is not None and other.tunnels:
            placed = driver.place(_keyed(other.intent), observed)
            own = mine(other.intent, placed)
            lines += "".join(f"{step.reveal()}\n" for step in driver.render(own))
            observed = replace(driver.parse(lines), foreseen=True)
    return observed


_ANY_KEY = Secret("of-another-site")


def _keyed(intent: Intent) -> Intent:
    """With some key, where the real one is not known: it is read back, and shown to nobody."""
    return replace(intent, tunnels=tuple(replace(one, psk=_ANY_KEY) for one in intent.tunnels))


def as_running(intent: Intent, observed: Observed) -> Tunnels:
    """What is intended, under the names it has on the device: what a verification looks for."""
    return tuple(
        wanted
        if running is None
        else replace(
            _offering(intent, wanted, running),
            name=running.name,
            enabled=running.enabled,
            interface=running.interface,
            objects=running.objects,
        )
        for wanted, running in pair(intent, observed.tunnels)
    )


def _offering(intent: Intent, wanted: Tunnel, running: Tunnel) -> Tunnel:
    """Azure's default policy takes many combinations: those that the device offers can be live."""
    if not intent.peer.default or running.ike.version is not wanted.ike.version:
        return wanted
    held = running.esp
    return replace(
        wanted,
        ike=replace(wanted.ike, proposals=running.ike.proposals),
        esp=replace(wanted.esp, proposals=held.proposals, pfs_group=held.pfs_group),
    )
