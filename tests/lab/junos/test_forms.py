"""What the SRX prints boots to the same, in both forms and in Junos's order."""

from __future__ import annotations

import random
import string

import pytest

from appliance.lab.junos import Settings, branch, junos_device
from appliance.lab.junos.nine import hide, reveal
from tests.lab.junos.scene import BGP, device, plain, said, session


def test_the_text_with_braces_boots_to_itself() -> None:
    made = device(*BGP)
    text = made.running()
    assert junos_device(startup=text).running() == text


def test_the_set_lines_boot_to_the_same() -> None:
    made = device(*BGP, "deactivate security ipsec vpn az")
    again = junos_device(startup=made.running(as_set=True))
    assert again.running() == made.running()
    assert "deactivate security ipsec vpn az\n" in again.running(as_set=True)


def test_keys_are_shown_obscured_and_salted() -> None:
    made = device()
    shown = [line for line in made.running().splitlines() if "pre-shared-key " in line]
    assert all('ascii-text "$9$' in line and line.endswith("## SECRET-DATA") for line in shown)
    assert 'k\\"e' not in made.running()
    first = made.running()
    made.configure('set security ike policy az pre-shared-key ascii-text "k\\"e?y\\\\1"')
    assert made.running() != first


def test_every_printable_key_survives_the_obscuring() -> None:
    salt = random.Random(1)  # noqa: S311 -- a salt that hides nothing
    for length in range(1, 60):
        key = "".join(salt.choice(string.printable[:95]) for _ in range(length))
        assert reveal(hide(key, salt)) == key
    assert reveal("$9$") is None
    assert reveal("$9$!!!") is None


def test_a_release_prints_in_its_own_order() -> None:
    new = [line.split()[0] for line in branch("x").splitlines() if line[:1].isalpha()]
    assert new == ["version", "system", "security", "interfaces", "routing-options"]
    old = junos_device(settings=Settings(version="12.1X46-D86"))
    heads = [line.split()[0] for line in old.running().splitlines() if line[:1].isalpha()]
    assert heads == ["version", "system", "interfaces", "routing-options", "security"]


def test_lists_in_brackets_are_several_set_lines() -> None:
    made = plain()
    made.configure("set security ike policy P proposals [ PARTNER B ]", *_policy("B"))
    assert "proposals [ PARTNER B ];" in made.running()
    assert "set security ike policy P proposals B\n" in made.running(as_set=True)
    made.configure("delete security ike policy P proposals PARTNER")
    assert "            proposals B;\n" in made.running()


def _policy(name: str) -> list[str]:
    return [
        f"set security ike proposal {name} dh-group group14",
        "set security ike policy P pre-shared-key ascii-text abc",
    ]


def test_interfaces_and_units_stand_in_their_order() -> None:
    made = plain()
    made.configure(
        "set interfaces ge-0/0/10 unit 0 family inet",
        "set interfaces ge-0/0/2 unit 10 family inet",
        "set interfaces ge-0/0/2 unit 9 family inet",
    )
    ports = [line.split()[2] for line in made.running(as_set=True).splitlines() if "inet" in line]
    assert ports == ["ge-0/0/0", "ge-0/0/1", "ge-0/0/2", "ge-0/0/2", "ge-0/0/10", "st0"]
    assert made.running().index("unit 9 {") < made.running().index("unit 10 {")


def test_statements_that_the_lab_does_not_understand_stay_as_they_are() -> None:
    lines = [
        "set system syslog host 192.0.2.9 any warning",
        "set snmp community public authorization read-only",
        "set class-of-service interfaces ge-0/0/0 unit 0 scheduler-map M",
        'set event-options policy P then execute-commands commands "show version"',
    ]
    made = plain()
    made.configure(*lines)
    assert set(lines) <= set(made.running(as_set=True).splitlines())
    assert junos_device(startup=made.running()).running() == made.running()


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("security ike gateway PARTNER", "ike-policy PARTNER;"),
        ("system host-name", "host-name site-a-srx;"),
        ("security zones security-zone partner", "interfaces {"),
        ("interfaces st0", "unit 50 {"),
    ],
)
def test_a_part_of_the_configuration_is_shown(path: str, first: str) -> None:
    assert said(session(plain()), f"show configuration {path}").splitlines()[0] == first


def test_the_whole_tells_the_last_commit() -> None:
    text = said(session(plain()), "show configuration")
    assert text.startswith(
        "## Last commit: 2026-11-21 08:00:00 UTC by root\nversion 21.4R3-S5.4;\n"
    )


def test_the_old_range_of_volumes_and_the_new() -> None:
    line = "set security ipsec proposal P lifetime-kilobytes 102400000"
    assert said(session(plain(), "configure"), line) == ""
    old = plain(Settings(version="12.1X46-D86"))
    assert "not within range (64..1048576)" in said(session(old, "configure"), line)


def test_what_a_group_says_is_in_force_and_stands_in_the_group() -> None:
    made = device("delete security ike gateway az version")
    assert "az" not in made.crypto.live
    made.configure(
        "set groups V2 security ike gateway <*> version v2-only",
        "set groups V2 security ike gateway <*> address 192.0.2.77",
        "set security ike gateway az apply-groups V2",
    )
    assert made.crypto.live["az"].outcome.up
    assert made.crypto.live["az"].link.peers == ("198.51.100.7", "192.0.2.77")
    shown = said(session(made), "show configuration security ike gateway az")
    assert "apply-groups V2;" in shown
    assert "v2-only" not in shown
    full = said(session(made), "show configuration security ike gateway az | display inheritance")
    assert "version v2-only;" in full


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="configuration group 'NONE' undefined"):
        plain().configure("set security ike apply-groups NONE")


def test_statements_nobody_has_heard_of_boot_and_stay() -> None:
    line = "            ike-policy PARTNER;\n"
    odd = "            frobnicate {\n                flux 7;\n            }\n"
    text = plain().running().replace(line, line + odd)
    made = junos_device(startup=text)
    assert "set security ike gateway PARTNER frobnicate flux 7\n" in made.running(as_set=True)
    assert junos_device(startup=made.running()).running() == made.running()
    cli = session(made, "configure")
    assert said(cli, "set security ike gateway PARTNER quux 1").endswith("syntax error.\n")


def test_a_startup_that_junos_would_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="missing closing brace"):
        junos_device(startup="system {\n host-name x;\n")
    with pytest.raises(ValueError, match="line 2: syntax error"):
        junos_device(startup="set system host-name x\nset security ike proposal P dh-group g9\n")


def test_what_is_not_in_force_says_so() -> None:
    made = device("deactivate security ipsec vpn az")
    text = said(session(made), "show configuration security ipsec vpn az")
    assert text.startswith("##\n## inactive: security ipsec vpn az\n##\nbind-interface st0.1;\n")
    assert "inactive: vpn az {\n" in said(session(made), "show configuration security ipsec")


@pytest.mark.parametrize(
    "line",
    [
        "set security ike proposal P dh-group group21",
        "set security ike proposal P authentication-algorithm sha-512",
        "set security ike proposal P encryption-algorithm aes-256-gcm",
        "set security ipsec proposal P authentication-algorithm hmac-sha-512",
    ],
)
def test_an_old_release_lacks_words(line: str) -> None:
    assert said(session(plain(), "configure"), line) == ""
    old = session(plain(Settings(version="12.3X48-D105")), "configure")
    assert said(old, line).endswith("^\nsyntax error.\n")


def test_an_old_release_has_no_selectors_with_ikev2() -> None:
    line = (
        "set security ipsec vpn az traffic-selector T local-ip 10.10.0.0/16 remote-ip 10.1.0.0/16"
    )
    for version in ("12.3X48-D105", "15.1X49-D75.5"):
        with pytest.raises(ValueError, match="not supported with this IKE version"):
            device(line, settings=Settings(version=version))
    assert device(line).crypto.live["az"].outcome.reason == "traffic selectors differ"
