"""The one way to Resource Manager: signed in, patient within limits, and unable to write."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote, urlsplit

from azure.core.exceptions import (
    AzureError,
    DecodeError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    HTTPPolicy,
    RequestIdPolicy,
    RetryPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core import ARMPipelineClient

from appliance.azure.live.actions import may_send
from appliance.azure.live.clouds import Cloud
from appliance.azure.live.failures import Refusal, from_headers, told
from appliance.azure.live.limits import Limits
from appliance.azure.live.login import Login, SignIn
from appliance.azure.spelling import shorten
from appliance.errors import ExpectationError
from appliance.record import dataclass, field

_ERRORS = 400
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Azure said: HTTP status, headers (by any capitals) and the JSON, None when empty."""

    status: int
    headers: Mapping[str, str]
    value: object = field(repr=False)


class Arm:
    """Resource Manager of one cloud, for several threads."""

    def __init__(self, cloud: Cloud, sign_in: SignIn, limits: Limits) -> None:
        # Policies are named one by one: the usual list would register resource providers, which is
        # a write, follow redirects with the token, and log headers.
        self.cloud = cloud
        self._down: ExpectationError | None = None
        self._slots = threading.BoundedSemaphore(limits.at_once)
        self._client: ARMPipelineClient[HttpRequest, HttpResponse] = ARMPipelineClient(
            cloud.endpoint,
            transport=RequestsTransport(
                connection_timeout=limits.connect_seconds, read_timeout=limits.read_seconds
            ),
            policies=[
                RequestIdPolicy(),
                UserAgentPolicy("appliance"),
                _Bounds(cloud),
                _Patience(limits),
                Login(sign_in, cloud),
            ],
        )

    def get(self, url: str) -> Answer | Refusal:
        """Read an address of this Resource Manager. Raises `ExpectationError` out of reach."""
        return self._send("GET", url)

    def post(self, url: str) -> Answer | Refusal:
        """Ask a question that Azure takes as POST; see `actions.QUESTIONS`."""
        return self._send("POST", url)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def url(self, path: str, version: str, query: str = "") -> str:
        """The address of a resource; `path` begins with /subscriptions/ and is not quoted yet."""
        more = f"&{query}" if query else ""
        return f"{self.cloud.endpoint}{quote(path)}?api-version={version}{more}"

    def _send(self, method: str, url: str) -> Answer | Refusal:
        where = f"{self.cloud.host}{urlsplit(url).path}"
        if self._down is not None:  # it was tried often enough: a fleet does not for each site
            raise self._down
        try:
            with self._slots:
                response = self._client.send_request(HttpRequest(method, url))
                body = response.read()
        except ServiceRequestError as error:
            self._down = _unreachable(error, where)
            raise self._down from error
        except AzureError as error:
            raise _unreachable(error, where) from error
        except OSError as error:  # of requests itself, before it connects
            raise ExpectationError(
                f"cannot be reached: {error.strerror or error}",
                where=where,
                hint="if that is a file, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names it",
            ) from error
        return self._judged(method, urlsplit(url).path, response, body)

    def _judged(
        self, method: str, path: str, response: HttpResponse, body: bytes
    ) -> Answer | Refusal:
        headers, status = response.headers, response.status_code
        value = _json(body)
        if status < _ERRORS and status not in _REDIRECTS and (value is not None or not body):
            return Answer(status=status, headers=headers, value=value)
        if status < _ERRORS:
            kind = shorten(headers.get("Content-Type", "nothing said").partition(";")[0])
            odd = "leads elsewhere" if status in _REDIRECTS else f"is no JSON but {kind}"
            raise ExpectationError(
                f"the answer ({status}) {odd}",
                where=f"{self.cloud.host}{path}",
                hint="something between here and Azure answers in its place: check the proxy",
            )
        code, message = told(value)
        challenge, request_id = from_headers(headers)
        return Refusal(
            method=method,
            path=path,
            host=self.cloud.host,
            status=status,
            code=code,
            message=message,
            challenge=challenge,
            request_id=request_id,
        )


class _Bounds(HTTPPolicy[HttpRequest, HttpResponse]):
    """Lets no request out that goes elsewhere or could write, whatever the rest of us does."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._endpoint = urlsplit(cloud.endpoint)

    def send(
        self, request: PipelineRequest[HttpRequest]
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Pass on what only reads from this Resource Manager; a defect otherwise."""
        method, url = request.http_request.method, urlsplit(request.http_request.url)
        here = (url.scheme, url.netloc) == (self._endpoint.scheme, self._endpoint.netloc)
        if not here or not may_send(method, url.path):
            raise ValueError(f"{method} {url.netloc}{url.path} is not a read of Azure's")
        try:
            return self.next.send(request)
        except ValueError as error:  # a header's number, date or address, taken for one unseen
            raise ServiceResponseError("a header that cannot be read", error=error) from error


class _Patience(RetryPolicy[HttpRequest, HttpResponse]):
    """Tries again what passes by itself (429, 5xx, a cut connection), and waits as Azure asks."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(
            retry_total=limits.attempts,
            retry_connect=limits.attempts,
            retry_read=limits.attempts,
            retry_status=limits.attempts,
            retry_backoff_factor=limits.backoff_seconds,
            retry_backoff_max=limits.wait_seconds,
        )
        self._most = limits.wait_seconds

    def is_retry(  # type: ignore[override]  # the base is generic over kinds of answers we have not
        self,
        settings: dict[str, object],
        response: PipelineResponse[HttpRequest, HttpResponse],
    ) -> bool:
        """No retry where Azure asks to wait longer than anybody would sit there for."""
        asked = self.get_retry_after(response)
        if asked is not None and asked > self._most:
            return False
        return bool(super().is_retry(settings, response))


def _json(body: bytes) -> object:
    """The JSON value of a body; None when there is none, which no answer of Azure's is."""
    try:
        return cast(object, json.loads(body))
    except (ValueError, RecursionError):
        return None


def _unreachable(error: AzureError, where: str) -> ExpectationError:
    """Azure was not reached, or stopped in the middle. The text of such errors names hosts only."""
    inner = str(error.inner_exception or error)
    if "CERTIFICATE_VERIFY_FAILED" in inner or "certificate verify failed" in inner:
        return ExpectationError(
            "its certificate is signed by nobody this machine trusts",
            where=where,
            hint="behind a proxy that opens TLS, set REQUESTS_CA_BUNDLE to a file with its "
            "certificate; else do not go on",
        )
    if isinstance(error, DecodeError | ServiceResponseError):
        return ExpectationError(
            "the answer broke off or did not come in time", where=where, hint="try again"
        )
    hint = "check the network, HTTPS_PROXY and NO_PROXY"
    if not isinstance(error, ServiceRequestError):
        hint = "try again; `az account get-access-token` shows whether the login works"
    return ExpectationError("cannot be reached", where=where, hint=hint)
