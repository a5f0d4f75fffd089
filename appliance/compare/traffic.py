"""The rule on what may cross a tunnel: as sets of flows, whatever the device's lines look like."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.tunnel import Source, Tunnel
from appliance.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Chain, Filter
    from appliance.model.traffic import Flows


def traffic(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """What is to pass does, and nothing else; lines that nobody understands are told."""
    if wanted.filter is None:
        return
    from appliance.model.traffic import EVERYTHING, NOTHING  # noqa: PLC0415 -- most have no rules

    ours, theirs = wanted.filter.passes, running.filter
    surely = EVERYTHING if theirs is None else theirs.passes
    perhaps = NOTHING if theirs is None else theirs.perhaps
    chains = () if theirs is None else theirs.chains
    missing, extra = ours - surely - perhaps, surely - ours
    if missing or extra:
        yield _differs(finder, ours, (missing, extra), chains)
    if perhaps and theirs is not None:
        yield _unknown(finder, wanted.filter, theirs)


def _differs(
    finder: Finder, ours: Flows, apart: tuple[Flows, Flows], chains: tuple[Chain, ...]
) -> Difference:
    from appliance.model.filters import blocked_by, passed_by  # noqa: PLC0415 -- as above
    from appliance.model.spoken import told  # noqa: PLC0415 -- as above

    missing, extra = apart
    reasons, running = [], {}
    if missing:
        reasons.append(f"permitted traffic is blocked: {'; '.join(told(missing, 3))}")
        running["blocked"] = told(missing)
    if extra:
        reasons.append(f"prohibited traffic passes: {'; '.join(told(extra, 3))}")
        running["passes"] = told(extra)
    made = finder.breaking("filter", told(ours), running, ", and ".join(reasons))
    line = blocked_by(chains, missing) if missing else passed_by(chains, extra)
    return replace(made, source=line or made.source)


def _unknown(finder: Finder, ours: Filter, theirs: Filter) -> Difference:
    from appliance.model.spoken import told  # noqa: PLC0415 -- as above

    odd = [entry.source for chain in theirs.chains for entry in chain.entries if not entry.clear]
    texts = "; ".join(dict.fromkeys(f"`{source.text.strip()}`" for source in odd[:3]))
    made = finder.found(
        Severity.WARNING,
        "filter",
        (told(ours.passes & theirs.perhaps), told(theirs.perhaps)),
        f"whether this passes cannot be told from {texts}",
        Verdict.UNVERIFIABLE,
    )
    return replace(made, source=_first(odd) or made.source)


def _first(sources: list[Source]) -> Source | None:
    return sources[0] if sources else None
