"""What a person could type to bring Azure to what the inventory says. Nothing here runs it.

Azure CLI reference: `az network local-gateway update`, `az network vpn-connection update`,
`az network vpn-connection shared-key update`, `az network vpn-site update`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType

from appliance.azure.expectation import Expectation
from appliance.model.difference import Difference

_ID = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/(?P<group>[^/]+)/providers/[^/]+/(?P<type>[^/]+)/"
    r"(?P<name>[^/]+)$",
    re.IGNORECASE,
)
_SITE = "local-gateway"
_LINK = "vpn-connection"
_KEY = "shared-key"
# path of a difference -> (of what, its option); {} stands for the value.
_OPTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "azure.on_premises.address": (_SITE, "--gateway-ip-address {}"),
        "azure.on_premises.prefixes": (_SITE, "--local-address-prefixes {}"),
        "azure.on_premises.bgp.asn": (_SITE, "--asn {}"),
        "azure.on_premises.bgp.address": (_SITE, "--bgp-peering-address {}"),
        "azure.bgp.enabled": (_LINK, "--enable-bgp {}"),
        "azure.psk": (_KEY, '--value "$PSK"'),
    }
)


def command(difference: Difference, expectation: Expectation) -> str | None:
    """The `az` command that makes Azure's side what is intended; None where there is none.

    A key is never in it: it is left to a variable of the shell.
    """
    known = _OPTIONS.get(difference.path)
    if known is None:
        return None
    of, option = known
    resource = expectation.on_premises.id if of == _SITE else expectation.id
    named = _named(resource, of)
    if named is None:
        return None
    return f"{named} {option.format(_words(difference.intended))}"


def _named(resource: str | None, of: str) -> str | None:
    found = _ID.match(resource or "")
    if found is None or found["type"].casefold() not in {"connections", "localnetworkgateways"}:
        return None
    group, name = shlex.quote(found["group"]), shlex.quote(found["name"])
    if of == _KEY:
        return f"az network vpn-connection shared-key update -g {group} --connection-name {name}"
    return f"az network {of} update -g {group} -n {name}"


def _words(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return " ".join(shlex.quote(str(one)) for one in value)
        case _:
            return shlex.quote(str(value))
