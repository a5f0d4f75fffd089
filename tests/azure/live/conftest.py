"""A Resource Manager with a deployment in it, and readers that trust it."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken

from appliance.azure.live import source
from appliance.azure.live.clouds import Cloud
from appliance.azure.live.limits import Limits
from appliance.azure.live.pipeline import Arm as Client
from appliance.azure.live.reader import Reader
from appliance.model.cloud import AzureScope
from tests.azure.arm import certificates, deployment
from tests.azure.arm.server import Arm, serving

collect_ignore = [] if os.environ.get("AZ_CLI") else ["test_az.py"]
"""It runs the real `az`, where there is one."""
QUICK = Limits(backoff_seconds=0, poll_seconds=0, operation_seconds=5, attempts=3)


@dataclass
class Credential:
    """A login that gives out `token-1`, `token-2`, ... and counts."""

    asked: list[tuple[tuple[str, ...], str | None]] = field(default_factory=list)
    seconds: int = 3600
    made: int = 0

    def sign_in(self) -> Credential:
        self.made += 1
        return self

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        del tenant_id, enable_cae
        self.asked.append((scopes, claims))
        return AccessToken(f"token-{len(self.asked)}", int(time.time()) + self.seconds)


Make = Callable[..., Reader]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """An authority's certificate, and a server's context that it signed."""
    return certificates.made(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def arm(authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> Iterator[Arm]:
    """A Resource Manager that holds the hub and the Virtual WAN, trusted by this process."""
    ca, context = authority
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(context) as found:
        for resource in (*deployment.hub(), *deployment.wan()):
            found.put(resource)
        found.questions["listSharedKey"] = [deployment.link_key()]
        yield found


@pytest.fixture
def login() -> Credential:
    """The login of this test."""
    return Credential()


@pytest.fixture
def scope(arm: Arm) -> AzureScope:
    """Where the deployment is."""
    return AzureScope(
        subscription=deployment.SUBSCRIPTION,
        resource_group=deployment.GROUP,
        cloud=arm.endpoint,
    )


@pytest.fixture
def make(arm: Arm, login: Credential) -> Make:
    """Makes readers of it; a keyword is a limit."""

    def made(limits: Limits = QUICK) -> Reader:
        cloud = Cloud(name="tests", endpoint=arm.endpoint)
        return Reader(Client(cloud, login.sign_in, limits), limits)

    return made


@pytest.fixture
def signed_in(arm: Arm, make: Make, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """The reader that `source` uses in this test."""
    reader = make()
    source.forget()
    monkeypatch.setitem(source._readers, (arm.endpoint, None), reader)
    yield reader
    source.forget()
