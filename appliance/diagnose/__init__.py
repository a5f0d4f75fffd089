"""Why is it down? What the logs of devices and of Azure say, in the words of `model.failure`."""

from __future__ import annotations

from appliance.diagnose.cause import Cause, Diagnosis, Evidence, Peer
from appliance.diagnose.reading import diagnose

__all__ = ["Cause", "Diagnosis", "Evidence", "Peer", "diagnose"]
