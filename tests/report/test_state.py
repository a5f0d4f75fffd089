"""Saved state for people: a line a peer, a line a selector pair, nothing that was not told."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.state import (
    BgpState,
    ChildState,
    InterfaceState,
    Operational,
    RouteState,
    SaStatus,
    TunnelState,
)
from appliance.model.tunnel import TrafficSelector
from appliance.report.state import document, lines

PEER = IPv4Address("198.51.100.7")
PAIR = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.20.0.0/16"))
OTHER = TrafficSelector(local=IPv4Network("10.11.0.0/16"), remote=IPv4Network("10.20.0.0/16"))
FULL = Operational(
    tunnels=(
        TunnelState(
            remote=PEER,
            local=IPv4Address("203.0.113.10"),
            interface="Tunnel1",
            ike=SaStatus.UP,
            ike_version=IkeVersion.V2,
            child=SaStatus.DOWN,
            children=(
                ChildState(
                    selector=PAIR,
                    status=SaStatus.UP,
                    packets_in=5,
                    packets_out=7,
                    bytes_in=500,
                    encryption=Encryption.AES256GCM,
                    integrity=Integrity.NONE,
                ),
                ChildState(selector=OTHER, status=SaStatus.DOWN, packets_in=1),
            ),
            encryption=Encryption.AES256,
            integrity=Integrity.SHA256,
            group=DhGroup.MODP2048,
            age_seconds=157,
        ),
        TunnelState(remote=IPv4Address("198.51.100.8")),
    ),
    bgp=(BgpState(peer=IPv4Address("10.20.255.30"), asn=65515, status="established"),),
    interfaces=(InterfaceState(name="Tunnel1", up=True),),
    routes=(RouteState(prefix=IPv4Network("10.20.0.0/16"), via="Tunnel1"),),
)


def test_lines_say_what_was_told() -> None:
    assert list(lines(FULL)) == [
        "198.51.100.7 (Tunnel1): IKEv2 up, child down aes256/sha256 group 14 for 157 s",
        "  10.10.0.0/16 <-> 10.20.0.0/16: up in 5 packets out 7 packets in 500 bytes aes256gcm",
        "  10.11.0.0/16 <-> 10.20.0.0/16: down in 1 packets",
        "198.51.100.8: IKE untold, child untold",
        "BGP 10.20.255.30 AS 65515: established",
        "Tunnel1: up",
        "10.20.0.0/16 via Tunnel1",
    ]
    assert list(lines(Operational())) == ["nothing is listed"]


def test_the_document_sums_counters_and_leaves_null_what_was_not_told() -> None:
    told = document(FULL, "cisco_ios")
    tunnels = told["tunnels"]
    assert isinstance(tunnels, list)
    first, second = tunnels
    sums = [first[name] for name in ("packets_in", "packets_out", "bytes_in", "bytes_out")]
    assert sums == [6, 7, 500, None]
    assert first["selectors"] == [
        {"local": "10.10.0.0/16", "remote": "10.20.0.0/16"},
        {"local": "10.11.0.0/16", "remote": "10.20.0.0/16"},
    ]
    assert (first["group"], first["ike_version"], first["integrity"]) == (14, 2, "sha256")
    assert {name for name, value in second.items() if value not in (None, [])} == {"remote"}
    assert document(Operational(), "x") == {
        "schema": "appliance/state/1",
        "driver": "x",
        "tunnels": [],
    }
