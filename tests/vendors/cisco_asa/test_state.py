"""Saved `show` output of the ASA: commands as typed, and what damage to it may never do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ParseError, UsageError
from appliance.model.algorithms import Encryption, Integrity
from appliance.model.state import Operational, SaStatus
from vendors.cisco_asa.screens import words
from vendors.cisco_asa.state import show

SHOW = Path(__file__).parent / "show"
CASES = sorted(path.stem for path in SHOW.glob("*.raw"))


def _raw(case: str) -> str:
    return (SHOW / f"{case}.raw").read_bytes().decode()


@cache
def _command(case: str) -> str:
    found = yaml.safe_load((SHOW / f"{case}.yml").read_text())
    return str(found["command"])


@pytest.mark.parametrize(
    ("typed", "case"),
    [
        ("sh vpn-sess det l2l", "sessiondb-detail-ikev2"),
        ("show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7", "sessiondb-detail-82"),
        ("SHOW VPN-SESSIONDB L2L | i Conn", "sessiondb-plain"),
        ("sh cry ikev1 sa det", "ikev1-sa"),
        ("sh cry isa sa", "isakmp-sa-both"),
        ("sh isa sa det", "isakmp-sa-detail-82"),
        ("sh cry ikev2 sa det | b 198", "ikev2-sa-detail"),
        ("sh cry ips sa pe 198.51.100.7 det", "ipsec-sa-vti"),
        ("sh ips sa", "ipsec-sa-9"),
        ("sh bgp ipv4 uni sum", "bgp-summary"),
        ("sh int tunnel 1", "interface-tunnel"),
        ("sh int ip br", "interface-ip-brief"),
        ("sh route outside | i S", "route-table"),
    ],
)
def test_commands_are_known_as_people_type_them(typed: str, case: str) -> None:
    assert show(typed, _raw(case)) == show(_command(case), _raw(case)) != Operational()


@pytest.mark.parametrize(
    "typed", ["show version", "show crypto i sa", "", "ping 192.0.2.1", "show"]
)
def test_other_commands_are_named_with_those_we_read(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        show(typed, "")
    assert "show crypto ipsec sa" in str(caught.value)


IKEV1, IKEV2, IPSEC = "show crypto ikev1 sa", "show crypto ikev2 sa", "show crypto ipsec sa"
SESSIONS = "show vpn-sessiondb detail l2l"
GARBLED = {
    "another command's output": (IPSEC, "Cisco Adaptive Security Appliance Software Version 9.8"),
    "a running configuration": (IKEV2, "hostname R1\ninterface Tunnel1\n tunnel mode ipsec ipv4\n"),
    "refused": (IKEV2, "sh cry ike2\n        ^\nERROR: % Invalid input detected at '^' marker.\n"),
    "not allowed": (SESSIONS, "Command authorization failed\n"),
    "bytes of another encoding": (IPSEC, "i\x00n\x00t\x00\ufffd\ufffd\u0131nterface\x07"),
    "a web page": (SESSIONS, "<html><body>502 Bad Gateway</body></html>"),
}


@pytest.mark.parametrize("name", GARBLED)
def test_text_that_is_no_output_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        show(*GARBLED[name])
    assert caught.value.hint
    assert caught.value.where == GARBLED[name][0]


PARTIAL = {
    "a row without its status": (
        IKEV2,
        "Tunnel-id Local                 Remote                Status         Role\n"
        "1         203.0.113.10/500      198.51.100.7/500\n",
    ),
    "a peer without its state": (
        IKEV1,
        "1   IKE Peer: 198.51.100.7\n    Type    : L2L             Role    : initiator\n",
    ),
    "a state that has no peer": (
        IKEV1,
        "   Active SA: 1\n    Type    : L2L   Role : initiator\n"
        "    Rekey   : no              State   : MM_ACTIVE\n",
    ),
    "a user": (
        IKEV1,
        "1   IKE Peer: 198.51.100.7\n    Type    : user            Role    : responder\n"
        "    Rekey   : no              State   : AM_ACTIVE\n",
    ),
    "only one direction": (
        IPSEC,
        "interface: outside\n"
        "      local ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)\n"
        "      remote ident (addr/mask/prot/port): (10.2.0.0/255.255.0.0/0/0)\n"
        "      current_peer: 198.51.100.7\n      current outbound spi: 00000001\n"
        "    inbound esp sas:\n      spi: 0x2 (2)\n         SA State: active\n",
    ),
    "a session without SAs": (
        SESSIONS,
        "Connection   : 198.51.100.7\nIndex        : 4                      IP Addr      :"
        " 198.51.100.7\nIKEv2 Tunnels: 0\nIPsec Tunnels: 0\n",
    ),
    "a session cut off": (
        SESSIONS,
        "Connection   : 198.51.100.7\nIndex        : 4                      IP Addr      :"
        " 198.51.100.7\n",
    ),
    "somebody else's session": (
        SESSIONS,
        "Session Type: AnyConnect\n\nUsername     : alice\nIndex        : 4"
        "                      IP Addr      : 198.51.100.7\nProtocol     : IKEv2 IPsec\n",
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


@cache
def _whole(case: str) -> set[tuple[str, str]]:
    return _up(show(_command(case), _raw(case)))


def _read(command: str, output: str) -> set[tuple[str, str]]:
    try:
        return _up(show(command, output))
    except ParseError:
        return set()


# Without the lines that tell selectors the session's own counters stand for all of them.
def _nothing_new(case: str, output: str) -> bool:
    whole = _whole(case)
    peers = {peer for peer, _what in whole}
    found = _read(_command(case), output) - whole
    return all(what == "None" and peer in peers for peer, what in found)


@pytest.mark.parametrize("case", CASES)
def test_a_lost_line_brings_nothing_up(case: str) -> None:
    lines = _raw(case).splitlines(keepends=True)
    for gone in range(len(lines)):
        assert _nothing_new(case, "".join(lines[:gone] + lines[gone + 1 :])), lines[gone]


@pytest.mark.parametrize("case", CASES)
def test_an_output_cut_off_anywhere_brings_nothing_up(case: str) -> None:
    raw = _raw(case)
    for end in range(0, len(raw), 23):
        assert _nothing_new(case, raw[:end])


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_is_read_or_refused(case: str, data: st.DataObject) -> None:
    raw = _raw(case)
    at = data.draw(st.integers(0, len(raw)))
    noise = data.draw(st.text(max_size=40))
    _read(_command(case), raw[:at] + noise + raw[at + len(noise) :])


def test_a_pager_and_log_lines_leave_no_trace() -> None:
    clean = _raw("ipsec-sa-9")
    paged = clean.replace(
        "      current_peer: 198.51.100.8",
        "<--- More --->\r              \r      current_peer: 198.51.100.8",
    ).replace(
        "    outbound esp sas:",
        "%ASA-4-113019: Group = 198.51.100.9, Username = x, Session disconnected.\n"
        "    outbound esp sas:",
        1,
    )
    assert show(IPSEC, paged) == show(IPSEC, clean)


SPELT = {
    "esp-aes esp-sha-hmac no compression": (Encryption.AES128, Integrity.SHA1),
    "esp-aes-256 esp-sha-256-hmac no compression": (Encryption.AES256, Integrity.SHA256),
    "esp-aes esp-sha-512-hmac no compression": (Encryption.AES128, Integrity.SHA512),
    "esp-aes-gcm-256 esp-null-hmac no compression": (Encryption.AES256GCM, Integrity.NONE),
    "esp-aes-gcm no compression": (Encryption.AES128GCM, Integrity.NONE),
    "esp-3des esp-md5-hmac none": (Encryption.TRIPLE_DES, Integrity.MD5),
    "esp-des esp-none": (Encryption.DES, Integrity.NONE),
    "esp-null esp-sha-hmac": (Encryption.NULL, Integrity.SHA1),
    "something else": (None, None),
}


@pytest.mark.parametrize("text", SPELT)
def test_transforms_are_those_of_the_asa(text: str) -> None:
    assert words.transform(text) == SPELT[text]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0h:02m:01s", 121), ("5d 21h:51m:09s", 510_669), ("1y 2d", 31_708_800), ("never", None)],
)
def test_durations_are_seconds(text: str, seconds: int | None) -> None:
    assert words.seconds(text) == seconds


def test_a_long_vpn_route_is_two_rows() -> None:
    rows = "\n".join(
        [
            "V        10.44.208.132 255.255.255.255 ",
            "           connected by VPN (advertised), ISP-B",
            "S        10.45.0.0 255.255.0.0 [1/0] via 203.0.113.1, ISP-B",
        ]
    )
    found = show("show route", f"Codes: V - VPN\n\n{rows}\n").routes
    assert [(str(one.prefix), one.via) for one in found] == [
        ("10.44.208.132/32", "ISP-B"),
        ("10.45.0.0/16", "ISP-B"),
    ]


@pytest.mark.parametrize(
    ("role", "states"), [("initiator", [SaStatus.NEGOTIATING]), ("responder", [])]
)
def test_what_the_asa_dials_is_no_user(role: str, states: list[SaStatus]) -> None:
    rows = "\n".join(
        [
            "1   IKE Peer: 203.0.113.201",
            f"    Type    : user            Role    : {role} ",
            "    Rekey   : no              State   : MM_WAIT_MSG2 ",
        ]
    )
    found = show("show crypto ikev1 sa", f"IKEv1 SAs:\n\n{rows}\n").tunnels
    assert [one.ike for one in found] == states


def test_selectors_for_some_ports_are_told_as_networks() -> None:
    rows = "\n".join(
        [
            "interface: ISP-B",
            "    Crypto map tag: ISP-B_map, seq num: 4, local addr: 203.0.113.9",
            "      local ident (addr/mask/prot/port): (10.44.0.0/255.255.0.0/6/0 - 65535)",
            "      remote ident (addr/mask/prot/port): (10.9.8.7/255.255.255.255/6/443)",
            "      current_peer: 203.0.113.201",
            "      current outbound spi: 00000000",
        ]
    )
    (found,) = show("show crypto ipsec sa", rows).tunnels
    assert [str(child.selector) for child in found.children] == ["10.44.0.0/16 <-> 10.9.8.7/32"]
