"""Saved `show` output of many ages, garbled output, and what a lost line may never do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError, ParseError, UsageError
from appliance.model.state import Operational, SaStatus
from vendors.cisco_ios.state import show

SHOW = Path(__file__).parent / "show"
CASES = sorted(path.stem for path in SHOW.glob("*.raw"))


def _raw(case: str) -> str:
    return (SHOW / f"{case}.raw").read_bytes().decode()


def _expected(case: str) -> dict[str, object]:
    found = yaml.safe_load((SHOW / f"{case}.yml").read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("typed", "case"),
    [
        ("show crypto ikev2 sa detailed", "crypto-ikev2-sa-two-tunnels"),
        ("SH CRY IKEV2 SA DET", "crypto-ikev2-sa-two-tunnels"),
        ("do show crypto ikev2 sa | begin Tunnel", "crypto-ikev2-sa-two-tunnels"),
        ("sh cry isa sa", "crypto-isakmp-sa-15"),
        ("sh crypto is sa det", "crypto-isakmp-sa-detail"),
        ("sho cry ses rem 198.51.100.7 det", "crypto-session-detail-all-statuses"),
        ("show crypto session interface Tunnel1", "crypto-session-xe-plain"),
        ("sh cry ips sa int Tu1", "crypto-ipsec-sa-vti-xe"),
        ("sh ip bgp vpnv4 vrf BLUE sum", "bgp-summary-established-and-not"),
        ("sh bgp vpnv4 unicast all summ | i 10.", "bgp-summary-established-and-not"),
        ("sh int", "interfaces-tunnel"),
        ("sh ip int br | ex unass", "interfaces-ip-brief"),
        ("sh ip ro vrf BLUE static", "ip-route-table"),
    ],
)
def test_commands_are_known_as_people_type_them(typed: str, case: str) -> None:
    full = str(_expected(case)["command"])
    assert show(typed, _raw(case)) == show(full, _raw(case)) != Operational()


@pytest.mark.parametrize(
    "typed", ["show version", "show crypto i sa", "", "ping 192.0.2.1", "show"]
)
def test_other_commands_are_named_with_those_we_read(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        show(typed, "")
    assert "show crypto ipsec sa" in str(caught.value)


def test_a_slip_of_the_pen_gets_the_nearest_command() -> None:
    with pytest.raises(UsageError, match="the nearest is `show crypto isakmp sa`"):
        show("show crypto isakpm sa", "")


IKEV2, SESSION, IPSEC = "show crypto ikev2 sa", "show crypto session", "show crypto ipsec sa"
GARBLED = {
    "another command's output": (IPSEC, "Cisco IOS Software, Version 15.2(4)M7\nuptime is 2 weeks"),
    "a running configuration": (IKEV2, "hostname R1\ninterface Tunnel1\n tunnel mode ipsec ipv4\n"),
    "refused": (IKEV2, "sh cry ikev2 sa\n           ^\n% Invalid input detected at '^' marker.\n"),
    "refused as ambiguous": (SESSION, '% Ambiguous command:  "show cry ses"\n'),
    "not allowed": (SESSION, "Command authorization failed.\n"),
    "bytes of another encoding": (IPSEC, "i\x00n\x00t\x00\ufffd\ufffd\u0131nterface\x07"),
    "a web page": (IPSEC, "<html><body>502 Bad Gateway</body></html>"),
}


@pytest.mark.parametrize("name", GARBLED)
def test_text_that_is_no_output_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        show(*GARBLED[name])
    assert caught.value.hint
    assert caught.value.where == GARBLED[name][0]


PARTIAL = {
    "cut inside the row": (
        IKEV2,
        "Tunnel-id Local                 Remote                fvrf/ivrf            Status\n"
        "1         203.0.113.10/500      198.51.100.7/500      none/no",
    ),
    "status overprinted": (
        IKEV2,
        "Tunnel-id Local                 Remote                fvrf/ivrf            Status\n"
        "1         203.0.113.10/500      198.51.100.7/500      none/none            RE@\x00DY\n",
    ),
    "a row without its status": (
        "show crypto isakmp sa",
        "dst             src             state          conn-id status\n"
        "198.51.100.7    203.0.113.10    QM_IDLE           1001\n",
    ),
    "a standby": (
        "show crypto isakmp sa",
        "dst             src             state          conn-id status\n"
        "198.51.100.7    203.0.113.10    QM_IDLE           1001 STDBY\n",
    ),
    "only one direction": (
        IPSEC,
        "interface: Tunnel1\n local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        " remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        " current_peer 198.51.100.7 port 500\n current outbound spi: 0x1(1)\n"
        " inbound esp sas:\n spi: 0x2(2)\n Status: ACTIVE(ACTIVE)\n",
    ),
    "an SPI that is not in use": (
        IPSEC,
        "interface: Tunnel1\n local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        " remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        " current_peer 198.51.100.7 port 500\n current outbound spi: 0x1(1)\n"
        " inbound esp sas:\n spi: 0x2(2)\n Status: ACTIVE\n"
        " outbound esp sas:\n spi: 0x3(3)\n Status: ACTIVE\n",
    ),
    "a status in two halves": (
        SESSION,
        "Interface: Tunnel1\nSession status: UP-ACT\nPeer: 198.51.100.7 port 500\n"
        "  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0\n        Active SAs: \n",
    ),
    "one lone SA": (
        SESSION,
        "Interface: Tunnel1\nSession status: UP-NO-IKE\nPeer: 198.51.100.7 port 500\n"
        "  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0\n        Active SAs: 1\n",
    ),
    "down, yet with SAs": (
        SESSION,
        "Interface: Tunnel1\nSession status: DOWN\nPeer: 198.51.100.7 port 500\n"
        "  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0\n        Active SAs: 2\n",
    ),
}


@pytest.mark.parametrize("name", PARTIAL)
def test_half_an_output_is_never_read_as_up(name: str) -> None:
    assert _up(show(*PARTIAL[name])) == set()


def _up(operational: Operational) -> set[tuple[str, str]]:
    """Each thing that is said to be up: IKE SAs, tunnels and selector pairs of a peer."""
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


# With fewer rows the one address common to all is not known, and with fewer lines the other of two
# names that one peer was given: as many things are up as before, under another address.
RENAMED = {"crypto-isakmp-sa-hub-with-ipv6", "crypto-session-addresses-changed-by-hand"}


@cache
def _whole(case: str) -> tuple[str, set[tuple[str, str]]]:
    command = str(_expected(case)["command"])
    return command, _up(show(command, _raw(case)))


def _nothing_new(case: str, output: str) -> bool:
    command, whole = _whole(case)
    found = _read(command, output)
    return found <= whole or (case in RENAMED and len(found) <= len(whole))


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


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(CASES), lost=st.sets(st.integers(0, 400), max_size=3))
def test_a_few_lines_lost_bring_nothing_up(case: str, lost: set[int]) -> None:
    lines = _raw(case).splitlines(keepends=True)
    gone = {number % len(lines) for number in lost}
    assert _nothing_new(case, "".join(one for n, one in enumerate(lines) if n not in gone))


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(CASES), at=st.integers(0, 100_000))
def test_an_output_cut_inside_a_line_brings_nothing_up(case: str, at: int) -> None:
    assert _nothing_new(case, _raw(case)[: at % len(_raw(case))])


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(CASES), at=st.integers(0, 5000), noise=st.text(max_size=20))
def test_noise_raises_only_our_errors(case: str, at: int, noise: str) -> None:
    command, raw = str(_expected(case)["command"]), _raw(case)
    place = at % len(raw)
    _read(command, raw[:place] + noise + raw[place:])


def test_a_hub_of_fifty_peers_is_read_peer_by_peer() -> None:
    head = "dst             src             state          conn-id status\n"
    rows = "".join(
        f"{f'198.51.100.{n}':<16}{'203.0.113.10':<16}QM_IDLE           {1000 + n} ACTIVE\n"
        if n % 2
        else f"{'203.0.113.10':<16}{f'198.51.100.{n}':<16}MM_NO_STATE          0 ACTIVE\n"
        for n in range(1, 51)
    )
    found = show("show crypto isakmp sa", head + rows).tunnels
    assert [str(state.remote) for state in found] == [f"198.51.100.{n}" for n in range(1, 51)]
    assert {str(state.local) for state in found} == {"203.0.113.10"}
    assert sum(state.ike is SaStatus.UP for state in found) == 25


def test_a_pager_and_colours_leave_no_trace() -> None:
    clean = _raw("crypto-session-xe-plain")
    paged = clean.replace(
        "Interface: Tunnel0",
        " --More-- \x08\x08\x08\x08\x08        \x08\x08\x08\x08\x08Interface: Tunnel0",
    )
    assert show(SESSION, paged) == show(SESSION, clean)
    assert show(SESSION, "\x1b[2J" + clean.replace("\n", "\r\r\n")) == show(SESSION, clean)


LOSSES = ["crypto-ikev2-session-idle-and-any", "crypto-ipsec-sa-crypto-map-one-pair-down"]


@pytest.mark.parametrize("case", LOSSES)
def test_a_stretch_lost_between_two_tunnels_does_not_join_them(case: str) -> None:
    lines = _raw(case).splitlines(keepends=True)
    for first in range(0, len(lines), 2):
        for last in range(first + 1, len(lines) + 1, 2):
            assert _nothing_new(case, "".join(lines[:first] + lines[last:]))
