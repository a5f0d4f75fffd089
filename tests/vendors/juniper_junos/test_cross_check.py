"""Two readings of one configuration agree, and where one is wrong it is seen."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion
from appliance.model.intent import Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector, Tunnel
from appliance.record import replace
from vendors.juniper_junos import cross_check as module
from vendors.juniper_junos.cross_check import cross_check
from vendors.juniper_junos.parse import parse
from vendors.juniper_junos.reading.second_look import Rows

CONFIGS = Path(__file__).parent / "configs"
CASES = sorted(path.stem for path in CONFIGS.glob("*.txt"))
UNKNOWN = {"unknown-statements": ("V", "ike.proposals")}
"""Words that only the second reading takes as they are: the first reports them as not known."""
TYPED = {
    "cluster-reth-set",
    "edit-session-typed",
    "fragments-of-show",
    "groups-applied",
    "groups-wild-curly",
    "headed-fragments",
    "node-prompts-cluster-curly",
    "replace-and-delete-tags",
    "srx345-azure-sample",
    "typed-session",
}


def _text(case: str) -> str:
    return (CONFIGS / f"{case}.txt").read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("case", CASES)
def test_both_readings_agree(case: str) -> None:
    found = [(one.tunnel, one.field) for one in cross_check(_text(case))]
    assert found == ([UNKNOWN[case]] if case in UNKNOWN else [])


@pytest.mark.parametrize("case", CASES)
def test_what_was_typed_or_inherited_is_left_to_the_parser(case: str) -> None:
    rows = Rows(_text(case))
    activated = case == "deactivate-lines-set"
    assert rows.told is (case not in TYPED and not activated)
    assert bool(rows.rows) is rows.told


def _ike(tunnel: Tunnel, **changes: object) -> Tunnel:
    proposal = replace(tunnel.ike.proposals[0], **changes)  # type: ignore[arg-type]  # by name
    return replace(tunnel, ike=replace(tunnel.ike, proposals=(proposal,)))


WRONG: dict[str, Callable[[Tunnel], Tunnel]] = {
    "remote.addresses": lambda one: replace(
        one, remote=replace(one.remote, addresses=(IPv4Address("192.0.2.1"),))
    ),
    "local.interface": lambda one: replace(one, local=replace(one.local, interface="ge-0/0/7.0")),
    "ike.version": lambda one: replace(one, ike=replace(one.ike, version=IkeVersion.V1)),
    "ike.proposals": lambda one: _ike(one, encryption=(Encryption.AES128,)),
    "esp.pfs_group": lambda one: replace(one, esp=replace(one.esp, pfs_group=DhGroup.ECP384)),
    "esp.proposals": lambda one: replace(one, esp=replace(one.esp, proposals=())),
    "psk": lambda one: replace(one, psk=Secret("something-else")),
    "selectors": lambda one: replace(
        one,
        selectors=(
            TrafficSelector(local=IPv4Network("10.0.0.0/8"), remote=IPv4Network("10.1.0.0/16")),
        ),
    ),
    "missing": lambda one: replace(one, missing=("ike policy X",)),
    "name": lambda one: replace(one, name="other"),
}


@pytest.mark.parametrize("field", WRONG)
@pytest.mark.parametrize("form", ["braces", "set"])
def test_a_wrong_first_reading_is_seen(
    field: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _text("azure-route-based-braces")
    if form == "set":
        text = SET

    def wrong(given: str) -> Observed:
        observed = parse(given)
        return replace(observed, tunnels=tuple(WRONG[field](one) for one in observed.tunnels))

    monkeypatch.setattr(module, "parse", wrong)
    found = cross_check(text)
    assert {one.field for one in found} == {field}
    assert all(one.lines or one.field == "name" for one in found)
    shown = " ".join(one.first + one.second for one in found)
    assert "Azure-Key-1!" not in shown
    assert "something-else" not in shown


SET = """set security ike proposal p authentication-method pre-shared-keys
set security ike proposal p dh-group group14
set security ike proposal p authentication-algorithm sha-256
set security ike proposal p encryption-algorithm aes-256-cbc
set security ike policy p proposals p
set security ike policy p pre-shared-key ascii-text "Azure-Key-1!"
set security ike gateway g ike-policy p
set security ike gateway g address 198.51.100.7
set security ike gateway g external-interface ge-0/0/0.0
set security ike gateway g version v2-only
set security ipsec proposal e protocol esp
set security ipsec proposal e encryption-algorithm aes-256-gcm
set security ipsec policy e perfect-forward-secrecy keys group14
set security ipsec policy e proposals e
set security ipsec vpn v bind-interface st0.1
set security ipsec vpn v ike gateway g
set security ipsec vpn v ike ipsec-policy e
"""
