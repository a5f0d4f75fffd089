"""A lab server with Azure's gateway behind it, over real WinRM, and the job to be pushed to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from appliance.azure.expectation import Expectation
from appliance.driver import Driver, load
from appliance.inventory.model import OnPremisesBgp, Site
from appliance.job import Job
from appliance.lab.azure_peer import AzurePeer, BgpPeer
from appliance.lab.faults import Fault
from appliance.lab.rras.factory import rras_device
from appliance.lab.rras.server import Server, Settings
from appliance.model.change import Step
from appliance.model.reach import WinRm
from appliance.model.secret import Secret
from appliance.push import Options, Result, Watcher, push
from appliance.session import Credentials, Session, Target
from appliance.session.certificates import offers
from tests.routers import azure, job
from tests.vendors import intents

QUICK = Options(wait_seconds=0.5, allow=frozenset({"AZ-BGP-003"}))
"""A server of one address has BGP start from its public one: the gate for that stands open."""
CREDENTIALS = Credentials(username="netops", password=Secret("branch-0ffice"))


class _Notes(Watcher):
    def __init__(self, told: list[str]) -> None:
        self.told = told

    def said(self, text: str) -> None:
        self.told.append(text)

    def sent(self, step: Step) -> None:
        self.told.append(step.text)


@dataclass
class Windows:
    """One server that is served, and what is pushed to it."""

    device: Server
    target: Target
    job: Job
    credentials: Credentials = CREDENTIALS
    told: list[str] = field(default_factory=list)

    def connect(self) -> AbstractContextManager[Session]:
        """A session; may be asked for several times."""
        return self.job.driver.connect(self.target, self.credentials)

    def push(self, options: Options = QUICK) -> Result:
        """Push the job."""
        return push(self.job, self.connect, options, _Notes(self.told))

    @property
    def names(self) -> list[str]:
        """The interfaces it holds."""
        return [one.name for one in self.device.interfaces.values()]


def target(endpoint_port: int, *, winrm: WinRm | None = None, timeout: float = 30.0) -> Target:
    """Where the lab listens, with its certificate pinned where it shows one."""
    made = Target(
        site="site-a",
        host="127.0.0.1",
        port=endpoint_port,
        timeout=timeout,
        winrm=winrm or WinRm(),
    )
    shown = offers(made)
    return replace(made, host_key=shown[0]) if shown else made


@contextmanager
def windows(  # noqa: PLR0913 -- all that a test may want otherwise
    *,
    faults: Iterable[Fault] = (),
    peers: Iterable[AzurePeer] | None = None,
    settings: Settings | None = None,
    winrm: WinRm | None = None,
    site: Site | None = None,
    expected: Expectation | None = None,
) -> Iterator[Windows]:
    """One server; Azure's gateway agrees with `intents.expectation` unless said otherwise."""
    device = rras_device(peers=[azure()] if peers is None else peers, settings=settings)
    way = winrm or WinRm()
    with device.serve("site-a", host="127.0.0.1", port=0, faults=faults, scheme=way.scheme) as at:
        made = job(site or branch(), expected or intents.expectation(), driver())
        yield Windows(device, target(at.port, winrm=way), made)


def driver() -> Driver:
    """The driver."""
    return load("rras")


def branch() -> Site:
    """The site of the lab's server."""
    return intents.site("rras")


def speaking() -> tuple[Site, Expectation, AzurePeer]:
    """The same with BGP, and a gateway that speaks it."""
    made = branch()
    ours = OnPremisesBgp(asn=65_050, address=intents.OUTSIDE)
    peer = replace(
        azure(),
        bgp=BgpPeer(
            address="10.20.255.30",
            device_address=str(intents.OUTSIDE),
            device_asn=65_050,
            prefixes=("10.20.0.0/16", "10.21.0.0/16"),
        ),
    )
    site = replace(made, on_premises=replace(made.on_premises, bgp=ours))
    return site, intents.expectation(bgp_enabled=True), peer
