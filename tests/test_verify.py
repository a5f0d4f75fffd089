"""The ladder: what passes, what fails, what stays unknown, and what it says to do."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.state import (
    BgpState,
    ChildState,
    InterfaceState,
    Operational,
    RouteState,
    SaStatus,
    TunnelState,
)
from appliance.model.tunnel import (
    Bgp,
    BgpPeer,
    Esp,
    EspProposal,
    Ike,
    IkeProposal,
    Local,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from appliance.report import verify as report
from appliance.verify import Finding, Outcome, Renewal, Rung, passed, verify

GATEWAY, OURS = IPv4Address("198.51.100.7"), IPv4Address("203.0.113.10")
BGP_PEER = IPv4Address("10.20.255.30")
VNET = IPv4Network("10.20.0.0/16")
ANY = TrafficSelector(local=IPv4Network("0.0.0.0/0"), remote=IPv4Network("0.0.0.0/0"))
PAIR = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=VNET)
OTHER = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.21.0.0/16"))

ROUTED = Tunnel(
    name="Tunnel100",
    mode=Mode.ROUTE_BASED,
    local=Local(address=OURS, interface="GigabitEthernet1"),
    remote=Remote(addresses=(GATEWAY,)),
    interface=TunnelInterface(name="Tunnel100", address=IPv4Interface("169.254.0.1/30")),
    ike=Ike(
        version=IkeVersion.V2,
        proposals=(
            IkeProposal(
                name="azure",
                encryption=(Encryption.AES256,),
                integrity=(Integrity.SHA256,),
                prf=(Prf.SHA256,),
                groups=(DhGroup.MODP2048,),
                lifetime_seconds=28_800,
            ),
        ),
    ),
    esp=Esp(
        proposals=(
            EspProposal(
                name="azure",
                encryption=(Encryption.AES256GCM,),
                integrity=(Integrity.NONE,),
            ),
        )
    ),
    routes=(VNET,),
)
WITH_BGP = replace(
    ROUTED,
    routes=(IPv4Network("10.20.255.30/32"),),
    bgp=Bgp(local_asn=65_050, peers=(BgpPeer(address=BGP_PEER, asn=65_515, multihop=2),)),
)
POLICY = replace(
    ROUTED,
    name="AZURE 10",
    mode=Mode.POLICY_BASED,
    interface=None,
    routes=(),
    selectors=(PAIR, OTHER),
)

CHILD = ChildState(
    selector=ANY,
    status=SaStatus.UP,
    packets_in=10,
    packets_out=12,
    encryption=Encryption.AES256GCM,
    integrity=Integrity.NONE,
)
PEER = TunnelState(
    remote=GATEWAY,
    local=OURS,
    ike=SaStatus.UP,
    ike_version=IkeVersion.V2,
    child=SaStatus.UP,
    children=(CHILD,),
    encryption=Encryption.AES256,
    integrity=Integrity.SHA256,
    group=DhGroup.MODP2048,
    peer_port=4500,
)
GOOD = Operational(
    tunnels=(PEER,),
    bgp=(BgpState(peer=BGP_PEER, asn=65_515, status="established", prefixes_received=2),),
    interfaces=(InterfaceState(name="Tunnel100", up=True),),
    routes=(
        RouteState(prefix=IPv4Network("0.0.0.0/0"), via="203.0.113.1"),
        RouteState(prefix=VNET, via="Tunnel100"),
        RouteState(prefix=IPv4Network("10.20.255.30/32"), via="Tunnel100"),
    ),
)

LADDER = [rung for rung in Rung if rung not in {Rung.BFD, Rung.PATH}]
"""Those of a tunnel; the others are about circuits."""


def _peer(**changes: object) -> Operational:
    return replace(GOOD, tunnels=(replace(PEER, **changes),))  # type: ignore[arg-type]  # by name


def _child(**changes: object) -> Operational:
    return _peer(children=(replace(CHILD, **changes),))  # type: ignore[arg-type]  # by name


def _verdicts(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.rung.value: finding.verdict.value for finding in findings}


def _of(findings: tuple[Finding, ...], rung: Rung) -> Finding:
    (found,) = [finding for finding in findings if finding.rung is rung]
    return found


def test_a_working_tunnel_passes_every_rung() -> None:
    findings = verify((WITH_BGP,), GOOD)
    assert [finding.rung for finding in findings] == LADDER
    assert {finding.verdict for finding in findings} == {Outcome.PASSED}
    assert not any(finding.next_step for finding in findings)
    assert passed(findings)
    assert "behind NAT" in _of(findings, Rung.IKE).detail


def test_rungs_a_tunnel_does_not_have_are_not_asked() -> None:
    assert Rung.BGP not in {finding.rung for finding in verify((ROUTED,), GOOD)}
    policy = {finding.rung for finding in verify((POLICY,), GOOD)}
    assert policy == set(LADDER) - {Rung.INTERFACE, Rung.BGP}


def test_an_unreachable_appliance_leaves_all_unknown() -> None:
    findings = verify((WITH_BGP,), None, reachable=False)
    assert _verdicts(findings) == {
        rung: "failed" if rung is Rung.REACHABLE else "unknown" for rung in LADDER
    }
    assert not passed(findings)
    assert not passed(())


def test_a_state_that_could_not_be_read_proves_nothing() -> None:
    findings = verify((WITH_BGP,), None)
    assert set(_verdicts(findings).values()) == {"unknown"}
    assert not passed(findings)


def test_azure_that_does_not_answer_is_waited_for() -> None:
    findings = verify((WITH_BGP,), _peer(ike=SaStatus.DOWN, child=SaStatus.DOWN, children=()))
    ike = _of(findings, Rung.IKE)
    assert ike.verdict is Outcome.FAILED
    assert "waiting for peer 198.51.100.7" in ike.detail
    assert "local network gateway" in ike.next_step
    above = (Rung.KEY, Rung.CHILD, Rung.COUNTERS, Rung.INTERFACE, Rung.ROUTES, Rung.BGP)
    for rung in above:
        assert _of(findings, rung).verdict is Outcome.UNKNOWN
    assert _of(findings, Rung.BGP).detail == "not judged before `ike` passes"


@pytest.mark.parametrize(
    ("via", "words"),
    [
        ("Tunnel100", "leads into the tunnel itself"),
        (None, "waiting for peer"),
        ("203.0.113.1", "waiting for peer"),
    ],
)
def test_the_way_to_the_gateway_comes_first(via: str | None, words: str) -> None:
    ways = (("10.0.0.0/8", "Tunnel100"),) if via is None else (("0.0.0.0/0", via),)
    down = replace(PEER, ike=SaStatus.NEGOTIATING, child=SaStatus.DOWN, children=())
    state = replace(_routes(*ways), tunnels=(down,))
    found = _of(verify((ROUTED,), state), Rung.IKE)
    assert found.verdict is Outcome.FAILED
    assert words in found.detail
    other_vrf = replace(ROUTED, local=replace(ROUTED.local, vrf="OUT"))
    assert "waiting for peer" in _of(verify((other_vrf,), state), Rung.IKE).detail


@pytest.mark.parametrize(
    ("tunnel", "interfaces", "words"),
    [
        (ROUTED, {"GigabitEthernet1": False, "Tunnel100": False}, "which the tunnel leaves from"),
        (POLICY, {"GigabitEthernet1": False}, "which the tunnel leaves from"),
        (ROUTED, {"GigabitEthernet1": True}, "Tunnel100 does not exist on the device"),
        (ROUTED, {"GigabitEthernet1": True, "Tunnel100": False}, "waiting for peer"),
        (POLICY, {"GigabitEthernet1": True}, "waiting for peer"),
        (ROUTED, {}, "waiting for peer"),
    ],
)
def test_what_is_broken_here_is_said_before_azure_is_blamed(
    tunnel: Tunnel, interfaces: dict[str, bool], words: str
) -> None:
    down = replace(PEER, ike=SaStatus.DOWN, child=SaStatus.DOWN, children=())
    known = tuple(InterfaceState(name=name, up=up) for name, up in interfaces.items())
    state = replace(GOOD, tunnels=(down,), interfaces=known)
    found = _of(verify((tunnel,), state), Rung.IKE)
    assert found.verdict is Outcome.FAILED
    assert words in found.detail


def test_a_tunnel_that_was_never_pushed_is_called_by_its_label() -> None:
    unplaced = replace(ROUTED, name="site-a-1", interface=TunnelInterface(name=""))
    down = replace(PEER, ike=SaStatus.DOWN, child=SaStatus.DOWN, children=())
    others = (InterfaceState(name="Tunnel50", up=True),)
    state = replace(GOOD, tunnels=(down,), interfaces=others)
    found = _of(verify((unplaced,), state), Rung.IKE)
    assert found.detail == "site-a-1 does not exist on the device"


def test_endless_negotiation_suspects_the_key() -> None:
    findings = verify((ROUTED,), _peer(ike=SaStatus.NEGOTIATING, child=None, children=()))
    assert _of(findings, Rung.IKE).verdict is Outcome.FAILED
    key = _of(findings, Rung.KEY)
    assert key.verdict is Outcome.UNKNOWN
    assert "shared key in Azure" in key.next_step


def test_a_peer_the_device_says_nothing_of_is_unknown() -> None:
    findings = verify((ROUTED,), replace(GOOD, tunnels=()))
    assert _of(findings, Rung.IKE).verdict is Outcome.UNKNOWN
    assert not passed(findings)


@pytest.mark.parametrize(
    ("state", "rung"),
    [
        (_peer(encryption=Encryption.AES128), Rung.IKE),
        (_peer(group=DhGroup.MODP1024), Rung.IKE),
        (_peer(ike_version=IkeVersion.V1), Rung.IKE),
        (_child(encryption=Encryption.AES256, integrity=Integrity.SHA1), Rung.CHILD),
    ],
)
def test_an_sa_of_an_older_configuration_proves_nothing(state: Operational, rung: Rung) -> None:
    findings = verify((ROUTED,), state)
    assert _of(findings, rung).verdict is Outcome.UNKNOWN
    assert "clear the SA" in _of(findings, rung).next_step
    assert not passed(findings)


@pytest.mark.parametrize(
    ("renewal", "ike", "child", "old"),
    [
        (Renewal(seconds=20), 600, 600, [Rung.IKE, Rung.CHILD]),
        (Renewal(seconds=20), 21, 600, [Rung.CHILD]),
        (Renewal(seconds=20, child_only=True), 600, 600, [Rung.CHILD]),
        (Renewal(seconds=20, child_only=True), 600, 22, []),
        (Renewal(seconds=20), None, None, []),
        (None, 600, 600, []),
    ],
)
def test_sas_older_than_the_change_that_must_renew_them_prove_nothing(
    renewal: Renewal | None, ike: int | None, child: int | None, old: list[Rung]
) -> None:
    state = _peer(age_seconds=ike, children=(replace(CHILD, age_seconds=child),))
    renewals = {} if renewal is None else {ROUTED.name: renewal}
    findings = verify((ROUTED,), state, renewals=renewals)
    told = [one for one in findings if "by the configuration before" in one.detail]
    assert [one.rung for one in told] == old
    assert all("and the change was made 20 s ago" in one.detail for one in told)
    assert passed(findings) is not bool(old)


def test_algorithms_of_a_child_sa_are_not_held_against_the_ike_proposals() -> None:
    state = _peer(ike_version=None, encryption=Encryption.AES256GCM, integrity=Integrity.NONE)
    assert _of(verify((ROUTED,), state), Rung.IKE).verdict is Outcome.PASSED


def test_every_selector_pair_is_judged_for_itself() -> None:
    up = replace(CHILD, selector=PAIR)
    state = _peer(children=(up, replace(CHILD, selector=OTHER, status=SaStatus.DOWN)))
    children = [f for f in verify((POLICY,), state) if f.rung is Rung.CHILD]
    assert [f.verdict.value for f in children] == ["passed", "failed"]
    assert "10.10.0.0/16 <-> 10.21.0.0/16: no child SA" in children[1].detail
    missing = [f for f in verify((POLICY,), _peer(children=(up,))) if f.rung is Rung.CHILD]
    assert [f.verdict.value for f in missing] == ["passed", "failed"]


def test_without_selector_pairs_the_tunnel_speaks_for_itself() -> None:
    assert _verdicts(verify((ROUTED,), _peer(children=(), child=SaStatus.UP)))["child"] == "passed"
    assert _verdicts(verify((ROUTED,), _peer(children=(), child=None)))["child"] == "unknown"


@pytest.mark.parametrize(
    ("out", "came", "verdict", "words"),
    [
        (12, 10, "passed", "12 packets sent, 10 received"),
        (12, 0, "failed", "one-way: 12 packets sent, none received"),
        (0, 10, "failed", "one-way: 10 packets received, none sent"),
        (0, 0, "unknown", "no traffic in either direction"),
        (None, 10, "unknown", "did not tell"),
    ],
)
def test_traffic_in_both_directions(
    out: int | None, came: int | None, verdict: str, words: str
) -> None:
    found = _of(verify((ROUTED,), _child(packets_out=out, packets_in=came)), Rung.COUNTERS)
    assert found.verdict.value == verdict
    assert words in found.detail


def test_two_samples_judge_what_moved_between_them() -> None:
    before = _child(packets_out=5, packets_in=10)
    one_way = _of(verify((ROUTED,), GOOD, before=before), Rung.COUNTERS)
    assert one_way.detail == "one-way: 7 packets sent, none received since the first sample"
    quiet = verify((ROUTED,), GOOD, before=GOOD)
    assert _of(quiet, Rung.COUNTERS).verdict is Outcome.UNKNOWN
    assert passed(quiet)
    anew = _child(packets_out=500, packets_in=500)
    assert _of(verify((ROUTED,), GOOD, before=anew), Rung.COUNTERS).verdict is Outcome.PASSED


def test_one_way_traffic_hides_neither_routes_nor_bgp() -> None:
    findings = verify((WITH_BGP,), _child(packets_in=0))
    assert _verdicts(findings)["counters"] == "failed"
    assert _verdicts(findings)["routes"] == _verdicts(findings)["bgp"] == "passed"


def test_a_ping_that_nobody_answers_undoes_no_push_and_is_still_reported() -> None:
    findings = verify((WITH_BGP,), _child(packets_in=0))
    assert passed(findings)
    assert report.document("site-a", findings)["passed"] is False


@pytest.mark.parametrize(
    ("interfaces", "verdict"),
    [
        ((InterfaceState(name="Tunnel100", up=False),), "failed"),
        ((InterfaceState(name="Loopback0", up=True),), "failed"),
        ((), "unknown"),
    ],
)
def test_the_tunnel_interface(interfaces: tuple[InterfaceState, ...], verdict: str) -> None:
    findings = verify((ROUTED,), replace(GOOD, interfaces=interfaces))
    assert _verdicts(findings)["interface"] == verdict


def _routes(*ways: tuple[str, str]) -> Operational:
    return replace(
        GOOD, routes=tuple(RouteState(prefix=IPv4Network(one), via=via) for one, via in ways)
    )


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (_routes(("10.20.0.0/16", "Tunnel100")), "passed"),
        (_routes(("10.0.0.0/8", "Tunnel100")), "passed"),
        (_routes(("10.20.0.0/16", "169.254.0.2")), "passed"),
        (_routes(("10.20.0.0/16", "10.9.9.9"), ("10.9.9.9/32", "Tunnel100")), "passed"),
        (_routes(("10.20.0.0/16", "Tunnel100"), ("10.20.0.0/16", "GigabitEthernet2")), "failed"),
        (_routes(("0.0.0.0/0", "203.0.113.1")), "failed"),
        (_routes(("10.20.0.0/16", "10.20.0.1")), "failed"),
        (_routes(("192.0.2.0/24", "Tunnel100")), "failed"),
        (_routes(), "unknown"),
    ],
)
def test_routes_lead_into_the_tunnel(state: Operational, verdict: str) -> None:
    assert _verdicts(verify((ROUTED,), state))["routes"] == verdict


def test_a_next_hop_that_could_not_be_followed_proves_nothing_of_a_policy() -> None:
    state = _routes(("0.0.0.0/0", "203.0.113.1"))
    findings = verify((POLICY,), replace(state, tunnels=_both_pairs().tunnels))
    assert _verdicts(findings)["routes"] == "unknown"
    assert passed(findings)


def _both_pairs() -> Operational:
    return _peer(children=(replace(CHILD, selector=PAIR), replace(CHILD, selector=OTHER)))


def test_policy_based_traffic_must_leave_by_the_interface_of_the_policy() -> None:
    children = (replace(CHILD, selector=PAIR), replace(CHILD, selector=OTHER))
    ways = (
        RouteState(prefix=IPv4Network("0.0.0.0/0"), via="203.0.113.1"),
        RouteState(prefix=IPv4Network("203.0.113.0/24"), via="GigabitEthernet1"),
        RouteState(prefix=IPv4Network("10.21.0.0/16"), via="GigabitEthernet2"),
    )
    state = replace(_peer(children=children), routes=ways)
    found = [f for f in verify((POLICY,), state) if f.rung is Rung.ROUTES]
    assert [f.verdict.value for f in found] == ["passed", "failed"]


@pytest.mark.parametrize(
    ("session", "verdict"),
    [
        (BgpState(peer=BGP_PEER, status="active"), "failed"),
        (BgpState(peer=BGP_PEER, asn=65_515, status="established", prefixes_received=0), "unknown"),
        (BgpState(peer=BGP_PEER, asn=64_512, status="established", prefixes_received=1), "unknown"),
        (BgpState(peer=OURS, asn=65_515, status="established", prefixes_received=1), "unknown"),
    ],
)
def test_bgp(session: BgpState, verdict: str) -> None:
    findings = verify((WITH_BGP,), replace(GOOD, bgp=(session,)))
    assert _verdicts(findings)["bgp"] == verdict


def test_of_several_gateways_the_one_that_works_counts() -> None:
    backup = IPv4Address("198.51.100.8")
    tunnel = replace(ROUTED, remote=Remote(addresses=(backup, GATEWAY)))
    dead = TunnelState(remote=backup, local=OURS, ike=SaStatus.DOWN, child=SaStatus.DOWN)
    assert passed(verify((tunnel,), replace(GOOD, tunnels=(dead, PEER))))


def test_two_tunnels_to_one_gateway_are_told_apart_by_our_address() -> None:
    second = IPv4Address("203.0.113.11")
    other = replace(ROUTED, name="Tunnel101", local=Local(address=second))
    down = replace(PEER, local=second, ike=SaStatus.DOWN, child=SaStatus.DOWN, children=())
    findings = verify((ROUTED, other), replace(GOOD, tunnels=(down, PEER)))
    ike = {f.tunnel: f.verdict.value for f in findings if f.rung is Rung.IKE}
    assert ike == {"Tunnel100": "passed", "Tunnel101": "failed"}


def test_a_tunnel_that_is_shut_down_on_purpose_is_not_called_broken() -> None:
    findings = verify((replace(ROUTED, enabled=False),), GOOD)
    assert Outcome.FAILED not in {finding.verdict for finding in findings}
    assert _of(findings, Rung.IKE).detail == "the tunnel is shut down by configuration"
    assert "push the configuration again" in _of(findings, Rung.IKE).next_step
    assert _of(findings, Rung.CHILD).detail == "not judged before `ike` passes"
    (policy,) = [f for f in verify((replace(POLICY, enabled=False),), GOOD) if f.rung is Rung.IKE]
    assert "on no interface that is up" in policy.detail


@pytest.mark.parametrize("tunnel", [ROUTED, POLICY], ids=["route-based", "policy-based"])
def test_a_tunnel_that_the_device_does_not_have_is_told_first(tunnel: Tunnel) -> None:
    label = replace(tunnel, name="site-a-1")
    findings = verify((label,), GOOD, absent={"site-a-1"}, advice={"ike": "`show it`"})
    first, ike, *others = findings
    assert first.verdict is Outcome.PASSED
    assert (ike.rung, ike.verdict) == (Rung.IKE, Outcome.FAILED)
    assert ike.detail == "the device has no tunnel to 198.51.100.7"
    assert ike.next_step == "push the configuration first", "there is nothing to look at"
    assert {finding.detail for finding in others} == {"not judged before `ike` passes"}
    assert not passed(findings)


def test_a_drivers_advice_follows_ours_where_there_is_something_to_do() -> None:
    state = replace(GOOD, interfaces=(InterfaceState(name="Tunnel100", up=False),))
    findings = verify((WITH_BGP,), state, advice={"interface": "`show it`", "bgp": "`no`"})
    assert _of(findings, Rung.INTERFACE).next_step.endswith(". Look at: `show it`")
    assert _of(findings, Rung.BGP).next_step == ""
    assert _of(findings, Rung.IKE).next_step == ""


def test_the_report_is_for_people_and_for_programs() -> None:
    findings = verify(
        (ROUTED,), replace(GOOD, routes=_routes(("0.0.0.0/0", "GigabitEthernet1")).routes)
    )
    text = report.text(findings)
    assert text.startswith("Tunnel100\n  ok   reachable  the appliance answers\n")
    assert "  FAIL route      10.20.0.0/16: leads to GigabitEthernet1, not only" in text
    assert "\n                  -> look for a more specific" in text
    told = report.document("site-a", findings)
    assert (told["schema"], told["site"], told["passed"]) == ("appliance/verify/1", "site-a", False)
    rows = told["findings"]
    assert isinstance(rows, list)
    assert rows[0] == {
        "tunnel": "Tunnel100",
        "rung": "reachable",
        "verdict": "passed",
        "detail": "the appliance answers",
        "next_step": None,
    }
