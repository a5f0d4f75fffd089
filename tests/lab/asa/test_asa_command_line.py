"""Prompts, modes, abbreviations, refusals and notes, in the ASA's own words."""

from __future__ import annotations

import pytest

from appliance.lab import ENABLE
from appliance.lab.asa import AsaDevice, Settings, asa_device
from tests.lab.asa.firewall import KEY, WITH_MAP, WITH_VTI, firewall, typing

INVALID = "ERROR: % Invalid input detected at '^' marker.\n"


def test_enabling_takes_the_enable_password() -> None:
    cli = asa_device().session("netops")
    assert cli.prompt == "site-b-asa> "
    assert cli.execute("configure terminal").endswith(INVALID)
    cli.execute("enable")
    assert cli.prompt == "Password: "
    assert cli.question is not None
    assert cli.question.hidden
    assert cli.execute("wrong") == "Invalid password\n"
    cli.execute(ENABLE)
    assert cli.prompt == "site-b-asa# "


def test_three_wrong_passwords_end_the_attempt() -> None:
    cli = asa_device().session("netops")
    cli.execute("enable")
    cli.execute("a")
    cli.execute("b")
    assert cli.execute("c") == "Invalid password\nAccess denied.\n"
    assert cli.prompt == "site-b-asa> "


def test_log_in_gives_the_rights_of_the_user() -> None:
    cli = asa_device().session("netops")
    cli.execute("login")
    assert cli.prompt == "Username: "
    cli.execute("netops")
    cli.execute("branch-0ffice")
    assert cli.prompt == "site-b-asa# "


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("interface GigabitEthernet0/0", "config-if"),
        ("object network NEW", "config-network-object"),
        ("object-group network NEW", "config-network-object-group"),
        ("crypto ikev1 policy 30", "config-ikev1-policy"),
        ("crypto ikev2 policy 30", "config-ikev2-policy"),
        ("crypto ipsec ikev2 ipsec-proposal NEW", "config-ipsec-proposal"),
        ("crypto ipsec profile NEW", "config-ipsec-profile"),
        ("group-policy PARTNER attributes", "config-group-policy"),
        ("tunnel-group 192.0.2.50 general-attributes", "config-tunnel-general"),
        ("tunnel-group 192.0.2.50 ipsec-attributes", "config-tunnel-ipsec"),
        ("router bgp 65010", "config-router"),
        ("event manager applet NEW", "config-applet"),
        ("class-map NEW", "config-sub"),
    ],
)
def test_modes_and_their_prompts(line: str, mode: str) -> None:
    cli = typing(asa_device())
    assert cli.execute(line) == ""
    assert cli.prompt == f"site-b-asa({mode})# "
    cli.execute("exit")
    assert cli.prompt == "site-b-asa(config)# "
    cli.execute("exit")
    assert cli.prompt == "site-b-asa# "


@pytest.mark.parametrize(
    ("settings", "prompt"),
    [
        (Settings(failover="active"), "site-b-asa/pri/act"),
        (Settings(failover="standby"), "site-b-asa/sec/stby"),
        (Settings(mode="multiple", context="branch"), "site-b-asa/branch"),
    ],
)
def test_prompts_of_pairs_and_contexts(settings: Settings, prompt: str) -> None:
    cli = asa_device(settings=settings).session()
    assert cli.prompt == f"{prompt}> "
    cli.execute("enable")
    cli.execute(ENABLE)
    said = cli.execute("conf t")
    assert ("NOT performed from Standby" in said) is (settings.failover == "standby")
    assert cli.prompt == f"{prompt}(config)# "


def test_what_is_said_about_pairs_and_contexts() -> None:
    standby = typing(asa_device(settings=Settings(failover="standby")))
    assert "This host: Secondary - Standby Ready" in standby.execute("show failover")
    assert "Standby Ready" in standby.execute("show failover state")
    several = typing(asa_device(settings=Settings(mode="multiple")))
    assert several.execute("interface Tunnel1").endswith(INVALID)
    assert several.execute("show mode") == "Security context mode: multiple \n"
    assert "*admin" in several.execute("show context")
    several.execute("end")
    several.execute("changeto system")
    assert several.prompt == "site-b-asa# "
    assert typing(asa_device()).execute("changeto system").startswith("ERROR:")


def test_a_firewall_that_was_never_asked_asks_once() -> None:
    device = AsaDevice("hostname new\n")
    cli = device.session()
    cli.execute("enable")
    cli.execute("")
    assert "*** NOTICE ***" in cli.execute("configure terminal")
    assert cli.prompt == "the product? [Y]es, [N]o, [A]sk later: "
    before = device.running()
    cli.execute("A")
    assert cli.prompt == "new(config)# "
    assert device.running() == before
    cli.execute("end")
    assert cli.execute("configure terminal") == ""


def test_saying_no_is_a_change() -> None:
    device = AsaDevice("hostname new\n")
    cli = device.session()
    for line in ("enable", "", "configure terminal", "N"):
        cli.execute(line)
    assert "no call-home reporting anonymous\n" in device.running()


def test_words_may_be_abbreviated() -> None:
    cli = typing(asa_device())
    assert cli.execute("int g0/2") == ""
    cli.execute("namei dmz")
    cli.execute("no shut")
    assert " nameif dmz\n" in cli.execute("sh ru int g0/2")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("bogus", 0),
        ("crypto ikev2 policy 70000", 20),
        ("crypto ikev2 policy 30 bogus", 23),
        ("access-list A extended permit ipx any any", 30),
        ("crypto map outside_map 10 set peer any", 35),
    ],
)
def test_the_caret_stands_below_the_word(line: str, column: int) -> None:
    cli = typing(asa_device())
    prompt = cli.prompt
    assert cli.execute(line) == " " * (len(prompt) + column) + "^\n" + INVALID


def test_incomplete_and_ambiguous_lines() -> None:
    cli = typing(asa_device())
    assert cli.execute("crypto ikev2 policy") == "ERROR: % Incomplete command\n"
    assert cli.execute("tunnel-group 192.0.2.50") == "ERROR: % Incomplete command\n"
    assert cli.execute("cry i").endswith("ERROR: % Ambiguous command\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("access-list A extended permit ip object-group NOPE any",
         "ERROR: specified object group <NOPE> not found"),
        ("access-list A extended permit ip 10.1.2.3 255.255.0.0 any",
         "ERROR: IP address,mask <10.1.2.3,255.255.0.0> doesn't pair"),
        ("nat (inside,outside) source static NOPE NOPE",
         "ERROR: NOPE doesn't match an existing object or object-group"),
        ("route nowhere 10.0.0.0 255.0.0.0 10.1.1.1", "ERROR: interface nowhere does not exist"),
        ("route outside 10.0.0.0 255.0.0.0 203.0.113.10",
         "ERROR: Invalid next hop address, it belongs to one of our interfaces"),
        ("crypto map outside_map 10 set ikev1 transform-set NOPE",
         'ERROR: transform set with tag "NOPE" does not exist.'),
        ("crypto map outside_map interface nowhere", "ERROR: interface nowhere does not exist"),
        ("group-policy NOPE attributes", "ERROR: The group-policy NOPE does not exist"),
        ("tunnel-group 198.51.100.9 ipsec-attributes",
         "ERROR: The tunnel-group 198.51.100.9 does not exist"),
        ("no object-group network PARTNER-LAN",
         "Removing object-group (PARTNER-LAN) not allowed, it is being used."),
        ("no crypto ipsec ikev1 transform-set PARTNER",
         "ERROR: transform set PARTNER is in use by crypto map outside_map 10"),
        ("clear configure crypto ipsec ikev1 transform-set PARTNER",
         "ERROR: transform set PARTNER is in use by crypto map outside_map 10"),
        ("no group-policy PARTNER", "ERROR: group-policy PARTNER is in use by tunnel-group"
         " 192.0.2.50 and can not be deleted"),
        ("no interface GigabitEthernet0/0",
         "ERROR: Removal of physical interfaces is not permitted"),
        ("no access-list PARTNER-VPN extended permit ip any any",
         "Specified access-list does not exist"),
        ("interface GigabitEthernet0/9", "ERROR: % Invalid interface"),
    ],
)  # fmt: skip
def test_refusals_name_the_reason_and_change_nothing(line: str, said: str) -> None:
    device = asa_device()
    before = device.running()
    assert typing(device).execute(line) == f"{said}\n"
    assert device.running() == before


def test_the_last_member_of_a_group_in_use_stays() -> None:
    device = asa_device()
    cli = typing(device)
    cli.execute("object-group network PARTNER-LAN")
    said = cli.execute("no network-object 172.16.50.0 255.255.255.0")
    assert said.startswith(
        "Removing obj from object-group not allowed;\nobject-group (PARTNER-LAN)"
    )
    assert cli.execute("network-object 172.16.50.0 255.255.255.0") == (
        "Adding obj (network-object 172.16.50.0 255.255.255.0) to grp (PARTNER-LAN) failed; "
        "object already exists\n"
    )
    cli.execute("network-object host 172.16.60.1")
    assert cli.execute("no network-object 172.16.50.0 255.255.255.0") == ""


def test_an_empty_group_is_no_selector() -> None:
    cli = typing(asa_device())
    cli.execute("object-group network EMPTY")
    said = cli.execute("access-list A extended permit ip object-group EMPTY any")
    assert said == "ERROR: object-group <EMPTY> is empty\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("crypto ikev2 policy 30", "group 2"),
        ("crypto ikev2 policy 30", "group 24"),
        ("crypto ikev2 policy 30", "encryption 3des"),
        ("crypto ikev2 policy 30", "integrity md5"),
        ("crypto ikev1 policy 30", "hash md5"),
        ("crypto ipsec ikev1 transform-set W esp-3des esp-sha-hmac",),
        ("crypto map outside_map 10 set pfs group2",),
    ],
)
def test_weak_algorithms_went_with_9_15(lines: tuple[str, ...]) -> None:
    new = typing(asa_device())
    assert "ERROR: %" in [new.execute(line) for line in lines][-1]
    old = typing(asa_device(settings=Settings(version="9.14(4)")))
    assert "ERROR" not in [old.execute(line) for line in lines][-1]


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("9.6(4)", "interface Tunnel1"),
        ("9.6(4)", "crypto ipsec profile P"),
        ("9.1(7)", "router bgp 65010"),
        ("9.1(7)", "event manager applet A"),
    ],
)
def test_what_came_later(version: str, line: str) -> None:
    old = typing(asa_device(settings=Settings(version=version)))
    assert old.execute(line).endswith(INVALID)
    assert typing(asa_device()).execute(line) == ""


def test_what_older_releases_do_not_have() -> None:
    old = typing(asa_device(settings=Settings(version="9.7(1)")))
    old.execute("crypto ipsec ikev2 ipsec-proposal P")
    old.execute("crypto ipsec profile P")
    assert old.execute("set ikev2 ipsec-proposal P").endswith(INVALID)
    old.execute("crypto ikev1 policy 30")
    assert old.execute("group 14").endswith(INVALID)


def test_benign_notes() -> None:
    cli = typing(asa_device())
    assert cli.execute("crypto map outside_map 20 match address NEW") == (
        "WARNING: The crypto map entry is incomplete!\n"
    )
    assert cli.execute("tunnel-group branch type ipsec-l2l").startswith(
        "WARNING: For IKEv1, L2L tunnel-groups that have names which are not an IP\n"
    )
    cli.execute("interface GigabitEthernet0/2")
    assert cli.execute("nameif dmz") == 'INFO: Security level for "dmz" set to 0 by default.\n'
    assert (
        "same object-group"
        in cli.execute(
            "access-list A extended permit ip object-group BRANCH-LAN object-group BRANCH-LAN"
        ).lower()
    )
    cli.execute("crypto ipsec ikev2 ipsec-proposal G")
    cli.execute("protocol esp encryption aes-gcm-256")
    assert cli.execute("protocol esp integrity sha-256").startswith("WARNING: GCM")


def test_taking_parts_of_an_entry_out_warns() -> None:
    cli = typing(firewall(WITH_MAP))
    said = cli.execute("no crypto map outside_map 20 set peer 198.51.100.7")
    assert said == "WARNING: The crypto map entry will be incomplete!\n"


def test_tunnel_statements_wait_for_the_name() -> None:
    cli = typing(asa_device())
    cli.execute("interface Tunnel1")
    assert cli.execute("tunnel source interface outside").startswith("ERROR: Please configure")
    cli.execute("nameif azure")
    assert cli.execute("tunnel source interface outside") == ""
    assert cli.execute("tunnel source interface nowhere").startswith("ERROR:")
    assert cli.execute("tunnel protection ipsec profile NOPE").startswith("ERROR:")


def test_a_tunnel_interface_takes_its_routes_with_it() -> None:
    device = firewall(WITH_VTI)
    assert "route azure" in device.running()
    assert device.configure("no interface Tunnel1") == [""]
    assert "azure" not in device.running()


def test_exec_commands_work_in_configuration_mode() -> None:
    cli = typing(asa_device())
    cli.execute("interface GigabitEthernet0/2")
    assert "Security context mode: single" in cli.execute("show mode")
    assert cli.execute("write memory").endswith("[OK]\n")
    assert cli.prompt == "site-b-asa(config-if)# "


def test_names_stand_for_addresses() -> None:
    device = asa_device()
    device.configure("name 198.51.100.7 azure-gw", "crypto map outside_map 20 set peer azure-gw")
    assert "crypto map outside_map 20 set peer azure-gw \n" in device.shown()
    assert "tunnel-group 192.0.2.50 type" in device.shown()
    device.configure("no names")
    assert "crypto map outside_map 20 set peer 198.51.100.7 \n" in device.shown()


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("clear configure access-list PARTNER-VPN", "access-list PARTNER-VPN"),
        ("clear configure tunnel-group 192.0.2.50", "tunnel-group"),
        ("clear conf crypto map outside_map 10", "crypto map outside_map 10"),
        ("clear configure crypto map", "crypto map"),
        ("clear configure nat", "nat (inside,outside) source"),
        ("clear configure route", "route outside"),
    ],
)
def test_clearing_asks_nothing(line: str, gone: str) -> None:
    device = asa_device()
    assert f"\n{gone}" in device.running()
    assert typing(device).execute(line) == ""
    assert f"\n{gone}" not in device.running()


def test_filters() -> None:
    cli = typing(firewall(WITH_MAP))
    assert cli.execute("show run | include ^hostname") == "hostname site-b-asa\n"
    assert cli.execute("show run | begin ^tunnel-group 198").startswith(
        "tunnel-group 198.51.100.7 type"
    )
    assert cli.execute("show run hostname | grep -v hostname") == ""
    assert cli.execute("show run | section interface").endswith(INVALID)
    assert KEY not in cli.execute("show run")


def test_keys_are_masked_except_in_the_file_itself() -> None:
    device = firewall(WITH_MAP)
    cli = typing(device)
    assert " ikev2 local-authentication pre-shared-key *****\n" in cli.execute(
        "show running-config"
    )
    assert " ikev2 local-authentication pre-shared-key *****\n" in cli.execute(
        "show run tunnel-group"
    )
    assert f"pre-shared-key {KEY}\n" in cli.execute("more system:running-config")
    cli.execute("write memory")
    assert KEY in device.startup
    assert KEY not in cli.execute("show startup-config")
