"""Ten thousand sites: all read, each fault of each told, one found without the others."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from appliance.errors import InventoryError
from appliance.inventory.load import load

HEAD = """\
version: 1
defaults:
  device: {driver: cisco_ios, username: automation, interfaces: {outside: GigabitEthernet1}}
groups:
  emea: {tags: [emea]}
sites:
"""
COUNT = 10_000


def _site(number: int) -> str:
    high, low = divmod(number, 250)
    return f"""\
  site-{number}:
    groups: [emea]
    device:
      host: 192.168.{high}.{low}
      password: env:PW_{number}
    on_premises:
      public_ip: 203.{high}.{low}.10
      prefixes: [10.{high}.{low}.0/24]
    azure:
      export: azure/site-{number}
    psk: file:keys/site-{number}.psk
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(HEAD + "".join(map(_site, range(COUNT))))
    return path


def test_all_are_read_and_any_is_found(fleet: Path) -> None:
    sites = load(fleet, drivers=("cisco_ios",)).sites
    assert list(sites) == [f"site-{number}" for number in range(COUNT)]
    assert str(sites["site-9999"].device.host) == "192.168.39.249"
    one = load(fleet, drivers=("cisco_ios",), only={"site-7777"}).sites
    assert one == {"site-7777": sites["site-7777"]}
    assert one["site-7777"].where == f"{fleet}:{7 + 7777 * 11}:3"


def test_each_fault_of_each_site_is_told_in_order(fleet: Path) -> None:
    text = fleet.read_text().replace("password: env:PW_5", "pasword: env:PW_5")
    fleet.write_text(text.replace("10.39.249.0/24", "10.39.249.1/24"))
    with pytest.raises(InventoryError) as caught:
        load(fleet, drivers=("cisco_ios",))
    faults = caught.value.faults
    assert len(faults) == 1111 + 1
    assert faults[0].endswith("site-5.device.pasword: unknown member; did you mean 'password'?")
    assert faults[-1].endswith("'10.39.249.1/24' has host bits set; write 10.39.249.0/24")
    lines = [int(fault.split(":")[1]) for fault in faults]
    assert lines == sorted(lines)


def test_memory_stays_in_proportion(fleet: Path) -> None:
    fleet.write_text(HEAD + "".join(map(_site, range(1500))))
    tracemalloc.start()
    load(fleet, drivers=("cisco_ios",), only={"site-1"})
    cold = tracemalloc.get_traced_memory()[1]
    load(fleet, drivers=("cisco_ios",))
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    load(fleet, drivers=("cisco_ios",), only={"site-1"})
    warm = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert warm < 3 * fleet.stat().st_size
    assert cold < 40 * fleet.stat().st_size
