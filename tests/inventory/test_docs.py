"""The reference page knows every member, and its example is right."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.inventory.load import load
from appliance.inventory.schema import schema

PAGE = (Path(__file__).parents[2] / "docs" / "inventory.md").read_text()


def test_every_member_is_described() -> None:
    definitions = schema()["$defs"]
    assert isinstance(definitions, dict)
    for section in ("site", "device", "on_premises", "azure"):
        for member in definitions[section]["properties"]:
            assert re.search(rf"[`.]{member}\b", PAGE), (section, member)


def test_the_example_is_right(tmp_path: Path) -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "inventory.yaml"
    path.write_text(example)
    assert list(load(path, drivers=("cisco_ios",)).sites) == ["site-a"]
