"""A shipped site on its lab device, with an inventory of its own that leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from appliance.cli.lab import device
from appliance.cli.online import connector
from appliance.cli.tour import _pinned
from appliance.compare import compare
from appliance.driver import Driver
from appliance.inventory.load import load
from appliance.job import Job, prepare
from appliance.lab import Lab
from appliance.lab.faults import Fault
from appliance.lab.login import ENABLE, PASSWORD
from appliance.lab.shell import Device, Host
from appliance.model.difference import Severity
from appliance.session import Session, hostkeys

ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary-4711-battery"
SITES = {
    "cisco_ios": "site-a",
    "cisco_asa": "site-b",
    "juniper_junos": "site-c",
    "rras": "site-d",
    "strongswan": "site-e",
}


class Stage:
    """One site, its device, and how to look at it."""

    def __init__(self, inventory: Path, job: Job, box: Device | Host) -> None:
        self.box = box
        self.inventory = inventory
        self.job = job
        self.before = self.read()

    @property
    def site(self) -> str:
        return self.job.site.name

    @property
    def driver(self) -> Driver:
        return self.job.driver

    @property
    def words(self) -> list[str]:
        """The site and its inventory, for the command line."""
        return [self.site, "-i", str(self.inventory)]

    def connect(self) -> AbstractContextManager[Session]:
        return connector(self.job)()

    @contextmanager
    def key(self, value: str) -> Iterator[None]:
        """Another key in the inventory meanwhile."""
        former, self.job = self.job, _keyed(self.job, value)
        yield
        self.job = _keyed(former, KEY)

    def read(self) -> str:
        with self.connect() as session:
            return self.driver.read(session)

    def waits(self) -> bool:
        with self.connect() as session:
            return self.driver.pending(session) is not None

    @property
    def old(self) -> bool:
        """Whether it is as it was, keys and all, and nothing waits."""
        text = self.read()
        same = self.driver.differing(self.before, text) == ()
        tunnels = self.driver.parse(text).tunnels == self.driver.parse(self.before).tunnels
        return same and tunnels and not self.waits()

    @property
    def new(self) -> bool:
        """Whether it holds what is intended, and nothing waits."""
        return self.holds(self.read()) and not self.waits()

    def holds(self, text: str) -> bool:
        """Whether this configuration is what is intended."""
        found = compare(self.job.intent, self.driver.parse(text))
        return not [one for one in found if one.severity > Severity.INFORMATION]


def _keyed(job: Job, value: str) -> Job:
    os.environ["STAGE_PSK"] = value
    return prepare(job.site, key=True)


@contextmanager
def stage(
    driver: str,
    folder: Path,
    *,
    faults: Iterable[Fault] = (),
    fields: Mapping[str, object] = MappingProxyType({}),
    box: Device | Host | None = None,
    **members: object,
) -> Iterator[Stage]:
    """The site of this driver; secrets are in the environment while it lasts.

    `faults` are the device's, `fields` are set in the site's `device`, `box` is another device
    than the lab's usual one, `members` are set in the site itself.
    """
    name = SITES[driver]
    given = deepcopy(_shipped())
    said = given["sites"][name]
    said["azure"]["export"] = str(ROOT / said["azure"]["export"])
    said["device"].pop("key_file", None)
    said["device"]["password"] = "env:STAGE_PASSWORD"
    if "enable_secret" in said["device"]:
        said["device"]["enable_secret"] = "env:STAGE_ENABLE"
    said |= {"psk": "env:STAGE_PSK", **members}
    said["device"] |= fields
    given["sites"] = {name: said}
    del given["groups"]  # none of this site's
    os.environ |= {"STAGE_PASSWORD": PASSWORD, "STAGE_ENABLE": ENABLE, "STAGE_PSK": KEY}
    inventory = folder / "inventory.yaml"
    made = box or device(_job(given, inventory))
    with Lab({name: made}, faults={name: faults}) as lab:
        served = lab.ssh(name)
        said["device"] |= {"host": served.host, "port": served.port}
        job = _job(given, inventory)
        hostkeys.pin(name, served.host, served.port, _pinned(served))
        yield Stage(inventory, job, lab.box(name))


@cache
def _shipped() -> Any:  # noqa: ANN401 -- as YAML has it
    return yaml.safe_load((ROOT / "inventory.yaml").read_text(encoding="utf-8"))


def _job(given: object, inventory: Path) -> Job:
    inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    (site,) = load(str(inventory), drivers=tuple(SITES)).sites.values()
    return prepare(site, key=True)
