"""What the verbs that talk to devices share: opening one site's device."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from appliance.job import Job, credentials, target
from appliance.session import Session, hostkeys


def connector(job: Job) -> Callable[[], AbstractContextManager[Session]]:
    """A function that opens the site's device, each time anew; secrets are read once, now."""
    device = job.site.device
    pinned = hostkeys.lookup(job.site.name, device.host or "", job.port)
    where, who = target(job, pinned), credentials(job.site)
    return lambda: job.driver.connect(where, who)
