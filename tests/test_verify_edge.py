"""Which path is in use, in both directions, from what a device and Azure tell."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.errors import UsageError
from appliance.model.edge import Edge
from appliance.model.intent import Intent
from appliance.model.state import BfdState, BgpState, Operational, RouteState
from appliance.record import replace
from appliance.verify import Finding, Outcome, Rung
from appliance.verify.edge import at_rest, fell, standing_by, verify_edge
from appliance.verify.returning import learned, returns
from tests.vendors import edges

INTENT: Intent = edges.intent("cisco_ios")
EDGE = INTENT.edge or Edge()
PEERS = tuple(link.session.peer for link in EDGE.links)
VNET, OURS = IPv4Network("10.20.0.0/16"), IPv4Network("10.10.0.0/16")


def _state(*vias: str, prefix: IPv4Network = VNET, up: bool = True) -> Operational:
    status = "established" if up else "idle"
    return Operational(
        bgp=tuple(
            BgpState(peer=peer, status=status, prefixes_received=2 if up else None)
            for peer in PEERS
        ),
        bfd=tuple(BfdState(peer=peer, up=up) for peer in PEERS),
        routes=(
            *(RouteState(prefix=prefix, via=via) for via in vias),
            RouteState(prefix=IPv4Network("10.21.0.0/16"), via=str(PEERS[0])),
            RouteState(prefix=IPv4Network("198.51.100.7/32"), via="203.0.113.1"),
        ),
    )


def _first_path(state: Operational) -> Finding:
    tunnels = tuple(replace(one, name="Tunnel100") for one in INTENT.tunnels)
    tunnels = tuple(
        replace(one, interface=replace(one.interface, name="Tunnel100"))
        for one in tunnels
        if one.interface is not None
    )
    found = verify_edge(EDGE, None, tunnels, state)
    return next(one for one in found if one.rung is Rung.PATH)


@pytest.mark.parametrize(
    ("vias", "verdict", "said"),
    [
        ((str(PEERS[0]),), "passed", "ExpressRoute er-1 primary; VPN stands by"),
        (
            (str(PEERS[0]), "GigabitEthernet2.201"),
            "passed",
            "ExpressRoute er-1 primary and er-1 secondary; VPN stands by",
        ),
        (("Tunnel100",), "failed", "VPN Tunnel100; no link of the circuit is used"),
        (("Tunnel100", str(PEERS[1])), "failed", "shared by ExpressRoute and VPN"),
        (("203.0.113.1",), "failed", "leads to 203.0.113.1"),
        ((), "failed", "no route"),
    ],
)
def test_the_path_of_a_prefix_by_the_routes_in_force(
    vias: tuple[str, ...], verdict: str, said: str
) -> None:
    found = _first_path(_state(*vias))
    assert (found.verdict.value, found.detail) == (verdict, f"10.20.0.0/16: {said}")


def test_a_more_specific_route_does_not_speak_for_the_whole_prefix() -> None:
    found = _first_path(_state("Tunnel100", prefix=IPv4Network("10.20.3.0/24")))
    assert found.detail == "10.20.0.0/16: no route"


def test_the_gateway_over_the_circuit_is_a_fault() -> None:
    state = replace(
        _state(str(PEERS[0])),
        routes=(RouteState(prefix=IPv4Network("198.51.0.0/16"), via=str(PEERS[0])),),
    )
    found = verify_edge(EDGE, None, (), state)[-1]
    assert found.verdict is Outcome.FAILED
    assert found.detail == "198.51.100.7: Azure's VPN gateway is reached over er-1 primary"


def test_what_was_up_must_not_fall_and_what_was_down_may_stay_so() -> None:
    up = verify_edge(EDGE, None, (), _state())
    down = verify_edge(EDGE, None, (), _state(up=False))
    fallen = fell(up, down)
    assert fallen is not None
    assert fallen.tunnel == "er-1 primary"
    assert fell(down, down) is None
    assert fell(up, up) is None


def test_a_tunnel_at_rest_is_no_fault() -> None:
    quiet = Finding(
        tunnel="Tunnel100", rung=Rung.COUNTERS, verdict=Outcome.UNKNOWN, detail="no traffic"
    )
    (told,) = at_rest([quiet], verify_edge(EDGE, None, (), _state(str(PEERS[0]))))
    assert (told.verdict, told.detail) == (
        Outcome.PASSED,
        "stands by: traffic goes over ExpressRoute",
    )
    (same,) = at_rest([quiet], verify_edge(EDGE, None, (), _state("203.0.113.1")))
    assert same == quiet


def test_static_routes_behind_the_circuit_are_not_asked_of_the_ladder() -> None:
    (tunnel,) = standing_by(INTENT.tunnels, EDGE)
    assert tunnel.routes == ()


CIRCUIT = {"network": "10.10.0.0/16", "asPath": "12076-65010", "weight": 32769, "origin": "EBgp"}
VPN = {"network": "10.10.0.0/16", "asPath": "65010", "weight": 32768, "origin": "EBgp"}
OWN = {"network": "10.20.0.0/16", "asPath": "", "weight": 32768, "origin": "Network"}


@pytest.mark.parametrize(
    ("routes", "verdict", "said"),
    [
        ([OWN, VPN, CIRCUIT], "passed", "ExpressRoute"),
        ([VPN], "failed", "VPN"),
        ([{**CIRCUIT, "network": "10.0.0.0/8"}], "passed", "ExpressRoute"),
        ([CIRCUIT, {**VPN, "network": "10.10.7.0/24"}], "failed", "VPN for 10.10.7.0/24"),
        ([OWN], "unknown", "not among the learned routes"),
    ],
)
def test_the_way_back_by_what_azure_has_learned(
    routes: list[object], verdict: str, said: str
) -> None:
    for root in (routes, {"value": routes}):
        (found,) = returns((OURS,), learned(json.dumps(root), "learned.json"))
        assert (found.verdict.value, found.detail) == (
            verdict,
            f"from Azure to 10.10.0.0/16: {said}",
        )


@pytest.mark.parametrize("text", ["", "{}", "7", "[" * 100_000, '{"value": 3}'])
def test_what_is_no_list_of_learned_routes_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no list of learned routes"):
        learned(text, "learned.json")


def test_odd_entries_are_passed_over() -> None:
    text = json.dumps([None, 3, {"network": "fe80::/10"}, {"network": "x"}, CIRCUIT])
    assert [str(one.network) for one in learned(text, "f")] == ["10.10.0.0/16"]


def test_the_peers_are_those_of_the_links() -> None:
    assert (IPv4Address("172.30.0.2"), IPv4Address("172.30.0.6")) == PEERS
