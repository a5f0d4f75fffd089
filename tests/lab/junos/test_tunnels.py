"""When a tunnel comes up: only when what is committed could agree with the gateway."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.lab import AzurePeer, Policy
from appliance.lab.junos import Settings, SrxDevice, junos_device
from tests.lab.junos.scene import BGP, GATEWAY, TUNNEL, device, said, session

MESH = replace(
    GATEWAY, selectors=(("10.10.0.0/16", "10.1.0.0/16"), ("10.10.0.0/16", "10.2.0.0/16"))
)


TO, FROM = (
    f"security policies from-zone {here} to-zone {there}"
    for here, there in (("trust", "azure"), ("azure", "trust"))
)
OUTSIDE = "security zones security-zone untrust"
VPN = "security ipsec vpn az"


def state(made: SrxDevice) -> str:
    """`up`, or why not."""
    held = made.crypto.live.get("az")
    if held is not None:
        return "up" if held.outcome.up else held.outcome.reason
    failed = made.crypto.failed.get("az")
    return failed[1].reason if failed else "no tunnel"


def test_it_is_up_as_soon_as_it_is_committed() -> None:
    assert state(device()) == "up"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("delete security ike gateway az version", "the gateway speaks IKEv2 only"),
        ("set security ike proposal az dh-group group19", "no IKE proposal in common"),
        ("set security ike proposal az authentication-algorithm sha1", "no IKE proposal in common"),
        ("set security ike policy az pre-shared-key ascii-text other", "the keys differ"),
        ("set security ike gateway az address 198.51.100.8", "no tunnel"),
        ("set security ike gateway az remote-identity inet 10.0.0.1", "the device does not accept"),
        ("set security ike gateway az remote-identity hostname x.y", "the device does not accept"),
        ("set security ipsec proposal az encryption-algorithm aes-128-gcm", "no ESP proposal"),
        ("set security ipsec proposal az protocol ah", "no ESP proposal"),
        (
            "delete security zones security-zone untrust host-inbound-traffic system-services ike",
            "IKE is not allowed as host-inbound traffic on ge-0/0/0.0",
        ),
        (
            f"set {OUTSIDE} interfaces ge-0/0/0.0 host-inbound-traffic system-services ping",
            "IKE is not allowed",
        ),
        (
            "delete security zones security-zone azure interfaces",
            "tunnel interface st0.1 is in no zone",
        ),
        ("delete interfaces st0 unit 1 family inet", "tunnel interface st0.1 is not configured"),
        ("set interfaces st0 unit 1 disable", "tunnel interface st0.1 is not configured"),
        ("set interfaces ge-0/0/0 disable", "no route to the peer"),
        ("set security ipsec vpn az vpn-monitor", "vpn-monitor gets no answer"),
        ("deactivate security ipsec vpn az", "no tunnel"),
        ("deactivate security ike", "no tunnel"),
        ("delete routing-options static route 0.0.0.0/0", "no route to the peer"),
        ("set routing-options static route 198.51.100.0/24 next-hop st0.1", "no route to the peer"),
        (
            "set security ipsec vpn az ike proxy-identity local 10.10.0.0/16 remote 10.1.0.0/16",
            "traffic selectors differ",
        ),
    ],
)
def test_it_stays_down_for_a_reason(line: str, reason: str) -> None:
    made = device()
    if line.startswith("set security ike gateway az address"):
        made.configure("delete security ike gateway az address", line)
        assert state(made) == "nobody answers at that address"
        return
    if line.startswith("deactivate security ike"):
        made.configure("deactivate security ipsec", line)
    elif line.startswith("delete interfaces st0 unit 1 family"):
        made.configure(line, "set interfaces st0 unit 1 description x")
    else:
        made.configure(line)
    if "routing-options" in line:
        assert state(made) == "up"  # as long as nobody clears it
        said(session(made), "clear security ike sa 198.51.100.7")
    assert state(made).startswith(reason)


@pytest.mark.parametrize("line", ["any-service", "all"])
def test_inbound_services_have_words_for_all(line: str) -> None:
    path = "security zones security-zone untrust host-inbound-traffic system-services"
    made = device(f"delete {path}", f"set {path} {line}")
    assert state(made) == "up"
    if line == "all":
        made.configure(f"set {path} ike except")
        assert state(made).startswith("IKE is not allowed")


def test_a_change_takes_the_tunnel_down_at_once() -> None:
    made = device()
    since = made.crypto.live["az"].since
    made.advance(600)
    made.configure("set security ike proposal az lifetime-seconds 3600")
    assert made.crypto.live["az"].since > since
    assert made.crypto.live["PARTNER"].since == since


def test_pfs_matters_from_the_first_rekey_on() -> None:
    made = device("set security ipsec policy az perfect-forward-secrecy keys group19")
    assert state(made) == "up"
    made.advance(27001)
    assert state(made) == "no ESP proposal in common"


def test_traffic_selectors_are_children_of_their_own() -> None:
    made = junos_device(peers=[MESH])
    made.configure(
        *TUNNEL,
        f"set {VPN} traffic-selector one local-ip 10.10.0.0/16 remote-ip 10.1.0.0/16",
        f"set {VPN} traffic-selector two local-ip 10.10.0.0/16 remote-ip 10.3.0.0/16",
    )
    made.advance(10)
    assert made.crypto.live["az"].outcome.flows == (("10.10.0.0/16", "10.1.0.0/16"),)
    cli = session(made)
    shown = said(cli, "show security ipsec sa detail")
    assert "Traffic Selector Name: one\n" in shown
    assert "Local Identity: ipv4_subnet(any:0,[0..7]=10.10.0.0/16)\n" in shown
    assert "two" not in shown
    down = said(cli, "show security ipsec inactive-tunnels")
    assert "Negotiation failed with error code TS_UNACCEPTABLE received from peer" in down
    assert "10.1.0.0/16        *[Static/5]" in said(cli, "show route 10.1.0.9")


def test_selectors_of_policies_are_those_of_their_addresses() -> None:
    peer = replace(
        MESH,
        ike_version=1,
        policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 0)),
    )
    made = junos_device(peers=[peer])
    made.configure(*[line for line in TUNNEL if "st0" not in line and "policies" not in line])
    path = "security policies from-zone trust to-zone untrust policy tunnel"
    made.configure(
        "delete security ike gateway az version",
        "set security ipsec proposal az encryption-algorithm aes-256-cbc",
        "set security ipsec proposal az authentication-algorithm hmac-sha-256-128",
        "delete security ipsec policy az perfect-forward-secrecy",
        "delete security ipsec vpn az bind-interface",
        f"set {path} match source-address branch-lan destination-address az1 application any",
        f"set {path} then permit tunnel ipsec-vpn az",
    )
    assert state(made) == "up"
    assert made.crypto.live["az"].link.selectors == (("10.10.0.0/16", "10.1.0.0/16"),)


def test_aggressive_mode_is_met_with_silence() -> None:
    made = junos_device(peers=[replace(GATEWAY, ike_version=1)])
    made.configure(*TUNNEL, "delete security ike gateway az version")
    assert state(made) == "up"
    made.configure("set security ike policy az mode aggressive")
    assert state(made) == "the gateway does no aggressive mode"


def test_on_traffic_waits_for_somebody_to_talk() -> None:
    made = device("delete security ipsec vpn az establish-tunnels")
    assert state(made) == "up"
    made.crypto.traffic.out = made.crypto.traffic.back = False
    made.configure("set security ike proposal az lifetime-seconds 3600")
    assert state(made) == "no traffic asks for the tunnel"


def test_behind_nat_the_port_is_another() -> None:
    peer = replace(GATEWAY, device_address="192.0.2.200")
    made = junos_device(peers=[peer], settings=Settings(nat={"203.0.113.10": "192.0.2.200"}))
    made.configure(*TUNNEL)
    assert state(made) == "up"
    assert " root 4500 198.51.100.7" in said(session(made), "show security ipsec sa")


def test_a_proposal_set_stands_for_its_combinations() -> None:
    old = AzurePeer(address="198.51.100.7", psk="abc", ike_version=1)
    made = junos_device(peers=[old])
    made.configure(
        "set security ike policy P proposal-set standard",
        "set security ike policy P pre-shared-key ascii-text abc",
        "set security ike gateway az ike-policy P",
        "set security ike gateway az address 198.51.100.7",
        "set security ike gateway az external-interface ge-0/0/0.0",
        "set security ipsec policy P proposal-set compatible",
        "set security ipsec vpn az bind-interface st0.1",
        "set security ipsec vpn az ike gateway az",
        "set security ipsec vpn az ike ipsec-policy P",
        "set security ipsec vpn az establish-tunnels immediately",
        "set interfaces st0 unit 1 family inet",
        "set security zones security-zone azure interfaces st0.1",
    )
    assert state(made) == "up"


def test_azure_changes_its_end() -> None:
    made = device()
    made.meet(replace(GATEWAY, psk="other"))
    assert state(made) == "up"
    assert said(session(made), "clear security ike security-associations 198.51.100.7") == ""
    assert state(made) == "the keys differ"
    made.meet(GATEWAY)
    assert state(made) == "up"


def test_a_silent_gateway_is_found_dead_where_somebody_asks() -> None:
    made = device("set security ike gateway az dead-peer-detection interval 10 threshold 3")
    made.meet(replace(GATEWAY, reachable=False))
    made.advance(29)
    assert state(made) == "up"
    made.advance(1)
    assert state(made) == "nobody answers at that address"
    assert "DPD detected peer 198.51.100.7 dead" in said(session(made), "show log messages")
    made.meet(GATEWAY)
    assert state(made) == "up"


def test_without_dead_peer_detection_nobody_notices() -> None:
    made = device()
    made.meet(replace(GATEWAY, reachable=False))
    made.advance(3600)
    assert state(made) == "up"


def counts(made: SrxDevice) -> tuple[int, int]:
    """(out, in) packets of the tunnel to Azure."""
    text = said(session(made), "show security ipsec statistics index 131074")
    lines = [line.split() for line in text.splitlines()]
    found = {line[0]: int(line[2]) for line in lines if line[1:2] == ["packets:"]}
    return found["Encrypted"], found["Decrypted"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), (1000, 1000)),
        (("delete routing-options static route 10.1.0.0/16",), (0, 0)),
        ((f"set {TO} policy out then deny",), (0, 1000)),
        ((f"delete {FROM}",), (1000, 0)),
        (
            (
                f"delete {FROM}",
                "set security policies default-policy permit-all",
            ),
            (1000, 1000),
        ),
        (
            (
                f"delete {FROM}",
                "set security policies global policy G match source-address any",
                "set security policies global policy G match destination-address any",
                "set security policies global policy G match application any",
                "set security policies global policy G then permit",
            ),
            (1000, 1000),
        ),
        (
            (
                f"set {TO} policy no match source-address any",
                f"set {TO} policy no match destination-address any",
                f"set {TO} policy no match application any",
                f"set {TO} policy no then deny",
                f"insert {TO} policy no before policy out",
            ),
            (0, 1000),
        ),
        (("set security address-book global address az1 10.99.0.0/16",), (1000, 1000)),
        (("deactivate routing-options static",), (0, 0)),
    ],
)
def test_counters_move_where_routes_and_policies_let_traffic_through(
    lines: tuple[str, ...], expected: tuple[int, int]
) -> None:
    made = device(*lines)
    if any("static" in line and "deactivate" in line for line in lines):
        assert state(made) == "no route to the peer"
        return
    made.advance(10)
    assert counts(made) == expected


def test_silence_on_either_side_stops_its_counter() -> None:
    made = device()
    made.crypto.traffic.back = False
    made.advance(10)
    assert counts(made) == (1000, 0)


def test_bgp_is_established_over_the_tunnel() -> None:
    made = device(*BGP)
    made.advance(605)
    cli = session(made)
    shown = said(cli, "show bgp summary").splitlines()
    assert shown[2] == "Groups: 1 Peers: 1 Down peers: 0"
    assert shown[-2].startswith("10.1.255.30           65515")
    assert shown[-2].endswith("10:05 Establ")
    assert shown[-1] == "  inet.0: 2/2/2/0"
    assert "10.2.0.0/16        *[BGP/170]" in said(cli, "show route 10.2.0.1")
    assert "* 10.10.0.0/16" in said(cli, "show route advertising-protocol bgp 10.1.255.30")
    assert "State: Established" in said(cli, "show bgp neighbor 10.1.255.30")
    assert counts(made)[0] > 0


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("set protocols bgp group AZ neighbor 10.1.255.30 peer-as 65999", "Idle"),
        ("set routing-options autonomous-system 65011", "Idle"),
        ("delete protocols bgp group AZ multihop", "Idle"),
        ("set protocols bgp group AZ local-address 10.10.0.9", "Idle"),
        ("set protocols bgp group AZ local-address 203.0.113.10", "Active"),
        ("delete security zones security-zone azure host-inbound-traffic", "Active"),
        ("set routing-options static route 10.1.255.30/32 discard", "Idle"),
        ("delete security ike gateway az version", "Active"),
    ],
)
def test_bgp_stays_down(line: str, state: str) -> None:
    made = device(*BGP, line)
    assert said(session(made), "show bgp summary").splitlines()[-1].split()[-1] == state


def test_a_local_number_of_the_group_wins() -> None:
    made = device(
        *BGP,
        "set routing-options autonomous-system 64999",
        "set protocols bgp group AZ local-as 65010",
    )
    assert "Establ" in said(session(made), "show bgp summary")


def test_old_releases_print_the_old_table() -> None:
    made = device(*BGP, settings=Settings(version="12.3X48-D105", serial="OLD"))
    assert (
        said(session(made), "show bgp summary")
        .splitlines()[-1]
        .endswith("2/2/2/0           0/0/0/0")
    )
    assert said(session(made), "show security ipsec sa").startswith("  Total active tunnels: 2\n")


def test_a_tunnel_in_an_instance_uses_its_routes() -> None:
    made = device(
        "delete routing-options static route 10.1.0.0/16",
        "set routing-instances VR instance-type virtual-router",
        "set routing-instances VR interface st0.1",
        "set routing-instances VR interface ge-0/0/1.0",
        "set routing-instances VR routing-options static route 10.1.0.0/16 next-hop st0.1",
    )
    made.advance(10)
    assert counts(made) == (1000, 1000)
    assert "VR.inet.0: " in said(session(made), "show route 10.1.0.1")
