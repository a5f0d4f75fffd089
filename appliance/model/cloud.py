"""Where in Azure a connection is, for reading it live."""

from __future__ import annotations

from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureScope:
    """A resource group, and how to get at it.

    `cloud` is a cloud's name (AzureCloud, AzureChinaCloud, AzureUSGovernment) or the https address
    of another Resource Manager. `tenant` (id or domain) is where to sign in, None the login's own.
    `gateway` names the VPN gateway of a Virtual WAN hub, None for virtual network gateways.
    """

    subscription: str
    resource_group: str
    cloud: str = "AzureCloud"
    tenant: str | None = None
    gateway: str | None = None
