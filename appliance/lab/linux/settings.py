"""What the sandbox's daemons are told, and the commands that build its world."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Interface, IPv4Network
from itertools import islice
from pathlib import Path

from appliance import charon
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.linux import faulty
from appliance.lab.wiring import Wiring

BOX, AZURE = "/run/charon", "/run/azure"
"""Where either charon keeps its settings and its log."""
HOST_KEY = "/run/lab/host"
FAULTS = "/run/lab/faults"
FAULTY = f"{sys.executable} -I -S {Path(faulty.__file__)} {FAULTS}"
"""What sshd runs instead of each command when something is to go wrong."""
SSHD_CONF = "/run/lab/sshd.conf"
SSHD_LOG = "/run/lab/sshd.log"
AZURE_URI = f"--uri unix://{AZURE}/vici"
LOAD_AZURE = f"swanctl --load-all --clear --file {AZURE}/swanctl.conf {AZURE_URI}"

_TRIES = 2
_SSHD = f"""\
HostKey {HOST_KEY}
PidFile none
UsePAM no
UseDNS no
AllowUsers root
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
"""
# Everything here is in namespaces of its own. Nothing is removed but from the copy of /etc.
MOUNTS = f"""\
set -e
mount -t tmpfs -o mode=755 none /run
mkdir -p /run/netns /run/sshd
mkdir -m 700 /run/root /run/lab {BOX} {AZURE}
cp -a /etc /run/lab/etc
cd /run/lab/etc
rm -rf ./swanctl ./strongswan ./ipsec.conf ./ipsec.secrets ./ipsec.d ./systemd/network
mkdir -p swanctl/conf.d systemd/network nftables.d
echo 'include "/etc/nftables.d/*.nft"' >nftables.conf
echo 'include conf.d/*.conf' >swanctl/swanctl.conf
sed -i 's|^root:.*|root:x:0:0:root:/run/root:/bin/bash|' passwd
mount --bind /run/lab/etc /etc
mount -t tmpfs -o mode=755 none /var/lib
mkdir /var/lib/dpkg
mount -o remount,bind,ro /
chpasswd -c SHA512
ssh-keygen -q -t ed25519 -N '' -C '' -f {HOST_KEY}
"""
START = f"""\
set -e
export STRONGSWAN_CONF
STRONGSWAN_CONF={BOX}/strongswan.conf setsid charon-systemd </dev/null >/dev/null 2>&1 &
STRONGSWAN_CONF={AZURE}/strongswan.conf setsid ip netns exec azure charon-systemd \
</dev/null >/dev/null 2>&1 &
for uri in '' '{AZURE_URI}'; do
  tries=0
  until swanctl --stats $uri >/dev/null 2>&1; do
    tries=$((tries+1))
    [ $tries -lt 400 ] || {{ swanctl --stats $uri; exit 1; }}
    sleep 0.025
  done
done
{LOAD_AZURE}
swanctl --load-all
"""
# Somebody inside who sends to a port where nobody listens: what says so comes back the same way,
# and only through a tunnel, since Azure's end knows no other. No process is started for a packet.
_TALK = """\
setsid ip netns exec lan bash -c 'exec 9<> <(:)
while ! read -t 0.02 -u 9; do
  for one in {addresses}; do echo >/dev/udp/$one/9; done
done' </dev/null >/dev/null 2>&1 &
"""


def files() -> Iterator[tuple[str, str]]:
    """Each file the daemons read, and its text."""
    yield f"{BOX}/strongswan.conf", charon.settings(BOX, "/var/run/charon.vici", tries=_TRIES)
    yield f"{AZURE}/strongswan.conf", charon.settings(AZURE, f"{AZURE}/vici", tries=_TRIES)
    yield SSHD_CONF, _SSHD


def network(wiring: Wiring, peers: Iterable[AzurePeer]) -> Iterator[str]:
    """Commands for eth0 to the Internet, eth1 to the inside, and what lies behind either."""
    known = tuple(peers)
    outside = IPv4Interface(f"{wiring.outside}/24")
    router = next(host for host in outside.network.hosts() if host != outside.ip)
    yield "set -e; echo 1 >/proc/sys/net/ipv4/ip_forward; ip link set lo up"
    for name, device in (("azure", "eth0"), ("lan", "eth1")):
        yield f"ip netns add {name}; ip -n {name} link set lo up"
        yield f"ip link add {device} type veth peer name eth0 netns {name}"
        yield f"ip -n {name} link set eth0 up; ip link set {device} up"
    yield f"ip addr add {outside} dev eth0; ip -n azure addr add {router}/24 dev eth0"
    yield f"ip route add default via {router}"
    yield "ip netns exec azure bash -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'"
    yield from _gateways(known)
    yield from _inside(IPv4Interface(wiring.inside), known)


def _gateways(peers: tuple[AzurePeer, ...]) -> Iterator[str]:
    """Their addresses, and the first host of each network behind them."""
    for address in dict.fromkeys(peer.address for peer in peers if peer.reachable):
        yield f"ip -n azure addr add {address}/32 dev lo"
    for first in _first_hosts(azure for peer in peers for _, azure in peer.selectors):
        yield f"ip -n azure addr add {first} dev lo"


def _inside(ours: IPv4Interface, peers: tuple[AzurePeer, ...]) -> Iterator[str]:
    """The host's own address there, those of its other networks, and somebody who lives there."""
    yield f"ip addr add {ours} dev eth1"
    for first in _first_hosts(device for peer in peers for device, _ in peer.selectors):
        if ours.ip not in first.network:
            yield f"ip addr add {first} dev eth1"
    neighbour = IPv4Interface((ours.ip + 1, ours.network.prefixlen))
    if neighbour.ip in list(islice(ours.network.hosts(), 1, 3)):
        yield f"ip -n lan addr add {neighbour} dev eth0; ip -n lan route add default via {ours.ip}"
        pairs = (pair for peer in peers for pair in peer.selectors)
        azure = _first_hosts(far for near, far in pairs if neighbour.ip in IPv4Network(near))
        yield _TALK.format(addresses=" ".join(str(first.ip) for first in azure))


def _first_hosts(networks: Iterable[str]) -> Iterator[IPv4Interface]:
    for text in dict.fromkeys(networks):
        network = IPv4Network(text)
        if network.prefixlen:
            host = network.network_address + (1 if network.num_addresses > 1 else 0)
            yield IPv4Interface((host, network.prefixlen))
