"""Saved `show` output of many releases, garbled output, and what a lost line may never do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError, ParseError, UsageError
from appliance.model.state import Operational, SaStatus
from vendors.juniper_junos.state import show

SHOW = Path(__file__).parent / "show"
CASES = sorted(path.stem for path in SHOW.glob("*.raw"))
IKE = "show security ike security-associations"
IPSEC = "show security ipsec security-associations"


def _raw(case: str) -> str:
    return (SHOW / f"{case}.raw").read_bytes().decode()


def _command(case: str) -> str:
    return str(yaml.safe_load((SHOW / f"{case}.yml").read_text())["command"])


@pytest.mark.parametrize(
    ("typed", "case"),
    [
        ("show security ike sa", "ike-sa-up-and-down"),
        ("SH SEC IKE SEC", "ike-sa-up-and-down"),
        ("show security ike security-associations detail | no-more", "ike-sa-detail-two-peers"),
        ("show security ike sa 198.51.100.7 detail", "ike-sa-detail-two-peers"),
        ("run show security ipsec sa", "ipsec-sa-one-pair"),
        ("sh sec ipsec sec det", "ipsec-sa-detail-route-based"),
        ("show security ipsec sa index 131073 detail", "ipsec-sa-detail-route-based"),
        ("show security ipsec inact", "ipsec-inactive-reasons"),
        ("show security ipsec stat index 131073", "ipsec-statistics-index"),
        ("show route table inet.0 10.20.0.4", "route-one-destination"),
        ("sh bgp sum | match 10.", "bgp-summary-new-layout"),
        ("show interfaces terse st0.1", "interfaces-terse-st0"),
        ("show interfaces st0 terse", "interfaces-terse-st0"),
        ("sh int st0.1 ter | no-more", "interfaces-terse-st0"),
    ],
)
def test_commands_are_known_as_people_type_them(typed: str, case: str) -> None:
    assert show(typed, _raw(case)) == show(_command(case), _raw(case)) != Operational()


@pytest.mark.parametrize(
    "typed", ["show version", "show security", "", "ping 192.0.2.1", "show security i sa"]
)
def test_other_commands_are_named_with_those_we_read(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        show(typed, "")
    assert IPSEC in str(caught.value)


def test_a_slip_of_the_pen_gets_the_nearest_command() -> None:
    with pytest.raises(UsageError, match="the nearest is `show security ike security-associations"):
        show("show secruity ike security-asociations", "")


def test_a_device_that_prints_nothing_has_nothing_to_list() -> None:
    assert show(IKE, "\n\nnetops@srx> \n") == Operational()
    assert show(IKE, "node0:\n" + "-" * 74 + "\n\nnode1:\n" + "-" * 74 + "\n") == Operational()


GARBLED = {
    "another command's output": (IPSEC, "Hostname: srx\nModel: srx345\nJunos: 21.4R3.12\n"),
    "a configuration": (IKE, "security {\n    ike {\n        gateway G;\n    }\n}\n"),
    "refused": (IKE, "netops@srx> show security ike sx\n                 ^\nsyntax error.\n"),
    "unknown": (IKE, "netops@srx> shov\n            ^\nunknown command.\n"),
    "no daemon": (IPSEC, "error: the ipsec-key-management subsystem is not running\n"),
    "not allowed": ("show route", "error: permission denied for show route\n"),
    "a web page": (IPSEC, "<html><body>502 Bad Gateway</body></html>"),
}


@pytest.mark.parametrize("name", GARBLED)
def test_text_that_is_no_output_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        show(*GARBLED[name])
    assert caught.value.hint
    assert caught.value.where == GARBLED[name][0]


HEAD = (
    "ID: 131073 Virtual-system: root, VPN Name: V\n  Local Gateway: 203.0.113.10, Remote Gateway: "
)
PARTIAL = {
    "the peer never answered": (
        IKE,
        "6271846 UP     77aa66bb55cc44dd  0000000000000000  IKEv2          198.51.100.8\n",
    ),
    "cut inside the row": (IKE, "6271846 UP     77aa66bb55cc44dd  9a8b7c6d5e4f30"),
    "one direction": (
        IPSEC,
        "  <131073 ESP:aes-cbc-256/sha256 ec78f80e 2528/ unlim - root 500 198.51.100.7\n",
    ),
    "an SPI of zero": (
        IPSEC,
        "  <131073 ESP:aes-cbc-256/sha256 00000000 2528/ unlim - root 500 198.51.100.7\n"
        "  >131073 ESP:aes-cbc-256/sha256 c674a8ac 2528/ unlim - root 500 198.51.100.7\n",
    ),
    "two halves of different tunnels": (
        IPSEC,
        "  <131073 ESP:aes-cbc-256/sha256 ec78f80e 2528/ unlim - root 500 198.51.100.7\n"
        "  >131074 ESP:aes-cbc-256/sha256 c674a8ac 2528/ unlim - root 500 198.51.100.7\n",
    ),
    "not installed": (
        IPSEC,
        f"{HEAD}198.51.100.7\n  Direction: inbound, SPI: 94337ff7, AUX-SPI: 0\n"
        "    Mode: Tunnel(0 0), Type: dynamic, State: installed\n"
        "  Direction: outbound, SPI: b941875f, AUX-SPI: 0\n"
        "    Mode: Tunnel(0 0), Type: dynamic, State: not installed\n",
    ),
    "no state told": (
        IPSEC,
        f"{HEAD}198.51.100.7\n  Direction: inbound, SPI: 94337ff7, AUX-SPI: 0\n"
        "  Direction: outbound, SPI: b941875f, AUX-SPI: 0\n",
    ),
    "a peer's details under another's name": (
        f"{IKE} detail",
        "IKE peer 198.51.100.8, Index 2, Gateway Name: g\n  Role: Initiator, State: UP\n"
        "  Initiator cookie: f514114a799925fe, Responder cookie: f8de58a2690993d7\n"
        "  Exchange type: IKEv2, Authentication method: Pre-shared-keys\n"
        "  Local: 203.0.113.10:500, Remote: 198.51.100.7:500\n",
    ),
    "link down": ("show interfaces terse st0", "st0.0   up    down inet\n"),
    "session idle": ("show bgp summary", "10.0.0.1   65515  0  0  0  0  1:02:03 Idle\n"),
}


@pytest.mark.parametrize("name", PARTIAL)
def test_half_an_output_is_never_read_as_up(name: str) -> None:
    assert _read(*PARTIAL[name]) == set()


def _up(operational: Operational) -> set[tuple[str, str]]:
    """Each thing that is said to be up: IKE SAs, selector pairs of a peer, sessions, interfaces."""
    found: set[tuple[str, str]] = set()
    for state in operational.tunnels:
        remote = str(state.remote)
        if state.ike is SaStatus.UP:
            found.add((remote, "ike"))
        for child in state.children:
            if child.status is SaStatus.UP:
                found.add((remote, str(child.selector)))
    found |= {(str(one.peer), "bgp") for one in operational.bgp if one.established}
    return found | {(one.name, "interface") for one in operational.interfaces if one.up}


@cache
def _whole(case: str) -> tuple[str, set[tuple[str, str]]]:
    command = _command(case)
    return command, _up(show(command, _raw(case)))


def _nothing_new(case: str, output: str) -> bool:
    command, whole = _whole(case)
    return _read(command, output) <= whole


def _read(command: str, output: str) -> set[tuple[str, str]]:
    try:
        return _up(show(command, output))
    except ApplianceError:
        return set()


@pytest.mark.parametrize("case", CASES)
def test_an_output_cut_off_anywhere_brings_nothing_up(case: str) -> None:
    lines = _raw(case).splitlines(keepends=True)
    for end in range(len(lines)):
        assert _nothing_new(case, "".join(lines[:end]))


@pytest.mark.parametrize("case", CASES)
def test_any_one_line_lost_brings_nothing_up(case: str) -> None:
    lines = _raw(case).splitlines(keepends=True)
    for lost in range(len(lines)):
        assert _nothing_new(case, "".join(lines[:lost] + lines[lost + 1 :]))


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(CASES), lost=st.sets(st.integers(0, 400), max_size=3))
def test_a_few_lines_lost_bring_nothing_up(case: str, lost: set[int]) -> None:
    lines = _raw(case).splitlines(keepends=True)
    gone = {number % len(lines) for number in lost}
    assert _nothing_new(case, "".join(one for n, one in enumerate(lines) if n not in gone))


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(CASES), at=st.integers(0, 100_000))
def test_an_output_cut_inside_a_line_brings_nothing_up(case: str, at: int) -> None:
    command, whole = _whole(case)
    found = _read(command, _raw(case)[: at % len(_raw(case))])
    # An address that ends the last line may have lost digits.
    assert all(any(name.startswith(one) for name, _ in whole) for one, _ in found)


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(CASES), at=st.integers(0, 5000), noise=st.text(max_size=20))
def test_noise_raises_only_our_errors(case: str, at: int, noise: str) -> None:
    raw = _raw(case)
    place = at % len(raw)
    _read(_command(case), raw[:place] + noise + raw[place:])


def test_a_stretch_lost_between_two_tunnels_does_not_join_them() -> None:
    for case in ("ipsec-sa-detail-traffic-selectors", "ike-sa-detail-two-peers"):
        lines = _raw(case).splitlines(keepends=True)
        for first in range(0, len(lines), 2):
            for last in range(first + 1, len(lines) + 1, 3):
                assert _nothing_new(case, "".join(lines[:first] + lines[last:])), (first, last)


def test_pagers_and_line_ends_leave_no_trace() -> None:
    clean = _raw("ike-sa-up-and-down")
    paged = clean.replace("6271850", "---(more 60%)---\r                 \r6271850")
    assert show(IKE, paged) == show(IKE, clean)
    assert show(IKE, clean.replace("\n", "\r\n")) == show(IKE, clean)


def test_a_hub_of_fifty_peers_is_read_peer_by_peer() -> None:
    rows = "".join(
        f"  {arrow}{131_073 + n} ESP:aes-gcm-256/None {n + 1:08x} 128/ unlim - root 500 "
        f"198.51.100.{n}    \n"
        for n in range(50)
        for arrow in ("<>" if n % 2 else "<")
    )
    found = show(IPSEC, f"  Total active tunnels: 50\n{rows}").tunnels
    assert [str(one.remote) for one in found] == [f"198.51.100.{n}" for n in range(50)]
    assert sum(one.child is SaStatus.UP for one in found) == 25
