"""A connection's life: every shape of the answers, who may not ask, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.azure import now, runtime
from appliance.azure.live import status
from appliance.cli import main
from appliance.model.cloud import AzureScope
from appliance.record import replace
from tests.azure.arm import deployment, identity
from tests.azure.arm.server import Arm, Json, Reply, denied, refused
from tests.azure.live.test_cli import inventory

PEERS: Json = {
    "value": [
        {
            "localAddress": "169.254.21.6",
            "neighbor": "169.254.21.5",
            "asn": 65077,
            "state": "Connected",
            "connectedDuration": "1.02:03:04.5",
            "routesReceived": 2,
            "messagesSent": 10,
            "messagesReceived": 11,
        },
        {"localAddress": "169.254.22.6", "neighbor": "169.254.21.5", "asn": 65077, "state": "Idle"},
        {
            "localAddress": "10.40.255.4",
            "neighbor": "10.40.255.5",
            "asn": 65010,
            "state": "Connected",
        },
    ]
}
LEARNED: Json = {
    "value": [
        {
            "localAddress": "10.40.255.4",
            "network": "10.10.0.0/16",
            "nextHop": "169.254.21.5",
            "sourcePeer": "169.254.21.5",
            "origin": "EBgp",
            "asPath": "65077-65001",
            "weight": 32768,
        },
        {"network": "10.40.0.0/16", "origin": "Network", "sourcePeer": "10.40.255.4", "asPath": ""},
    ]
}
ADVERTISED: Json = {
    "value": [
        {"network": "10.40.0.0/16", "nextHop": "10.40.255.4", "origin": "Igp", "asPath": "65010"}
    ]
}
SA: Json = {
    "localEndpoint": "198.51.100.65",
    "remoteEndpoint": "203.0.113.77",
    "initiatorCookie": 13_000_000_000_000_000_000,
    "responderCookie": 12_000_000_000_000_000_000,
    "localUdpEncapsulationPort": 0,
    "remoteUdpEncapsulationPort": 0,
    "encryption": "AES256",
    "integrity": "SHA256",
    "dhGroup": "DHGroup14",
    "lifeTimeSeconds": 28800,
    "isSaInitiator": True,
    "elapsedTimeInseconds": 3211,
    "quickModeSa": [
        {
            "encryption": "GCMAES256",
            "integrity": "GCMAES256",
            "pfsGroupId": "PFS2048",
            "lifeTimeSeconds": 27000,
            "elapsedTimeInseconds": 200,
            "localTrafficSelectors": ["0.0.0.0-255.255.255.255"],
            "remoteTrafficSelectors": ["0.0.0.0-255.255.255.255"],
        }
    ],
}


def answering(arm: Arm) -> None:
    wait = Reply(
        status=202, headers={"Location": "{endpoint}/operations/peers", "Retry-After": "0"}
    )
    arm.questions["getBgpPeerStatus"] = [wait]
    arm.always["/operations/peers"] = Reply(value=PEERS)
    arm.questions["getLearnedRoutes"] = [Reply(value=LEARNED)]
    arm.questions["getAdvertisedRoutes"] = [Reply(value=ADVERTISED)]
    arm.questions["getikesas"] = [Reply(value=json.dumps([SA]))]


@pytest.mark.usefixtures("signed_in")
def test_all_of_it(scope: AzureScope, arm: Arm) -> None:
    answering(arm)
    found = status.read(scope, "conn-a")
    assert found.unknown == ()
    assert (found.status, found.tunnels[0].bytes_in) == ("Connected", 991)
    assert [(each.local, each.up) for each in found.peers] == [
        ("169.254.21.6", True),
        ("169.254.22.6", False),
    ]
    assert [(each.network, each.as_path) for each in found.learned] == [
        ("10.10.0.0/16", (65077, 65001))
    ]
    assert [each.network for each in found.advertised] == ["10.40.0.0/16"]
    (sa,) = found.sas
    assert (sa.group, sa.nat, sa.dialled, sa.elapsed_seconds) == ("DHGroup14", False, True, 3211)
    assert sa.children[0].remote_selectors == ("0.0.0.0-255.255.255.255",)
    (asked,) = [target for method, target, _ in arm.log if "getAdvertisedRoutes" in target]
    assert asked.endswith("&peer=169.254.21.5")


@pytest.mark.parametrize(
    "answer",
    [
        [SA],
        json.dumps([SA]),
        json.dumps(json.dumps([SA])),
        f"ikeSas: {json.dumps([SA])};",
        {"Status": "Succeeded", "Data": [SA]},
        {"Status": "Succeeded", "Data": json.dumps([SA])},
        {"value": [SA]},
        SA,
    ],
    ids=["array", "text", "twice", "around", "envelope", "envelope of text", "value", "one"],
)
def test_sas_in_every_shape(answer: Json) -> None:
    (found,) = runtime.ike_sas(answer)
    assert (found.local, found.encryption, len(found.children)) == ("198.51.100.65", "AES256", 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "",
        "nothing",
        "[",
        {"Status": "Failed", "Data": None},
        5,
        [None, 3, "x"],
        "[" * 9_999,
    ],
)
def test_no_sas(answer: Json) -> None:
    assert runtime.ike_sas(answer) == ()
    assert runtime.routes(answer) == ()
    assert runtime.peers(answer) == ()


def test_members_that_cannot_be_read_are_not_told() -> None:
    (found,) = runtime.peers({"value": [{"neighbor": "a\x1b[31m", "asn": "x", "state": ["odd"]}]})
    assert (found.neighbor, found.asn, found.state, found.up) == (None, None, None, False)


@pytest.mark.usefixtures("signed_in")
def test_what_may_not_be_asked_is_unknown(scope: AzureScope, arm: Arm) -> None:
    answering(arm)
    right = "Microsoft.Network/virtualNetworkGateways/getlearnedroutes/action"
    arm.always["/getLearnedRoutes"] = denied(right, "/x")
    arm.always["/getikesas"] = refused(409, "AnotherOperationInProgress")
    found = status.read(scope, "conn-a")
    assert found.unknown == (
        "SAs: Azure answered 409, 'AnotherOperationInProgress'",
        f"learned routes: not allowed to this login: {right}",
    )
    assert (found.sas, found.learned) == ((), ())
    assert len(found.peers) == 2


@pytest.mark.usefixtures("signed_in")
def test_that_there_is_none_is_told_apart_from_unknown(scope: AzureScope, arm: Arm) -> None:
    answering(arm)
    other: Json = {"localAddress": "169.254.21.6", "neighbor": "169.254.21.9", "asn": 65077}
    arm.always["/operations/peers"] = Reply(value={"value": [other]})
    arm.questions["getikesas"] = [Reply(value="[]")]
    arm.questions["getLearnedRoutes"] = [Reply(value={"value": []})]
    found = status.read(scope, "conn-a")
    assert (found.peers, found.sas, found.learned, found.unknown) == ((), (), (), ())
    assert list(now.lines(found))[-3:] == [
        "    none told   SAs",
        "    none told   BGP sessions with 169.254.21.5; the gateway has some with 169.254.21.9",
        "    none told   learned routes",
    ]


@pytest.mark.usefixtures("signed_in")
def test_without_the_site_its_sessions_are_unknown(scope: AzureScope, arm: Arm) -> None:
    answering(arm)
    del arm.resources[f"{deployment.BASE}/localNetworkGateways/site-a".casefold()]
    found = status.read(scope, "conn-a")
    assert found.unknown == (
        "BGP sessions and routes: the site's BGP address is not known: there is no such resource",
    )


@pytest.mark.usefixtures("signed_in")
def test_without_bgp_nothing_is_asked_of_the_gateway(scope: AzureScope, arm: Arm) -> None:
    arm.put(deployment.connection(enableBgp=False))
    arm.questions["getikesas"] = [Reply(value=[])]
    found = status.read(scope, "conn-a")
    assert (found.peers, found.sas, found.unknown) == ((), (), ())
    assert [path for method, path in arm.requests if method == "POST"] == [
        f"{deployment.BASE}/connections/conn-a/getikesas"
    ]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(("name", "said"), [("conn-b/lte", "Connected"), ("conn-b", None)])
def test_a_link_of_virtual_wan(scope: AzureScope, name: str, said: str | None) -> None:
    found = status.read(replace(scope, gateway="vpngw-1"), name)
    assert found.status == said
    assert found.unknown


def test_on_the_command_line(
    arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(arm)
    token = identity.jwt()
    arm.tokens = {token}
    words = ["import", "azure", "--live", "site-a", "-i", inventory(tmp_path, arm), "--status"]
    with identity.issuing(token) as (address, asked):
        monkeypatch.setenv("IDENTITY_ENDPOINT", address)
        monkeypatch.setenv("IDENTITY_HEADER", identity.SECRET_HEADER)
        assert main(words) == 0
        text = capsys.readouterr().out
        assert len(asked) == 1
        assert main([*words, "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["connections"][0]["now"]
    assert text[text.index("  now") :].splitlines() == [
        "  now           Connected",
        "    tunnel      conn-a_198.51.100.65: Connected since 10/20/2026 10:00:00, 991 bytes from "
        "the site, 1200 bytes to it",
        "    IKE         198.51.100.65 - 203.0.113.77: AES256 SHA256 DHGroup14, 3211 of 28800 s, "
        "dialled by Azure",
        "      ESP       GCMAES256 GCMAES256 PFS2048, 200 of 27000 s, 0.0.0.0-255.255.255.255 = "
        "0.0.0.0-255.255.255.255",
        "    BGP         169.254.21.6 - 169.254.21.5 AS 65077: Connected for 1.02:03:04.5, 2 "
        "routes",
        "    BGP         169.254.22.6 - 169.254.21.5 AS 65077: Idle",
        "    learned     10.10.0.0/16 via 169.254.21.5, AS path 65077 65001",
        "    advertised  10.40.0.0/16 via 10.40.255.4, AS path 65010",
    ]
    assert told["bgp"][0]["up"] is True
    assert told["sas"][0]["children"][0]["pfs_group"] == "PFS2048"
    assert told["learned"][0]["as_path"] == [65077, 65001]
    assert "Cookie" not in json.dumps(told)


def test_unknowns_are_shown() -> None:
    found = runtime.Runtime(read_at=0, unknown=("SAs: no",))
    assert list(now.lines(found)) == ["  now           not told", "    not known   SAs: no"]
