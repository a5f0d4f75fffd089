"""Words, modes, refusals: the command line as a person meets it."""

from __future__ import annotations

import pytest

from appliance.lab import Cli, Device, Settings, ios_device

BASE = "hostname r\ninterface GigabitEthernet1\n ip address 203.0.113.10 255.255.255.0\n"
INVALID = "% Invalid input detected at '^' marker.\n"


def privileged(version: str = "17.9.4a", startup: str = BASE) -> Cli:
    return Cli(Device(startup, Settings(version=version)), user="tester", privilege=15)


def configuring(*lines: str, version: str = "17.9.4a") -> Cli:
    cli = privileged(version)
    cli.execute("configure terminal")
    for line in lines:
        cli.execute(line)
    return cli


@pytest.mark.parametrize(
    ("line", "suffix"),
    [
        ("crypto ikev2 proposal p", "config-ikev2-proposal"),
        ("crypto ikev2 policy p", "config-ikev2-policy"),
        ("crypto ikev2 keyring k", "config-ikev2-keyring"),
        ("crypto ikev2 profile p", "config-ikev2-profile"),
        ("crypto isakmp policy 1", "config-isakmp"),
        ("crypto isakmp profile p", "conf-isa-prof"),
        ("crypto keyring k", "conf-keyring"),
        ("crypto ipsec transform-set t esp-aes", "cfg-crypto-trans"),
        ("crypto ipsec profile p", "ipsec-profile"),
        ("crypto map m 10 ipsec-isakmp", "config-crypto-map"),
        ("interface Tunnel1", "config-if"),
        ("router bgp 65001", "config-router"),
        ("ip access-list extended a", "config-ext-nacl"),
        ("archive", "config-archive"),
        ("line vty 0 4", "config-line"),
        ("vrf definition v", "config-vrf"),
    ],
)
def test_prompts(line: str, suffix: str) -> None:
    cli = configuring(line)
    assert cli.prompt == f"r({suffix})#"
    assert cli.execute("exit") == ""
    assert cli.prompt == "r(config)#"
    cli.execute(line)
    cli.execute("end")
    assert cli.prompt == "r#"


def test_deep_modes_and_ways_out() -> None:
    cli = configuring("router bgp 65001", "address-family ipv4")
    assert cli.prompt == "r(config-router-af)#"
    cli.execute("exit-address-family")
    assert cli.prompt == "r(config-router)#"
    cli.execute("interface Tunnel1")
    assert cli.prompt == "r(config-if)#"
    cli.execute("exit")
    cli.execute("exit")
    assert cli.prompt == "r#"


def test_a_hostname_changes_the_prompt_at_once() -> None:
    cli = configuring("hostname other")
    assert cli.prompt == "other(config)#"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("crypto ikev3 proposal p", 7),
        ("interface Wlan1", 10),
        ("crypto isakmp policy 0", 21),
        ("crypto ipsec transform-set t esp-aes 512", 37),
        ("crypto ipsec transform-set t esp-gcm 256 esp-sha-hmac", 41),
        ("ip route 10.0.0.0 255.0.255.0 Null0", 18),
        ("blah", 0),
        ("no blah", 3),
    ],
)
def test_the_caret_stands_below_the_bad_word(line: str, column: int) -> None:
    cli = configuring()
    assert cli.execute(line) == " " * (len("r(config)#") + column) + f"^\n{INVALID}\n"


def test_wrong_words_inside_a_section() -> None:
    cli = configuring("interface Tunnel1")
    bad = cli.execute("tunnel mode ipsec ipv5")
    assert bad.splitlines()[0] == " " * (len("r(config-if)#") + 18) + "^"
    assert cli.execute("tunnel protecton ipsec profile x").endswith(INVALID + "\n")
    assert cli.execute("ip adress 1.2.3.4 255.0.0.0").endswith(INVALID + "\n")
    assert cli.prompt == "r(config-if)#"


@pytest.mark.parametrize(
    "line", ["crypto", "crypto ikev2 proposal", "interface", "ip route 10.0.0.0", "no crypto", "in"]
)
def test_incomplete(line: str) -> None:
    assert configuring().execute(line) == "% Incomplete command.\n\n"


def test_ambiguous() -> None:
    assert configuring().execute("crypto i policy 1") == (
        '% Ambiguous command:  "crypto i policy 1"\n'
    )
    assert privileged().execute("show i") == '% Ambiguous command:  "show i"\n'
    assert privileged().execute("co") == '% Ambiguous command:  "co"\n'


def test_an_exact_word_is_never_ambiguous() -> None:
    cli = configuring("crypto isakmp policy 1", "hash sha", "group 2")
    assert "group 2" in cli.device.running()


def test_notes_are_not_errors() -> None:
    cli = configuring()
    said = cli.execute("crypto map M 10 ipsec-isakmp")
    assert said.startswith("% NOTE: This new crypto map will remain disabled until a peer\n")
    assert cli.execute("crypto map M 10 ipsec-isakmp") == ""
    assert "MUST either have" in cli.execute("crypto ikev2 proposal p")
    assert "MUST have" in cli.execute("crypto ikev2 profile p")
    assert cli.execute("crypto ikev2 profile p") == ""


def test_what_is_not_there_cannot_be_named() -> None:
    cli = configuring("crypto ipsec profile P")
    assert cli.execute("set transform-set NONE") == (
        'ERROR: transform set with tag "NONE" does not exist.\n\n'
    )
    cli.execute("interface GigabitEthernet1")
    assert "does not exist" in cli.execute("crypto map NONE")
    assert "crypto map" not in cli.device.running()


IN_USE = (
    "crypto ikev2 proposal pr",
    "crypto ikev2 policy po",
    "proposal pr",
    "crypto ikev2 keyring k",
    "crypto ikev2 profile p",
    "keyring local k",
    "crypto ipsec transform-set ts esp-aes esp-sha-hmac",
    "crypto ipsec profile ipp",
    "set transform-set ts",
    "set ikev2-profile p",
    "crypto map m 10 ipsec-isakmp",
    "set transform-set ts",
    "interface Tunnel1",
    "tunnel protection ipsec profile ipp",
    "interface GigabitEthernet1",
    "crypto map m",
    "exit",
)


@pytest.mark.parametrize(
    "line",
    [
        "no crypto ikev2 proposal pr",
        "no crypto ikev2 keyring k",
        "no crypto ikev2 profile p",
        "no crypto ipsec transform-set ts",
        "no crypto ipsec profile ipp",
        "no crypto map m",
        "no crypto map m 10",
    ],
)
def test_what_is_in_use_stays(line: str) -> None:
    cli = configuring(*IN_USE)
    before = cli.device.running()
    assert "in use" in cli.execute(line)
    assert cli.device.running() == before


def test_everything_can_be_removed_in_the_right_order() -> None:
    cli = configuring()
    before = cli.device.running()
    for line in IN_USE:
        cli.execute(line)
    for line in (
        "interface GigabitEthernet1",
        "no crypto map m",
        "no interface Tunnel1",
        "no crypto map m 10",
        "no crypto ipsec profile ipp",
        "no crypto ipsec transform-set ts",
        "no crypto ikev2 profile p",
        "no crypto ikev2 keyring k",
        "no crypto ikev2 policy po",
        "no crypto ikev2 proposal pr",
    ):
        assert cli.execute(line) == "", line
    assert cli.device.running() == before


def test_hardware_cannot_be_removed_or_made() -> None:
    cli = configuring()
    assert cli.execute("no interface GigabitEthernet1").startswith("% Removal of physical")
    assert cli.execute("interface GigabitEthernet9").startswith("%")
    assert "GigabitEthernet9" not in cli.device.running()


def test_removing_an_interface_leaves_its_routes() -> None:
    cli = configuring("interface Tunnel1", "ip route 10.20.0.0 255.255.0.0 Tunnel1")
    cli.execute("no interface Tunnel1")
    assert "interface Tunnel1" not in cli.device.running()
    assert "ip route 10.20.0.0 255.255.0.0 Tunnel1" in cli.device.running()


def test_the_no_form_of_a_single_value_needs_no_value() -> None:
    cli = configuring("crypto ipsec profile P", "set pfs group14", "no set pfs")
    assert "pfs" not in cli.device.running()
    cli.execute("set security-association lifetime seconds 27000")
    cli.execute("default set security-association lifetime seconds")
    assert "lifetime" not in cli.device.running()


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("crypto isakmp policy 1", "encr 3des"),
        ("crypto isakmp policy 1", "hash md5"),
        ("crypto isakmp policy 1", "group 2"),
        ("crypto ikev2 proposal p", "encryption aes-cbc-256 3des"),
        ("crypto ikev2 proposal p", "group 14 2"),
        ("crypto ikev2 proposal p", "group 24"),
        ("crypto ipsec profile p", "set pfs group5"),
        ("do show clock", "crypto ipsec transform-set t esp-3des esp-sha-hmac"),
        ("do show clock", "crypto ipsec transform-set t esp-aes esp-md5-hmac"),
    ],
)
def test_weak_algorithms_by_release(before: str, line: str) -> None:
    assert INVALID in configuring(before, version="17.11.1").execute(line)
    assert INVALID not in configuring(before, version="17.10.1").execute(line)


def test_what_iosxe_has_and_the_lab_does_not_know_is_kept() -> None:
    cli = configuring()
    assert cli.execute("snmp-server community x RO") == ""
    assert cli.execute("ip http server") == ""
    assert cli.execute("no ip http server") == ""
    assert cli.execute("route-map RM permit 10") == ""
    assert cli.execute("match ip address 1") == ""
    text = cli.device.running()
    assert "snmp-server community x RO\n" in text
    assert "no ip http server\n" in text
    assert "route-map RM permit 10\nmatch ip address 1\n" in text.replace("\n ", "\n")
    cli.execute("no snmp-server community x")
    assert "snmp-server" not in cli.device.running()


def test_a_banner_is_typed_until_its_delimiter() -> None:
    cli = configuring()
    assert cli.execute("banner motd #").startswith("Enter TEXT message.  End with the character")
    assert cli.prompt == ""
    cli.execute("crypto ikev2 proposal FAKE")
    cli.execute("bye#")
    assert cli.prompt == "r(config)#"
    assert "banner motd ^C\ncrypto ikev2 proposal FAKE\nbye^C" in cli.device.running()
    assert cli.device.config.root.find("crypto") is None


def test_two_sessions_see_one_configuration() -> None:
    device = ios_device()
    first, second = Cli(device, privilege=15), Cli(device, privilege=15)
    first.execute("conf t")
    first.execute("interface Tunnel7")
    assert "interface Tunnel7" in second.execute("show run")
    assert first.prompt == "site-a-rtr(config-if)#"
    assert second.prompt == "site-a-rtr#"


def test_do_and_filters() -> None:
    cli = configuring("interface Tunnel1", "ip mtu 1400")
    assert cli.execute("do show run | section interface Tunnel") == (
        "interface Tunnel1\n no ip address\n ip mtu 1400\n"
    )
    assert cli.execute("do show run | include mtu") == " ip mtu 1400\n"
    assert cli.execute("do sh run | begin ^end").startswith("end\n")
    assert INVALID in cli.execute("do show run | frobnicate x")


def test_help_lists_what_may_follow() -> None:
    cli = configuring()
    assert "ikev2" in cli.help("crypto")
    assert set(cli.help("crypto ikev2 dpd 10 2")) == {"on-demand", "periodic"}


@pytest.mark.parametrize(
    ("before", "line", "said"),
    [
        ("router bgp 65001", "router bgp 65002", "BGP is already running; AS is 65001\n"),
        ("interface Tunnel1", "ip address 10.0.0.0 255.255.255.0", "Bad mask /24 for address"),
        ("interface Tunnel1", "ip address 10.0.0.255 255.255.255.0", "Bad mask /24 for address"),
        (
            "interface Tunnel1",
            "ip address 203.0.113.99 255.255.255.0",
            "% 203.0.113.0 overlaps with GigabitEthernet1\n",
        ),
        ("interface Tunnel1", "tunnel protection ipsec profile NO", "ERROR: crypto ipsec profile"),
        ("interface Tunnel1", "ip route 10.1.1.1 255.255.0.0 Tunnel1", "%Inconsistent address"),
    ],
)
def test_refusals_of_their_own_kind(before: str, line: str, said: str) -> None:
    cli = configuring(before)
    unchanged = cli.device.running()
    assert cli.execute(line).startswith(said)
    assert cli.device.running() == unchanged


def test_addresses_that_are_fine() -> None:
    cli = configuring("interface Tunnel1")
    assert cli.execute("ip address 169.254.21.0 255.255.255.254") == ""
    assert cli.execute("ip address 169.254.21.2 255.255.255.255") == ""
    assert cli.execute("ip address 169.254.21.1 255.255.255.252") == ""
    assert cli.execute("ip address 169.254.21.2 255.255.255.252") == ""
