"""The cache: the same sites as without it, and never trusted further than it deserves."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import InventoryError
from appliance.inventory import check
from appliance.inventory.example import example
from appliance.inventory.load import load
from appliance.inventory.model import Inventory

DRIVERS = ("cisco_ios",)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(example())
    return path


@pytest.fixture
def cold(inventory: Path, cache_home: Path) -> Inventory:
    """Loaded once, so that there is a cache now."""
    loaded = load(inventory, drivers=DRIVERS)
    assert _file(cache_home).exists()
    return loaded


def _file(cache_home: Path) -> Path:
    (file,) = (cache_home / "appliance").iterdir()
    return file


class _Cold(Exception):  # noqa: N818 -- a signal
    pass


def _refuse(*_: object, **__: object) -> None:
    raise _Cold


def _is_warm(monkeypatch: pytest.MonkeyPatch, path: Path, **options: object) -> bool:
    """Whether loading gets by without reading the YAML."""
    with monkeypatch.context() as patch:
        patch.setattr(check, "check", _refuse)
        try:
            load(path, drivers=DRIVERS, **options)  # type: ignore[arg-type]  # only=
        except _Cold:
            return False
    return True


def test_warm_is_the_same_as_cold(
    inventory: Path, cold: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _is_warm(monkeypatch, inventory)
    assert load(inventory, drivers=DRIVERS) == cold
    assert list(load(inventory, drivers=DRIVERS).sites) == list(cold.sites)
    for name, site in cold.sites.items():
        assert _is_warm(monkeypatch, inventory, only={name})
        assert load(inventory, drivers=DRIVERS, only={name}).sites == {name: site}


def test_a_command_for_one_site_hides_no_other_from_the_next(inventory: Path) -> None:
    assert list(load(inventory, drivers=DRIVERS, only={"site-b"}).sites) == ["site-b"]
    whole = list(load(inventory, drivers=DRIVERS).sites)
    assert len(whole) > 1
    assert "site-b" in whole


def _packed(text: bytes) -> bytes:
    """How a text stands in the file."""
    return text.hex().encode()


def test_it_is_private_and_holds_no_secret_and_there_is_one_for_an_inventory(
    inventory: Path, cold: Inventory, cache_home: Path
) -> None:
    file = _file(cache_home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert _packed(b"SITE_A_PSK") in file.read_bytes()
    inventory.write_text(example().replace("203.0.113.10", "203.0.113.99"))
    changed = load(inventory, drivers=DRIVERS)
    assert changed != cold
    assert _file(cache_home) == file
    assert _packed(b"203.0.113.99") in file.read_bytes()
    assert _packed(b"203.0.113.10") not in file.read_bytes()


@pytest.mark.usefixtures("cold")
def test_other_drivers_or_another_place_are_read_anew(
    inventory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InventoryError, match="is not one of juniper_junos"):
        load(inventory, drivers=("juniper_junos",))
    other = tmp_path / "other.yaml"
    other.write_text(example())
    assert not _is_warm(monkeypatch, other)


@pytest.mark.usefixtures("cold")
def test_any_damaged_byte_is_noticed(
    inventory: Path, cold: Inventory, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _file(cache_home)
    good = file.read_bytes()
    for at in range(0, len(good), 37):
        file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert not _is_warm(monkeypatch, inventory), at
    for end in range(0, len(good), 97):
        file.write_bytes(good[:end])
        assert not _is_warm(monkeypatch, inventory), end
    file.write_bytes(good.replace(b"203.0.113.10", b"203.0.113.66"))
    assert load(inventory, drivers=DRIVERS) == cold
    assert load(inventory, drivers=DRIVERS, only={"site-a"}).sites["site-a"] == cold.sites["site-a"]


def test_a_line_of_another_site_or_time_is_not_taken(
    inventory: Path, cold: Inventory, cache_home: Path
) -> None:
    file = _file(cache_home)
    file.write_bytes(
        file.read_bytes().replace(b"\nsite-a ", b"\nsite-x ").replace(b"\nsite-b ", b"\nsite-a ")
    )
    assert load(inventory, drivers=DRIVERS, only={"site-a"}).sites["site-a"] == cold.sites["site-a"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
@pytest.mark.usefixtures("cold")
def test_a_file_open_to_others_is_not_trusted(
    mode: int, inventory: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file(cache_home).chmod(mode)
    assert not _is_warm(monkeypatch, inventory)
    load(inventory, drivers=DRIVERS)
    assert _is_warm(monkeypatch, inventory), "written anew"


@pytest.mark.usefixtures("cold")
def test_a_folder_open_to_others_and_links_are_not_trusted(
    inventory: Path, cache_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _file(cache_home)
    file.parent.chmod(0o777)
    assert not _is_warm(monkeypatch, inventory)
    file.parent.chmod(0o700)
    assert _is_warm(monkeypatch, inventory)
    moved = file.rename(tmp_path / "moved")
    file.symlink_to(moved)
    assert not _is_warm(monkeypatch, inventory)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.usefixtures("cold")
def test_a_file_of_another_user_is_not_trusted(
    inventory: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(_file(cache_home), 12345, 12345)
    assert not _is_warm(monkeypatch, inventory)


@pytest.mark.parametrize("home", [os.devnull, "/proc/none", "relative", ""])
def test_no_place_for_a_cache_is_no_matter(
    home: str, inventory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.chdir(tmp_path)
    assert len(load(inventory, drivers=DRIVERS).sites) == 2
    assert not (tmp_path / "relative").exists()


def test_a_broken_inventory_is_not_kept(
    inventory: Path, cold: Inventory, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _file(cache_home).read_bytes()
    inventory.write_text(example().replace("203.0.113.20", "203.0.113.333"))
    assert load(inventory, drivers=DRIVERS, only={"site-a"}).sites["site-a"] == cold.sites["site-a"]
    assert _file(cache_home).read_bytes() == kept
    assert not _is_warm(monkeypatch, inventory, only={"site-a"})


@pytest.mark.usefixtures("cold")
def test_a_warm_start_imports_nothing_heavy(inventory: Path) -> None:
    script = (
        "import sys\n"
        "from appliance.inventory.load import load\n"
        f"load({str(inventory)!r}, drivers={DRIVERS!r}, only={{'site-a'}})\n"
        "print(*{'yaml', 'jsonschema_rs', 'pathlib', 'difflib', 'logging'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == ""
