"""Only reads are sent, and the roles in the documentation allow just them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from azure.core.rest import HttpRequest

from appliance.azure.live import actions, source
from appliance.azure.live.reader import Reader
from appliance.errors import ExpectationError
from appliance.model.cloud import AzureScope
from appliance.record import replace
from tests.azure.arm import deployment
from tests.azure.arm.server import Arm, Reply, refused
from tests.azure.live.conftest import Make

DOCS = Path(__file__).parents[3] / "docs"


def role(name: str) -> list[str]:
    found: list[str] = json.loads((DOCS / name).read_text())["Actions"]
    return found


@pytest.mark.parametrize(
    ("name", "keys"), [("azure-role.json", False), ("azure-role-keys.json", True)]
)
def test_the_role_has_what_is_used_and_nothing_else(name: str, *, keys: bool) -> None:
    assert role(name) == list(actions.rights(keys=keys))
    assert not [
        action for action in role(name) if "*" in action or action.endswith(("/write", "/delete"))
    ]


def test_the_role_without_keys_has_no_right_to_keys() -> None:
    more = set(role("azure-role-keys.json")) - set(role("azure-role.json"))
    assert len(more) == 3
    assert all("sharedkey" in action.casefold() for action in more)
    assert "sharedkey" not in " ".join(role("azure-role.json")).casefold()


@pytest.mark.usefixtures("signed_in")
def test_nothing_but_reads_is_ever_sent_and_the_role_allows_each(
    scope: AzureScope, arm: Arm, signed_in: Reader
) -> None:
    source.expectation(scope, None)
    source.expectation(replace(scope, gateway="vpngw-1"), "conn-b/fibre")
    source.expectation(replace(scope, gateway="vpngw-2"), None)
    arm.questions |= {question: [Reply(value=[])] for question in actions.QUESTIONS}
    for question in ("getBgpPeerStatus", "getLearnedRoutes", "getAdvertisedRoutes"):
        signed_in.ask(f"{deployment.BASE}/virtualNetworkGateways/vgw-hub", question)
    signed_in.ask(f"{deployment.BASE}/connections/conn-a", "getikesas")
    methods = {method for method, _ in arm.requests}
    asked = {path.rpartition("/")[2] for method, path in arm.requests if method == "POST"}
    assert methods == {"GET", "POST"}
    assert asked == {*actions.QUESTIONS, "listSharedKey"}
    needed = {actions.right(method, path) for method, path in arm.requests}
    allowed = {action.casefold() for action in role("azure-role-keys.json")}
    assert {action for action in needed if action.casefold() not in allowed} == set()
    assert len(needed) > 12


def test_a_subscription_without_the_provider_is_not_registered(arm: Arm, make: Make) -> None:
    """As the usual pipeline of Resource Manager's clients would do, which is a write."""
    message = "The subscription is not registered to use namespace 'Microsoft.Network'."
    arm.always["/site-a"] = refused(409, "MissingSubscriptionRegistration", message)
    with pytest.raises(ExpectationError, match="MissingSubscriptionRegistration"):
        make().need(f"{deployment.BASE}/localNetworkGateways/site-a")
    assert [method for method, _ in arm.requests] == ["GET"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/connections/conn-a/sharedkey"),
        ("DELETE", "/connections/conn-a"),
        ("PATCH", "/connections/conn-a"),
        ("POST", "/connections/conn-a/sharedkey/reset"),
        ("POST", "/connections/conn-a/resetconnection"),
        ("POST", "/virtualNetworkGateways/vgw-hub/reset"),
    ],
)
def test_what_could_write_does_not_leave_even_by_mistake(
    arm: Arm, make: Make, method: str, path: str
) -> None:
    url = f"{arm.endpoint}{deployment.BASE}{path}?api-version=2025-01-01"
    with pytest.raises(ValueError, match="is not a read of Azure's"):
        make().arm._client.send_request(HttpRequest(method, url))
    assert arm.log == []
