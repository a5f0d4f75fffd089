"""What the verbs that talk to devices share: opening one site's device."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from appliance.driver import Driver
from appliance.inventory.model import Site
from appliance.job import Job, credentials, pinned, target
from appliance.session import Session


def connector(job: Job) -> Callable[[], AbstractContextManager[Session]]:
    """A function that opens the site's device, each time anew; secrets are read once, now."""
    return opener(job.site, job.driver)


def opener(site: Site, driver: Driver) -> Callable[[], AbstractContextManager[Session]]:
    """The same for a site of which no more than its device needs to be known."""
    where, who = target(site, driver, pinned(site, driver)), credentials(site)
    return lambda: driver.connect(where, who)
