"""Which side moved: inventory, Azure and device beside what they were when they agreed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from appliance.azure.radar import VOLATILE
from appliance.job import Job
from appliance.journal.prints import print_of
from appliance.journal.seen import Baseline, Sides
from appliance.model.difference import Difference
from appliance.model.flat import changed, flat
from appliance.model.intent import Observed
from appliance.model.pairing import pair
from appliance.model.secret import Hidden, Secret

INVENTORY, AZURE, MEANT, DEVICE = "inventory", "azure", "meant", "device"

_STATE = ("status", "provisioning")
_NOT_COMPARED = ("name", "objects", "sources", "quirks")
# The first part of a difference's path -> what of Azure's decides it.
_DECIDES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tunnel": ("endpoints", "on_premises"),
        "mode": ("policy_based", "custom_selectors", "selectors"),
        "remote": ("endpoints",),
        "local": ("on_premises.address", "on_premises.fqdn"),
        "permits": ("endpoints",),
        "ike": ("ike_version", "ike_lifetime_seconds", "policy", "dpd_seconds"),
        "esp": ("policy", "esp_lifetime_seconds", "esp_lifetime_kilobytes"),
        "psk": ("psk",),
        "selectors": ("selectors", "custom_selectors", "policy_based", "vnet_prefixes",
                      "on_premises.prefixes"),
        "routes": ("vnet_prefixes", "endpoints", "bgp_enabled"),
        "passes": ("vnet_prefixes", "on_premises.prefixes", "selectors"),
        "bgp": ("bgp_enabled", "bgp_asn", "endpoints", "on_premises.bgp_asn",
                "on_premises.bgp_address"),
    }
)  # fmt: skip
_AZURE_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "azure.on_premises.bgp.asn": "on_premises.bgp_asn",
        "azure.on_premises.bgp.address": "on_premises.bgp_address",
        "azure.bgp.enabled": "bgp_enabled",
    }
)
_SHOWN = 2


def sides(job: Job, observed: Observed) -> Sides:
    """All sides of a site now, in flat words. Raises `RefusedError` where no key can be named."""
    site = job.site
    pairs = pair(job.intent, observed.tunnels)
    found: dict[str, dict[str, str]] = {
        INVENTORY: _named("on_premises", flat(site.on_premises, key))
        | _named("tunnel", flat(site.device.tunnel, key)),
        AZURE: flat(job.expectation, key, without=(*VOLATILE, *_STATE)),
        MEANT: {},
        DEVICE: {},
    }
    for wanted, running in pairs:
        found[MEANT] |= _named(wanted.name, flat(wanted, key, without=_NOT_COMPARED))
        if running is not None:
            found[DEVICE] |= _named(wanted.name, flat(running, key, without=_NOT_COMPARED))
    return found


def key(secret: Secret | Hidden) -> str:
    """Names a key by what the journal knows it by; one that is hidden is but hidden."""
    return f"key {print_of(secret)}" if isinstance(secret, Secret) else "hidden"


def _named(name: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}.{path}": text for path, text in values.items()}


def moved(difference: Difference, then: Baseline | None, now: Sides) -> str:
    """Who moved since all agreed, in words; empty where nothing tells."""
    if then is None:
        return ""
    told = dict(_told(difference, then, now))
    if not told:
        return ""
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(then.at))
    if len(told) > 1:
        return f"since {since} " + "; and ".join(told.values())
    (side,) = told
    last = {
        DEVICE: "what is meant is as it was",
        AZURE: "the device holds what was right then",
        INVENTORY: "the device holds what was right then",
    }
    return f"since {since} {told[side]}; {last[side]}"


def _told(difference: Difference, then: Baseline, now: Sides) -> Iterator[tuple[str, str]]:
    path = difference.path
    if path.startswith("azure."):
        wanted = (_AZURE_PATHS.get(path, path.removeprefix("azure.")),)
        yield from _side(AZURE, "Azure was changed", then, now, wanted)
        yield from _side(INVENTORY, "the inventory was changed", then, now, ("on_premises",))
        return
    at = "" if path == "tunnel" else f".{path}"
    yield from _side(
        DEVICE, "the device was changed", then, now, (f"{difference.tunnel}{_field(at)}",)
    )
    azure = dict(
        _side(AZURE, "Azure was changed", then, now, _DECIDES.get(path.partition(".")[0], ()))
    )
    meant = changed(then.sides.get(MEANT, {}), now[MEANT])
    if azure:
        yield from azure.items()
    elif any(_under(one, (f"{difference.tunnel}{_field(at)}",)) for one in meant):
        yield from _side(INVENTORY, "the inventory was changed", then, now, ("",))


def _field(at: str) -> str:
    """`.ike.proposals.groups` of a difference is `.ike.proposals` here: proposals have names."""
    head, found, _ = at.partition(".proposals")
    return f"{head}{found}"


def _side(
    side: str, words: str, then: Baseline, now: Sides, paths: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    found = changed(then.sides.get(side, {}), now[side])
    ours = {path: values for path, values in found.items() if _under(path, paths)}
    if ours:
        shown = [f"{path} {old} -> {new}" for path, (old, new) in list(ours.items())[:_SHOWN]]
        more = f" and {len(ours) - _SHOWN} more" if len(ours) > _SHOWN else ""
        yield side, f"{words} ({', '.join(shown)}{more})"


def _under(path: str, paths: tuple[str, ...]) -> bool:
    return any(not one or path == one or path.startswith(f"{one}.") for one in paths)
