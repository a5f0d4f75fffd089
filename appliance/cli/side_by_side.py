"""Devices of several sites that stand for each other, rehearsed side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.cli.common import tell
from appliance.inventory.model import Site
from appliance.report import joint as report
from appliance.twin import Joint, Whole
from appliance.twin.devices import rehearse


def together(sites: Sequence[Site], tried: Mapping[str, Whole], output: str) -> Joint | None:
    """Each device lost in turn, told as lines where those are asked for.

    None where there is but one, or one of them could not be rehearsed by daemons.
    """
    if len(sites) == 1:
        tell(f"not tried together: {sites[0].name} is the only site that was chosen")
        return None
    lacking = [site.name for site in sites if site.name not in tried or not tried[site.name].ran]
    if lacking:
        tell(f"not tried together: no daemon ran for {', '.join(lacking)}")
        return None
    found = [(one.name, tried[one.name].subjects, tried[one.name].tunnels) for one in sites]
    joint = rehearse(found)
    if output == "text":
        print("\n".join(report.lines(joint)))
    return joint
