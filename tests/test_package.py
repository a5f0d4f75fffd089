"""The wheel, installed somewhere else, is complete: templates, schema, drivers, typing marker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree, unpacked as pip does."""
    base = tmp_path_factory.mktemp("package")
    tree = base / "tree"
    tree.mkdir()
    for name in ("appliance", "vendors", "templates"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "from hatchling.build import build_wheel; print(build_wheel('.'))"
    made = subprocess.run(  # noqa: S603 -- our own build
        [sys.executable, "-c", build], cwd=tree, check=True, capture_output=True, text=True
    )
    wheel = tree / made.stdout.strip().splitlines()[-1]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(base / "site")
    return base / "site"


def _appliance(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in another folder, with nothing of the checkout in reach."""
    start = f"import sys; sys.path.insert(0, {str(installed)!r}); from appliance.cli import main; "
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", f"{start}sys.exit(main({list(words)!r}))"],
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()  # a folder of that name must not win over ours
    assert _appliance(installed, tmp_path, "init").returncode == 0
    validated = _appliance(installed, tmp_path, "validate")
    assert (validated.returncode, validated.stdout) == (0, "inventory.yaml: 2 sites, no fault\n")
    rendered = _appliance(installed, tmp_path, "render", "site-a")
    assert rendered.returncode == 0, rendered.stderr
    assert "tunnel mode ipsec ipv4" in rendered.stdout


def test_templates_and_schema_are_inside(installed: Path, tmp_path: Path) -> None:
    saved = tmp_path / "sa.txt"
    saved.write_text("IPv4 Crypto ISAKMP SA\ndst src state conn-id status\n")
    shown = _appliance(
        installed,
        tmp_path,
        *("parse", "--driver", "cisco_ios", "--show", "show crypto isakmp sa", str(saved)),
        *("-o", "json"),
    )
    assert json.loads(shown.stdout)["schema"] == "appliance/state/1", shown.stderr
    schema = _appliance(installed, tmp_path, "schema", "inventory")
    assert json.loads(schema.stdout)["$schema"].startswith("https://json-schema.org/")


def test_the_wheel_says_it_is_typed_and_under_which_licence(installed: Path) -> None:
    assert (installed / "appliance" / "py.typed").exists()
    (metadata,) = installed.glob("*.dist-info/METADATA")
    assert "License-Expression: GPL-3.0-only" in metadata.read_text()
