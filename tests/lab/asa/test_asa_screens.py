"""The layouts in which an ASA shows what is up, word for word where programs read them."""

from __future__ import annotations

import pytest

from appliance.lab.asa import Cli, Settings, asa_device
from tests.lab.asa.firewall import GATEWAY, ROUTE_BASED, WITH_MAP, WITH_VTI, firewall, typing


def after(seconds: float = 310) -> Cli:
    """A session on a firewall whose crypto map tunnel is up for that long."""
    device = firewall(WITH_MAP)
    device.advance(seconds)
    return typing(device)


def test_ikev1_associations() -> None:
    """The peer is printed by its name."""
    assert after().execute("show crypto ikev1 sa") == (
        "\nIKEv1 SAs:\n\n"
        "   Active SA: 1\n"
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
        "Total IKE SA: 1\n\n"
        "1   IKE Peer: partner-gw\n"
        "    Type    : L2L             Role    : initiator \n"
        "    Rekey   : no              State   : MM_ACTIVE \n"
    )


def test_ikev2_associations() -> None:
    lines = after().execute("show crypto ikev2 sa").splitlines()
    assert lines[:4] == [
        "",
        "IKEv2 SAs:",
        "",
        "Session-id:2, Status:UP-ACTIVE, IKE count:1, CHILD count:2",
    ]
    assert lines[6].split()[1:] == ["203.0.113.10/500", f"{GATEWAY}/500", "READY", "INITIATOR"]
    assert lines[7] == (
        "      Encr: AES-CBC, keysize: 256, Hash: SHA256, DH Grp:14, "
        "Auth sign: PSK, Auth verify: PSK"
    )
    assert lines[8] == "      Life/Active Time: 28800/310 sec"
    assert lines[9] == "Child sa: local selector  10.10.0.0/0 - 10.10.255.255/65535"
    assert lines[10] == "          remote selector 10.20.0.0/0 - 10.20.255.255/65535"
    assert lines[11].startswith("          ESP spi in/out: 0x")


def test_children_of_a_peer() -> None:
    text = after().execute(f"show crypto ipsec sa peer {GATEWAY}")
    assert text.startswith(
        f"peer address: {GATEWAY}\n"
        "    Crypto map tag: outside_map, seq num: 20, local addr: 203.0.113.10\n\n"
        "      access-list AZ-VPN extended permit ip 10.10.0.0 255.255.0.0 10.20.0.0 255.255.0.0 \n"
        "      local ident (addr/mask/prot/port): (10.10.0.0/255.255.0.0/0/0)\n"
        "      remote ident (addr/mask/prot/port): (10.20.0.0/255.255.0.0/0/0)\n"
        f"      current_peer: {GATEWAY}\n"
    )
    assert text.count("    inbound esp sas:\n") == text.count("    outbound esp sas:\n") == 2
    assert "      #pkts encaps: 31000, #pkts encrypt: 31000, #pkts digest: 31000\n" in text
    assert "         SA State: active\n" in text
    assert "         transform: esp-aes-gcm-256 esp-null-hmac no compression \n" in text
    assert "         in use settings ={L2L, Tunnel, PFS Group 14, IKEv2, }\n" in text
    assert "remaining key lifetime (kB/sec): (4147199/26690)\n" in text


def test_children_of_everybody_stand_below_their_interface() -> None:
    text = after().execute("show crypto ipsec sa")
    assert text.count("interface: outside\n") == 1
    assert "      current_peer: partner-gw\n" in text


def test_children_of_a_tunnel_interface() -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    device.advance(5)
    text = typing(device).execute(f"show crypto ipsec sa peer {GATEWAY} detail")
    assert "    Crypto map tag: __vti-crypto-map-" in text
    assert ", seq num: 65280, local addr: 203.0.113.10\n" in text
    assert "access-list" not in text
    assert "      #pkts no sa (send): 0, #pkts invalid sa (rcv): 0\n" in text
    assert "IKEv2, VTI, }" in text


def test_the_session_database() -> None:
    text = after().execute(f"show vpn-sessiondb detail l2l filter ipaddress {GATEWAY}")
    for line in (
        "Session Type: LAN-to-LAN Detailed",
        f"Connection   : {GATEWAY}",
        "Protocol     : IKEv2 IPsec",
        "Encryption   : IKEv2: (1)AES256  IPsec: (2)AES-GCM-256",
        "Hashing      : IKEv2: (1)SHA256  IPsec: (2)none",
        "Bytes Tx     : 6200000                Bytes Rx     : 6200000",
        "Login Time   : 08:00:00 UTC Sat Nov 21 2026",
        "Duration     : 0h:05m:10s",
        "IKEv2 Tunnels: 1",
        "IPsec Tunnels: 2",
        "  PRF          : SHA256                 D/H Group    : 14",
        "  Local Addr   : 10.10.0.0/255.255.0.0/0/0",
        "  Encapsulation: Tunnel                 PFS Group    : 14",
        "  Rekey Int (T): 27000 Seconds          Rekey Left(T): 26690 Seconds",
        "  Pkts Tx      : 31000                  Pkts Rx      : 31000",
    ):
        assert f"{line}\n" in text, line


def test_nothing_is_up() -> None:
    device = asa_device()
    device.configure("no crypto map outside_map interface outside")
    cli = typing(device)
    assert cli.execute("show crypto ikev1 sa") == "\nThere are no IKEv1 SAs\n"
    assert cli.execute("show crypto isakmp sa").count("There are no IKEv") == 2
    assert cli.execute("show crypto ipsec sa") == "\nThere are no ipsec sas\n"
    assert cli.execute("show vpn-sessiondb detail l2l") == (
        "INFO: There are presently no active sessions of the type specified\n"
    )
    assert cli.execute("show bgp summary") == "% BGP not active\n"


def test_what_the_hosts_say_decides_the_counters() -> None:
    device = firewall(WITH_MAP)
    device.crypto.traffic.back = False
    device.advance(10)
    text = typing(device).execute(f"show vpn-sessiondb l2l filter ipaddress {GATEWAY}")
    assert "Bytes Tx     : 200000                 Bytes Rx     : 0\n" in text


def test_interfaces() -> None:
    device = firewall(WITH_VTI, peer=ROUTE_BASED)
    device.advance(5)
    cli = typing(device)
    text = cli.execute("show interface Tunnel1")
    assert text.startswith('Interface Tunnel1 "azure", is up, line protocol is up\n')
    assert "\tSource interface: outside\tIP address: 203.0.113.10\n" in text
    assert f"\tDestination IP address: {GATEWAY}\n" in text
    assert cli.execute("show interface azure") == text
    device.configure("interface Tunnel1", "shutdown")
    device.advance(1)
    assert '"azure", is administratively down, line protocol is down' in cli.execute(
        "show interface Tunnel1"
    )
    assert cli.execute("show route azure").count("169.254.21.2, azure") == 0


def test_routes() -> None:
    cli = after()
    assert "S*       0.0.0.0 0.0.0.0 [1/0] via 203.0.113.1, outside\n" in cli.execute("show route")
    assert 'Known via "connected"' in cli.execute("show route 10.10.3.4")
    assert cli.execute("show route 10.20.0.4") == "% Network not in table\n"
    default = cli.execute("show route 0.0.0.0")
    assert "Routing entry for 0.0.0.0 0.0.0.0, supernet\n" in default
    assert 'Known via "static", distance 1, metric 0, candidate default path\n' in default
    assert "  * 203.0.113.1, via outside\n" in default


@pytest.mark.parametrize(("target", "works"), [("10.20.0.4", True), ("10.99.0.4", False)])
def test_ping(target: str, *, works: bool) -> None:
    text = after().execute(f"ping inside {target}")
    assert ("!!!!!" in text) is works
    assert f"Success rate is {100 if works else 0} percent" in text
    assert "TCP SYN" in after().execute(f"ping tcp {target} 443")


def test_the_packet_tracer() -> None:
    cli = after()
    text = cli.execute("packet-tracer input inside tcp 10.10.0.9 40000 10.20.0.4 443")
    assert "Type: VPN\nSubtype: encrypt\nResult: ALLOW\n" in text
    assert text.endswith("Action: allow\n\n")
    assert "Type: VPN" not in cli.execute("packet-tracer input inside icmp 10.10.0.9 8 0 8.8.8.8")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "access-list outside_in extended deny ip any any log"),
        (("no access-group outside_in in interface outside",), "Implicit Rule"),
        (
            ("access-list outside_in line 1 extended permit tcp any host 10.10.0.9 range 22 www",),
            "",
        ),
        (("access-list outside_in line 1 extended permit tcp any any gt 80",), "deny ip any any"),
        (
            (
                "no access-group outside_in in interface outside",
                "access-list ALL extended permit ip any any",
                "access-group ALL global",
            ),
            "",
        ),
        (
            (
                "access-list outside_in line 1 extended permit ip any any",
                "access-list LAN extended permit tcp any any neq 80",
                "access-group LAN out interface inside",
            ),
            "Implicit Rule",
        ),
    ],
)
def test_the_packet_tracer_asks_the_lists_of_interfaces(lines: tuple[str, ...], words: str) -> None:
    cli = typing(firewall(lines))
    text = cli.execute("packet-tracer input outside tcp 8.8.8.8 40000 10.10.0.9 80")
    assert text.endswith("Action: allow\n\n") is not bool(words)
    assert ("Type: ACCESS-LIST\nSubtype: \nResult: DROP\n" in text) is bool(words)
    assert words in text
    assert ("(acl-drop)" in text) is bool(words)


def test_who_the_device_is() -> None:
    settings = Settings(version="9.12(4)", serial="JAD123", platform="ASA5516")
    text = typing(asa_device(settings=settings)).execute("show version")
    assert "\nCisco Adaptive Security Appliance Software Version 9.12(4) \n" in text
    assert "\nHardware:   ASA5516, " in text
    assert "\nSerial Number: JAD123\n" in text
    assert "\nsite-b-asa up 0 secs\n" in text
    cli = typing(asa_device())
    assert cli.execute("show hostname fqdn") == "site-b-asa.branch.example.net\n"
    assert cli.execute("show clock") == "08:00:00.000 UTC Sat Nov 21 2026\n"


def test_lists_and_rules_with_their_numbers() -> None:
    cli = after()
    text = cli.execute("show access-list AZ-VPN")
    assert "access-list AZ-VPN; 1 elements; name hash: 0x" in text
    assert "access-list AZ-VPN line 1 extended permit ip object-group AZ-LAN" in text
    text = cli.execute("show nat")
    assert text.startswith("Manual NAT Policies (Section 1)\n1 (inside) to (outside) source static")
    assert (
        "Auto NAT Policies (Section 2)\n1 (inside) to (outside) source dynamic INSIDE-NET" in text
    )
