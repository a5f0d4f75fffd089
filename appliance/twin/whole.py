"""All that was rehearsed of one site."""

from __future__ import annotations

from appliance.record import dataclass
from appliance.twin.joint import Joint
from appliance.twin.rehearsal import Rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Each tunnel by itself, and all together; `joint` None: nothing to lose, or not asked for."""

    tunnels: tuple[Rehearsal, ...]
    joint: Joint | None = None

    @property
    def works(self) -> bool:
        """Whether nothing was found that keeps a tunnel, or traffic in it, down."""
        return all(one.works for one in self.tunnels)

    @property
    def ran(self) -> bool:
        """Whether daemons tried each tunnel."""
        return all(one.outcome is not None for one in self.tunnels)
