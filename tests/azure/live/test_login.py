"""Tokens: one for all, renewed when it runs out or is refused; without a login there are words."""

from __future__ import annotations

import base64
import json
from urllib.parse import unquote

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError

from appliance.azure.live.clouds import Cloud, cloud
from appliance.azure.live.login import default
from appliance.azure.live.pipeline import Arm as Client
from appliance.azure.live.reader import Reader
from appliance.errors import ExpectationError
from tests.azure.arm import deployment, identity
from tests.azure.arm.server import Arm, refused
from tests.azure.live.conftest import QUICK, Credential, Make

SITE = f"{deployment.BASE}/localNetworkGateways/site-a"
GATEWAY = f"{deployment.BASE}/virtualNetworkGateways/vgw-hub"
VNET = f"{deployment.BASE}/virtualNetworks/vnet-hub"


def test_one_token_serves_all_requests(arm: Arm, make: Make, login: Credential) -> None:
    make().many([SITE, GATEWAY, VNET])
    assert (len(login.asked), login.made, len(arm.log)) == (1, 1, 3)


def test_a_token_that_runs_out_is_renewed_before(arm: Arm, make: Make, login: Credential) -> None:
    arm.tokens = {"token-1", "token-2"}
    login.seconds = 200
    reader = make()
    reader.get(SITE)
    reader.get(GATEWAY)
    assert [token for _, _, token in arm.log] == ["token-1", "token-2"]


def test_a_token_refused_in_the_middle_is_renewed_once(
    arm: Arm, make: Make, login: Credential
) -> None:
    reader = make()
    reader.get(SITE)
    arm.tokens = {"token-2"}
    assert not [each for each in reader.many([GATEWAY, VNET]) if not hasattr(each, "value")]
    assert (len(login.asked), login.made) == (2, 2)  # a login keeps its tokens: a new one is made
    assert {token for _, _, token in arm.log[-2:]} <= {"token-1", "token-2"}


def test_claims_that_azure_wants_are_passed_on(arm: Arm, make: Make, login: Credential) -> None:
    arm.tokens = {"token-1", "token-2"}
    claims = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1"}}})
    encoded = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    challenge = f'Bearer error="insufficient_claims", claims="{encoded}"'
    arm.faults["/site-a"] = [refused(401, "InvalidToken", WWW_Authenticate=challenge)]
    make().need(SITE)
    assert [each for _, each in login.asked] == [None, claims]


@pytest.mark.parametrize("challenge", ['Bearer claims="@@@"', 'Bearer claims="gg"', "", "\\"])
def test_a_strange_challenge_is_a_plain_refusal(
    arm: Arm, make: Make, login: Credential, challenge: str
) -> None:
    arm.tokens = {"token-1", "token-2"}
    arm.faults["/site-a"] = [refused(401, "InvalidToken", WWW_Authenticate=challenge)]
    make().need(SITE)
    assert [each for _, each in login.asked] == [None, None]


def test_a_token_refused_for_ever(arm: Arm, make: Make) -> None:
    arm.tokens = set()
    with pytest.raises(
        ExpectationError, match="login has expired, also with a new token"
    ) as raised:
        make().get(SITE)
    assert "clock" in raised.value.hint
    assert len(arm.log) == 2


def test_a_login_of_another_tenant(arm: Arm, make: Make) -> None:
    arm.tokens = {"token-1", "token-2"}
    tenant = "99999999-8888-7777-6666-555555555555"
    challenge = f'Bearer authorization_uri="https://login.windows.net/{tenant}", error="x"'
    arm.always["/site-a"] = refused(
        401, "InvalidAuthenticationTokenTenant", "wrong issuer", WWW_Authenticate=challenge
    )
    with pytest.raises(ExpectationError, match=rf"another tenant .* \({tenant}\)") as raised:
        make().need(SITE)
    assert f"az login --tenant {tenant}" in raised.value.hint
    assert "azure.live.tenant" in raised.value.hint


class Nobody:
    """A login that fails."""

    def __init__(self, error: Exception) -> None:
        self.error, self.asked = error, 0

    def get_token(
        self,
        *_: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **__: object,
    ) -> AccessToken:
        del claims, tenant_id, enable_cae
        self.asked += 1
        raise self.error


def unable(arm: Arm, error: Exception) -> tuple[Reader, Nobody]:
    nobody = Nobody(error)
    client = Client(Cloud(name="tests", endpoint=arm.endpoint), lambda: nobody, QUICK)
    return Reader(client, QUICK), nobody


def test_nobody_is_signed_in(arm: Arm) -> None:
    reader, nobody = unable(arm, CredentialUnavailableError(message="EnvironmentCredential: ..."))
    for path in (SITE, GATEWAY):
        with pytest.raises(ExpectationError, match="no login for Azure works") as raised:
            reader.get(path)
        assert "az login" in raised.value.hint
        assert raised.value.message == "no login for Azure works"
    assert nobody.asked == 1  # a fleet does not ask again for each site
    assert arm.log == []


def test_signing_in_is_refused(arm: Arm) -> None:
    text = (
        "Authentication failed: AADSTS7000215: Invalid client secret provided. Ensure that the "
        "secret 'CanarySecret' is right.\nTrace ID: 1"
    )
    reader, _ = unable(arm, ClientAuthenticationError(message=text))
    with pytest.raises(ExpectationError) as raised:
        reader.get(SITE)
    says = "no login for Azure works: AADSTS7000215: Invalid client secret provided"
    assert raised.value.message == says
    assert "Canary" not in str(raised.value)


def test_settings_that_cannot_be(arm: Arm) -> None:
    reader, _ = unable(arm, ValueError("bad authority CanarySecret"))
    with pytest.raises(ExpectationError, match="settings of the login are not right") as raised:
        reader.get(SITE)
    assert "Canary" not in str(raised.value)


@pytest.mark.parametrize("tenant", [None, "99999999-8888-7777-6666-555555555555"])
def test_the_usual_login_finds_a_managed_identity(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, tenant: str | None
) -> None:
    token = identity.jwt()
    arm.tokens = {token}
    with identity.issuing(token) as (address, asked):
        monkeypatch.setenv("IDENTITY_ENDPOINT", address)
        monkeypatch.setenv("IDENTITY_HEADER", identity.SECRET_HEADER)
        monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
        there = Cloud(name="tests", endpoint=arm.endpoint)
        Reader(Client(there, default(there, tenant), QUICK), QUICK).need(SITE)
    (one,) = asked
    assert f"resource=https://localhost:{arm.port}" in unquote(one)


@pytest.mark.parametrize(
    ("word", "endpoint", "authority"),
    [
        ("AzureCloud", "https://management.azure.com", "login.microsoftonline.com"),
        ("azurechinacloud", "https://management.chinacloudapi.cn", "login.chinacloudapi.cn"),
        ("AzureUSGovernment", "https://management.usgovcloudapi.net", "login.microsoftonline.us"),
        ("https://management.local.example/", "https://management.local.example", None),
    ],
)
def test_clouds_by_name(word: str, endpoint: str, authority: str | None) -> None:
    found = cloud(word)
    assert (found.endpoint, found.authority) == (endpoint, authority)
    assert found.scope == f"{endpoint}/.default"


@pytest.mark.parametrize("word", ["AzureChina", "http://management.azure.com", ""])
def test_a_cloud_that_is_none(word: str) -> None:
    with pytest.raises(ExpectationError, match="there is no cloud") as raised:
        cloud(word)
    assert "AzureUSGovernment" in raised.value.hint
