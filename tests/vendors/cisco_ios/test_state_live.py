"""A device asked for all it knows: which questions, how answers join, and what refusals leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from appliance.errors import CommandRefused, SessionTimeout
from appliance.lab import AzurePeer, Cli, Policy, ios_device
from appliance.lab import BgpPeer as LabPeer
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.change import Step
from appliance.model.state import BgpState, InterfaceState, RouteState, SaStatus
from appliance.model.tunnel import (
    Bgp,
    BgpPeer,
    Esp,
    EspProposal,
    Ike,
    IkeProposal,
    Local,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from appliance.verify import Outcome, passed, verify
from vendors.cisco_ios.state import state

GATEWAY = IPv4Address("198.51.100.7")
PEER = IPv4Address("10.20.255.30")

TUNNEL = Tunnel(
    name="Tunnel1",
    mode=Mode.ROUTE_BASED,
    local=Local(interface="GigabitEthernet1"),
    remote=Remote(addresses=(GATEWAY,)),
    interface=TunnelInterface(name="Tunnel1", address=IPv4Interface("169.254.0.1/30")),
    ike=Ike(
        version=IkeVersion.V2,
        proposals=(
            IkeProposal(
                name="azure",
                encryption=(Encryption.AES256,),
                integrity=(Integrity.SHA256,),
                prf=(Prf.SHA256,),
                groups=(DhGroup.MODP2048,),
                lifetime_seconds=28_800,
            ),
        ),
    ),
    esp=Esp(
        proposals=(
            EspProposal(name="azure", encryption=(Encryption.AES256,), integrity=(Integrity.SHA1,)),
        )
    ),
    routes=(IPv4Network("10.20.255.30/32"),),
    bgp=Bgp(local_asn=65_050, peers=(BgpPeer(address=PEER, asn=65_515, multihop=2),)),
)

IKEV2 = """ IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         203.0.113.10/500      198.51.100.7/500      none/none            READY
      Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:14, Auth sign: PSK
, Auth verify: PSK
      Life/Active Time: 28800/157 sec
"""
IPSEC = """interface: Tunnel1
    Crypto map tag: Tunnel1-head-0, local addr 203.0.113.10

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   current_peer 198.51.100.7 port 500
    #pkts encaps: 25, #pkts encrypt: 25, #pkts digest: 25
    #pkts decaps: 22, #pkts decrypt: 22, #pkts verify: 22
     local crypto endpt.: 203.0.113.10, remote crypto endpt.: 198.51.100.7
     current outbound spi: 0x2(2)
     inbound esp sas:
      spi: 0x1(1)
        transform: esp-256-aes esp-sha-hmac ,
        Status: ACTIVE(ACTIVE)
     outbound esp sas:
      spi: 0x2(2)
        transform: esp-256-aes esp-sha-hmac ,
        Status: ACTIVE(ACTIVE)
"""
SESSION = """Crypto session current status

Interface: Tunnel1
Uptime: 00:02:30
Session status: UP-ACTIVE
Peer: 198.51.100.7 port 500 fvrf: (none) ivrf: (none)
  IKEv2 SA: local 203.0.113.10/500 remote 198.51.100.7/500 Active
  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 21 drop 0 life (KB/Sec) 4607998/3442
        Outbound: #pkts enc'ed 24 drop 0 life (KB/Sec) 4607999/3442
"""
BGP = """BGP router identifier 10.255.0.1, local AS number 65050

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.20.255.30    4        65515    1446    1450       15    0    0 21:40:11        2
"""
BRIEF = """Interface              IP-Address      OK? Method Status                Protocol
GigabitEthernet1       203.0.113.10    YES NVRAM  up                    up
Tunnel1                169.254.0.1     YES manual up                    up
"""
OUTSIDE = "Routing entry for 0.0.0.0/0, supernet\n  Routing Descriptor Blocks:\n  * 203.0.113.1\n"
INSIDE = (
    "Routing entry for 10.20.255.30/32\n"
    "  Routing Descriptor Blocks:\n  * directly connected, via Tunnel1\n"
)
ANSWERS = {
    "show crypto ikev2 sa detailed": IKEV2,
    "show crypto ipsec sa peer 198.51.100.7": IPSEC,
    "show ip bgp summary": BGP,
    "show crypto session detail": SESSION,
    "show ip interface brief": BRIEF,
    "show ip route 198.51.100.7": OUTSIDE,
    "show ip route 10.20.255.30": INSIDE,
}


@dataclass
class Device:
    """A session with a device that knows these commands and refuses all others."""

    answers: Mapping[str, str]
    refusal: str = "% Invalid input detected at '^' marker."
    asked: list[str] = field(default_factory=list)
    prompt: str = "rtr"
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


def _without(*commands: str) -> dict[str, str]:
    return {name: answer for name, answer in ANSWERS.items() if name not in commands}


def test_one_state_from_all_screens_and_every_rung_passes() -> None:
    device = Device(ANSWERS)
    found = state(device, (TUNNEL,))
    assert device.asked == list(ANSWERS)
    (peer,) = found.tunnels
    assert (peer.remote, peer.local, peer.interface) == (
        GATEWAY,
        IPv4Address("203.0.113.10"),
        "Tunnel1",
    )
    assert (peer.ike, peer.child, peer.ike_version) == (SaStatus.UP, SaStatus.UP, IkeVersion.V2)
    assert (peer.encryption, peer.integrity, peer.group) == (
        Encryption.AES256,
        Integrity.SHA256,
        DhGroup.MODP2048,
    )
    assert peer.age_seconds == 157
    (child,) = peer.children
    assert (child.packets_in, child.packets_out, child.integrity) == (22, 25, Integrity.SHA1)
    assert found.bgp == (
        BgpState(peer=PEER, asn=65_515, status="established", prefixes_received=2),
    )
    assert InterfaceState(name="Tunnel1", up=True) in found.interfaces
    assert RouteState(prefix=IPv4Network("10.20.255.30/32"), via="Tunnel1") in found.routes
    findings = verify((TUNNEL,), found)
    assert {finding.verdict for finding in findings} == {Outcome.PASSED}


@pytest.mark.parametrize("refused", ANSWERS)
def test_a_command_this_image_refuses_is_not_fatal(refused: str) -> None:
    found = state(Device(_without(refused)), (TUNNEL,))
    assert [one.remote for one in found.tunnels] == [GATEWAY]
    assert found.tunnels[0].ike is SaStatus.UP
    assert found.tunnels[0].child is SaStatus.UP
    # A single prefix without an answer has no route but the default one.
    assert passed(verify((TUNNEL,), found)) is (refused != "show ip route 10.20.255.30")


def test_a_device_that_refuses_everything_tells_nothing() -> None:
    found = state(Device({}), (TUNNEL,))
    assert (found.tunnels[0].ike, found.tunnels[0].child, found.bgp) == (None, None, ())
    assert not passed(verify((TUNNEL,), found))


def test_an_sa_that_its_own_table_does_not_list_is_down() -> None:
    empty = {**ANSWERS, "show crypto ikev2 sa detailed": "", "show crypto session detail": ""}
    empty["show crypto ipsec sa peer 198.51.100.7"] = "\n"
    (peer,) = state(Device(empty), (TUNNEL,)).tunnels
    assert (peer.remote, peer.ike, peer.child) == (GATEWAY, SaStatus.DOWN, SaStatus.DOWN)


def test_of_two_tunnels_to_one_gateway_the_one_without_sas_is_down() -> None:
    first = replace(TUNNEL, local=Local(address=IPv4Address("203.0.113.10")))
    second = replace(TUNNEL, name="Tunnel2", local=Local(address=IPv4Address("203.0.113.11")))
    found = state(Device(ANSWERS), (first, second))
    told = {str(one.local): (one.ike, one.child) for one in found.tunnels}
    assert told == {
        "203.0.113.10": (SaStatus.UP, SaStatus.UP),
        "203.0.113.11": (SaStatus.DOWN, SaStatus.DOWN),
    }
    findings = [one for one in verify((first, second), found) if one.rung.value == "ike"]
    assert [one.verdict.value for one in findings] == ["passed", "failed"]


def test_bgp_that_is_not_configured_is_idle_not_unknown() -> None:
    device = Device(_without("show ip bgp summary"), refusal="% BGP not active\n")
    assert state(device, (TUNNEL,)).bgp == (BgpState(peer=PEER),)
    listed = Device({**ANSWERS, "show ip bgp summary": ""})
    assert state(listed, (TUNNEL,)).bgp == (BgpState(peer=PEER),)


def test_algorithms_of_a_child_sa_do_not_stand_in_for_the_ike_sa() -> None:
    (peer,) = state(Device(_without("show crypto ikev2 sa detailed")), (TUNNEL,)).tunnels
    assert (peer.encryption, peer.integrity, peer.group) == (None, None, None)
    assert peer.children[0].encryption is Encryption.AES256


def test_the_short_table_of_ikev1_is_turned_by_the_known_gateway() -> None:
    rows = (
        "dst             src             state          conn-id status\n"
        "203.0.113.10    198.51.100.7    QM_IDLE           1001 ACTIVE\n"
    )
    tunnel = replace(TUNNEL, ike=replace(TUNNEL.ike, version=IkeVersion.V1), bgp=None)
    found = state(Device({"show crypto isakmp sa": rows}), (tunnel,))
    (peer,) = found.tunnels
    assert (peer.remote, peer.local) == (GATEWAY, IPv4Address("203.0.113.10"))
    assert peer.ike is SaStatus.UP


def test_questions_follow_vrf_selectors_and_the_number_of_peers() -> None:
    assert TUNNEL.interface is not None
    inner = replace(TUNNEL.interface, vrf="BLUE")
    pair = TrafficSelector(local=IPv4Network("10.10.0.0/16"), remote=IPv4Network("10.20.0.0/16"))
    many = tuple(IPv4Address(f"198.51.100.{n}") for n in range(1, 6))
    tunnel = replace(
        TUNNEL,
        interface=inner,
        local=replace(TUNNEL.local, vrf="OUT"),
        remote=Remote(addresses=many),
        selectors=(pair,),
    )
    device = Device({})
    state(device, (tunnel,))
    assert "show crypto ipsec sa" in device.asked
    assert "show ip bgp vpnv4 vrf BLUE summary" in device.asked
    assert "show ip route vrf OUT 198.51.100.1" in device.asked
    assert "show ip route vrf BLUE 10.20.0.0" in device.asked
    assert "show ip route vrf BLUE 10.20.255.30" in device.asked


def test_a_lost_session_is_not_taken_for_a_refusal() -> None:
    class Dead(Device):
        def run(self, command: str, *, timeout: float | None = None) -> str:
            raise SessionTimeout(f"no answer to {command} in {timeout}")

    with pytest.raises(SessionTimeout):
        state(Dead({}), (TUNNEL,))


def test_garbage_as_an_answer_leaves_the_rung_unknown() -> None:
    device = Device({**ANSWERS, "show crypto ikev2 sa detailed": "<html>502</html>"})
    (peer,) = state(device, (TUNNEL,)).tunnels
    assert peer.ike is SaStatus.UP  # the session still tells
    assert peer.encryption is None


CONFIGURATION = """crypto ikev2 proposal azure
encryption aes-cbc-256
integrity sha256
group 14
crypto ikev2 policy azure
proposal azure
crypto ikev2 keyring azure
peer azure
address 198.51.100.7
pre-shared-key Secret-1
crypto ikev2 profile azure
match identity remote address 198.51.100.7 255.255.255.255
authentication remote pre-share
authentication local pre-share
keyring local azure
crypto ipsec transform-set azure esp-aes 256 esp-sha-hmac
crypto ipsec profile azure
set transform-set azure
set ikev2-profile azure
interface Tunnel1
ip address 169.254.0.1 255.255.255.252
tunnel source GigabitEthernet1
tunnel mode ipsec ipv4
tunnel destination 198.51.100.7
tunnel protection ipsec profile azure
ip route 10.20.255.30 255.255.255.255 Tunnel1
router bgp 65050
neighbor 10.20.255.30 remote-as 65515
neighbor 10.20.255.30 ebgp-multihop 2
neighbor 10.20.255.30 update-source Loopback0
"""
AZURE = AzurePeer(
    address="198.51.100.7",
    psk="Secret-1",
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha1", 0)),
    bgp=LabPeer(
        address="10.20.255.30",
        device_address="10.255.0.1",
        device_asn=65_050,
        prefixes=("10.20.0.0/16",),
    ),
)


class Terminal(Device):
    """The same session with the lab's router at the other end."""

    cli: Cli

    def run(self, command: str, *, timeout: float | None = None) -> str:
        assert timeout is None
        answer = self.cli.execute(command)
        if "% Invalid input" in answer or answer.startswith("% "):
            raise CommandRefused("refused", command=command, answer=answer)
        return answer


def _on_router(azure: AzurePeer, configuration: str = CONFIGURATION) -> Terminal:
    router = ios_device("site-a", peers=[azure])
    router.configure(*configuration.splitlines())
    router.advance(120)
    terminal = Terminal({})
    terminal.cli = Cli(router, privilege=15)
    return terminal


def _verdicts(terminal: Terminal) -> dict[str, str]:
    findings = verify((TUNNEL,), state(terminal, (TUNNEL,)))
    return {finding.rung.value: finding.verdict.value for finding in findings}


def test_a_router_with_the_tunnel_up_passes_every_rung() -> None:
    terminal = _on_router(AZURE)
    assert set(_verdicts(terminal).values()) == {"passed"}
    found = state(terminal, (TUNNEL,))
    (ours,) = [peer for peer in found.tunnels if peer.remote == GATEWAY]
    assert ours.age_seconds == 120
    assert ours.children[0].packets_in == ours.children[0].packets_out == 12000


@pytest.mark.parametrize(
    "azure",
    [
        replace(AZURE, psk="Secret-2"),
        replace(AZURE, reachable=False),
        replace(AZURE, policy=Policy(ike=("aes256", "sha1", 2), esp=("aes256", "sha1", 0))),
    ],
)
def test_a_router_whose_gateway_does_not_agree_fails_at_the_ike_sa(azure: AzurePeer) -> None:
    told = _verdicts(_on_router(azure))
    assert (told["reachable"], told["ike"], told["child"]) == ("passed", "failed", "unknown")


def test_a_router_whose_child_sa_is_refused_fails_there() -> None:
    azure = replace(AZURE, policy=Policy(ike=("aes256", "sha256", 14), esp=("aes128", "sha1", 0)))
    told = _verdicts(_on_router(azure))
    assert (told["ike"], told["key"], told["child"]) == ("passed", "passed", "failed")


def test_a_router_without_the_tunnel_lists_it_as_down() -> None:
    told = state(_on_router(AZURE, "hostname site-a-rtr\n"), (TUNNEL,))
    (ours,) = [peer for peer in told.tunnels if peer.remote == GATEWAY]
    assert (ours.ike, ours.child) == (SaStatus.DOWN, SaStatus.DOWN)
    assert told.bgp == (BgpState(peer=PEER),)


def test_a_router_whose_bgp_neighbor_has_another_number_fails_there() -> None:
    wrong = CONFIGURATION.replace("remote-as 65515", "remote-as 65514")
    told = _verdicts(_on_router(AZURE, wrong))
    assert (told["child"], told["routes"], told["bgp"]) == ("passed", "passed", "failed")
