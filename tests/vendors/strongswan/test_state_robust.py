"""Garbled operational output: what a lost line may never do, and what is no output at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError, ParseError, UsageError
from appliance.model.state import Operational, SaStatus
from vendors.strongswan.state import show

SHOW = Path(__file__).parent / "show"
CASES = sorted(path.stem for path in SHOW.glob("*.raw"))
RAW = {case: (SHOW / f"{case}.raw").read_bytes().decode() for case in CASES}
COMMANDS = {
    case: str(yaml.safe_load((SHOW / f"{case}.yml").read_text())["command"]) for case in CASES
}


def _up(operational: Operational) -> set[tuple[str, str]]:
    """Each thing that is said to be up."""
    found: set[tuple[str, str]] = set()
    for state in operational.tunnels:
        if state.ike is SaStatus.UP:
            found.add((str(state.remote), "ike"))
        found |= {
            (str(state.remote), str(child.selector))
            for child in state.children
            if child.status is SaStatus.UP
        }
    return found | {(one.name, "interface") for one in operational.interfaces if one.up}


def _read(case: str, output: str) -> set[tuple[str, str]]:
    try:
        return _up(show(COMMANDS[case], output))
    except ApplianceError:
        return set()


WHOLE = {case: _read(case, RAW[case]) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_an_output_cut_off_anywhere_brings_nothing_up(case: str) -> None:
    lines = RAW[case].splitlines(keepends=True)
    for end in range(len(lines)):
        found = _read(case, "".join(lines[:end]))
        assert {one for one in found if one[1] != "None"} <= WHOLE[case]


@pytest.mark.parametrize("case", CASES)
def test_a_lost_line_joins_no_two_tunnels(case: str) -> None:
    """An SA whose own first line is lost must not lend its children to the one before it."""
    lines = RAW[case].splitlines(keepends=True)
    for lost in range(len(lines)):
        found = _read(case, "".join(lines[:lost] + lines[lost + 1 :]))
        assert {one for one in found if one[1] != "None"} <= WHOLE[case]


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(CASES), at=st.integers(0, 5_000), noise=st.text(max_size=20))
def test_noise_raises_only_our_errors(case: str, at: int, noise: str) -> None:
    place = at % (len(RAW[case]) + 1)
    _read(case, RAW[case][:place] + noise + RAW[case][place:])


@pytest.mark.parametrize(
    ("typed", "case"),
    [
        ("/usr/sbin/swanctl --list-sas -r", "sas-raw-gcm-without-nat"),
        ("sudo swanctl -l", "sas-list-two-gateways"),
        ("swanctl --list-sas --ike azure-1 --noblock", "sas-list-two-gateways"),
        ("strongswan statusall", "statusall-up"),
        ("sudo -n ipsec status azure", "status-short-ikev1"),
        ("ip r", "ip-route"),
        ("ip -4 -d route list table main", "ip-route"),
        ("/sbin/ip -j r s", "ip-route-json"),
        ("ip l", "ip-link-brief"),
        ("ip -details addr show dev xfrm100", "ip-address-long"),
    ],
)
def test_commands_are_known_as_people_type_them(typed: str, case: str) -> None:
    assert show(typed, RAW[case]) == show(COMMANDS[case], RAW[case]) != Operational()


@pytest.mark.parametrize("typed", ["show crypto ikev2 sa", "", "ping 10.0.0.1", "swanctl --stats"])
def test_other_commands_are_named_with_those_we_read(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        show(typed, "")
    assert "swanctl --list-sas" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "connecting to 'unix:///var/run/charon.vici' failed: Permission denied\n",
        "bash: swanctl: command not found\n",
        "<html><body>502 Bad Gateway</body></html>",
    ],
)
def test_text_that_is_no_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        show("swanctl --list-sas", text)
    assert caught.value.hint
