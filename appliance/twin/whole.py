"""All that was rehearsed of one site."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.record import dataclass
from appliance.twin.circuit.failover import Failover
from appliance.twin.finding import Finding
from appliance.twin.joint import Joint
from appliance.twin.rehearsal import Rehearsal
from appliance.twin.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Each tunnel by itself, and all together; `joint` None: nothing to lose, or not asked for.

    `subjects` are what was tried, in the same order. `failover` is that of the site's ExpressRoute
    circuits, None where it has none.
    """

    tunnels: tuple[Rehearsal, ...]
    subjects: tuple[Subject, ...]
    joint: Joint | None = None
    failover: Failover | None = None

    @property
    def works(self) -> bool:
        """Whether nothing was found that keeps a tunnel, a circuit, or traffic in them, down."""
        return not any(True for _ in self.breaking)

    @property
    def breaking(self) -> Iterator[Finding]:
        """All that keeps it from working."""
        circuits = () if self.failover is None else self.failover.findings
        for findings in (*(one.findings for one in self.tunnels), circuits):
            yield from (one for one in findings if one.breaking)

    @property
    def ran(self) -> bool:
        """Whether daemons tried each tunnel, and could try the circuits where that was asked."""
        lacking = self.failover is not None and self.failover.lacking
        return not lacking and all(one.outcome is not None for one in self.tunnels)
