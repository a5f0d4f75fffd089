"""Signing in: which login is used, and one token for all requests, renewed when it is refused."""

from __future__ import annotations

import base64
import logging
import re
import threading
import time
from collections.abc import Callable
from typing import cast

from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from appliance.azure.live.clouds import Cloud
from appliance.errors import ExpectationError

_EARLY_SECONDS = 300
"""A token is renewed this long before it expires, so that no run begins with one about to."""
_REASON = re.compile(r"AADSTS\d{4,9}: [^\r\n]{0,200}?(?=[.:;\r\n]|$)")
_CLAIMS = re.compile(r'claims="([A-Za-z0-9+/=_-]{1,8000})"')
_UNAUTHORIZED = 401

SignIn = Callable[[], TokenCredential]


def default(cloud: Cloud, tenant: str | None) -> SignIn:
    """The login of this machine: environment, workload or managed identity, az, PowerShell.

    As `azure.identity.DefaultAzureCredential` looks for it; AZURE_TOKEN_CREDENTIALS narrows that.
    """

    def sign_in() -> TokenCredential:
        from azure.identity import (  # noqa: PLC0415 -- msal and cryptography: 0.3 s, see above
            DefaultAzureCredential,
        )

        for name in ("azure", "msal"):  # what they warn of is in our error; else it goes to stderr
            logging.getLogger(name).addHandler(logging.NullHandler())
        allowed = [] if tenant is None else [tenant]
        where = {} if cloud.authority is None else {"authority": cloud.authority}
        inner = DefaultAzureCredential(additionally_allowed_tenants=allowed, **where)
        return inner if tenant is None else _OfTenant(inner, tenant)

    return sign_in


class _OfTenant:
    """A login that always asks for tokens of one tenant."""

    def __init__(self, inner: TokenCredential, tenant: str) -> None:
        self._inner, self._tenant = inner, tenant

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **more: object,
    ) -> AccessToken:
        """As of `TokenCredential`; the tenant is ours."""
        del tenant_id, more
        return self._inner.get_token(
            *scopes, claims=claims, tenant_id=self._tenant, enable_cae=enable_cae
        )


class Login(HTTPPolicy[HttpRequest, HttpResponse]):
    """Puts a token on each request; one that Azure refuses (401) is renewed, once a request.

    The policy that azure-core brings leaves a refused token in place unless Azure names claims, and
    its state is not for several threads.
    """

    def __init__(self, sign_in: SignIn, cloud: Cloud) -> None:
        super().__init__()
        self._sign_in, self._cloud = sign_in, cloud
        self._lock = threading.Lock()
        self._token: AccessToken | None = None
        self._credential: TokenCredential | None = None
        self._failure: ExpectationError | None = None

    def send(
        self, request: PipelineRequest[HttpRequest]
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Authorize, send, and once more with a new token where the first is refused."""
        token = self._bearer(refused=None, claims=None)
        response = self._sent(request, token)
        if response.http_response.status_code == _UNAUTHORIZED:
            claims = _claims(response.http_response.headers.get("WWW-Authenticate", ""))
            response = self._sent(request, self._bearer(refused=token, claims=claims))
        return response

    def _sent(
        self, request: PipelineRequest[HttpRequest], token: str
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        request.http_request.headers["Authorization"] = f"Bearer {token}"
        return self.next.send(request)

    def _bearer(self, *, refused: str | None, claims: str | None) -> str:
        """The token; a new one when the old is nearly over, or is the one `refused`.

        Raises `ExpectationError` where nobody is signed in, the same for every later request: each
        try can take seconds.
        """
        with self._lock:
            if self._failure is not None:
                raise self._failure
            old = self._token
            if old is None or old.token == refused or old.expires_on - time.time() < _EARLY_SECONDS:
                self._token = old = self._asked(claims, anew=refused is not None)
            return old.token

    def _asked(self, claims: str | None, *, anew: bool) -> AccessToken:
        try:
            if self._credential is None or anew:  # a login keeps tokens: only a new one forgets
                self._credential = self._sign_in()
            if claims is not None:
                return self._credential.get_token(self._cloud.scope, claims=claims)
            return self._credential.get_token(self._cloud.scope)
        except ClientAuthenticationError as error:
            self._failure = _failure(error, self._cloud)
        except ValueError as error:
            self._failure = ExpectationError(
                "the settings of the login are not right",
                where=self._cloud.name,
                hint="check the AZURE_... environment variables and azure.live.tenant",
            )
            raise self._failure from error
        raise self._failure


def _claims(challenge: str) -> str | None:
    """The claims that Azure wants a new token to have ("Claims challenges, requests and CAE")."""
    found = _CLAIMS.search(challenge)
    if found is None:
        return None
    try:
        padded = found[1] + "=" * (-len(found[1]) % 4)
        return base64.urlsafe_b64decode(padded).decode()
    except ValueError:
        return None


def _failure(error: ClientAuthenticationError, cloud: Cloud) -> ExpectationError:
    """Nobody is signed in, or signing in was refused; of its text only the service's code."""
    found = _REASON.search(str(cast(object, error.message) or ""))
    why = f": {found[0]}" if found and found[0].isprintable() else ""
    return ExpectationError(
        f"no login for Azure works{why}",
        where=cloud.name,
        hint="`az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or "
        "AZURE_CLIENT_CERTIFICATE_PATH), or run where there is a managed identity",
    )
