"""A plan and what was seen when it was made, in the words of a plan file."""

from __future__ import annotations

from collections.abc import Iterable

from appliance import journal
from appliance.driver import Facts
from appliance.job import Job
from appliance.model.change import Plan, Step
from appliance.model.intent import Observed
from appliance.model.tunnel import Tunnels
from appliance.planfile.document import Box, Line
from appliance.planfile.words import clean
from appliance.record import dataclass
from appliance.session import hostkeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A plan, and what it was made from. `host_key` is the pinned one, None where none is."""

    job: Job
    facts: Facts
    host_key: str | None
    observed: Observed
    plan: Plan


def box(seen: Seen) -> Box:
    """The device as it answered."""
    device, facts = seen.job.site.device, seen.facts
    return Box(
        host=device.host or "",
        port=seen.job.port,
        hostname=clean(facts.hostname),
        serial=facts.serial and clean(facts.serial),
        version=facts.version and clean(facts.version),
        host_key=None if seen.host_key is None else hostkeys.fingerprint(seen.host_key),
    )


def lines(steps: Iterable[Step]) -> tuple[Line, ...]:
    """Commands as a file has them."""
    return tuple(Line(command=clean(step.text), why=clean(step.why)) for step in steps)


def prints(tunnels: Tunnels) -> dict[str, str | None]:
    """Fingerprints of the tunnels' keys. Raises `RefusedError` as `journal.prints` does."""
    return {clean(name): print_ for name, print_ in journal.prints(tunnels).items()}


def sent(steps: Iterable[Step]) -> dict[str, str | None]:
    """Fingerprints of the secrets in commands, by the command's number. Raises as `prints` does."""
    numbered = enumerate(steps, start=1)
    return {str(at): journal.print_of(step.secret) for at, step in numbered if step.secret}
