"""Many connections of one gateway take time in proportion to their number."""

from __future__ import annotations

import json
from pathlib import Path

from appliance.azure import outcomes
from tests.growth import growth

EXAMPLE = Path(__file__).parents[2] / "examples/azure/site-a"


def _landscape(folder: Path, count: int) -> Path:
    """The shipped gateway and VNet with so many connections, each to a site of its own."""
    read = {file.stem: json.loads(file.read_text()) for file in EXAMPLE.glob("*.json")}
    gateway, vnet = read["gateway"], read["vnet"]
    made = [gateway, vnet]
    for number in range(count):
        site = json.loads(json.dumps(read["local-gateway"]))
        site["id"], site["name"] = f"{site['id']}-{number}", f"site-{number}"
        connection = json.loads(json.dumps(read["connection"]))
        connection["id"], connection["name"] = f"{connection['id']}-{number}", f"cn-{number}"
        connection["localNetworkGateway2"] = {"id": site["id"]}
        made += [site, connection]
    file = folder / f"{count}.json"
    file.write_text(json.dumps(made))
    return file


def test_connections_cost_the_same_each(tmp_path: Path) -> None:
    few, many = _landscape(tmp_path, 25), _landscape(tmp_path, 200)
    assert len(outcomes([many])) == 200
    assert growth(lambda file: outcomes([file]), few, many) < 20, "eight times as many, squared: 64"
