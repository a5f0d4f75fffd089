"""Throttling, cut answers, long-running operations, pages: what passes by itself is waited for, and
what does not ends with words."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from appliance.azure.live.clouds import Cloud
from appliance.azure.live.failures import Lack
from appliance.azure.live.limits import Limits
from appliance.azure.live.pipeline import Answer
from appliance.azure.live.pipeline import Arm as Client
from appliance.azure.live.reader import Piece, needed
from appliance.azure.live.shape import text
from appliance.errors import ExpectationError
from appliance.record import replace
from tests.azure.arm import certificates, deployment, proxy
from tests.azure.arm.server import Arm, Json, Reply, refused, serving
from tests.azure.live.conftest import QUICK, Credential, Make

SITE = f"{deployment.BASE}/localNetworkGateways/site-a"
GATEWAY = f"{deployment.BASE}/virtualNetworkGateways/vgw-hub"
BUSY = refused(429, "TooManyRequests", "", Retry_After="0")
PEERS: dict[str, Json] = {"value": [{"neighbor": "169.254.21.5", "state": "Connected"}]}


@pytest.mark.parametrize(
    "replies",
    [
        [BUSY],
        [BUSY, BUSY, BUSY],
        [Reply(status=500), Reply(status=502, body=b"<html>bad gateway</html>")],
        [refused(503, "ServiceUnavailable", "", Retry_After="0")],
        [Reply(value=deployment.site(), cut=40)],
        [Reply(value=deployment.site(), cut=40), BUSY],
    ],
    ids=["429", "three 429", "500 and 502", "503", "cut", "cut and 429"],
)
def test_what_passes_by_itself_is_tried_again(arm: Arm, make: Make, replies: list[Reply]) -> None:
    arm.faults["/site-a"] = list(replies)
    assert text(make().need(SITE).value, "gatewayIpAddress") == "203.0.113.77"
    assert len(arm.log) == len(replies) + 1


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (BUSY, r"takes no more requests for now \(429\)"),
        (refused(500, "InternalServerError"), "Azure answered 500, 'InternalServerError'"),
        (Reply(value=deployment.site(), cut=40), "the answer broke off"),
        (Reply(status=503, body=b"<html></html>"), "Azure answered 503"),
    ],
    ids=["429", "500", "cut", "html"],
)
def test_what_does_not_pass_ends_after_some_tries(
    arm: Arm, make: Make, reply: Reply, says: str
) -> None:
    arm.always["/site-a"] = reply
    with pytest.raises(ExpectationError, match=says) as raised:
        make().get(SITE)
    assert raised.value.where == f"localhost:{arm.port}{SITE}"
    assert len(arm.log) == QUICK.attempts + 1


def test_nobody_waits_for_an_hour(arm: Arm, make: Make) -> None:
    arm.always["/site-a"] = refused(429, "TooManyRequests", "", Retry_After="3600")
    with pytest.raises(ExpectationError, match="429"):
        make().get(SITE)
    assert len(arm.log) == 1


def test_a_failure_is_told_to_all_who_ask_and_not_tried_again(arm: Arm, make: Make) -> None:
    arm.always["/site-a"] = refused(409, "Conflict")
    reader = make()
    for _ in range(3):
        with pytest.raises(ExpectationError, match="Azure answered 409"):
            reader.need(SITE)
    assert len(arm.log) == 1


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (
            Reply(body=b"<html>sign in</html>", headers={"Content-Type": "text/html"}),
            r"the answer \(200\) is no JSON but 'text/html'",
        ),
        (Reply(body=b'{"name": "half'), "no JSON but 'application/json'"),
        (Reply(body=b"[" * 100_000), "no JSON"),
        (
            Reply(status=302, headers={"Location": "https://evil.example/"}, value={}),
            r"the answer \(302\) leads elsewhere",
        ),
    ],
    ids=["html", "half", "deep", "redirect"],
)
def test_an_answer_of_somebody_else_is_not_taken(
    arm: Arm, make: Make, reply: Reply, says: str
) -> None:
    arm.always["/site-a"] = reply
    with pytest.raises(ExpectationError, match=says):
        make().get(SITE)
    assert len(arm.log) == 1


def test_a_body_of_another_type_is_still_json(arm: Arm, make: Make) -> None:
    arm.always["/site-a"] = Reply(value=deployment.site(), headers={"Content-Type": "text/plain"})
    assert text(make().need(SITE).value, "name") == "site-a"


def test_a_slow_answer_ends(arm: Arm, make: Make) -> None:
    arm.together = 2  # one request alone waits for a second that never comes
    with pytest.raises(ExpectationError, match="did not come in time") as raised:
        make(replace(QUICK, read_seconds=0.2, attempts=0)).get(SITE)
    assert raised.value.hint == "try again"


def test_nobody_there(login: Credential) -> None:
    cloud = Cloud(name="tests", endpoint="https://localhost:1")
    client = Client(cloud, login.sign_in, replace(QUICK, attempts=0))
    with pytest.raises(ExpectationError, match="cannot be reached") as raised:
        client.get(client.url(SITE, "2025-01-01"))
    assert "HTTPS_PROXY" in raised.value.hint
    with pytest.raises(ExpectationError) as again:
        client.get(client.url(GATEWAY, "2025-01-01"))
    assert again.value is raised.value  # who cannot be reached is not tried for each site


def test_a_certificate_of_nobodys(
    make: Make, arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, _ = certificates.made(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    with pytest.raises(ExpectationError, match="signed by nobody this machine trusts") as raised:
        make(replace(QUICK, attempts=0)).get(SITE)
    assert "REQUESTS_CA_BUNDLE" in raised.value.hint
    assert arm.log == []


def test_a_file_of_certificates_that_is_not_there(
    make: Make, arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(ExpectationError, match=r"cannot be reached: .*gone\.pem") as raised:
        make(replace(QUICK, attempts=0)).get(SITE)
    assert "REQUESTS_CA_BUNDLE" in raised.value.hint
    assert arm.log == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=429, headers={"Retry-After": "soon"}),
        Reply(status=302, headers={"Location": "http://[::"}),
    ],
    ids=["date", "address"],
)
def test_a_header_that_cannot_be_read_is_an_error_of_ours(
    arm: Arm, make: Make, reply: Reply
) -> None:
    arm.always["/site-a"] = reply
    with pytest.raises(ExpectationError):
        make().get(SITE)


def test_the_proxy_of_the_environment_is_used_and_sees_no_token(
    arm: Arm, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy.passing() as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        client = make().arm
        try:
            assert isinstance(client.get(client.url(SITE, "2025-01-01")), Answer)
        finally:
            client.close()
    assert asked == [f"localhost:{arm.port}"]


def ask(make: Make, limits: Limits = QUICK) -> Piece | Lack:
    return make(limits).ask(GATEWAY, "getBgpPeerStatus")


WAIT = Reply(status=202, headers={"Location": "{endpoint}/operations/1", "Retry-After": "0"})


def test_an_operation_ends_at_its_location(arm: Arm, make: Make) -> None:
    arm.questions["getBgpPeerStatus"] = [WAIT]
    arm.faults["/operations/1"] = [WAIT, WAIT, Reply(value=PEERS)]
    assert needed(ask(make)).value == PEERS
    assert [method for method, _ in arm.requests] == ["POST", "GET", "GET", "GET"]


def test_an_operation_moves_on(arm: Arm, make: Make) -> None:
    there = Reply(status=202, headers={"Location": "{endpoint}/operations/2"})
    arm.questions["getBgpPeerStatus"] = [WAIT]
    arm.faults |= {"/operations/1": [there], "/operations/2": [Reply(value=PEERS)]}
    assert needed(ask(make)).value == PEERS


STATUS = {"Azure-AsyncOperation": "{endpoint}/operations/status", "Retry-After": "0"}


def test_an_operation_with_a_status_and_a_location(arm: Arm, make: Make) -> None:
    head = {**STATUS, "Location": "{endpoint}/operations/1"}
    arm.questions["getBgpPeerStatus"] = [Reply(status=202, headers=head)]
    running = [Reply(value={"status": "InProgress"}), Reply(value={"status": "Running"})]
    arm.faults["/operations/status"] = [*running, Reply(value={"status": "Succeeded"})]
    arm.faults["/operations/1"] = [Reply(value=PEERS)]
    assert needed(ask(make)).value == PEERS


@pytest.mark.parametrize("place", ["output", "properties"])
def test_an_operation_with_its_result_in_the_status(arm: Arm, make: Make, place: str) -> None:
    inner: Json = {"output": PEERS} if place == "output" else PEERS
    arm.questions["getBgpPeerStatus"] = [Reply(status=202, headers=STATUS)]
    arm.faults["/operations/status"] = [Reply(value={"status": "Succeeded", "properties": inner})]
    assert needed(ask(make)).value == PEERS


def test_an_operation_fails(arm: Arm, make: Make) -> None:
    failed: Json = {"status": "Failed", "error": {"code": "GatewayUpdating", "message": "x"}}
    arm.questions["getBgpPeerStatus"] = [Reply(status=202, headers=STATUS)]
    arm.faults["/operations/status"] = [Reply(value=failed)]
    with pytest.raises(ExpectationError, match="could not answer: 'GatewayUpdating'"):
        ask(make)


def test_an_operation_that_never_ends(arm: Arm, make: Make) -> None:
    arm.questions["getBgpPeerStatus"] = [WAIT]
    arm.always["/operations/1"] = WAIT
    with pytest.raises(ExpectationError, match="no answer within 0 seconds"):
        ask(make, replace(QUICK, operation_seconds=0.05))


def test_an_operation_may_not_be_asked_for(arm: Arm, make: Make) -> None:
    arm.always["/getBgpPeerStatus"] = refused(403, "AuthorizationFailed")
    found = ask(make)
    assert isinstance(found, Lack)
    right = "Microsoft.Network/virtualNetworkGateways/getbgppeerstatus/action"
    assert found.message == f"not allowed to this login: {right}"


@pytest.mark.parametrize("header", ["Location", "Azure-AsyncOperation"])
@pytest.mark.parametrize("there", ["https://evil.example/x", "http://localhost/x", "/relative"])
def test_an_operation_that_points_elsewhere_gets_no_token(
    arm: Arm, make: Make, header: str, there: str
) -> None:
    arm.questions["getBgpPeerStatus"] = [Reply(status=202, headers={header: there})]
    with pytest.raises(ExpectationError, match=r"another host .*, which gets no token"):
        ask(make)
    assert len(arm.log) == 1


def page(*names: str, after: str | None = None) -> Reply:
    members: list[Json] = [deployment.connection(name) for name in names]
    return Reply(value={"value": members, "nextLink": after})


HERE = f"{deployment.BASE}/connections"


def test_pages_are_turned(arm: Arm, make: Make) -> None:
    link = f"{arm.endpoint}{HERE}?api-version=2025-01-01&%24skiptoken="
    arm.faults["/connections"] = [
        page("a", "b", after=f"{link}1"),
        page(after=f"{link}2"),
        page("c"),
    ]
    found = make().listed(HERE)
    assert not isinstance(found, Lack)
    assert [text(each.value, "name") for each in found] == ["a", "b", "c"]
    assert [each.id for each in found] == [f"{HERE}/{name}" for name in "abc"]


def test_pages_that_go_round(arm: Arm, make: Make) -> None:
    link = f"{arm.endpoint}{HERE}?api-version=2025-01-01"
    arm.always["/connections"] = page("a", after=link)
    with pytest.raises(ExpectationError, match="the pages of this list do not end"):
        make().listed(HERE)
    assert len(arm.log) == 2


def test_pages_without_end(arm: Arm, make: Make) -> None:
    link = f"{arm.endpoint}{HERE}?api-version=2025-01-01&page="
    arm.faults["/connections"] = [page("a", after=f"{link}{number}") for number in range(20)]
    with pytest.raises(ExpectationError, match="do not end"):
        make(replace(QUICK, pages=10)).listed(HERE)
    assert len(arm.log) == 11


def test_a_page_of_another_host(arm: Arm, make: Make) -> None:
    arm.always["/connections"] = page("a", after="https://evil.example/next")
    with pytest.raises(ExpectationError, match="points to another host"):
        make().listed(HERE)


def test_a_cloud_that_has_only_older_versions(arm: Arm, make: Make) -> None:
    message = (
        "No registered resource provider found for location 'x' and API version '2025-01-01' for "
        "type 'connections'. The supported api-versions are '2020-11-01, 2023-09-01, 2024-03-01, "
        "2024-05-01-preview, 2025-03-01'."
    )
    arm.faults["/site-a"] = [refused(400, "NoRegisteredProviderFound", message)]
    reader = make()
    assert text(reader.need(SITE).value, "name") == "site-a"
    reader.get(GATEWAY)
    versions = [target.partition("api-version=")[2] for _, target, _ in arm.log]
    assert versions == ["2025-01-01", "2024-03-01", "2024-03-01"]


@pytest.fixture
def other(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    return certificates.made(tmp_path)


def test_a_token_is_for_its_own_cloud_only(
    arm: Arm, login: Credential, make: Make, other: tuple[Path, ssl.SSLContext]
) -> None:
    make().get(SITE)
    assert login.asked == [((f"{arm.endpoint}/.default",), None)]
    with serving(other[1]) as stranger, pytest.raises(ValueError, match="is not a read of Azure's"):
        make().arm.get(f"{stranger.endpoint}{SITE}?api-version=2025-01-01")
