"""The rule on settings of a device that the model has no field for."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.tunnel import Tunnel


def quirks(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """What the driver finds wrong with a tunnel in its platform's own terms."""
    for words in running.quirks:
        if words in wanted.quirks:
            continue
        setting = words.partition(":")[0].split()[0]
        path, reason = f"quirks.{setting}", f"the device has {words}"
        yield finder.found(Severity.WARNING, path, (None, words), reason, Verdict.EXTRA)
