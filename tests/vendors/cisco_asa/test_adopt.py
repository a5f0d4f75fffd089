"""Tunnels that people made by hand, in configurations of the field, are taken over and given back.

Each tunnel of a configuration is asked to become one of Azure's with other algorithms and another
key: on a lab device that holds the configuration, the plan either is refused with a reason, or
leads where it says, leaves all others alone, and its rollback leads back.
"""

from __future__ import annotations

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
from appliance.intend.fit import fit
from appliance.lab.asa import Settings, asa_device
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.difference import Verdict
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.cisco_asa.box import AsaBox
from tests.vendors.test_laws import _as_they_were
from vendors.cisco_asa import names

ASA = load("cisco_asa")
CONFIGS = Path(__file__).parent / "configs"
OLD = intents.custom(
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1536),
    (Encryption.AES256, Integrity.SHA1, DhGroup.MODP1536),
)
# The lab boots what a release of today prints; these have words of old ones, or a key with blanks.
OTHER = {"ikev1-84", "old-82", "pix-80"}
NAMES = sorted(path.stem for path in CONFIGS.glob("*.txt") if path.stem not in OTHER)


def _read(name: str) -> str:
    return (CONFIGS / f"{name}.txt").read_bytes().decode("utf-8", "replace")


def _box(name: str) -> AsaBox | None:
    """The lab's device with a configuration; None where it boots to other tunnels than the text.

    The lab is of one release and boots what a device prints; some of these are older, or typed.
    """
    text = _read(name)
    told = ASA.parse(text)
    release = names.release(told.version)
    version = told.version if release is not None and release >= (8, 4) else "9.12(4)"
    assert version is not None
    box = AsaBox(asa_device(startup=text, settings=Settings(version=version)))
    held = ASA.parse(box.running())
    return box if _names(held) == _names(told) else None


def _names(observed: Observed) -> list[tuple[str, bool, object]]:
    return sorted((one.name, one.enabled, one.remote.addresses) for one in observed.tunnels)


def _intent(tunnel: Tunnel, inside: str) -> Intent:
    """The same tunnel, as Azure might want it."""
    site = intents.site("cisco_asa")
    device = replace(
        site.device,
        outside_interface=tunnel.local.interface,
        inside_interface=inside,
        mode=tunnel.mode,
    )
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
    if tunnel.ike.version is IkeVersion.V1:
        expected = replace(expected, policy=OLD)
    gateway = replace(expected.endpoints[0], address=tunnel.remote.addresses[0])
    expected = replace(expected, endpoints=(gateway,))
    asked = intend(
        replace(site, device=device, on_premises=ours), expected, Secret("another-key-for-azure")
    )
    return fit(asked, ASA)


def _candidates(before: Observed) -> Iterator[tuple[str, Intent]]:
    others = [name for name in before.interfaces if not name.lower().startswith("outside")]
    behind = (name for name in others if name.lower() in {"inside", "lan"})
    inside = next(behind, next(iter(others), "inside"))
    for tunnel in before.tunnels:
        nameless = any(one.startswith("nameif ") for one in tunnel.missing)  # no ASA lets one be
        fixed = tunnel.remote.addresses and not tunnel.dynamic and not nameless
        if fixed and tunnel.local.address and tunnel.local.interface:
            yield tunnel.name, _intent(tunnel, inside)


@pytest.mark.parametrize("name", NAMES)
def test_a_tunnel_made_by_hand_is_taken_over_and_given_back(name: str) -> None:
    made_box = _box(name)
    if made_box is None:
        return  # counted below: most of them are tried
    for candidate, intent in list(_candidates(ASA.parse(made_box.running())))[:4]:
        box = _box(name)
        assert box is not None
        start = box.running()
        before = ASA.parse(start)
        try:
            made = plan(intent, before, ASA)
        except (RefusedError, UnsupportedError):
            continue
        box.apply(made.change)
        after = ASA.parse(box.running())
        assert not ASA.change(after.tunnels, made.target), candidate
        worse = (one for one in compare(intent, after) if one.severity > 0)
        left = {one.path for one in worse if one.verdict is not Verdict.EXTRA}
        not_ours = {"bgp", "missing", "routes", "quirks", "ike.dpd"}
        assert left <= not_ours, "what is not ours to repair"
        peers = {peer for one in intent.tunnels for peer in one.remote.addresses}
        others = tuple(one for one in before.tunnels if not peers & set(one.remote.addresses))
        assert _whole(_as_they_were(others, after.tunnels)) == _whole(others)
        box.apply(made.rollback)
        assert not ASA.change(ASA.parse(box.running()).tunnels, before.tunnels)
        if f"{name} {candidate}" not in BY_MEANING:
            assert _lines(box.running()) == _lines(start)


BY_MEANING = {
    "azure-script-names azure-crypto-map 5",  # `threshold infinite` is `disable`
    "dangling M 10",  # a proposal that is nowhere cannot be named again
    "dangling M 20",
}
"""Where the way back leads to the same in other words."""


def _lines(text: str) -> Counter[str]:
    """The lines of a configuration, their order apart."""
    rows = (row.rstrip() for row in text.split("\n"))
    return Counter(row for row in rows if not row.startswith(("Cryptochecksum", "!")) and row)


def _whole(tunnels: Tunnels) -> Tunnels:
    """IKE that is enabled for one is no longer missing for others."""
    return tuple(replace(one, missing=()) for one in tunnels)


def test_enough_of_them_are_really_tried() -> None:
    """A plan that refused everything would pass the test above."""
    tried = 0
    for name in NAMES:
        box = _box(name)
        before = ASA.parse(box.running()) if box is not None else Observed(driver="cisco_asa")
        for _, intent in _candidates(before):
            try:
                tried += bool(plan(intent, before, ASA).change)
            except (RefusedError, UnsupportedError):
                continue
    assert tried >= 15
