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
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.juniper_junos.box import SrxBox
from tests.vendors.test_laws import _as_they_were

JUNOS = load("juniper_junos")
CONFIGS = Path(__file__).parent / "configs"
NAMES = sorted(path.stem for path in CONFIGS.glob("*.txt"))


_LACKING = re.compile(r"(?i)interface '?([a-z]+(?:-\d+/\d+/)?\d+)\.(\d+)'? must be")
_POLICY = re.compile(r"Policy (\S+) referenced but not defined")
_INSIDE = (
    "set interfaces ge-0/0/7 unit 0 family inet address 10.250.0.1/24",
    "set security zones security-zone trust interfaces ge-0/0/7.0",
)


def _boots(name: str) -> SrxBox | None:
    """A lab device with the configuration, where the text is a whole one that a device prints.

    What an excerpt only mentions, or leaves out around the tunnels, is added: else it would not
    commit anything.
    """
    text = (CONFIGS / f"{name}.txt").read_bytes().decode("utf-8", "replace")
    known = JUNOS.parse(text)
    try:
        box = SrxBox(text)
    except ValueError:
        return None  # fragments, pasted sessions and damaged files are for the parser
    outside = {t.local.interface for t in known.tunnels if "outside zone" not in t.objects}
    more = [
        *_INSIDE,
        *(f"set security zones security-zone untrust interfaces {o}" for o in outside),
    ]
    for _ in range(4):
        try:
            box.device.configure(*more)
            break
        except ValueError as refused:
            lacking = dict.fromkeys(_LACKING.findall(str(refused)))
            more += (f"set interfaces {port} unit {unit} family inet" for port, unit in lacking)
            policies = dict.fromkeys(_POLICY.findall(str(refused)))
            more += (f"set policy-options policy-statement {p} then accept" for p in policies)
    else:
        return None
    read = JUNOS.parse(box.running())
    same = [tunnel.name for tunnel in read.tunnels] == [t.name for t in known.tunnels]
    return box if same and read.interfaces else None


def _intent(tunnel: Tunnel) -> Intent:
    """The same tunnel, as Azure might want it."""
    site = intents.site("juniper_junos")
    device = replace(
        site.device,
        outside_interface=tunnel.local.interface,
        inside_interface=None,
        mode=tunnel.mode,
    )
    assert tunnel.local.address is not None
    prefixes = tuple(dict.fromkeys(p.local for p in tunnel.passes or ())) or (
        IPv4Network("10.250.0.0/24"),
    )
    ours = replace(site.on_premises, address=tunnel.local.address, prefixes=prefixes[:4])
    remote = [pair.remote for pair in tunnel.selectors] or list(tunnel.routes)
    by_policy = tunnel.mode is Mode.POLICY_BASED
    expected = intents.expectation(
        ike_version=tunnel.ike.version,
        policy_based=by_policy,
        selectors=tunnel.selectors if by_policy else (),
        vnet_prefixes=tuple(dict.fromkeys(remote)) or (IPv4Network("10.251.0.0/24"),),
    )
    end = replace(expected.on_premises, address=ours.address, prefixes=ours.prefixes)
    gateway = replace(expected.endpoints[0], address=tunnel.remote.addresses[0])
    expected = replace(expected, endpoints=(gateway,), on_premises=end)
    return JUNOS.express(
        intend(
            replace(site, device=device, on_premises=ours),
            expected,
            Secret("another-key-for-azure"),
        )
    )


def _but_for_what_was_opened(before: Tunnel, after: Tunnel) -> Tunnel:
    """Zones are shared: what they let through for one tunnel they let through for others there."""
    assert set(before.permits or ()) <= set(after.permits or ())
    assert set(before.passes or ()) <= set(after.passes or ())
    assert set(after.missing) <= set(before.missing)
    kinds = {"around", "address book", "policies", "zone"}
    own = {kind: name for kind, name in after.objects.items() if kind not in kinds}
    told = {kind: name for kind, name in before.objects.items() if kind in kinds}
    return replace(
        after,
        permits=before.permits,
        passes=before.passes,
        filter=before.filter,
        missing=before.missing,
        objects={**own, **told},
    )


def _candidates(observed: Observed) -> Iterator[Tunnel]:
    peers = Counter(address for tunnel in observed.tunnels for address in tunnel.remote.addresses)
    for tunnel in observed.tunnels:
        alone = all(peers[address] == 1 for address in tunnel.remote.addresses)
        fixed = tunnel.remote.addresses and not tunnel.dynamic and alone
        if fixed and tunnel.local.address and tunnel.local.interface:
            yield tunnel


@pytest.mark.parametrize("name", NAMES)
def test_a_tunnel_made_by_hand_is_taken_over_and_given_back(name: str) -> None:
    first = _boots(name)
    if first is None:
        return
    for candidate in list(_candidates(JUNOS.parse(first.running())))[:4]:
        box = _boots(name)
        assert box is not None
        before = JUNOS.parse(box.running())
        intent = _intent(candidate)
        try:
            made = plan(intent, before, JUNOS)
        except (RefusedError, UnsupportedError):
            continue
        box.apply(made.change)
        after = JUNOS.parse(box.running())
        assert not JUNOS.change(after.tunnels, made.target), candidate.name
        left = {found.path for found in compare(intent, after) if found.severity > 0}
        assert left <= {"bgp", "missing", "routes", "selectors"} | {
            path for path in left if path.startswith("quirks")
        }, "what is not ours to repair"
        others = tuple(one for one in before.tunnels if one.name != candidate.name)
        for one, held in zip(others, _as_they_were(others, after.tunnels), strict=True):
            assert _but_for_what_was_opened(one, held) == one
        box.apply(made.rollback)
        assert not JUNOS.change(JUNOS.parse(box.running()).tunnels, before.tunnels)


def test_enough_of_them_are_really_tried() -> None:
    """A plan that refused everything would pass the test above."""
    tried = 0
    for name in NAMES:
        box = _boots(name)
        observed = None if box is None else JUNOS.parse(box.running())
        for candidate in () if observed is None else _candidates(observed):
            try:
                tried += bool(observed and plan(_intent(candidate), observed, JUNOS).change)
            except (RefusedError, UnsupportedError):
                continue
    assert tried >= 15
