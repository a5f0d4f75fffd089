"""Azure's files in the proof: each shape that `az` prints, tags, doubts, and other files."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance.errors import ExpectationError
from appliance.model.filters import Fate, decisions
from appliance.model.spoken import told
from appliance.model.traffic import Direction, between
from appliance.proof import walk
from appliance.proof.cloud import chains
from appliance.proof.exported import Scope

NET = IPv4Network
TO, FROM = Direction
SCOPE = Scope(
    file="nsg.json",
    remote=(NET("10.20.0.0/16"),),
    local=(NET("10.10.0.0/16"),),
    vnets=(NET("10.20.0.0/16"), NET("10.21.0.0/16")),
)
PAIR = between(NET("10.10.0.0/16"), NET("10.20.0.0/16"))

NSG = {
    "name": "nsg-app",
    "securityRules": [
        {
            "name": "https",
            "properties": {
                "priority": 200,
                "direction": "Inbound",
                "access": "Allow",
                "protocol": "Tcp",
                "sourceAddressPrefix": "VirtualNetwork",
                "sourcePortRange": "*",
                "destinationAddressPrefixes": ["10.20.1.0/24", "10.20.2.0/24"],
                "destinationPortRanges": ["443", "8000-8099"],
            },
        },
        {
            "name": "no-more",
            "priority": 4000,
            "direction": "Inbound",
            "access": "Deny",
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    ],
    "defaultSecurityRules": [
        {
            "name": "AllowVnetOutBound",
            "priority": 65000,
            "direction": "Outbound",
            "access": "Allow",
            "protocol": "*",
            "sourceAddressPrefix": "VirtualNetwork",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "VirtualNetwork",
            "destinationPortRange": "*",
        },
        {
            "name": "DenyAllOutBound",
            "priority": 65500,
            "direction": "Outbound",
            "access": "Deny",
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    ],
}


def test_a_group_with_tags_lists_and_priorities() -> None:
    passes, stopped, unknown = walk(chains(json.dumps(NSG), SCOPE), PAIR)
    assert told(passes) == [
        "tcp 443,8000-8099: 10.10.0.0/16 -> 10.20.1.0/24, 10.20.2.0/24",
        "any: 10.10.0.0/16 <- 10.20.0.0/16",
    ]
    assert {one.source.text for one in stopped} == {"nsg.json: rule no-more (Deny, priority 4000)"}
    assert not unknown


def test_effective_rules_of_several_groups_must_all_let_through() -> None:
    def group(port: str) -> dict[str, object]:
        rule = {
            "name": f"securityRules/p{port}",
            "priority": 100,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "CorpNet",
            "expandedSourceAddressPrefix": ["10.10.0.0/17", "2001:db8::/32"],
            "sourcePortRange": "0-65535",
            "destinationAddressPrefix": "0.0.0.0/0",
            "destinationPortRange": port,
        }
        return {"networkSecurityGroup": {"id": "/x"}, "effectiveSecurityRules": [rule]}

    text = json.dumps({"value": [group("443-450"), group("440-445")]})
    passes, _, _ = walk(chains(text, SCOPE), between(NET("10.10.0.0/16"), NET("10.20.0.0/16"), TO))
    assert told(passes) == ["tcp 443-445: 10.10.0.0/17 -> 10.20.0.0/16"]


@pytest.mark.parametrize(
    "change",
    [
        {"sourceAddressPrefix": "Storage.WestEurope"},
        {"destinationAddressPrefix": "", "destinationApplicationSecurityGroups": [{"id": "/asg"}]},
        {"protocol": "Sctp"},
        {"destinationPortRange": "http"},
    ],
)
def test_a_rule_that_is_not_understood_leaves_a_doubt(change: dict[str, object]) -> None:
    rule = {
        "name": "odd",
        "priority": 100,
        "direction": "Inbound",
        "access": "Deny",
        "protocol": "*",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "*",
    }
    allow = {**rule, "name": "all", "priority": 200, "access": "Allow"}
    text = json.dumps({"securityRules": [{**rule, **change}, allow]})
    asked = between(NET("10.10.0.0/16"), NET("10.20.0.0/16"), TO)
    passes, stopped, unknown = walk(chains(text, SCOPE), asked)
    assert (bool(passes), stopped) == (False, ())
    assert [one.source.text for one in unknown] == ["nsg.json: rule odd (Deny, priority 100)"]


def _routes(*routes: tuple[str, str, str]) -> str:
    return json.dumps(
        {
            "value": [
                {
                    "addressPrefix": [prefix],
                    "nextHopType": hop,
                    "nextHopIpAddress": ["10.20.0.4"] if hop == "VirtualAppliance" else [],
                    "source": source,
                    "state": "Active",
                }
                for prefix, hop, source in routes
            ]
        }
    )


def test_the_longest_prefix_decides_and_the_users_route_before_the_gateways() -> None:
    text = _routes(
        ("10.10.0.0/16", "VirtualNetworkGateway", "VirtualNetworkGateway"),
        ("10.10.0.0/16", "None", "User"),
        ("10.10.8.0/24", "VirtualNetworkGateway", "VirtualNetworkGateway"),
        ("10.10.9.0/24", "VirtualAppliance", "User"),
        ("0.0.0.0/0", "Internet", "Default"),
    )
    passes, stopped, unknown = walk(chains(text, SCOPE), PAIR)
    assert told(passes) == ["any: 10.10.8.0/24 <-> 10.20.0.0/16"]
    assert {one.source.text for one in stopped} == {"nsg.json: 10.10.0.0/16 next hop None"}
    assert [told(one.flows) for one in unknown] == [["any: 10.10.9.0/24 <-> 10.20.0.0/16"]]
    assert unknown[0].source.text == "nsg.json: 10.10.9.0/24 next hop VirtualAppliance 10.20.0.4"


def test_a_table_of_ones_own_only_adds_to_the_systems_routes() -> None:
    table = {
        "name": "rt-app",
        "routes": [
            {"name": "hole", "addressPrefix": "10.10.5.0/24", "nextHopType": "None"},
            {"name": "other", "addressPrefix": "192.0.2.0/24", "nextHopType": "Internet"},
        ],
    }
    (chain,) = chains(json.dumps(table), SCOPE)
    found = [(told(one.flows), one.fate) for one in decisions(chain, PAIR)]
    assert found == [
        (["any: 10.10.5.0/24 <-> 10.20.0.0/16"], Fate.BLOCKED),
        (["any: 10.10.0.0/16 but 10.10.5.0/24 <-> 10.20.0.0/16"], Fate.PASSES),
    ]


@pytest.mark.parametrize("text", ["", "nothing", "[]", "{}", '{"routes": [{"name": "x"}]}', "7"])
def test_what_is_neither_says_what_to_save(text: str) -> None:
    with pytest.raises(ExpectationError, match="list-effective-nsg") as caught:
        chains(text, SCOPE)
    assert "nsg.json" in str(caught.value)


def test_a_default_route_of_ones_own_leaves_the_gateways_networks_alone() -> None:
    rows = [{"name": "out", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"}]
    (chain,) = chains(json.dumps({"name": "rt", "routes": rows}), SCOPE)
    assert {one.fate for one in decisions(chain, PAIR)} == {Fate.PASSES}
    kept_out = {"name": "rt", "routes": rows, "disableBgpRoutePropagation": True}
    (chain,) = chains(json.dumps(kept_out), SCOPE)
    assert {one.fate for one in decisions(chain, PAIR)} == {Fate.BLOCKED}


_STATE = Path(__file__).parents[1] / "azure/field/state-modules.tfstate"
_MALMO = Scope(
    file="state",
    remote=(NET("10.70.0.0/16"),),
    local=(NET("192.168.70.0/24"),),
    vnets=(NET("10.70.0.0/16"),),
)


def test_tables_of_subnets_in_a_state_of_terraforms() -> None:
    asked = between(NET("192.168.70.0/24"), NET("10.70.0.0/16"))
    (chain,) = chains(_STATE.read_text(), _MALMO)
    assert {one.fate for one in decisions(chain, asked)} == {Fate.PASSES}
    state = json.loads(_STATE.read_text())
    state["resources"] = [one for one in state["resources"] if one["type"] != "azurerm_route"]
    (chain,) = chains(json.dumps(state), _MALMO)
    (only,) = decisions(chain, asked)
    assert (told(only.flows), only.fate) == (
        ["any: 192.168.70.0/24 <-> 10.70.1.0/24"],
        Fate.UNKNOWN,
    )
    assert "state: subnet app: 0.0.0.0/0 next hop VirtualAppliance 10.70.2.4" in str(only)


def test_a_table_that_is_only_named_is_not_taken_for_none() -> None:
    vnet = {
        "type": "Microsoft.Network/virtualNetworks",
        "name": "v",
        "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
        "subnets": [
            {
                "name": "app",
                "addressPrefix": "10.20.1.0/24",
                "routeTable": {"id": "/subscriptions/1/x/rt-app"},
            }
        ],
    }
    with pytest.raises(ExpectationError, match="subnet app has route table rt-app, which is not"):
        chains(json.dumps(vnet), SCOPE)


def test_subnets_without_a_table_have_azures_own_routes() -> None:
    state = json.loads(_STATE.read_text())
    kept = [one for one in state["resources"] if "route_table" not in one["type"]]
    assert chains(json.dumps({**state, "resources": kept}), _MALMO) == ()
    kept = [one for one in kept if "subnet" not in one["type"] and "network" not in one["type"]]
    with pytest.raises(ExpectationError, match="no routes of subnets behind the gateway"):
        chains(json.dumps({**state, "resources": kept}), _MALMO)
