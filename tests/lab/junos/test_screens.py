"""What the SRX shows of itself, in Junos's layouts."""

from __future__ import annotations

from appliance.lab.junos import Settings
from tests.lab.junos.scene import BGP, device, plain, said, session


def test_ike_associations_are_listed() -> None:
    made = device()
    made.advance(60)
    lines = said(session(made), "show security ike security-associations").splitlines()
    assert lines[0].split("  ")[0] == "Index"
    found = [line.split() for line in lines[1:]]
    assert [(row[1], row[4], row[5]) for row in found] == [
        ("UP", "Main", "192.0.2.50"),
        ("UP", "IKEv2", "198.51.100.7"),
    ]
    assert all(len(row[2]) == len(row[3]) == 16 for row in found)


def test_a_peer_that_does_not_answer_is_down() -> None:
    made = device("delete security ike gateway az version")
    row = said(session(made), "show security ike sa 198.51.100.7").splitlines()[-1].split()
    assert row[1] == "DOWN"
    assert row[3] == "0" * 16


def test_the_detail_of_ike_names_what_was_agreed() -> None:
    made = device()
    made.advance(100)
    text = said(session(made), "show security ike sa 198.51.100.7 detail")
    for line in (
        "IKE peer 198.51.100.7, Index ",
        "  Role: Initiator, State: UP\n",
        "  Local gateway interface: ge-0/0/0.0\n",
        "  Local: 203.0.113.10:500, Remote: 198.51.100.7:500\n",
        "  Lifetime: Expires in 28700 seconds\n",
        "   Authentication        : hmac-sha256-128 \n",
        "   Encryption            : aes256-cbc\n",
        "   Pseudo random function: hmac-sha256\n",
        "   Diffie-Hellman group  : DH-group-14\n",
    ):
        assert line in text


def test_ipsec_associations_come_in_pairs() -> None:
    made = device()
    made.advance(600)
    lines = said(session(made), "show security ipsec sa").splitlines()
    assert lines[0] == "  Total active tunnels: 2     Total IPsec sas: 2"
    ours = [line.split() for line in lines if "198.51.100.7" in line]
    assert [row[0] for row in ours] == ["<131074", ">131074"]
    assert {row[1] for row in ours} == {"ESP:aes-gcm-256/None"}
    assert {tuple(row[3:5]) for row in ours} == {("26400/", "unlim")}
    assert ours[0][2] != ours[1][2]


def test_the_detail_of_one_tunnel() -> None:
    made = device()
    text = said(session(made), "show security ipsec sa index 131074 detail")
    assert text.startswith("ID: 131074 Virtual-system: root, VPN Name: az\n")
    assert "Version: IKEv2\n" in text
    assert "Bind-interface: st0.1" in text
    assert text.count("State: installed") == 2
    assert "Encryption: aes-gcm (256 bits)" in text
    assert "PARTNER" not in text


def test_interfaces_of_tunnels_are_up_with_them() -> None:
    made = device()
    assert "st0.1                   up    up   inet\n" in said(
        session(made), "show interfaces terse st0"
    )
    made.configure("set security ike policy az pre-shared-key ascii-text other")
    text = said(session(made), "show interfaces terse")
    assert "st0.1                   up    down inet\n" in text
    assert "ge-0/0/0.0              up    up   inet     203.0.113.10/24\n" in text
    assert said(session(made), "show interfaces terse ge-0/0/9") == (
        "error: device ge-0/0/9 not found\n"
    )


def test_routes_are_looked_up() -> None:
    cli = session(device())
    assert said(cli, "show route 10.1.2.3") == (
        "\ninet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)\n"
        "+ = Active Route, - = Last Active, * = Both\n\n"
        "10.1.0.0/16        *[Static/5] 00:00:00\n                    >  via st0.1\n"
    )
    assert ">  to 203.0.113.1 via ge-0/0/0.0" in said(cli, "show route 8.8.8.8")
    assert said(cli, "show route 10.1.0.0/16 exact protocol bgp") == ""
    assert said(cli, "show route nowhere").endswith("syntax error.\n")


def test_policies_and_zones_are_listed() -> None:
    made = device()
    made.advance(10)
    cli = session(made)
    hits = said(cli, "show security policies hit-count").splitlines()
    assert [row.split()[3:] for row in hits if "azure" in row] == [
        ["out", "10", "Permit"],
        ["in", "10", "Permit"],
    ]
    text = said(cli, "show security policies from-zone trust to-zone azure")
    assert "Default policy: deny-all\n" in text
    assert "From zone: trust, To zone: azure\n  Policy: out, State: enabled, Index: 7" in text
    assert "    Source addresses: branch-lan\n    Destination addresses: az1\n" in text
    assert "  Interfaces:\n    st0.1\n" in said(cli, "show security zones azure")


def test_neighbors_tell_what_they_exchange() -> None:
    made = device(*BGP)
    cli = session(made)
    text = said(cli, "show bgp neighbor 10.1.255.30")
    assert text.startswith("Peer: 10.1.255.30+179 AS 65515 Local: 10.10.0.1+51234 AS 65010\n")
    assert "  Export: [ TO-AZ ]\n" in text
    assert "    Advertised prefixes:          1\n" in text
    assert "10.2.0.0/16" in said(cli, "show route receive-protocol bgp 10.1.255.30")
    assert said(cli, "show bgp neighbor 10.9.9.9") == ""
    assert said(session(plain()), "show bgp summary") == "BGP is not running\n"


def test_the_box_names_itself() -> None:
    cli = session(plain(Settings(serial="CV0815", model="srx1500", version="22.4R3")))
    assert said(cli, "show version").splitlines()[:3] == [
        "Hostname: site-a-srx",
        "Model: srx1500",
        "Junos: 22.4R3",
    ]
    chassis = said(cli, "show chassis hardware").splitlines()[2]
    assert chassis.split() == ["Chassis", "CV0815", "SRX1500"]
    old = session(plain(Settings(version="12.1X46-D86")))
    assert "JUNOS Software Release [12.1X46-D86]\n" in said(old, "show version")


def test_time_passes() -> None:
    made = plain()
    made.advance(90_000)
    text = said(session(made), "show system uptime")
    assert "Current time: 2026-11-22 09:00:00 UTC\n" in text
    assert "(1d 01:00 ago)" in text
    assert " 9:00AM  up 1 day, 1:00, " in text


def test_users_and_editors_are_listed() -> None:
    made = plain()
    cli = session(made, "configure")
    other = session(made, user="root")
    assert other.prompt == "root@site-a-srx:~ # "
    users = said(session(made), "show system users")
    assert users.count("-cli (cli)") == 3
    assert "  netops terminal pts/0 (pid " in said(cli, "status")


def test_the_session_has_its_settings() -> None:
    cli = session(plain())
    assert said(cli, "set cli screen-length 0") == "Screen length set to 0\n"
    assert said(cli, "set cli screen-width 511") == "Screen width set to 511\n"
    assert said(cli, "set cli complete-on-space off") == "Disabling complete-on-space\n"
    assert "CLI complete-on-space set to off\n" in said(cli, "show cli")
    assert "not within range" in said(cli, "set cli screen-width 7")
    assert said(cli, "set cli bogus 7").endswith("syntax error.\n")
    assert said(cli, "set cli screen-length").endswith("missing argument.\n")


def test_unknown_and_unfinished_commands_are_refused() -> None:
    cli = session(plain())
    width = len("netops@site-a-srx> ")
    assert said(cli, "shw version") == " " * width + "^\nunknown command.\n"
    assert said(cli, "show foo") == " " * (width + 5) + "^\nsyntax error, expecting <command>.\n"
    assert "expecting <command>." in said(cli, "show security")
    assert said(cli, "s") == " " * width + "^\n's' is ambiguous.\n"
    assert said(cli, "") == ""
    assert said(cli, "# a remark") == ""


def test_pings_go_where_routes_lead() -> None:
    made = device()
    cli = session(made)
    assert "2 packets received, 0% packet loss" in said(cli, "ping 10.1.0.4 count 2 rapid")
    made.crypto.traffic.back = False
    assert "0 packets received, 100% packet loss" in said(cli, "ping 10.1.0.4 count 2")
    made.configure("deactivate routing-options static route 0.0.0.0/0")
    assert "No route to host" in said(cli, "ping 8.8.8.8 count 1")


def test_restarting_the_key_daemon_renews_every_tunnel() -> None:
    made = device()
    made.advance(100)
    before = made.crypto.live["az"].since
    assert said(session(made), "restart ipsec-key-management").startswith("IPSec Key Management")
    assert made.crypto.live["az"].since > before
    assert "Total sessions: 2\n" in said(session(made), "show security flow session tunnel")


def test_an_interface_is_described() -> None:
    made = device()
    made.advance(10)
    cli = session(made)
    text = said(cli, "show interfaces st0.1")
    assert text.startswith("Physical interface: st0, Enabled, Physical link is Up\n")
    assert "  Logical interface st0.1 (Index 71)" in text
    assert "Security: Zone: azure\n    Allowed host-inbound traffic : bgp\n" in text
    assert "Output packets: 1000\n" in text
    assert "st0.50" not in text
    outside = said(cli, "show interfaces ge-0/0/0 detail")
    assert "Allowed host-inbound traffic : ike ping\n" in outside
    assert "Destination: 203.0.113.0/24, Local: 203.0.113.10\n" in outside
    assert "ge-0/0/0        up    up   outside\n" in said(cli, "show interfaces descriptions")
    assert said(cli, "show interfaces ge-0/0/9") == "error: device ge-0/0/9 not found\n"
