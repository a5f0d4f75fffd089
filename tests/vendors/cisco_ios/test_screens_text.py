"""What a terminal, a log and a person leave in a saved output, and how IOS spells its words."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.state import SaStatus
from vendors.cisco.screens import text, words
from vendors.cisco_ios.screens import interfaces
from vendors.cisco_ios.state import show


@pytest.mark.parametrize(
    "log",
    [
        "*Mar  1 00:12:33.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed",
        "Nov 12 08:31:02: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.5)",
        ".Nov 12 2026 08:31:02.113 CET: %CRYPTO-4-IKMP_NO_SA: IKE message from 192.0.2.1 has no SA",
        "000217: Nov 12 08:31:04.001 CET: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON",
        "000218: *Nov 12 08:31:04.001: %BGP-5-ADJCHANGE: neighbor 10.20.255.30 Up",
        "00:12:33: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up",
        "1w2d: %LINK-5-CHANGED: Interface Tunnel1, changed state to administratively down",
        "%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is UP.  Peer 198.51.100.7:500",
        "*Nov 12 08:31:02.113: %PLATFORM_IOS-SP-2-RELOAD: shelf",
    ],
)
def test_log_lines_go_and_nothing_else(log: str) -> None:
    assert text.cleaned(f"before\n{log}\nafter\n") == "before\n\nafter\n"
    assert text.cleaned(f"half a line{log}\nafter").startswith("half a line")
    assert "%" not in text.cleaned(f"half a line {log}\nafter")


def test_words_with_a_percent_sign_are_no_log() -> None:
    for line in ("% BGP not active", "load 5%/2%: one minute", "% Invalid input detected"):
        assert text.cleaned(line) == line


def test_a_log_is_split_at_its_prompts() -> None:
    told = "banner\nr1>en\nr1#sh ver\nIOS\nr1(config)#do sh clock\n12:00\n2911-hq.site#\n"
    assert list(text.sections(told)) == [
        (None, "banner"),
        ("en", ""),
        ("sh ver", "IOS"),
        ("do sh clock", "12:00"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    "line", ["    #pkts encaps: 4", "##pkts decaps: 5", "B>* 10.0.0.0/8 via 10.1.1.1", "a b#c", "#"]
)
def test_lines_of_output_are_no_prompts(line: str) -> None:
    assert list(text.sections(line)) == [(None, line)]


def test_a_question_asked_twice_has_its_last_answer() -> None:
    row = "198.51.100.7    203.0.113.10    {}           1001 ACTIVE{}\n"
    head = "dst             src             state          conn-id status\n"
    told = (
        f"r1#sh cry isa sa\n{head}{row.format('QM_IDLE', '')}"
        "r1#clear crypto session\n"
        f"r1#show crypto isakmp sa\n{head}{row.format('MM_NO_STATE', ' (deleted)')}r1#\n"
    )
    (peer,) = show("show crypto isakmp sa", told).tunnels
    assert peer.ike is SaStatus.DOWN


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("AES-CBC", "256", Encryption.AES256),
        ("AES-CBC", None, None),
        ("AES-GCM", "128", Encryption.AES128GCM),
        ("3DES", None, Encryption.TRIPLE_DES),
        ("DES", None, Encryption.DES),
        ("NULL", None, Encryption.NULL),
        ("aes", None, None),
        ("aes", "192", Encryption.AES192),
        ("CHACHA", "256", None),
        (None, None, None),
    ],
)
def test_ciphers(name: str | None, size: str | None, expected: Encryption | None) -> None:
    assert words.cipher(name, size) is expected


@pytest.mark.parametrize(
    ("told", "encryption", "hashed"),
    [
        ("esp-256-aes esp-sha-hmac ,", Encryption.AES256, Integrity.SHA1),
        ("esp-aes 256 esp-sha256-hmac ,", Encryption.AES256, Integrity.SHA256),
        ("esp-aes esp-sha512-hmac", Encryption.AES128, Integrity.SHA512),
        ("esp-192-aes esp-sha384-hmac ,", Encryption.AES192, Integrity.SHA384),
        ("esp-3des esp-md5-hmac ,", Encryption.TRIPLE_DES, Integrity.MD5),
        ("esp-des esp-md5-hmac ,", Encryption.DES, Integrity.MD5),
        ("esp-gcm 256 ,", Encryption.AES256GCM, Integrity.NONE),
        ("esp-256-gcm ,", Encryption.AES256GCM, Integrity.NONE),
        ("esp-gcm ,", Encryption.AES128GCM, Integrity.NONE),
        ("esp-gmac 192 ,", Encryption.AES192GMAC, Integrity.NONE),
        ("esp-null esp-sha-hmac ,", Encryption.NULL, Integrity.SHA1),
        ("esp-256-aes ah-sha-hmac ,", Encryption.AES256, Integrity.SHA1),
        ("esp-seal esp-sha-hmac ,", Encryption.SEAL, Integrity.SHA1),
        ("esp-256-aes ,", Encryption.AES256, None),
        ("", None, None),
    ],
)
def test_transforms(told: str, encryption: Encryption | None, hashed: Integrity | None) -> None:
    assert words.transform(told) == (encryption, hashed)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("00:02:37", 157),
        ("23:59:59", 86_399),
        ("1d02h", 93_600),
        ("7w0d", 4_233_600),
        ("1y3w", 33_350_400),
        ("never", None),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_times(told: str | None, expected: int | None) -> None:
    assert words.seconds(told) == expected


def test_addresses_networks_and_groups() -> None:
    assert words.address("198.51.100.7") == IPv4Address("198.51.100.7")
    assert [
        words.address(one) for one in (str(IPv4Address(0)), "2001:DB8::1", "gw.example", None)
    ] == [None] * 4
    assert words.network("10.1.2.3/255.255.0.0") == IPv4Network("10.1.0.0/16")
    assert words.network("10.1.2.3/255.0.255.0") is None
    assert words.span("10.0.0.0", "10.0.0.255") == (IPv4Network("10.0.0.0/24"),)
    assert words.span("10.0.0.9", "10.0.0.1") == ()
    assert [words.group(one) for one in ("14", "0", "99", None)] == [
        DhGroup.MODP2048,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Tu1", "Tunnel1"),
        ("Gi0/0/0.100", "GigabitEthernet0/0/0.100"),
        ("Vi3", "Virtual-Access3"),
        ("Tunnel7", "Tunnel7"),
        ("Xy1", "Xy1"),
        ("Null", "Null"),
    ],
)
def test_interface_names(short: str, full: str) -> None:
    assert interfaces.long_name(short) == full
