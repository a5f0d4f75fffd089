"""The second reading: quiet, in agreement on what devices print, and loud on what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vendors.cisco_ios.cross_check import cross_check

CONFIGS = Path(__file__).parent / "configs"
# Typed by people: shortened words or lost indentation, which the second reading does not know.
TYPED = {"abbreviated", "azure-script", "no-indentation", "session-log-crlf", "wrong-indentation",
         "typed-session", "refused-lines", "whole-map-settings", "taken-back",
         "map-on-two-interfaces"}  # fmt: skip
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
    assert ("Tunnel1", "name", "a tunnel", "no tunnel") in {
        (one.tunnel, one.field, one.first, one.second) for one in found
    }


TUNNEL = """\
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy P
 proposal P
crypto ikev2 profile F
 match identity remote address 5.5.5.5 255.255.255.255
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile I
 set transform-set T
 set pfs group14
 set ikev2-profile F
interface Tunnel1
 ip address 10.0.0.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 5.5.5.5
 tunnel protection ipsec profile I
ip route 10.9.0.0 255.255.0.0 Tunnel1
"""


# The library goes by indentation, our reader by words: a row at a wrong place splits them.
SPLIT = {
    "set pfs group14": "esp.pfs_group",
    "set transform-set T": "esp.proposals",
    "set ikev2-profile F": "ikev2 profile",
    "tunnel destination 5.5.5.5": "name",
    "tunnel mode ipsec ipv4": "name",
    "group 14": "ike.proposals",
    "proposal P": "ike.proposals",
}


@pytest.mark.parametrize("row", SPLIT)
def test_each_field_is_compared(row: str) -> None:
    assert cross_check(TUNNEL) == ()
    found = cross_check(TUNNEL.replace(f"\n {row}\n", f"\n{row}\n"))
    assert SPLIT[row] in {one.field for one in found}
    assert all(one.tunnel == "Tunnel1" for one in found)
