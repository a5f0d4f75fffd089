"""What is typed, and what `show running-config` makes of it."""

from __future__ import annotations

import pytest

from appliance.lab import Device, Settings, branch, ios_device


def section(device: Device, head: str) -> list[str]:
    """The lines of one section, as printed."""
    lines = device.running().split("\n")
    start = lines.index(head)
    end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith(" "))
    return lines[start:end]


def typed(*lines: str, version: str = "17.9.4a") -> Device:
    device = Device("hostname r\ninterface GigabitEthernet1\n", Settings(version=version))
    device.configure(*lines)
    return device


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("encryption aes 256", " encr aes 256"),
        ("encr aes 128", " encr aes"),
        ("enc 3des", " encr 3des"),
        ("hash sha256", " hash sha256"),
        ("au pre", " authentication pre-share"),
        ("gr 14", " group 14"),
        ("life 28800", " lifetime 28800"),
        ("encr des", None),
        ("hash sha", None),
        ("group 1", None),
        ("lifetime 86400", None),
        ("authentication rsa-sig", None),
    ],
)
def test_isakmp_policy(line: str, printed: str | None) -> None:
    device = typed("crypto isakmp policy 10", line)
    expected = ["crypto isakmp policy 10"] + ([printed] if printed else [])
    assert section(device, "crypto isakmp policy 10") == expected


def test_a_default_overwrites_what_was_set() -> None:
    device = typed("crypto isakmp policy 10", "hash sha256", "hash sha", "group 14", "group 1")
    assert section(device, "crypto isakmp policy 10") == ["crypto isakmp policy 10"]


def test_policies_are_sorted_by_number() -> None:
    device = typed(*(f"crypto isakmp policy {n}" for n in (100, 9, 20)))
    lines = [line for line in device.running().split("\n") if line.startswith("crypto isakmp")]
    assert lines == [f"crypto isakmp policy {n}" for n in (9, 20, 100)]


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("esp-aes 128 esp-sha-hmac", "esp-aes esp-sha-hmac "),
        ("esp-aes   256   esp-sha256-hmac", "esp-aes 256 esp-sha256-hmac "),
        ("esp-gcm 128", "esp-gcm "),
        ("esp-gcm 256", "esp-gcm 256 "),
        ("esp-3des esp-md5-hmac", "esp-3des esp-md5-hmac "),
        ("ah-sha-hmac esp-aes 192", "ah-sha-hmac esp-aes 192 "),
        ("esp-null esp-sha-hmac", "esp-null esp-sha-hmac "),
    ],
)
def test_transform_set(line: str, printed: str) -> None:
    device = typed(f"crypto ipsec transform-set TS {line}")
    head = f"crypto ipsec transform-set TS {printed}"
    assert section(device, head) == [head, " mode tunnel"]


def test_transport_mode_and_back() -> None:
    device = typed("crypto ipsec transform-set TS esp-aes esp-sha-hmac", "mode transport")
    head = "crypto ipsec transform-set TS esp-aes esp-sha-hmac "
    assert section(device, head)[1] == " mode transport"
    device.configure("crypto ipsec transform-set TS esp-aes esp-sha-hmac", "no mode")
    assert section(device, head)[1] == " mode tunnel"


def test_ipsec_profile_has_an_order_of_its_own() -> None:
    device = typed(
        "crypto ikev2 profile P",
        "crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac",
        "crypto ipsec profile IPP",
        "set ikev2-profile P",
        "set pfs group14",
        "set transform-set TS",
        "set security-association lifetime seconds 27000",
        "set security-association lifetime kilobytes 102400000",
    )
    assert section(device, "crypto ipsec profile IPP") == [
        "crypto ipsec profile IPP",
        " set security-association lifetime kilobytes 102400000",
        " set security-association lifetime seconds 27000",
        " set transform-set TS ",
        " set pfs group14",
        " set ikev2-profile P",
    ]


def test_lifetimes_that_are_defaults_are_not_printed() -> None:
    device = typed(
        "crypto ipsec profile IPP",
        "set security-association lifetime seconds 3600",
        "set security-association lifetime kilobytes 4608000",
        "crypto ipsec security-association lifetime seconds 3600",
        "crypto ikev2 profile P",
        "lifetime 86400",
    )
    assert "lifetime" not in device.running()
    everything = device.running(everything=True)
    assert "set security-association lifetime seconds 3600" in everything
    assert " lifetime 86400" in everything


def test_a_prf_that_repeats_the_integrity_is_not_printed() -> None:
    lines = ("crypto ikev2 proposal p", "encryption aes-cbc-256", "integrity sha256", "group 14")
    same = typed(*lines, "prf sha256")
    other = typed(*lines, "prf sha384")
    aead = typed("crypto ikev2 proposal p", "encryption aes-gcm-256", "prf sha384", "group 20")
    assert "prf" not in same.running()
    assert " prf sha384 " in section(other, "crypto ikev2 proposal p")
    assert section(aead, "crypto ikev2 proposal p")[1:] == [
        " encryption aes-gcm-256 ",
        " prf sha384 ",
        " group 20",
    ]


def test_interface_names_expand() -> None:
    device = typed("int tu 1", "tunnel so gi1", "ip unn Gig 1", "ip route 10.0.0.0 255.0.0.0 tu1")
    text = device.running()
    assert "interface Tunnel1\n ip unnumbered GigabitEthernet1\n" in text
    assert " tunnel source GigabitEthernet1\n" in text
    assert "ip route 10.0.0.0 255.0.0.0 Tunnel1\n" in text


def test_tunnel_interface_order_and_gre_default() -> None:
    device = typed(
        "crypto ipsec profile IPP",
        "interface Tunnel1",
        "tunnel protection ipsec profile IPP",
        "tunnel destination 198.51.100.7",
        "tunnel mode ipsec ipv4",
        "tunnel source GigabitEthernet1",
        "ip tcp adjust-mss 1350",
        "ip address 169.254.0.1 255.255.255.252",
        "description to Azure!",
        "shutdown",
    )
    assert section(device, "interface Tunnel1") == [
        "interface Tunnel1",
        " description to Azure!",
        " ip address 169.254.0.1 255.255.255.252",
        " ip tcp adjust-mss 1350",
        " shutdown",
        " tunnel source GigabitEthernet1",
        " tunnel mode ipsec ipv4",
        " tunnel destination 198.51.100.7",
        " tunnel protection ipsec profile IPP",
    ]
    device.configure("interface Tunnel1", "tunnel mode gre ip", "no shutdown")
    assert "tunnel mode" not in device.running()
    assert "shutdown" not in "".join(section(device, "interface Tunnel1"))


def test_no_ip_address_is_printed_when_there_is_none() -> None:
    device = typed("interface Tunnel1", "ip address 10.0.0.1 255.0.0.0", "no ip address")
    assert section(device, "interface Tunnel1") == ["interface Tunnel1", " no ip address"]
    device.configure("interface Tunnel1", "ip unnumbered GigabitEthernet1")
    assert " no ip address" not in section(device, "interface Tunnel1")


def test_keys_of_the_old_kind() -> None:
    device = typed("crypto isakmp key 0 a!b$c|d address 198.51.100.7 255.255.255.255")
    assert "crypto isakmp key a!b$c|d address 198.51.100.7   \n" in device.running()
    said = device.configure("crypto isakmp key other address 198.51.100.7")
    assert said == [
        "A pre-shared key for address mask 198.51.100.7 255.255.255.255 already exists!\n"
    ]
    device.configure("no crypto isakmp key a!b$c|d address 198.51.100.7")
    assert "crypto isakmp key" not in device.running()


def test_the_key_must_be_repeated_to_remove_it() -> None:
    device = typed("crypto isakmp key right address 198.51.100.7")
    said = device.configure("no crypto isakmp key wrong address 198.51.100.7")
    assert said[0].startswith("%")
    assert "crypto isakmp key right" in device.running()


def test_type_6_hides_keys_and_still_knows_them() -> None:
    startup = branch("site-a") + "crypto isakmp key Canary-77 address 198.51.100.9\n"
    device = ios_device(startup=startup, settings=Settings(type6=True))
    text = device.running()
    assert "Canary-77" not in text
    assert "partner-Only-1" not in text
    assert "crypto isakmp key 6 " in text
    assert text == device.running()
    device.save()
    device.reload()
    assert device.running() == text
    assert device.config.root.find("crypto", "isakmp", "key", "Canary-77") is not None


def test_numbered_list_reads_back_with_sequence_numbers() -> None:
    device = typed(
        "access-list 101 permit ip 10.10.0.0 0.0.255.255 10.20.0.0 0.0.255.255",
        "access-list 101 permit ip host 10.9.0.1 10.30.0.1 0.0.0.0",
        "ip access-list extended AZURE",
        "20 permit udp any any eq isakmp",
        "10 permit esp 10.1.2.3 0.0.255.255 0.0.0.0 255.255.255.255",
        "permit ip any any",
    )
    assert section(device, "ip access-list extended 101")[1:] == [
        " 10 permit ip 10.10.0.0 0.0.255.255 10.20.0.0 0.0.255.255",
        " 20 permit ip host 10.9.0.1 host 10.30.0.1",
    ]
    assert section(device, "ip access-list extended AZURE")[1:] == [
        " 10 permit esp 10.1.0.0 0.0.255.255 any",
        " 20 permit udp any any eq isakmp",
        " 30 permit ip any any",
    ]
    device.configure("ip access-list extended AZURE", "no permit ip any any", "no 10")
    assert len(section(device, "ip access-list extended AZURE")) == 2


def test_old_releases_print_no_sequence_numbers() -> None:
    device = typed("ip access-list extended A", "permit ip any any", version="15.7(3)M")
    assert section(device, "ip access-list extended A")[1:] == [" permit ip any any"]


def test_peers_add_up_and_single_values_overwrite() -> None:
    device = typed(
        "crypto map M 10 ipsec-isakmp",
        "set peer 192.0.2.1",
        "set peer 192.0.2.2",
        "set peer 192.0.2.2 default",
        "match address 101",
        "match address 102",
        "no set peer 192.0.2.1",
    )
    assert section(device, "crypto map M 10 ipsec-isakmp ") == [
        "crypto map M 10 ipsec-isakmp ",
        " set peer 192.0.2.2 default",
        " match address 102",
    ]


def test_bgp_of_a_new_process_is_filed_by_family() -> None:
    device = typed(
        "router bgp 65050",
        "bgp router-id 10.255.0.1",
        "neighbor 10.20.255.30 remote-as 65515",
        "neighbor 10.20.255.30 ebgp-multihop",
        "neighbor 10.20.255.30 update-source lo0",
        "network 10.10.0.0 mask 255.255.0.0",
        "network 10.0.0.0 mask 255.0.0.0",
    )
    assert section(device, "router bgp 65050") == [
        "router bgp 65050",
        " bgp router-id 10.255.0.1",
        " bgp log-neighbor-changes",
        " neighbor 10.20.255.30 remote-as 65515",
        " neighbor 10.20.255.30 ebgp-multihop 255",
        " neighbor 10.20.255.30 update-source Loopback0",
        " !",
        " address-family ipv4",
        "  network 10.10.0.0 mask 255.255.0.0",
        "  network 10.0.0.0",
        "  neighbor 10.20.255.30 activate",
        " exit-address-family",
    ]
    device.configure("router bgp 65050", "no neighbor 10.20.255.30")
    assert "10.20.255.30" not in device.running()


def test_routes_are_sorted_by_network() -> None:
    device = typed(
        "ip route 10.20.0.0 255.255.0.0 Tunnel1 name azure",
        "ip route 10.3.0.0 255.255.0.0 Null0 200",
        "ip route 0.0.0.0 0.0.0.0 203.0.113.1",
    )
    lines = [line for line in device.running().split("\n") if line.startswith("ip route")]
    assert lines == [
        "ip route 0.0.0.0 0.0.0.0 203.0.113.1",
        "ip route 10.3.0.0 255.255.0.0 Null0 200",
        "ip route 10.20.0.0 255.255.0.0 Tunnel1 name azure",
    ]
    assert device.configure("no ip route 10.99.0.0 255.255.0.0 Tunnel1") == [
        "%No matching route to delete"
    ]
    device.configure("no ip route 10.20.0.0 255.255.0.0 Tunnel1")
    assert "10.20.0.0" not in device.running()


def test_secrets_are_stored_as_hashes() -> None:
    device = typed("enable secret open-sesame", "username bob privilege 15 secret 0 hunter2")
    assert "open-sesame" not in device.running()
    assert "hunter2" not in device.running()
    assert "username bob privilege 15 secret 9 $9$" in device.running()
