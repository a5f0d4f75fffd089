"""A site with ExpressRoute on its lab device, with both links of its circuit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from appliance.inventory.load import load
from appliance.job import prepare
from appliance.lab.faults import Fault
from appliance.lab.ios.device import Device as Router
from appliance.lab.junos.device import SrxDevice
from tests.push.stage import SITES, Stage, stage

MD5 = "Circuit4711Canary"
DRIVERS = ("cisco_ios", "juniper_junos")
_PORTS = {"cisco_ios": "GigabitEthernet2", "juniper_junos": "ge-0/0/2"}
_ASN = {"cisco_ios": 65_010, "juniper_junos": 65_050}


def _route(driver: str, key: Path) -> dict[str, object]:
    links = [
        {
            "interface": _PORTS[driver],
            "vlan": 300 + n,
            "svlan": 42,
            "address": f"172.30.0.{4 * n + 1}/30",
        }
        for n in (0, 1)
    ]
    own: dict[str, object] = {"asn": _ASN[driver]} if driver == "cisco_ios" else {"zone": "trust"}
    return {
        "internet_next_hop": "203.0.113.1",
        "circuits": [{"name": "er-1", "md5": f"file:{key}", "links": links}],
        **own,
    }


@contextmanager
def circuits(driver: str, folder: Path, *, faults: Iterable[Fault] = ()) -> Iterator[Stage]:
    """The site of this driver on its device, with two links that answer."""
    key = folder / "md5"
    key.write_text(MD5, encoding="ascii")
    key.chmod(0o600)
    with stage(driver, folder, faults=faults, express_route=_route(driver, key)) as made:
        box = made.box
        assert isinstance(box, Router | SrxDevice)
        assert len(box.circuits) == 2
        yield made


def rewrite(site: Stage, **members: object) -> None:
    """Other members in the site's `express_route`; what the device holds now is what was before."""
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    given["sites"][site.site]["express_route"] |= members
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    (found,) = load(str(site.inventory), drivers=tuple(SITES)).sites.values()
    site.job = prepare(found, key=True)
    site.before = site.read()
