"""An ASA asked for all it knows: which questions, how answers join, and what refusals leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.errors import CommandRefused, SessionTimeout
from appliance.lab import AzurePeer, Policy
from appliance.lab import BgpPeer as LabPeer
from appliance.lab.asa import Cli, asa_device
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.change import Step
from appliance.model.state import BgpState, InterfaceState, RouteState, SaStatus
from appliance.model.tunnel import Remote, Tunnel
from appliance.verify import Outcome, passed, verify
from vendors.cisco_asa.parse import parse
from vendors.cisco_asa.state import state

GATEWAY = IPv4Address("198.51.100.7")
PEER = IPv4Address("10.20.255.30")

CONFIGURATION = """crypto ikev2 policy 20
encryption aes-256
integrity sha256
group 14
prf sha256
lifetime seconds 28800
crypto ipsec ikev2 ipsec-proposal azure
protocol esp encryption aes-256
protocol esp integrity sha-1
crypto ipsec profile azure
set ikev2 ipsec-proposal azure
crypto ikev2 enable outside
tunnel-group 198.51.100.7 type ipsec-l2l
tunnel-group 198.51.100.7 ipsec-attributes
ikev2 remote-authentication pre-shared-key Secret-1
ikev2 local-authentication pre-shared-key Secret-1
interface Tunnel1
nameif azure
ip address 169.254.0.1 255.255.255.252
tunnel source interface outside
tunnel destination 198.51.100.7
tunnel mode ipsec ipv4
tunnel protection ipsec profile azure
route azure 10.20.255.30 255.255.255.255 169.254.0.2
router bgp 65050
address-family ipv4 unicast
neighbor 10.20.255.30 remote-as 65515
neighbor 10.20.255.30 ebgp-multihop 2
neighbor 10.20.255.30 activate
"""
AZURE = AzurePeer(
    address="198.51.100.7",
    psk="Secret-1",
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha1", 0)),
    bgp=LabPeer(
        address="10.20.255.30",
        device_address="169.254.0.1",
        device_asn=65_050,
        prefixes=("10.20.0.0/16",),
    ),
)

IKEV2 = """
IKEv2 SAs:

Session-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1

Tunnel-id Local                 Remote                Status         Role
  1234567 203.0.113.10/4500     198.51.100.7/4500     READY    INITIATOR
      Encr: AES-CBC, keysize: 256, Hash: SHA256, DH Grp:14, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 28800/157 sec
"""
IPSEC = """interface: azure
    Crypto map tag: __vti-crypto-map-5-0-1, seq num: 65280, local addr: 203.0.113.10

      local ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
      remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
      current_peer: AzureGw

      #pkts encaps: 25, #pkts encrypt: 25, #pkts digest: 25
      #pkts decaps: 22, #pkts decrypt: 22, #pkts verify: 22
      local crypto endpt.: 203.0.113.10/4500, remote crypto endpt.: AzureGw/4500
      current outbound spi: 00000002
    inbound esp sas:
      spi: 0x00000001 (1)
         SA State: active
         transform: esp-aes-256 esp-sha-hmac no compression
         in use settings ={L2L, Tunnel, NAT-T-Encaps, IKEv2, VTI, }
    outbound esp sas:
      spi: 0x00000002 (2)
         SA State: active
         transform: esp-aes-256 esp-sha-hmac no compression
         in use settings ={L2L, Tunnel, NAT-T-Encaps, IKEv2, VTI, }
"""
SESSIONS = """Session Type: LAN-to-LAN Detailed

Connection   : AzureGw
Index        : 7                      IP Addr      : AzureGw
Protocol     : IKEv2 IPsecOverNatT
Duration     : 0h:02m:37s
IKEv2 Tunnels: 1
IPsecOverNatT Tunnels: 1

IKEv2:
  Encryption   : AES256                 Hashing      : SHA256
  PRF          : SHA256                 D/H Group    : 14
IPsecOverNatT:
  Local Addr   : 0.0.0.0/0.0.0.0/0/0
  Remote Addr  : 0.0.0.0/0.0.0.0/0/0
  Encryption   : AES256                 Hashing      : SHA1
  Bytes Tx     : 3000                   Bytes Rx     : 2000
  Pkts Tx      : 24                     Pkts Rx      : 21
"""
BGP = """BGP router identifier 10.255.0.1, local AS number 65050

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.20.255.30    4        65515    1446    1450       15    0    0 21:40:11        2
"""
BRIEF = """Interface              IP-Address      OK? Method Status                Protocol
GigabitEthernet0/0     203.0.113.10    YES CONFIG up                    up
Tunnel1                169.254.0.1     YES manual up                    up
"""
OUTSIDE = 'Interface GigabitEthernet0/0 "outside", is up, line protocol is up\n'
INSIDE = (
    "\nRouting entry for 10.20.255.30 255.255.255.255\n"
    '  Known via "static", distance 1, metric 0\n'
    "  Routing Descriptor Blocks:\n  * 169.254.0.2, via azure\n"
)
ANSWERS = {
    "show running-config name": "name 198.51.100.7 AzureGw description Azure\n",
    "show crypto ikev2 sa detail": IKEV2,
    "show crypto ipsec sa peer 198.51.100.7": IPSEC,
    "show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7": SESSIONS,
    "show bgp summary": BGP,
    "show interface ip brief": BRIEF,
    "show route 198.51.100.7": "% Network not in table\n",
    "show route 10.20.255.30": INSIDE,
    "show interface outside": OUTSIDE,
}


@dataclass
class Device:
    """A session with a device that knows these commands and refuses all others."""

    answers: Mapping[str, str]
    refusal: str = "ERROR: % Invalid input detected at '^' marker."
    asked: list[str] = field(default_factory=list)
    prompt: str = "fw"
    transcript: str = ""

    def run(self, command: str, *, timeout: float | None = None) -> str:
        del timeout
        self.asked.append(command)
        if command not in self.answers:
            raise CommandRefused("refused", command=command, answer=self.refusal)
        return self.answers[command]

    def configure(self, steps: Iterable[Step], **options: object) -> None:
        raise AssertionError(f"reading the state configures nothing: {(*steps, options)}")

    def close(self) -> None:
        """Nothing to hang up."""


HEAD = "interface GigabitEthernet0/0\nnameif outside\nip address 203.0.113.10 255.255.255.0\n"


def _tunnel() -> Tunnel:
    (tunnel,) = parse(HEAD + CONFIGURATION).tunnels
    return tunnel


TUNNEL = _tunnel()


def test_one_state_from_all_screens_and_every_rung_passes() -> None:
    device = Device(ANSWERS)
    found = state(device, (TUNNEL,))
    assert device.asked == list(ANSWERS)
    (peer,) = found.tunnels
    assert (peer.remote, peer.local) == (GATEWAY, IPv4Address("203.0.113.10"))
    assert (peer.ike, peer.child, peer.ike_version) == (SaStatus.UP, SaStatus.UP, IkeVersion.V2)
    assert (peer.encryption, peer.integrity, peer.group) == (
        Encryption.AES256,
        Integrity.SHA256,
        DhGroup.MODP2048,
    )
    assert (peer.age_seconds, peer.peer_port) == (157, 4500)
    (child,) = peer.children
    assert (child.packets_in, child.packets_out, child.integrity) == (22, 25, Integrity.SHA1)
    assert (child.bytes_in, child.bytes_out) == (2000, 3000)
    assert found.bgp == (
        BgpState(peer=PEER, asn=65_515, status="established", prefixes_received=2),
    )
    assert InterfaceState(name="Tunnel1", up=True) in found.interfaces
    assert InterfaceState(name="outside", up=True) in found.interfaces
    assert RouteState(prefix=IPv4Network("10.20.255.30/32"), via="Tunnel1") in found.routes
    findings = verify((TUNNEL,), found)
    assert {finding.verdict for finding in findings} == {Outcome.PASSED}


@pytest.mark.parametrize(
    "refused", ["show crypto ikev2 sa detail", "show bgp summary", "show interface outside",
                "show vpn-sessiondb detail l2l filter ipaddress 198.51.100.7"]
)  # fmt: skip
def test_a_command_this_release_refuses_is_not_fatal(refused: str) -> None:
    left = {name: answer for name, answer in ANSWERS.items() if name != refused}
    (peer,) = state(Device(left), (TUNNEL,)).tunnels
    assert (peer.remote, peer.ike, peer.child) == (GATEWAY, SaStatus.UP, SaStatus.UP)


def test_a_device_that_refuses_everything_tells_nothing() -> None:
    found = state(Device({}), (TUNNEL,))
    assert (found.tunnels[0].ike, found.tunnels[0].child, found.bgp) == (None, None, ())
    assert not passed(verify((TUNNEL,), found))


def test_old_releases_are_asked_in_their_own_words() -> None:
    table = "Gateway of last resort is 203.0.113.1 to network 0.0.0.0\n\n"
    old = {
        "show crypto isakmp sa detail": "1   IKE Peer: 198.51.100.7\n"
        "    Type    : L2L             Role    : initiator\n"
        "    Rekey   : no              State   : MM_ACTIVE\n",
        "show crypto ipsec sa peer 198.51.100.7": "There are no ipsec sas\n",
        "show route": f"{table}S    0.0.0.0 0.0.0.0 [1/0] via 203.0.113.1, outside\n",
    }
    tunnel = replace(TUNNEL, ike=replace(TUNNEL.ike, version=IkeVersion.V1), bgp=None)
    device = Device(old)
    found = state(device, (tunnel,))
    assert [one for one in device.asked if one.startswith("show crypto ik")] == [
        "show crypto ikev1 sa detail"
    ]
    assert device.asked.count("show route") == 1
    assert (found.tunnels[0].ike, found.tunnels[0].child) == (SaStatus.UP, SaStatus.DOWN)
    assert found.routes == (RouteState(prefix=IPv4Network("0.0.0.0/0"), via="outside"),)


def test_many_peers_are_asked_for_at_once() -> None:
    many = tuple(IPv4Address(f"198.51.100.{n}") for n in range(1, 6))
    device = Device({})
    state(device, (replace(TUNNEL, remote=Remote(addresses=many)),))
    assert "show crypto ipsec sa" in device.asked
    assert "show vpn-sessiondb detail l2l" in device.asked


def test_a_lost_session_is_not_taken_for_a_refusal() -> None:
    class Dead(Device):
        def run(self, command: str, *, timeout: float | None = None) -> str:
            raise SessionTimeout(f"no answer to {command} in {timeout}")

    with pytest.raises(SessionTimeout):
        state(Dead({}), (TUNNEL,))


class Terminal(Device):
    """The same session with the lab's firewall at the other end."""

    cli: Cli

    def run(self, command: str, *, timeout: float | None = None) -> str:
        assert timeout is None
        answer = self.cli.execute(command)
        if "ERROR: %" in answer:
            raise CommandRefused("refused", command=command, answer=answer)
        return answer


def _on_firewall(azure: AzurePeer, configuration: str = CONFIGURATION) -> Terminal:
    firewall = asa_device("site-b", peers=[azure])
    firewall.configure(*configuration.splitlines())
    firewall.advance(120)
    terminal = Terminal({})
    terminal.cli = Cli(firewall)
    terminal.cli.become()
    return terminal


def _verdicts(terminal: Terminal) -> dict[str, str]:
    findings = verify((TUNNEL,), state(terminal, (TUNNEL,)))
    return {finding.rung.value: finding.verdict.value for finding in findings}


def test_a_firewall_with_the_tunnel_up_passes_every_rung() -> None:
    terminal = _on_firewall(AZURE)
    assert set(_verdicts(terminal).values()) == {"passed"}
    found = state(terminal, (TUNNEL,))
    (ours,) = [peer for peer in found.tunnels if peer.remote == GATEWAY]
    assert ours.children[0].status is SaStatus.UP


def test_a_firewall_whose_gateway_has_another_key_fails_at_the_ike_sa() -> None:
    told = _verdicts(_on_firewall(replace(AZURE, psk="Secret-2")))
    assert told["ike"] == "failed"


def test_a_firewall_without_the_tunnel_lists_it_as_down() -> None:
    told = state(_on_firewall(AZURE, "hostname site-b\n"), (TUNNEL,))
    (ours,) = [peer for peer in told.tunnels if peer.remote == GATEWAY]
    assert (ours.ike, ours.child) == (SaStatus.DOWN, SaStatus.DOWN)
    assert told.bgp == (BgpState(peer=PEER),)
