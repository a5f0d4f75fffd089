"""What Azure's refusals mean: which are a missing right or a missing thing, and which stop all.

Bodies as in "Common API details": {"error": {"code": ..., "message": ...}}. Of a message only what
names an action or a tenant is repeated: nothing guarantees what else stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.azure.live.actions import right
from appliance.azure.spelling import shorten
from appliance.errors import ExpectationError
from appliance.record import dataclass

DENIED, ABSENT = 403, 404
_CLIENT, _UNAUTHORIZED, _TIMEOUT, _THROTTLED, _SERVER = 400, 401, 408, 429, 500
_OF_ANOTHER_TENANT = "invalidauthenticationtokentenant"
ROLE = "docs/azure-role.json"
_ACTION = re.compile(r"action '([A-Za-z0-9./*-]{3,200})'")
_TENANT = re.compile(r"https://[a-z0-9.-]+/([0-9A-Za-z.-]{1,64})")
_VERSIONS = re.compile(r"\b20\d\d-\d\d-\d\d\b(?!-)")
_SUBSCRIPTION = (
    "the subscription is not there, or this login does not see it",
    "check azure.live.subscription, and that the login is for its tenant: `az account list`",
)
_CODES = {
    "subscriptionnotfound": _SUBSCRIPTION,
    "invalidsubscriptionid": _SUBSCRIPTION,
    "resourcegroupnotfound": (
        "there is no such resource group",
        "check azure.live.resource_group: `az group list`",
    ),
    "invalidauthenticationtoken": (
        "Azure does not accept the login's token",
        "sign in again; check the clock of this machine",
    ),
    "expiredauthenticationtoken": (
        "Azure says that the login has expired, also with a new token",
        "check the clock of this machine, and sign in again",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A resource that cannot be had: why in words, where, and what to do; `status` is HTTP's."""

    status: int
    message: str
    where: str
    hint: str

    @property
    def error(self) -> ExpectationError:
        """The same as an error, for what cannot be done without."""
        return ExpectationError(self.message, where=self.where, hint=self.hint)

    @property
    def note(self) -> str:
        """The same as a note, for what can."""
        return f"{self.where}: {self.message}; {self.hint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that is none; `path` is without host and query."""

    method: str
    path: str
    host: str
    status: int
    code: str
    message: str
    challenge: str = ""
    request_id: str = ""

    @property
    def where(self) -> str:
        """The resource, for a message."""
        return f"{self.host}{self.path}"


def told(value: object) -> tuple[str, str]:
    """Code and message of an error's body; empty for a body of another make."""
    error = value.get("error", value) if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("code") or ""), str(error.get("message") or "")


def lack(refusal: Refusal) -> Lack | None:
    """What is missing, when it is no more than one resource or the right to it.

    A resource may be in a subscription, or a tenant, that this login does not see.
    """
    code = refusal.code.casefold()
    if refusal.status == DENIED:
        found = _ACTION.search(refusal.message)
        action = found[1] if found else right(refusal.method, refusal.path)
        message = f"not allowed to this login: {action}"
        return _lack(refusal, message, f"give it a role that has this action, as {ROLE} has")
    if refusal.status == ABSENT and code not in _CODES:
        return _lack(refusal, "there is no such resource", _absent_hint(refusal.path))
    if code == _OF_ANOTHER_TENANT:
        return _lack(refusal, *_another_tenant(refusal))
    client = _CLIENT <= refusal.status < _SERVER
    if not client or refusal.status in (_UNAUTHORIZED, _TIMEOUT, _THROTTLED):
        return None
    return _lack(refusal, *_CODES.get(code, _plain(refusal)))


def error(refusal: Refusal) -> ExpectationError:
    """The error for a refusal that stops reading: of the login, or of all of Azure for now."""
    if refusal.status == _THROTTLED:
        message = "Azure takes no more requests for now (429)"
        hint = "wait some minutes; others who read this subscription count too"
    elif refusal.status == _UNAUTHORIZED:
        unknown = ("Azure does not accept the login", "sign in again")
        message, hint = _CODES.get(refusal.code.casefold(), unknown)
    else:
        message, hint = _plain(refusal)
    return ExpectationError(message, where=refusal.where, hint=hint)


def _absent_hint(path: str) -> str:
    """What to do where a resource is not there: the inventory names connections only."""
    if "connections/" in path.casefold():
        return "check name and resource group; a connection of Virtual WAN needs azure.live.gateway"
    return "it was deleted, or what refers to it is out of date: look at that in the portal"


def _lack(refusal: Refusal, message: str, hint: str) -> Lack:
    return Lack(status=refusal.status, message=message, where=refusal.where, hint=hint)


def _plain(refusal: Refusal) -> tuple[str, str]:
    code = f", {shorten(refusal.code)}" if refusal.code else ""
    trace = f"; its request id is {refusal.request_id}" if refusal.request_id else ""
    what = "try again" if refusal.status >= _SERVER else "look at the resource in the portal"
    return f"Azure answered {refusal.status}{code}", f"{what}{trace}"


def _another_tenant(refusal: Refusal) -> tuple[str, str]:
    found = _TENANT.search(refusal.challenge)
    tenant = found[1] if found else "TENANT"
    which = f" ({tenant})" if found else ""
    return (
        f"the login is of another tenant than the subscription{which}",
        f"set azure.live.tenant, or `az login --tenant {tenant}`, then the same again",
    )


def supported(refusal: Refusal, asked: str) -> str | None:
    """The newest version of the API that this cloud has and that is no newer than the one asked.

    None when the refusal is about something else. Clouds name their versions when they refuse one.
    """
    code = refusal.code.casefold()
    if code not in {"noregisteredproviderfound", "invalidapiversionparameter"}:
        return None
    named = [each for each in _VERSIONS.findall(refusal.message) if each < asked]
    return max(named, default=None)


def from_headers(headers: Mapping[str, str]) -> tuple[str, str]:
    """The challenge and the request's id, out of the headers of an answer."""
    found = headers.get("x-ms-request-id", "")
    return headers.get("WWW-Authenticate", ""), found if found.isprintable() else ""
