"""A lab router with Azure's gateway behind it, and the job that is to be pushed to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from appliance.azure.expectation import Expectation
from appliance.driver import Driver, Facts
from appliance.driver import load as load_driver
from appliance.intend import disagreements, intend
from appliance.intend.fit import fit
from appliance.inventory.model import Site
from appliance.job import Job
from appliance.lab import AzurePeer, Lab, Policy, ios_device
from appliance.lab.faults import Fault
from appliance.lab.ios import Device
from appliance.model.change import Plan, Step
from appliance.model.secret import Secret
from appliance.push import Options, Result, Watcher, push
from appliance.session import Credentials, Session, Target
from tests.vendors import intents

KEY = "Canary-4711-battery"
GATEWAY = "198.51.100.7"
QUICK = Options(wait_seconds=0.5)


def azure(*, key: str = KEY, reachable: bool = True) -> AzurePeer:
    """Azure's gateway as `intents.expectation` describes it."""
    return AzurePeer(
        address=GATEWAY,
        psk=key,
        policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256gcm", "", 14)),
        reachable=reachable,
    )


class Router:
    """A lab router over real SSH."""

    def __init__(self, lab: Lab, device: Device, job: Job) -> None:
        served = lab.ssh("site-a")
        self.device = device
        self.before = device.running()
        self.saved = device.startup
        self.job = job
        self.told: list[str] = []
        self.target = Target(
            site="site-a",
            host=served.host,
            port=served.port,
            host_key=served.host_key,
            timeout=30.0,
        )
        self.credentials = Credentials(
            username=served.username,
            password=Secret(served.password),
            enable=Secret(served.enable),
        )

    def connect(self) -> AbstractContextManager[Session]:
        """A session; may be asked for several times."""
        return self.job.driver.connect(self.target, self.credentials)

    def push(self, options: Options = QUICK) -> Result:
        """Push the job."""
        return push(self.job, self.connect, options, _Notes(self.told))

    @property
    def untouched(self) -> bool:
        """Whether it is as it was, running and saved."""
        same = _settled(self.device.running()) == _settled(self.before)
        return same and self.device.startup == self.saved


class _Notes(Watcher):
    def __init__(self, told: list[str]) -> None:
        self.told = told

    def planned(self, plan: Plan, facts: Facts, protection: str) -> bool:
        self.told.append(f"planned {len(plan.change.steps)} for {facts.hostname}: {protection}")
        return True

    def said(self, text: str) -> None:
        self.told.append(text)

    def sent(self, step: Step) -> None:
        self.told.append(step.text)


def _settled(text: str) -> list[str]:
    """A configuration without the lines that change by themselves."""
    return [row for row in text.splitlines() if "Last configuration change" not in row]


@contextmanager
def router(
    *,
    faults: Iterable[Fault] = (),
    peers: Iterable[AzurePeer] | None = None,
    startup: str = "",
    changes: dict[str, object] | None = None,
    expected: Expectation | None = None,
) -> Iterator[Router]:
    """One router; `changes` are fields of the site, `expected` is what Azure wants."""
    device = ios_device(peers=[azure()] if peers is None else peers, startup=startup)
    with Lab({"site-a": device}, faults={"site-a": list(faults)}) as lab:
        driver = load_driver("cisco_ios")
        site = intents.site("cisco_ios", **(changes or {}))
        made = job(site, expected or intents.expectation(), driver)
        yield Router(lab, device, made)


def job(site: Site, expected: Expectation, driver: Driver, key: str = KEY) -> Job:
    """A job as `prepare` makes it, without files."""
    secret = Secret(key)
    return Job(
        site=site,
        expectation=expected,
        intent=fit(intend(site, expected, secret), driver),
        driver=driver,
        disagreements=disagreements(site, expected, secret),
        age_seconds=None,
    )
