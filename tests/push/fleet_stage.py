"""Many shipped sites under other names, each on a lab device of its own, and their inventory."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from appliance.cli.lab import device
from appliance.cli.tour import _pinned
from appliance.inventory.load import load
from appliance.job import Job, prepare
from appliance.lab import Lab
from appliance.lab.faults import Fault
from appliance.lab.login import ENABLE, PASSWORD
from appliance.lab.shell import Device, Host
from appliance.session import hostkeys
from tests.push.stage import KEY, ROOT, SITES


class Fleet:
    """The sites, their lab and their inventory, which can be edited."""

    def __init__(self, lab: Lab, inventory: Path, given: dict[str, dict[str, object]]) -> None:
        self.lab = lab
        self.inventory = inventory
        self.given = given

    @property
    def words(self) -> list[str]:
        """The inventory, for the command line."""
        return ["-i", str(self.inventory)]

    def write(self) -> None:
        """Write the inventory as `given` is now."""
        self.inventory.write_text(yaml.safe_dump(self.given), encoding="utf-8")

    def site(self, name: str) -> dict[str, dict[str, object]]:
        """A site as it is written, to be changed before `write`."""
        found = self.given["sites"][name]
        assert isinstance(found, dict)
        return found

    def job(self, name: str) -> Job:
        """The site made ready."""
        return prepare(load(str(self.inventory), drivers=tuple(SITES)).sites[name], key=True)

    def running(self, name: str) -> str:
        """The configuration of a device that is a command line, and not read over a wire."""
        return self.lab.device(name).running()


@contextmanager
def fleet(
    folder: Path,
    names: Mapping[str, str],
    *,
    faults: Mapping[str, Sequence[Fault]] | None = None,
    tags: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Fleet]:
    """Sites by name, each with its driver; secrets are in the environment while it lasts."""
    shipped = yaml.safe_load((ROOT / "inventory.yaml").read_text(encoding="utf-8"))
    del shipped["groups"]  # none of theirs
    given = {**shipped, "sites": {name: _site(shipped, driver) for name, driver in names.items()}}
    for port, site in enumerate(given["sites"].values(), start=10_000):
        site["device"]["port"] = port  # until it is known: no two sites may have one device
    for name, some in (tags or {}).items():
        given["sites"][name]["tags"] = list(some)
    os.environ |= {"STAGE_PASSWORD": PASSWORD, "STAGE_ENABLE": ENABLE, "STAGE_PSK": KEY}
    inventory = folder / "inventory.yaml"
    inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    sites = load(str(inventory), drivers=tuple(SITES)).sites
    boxes = {name: _numbered(device(prepare(site, key=True)), name) for name, site in sites.items()}
    with Lab(boxes, faults=faults or {}) as lab:
        for name in names:
            served = lab.ssh(name)
            given["sites"][name]["device"] |= {"host": served.host, "port": served.port}
            hostkeys.pin(name, served.host, served.port, _pinned(served))
        made = Fleet(lab, inventory, given)
        made.write()
        yield made


def _numbered(box: Device | Host, name: str) -> Device | Host:
    """The box with a serial number of its own: by that it is known, whatever its address."""
    settings = getattr(box, "settings", None)
    if settings is not None:
        vars(box)["settings"] = replace(settings, serial=f"9LAB{name.upper().replace('-', '')}")
    return box


def _site(shipped: dict[str, dict[str, object]], driver: str) -> dict[str, object]:
    said = copy.deepcopy(shipped["sites"][SITES[driver]])
    assert isinstance(said, dict)
    said["azure"]["export"] = str(ROOT / said["azure"]["export"])
    said["device"].pop("key_file", None)
    said["device"]["password"] = "env:STAGE_PASSWORD"
    if "enable_secret" in said["device"]:
        said["device"]["enable_secret"] = "env:STAGE_ENABLE"
    said["psk"] = "env:STAGE_PSK"
    return said
