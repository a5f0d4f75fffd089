"""A site's tunnels tried out before anything is pushed: two real IKE daemons and real packets.

One daemon holds what the device will hold, by `onpremises`; the other what Azure expects, by
`azure`. Both translators read the model and share nothing else, so that one's mistake is not the
other's. They run in namespaces that end with this process, whatever ends it.
"""

from __future__ import annotations

from appliance.twin.circuit import failover
from appliance.twin.joint import Joint, playable
from appliance.twin.joint import on_paper as together_on_paper
from appliance.twin.joint import play as play_together
from appliance.twin.joint import rehearse as together
from appliance.twin.needs import missing
from appliance.twin.rehearsal import Rehearsal, on_paper, rehearse
from appliance.twin.subject import Subject, of_site
from appliance.twin.whole import Whole

__all__ = [
    "Joint",
    "Rehearsal",
    "Subject",
    "Whole",
    "failover",
    "missing",
    "of_site",
    "on_paper",
    "play_together",
    "playable",
    "rehearse",
    "together",
    "together_on_paper",
]
