"""Azure's clouds by name: where their Resource Manager is, and where one signs in.

As `az cloud list` shows them.
"""

from __future__ import annotations

from appliance.azure.spelling import nearest
from appliance.errors import ExpectationError
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """`endpoint` is the Resource Manager's address; `authority` the host to sign in at.

    An `authority` of None is the login's own (AZURE_AUTHORITY_HOST, or Azure's).
    """

    name: str
    endpoint: str
    authority: str | None = None

    @property
    def host(self) -> str:
        """Host and port of the Resource Manager."""
        return self.endpoint.removeprefix("https://")

    @property
    def scope(self) -> str:
        """What a token is asked for: this Resource Manager, so that it opens no other."""
        return f"{self.endpoint}/.default"


_PUBLIC = Cloud(
    name="AzureCloud",
    endpoint="https://management.azure.com",
    authority="login.microsoftonline.com",
)
_KNOWN = {
    cloud.name.casefold(): cloud
    for cloud in (
        _PUBLIC,
        Cloud(
            name="AzureChinaCloud",
            endpoint="https://management.chinacloudapi.cn",
            authority="login.chinacloudapi.cn",
        ),
        Cloud(
            name="AzureUSGovernment",
            endpoint="https://management.usgovcloudapi.net",
            authority="login.microsoftonline.us",
        ),
    )
}


def cloud(word: str) -> Cloud:
    """The cloud of this name, or the one at this https address. Raises `ExpectationError`."""
    known = _KNOWN.get(word.casefold())
    if known is not None:
        return known
    if word.startswith("https://"):
        return Cloud(name=word, endpoint=word.rstrip("/"))
    near = nearest(word, tuple(each.name for each in _KNOWN.values()))
    raise ExpectationError(
        f"there is no cloud {word!a}" + (f"; did you mean {near}?" if near else ""),
        where="azure.live.cloud",
        hint=f"{', '.join(each.name for each in _KNOWN.values())}, or an https:// address",
    )
