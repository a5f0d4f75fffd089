"""What ASAs say in their many versions, and what it means for a session."""

from __future__ import annotations

import pytest

from appliance.model.change import KEY_MARK
from appliance.model.secret import Secret
from appliance.session.masking import Mask
from appliance.session.platform import compiled, is_log_line, keystrokes, prompt_in, refusal
from vendors.cisco_asa.session import ASA, facts, incomplete

VERSIONS = {
    "ASA 8.2 on a 5505": (
        "Cisco Adaptive Security Appliance Software Version 8.2(5) \n"
        "Device Manager Version 6.4(5)\n\nCompiled on Fri 20-May-11 16:00 by builders\n"
        'System image file is "disk0:/asa825-k8.bin"\n\nold-fw up 1 year 12 days\n\n'
        "Hardware:   ASA5505, 512 MB RAM, CPU Geode 500 MHz\nSerial Number: JMX0000X0XX\n",
        ("old-fw", "8.2(5)", "JMX0000X0XX", 31_536_000 + 12 * 86_400),
    ),
    "ASA 9.8 in a failover pair": (
        "Cisco Adaptive Security Appliance Software Version 9.8(4)32 \n"
        "Firepower Extensible Operating System Version 2.2(2.124)\n\n"
        "fw-1 up 3 days 4 hours\nfailover cluster up 1 year 2 days\n\n"
        "Hardware:   ASA5516, 8192 MB RAM\n\nSerial Number: JAD00000AAA\n",
        ("fw-1", "9.8(4)32", "JAD00000AAA", 3 * 86_400 + 4 * 3_600),
    ),
    "ASAv 9.20": (
        "Cisco Adaptive Security Appliance Software Version 9.20(2) \n"
        "SSP Operating System Version 82.16(0.216i)\n"
        "site.b up 5 mins 6 secs\nStart-up time 3 secs\n\nHardware:   ASAv, 2048 MB RAM\n"
        "Serial Number: 9AXXXXXXXXX\n",
        ("site.b", "9.20(2)", "9AXXXXXXXXX", 306),
    ),
    "nothing known": ("garbage\n", ("from-the-prompt", None, None, None)),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_facts(name: str) -> None:
    text, expected = VERSIONS[name]
    found = facts(text, "from-the-prompt")
    assert (found.hostname, found.version, found.serial, found.uptime_seconds) == expected


COMPLETE = (
    ": Saved\n\n: \n: Serial Number: 9A\n:\nASA Version 9.16(4) \n!\nhostname fw-1\n"
    "prompt hostname context \nCryptochecksum:0123456789abcdef0123456789abcdef\n: end\n\n"
)


@pytest.mark.parametrize(
    ("text", "prompt", "fault"),
    [
        (COMPLETE, "fw-1", ""),
        (COMPLETE, "fw-1/pri/act", ""),
        (COMPLETE, "fw-1/customer-a", ""),
        ("", "fw-1", "does not finish"),
        (COMPLETE.replace(": end", ""), "fw-1", "does not finish"),
        (COMPLETE.replace(": end", ": endx"), "fw-1", "does not finish"),
        (COMPLETE.replace("hostname fw-1\n", ""), "fw-1", "no `hostname`"),
        (COMPLETE, "fw-2", "of 'fw-1', but the prompt says 'fw-2'"),
        (COMPLETE.replace("prompt hostname context", "prompt state hostname"), "act/fw-1", ""),
    ],
)
def test_completeness(text: str, prompt: str, fault: str) -> None:
    found = incomplete(text, prompt)
    assert fault in found
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("line", "name", "mode"),
    [
        ("fw-1>", "fw-1", "user"),
        ("fw-1# ", "fw-1", "privileged"),
        ("fw-1(config)# ", "fw-1", "configuration"),
        ("fw-1(config-if)#", "fw-1", "configuration"),
        ("fw-1(config-tunnel-ipsec)#", "fw-1", "configuration"),
        ("fw-1(config-group-policy)#", "fw-1", "configuration"),
        ("fw-1(config-network-object-group)#", "fw-1", "configuration"),
        ("fw-1(config-ikev2-policy)#", "fw-1", "configuration"),
        ("fw-1(config-router-af)#", "fw-1", "configuration"),
        ("fw-1/pri/act#", "fw-1/pri/act", "privileged"),
        ("fw-1/sec/stby(config)#", "fw-1/sec/stby", "configuration"),
        ("fw-1/customer-a/pri/act(config-if)#", "fw-1/customer-a/pri/act", "configuration"),
    ],
)
def test_prompts(line: str, name: str, mode: str) -> None:
    found = prompt_in(ASA, line)
    assert found is not None
    assert (found.name, found.mode) == (name, mode)


@pytest.mark.parametrize(
    "line", ["", "### only for staff #", "a b#", "description x", "ERROR: %", "<--- More --->"]
)
def test_what_is_no_prompt(line: str) -> None:
    assert prompt_in(ASA, line) is None


@pytest.mark.parametrize("text", ["<--- More --->", "<--- More ---> "])
def test_the_pager(text: str) -> None:
    assert compiled(ASA.pager).search(text)


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: % Invalid input detected at '^' marker.",
        "% Invalid input detected at '^' marker.",
        "ERROR: % Incomplete command",
        "ERROR: % Ambiguous command",
        "Command authorization failed",
        "ERROR: Command authorization failed",
        "ERROR: unable to add object",
        'ERROR: transform set with tag "azure" does not exist.',
        "ERROR: specified object group <x> not found",
        "ERROR: Cannot add route entry, conflict with existing routes",
        "Removing object-group (x) not allowed, it is being used.",
        "Adding obj (network-object host 10.0.0.1) to grp (x) failed; object already exists",
        "%Error opening disk0:/x (No such file or directory)",
        "        Configuration Replication is NOT performed from Standby unit to Active unit.",
        "WARNING: Configuration is NOT performed from Standby unit to Active unit",
        "Usage: [no] nameif <interface_name>",
    ],
)
def test_errors(line: str) -> None:
    assert refusal(ASA, ["", "   ^", line]) == line.strip()


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: The crypto map entry is incomplete!",
        "WARNING: crypto map has incomplete entries",
        'INFO: Security level for "azure" set to 0 by default.',
        "WARNING: L2L tunnel-groups that have names which are not an IP",
        "address may only be used if the tunnel authentication",
        "method is Digital Certificates and/or The peer is ",
        "configured to use Aggressive Mode",
        "WARNING: Same object-group is used more than once in one config line.",
        "Cryptochecksum: 0123abcd 0123abcd 0123abcd 0123abcd ",
        "3456 bytes copied in 0.180 secs",
        "[OK]",
    ],
)
def test_what_is_no_error(line: str) -> None:
    assert refusal(ASA, [line]) is None


@pytest.mark.parametrize(
    ("line", "log"),
    [
        ("%ASA-5-111008: User 'netops' executed the 'crypto map' command.", True),
        ("Nov 21 2026 12:00:00: %ASA-6-302013: Built outbound TCP connection", True),
        ("Nov 21 2026 12:00:00 fw-1 : %ASA-4-411001: Line protocol on Interface azure", True),
        ("<166>Nov 21 2026 12:00:00: %ASA-vpn-6-713905: x", True),
        ("ERROR: % Invalid input detected at '^' marker.", False),
        ("access-list x remark %ASA-5-111008: no log line", False),
        ("route azure 10.0.0.0 255.0.0.0 169.254.0.2 1", False),
    ],
)
def test_log_lines(line: str, log: bool) -> None:  # noqa: FBT001 -- an expectation
    assert is_log_line(ASA, line) is log


@pytest.mark.parametrize(
    "line",
    [
        " ikev1 pre-shared-key {}",
        " pre-shared-key {}",
        " ikev2 remote-authentication pre-shared-key {}",
        " ikev2 local-authentication pre-shared-key 0 {}",
        " ikev2 local-authentication pre-shared-key 8 {}",
        "enable password {} encrypted",
        "passwd {} encrypted",
        "username admin password {} encrypted privilege 15",
        "snmp-server community {}",
        "snmp-server community 8 {}",
        "failover key {}",
        "failover ipsec pre-shared-key {}",
        " key {}",
        " neighbor 10.0.0.1 password 7 {}",
        " ospf message-digest-key 1 md5 8 {}",
        " ldap-login-password {}",
    ],
)
def test_keys_are_masked_where_they_stand(line: str) -> None:
    secret = "S3cretW0rd"
    assert Mask(ASA)(f"a\n{line.format(secret)}\nb") == f"a\n{line.format(KEY_MARK)}\nb"


def test_a_question_mark_is_typed_so_that_no_help_opens() -> None:
    assert keystrokes(ASA, "ikev1 pre-shared-key a?b") == "ikev1 pre-shared-key a\x16?b\n"


def test_masking_by_value() -> None:
    mask = Mask(ASA)
    mask.add(Secret("abcdef"))
    assert mask("x abcdef y") == f"x {KEY_MARK} y"
