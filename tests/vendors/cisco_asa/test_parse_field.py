"""Single facts of the ASA that a reader gets wrong easily."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface

import pytest

from appliance.errors import ParseError
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Tunnel
from vendors.cisco_asa.parse import parse

BASE = """\
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.10 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 ip address 10.1.0.1 255.255.0.0
access-list A extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0
crypto ipsec ikev1 transform-set T esp-aes esp-sha-hmac
crypto ipsec ikev2 ipsec-proposal P
 protocol esp encryption aes-256
 protocol esp integrity sha-256
crypto map M 1 match address A
crypto map M 1 set peer 198.51.100.7
crypto map M interface outside
crypto ikev1 enable outside
crypto ikev2 enable outside
"""
V2 = f"{BASE}crypto map M 1 set ikev2 ipsec-proposal P\n"


def _tunnel(text: str) -> Tunnel:
    (tunnel,) = parse(text).tunnels
    return tunnel


@pytest.mark.parametrize(
    ("version", "group"),
    [
        ("ASA Version 8.2(5)\n", DhGroup.MODP1024),
        ("ASA Version 9.12(4)67 \n", DhGroup.MODP1024),
        ("ASA Version 9.13(1)\n", DhGroup.MODP2048),
        ("ASA Version 9.20(2)10 <context>\n", DhGroup.MODP2048),
        ("", DhGroup.MODP1024),
    ],
)
def test_a_bare_pfs_is_the_group_of_the_release(version: str, group: DhGroup) -> None:
    tunnel = _tunnel(f"{version}{V2}crypto map M 1 set pfs\n")
    assert tunnel.esp.pfs_group is group
    assert _tunnel(version + V2).esp.pfs_group is None


@pytest.mark.parametrize(
    ("line", "seconds", "kilobytes"),
    [
        ("", 28800, 4608000),
        ("crypto ipsec security-association lifetime seconds 3600", 3600, 4608000),
        ("crypto ipsec security-association lifetime kilobytes unlimited", 28800, None),
        ("crypto map M 1 set security-association lifetime seconds 900", 900, 4608000),
        (
            "crypto map M 1 set security-association lifetime seconds 900 kilobytes 1000",
            900,
            1000,
        ),
        (
            "crypto map M 1 set security-association lifetime kilobytes unlimited seconds 900",
            900,
            None,
        ),
        (
            "crypto map M 1 set security-association lifetime seconds 900\n"
            "crypto ipsec security-association lifetime seconds 3600 kilobytes 10",
            900,
            10,
        ),
    ],
)
def test_lifetimes_of_the_entry_come_before_those_of_the_box(
    line: str, seconds: int, kilobytes: int | None
) -> None:
    esp = _tunnel(f"{V2}{line}\n").esp
    assert (esp.lifetime_seconds, esp.lifetime_kilobytes) == (seconds, kilobytes)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", (10, 2)),
        (" isakmp keepalive threshold 30 retry 5", (30, 5)),
        (" isakmp keepalive threshold 30", (30, 2)),
        (" isakmp keepalive retry 9", (10, 9)),
        (" isakmp keepalive disable", None),
        (" isakmp keepalive threshold infinite", None),
        (" no isakmp keepalive", (10, 2)),
    ],
)
def test_liveness_is_that_of_the_tunnel_group(line: str, expected: tuple[int, int] | None) -> None:
    group = f"tunnel-group 198.51.100.7 ipsec-attributes\n{line}\n"
    dpd = _tunnel(V2 + group).ike.dpd
    assert (None if dpd is None else (dpd.delay_seconds, dpd.retry_seconds)) == expected


KEYS = {
    " ikev2 local-authentication pre-shared-key *****": Hidden,
    " ikev2 local-authentication pre-shared-key 8 AbCdEf==": Hidden,
    " ikev2 local-authentication pre-shared-key <removed>": Hidden,
    " ikev2 local-authentication pre-shared-key 0 clear": "clear",
    " ikev2 local-authentication pre-shared-key 8": "8",
    " ikev2 local-authentication pre-shared-key a  b*c": "a  b*c",
    ' ikev2 local-authentication pre-shared-key "quoted!"': '"quoted!"',
}


@pytest.mark.parametrize("line", KEYS)
def test_keys_are_hidden_or_told_as_they_are(line: str) -> None:
    other = line.replace("local-auth", "remote-auth")
    text = f"{V2}tunnel-group 198.51.100.7 ipsec-attributes\n{other}\n{line}\n"
    psk = _tunnel(text).psk
    expected = KEYS[line]
    if isinstance(expected, str):
        assert psk == Secret(expected)
    else:
        assert isinstance(psk, Hidden)
        assert psk.reason


def test_the_key_is_that_of_the_version_in_use() -> None:
    group = """tunnel-group 198.51.100.7 ipsec-attributes
 ikev1 pre-shared-key one
 ikev2 local-authentication pre-shared-key two
 ikev2 remote-authentication pre-shared-key two
"""
    v1 = f"{BASE}crypto map M 1 set ikev1 transform-set T\n"
    assert _tunnel(V2 + group).psk == Secret("two")
    assert _tunnel(v1 + group).psk == Secret("one")
    assert _tunnel(v1 + group).ike.version is IkeVersion.V1


def test_a_peer_without_a_group_lands_in_the_default_one() -> None:
    assert _tunnel(V2).missing == ("tunnel-group 198.51.100.7",)
    default = """tunnel-group DefaultL2LGroup ipsec-attributes
 ikev2 local-authentication pre-shared-key all
 ikev2 remote-authentication pre-shared-key all
"""
    tunnel = _tunnel(V2 + default)
    assert tunnel.missing == ()
    assert tunnel.psk == Secret("all")
    assert "tunnel-group" not in tunnel.objects


def test_gcm_has_no_integrity_whatever_the_line_says() -> None:
    text = V2.replace("encryption aes-256", "encryption aes-gcm-256 aes-gcm-192") + (
        "crypto ikev2 policy 1\n encryption aes-gcm-256\n integrity sha256\n group 14\n"
        " prf sha256\n lifetime seconds 28800\n"
    )
    tunnel = _tunnel(text)
    assert tunnel.esp.proposals[0].integrity == (Integrity.NONE,)
    assert tunnel.esp.proposals[0].encryption == (Encryption.AES256GCM, Encryption.AES192GCM)
    assert tunnel.ike.proposals[0].integrity == ()


def test_what_the_box_translates_does_not_pass() -> None:
    dynamic = "nat (inside,outside) source dynamic any interface\n"
    objects = (
        "object network L\n subnet 10.1.0.0 255.255.0.0\n"
        "object network R\n subnet 10.2.0.0 255.255.0.0\n"
    )
    exempt = "nat (inside,outside) source static L L destination static R R\n"
    assert _tunnel(V2).passes is None
    assert _tunnel(V2 + dynamic).passes == ()
    for rules in (exempt, exempt + dynamic, dynamic + exempt.replace("e) s", "e) 1 s")):
        (pair,) = _tunnel(V2 + objects + rules).passes or ()
        assert str(pair) == "10.1.0.0/16 <-> 10.2.0.0/16"
    assert _tunnel(V2 + objects + dynamic + exempt).passes == ()
    elsewhere = dynamic.replace("outside", "dmz")
    assert _tunnel(V2 + objects + elsewhere).passes is None


def test_nat_control_lets_nothing_out_without_a_rule() -> None:
    assert _tunnel(f"{V2}nat-control\n").passes == ()


def test_banners_are_no_configuration_and_swallow_none() -> None:
    text = f"banner motd Welcome\nbanner exec # crypto map M 9 set peer 9.9.9.9\n{V2}"
    assert _tunnel(text).remote.addresses == (IPv4Address("198.51.100.7"),)


def test_interfaces_are_known_by_both_of_their_names() -> None:
    found = parse(V2).interfaces
    assert found["outside"] == found["GigabitEthernet0/0"] == IPv4Interface("203.0.113.10/24")
    assert set(found) == {"outside", "inside", "GigabitEthernet0/0", "GigabitEthernet0/1"}


HEADINGS = {
    "object-group network G": ("network-object host 10.9.9.9",),
    "access-list A": ("extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0",),
    "crypto map M 1": ("match address A", "set peer 198.51.100.7", "set ikev2 ipsec-proposal P"),
    "crypto map M interface outside": (),
    "crypto ikev1 enable outside": (),
    "crypto ipsec ikev1 transform-set T": ("esp-aes esp-sha-hmac",),
    "crypto ipsec ikev2 ipsec-proposal P": (
        "protocol esp encryption aes-256",
        "protocol esp integrity sha-256",
    ),
    "tunnel-group 198.51.100.7": (
        "type ipsec-l2l",
        "ikev1 pre-shared-key <pre-shared-key>",
    ),
    "group-policy GP": ("internal", "vpn-tunnel-protocol ikev2"),
    "sysopt connection tcpmss 1350": (),
    "nat (inside,outside) source static G G": (),
    "route outside 0.0.0.0 0.0.0.0 203.0.113.1 1": (),
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_sections_are_told_by_heading(heading: str) -> None:
    text = f"""{V2}object-group network G
 network-object host  10.9.9.9
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 ipsec-attributes
 ikev1 pre-shared-key canary
group-policy GP internal
group-policy GP attributes
 vpn-tunnel-protocol ikev2
sysopt connection tcpmss 1350
nat (inside,outside) 3 source static G G
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
"""
    assert parse(text).objects[heading] == HEADINGS[heading]


def test_the_old_spelling_has_the_heading_of_the_new() -> None:
    old = parse(
        "crypto isakmp enable outside\nisakmp policy 5 hash md5\n"
        "crypto isakmp policy 6\n hash sha\ncrypto ipsec transform-set T esp-des\n"
    ).objects
    assert {
        "crypto ikev1 enable outside",
        "crypto ikev1 policy 5",
        "crypto ikev1 policy 6",
        "crypto ipsec ikev1 transform-set T",
    } <= set(old)


QUIRKS = {
    "crypto map M 1 set ikev1 phase1-mode aggressive": "phase1-mode",
    "crypto map M 1 set phase1-mode aggressive group2": "phase1-mode",
    "crypto map M 1 set nat-t-disable": "nat-t-disable",
    "crypto map M 1 set connection-type answer-only": "connection-type",
    "no crypto isakmp nat-traversal": "nat-traversal",
    "no sysopt connection permit-vpn": "sysopt",
    "crypto map M 1 set ikev1 phase1-mode main": "",
    "crypto map M 1 set connection-type bidirectional": "",
    "crypto isakmp nat-traversal 20": "",
    "no crypto isakmp nat-traversal\ncrypto isakmp nat-traversal 30": "",
    "crypto map M 1 set nat-t-disable\nno crypto map M 1 set nat-t-disable": "",
}


@pytest.mark.parametrize("line", QUIRKS)
def test_settings_that_azure_cannot_live_with_are_told(line: str) -> None:
    tunnel = _tunnel(f"{BASE}crypto map M 1 set ikev1 transform-set T\n{line}\n")
    assert [words.split()[0].rstrip(":") for words in tunnel.quirks] == QUIRKS[line].split()
    for name in QUIRKS[line].split():
        assert tunnel.sources[f"quirks.{name}"].text == line.split("\n", maxsplit=1)[0]


def test_the_mode_of_an_ikev2_entry_is_that_of_its_child_sas() -> None:
    assert _tunnel(f"{V2}crypto map M 1 set ikev2 mode transport\n").esp.proposals[0].transport
    assert not _tunnel(f"{V2}crypto map M 1 set ikev2 mode tunnel\n").esp.proposals[0].transport


def test_words_that_people_type_are_understood() -> None:
    text = f"""{V2}interface Tunnel1
 nameif v
 ip address 169.254.0.1 255.255.255.252
 tunnel source interface outside
 tunnel destination 198.51.100.9
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile I
route v 0 0 169.254.0.2
object network L
 subnet 10.1.0.0 255.255.0.0
object network R
 subnet 10.2.0.0 255.255.0.0
nat (inside,outside) source static L L destination static R R description never inactive
access-list A extended permit ip 10.1.0.0 255.255.0.0 10.3.0.0 255.255.0.0 log time-range X
"""
    observed = parse(text)
    tunnel, entry = observed.tunnels
    assert [str(route) for route in tunnel.routes] == ["0.0.0.0/0"]
    assert [str(pair) for pair in entry.passes or ()] == ["10.1.0.0/16 <-> 10.2.0.0/16"]
    assert [odd.text for odd in observed.unrecognized] == [text.rstrip().split("\n")[-1]]


def test_a_log_tells_the_version_as_well() -> None:
    log = f"""fw# show version
Cisco Adaptive Security Appliance Software Version 9.14(4)6
Device Manager Version 7.14(1)
fw# show running-config
{V2}crypto map M 1 set pfs
"""
    observed = parse(log)
    assert observed.version == "9.14(4)6"
    assert observed.tunnels[0].esp.pfs_group is DhGroup.MODP2048


def test_group_policies_may_have_blanks_in_their_names() -> None:
    text = f"""{V2}group-policy "Azure only" internal
group-policy "Azure only" attributes
 vpn-tunnel-protocol ikev1
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 general-attributes
 default-group-policy "Azure only"
"""
    tunnel = _tunnel(text)
    assert tunnel.objects["group-policy"] == '"Azure only"'
    assert tunnel.missing == ('vpn-tunnel-protocol ikev2 in group-policy "Azure only"',)


PIX = """\
PIX Version 6.3(4)
interface ethernet0 100full
interface ethernet1 auto{off}
nameif ethernet0 outer security0
nameif ethernet1 inner security100
access-list to-hq permit ip 10.66.0.0 255.255.0.0 10.67.0.0 255.255.0.0
pdm location 10.67.0.0 255.255.0.0 outer
ip address outer 203.0.113.66 255.255.255.248
ip address inner 10.66.0.1 255.255.0.0
conduit permit icmp any any
crypto ipsec transform-set strong esp-3des esp-sha-hmac
crypto map m 5 ipsec-isakmp
crypto map m 5 match address to-hq
crypto map m 5 set peer 198.51.100.66
crypto map m 5 set transform-set strong
crypto map m interface outer
isakmp enable outer
isakmp key {key}
{probes}
isakmp policy 3 authentication pre-share
isakmp policy 3 encryption 3des
vpngroup staff idle-time 1800
"""


@pytest.mark.parametrize(
    ("key", "held"),
    [
        ("w0rd address 198.51.100.66 netmask 255.255.255.255 no-xauth", Secret("w0rd")),
        ("w0rd address 198.51.100.66", Secret("w0rd")),
        ("any1 address 0.0.0.0 netmask 0.0.0.0", Secret("any1")),
        ("w0rd address 198.51.100.67", None),
    ],
)
def test_a_pix_6_has_interfaces_and_keys_on_single_lines(key: str, held: Secret | None) -> None:
    text = PIX.format(key=key, probes="isakmp keepalive 45 5", off="")
    observed = parse(text)
    (tunnel,) = observed.tunnels
    assert (tunnel.psk, tunnel.local.address) == (held, IPv4Address("203.0.113.66"))
    assert tunnel.enabled
    assert bool(tunnel.missing) is (held is None)
    assert observed.unrecognized == ()
    assert observed.interfaces["inner"] == IPv4Interface("10.66.0.1/16")
    if held is not None:
        assert tunnel.ike.dpd == Dpd(delay_seconds=45, retry_seconds=5)
        line = tunnel.sources["psk"].line
        assert text.splitlines()[line - 1].startswith("isakmp key")


def test_a_pix_6_probes_only_when_told_and_knows_what_is_shut() -> None:
    text = PIX.format(key="w0rd address 198.51.100.66", probes="", off=" shutdown")
    assert _tunnel(text).ike.dpd is None
    assert _tunnel(text).enabled
    shut = text.replace("ethernet0 100full", "ethernet0 100full shutdown")
    assert not _tunnel(shut).enabled


def test_a_template_has_the_key_of_the_group_that_names_it() -> None:
    text = f"""{BASE.replace("crypto map M", "no crypto map M")}
crypto ipsec profile PF
 set ikev2 ipsec-proposal P
interface Virtual-Template7 type tunnel
 nameif spokes
 tunnel source interface outside
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile PF
tunnel-group branches type ipsec-l2l
tunnel-group branches ipsec-attributes
 virtual-template 7
 ikev2 remote-authentication pre-shared-key forall
 ikev2 local-authentication pre-shared-key forall
tunnel-group others type ipsec-l2l
tunnel-group others ipsec-attributes
 virtual-template 70
 ikev2 remote-authentication pre-shared-key another
"""
    tunnel = _tunnel(text)
    assert (tunnel.dynamic, tunnel.psk, tunnel.missing) == (True, Secret("forall"), ())
    assert tunnel.objects["tunnel-group"] == "branches"


@pytest.mark.parametrize("peer", ['"198.51.100.7"', "198.51.100.7"])
def test_a_peer_may_stand_in_quotes(peer: str) -> None:
    text = V2.replace("set peer 198.51.100.7", f"set peer {peer}")
    tunnel = _tunnel(
        f"{text}tunnel-group {peer} type ipsec-l2l\n"
        f"tunnel-group {peer} ipsec-attributes\n"
        " ikev2 local-authentication pre-shared-key q\n"
        " ikev2 remote-authentication pre-shared-key q\n"
    )
    assert tunnel.remote.addresses == (IPv4Address("198.51.100.7"),)
    assert (tunnel.psk, tunnel.missing) == (Secret("q"), ())


@pytest.mark.parametrize("head", ["ASA Version 9.14(2)8 <context>", ": ASA Version 9.14(2)8"])
def test_the_version_is_told_by_its_line_or_by_a_remark(head: str) -> None:
    assert parse(f"{head}\n{V2}").version == "9.14(2)8"


def test_a_static_rule_with_an_access_list_moves_what_it_names() -> None:
    tunnel = _tunnel(
        BASE.replace("list A extended permit ip 10.1.0.0", "list A extended permit ip 10.55.0.0")
        + "crypto map M 1 set ikev1 transform-set T\n"
        "access-list moved extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0\n"
        "access-list hidden extended permit ip 10.1.0.0 255.255.0.0 10.4.0.0 255.255.0.0\n"
        "global (outside) 3 203.0.113.33\n"
        "nat (inside) 3 access-list hidden\n"
        "static (inside,outside) 10.55.0.0  access-list moved \n"
    )
    assert [str(pair) for pair in tunnel.passes or ()] == ["10.55.0.0/16 <-> 10.2.0.0/16"]


def test_a_group_that_nobody_knows_is_not_taken_for_the_default() -> None:
    observed = parse(
        f"{BASE}crypto map M 1 set ikev1 transform-set T\n"
        "crypto ikev1 policy 4\n encryption aes-256\n group 7\n"
        "crypto ikev1 policy 5\n encryption aes-256\n"
    )
    (tunnel,) = observed.tunnels
    assert [one.groups for one in tunnel.ike.proposals] == [(), (DhGroup.MODP1024,)]
    assert [source.text for source in observed.unrecognized] == ["group 7"]


def test_contexts_in_one_text_are_not_mixed() -> None:
    system = ": Saved\nASA Version 9.12(4) <system>\nhostname chassis\nmac-address auto\n: end\n"
    first = f"ASA Version 9.12(4) <context>\nhostname red\n{V2}: end\n"
    other = first.replace("hostname red", "hostname blue").replace("10.2.0.0", "10.8.0.0")
    observed = parse(system + first)
    assert (observed.hostname, len(observed.tunnels)) == ("red", 1)
    line = observed.tunnels[0].sources["remote.addresses"].line
    assert (system + first).splitlines()[line - 1] == "crypto map M 1 set peer 198.51.100.7"
    assert parse(first + first).tunnels[0].selectors == observed.tunnels[0].selectors
    with pytest.raises(ParseError, match="red, blue"):
        parse(system + first + other)


SUPPORT = """\
------------------ show version ------------------

Cisco Adaptive Security Appliance Software Version 9.16(4)14

------------------ show running-config ------------------

{config}
------------------ show interface ------------------

Interface GigabitEthernet0/0 "outside", is administratively down, line protocol is down
  IP address 203.0.113.99, subnet mask 255.255.255.0
------------------ show access-list ------------------

access-list A; 2 elements; name hash: 0x5b2c9e4d
access-list A line 1 extended permit ip 10.7.0.0 255.255.0.0 any (hitcnt=9) 0x4f2a3c41
"""


def test_of_what_support_is_sent_only_the_configuration_is_one() -> None:
    text = SUPPORT.format(config=V2)
    observed = parse(text)
    (tunnel,) = observed.tunnels
    assert tunnel.local.address == IPv4Address("203.0.113.10")
    assert [str(pair) for pair in tunnel.selectors] == ["10.1.0.0/16 <-> 10.2.0.0/16"]
    assert observed.version == "9.16(4)14"
    line = tunnel.sources["remote.addresses"].line
    assert text.splitlines()[line - 1] == "crypto map M 1 set peer 198.51.100.7"
