"""How a rule says what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.tunnel import Source
from appliance.record import dataclass

Algorithm = Encryption | Integrity | Prf | DhGroup

SHORTEST_LIFETIME_SECONDS = 300
"""Below this Azure refuses a lifetime of its own, and rekeys come too thick."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Makes differences of one tunnel, each with the device's line for its path.

    `shared` are the names of proposals that other sites' tunnels use too: theirs to judge. `part`
    is which of several proposals or sessions is spoken of.
    """

    tunnel: str
    sources: Mapping[str, Source]
    shared: frozenset[str] = frozenset()
    part: str = ""

    def of(self, part: object) -> Finder:
        """The same for one of several proposals (by name), sessions (by address), or networks."""
        return Finder(self.tunnel, self.sources, self.shared, str(part))

    def breaking(self, path: str, intended: object, running: object, reason: str) -> Difference:
        """A difference that keeps the tunnel, or traffic in it, down."""
        return self.found(Severity.BREAKING, path, (intended, running), reason)

    def warning(self, path: str, intended: object, running: object, reason: str) -> Difference:
        """A difference that will hurt some day, or weakens security."""
        return self.found(Severity.WARNING, path, (intended, running), reason)

    def information(self, path: str, intended: object, running: object, reason: str) -> Difference:
        """A difference each side may well have for itself."""
        return self.found(Severity.INFORMATION, path, (intended, running), reason)

    def found(
        self,
        severity: Severity,
        path: str,
        values: tuple[object, object],
        reason: str,
        verdict: Verdict | None = None,
    ) -> Difference:
        """A difference; its verdict follows from which of (intended, running) is there."""
        intended, running = values
        if verdict is None:
            empty: tuple[object, ...] = (None, [])
            verdict = Verdict.MISSING if running in empty else Verdict.DIFFERENT
            verdict = Verdict.EXTRA if intended in empty and running not in empty else verdict
        return Difference(
            tunnel=self.tunnel,
            path=path,
            intended=intended,
            running=running,
            severity=severity,
            verdict=verdict,
            reason=reason,
            source=self._source(path),
        )

    def _source(self, path: str) -> Source | None:
        """The line of the field, or of the nearest field that encloses it."""
        head, dot, last = path.rpartition(".")
        own = f"{head}.{self.part}.{last}" if dot else f"{path}.{self.part}"
        for exact in (own, path, f"{head}.{self.part}"):
            if exact in self.sources:
                return self.sources[exact]
        while path and path not in self.sources:
            path = path.rpartition(".")[0]
        return self.sources.get(path)


def tokens(algorithms: Sequence[Algorithm]) -> list[object]:
    """Algorithms as they stand in documents: groups by number, the others by token."""
    return [int(a) if isinstance(a, DhGroup) else str(a) for a in algorithms]


def lifetime(finder: Finder, path: str, values: tuple[object, object]) -> Difference:
    """A lifetime that differs: no mismatch, since each side keeps its own (Azure FAQ)."""
    running = values[1]
    if isinstance(running, int) and "seconds" in path and running < SHORTEST_LIFETIME_SECONDS:
        return finder.warning(path, *values, "so short that the tunnel is mostly rekeying")
    reason = "lifetimes are each side's own; the shorter one rekeys first"
    return finder.information(path, *values, reason)
