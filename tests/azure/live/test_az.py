"""The real `az` and the live reader look at the same Resource Manager: same expectation of both.

Runs where AZ_CLI names an `az` (of `pip install azure-cli`, in an environment of its own: 700 MB).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.azure import Expectation
from appliance.azure.importer import choose, outcomes
from appliance.azure.live import source
from appliance.model.cloud import AzureScope
from appliance.model.secret import Secret
from appliance.record import replace
from tests.azure.arm import deployment, identity
from tests.azure.arm.server import Arm, Json

TENANT = "11111111-1111-1111-1111-111111111111"
SHOWN = {
    "connection.json": ("vpn-connection", "show", "-n", "conn-a"),
    "gateway.json": ("vnet-gateway", "show", "-n", "vgw-hub"),
    "local-gateway.json": ("local-gateway", "show", "-n", "site-a"),
    "vnet.json": ("vnet", "show", "-n", "vnet-hub"),
    "spoke.json": ("vnet", "show", "-n", "vnet-spoke"),
    "circuit.json": ("express-route", "show", "-n", "er-1"),
    "circuit-gateway.json": ("vnet-gateway", "show", "-n", "ergw-hub"),
    "circuit-connection.json": ("vpn-connection", "show", "-n", "er-conn"),
    "conn-a-sharedkey.json": (
        "vpn-connection",
        "shared-key",
        "show",
        "--connection-name",
        "conn-a",
    ),
}
Az = Callable[..., str]


@pytest.fixture
def az(arm: Arm, tmp_path: Path) -> Az:
    """Runs `az` with a configuration of its own and the authorities of this test."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "AZURE_CONFIG_DIR": str(tmp_path / "azure"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "REQUESTS_CA_BUNDLE": os.environ["REQUESTS_CA_BUNDLE"],
    }

    def run(*words: str, **more: str) -> str:
        command = [os.environ["AZ_CLI"], *words]
        done = subprocess.run(  # noqa: S603 -- the az that AZ_CLI names
            command, env=environment | more, capture_output=True, text=True, check=False, timeout=90
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    del arm
    return run


def _signed_in(az: Az, arm: Arm, address: str) -> dict[str, str]:
    """Sign in to a cloud that is the Resource Manager of this test; what az needs from then on."""
    subscription: Json = {
        "id": f"/subscriptions/{deployment.SUBSCRIPTION}",
        "subscriptionId": deployment.SUBSCRIPTION,
        "displayName": "tests",
        "state": "Enabled",
        "tenantId": TENANT,
    }
    arm.resources["/subscriptions"] = {"value": [subscription]}
    here = arm.endpoint
    options = {
        "--endpoint-resource-manager": here,
        "--endpoint-active-directory": f"{here}/aad",
        "--endpoint-active-directory-resource-id": here,
        "--endpoint-management": here,
    }
    words = [word for option in options.items() for word in option]
    az("cloud", "register", "-n", "Tests", *words, "--skip-endpoint-discovery")
    az("cloud", "set", "-n", "Tests")
    login = {"IDENTITY_ENDPOINT": address, "IDENTITY_HEADER": identity.SECRET_HEADER}
    az("login", "--identity", **login)
    return login


def bare(found: Expectation) -> Expectation:
    """Without what says where and when it was read."""
    return replace(found, provenance=(), notes=(), exported_at=None)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("signed_in")
def test_the_same_of_both(az: Az, arm: Arm, scope: AzureScope, tmp_path: Path) -> None:
    live = source.expectation(scope, "conn-a")
    token = identity.jwt()
    arm.tokens = {token}
    exports = tmp_path / "exports"
    exports.mkdir()
    with identity.issuing(token) as (address, _):
        login = _signed_in(az, arm, address)
        for name, words in SHOWN.items():
            shown = az("network", *words, "-g", deployment.GROUP, "-o", "json", **login)
            (exports / name).write_text(shown)
    told = choose(outcomes([exports]), "conn-a")
    assert bare(told) == bare(live)
    assert told.psk == Secret(deployment.KEY)
