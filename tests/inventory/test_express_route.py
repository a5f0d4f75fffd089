"""`express_route` in an inventory: what is read, what is refused and where."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest
import yaml

from appliance.driver import names
from appliance.errors import ExpectationError, InventoryError
from appliance.inventory.load import load
from appliance.inventory.model import CircuitEnd, CircuitLink, ExpressRoute, Site
from appliance.job import prepare
from appliance.model.edge import Edge
from appliance.model.secret import Hidden, SecretRef

ROOT = Path(__file__).parents[2]
DRIVERS = tuple(names())


def _given() -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
        (ROOT / "inventory.yaml").read_text("utf-8")
    )
    return found


def _loaded(tmp_path: Path, **members: object) -> Site:
    given = _given()
    given["sites"]["er-ios"] |= members
    path = tmp_path / "inventory.yaml"
    path.write_text(yaml.safe_dump(given), "utf-8")
    return load(path, drivers=DRIVERS).sites["er-ios"]


def _route(**members: object) -> dict[str, object]:
    found = _given()["sites"]["er-ios"]["express_route"]
    assert isinstance(found, dict)
    return {**found, **members}


def _without(name: str) -> dict[str, object]:
    return {member: value for member, value in _route().items() if member != name}


def _links(*links: dict[str, object]) -> dict[str, object]:
    return _route(circuits=[{"name": "er-amsterdam", "links": list(links)}])


def test_the_example_is_read_as_it_is_meant() -> None:
    site = load(ROOT / "inventory.yaml", drivers=DRIVERS).sites["er-junos"]
    assert site.express_route == ExpressRoute(
        circuits=(
            CircuitEnd(
                name="er-dublin",
                links=(
                    CircuitLink(interface="ge-0/0/2", svlan=42),
                    CircuitLink(interface="ge-0/0/3", svlan=42),
                ),
                md5=SecretRef("env", "APPLIANCE_ER_DUBLIN_MD5"),
            ),
        ),
        internet_next_hop=IPv4Address("203.0.113.1"),
        zone="azure",
    )


def test_what_the_inventory_leaves_out_comes_from_azure() -> None:
    sites = load(ROOT / "inventory.yaml", drivers=DRIVERS).sites
    edge = prepare(sites["er-junos"], key=False).intent.edge or Edge()
    first, second = edge.links
    assert (first.interface, first.vlan, first.svlan) == ("ge-0/0/2.300", 300, 42)
    assert first.address == IPv4Interface("172.17.0.1/30")
    assert (str(first.session.peer), str(second.session.peer)) == ("172.17.0.2", "172.17.0.6")
    assert isinstance(first.session.key, Hidden)
    assert (edge.asn, edge.standby) == (65_090, ())  # its VPN speaks BGP
    static = prepare(sites["er-ios"], key=False).intent.edge or Edge()
    assert [(str(one.prefix), one.distance) for one in static.standby] == [
        ("10.20.0.0/16", 250),
        ("10.21.0.0/16", 250),
    ]
    assert [str(one.address) for one in static.hosts] == ["198.51.100.7"]


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (_without("asn"), "express_route.asn: missing, and there is no 'on_premises.bgp'"),
        (_route(asn=65_517), "65517"),
        (_without("internet_next_hop"), "express_route.internet_next_hop: missing"),
        (_route(local_preference=100), "must be 101 to 4294967295, not 100"),
        (_route(backup_distance=170), "must be 201 to 254, not 170"),
        (_route(vpn_backup="bgp"), "is bgp, but 'on_premises.bgp' is missing"),
        (_route(vpn_backup="rip"), "'rip' is not one of bgp, static"),
        (_links({"vlan": 7}), "circuits[0].links[0]: 'interface' is missing"),
        (
            _links({"interface": "Gi0/0/1", "address": "172.16.0.2/30"}),
            "is not the first address of its /30: write 172.16.0.1/30; Microsoft has the second",
        ),
        (_links({"interface": "Gi0/0/1", "address": "172.16.0.1/29"}), "must be in a /30"),
        (
            _links(
                {"interface": "Gi0/0/1", "address": "172.16.0.1/30"},
                {"interface": "Gi0/0/2", "address": "172.16.0.1/30"},
            ),
            "172.16.0.0/30 is that of another link",
        ),
        (_links({"interface": "Gi0/0/1.100"}), "has a unit: name the interface alone"),
        (
            _links({"interface": "Gi0/0/1", "vlan": 7}, {"interface": "Gi0/0/1", "vlan": 7}),
            "7 on Gi0/0/1 is another link's too",
        ),
        (
            _route(circuits=[{"name": "a", "md5": "Plain1Key", "links": [{"interface": "e0"}]}]),
            "must say where the secret is kept, never hold it",
        ),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(
    route: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InventoryError) as refused:
        _loaded(tmp_path, express_route=route)
    text = str(refused.value)
    assert said in text
    assert "inventory.yaml:" in text
    assert "Plain1Key" not in text


def test_a_link_that_nobody_describes_is_an_error_with_the_export_that_is_missing() -> None:
    site = load(ROOT / "inventory.yaml", drivers=DRIVERS).sites["er-ios"]
    route = site.express_route
    assert route is not None
    other = replace(route.circuits[0], name="er-elsewhere")
    with pytest.raises(ExpectationError, match=r"er-elsewhere is not among the exports") as error:
        prepare(replace(site, express_route=replace(route, circuits=(other,))), key=False)
    assert "az network express-route show -g RG -n er-elsewhere" in str(error.value)


def test_a_backup_that_is_not_there_is_refused() -> None:
    site = load(ROOT / "inventory.yaml", drivers=DRIVERS).sites["er-junos"]
    route = site.express_route
    assert route is not None
    static = replace(site, express_route=replace(route, vpn_backup="static"))
    with pytest.raises(ExpectationError, match="vpn_backup is static, but this VPN speaks BGP"):
        prepare(static, key=False)
