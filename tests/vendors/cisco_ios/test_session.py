"""What IOS says in its many versions, and what it means for a session."""

from __future__ import annotations

import pytest

from appliance.model.change import KEY_MARK
from appliance.model.secret import Secret
from appliance.session.masking import Mask
from appliance.session.platform import is_log_line, prompt_in, refusal
from vendors.cisco_ios.session import IOS, facts, incomplete

VERSIONS = {
    "IOS 12.4": (
        "Cisco IOS Software, 2800 Software (C2800NM-ADVIPSERVICESK9-M), Version 12.4(15)T9, "
        "RELEASE SOFTWARE (fc5)\n"
        "ROM: System Bootstrap, Version 12.4(13r)T, RELEASE SOFTWARE (fc1)\n\n"
        "hub uptime is 1 year, 2 weeks, 3 days, 4 hours, 5 minutes\n"
        "Processor board ID FTX0000A0AA\n",
        ("hub", "12.4(15)T9", "FTX0000A0AA", 31_536_000 + 1_209_600 + 259_200 + 14_400 + 300),
    ),
    "IOS 12.2, older words": (
        "Cisco Internetwork Operating System Software \n"
        "IOS (tm) C2600 Software (C2600-IK9O3S3-M), Version 12.2(11)T10, RELEASE SOFTWARE (fc1)\n"
        "old uptime is 5 minutes\n"
        "Processor board ID JAD00000AAA (1234567890)\n",
        ("old", "12.2(11)T10", "JAD00000AAA", 300),
    ),
    "IOS 15": (
        "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(4)M3, RELEASE "
        "SOFTWARE (fc2)\nbranch-1 uptime is 3 weeks, 1 day, 2 hours\nProcessor board ID FGL1\n",
        ("branch-1", "15.2(4)M3", "FGL1", 3 * 604_800 + 86_400 + 7_200),
    ),
    "IOS-XE 16": (
        "Cisco IOS XE Software, Version 16.09.03\n"
        "Cisco IOS Software [Fuji], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version "
        "16.9.3, RELEASE SOFTWARE (fc2)\nsite.a uptime is 1 hour, 1 minute\n"
        "Processor board ID FOC1\n",
        ("site.a", "16.9.3", "FOC1", 3_660),
    ),
    "IOS-XE 17 without the second line": (
        "Cisco IOS XE Software, Version 17.09.04a\nsite-a uptime is 2 minutes\n",
        ("site-a", "17.09.04a", None, 120),
    ),
    "nothing known": ("garbage\n", ("from-the-prompt", None, None, None)),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_facts(name: str) -> None:
    text, expected = VERSIONS[name]
    found = facts(text, "from-the-prompt")
    assert (found.hostname, found.version, found.serial, found.uptime_seconds) == expected


COMPLETE = "Building configuration...\n\nversion 17.9\nhostname site-a\n!\nend\n\n"


@pytest.mark.parametrize(
    ("text", "prompt", "fault"),
    [
        (COMPLETE, "site-a", ""),
        ("", "site-a", "does not finish"),
        (COMPLETE.replace("\nend", ""), "site-a", "does not finish"),
        (COMPLETE.replace("end", "endx"), "site-a", "does not finish"),
        (COMPLETE.replace("hostname site-a\n", ""), "site-a", "no `hostname`"),
        (COMPLETE, "site-b", "of 'site-a', but the prompt says 'site-b'"),
        (COMPLETE, "site", "but the prompt"),
        (COMPLETE.replace("site-a", "a-hostname-of-more-than-twenty"), "a-hostname-of-more-th", ""),
        (COMPLETE.replace("!", "prompt %h-vpn%p"), "site-a-vpn", ""),
        (COMPLETE.replace("!", "banner motd ^C\nhostname fake\n^C"), "site-a", ""),
    ],
)
def test_completeness(text: str, prompt: str, fault: str) -> None:
    found = incomplete(text, prompt)
    assert fault in found
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("line", "name", "mode"),
    [
        ("site-a>", "site-a", "user"),
        ("site-a#", "site-a", "privileged"),
        ("R1.example.net# ", "R1.example.net", "privileged"),
        ("site-a(config)#", "site-a", "configuration"),
        ("site-a(config-ikev2-keyring-peer)#", "site-a", "configuration"),
        ("site-a(cfg-crypto-trans)#", "site-a", "configuration"),
        ("site-a(ipsec-profile)#", "site-a", "configuration"),
        ("site-a(conf-isa-prof)#", "site-a", "configuration"),
        ("site-a(config-ext-nacl)#", "site-a", "configuration"),
    ],
)
def test_prompts(line: str, name: str, mode: str) -> None:
    found = prompt_in(IOS, line)
    assert found is not None
    assert (found.name, found.mode) == (name, mode)


@pytest.mark.parametrize(
    "line", ["", "### only for staff #", "site-a(tcl)#", "a b#", "description x", "% error", "^"]
)
def test_what_is_no_prompt(line: str) -> None:
    assert prompt_in(IOS, line) is None


@pytest.mark.parametrize(
    "line",
    [
        "% Invalid input detected at '^' marker.",
        "% Incomplete command.",
        '% Ambiguous command:  "cry"',
        "% Unknown command or computer name, or unable to find computer address",
        "Command authorization failed.",
        "% Access denied",
        "% Authorization failed.",
        "% 10.0.0.1 overlaps with GigabitEthernet2",
        "%Error opening flash:/x (No space left on device)",
        "Archive feature not enabled",
        "Transform set azure is in use",
        "Bad mask /24 for address 10.10.1.0",
        "BGP is already running; AS is 64999",
        "A pre-shared key for address mask 192.0.2.1 255.255.255.255 already exists!",
        "ERROR: transform set with tag azure does not exist.",
    ],
)
def test_errors(line: str) -> None:
    assert refusal(IOS, ["", "   ^", line]) == line


@pytest.mark.parametrize(
    "line",
    [
        "% NOTE: This new crypto map will remain disabled until a peer",
        "%No Rollback Confirmed Change pending",
        "Enter configuration commands, one per line.  End with CNTL/Z.",
        "IKEv2 proposal MUST either have a set of an encryption algorithm other than aes-gcm",
        "ISAKMP is ON",
        "% A profile is deemed incomplete until it has match identity statements",
    ],
)
def test_what_is_no_error(line: str) -> None:
    assert refusal(IOS, [line]) is None


@pytest.mark.parametrize(
    ("line", "log"),
    [
        ("*Nov 21 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by vty0", True),
        ("Nov 21 12:00:00.123 UTC: %LINK-3-UPDOWN: Interface Tunnel1, changed state to up", True),
        ("000123: *Mar  1 00:00:10.123: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON", True),
        ("1d02h: %SYS-5-RESTART: System restarted", True),
        ("%BGP-5-ADJCHANGE: neighbor 10.20.255.30 Up", True),
        ("%DMI-5-CONFIG_I: R0/0: dmiauthd: Configured from NETCONF", True),
        ("% Invalid input detected at '^' marker.", False),
        ("description see %SYS-5-CONFIG_I: x", False),
        ("ip route 10.0.0.0 255.0.0.0 Tunnel1", False),
    ],
)
def test_log_lines(line: str, log: bool) -> None:  # noqa: FBT001 -- an expectation
    assert is_log_line(IOS, line) is log


@pytest.mark.parametrize(
    "line",
    [
        "crypto isakmp key {} address 198.51.100.7",
        "crypto isakmp key 6 {} hostname peer",
        " pre-shared-key {}",
        "  pre-shared-key local {}",
        "  pre-shared-key remote 6 {}",
        "  pre-shared-key hex {}",
        "  pre-shared-key address 192.0.2.50 key {}",
        "  pre-shared-key address 0.0.0.0 0.0.0.0 key 6 {}",
        "username admin privilege 15 secret 9 {}",
        "enable password 7 {}",
        "snmp-server community {} RO",
        " neighbor 10.0.0.1 password 7 {}",
        " key-string 7 {}",
        " key 7 {}",
        "tacacs-server host 10.0.0.1 key 7 {}",
        " ip ospf message-digest-key 1 md5 7 {}",
    ],
)
def test_keys_are_masked_where_they_stand(line: str) -> None:
    secret = "S3cretW0rd"
    assert Mask(IOS)(f"a\n{line.format(secret)}\nb") == f"a\n{line.format(KEY_MARK)}\nb"


def test_masking_by_value_takes_the_longer_first() -> None:
    mask = Mask(IOS)
    for value in ("abcdef", "abcdefghi", ""):
        mask.add(Secret(value))
    mask.add(None)
    assert mask("x abcdefghi y abcdef") == f"x {KEY_MARK} y {KEY_MARK}"
