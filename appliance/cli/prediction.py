"""What a device will hold once the plan is carried out."""

from __future__ import annotations

from appliance.driver import disagreements
from appliance.errors import ApplianceError
from appliance.gates import readers_agree
from appliance.job import Job
from appliance.model.change import Step
from appliance.model.edge import Edge
from appliance.model.intent import Observed
from appliance.model.secret import KEY_MARK, Hidden, Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.plan import plan
from appliance.record import dataclass, replace

_STAND_IN = "Stand-in-for-the-key-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """All tunnels of the device then, its edge, and in words how that is known."""

    tunnels: Tunnels
    how: str
    edge: Edge | None = None


def predict(job: Job, text: str | None, *, change: bool = True) -> Prediction:
    """After the planned change to a device whose configuration is `text` (None: it has no tunnel).

    Where the lab can play this device, it is given the configuration and the commands, and what it
    then holds is read by the driver: so that the commands are in the loop, not only their purpose.
    Raises as `plan` does, and `RefusedError` when two readers understand the text differently.
    """
    if text is None:
        made = plan(job.intent, Observed(driver=job.driver.name), job.driver)
        how = "the plan for a device that holds no tunnel"
        return Prediction(tunnels=made.target, how=how, edge=made.edge_target)
    readers_agree(job.site.name, disagreements(job.driver, text))
    observed = job.driver.parse(text)
    if not change:
        return _held(observed, "what the device holds now")
    made = plan(job.intent, observed, job.driver)
    if not made.change:
        return _held(observed, "what it holds: there is nothing to change")
    try:
        then = _played(job, text, observed, list(map(_line, made.change.steps)))
    except (ApplianceError, ValueError, LookupError, ImportError) as error:
        why = error.message if isinstance(error, ApplianceError) else str(error)
        how = f"the plan's target (no lab device: {why})"
        return Prediction(tunnels=made.target, how=how, edge=made.edge_target)
    how = f"the {len(made.change.steps)} commands of the plan, carried out by a lab device"
    return Prediction(tunnels=_with_keys(then.tunnels, made.target), how=how, edge=then.edge)


def _held(observed: Observed, how: str) -> Prediction:
    return Prediction(tunnels=observed.tunnels, how=how, edge=observed.edge)


def _played(job: Job, text: str, observed: Observed, lines: list[str]) -> Observed:
    from appliance.lab.after import after  # noqa: PLC0415 -- the lab is large, and an extra

    driver = job.driver
    before = driver.parse(after(driver.name, text, ()))
    alike = _bare(before.tunnels) == _bare(observed.tunnels)
    if not alike or (job.intent.edge is not None and not _same(before.edge, observed.edge)):
        raise ValueError("it does not know all that this configuration says")
    return driver.parse(after(driver.name, text, lines))


def _same(one: Edge | None, other: Edge | None) -> bool:
    """Whether two edges are the same but for their keys."""
    return _keyless(one) == _keyless(other)


def _keyless(edge: Edge | None) -> Edge | None:
    if edge is None:
        return None
    links = tuple(replace(link, session=replace(link.session, key=None)) for link in edge.links)
    return replace(edge, links=links)


def _bare(tunnels: Tunnels) -> Tunnels:
    """Without keys, which devices show in forms of their own."""
    return tuple(replace(tunnel, psk=None) for tunnel in tunnels)


def _line(step: Step) -> str:
    """As it goes on the wire; a key that is not known has a stand-in."""
    return step.text.replace(KEY_MARK, _STAND_IN) if step.secret is None else step.reveal()


def _with_keys(tunnels: Tunnels, target: Tunnels) -> Tunnels:
    """What we sent is known though the device hides it, and a stand-in is no key."""
    sent = {tunnel.name: tunnel.psk for tunnel in target}

    def known(tunnel: Tunnel) -> Tunnel:
        key = sent.get(tunnel.name)
        unsaid = isinstance(tunnel.psk, Hidden) or tunnel.psk == Secret(_STAND_IN)
        return replace(tunnel, psk=key) if unsaid and key is not None else tunnel

    return tuple(map(known, tunnels))
