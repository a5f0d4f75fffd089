"""Look for drift: read, parse, compare. There is no way to write from here."""

from __future__ import annotations

from appliance.compare import compare, strangers
from appliance.driver import Disagreement, disagreements
from appliance.job import Job
from appliance.model.difference import Difference, Severity
from appliance.model.intent import Observed
from appliance.model.tunnel import Source
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What was found at one site.

    `differences` are device against expectation, `azure` inventory against Azure. `strangers` are
    names of tunnels on the device that are not the site's: listed, never judged. `unrecognized`
    are lines of VPN sections nobody could judge. `stale` says that Azure's export is too old.
    """

    site: str
    differences: tuple[Difference, ...]
    azure: tuple[Difference, ...]
    strangers: tuple[str, ...] = ()
    unrecognized: tuple[Source, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    age_seconds: float | None = None
    stale: bool = False

    @property
    def drifted(self) -> bool:
        """Whether something differs that matters: information alone is no drift."""
        every = (*self.differences, *self.azure)
        return any(difference.severity > Severity.INFORMATION for difference in every)


def look(job: Job, text: str, *, cross_check: bool = False) -> Drift:
    """Compare one running configuration with what the site should hold."""
    observed: Observed = job.driver.parse(text)
    return Drift(
        site=job.site.name,
        differences=compare(job.intent, observed),
        azure=job.disagreements,
        strangers=tuple(tunnel.name for tunnel in strangers(job.intent, observed)),
        unrecognized=observed.unrecognized,
        disagreements=disagreements(job.driver, text) if cross_check else (),
        age_seconds=job.age_seconds,
        stale=job.stale,
    )
