"""One look at a device: what it holds, and how its tunnels and circuits do, rung by rung."""

from __future__ import annotations

from appliance.cli.online import connector
from appliance.job import Job
from appliance.model.edge import Edge
from appliance.model.intent import Observed
from appliance.model.pairing import pair
from appliance.plan import as_running
from appliance.record import dataclass
from appliance.session import Session
from appliance.verify import Finding, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The running configuration, as text and read, and the verdicts on what is live."""

    text: str
    observed: Observed
    findings: tuple[Finding, ...]


def look(job: Job) -> Look:
    """The site's device, opened and read for it alone. Raises `ConnectError`, `SessionError`."""
    with connector(job)() as session:
        return asked(job, session, job.driver.read(session))


def asked(job: Job, session: Session, text: str) -> Look:
    """Two samples with a little traffic in between, so that counters can be seen to move.

    `text` is the configuration that the device holds. Raises `SessionError`.
    """
    driver, wanted = job.driver, job.intent.edge
    observed = driver.parse(text)
    tunnels = as_running(job.intent, observed)
    before = driver.state(session, tunnels)
    driver.wake(session, tunnels)
    after = driver.state(session, tunnels)
    edge = None if wanted is None else _edge(job, wanted, observed, session)
    pairs = pair(job.intent, observed.tunnels)
    absent = {intended.name for intended, running in pairs if running is None}
    if edge is None or wanted is None:
        found = verify(tunnels, after, before=before, absent=absent, advice=driver.advice)
        return Look(text=text, observed=observed, findings=found)
    from appliance.verify.edge import at_rest, standing_by  # noqa: PLC0415 -- few sites have one

    judged = standing_by(tunnels, wanted)
    found = verify(judged, after, before=before, absent=absent, advice=driver.advice)
    return Look(text=text, observed=observed, findings=(*at_rest(found, edge), *edge))


def _edge(job: Job, wanted: Edge, observed: Observed, session: Session) -> tuple[Finding, ...]:
    """The links of the circuits, and which path each prefix takes."""
    from appliance.verify.edge import verify_edge  # noqa: PLC0415 -- few sites have one

    known = job.driver.edge
    if known is None:
        return ()
    state = known.state(session, wanted)
    return verify_edge(wanted, observed.edge, as_running(job.intent, observed), state)
