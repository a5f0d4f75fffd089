"""Habits of real `show` outputs, one small output for each."""

from __future__ import annotations

from appliance.model.state import SaStatus, TunnelState
from vendors.cisco_ios.state import show


def tunnels(command: str, text: str) -> tuple[TunnelState, ...]:
    return show(command, text).tunnels


def test_the_local_address_of_isakmp_sas_is_the_one_of_most_rows() -> None:
    """A standby pair on another interface does not hide which address is ours."""
    found = tunnels(
        "show crypto isakmp sa",
        """IPv4 Crypto ISAKMP SA
dst             src             state          conn-id status
192.0.2.80      192.0.2.5       QM_IDLE           1001 ACTIVE
192.0.2.5       192.0.2.81      QM_IDLE           1002 ACTIVE
192.0.2.82      192.0.2.5       MM_KEY_EXCH       1003 ACTIVE
198.51.100.1    198.51.100.2    QM_IDLE           1004 STDBY
""",
    )
    assert [str(state.remote) for state in found[:3]] == ["192.0.2.80", "192.0.2.81", "192.0.2.82"]
    assert {str(state.local) for state in found[:3]} == {"192.0.2.5"}


def test_isakmp_sas_of_a_vrf_have_its_name_in_front() -> None:
    (state,) = tunnels(
        "show crypto isakmp sa",
        """f_vrf/i_vrf   dst             src             state           conn-id slot
/blue         192.0.2.80      10.0.0.5        QM_IDLE               7    0
""",
    )
    assert (str(state.remote), str(state.local), state.ike) == (
        "192.0.2.80",
        "10.0.0.5",
        SaStatus.UP,
    )


def test_pairs_of_a_child_sa_as_a_table() -> None:
    (state,) = tunnels(
        "show crypto ikev2 session detailed",
        """ IPv4 Crypto IKEv2 Session

Session-id:2, Status:UP-ACTIVE, IKE count:1, CHILD count:1

Tunnel-id Local                 Remote                fvrf/ivrf            Status
3         192.0.2.5/4500        192.0.2.80/4500       none/none            READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, Auth sign: PSK
      PQC Key Exchange: ML-KEM-768
      Life/Active Time: 28800/77 sec
Child sa:
          local selector       ->      remote_selector
          10.9.0.0/0 - 10.9.255.255/65535    ->    10.77.0.0/0 - 10.77.255.255/65535
          10.8.0.0/0 - 10.8.0.255/65535    ->    10.78.0.0/0 - 10.78.0.7/65535
          ESP spi in/out: 0x5CFCE807/0x34A549BD
""",
    )
    assert [str(child.selector) for child in state.children] == [
        "10.9.0.0/16 <-> 10.77.0.0/16",
        "10.8.0.0/24 <-> 10.78.0.0/29",
    ]
    assert state.child is SaStatus.UP


def test_old_spis_have_no_0x() -> None:
    block = """   local  ident (addr/mask/prot/port): (10.9.0.0/255.255.0.0/0/0)
   remote ident (addr/mask/prot/port): (10.{net}.0.0/255.255.0.0/0/0)
   current_peer: 192.0.2.80:500
    #pkts encaps: 4, #pkts encrypt: 4, #pkts digest 4
    #pkts decaps: 3, #pkts decrypt: 3, #pkts verify 3
     local crypto endpt.: 192.0.2.5, remote crypto endpt.: 192.0.2.80
     current outbound spi: {spi}
     inbound esp sas:
{inbound}     outbound esp sas:
{outbound}"""
    sa = (
        "      spi: 0x{0}\n        transform: esp-3des esp-md5-hmac ,\n"
        "        sa timing: remaining key lifetime (k/sec): (4607998/3464)\n"
    )
    live = block.format(
        net=77, spi="67DE8A36", inbound=sa.format("5FB"), outbound=sa.format("67DE8A36")
    )
    dead = block.format(net=78, spi="0", inbound="", outbound="")
    head = "interface: Ethernet0\n    Crypto map tag: vpn, local addr. 192.0.2.5\n"
    (state,) = tunnels("show crypto ipsec sa", f"{head}{live}{dead}")
    assert [child.status for child in state.children] == [SaStatus.UP, SaStatus.DOWN]


def test_interfaces_quoted_with_a_margin() -> None:
    found = show(
        "show ip interface brief",
        """    Interface              IP-Address      OK? Method Status                Protocol
    Tunnel4                10.9.255.1      YES manual up                    down
    Loopback7              192.0.2.200     YES manual up                    up
""",
    ).interfaces
    assert [(one.name, one.up) for one in found] == [("Tunnel4", False), ("Loopback7", True)]


def test_a_blank_before_the_port_of_a_session() -> None:
    (state,) = tunnels(
        "show crypto session",
        """Crypto session current status

Interface: FastEthernet0/1

Session status: UP-ACTIVE

Peer: 192.0.2.80 port 500

IKE SA: local 192.0.2.5/500 remote 192.0.2.80 /500 Active

IPSEC FLOW: permit ip 10.9.0.0/255.255.0.0 10.77.0.0/255.255.0.0

Active SAs: 2, origin: crypto map
""",
    )
    assert (str(state.local), state.ike_version, state.child) == ("192.0.2.5", 1, SaStatus.UP)
