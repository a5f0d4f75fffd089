"""Look for drift: read, parse, compare. There is no way to write from here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.compare import compare, strangers
from appliance.driver import Disagreement, disagreements
from appliance.job import Job
from appliance.model.difference import Difference, Severity
from appliance.model.intent import Observed
from appliance.model.pairing import neighbours
from appliance.model.tunnel import Source
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.change import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of one difference besides its values.

    `moved` says which side is another since all agreed, `command` what a person could type for
    Azure's side, `accepted` until when and why the site may differ; each is empty where nothing
    is known.
    """

    moved: str = ""
    command: str = ""
    accepted: str = ""


_UNTOLD = Told()
_NOTHING: Mapping[tuple[str, str], Told] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What was found at one site.

    `differences` are device against expectation, `azure` inventory against Azure. `strangers` are
    names of tunnels on the device that are no site's: listed, never judged. `beside` are those of
    other sites of the inventory, with the site of each. `unrecognized` are lines of VPN sections
    nobody could judge. `stale` says that Azure's export is too old.
    `told` has, for the (tunnel, path) of a difference, what else is known of it. `plan` is what
    would bring the device back to what is meant, None where nothing would or it is not known.
    """

    site: str
    differences: tuple[Difference, ...]
    azure: tuple[Difference, ...]
    strangers: tuple[str, ...] = ()
    beside: Mapping[str, str] = MappingProxyType({})
    unrecognized: tuple[Source, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    age_seconds: float | None = None
    stale: bool = False
    told: Mapping[tuple[str, str], Told] = _NOTHING
    plan: Plan | None = None

    @property
    def drifted(self) -> bool:
        """Whether something differs that matters: neither information alone, nor accepted."""
        return any(map(self.matters, (*self.differences, *self.azure)))

    def matters(self, difference: Difference) -> bool:
        """Whether this difference is drift."""
        return difference.severity > Severity.INFORMATION and not self.of(difference).accepted

    def of(self, difference: Difference) -> Told:
        """What else is known of a difference."""
        return self.told.get((difference.tunnel, difference.path), _UNTOLD)


def look(job: Job, text: str, *, cross_check: bool = False) -> Drift:
    """Compare one running configuration with what the site should hold."""
    observed: Observed = job.driver.parse(text)
    doubts = disagreements(job.driver, text) if cross_check else ()
    return between(job, observed, doubts)


def between(job: Job, observed: Observed, doubts: tuple[Disagreement, ...] = ()) -> Drift:
    """The same for a configuration that was read; `doubts` are a second reader's."""
    known = neighbours(job.intent, observed.tunnels)
    return Drift(
        site=job.site.name,
        differences=compare(job.intent, observed),
        azure=job.disagreements,
        strangers=tuple(
            one.name for one in strangers(job.intent, observed) if one.name not in known
        ),
        beside=known,
        unrecognized=observed.unrecognized,
        disagreements=doubts,
        age_seconds=job.age_seconds,
        stale=job.stale,
    )
