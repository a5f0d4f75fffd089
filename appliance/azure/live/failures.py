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
_UNAUTHORIZED, _THROTTLED, _SERVER = 401, 429, 500
ROLE = "docs/azure-role.json"
_ACTION = re.compile(r"action '([A-Za-z0-9./*-]{3,200})'")
_TENANT = re.compile(r"https://[a-z0-9.-]+/([0-9A-Za-z.-]{1,64})")
_VERSIONS = re.compile(r"\b20\d\d-\d\d-\d\d\b(?!-)")
_LOGIN = "`az login --tenant TENANT`, then the same again"
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
    "authorizationfailed": ("this login may not do that", ""),
    "requestdisallowedbypolicy": ("a policy of the subscription forbids it", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A resource that cannot be had: why in words, where, and what to do. `status` 403 or 404."""

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
    """What is missing, when it is no more than one resource or the right to it."""
    if refusal.status == DENIED and refusal.code.casefold() != "subscriptionnotregistered":
        found = _ACTION.search(refusal.message)
        action = found[1] if found else right(refusal.method, refusal.path)
        return Lack(
            status=DENIED,
            message=f"not allowed to this login: {action}",
            where=refusal.where,
            hint=f"give it a role that has this action; {ROLE} has all that are used",
        )
    if refusal.status == ABSENT and refusal.code.casefold() not in _CODES:
        return Lack(
            status=ABSENT,
            message="there is no such resource",
            where=refusal.where,
            hint="check name and resource group; a connection of Virtual WAN needs "
            "azure.live.gateway",
        )
    return None


def error(refusal: Refusal) -> ExpectationError:
    """The error for a refusal that stops reading."""
    if refusal.status == _UNAUTHORIZED:
        return _not_signed_in(refusal)
    known = _CODES.get(refusal.code.casefold())
    if known is not None:
        return ExpectationError(known[0], where=refusal.where, hint=known[1])
    if refusal.status == _THROTTLED:
        return ExpectationError(
            "Azure takes no more requests for now (429)",
            where=refusal.where,
            hint="wait some minutes; others who read this subscription count too",
        )
    code = f", {shorten(refusal.code)}" if refusal.code else ""
    trace = f"; its request id is {refusal.request_id}" if refusal.request_id else ""
    return ExpectationError(
        f"Azure answered {refusal.status}{code}",
        where=refusal.where,
        hint=f"try again{trace}" if refusal.status >= _SERVER else f"look at the request{trace}",
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


def _not_signed_in(refusal: Refusal) -> ExpectationError:
    tenant = _TENANT.search(refusal.challenge)
    if refusal.code.casefold() == "invalidauthenticationtokentenant":
        which = f" ({tenant[1]})" if tenant else ""
        return ExpectationError(
            f"the login is of another tenant than the subscription{which}",
            where=refusal.where,
            hint="set azure.live.tenant, or "
            + _LOGIN.replace("TENANT", tenant[1] if tenant else "TENANT"),
        )
    message, hint = _CODES.get(
        refusal.code.casefold(), ("Azure does not accept the login", "sign in again")
    )
    return ExpectationError(message, where=refusal.where, hint=hint)
