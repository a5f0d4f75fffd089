"""A device asked for all it knows: which questions, how answers join, and what refusals leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from appliance.errors import CommandRefused, SessionTimeout
from appliance.lab.junos import Cli, Settings, junos_device
from appliance.model.change import Step
from appliance.model.state import BgpState, InterfaceState, SaStatus
from appliance.model.tunnel import Tunnels
from vendors.juniper_junos.parse import parse
from vendors.juniper_junos.state import state

CONFIGURATION = """set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.10/24
set interfaces st0 unit 1 family inet address 10.255.0.1/30
set interfaces st0 unit 2 family inet
set security ike policy P proposal-set standard
set security ike policy P pre-shared-key ascii-text k
set security ike gateway G ike-policy P
set security ike gateway G address 198.51.100.7
set security ike gateway G external-interface ge-0/0/0.0
set security ike gateway G version v2-only
set security ipsec policy E proposal-set standard
set security ipsec vpn A bind-interface st0.1
set security ipsec vpn A ike gateway G
set security ipsec vpn A ike ipsec-policy E
set security ipsec vpn B bind-interface st0.2
set security ipsec vpn B ike gateway G
set security ipsec vpn B ike ipsec-policy E
set routing-options static route 10.20.0.0/16 next-hop st0.1
set routing-options autonomous-system 65001
set protocols bgp group A neighbor 10.255.0.2 peer-as 65515
"""
TUNNELS: Tunnels = parse(CONFIGURATION).tunnels

IKE = """IKE peer 198.51.100.7, Index 24, Gateway Name: G
  Role: Initiator, State: UP
  Initiator cookie: 5d3f2a1b9c8e7f60, Responder cookie: a1b2c3d4e5f60718
  Exchange type: IKEv2, Authentication method: Pre-shared-keys
  Local: 203.0.113.10:500, Remote: 198.51.100.7:500
  Algorithms:
   Authentication        : hmac-sha1-96
   Encryption            : aes128-cbc
   Pseudo random function: hmac-sha1
   Diffie-Hellman group  : DH-group-2
"""


def ipsec(index: int, unit: int) -> str:
    return f"""ID: {index} Virtual-system: root, VPN Name: V
  Local Gateway: 203.0.113.10, Remote Gateway: 198.51.100.7
  Local Identity: ipv4_subnet(any:0,[0..7]=0.0.0.0/0)
  Remote Identity: ipv4_subnet(any:0,[0..7]=0.0.0.0/0)
  Version: IKEv2
  DF-bit: clear, Bind-interface: st0.{unit}
  Port: 500, Nego#: 1
  Direction: inbound, SPI: 9433{index:04x}, AUX-SPI: 0
    Mode: Tunnel(0 0), Type: dynamic, State: installed
    Protocol: ESP, Authentication: hmac-sha1-96, Encryption: aes-cbc (128 bits)
  Direction: outbound, SPI: b941{index:04x}, AUX-SPI: 0
    Mode: Tunnel(0 0), Type: dynamic, State: installed
    Protocol: ESP, Authentication: hmac-sha1-96, Encryption: aes-cbc (128 bits)
"""


COUNTERS = "ESP Statistics:\n  Encrypted bytes:  {}\n  Decrypted bytes:  7\n"
ANSWERS = {
    "show security ike security-associations detail": IKE,
    "show security ipsec security-associations detail": ipsec(11, 1) + "\n" + ipsec(12, 2),
    "show security ipsec statistics index 11": COUNTERS.format(100),
    "show security ipsec statistics index 12": COUNTERS.format(200),
    "show security ipsec inactive-tunnels": "  Total inactive tunnels: 0\n",
    "show interfaces terse st0": "st0.1   up    up   inet\nst0.2   up    down inet\n",
    "show bgp summary": "10.255.0.2   65515  4  4  0  0  1:02:03 Establ\n  inet.0: 2/3/3/0\n",
}


@dataclass
class Device:
    """Answers what it knows, refuses some commands, and remembers what it was asked."""

    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    refused: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    prompt: str = "root@srx> "
    transcript: str = ""

    def run(self, command: str, *, timeout: float | None = None) -> str:
        del timeout
        self.asked.append(command)
        if command in self.refused:
            raise CommandRefused("refused", command=command, answer="syntax error.")
        return self.answers.get(command, "")

    def configure(self, steps: Iterable[Step], **options: object) -> None:
        del steps, options
        raise AssertionError("reading a state configures nothing")

    def close(self) -> None:
        pass


def test_two_tunnels_through_one_gateway_share_its_ike_sa() -> None:
    device = Device()
    found = state(device, TUNNELS)
    assert [(one.interface, one.ike, one.child) for one in found.tunnels] == [
        ("st0.1", SaStatus.UP, SaStatus.UP),
        ("st0.2", SaStatus.UP, SaStatus.UP),
    ]
    assert [one.children[0].bytes_out for one in found.tunnels] == [100, 200]
    assert [one.children[0].bytes_in for one in found.tunnels] == [7, 7]
    assert found.interfaces == (
        InterfaceState(name="st0.1", up=True),
        InterfaceState(name="st0.2", up=False),
    )
    assert [(one.asn, one.status, one.prefixes_received) for one in found.bgp] == [
        (65515, "established", 3)
    ]
    assert "show route 10.20.0.0 table inet.0" in device.asked
    assert len(device.asked) == len(set(device.asked))


def test_what_is_not_listed_is_down() -> None:
    found = state(Device(answers={}), TUNNELS)
    assert [(str(one.remote), one.ike, one.child) for one in found.tunnels] == [
        ("198.51.100.7", SaStatus.DOWN, SaStatus.DOWN)
    ]
    assert [(str(one.peer), one.status) for one in found.bgp] == [("10.255.0.2", "idle")]


def test_what_is_refused_is_not_known() -> None:
    found = state(Device(refused=frozenset(ANSWERS)), TUNNELS)
    assert [(one.ike, one.child) for one in found.tunnels] == [(None, None)]
    assert (found.bgp, found.interfaces, found.routes) == ((), (), ())


@pytest.mark.parametrize("refused", ANSWERS)
def test_one_refused_command_leaves_the_others(refused: str) -> None:
    found = state(Device(refused=frozenset({refused})), TUNNELS)
    assert found.tunnels
    told = {
        "show security ike": all(one.ike is SaStatus.UP for one in found.tunnels),
        "show security ipsec security": all(one.child is SaStatus.UP for one in found.tunnels),
        "show interfaces": bool(found.interfaces),
        "show bgp": bool(found.bgp),
    }
    assert {name for name, known in told.items() if not known} == {
        name for name in told if refused.startswith(name)
    }


def test_a_tunnel_that_is_down_says_so_itself() -> None:
    answers = dict(ANSWERS)
    answers["show security ipsec security-associations detail"] = ""
    answers["show security ipsec inactive-tunnels"] = (
        "  Total inactive tunnels: 1\n  ID     Port  Nego#  Fail#  Flag      Gateway      Reason\n"
        "  11     500   1      1      600a29    198.51.100.7     No proposal chosen\n"
    )
    found = state(Device(answers=answers), TUNNELS)
    assert [(one.ike, one.child) for one in found.tunnels] == [(SaStatus.UP, SaStatus.DOWN)]


def test_a_lost_connection_is_not_an_answer() -> None:
    class Gone(Device):
        def run(self, command: str, *, timeout: float | None = None) -> str:
            raise SessionTimeout(f"gone at {command} after {timeout}")

    with pytest.raises(SessionTimeout):
        state(Gone(), TUNNELS)


def test_the_labs_firewall_is_understood() -> None:
    cli = Cli(junos_device(settings=Settings(version="21.4R3-S1.5")), user="root")
    cli.length = 0

    class Lab(Device):
        def run(self, command: str, *, timeout: float | None = None) -> str:
            del timeout
            return cli.execute(command)

    tunnels = parse(cli.execute("show configuration | display set")).tunnels
    found = state(Lab(), tunnels)
    assert [(one.interface, one.ike, one.child) for one in found.tunnels] == [
        ("st0.50", SaStatus.UP, SaStatus.UP)
    ]
    assert BgpState not in {type(one) for one in found.bgp}
    assert InterfaceState(name="st0.50", up=True) in found.interfaces
    assert [route.via for route in found.routes if route.prefix.prefixlen == 24] == ["st0.50"]
