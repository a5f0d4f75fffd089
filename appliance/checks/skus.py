"""What each SKU of a VPN gateway can do: the tables of "About gateway SKUs"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.model.algorithms import IkeVersion
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """What a SKU can do; `legacy` ones are retired or about to be."""

    tunnels: int
    versions: tuple[IkeVersion, ...] = (IkeVersion.V1, IkeVersion.V2)
    policies: bool = True
    bgp: bool = True
    active: bool = True
    nat: bool = True
    legacy: bool = False


def _generation(number: int, tunnels: int, *, nat: bool = True) -> dict[str, Sku]:
    """A numbered SKU with and without availability zones."""
    zoned = Sku(tunnels=tunnels, nat=nat)
    plain = Sku(tunnels=tunnels, nat=nat, legacy=True)
    return {f"vpngw{number}az": zoned, f"vpngw{number}": plain}


_IKEV2 = (IkeVersion.V2,)
SKUS: Mapping[str, Sku] = MappingProxyType(
    {
        "basic": Sku(
            tunnels=10, versions=_IKEV2, policies=False, bgp=False, active=False, nat=False
        ),
        "standard": Sku(tunnels=10, versions=_IKEV2, active=False, nat=False, legacy=True),
        "highperformance": Sku(tunnels=30, versions=_IKEV2, nat=False, legacy=True),
        **_generation(1, 30, nat=False),
        **_generation(2, 30),
        **_generation(3, 30),
        **_generation(4, 100),
        **_generation(5, 100),
    }
)
"""By name in lower case."""
POLICY_BASED = Sku(
    tunnels=1, versions=(IkeVersion.V1,), policies=False, bgp=False, active=False, nat=False
)
"""Of a policy-based gateway, which is always a Basic one."""
