"""The second reading: quiet, in agreement on what devices print, and loud on what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vendors.cisco_asa.cross_check import cross_check

CONFIGS = Path(__file__).parent / "configs"
# Typed by people, in words or without the indentation that the second reading goes by; and what
# only our reader has a word for (`lifetime none`).
TYPED = {"no-indentation", "pix-80", "typed-session", "vti-ikev1-97", "names"}
PRINTED = sorted(case for case in CONFIGS.glob("*.txt") if case.stem not in TYPED)


@pytest.mark.parametrize("case", PRINTED, ids=lambda case: case.stem)
def test_both_readers_agree_on_what_a_device_prints(
    case: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cross_check(case.read_bytes().decode("utf-8", "replace")) == ()
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_text_without_indentation_is_not_vouched_for() -> None:
    found = cross_check((CONFIGS / "no-indentation.txt").read_text())
    assert {"selectors", "ike.proposals"} <= {one.field for one in found}


MAP = """\
ASA Version 9.8(2)
banner motd "an unbalanced quote, and crypto map X 1 set peer 9.9.9.9
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.10 255.255.255.0
object-group network A
 network-object 10.1.0.0 255.255.0.0
object-group network B
 network-object 10.2.0.0 255.255.0.0
access-list L extended permit ip object-group A object-group B
crypto ipsec ikev2 ipsec-proposal P
 protocol esp encryption aes-256
 protocol esp integrity sha-256
crypto ikev2 policy 1
 encryption aes-256
 integrity sha256
 group 14
 prf sha256
 lifetime seconds 28800
crypto map M 1 match address L
crypto map M 1 set pfs group14
crypto map M 1 set peer 198.51.100.7
crypto map M 1 set ikev2 ipsec-proposal P
crypto map M interface outside
"""

# The library goes by indentation, our reader by words: a row at a wrong place splits them.
SPLIT = {
    "network-object 10.2.0.0 255.255.0.0": "selectors",
    "protocol esp encryption aes-256": "esp.proposals",
    "group 14": "ike.proposals",
}


@pytest.mark.parametrize("row", SPLIT)
def test_a_row_at_a_wrong_place_is_seen_by_one_of_them(row: str) -> None:
    assert cross_check(MAP) == ()
    found = cross_check(MAP.replace(f"\n {row}\n", f"\n{row}\n"))
    assert {one.field for one in found} <= {SPLIT[row]}
    assert all(one.tunnel == "M 1" for one in found)


# Words that the ASA takes cut short, and that only our reader knows then.
SHORT = {
    "match address L": ("match addr L", "selectors"),
    "set pfs group14": ("set pf group14", "esp.pfs_group"),
    "set peer 198.51.100.7": ("set pee 198.51.100.7", "remote.addresses"),
    "set ikev2 ipsec-proposal P": ("set ikev2 ipsec-prop P", "esp.proposals"),
}


@pytest.mark.parametrize("row", SHORT)
def test_each_field_is_compared(row: str) -> None:
    short, field = SHORT[row]
    (found,) = cross_check(MAP.replace(row, short))
    assert (found.tunnel, found.field, found.second) == ("M 1", field, "nothing")


def test_what_is_said_in_old_words_or_for_decrypted_traffic_is_read_alike() -> None:
    tunnel = """\
crypto ipsec profile F
 set ikev2 ipsec-proposal P
interface Tunnel4
 nameif t4
 ip address 169.254.4.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.4
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile F
route t4 0.0.0.0 0.0.0.0 169.254.4.2 tunneled
"""
    assert cross_check(MAP.replace("list L extended permit", "list L permit") + tunnel) == ()


def test_a_hash_beside_gcm_counts_for_neither_reader() -> None:
    gcm = MAP.replace("encryption aes-256\n protocol", "encryption aes-gcm-256\n protocol")
    assert "aes-gcm-256" in gcm
    assert cross_check(gcm) == ()


VTI = """\
ASA Version 9.16(4)
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.10 255.255.255.0
interface Tunnel1
 nameif azure
 ip address 169.254.21.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.7
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
access-list IN extended permit ip any any
access-group IN in interface azure per-user-override
access-group IN in interface azure control-plane
access-group IN out interface outside
no sysopt connection permit-vpn
"""


def test_the_lists_of_a_tunnel_interface_are_read_twice() -> None:
    assert cross_check(VTI) == ()
    rows = {
        " access-group IN out interface azure\n": None,
        "access-group IN in int azure\n": None,
        "access-group IN out int azure\n": "filter out",
        "sysopt conn permit-vpn\n": "permit-vpn",
    }
    for row, field in rows.items():
        assert [one.field for one in cross_check(VTI + row)] == ([field] if field else []), row
