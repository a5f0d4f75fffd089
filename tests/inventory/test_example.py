"""What `appliance init` writes, and that it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import RefusedError
from appliance.inventory.example import example, init
from appliance.inventory.load import load


def test_the_example_validates_and_says_what_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    init(path)
    assert path.read_text() == example()
    sites = load(path, drivers=("cisco_ios",)).sites
    assert list(sites) == ["site-a", "site-b"]
    assert sites["site-a"].device.username == "automation"
    assert sites["site-a"].device.outside_interface == "GigabitEthernet0/0/1"
    assert sites["site-b"].tags == ("branch", "bgp")
    assert len(sites["site-b"].device.tunnel.addresses) == 2


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text("mine")
    with pytest.raises(RefusedError, match="there is a file already"):
        init(path)
    assert path.read_text() == "mine"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError):
        init(link)
    with pytest.raises(RefusedError, match=r"inventory.yaml: there is a file already"):
        init(path / "inventory.yaml")
    with pytest.raises(RefusedError, match=r"deeper/inventory.yaml: cannot be written"):
        init(path / "deeper" / "inventory.yaml")


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "sites" / "inventory.yaml"
    init(path)
    assert path.read_text() == example()
