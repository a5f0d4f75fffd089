"""A plan for the lab router, made without connecting: quick enough to be made hundreds of times."""

from __future__ import annotations

import base64
import time
from functools import cache
from pathlib import Path

from appliance import planfile
from appliance.driver import Facts, load
from appliance.inventory.model import Site
from appliance.job import Job
from appliance.lab import ios_device
from appliance.plan import plan
from appliance.planfile import PlanFile, Seen
from tests.routers import job
from tests.vendors import intents

NOW = int(time.time())


def host_key(of: bytes) -> str:
    """A public key as it is pinned."""
    blob = b"".join(len(part).to_bytes(4) + part for part in (b"ssh-ed25519", of * 32))
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


HOST_KEY = host_key(b"a")
FACTS = Facts(hostname="site-a-rtr", version="17.9.4a", serial="9LABSITE0A1", uptime_seconds=7)


@cache
def running() -> str:
    """What the router holds."""
    return ios_device().running()


def seen(text: str = "", facts: Facts = FACTS, *, job_: Job | None = None) -> Seen:
    """The plan for the router that holds `text`."""
    made = job_ or job_of(intents.site("cisco_ios"))
    observed = made.driver.parse(text or running())
    return Seen(
        job=made,
        facts=facts,
        host_key=HOST_KEY,
        observed=observed,
        plan=plan(made.intent, observed, made.driver),
    )


def job_of(site: Site, key: str = "Canary-4711-battery", **azure: object) -> Job:
    """The site's job; `azure` are members of what Azure expects."""
    return job(site, intents.expectation(**azure), load("cisco_ios"), key)


def file(of: Seen | None = None, *gates: str) -> PlanFile:
    """The plan file, good for a day."""
    return planfile.make(of or seen(), gates, NOW, NOW + 86_400)


def written(folder: Path, of: PlanFile | None = None) -> Path:
    """The plan file on disk."""
    path = folder / "site-a.plan"
    planfile.write(of or file(), str(path))
    return path
