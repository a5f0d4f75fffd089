"""Tunnels that people made by hand, in configurations of the field, are taken over and given back.

Each tunnel of a configuration is asked to become one of Azure's with other algorithms and another
key: on a lab device that holds the configuration, the plan either is refused with a reason, or
leads where it says, leaves all others alone, and its rollback leads back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.errors import RefusedError, UnsupportedError
from appliance.intend import intend
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.cisco_ios.box import IosBox
from tests.vendors.test_laws import _as_they_were

IOS = load("cisco_ios")
CONFIGS = Path(__file__).parent / "configs"
# The lab boots what a device prints; these hold what people type or paste, or a key with blanks.
TYPED = {
    "abbreviated",
    "banner-decoys",
    "front-door-vrf",
    "map-on-two-interfaces",
    "putty-log-pager-crlf",
    "taken-back",
    "typed-session",
}
NAMES = sorted(path.stem for path in CONFIGS.glob("*.txt") if path.stem not in TYPED)


def _intent(tunnel: Tunnel) -> Intent:
    """The same tunnel, as Azure might want it."""
    site = intents.site("cisco_ios")
    device = replace(site.device, outside_interface=tunnel.local.interface, mode=tunnel.mode)
    assert tunnel.local.address is not None
    ours = replace(
        site.on_premises,
        address=tunnel.local.address,
        prefixes=(IPv4Network("10.250.0.0/24"),),
    )
    remote = [pair.remote for pair in tunnel.selectors] or list(tunnel.routes)
    by_policy = tunnel.mode is Mode.POLICY_BASED
    expected = intents.expectation(
        ike_version=tunnel.ike.version,
        policy_based=by_policy,
        selectors=tunnel.selectors if by_policy else (),
        vnet_prefixes=tuple(dict.fromkeys(remote)) or (IPv4Network("10.251.0.0/24"),),
    )
    gateway = replace(expected.endpoints[0], address=tunnel.remote.addresses[0])
    expected = replace(expected, endpoints=(gateway,))
    return intend(
        replace(site, device=device, on_premises=ours), expected, Secret("another-key-for-azure")
    )


def _candidates(text: str) -> Iterator[str]:
    for tunnel in IOS.parse(IosBox(text).running()).tunnels:
        fixed = tunnel.remote.addresses and not tunnel.dynamic
        if fixed and tunnel.local.address and tunnel.local.interface:
            yield tunnel.name


@pytest.mark.parametrize("name", NAMES)
def test_a_tunnel_made_by_hand_is_taken_over_and_given_back(name: str) -> None:
    text = (CONFIGS / f"{name}.txt").read_bytes().decode("utf-8", "replace")
    for candidate in list(_candidates(text))[:4]:
        box = IosBox(text)
        start = box.running()
        before = IOS.parse(start)
        tunnel = next(one for one in before.tunnels if one.name == candidate)
        intent = _intent(tunnel)
        try:
            made = plan(intent, before, IOS)
        except (RefusedError, UnsupportedError):
            continue
        box.apply(made.change)
        after = IOS.parse(box.running())
        assert not IOS.change(after.tunnels, made.target), candidate
        left = {found.path for found in compare(intent, after) if found.severity > 0}
        left = {path for path in left if not path.startswith("quirks")}
        not_ours = {"bgp", "missing", "passes", "routes", "selectors"}  # to repair
        assert left <= not_ours
        peers = set(tunnel.remote.addresses)  # of several to one gateway one is taken
        others = tuple(one for one in before.tunnels if not peers & set(one.remote.addresses))
        assert _as_they_were(others, after.tunnels) == others
        box.apply(made.rollback)
        assert not IOS.change(IOS.parse(box.running()).tunnels, before.tunnels)
        if f"{name} {candidate}" not in BY_MEANING:
            assert _lines(box.running()) == _lines(start)


BY_MEANING = {
    "hand-mistakes Tunnel5",  # a transform set that is nowhere cannot be named again
    "ikev2-on-a-map MM 10",  # `esp-null` is what no cipher comes to
    "selectors-on-tunnel Tunnel5",  # the first isakmp policy stays: others may have come to need it
    "whole-map-settings A 1",  # compression is not in the model
}
"""Where the way back leads to the same in other words."""


def _lines(text: str) -> Counter[str]:
    """The lines of a configuration, their order and the numbers of entries apart."""
    rows = (re.sub(r"^(\s*)\d+ (permit|deny)", r"\1\2", row.rstrip()) for row in text.split("\n"))
    return Counter(row for row in rows if row.strip() not in {"", "!"})


def test_enough_of_them_are_really_tried() -> None:
    """A plan that refused everything would pass the test above."""
    tried = 0
    for name in NAMES:
        text = (CONFIGS / f"{name}.txt").read_bytes().decode("utf-8", "replace")
        before = IOS.parse(IosBox(text).running())
        for candidate in _candidates(text):
            tunnel = next(one for one in before.tunnels if one.name == candidate)
            try:
                tried += bool(plan(_intent(tunnel), before, IOS).change)
            except (RefusedError, UnsupportedError):
                continue
    assert tried >= 15
