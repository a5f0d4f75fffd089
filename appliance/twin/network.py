"""Two gateways, their hosts and the wire between them, as network namespaces; inside the sandbox.

    device hosts -- device [-- nat] -- azure -- azure hosts

Whatever leaves a gateway on the wire in clear is counted, probe by probe, and dropped: a probe that
arrives came through the tunnel, and one that leaked is told from one that was stopped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.twin import probing
from appliance.twin.plumbing import inside, namespace, nft, run, wire
from appliance.twin.scenario import End, Passage, Probe, Scenario

DEVICE, AZURE, NAT = "device", "azure", "nat"
HOSTS = {DEVICE: "device-h", AZURE: "azure-h"}
HOP = "192.0.0.8"
"""Every gateway's address towards its hosts: IANA's dummy (RFC 7600), so that it is nobody's."""
TUN = "ipsec0"
"""The daemon's own interface: what is routed there it encrypts."""
_FIRST_TABLE = 1_000


def build(scenario: Scenario) -> None:
    """All namespaces, links, addresses and filters, without routes into the tunnel."""
    _sides(scenario)
    if scenario.public is None:
        wire((DEVICE, "wan"), (AZURE, "wan"))
    else:
        _translator(scenario.device.address, scenario.public)
    for name, end in ((DEVICE, scenario.device), (AZURE, scenario.azure)):
        run("ip", "-n", name, "addr", "add", f"{end.address}/32", "dev", "wan")
        nft(name, _filters(scenario, name, end))
    _own(scenario)
    # The device has a way into the Internet, which the wire plays; Azure knows its peers only.
    run("ip", "-n", DEVICE, "route", "add", "default", "dev", "wan")
    for peer in dict.fromkeys(
        (scenario.public or scenario.device.address, *_peers(scenario.azure))
    ):
        run("ip", "-n", AZURE, "route", "add", f"{peer}/32", "dev", "wan")


def _peers(end: End) -> list[str]:
    connections = (end.dials, end.answers)
    return [one.theirs for one in connections if one is not None and one.theirs != "%any"]


def _sides(scenario: Scenario) -> None:
    networks = {
        DEVICE: [(probe.local, probe.local_host) for probe in scenario.probes],
        AZURE: [(probe.remote, probe.remote_host) for probe in scenario.probes],
    }
    for name, behind in networks.items():
        hosts = HOSTS[name]
        for one in (name, hosts):
            namespace(one)
        wire((name, "lan"), (hosts, "lan"))
        run("ip", "-n", name, "addr", "add", f"{HOP}/32", "dev", "lan")
        for address in dict.fromkeys(host for _, host in behind):
            run("ip", "-n", hosts, "addr", "add", f"{address}/32", "dev", "lo")
        for network in dict.fromkeys(network for network, _ in behind):
            run("ip", "-n", name, "route", "replace", network, "dev", "lan")
        run("ip", "-n", hosts, "route", "add", "default", "via", HOP, "dev", "lan", "onlink")


def _own(scenario: Scenario) -> None:
    """Give each gateway an address of every network that an SA may be for.

    libipsec refuses an SA whose network the gateway has no address of. Of a network that is one
    host, the gateway then holds that host's address: packets for it are passed on nevertheless.
    """
    for name, networks in _negotiable(scenario).items():
        for network in networks:
            base = str(network.network_address)
            run("ip", "-n", name, "addr", "add", f"{base}/32", "dev", "lo")
            if network.num_addresses == 1:
                _pass_on(name, base)


def _pass_on(name: str, host: str) -> None:
    """Look for the host in the LAN before the gateway takes its packets for its own."""
    inside(name, "sysctl", "-qw", "net.ipv4.conf.all.accept_local=1")
    for words in (
        "rule add priority 50 lookup local",
        "rule del priority 0",
        f"rule add priority 40 to {host} iif {TUN} lookup 900",
        f"route replace {host}/32 dev lan table 900",
    ):
        with suppress(ApplianceError):  # of several such hosts the first one has moved the rule
            run("ip", "-n", name, *words.split())


def _negotiable(scenario: Scenario) -> dict[str, list[IPv4Network]]:
    """By gateway, networks that can become one end of a child SA: either end's idea of them."""
    found: dict[str, dict[IPv4Network, None]] = {DEVICE: {}, AZURE: {}}
    for name, other, end in (
        (DEVICE, AZURE, scenario.device),
        (AZURE, DEVICE, scenario.azure),
    ):
        for one in (end.dials, end.answers):
            for child in () if one is None else one.children:
                found[name][IPv4Network(child.ours)] = None
                found[other][IPv4Network(child.theirs)] = None
    bases: dict[str, dict[IPv4Address, IPv4Network]] = {
        name: {one.network_address: one for one in networks if one.prefixlen}
        for name, networks in found.items()
    }
    return {name: list(networks.values()) for name, networks in bases.items()}


def _translator(private: str, public: str) -> None:
    """A box in between that gives the device its public address."""
    namespace(NAT, answers_for_others=True)
    wire((DEVICE, "wan"), (NAT, "inside"))
    wire((NAT, "outside"), (AZURE, "wan"))
    run("ip", "-n", NAT, "addr", "add", f"{public}/32", "dev", "outside")
    run("ip", "-n", NAT, "route", "add", private, "dev", "inside")
    run("ip", "-n", NAT, "route", "add", "default", "dev", "outside")
    nft(
        NAT,
        [
            "chain out {",
            "type nat hook postrouting priority 100",
            f"oifname outside snat ip to {public}",
            "}",
            "chain in {",
            "type nat hook prerouting priority -100",
            f"iifname outside udp dport {{ 500, 4500 }} dnat ip to {private}",
            "}",
        ],
    )


def _filters(scenario: Scenario, name: str, end: End) -> list[str]:
    here = [_ends(probe, name) for probe in scenario.probes]
    lines = [f"counter p{number} {{ }}" for number in range(len(here))]
    lines += ["chain wire {", "type filter hook postrouting priority 300"]
    for number, (source, destination) in enumerate(here):
        clear = f"ip saddr {source} ip daddr {destination}"
        lines.append(f"oifname wan {clear} counter name p{number} drop")
    lines += ["oifname wan udp dport { 500, 4500 } accept", "oifname wan ip version 4 drop", "}"]
    if end.silent:
        lines += ["chain heard {", "type filter hook input priority 0"]
        lines += ["iifname wan udp dport { 500, 4500 } drop", "}"]
    return lines + rules(end.passes)


def _ends(probe: Probe, name: str) -> tuple[str, str]:
    hosts = (probe.local_host, probe.remote_host)
    return hosts if name == DEVICE else (hosts[1], hosts[0])


def rules(passes: tuple[tuple[str, str], ...] | None) -> list[str]:
    """The gateway's own rules between its hosts and the tunnel; none: nothing is in the way."""
    if passes is None:
        return []
    lines = ["chain rules {", "type filter hook forward priority 0"]
    for ours, theirs in passes:
        lines.append(f"oifname {TUN} ip saddr {ours} ip daddr {theirs} accept")
        lines.append(f"iifname {TUN} ip saddr {theirs} ip daddr {ours} accept")
    return [*lines, f"oifname {TUN} drop", f"iifname {TUN} drop", "}"]


def lead(name: str, end: End) -> None:
    """Send packets into the tunnel as this gateway would; once its daemon has made the device.

    Of the daemon's own routes (table 220, which it fills whatever it is told) nothing stays.
    """
    run("ip", "-n", name, "rule", "del", "table", "220")
    for network in end.routes:
        run("ip", "-n", name, "route", "replace", network, "dev", TUN)
    for table, (source, destination) in enumerate(end.pairs, start=_FIRST_TABLE):
        rule = ("iif", "lan", "from", source, "to", destination, "lookup", str(table))
        run("ip", "-n", name, "rule", "add", "priority", str(table), *rule)
        run("ip", "-n", name, "route", "add", "default", "dev", TUN, "table", str(table))


class Hosts:
    """The hosts behind both gateways: they answer and they call."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = probes
        python = (sys.executable, "-I", "-S", str(Path(probing.__file__)))
        self._callers = {
            name: subprocess.Popen(  # noqa: S603 -- our own words
                ["ip", "netns", "exec", hosts, *python],  # noqa: S607 -- the PATH is ours
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name, hosts in HOSTS.items()
        }
        for caller in self._callers.values():
            _answer(caller)

    def call(self) -> tuple[Passage, ...]:
        """Every probe, both ways, all at once; leaks are those of this call."""
        before = {name: _leaks(name, len(self._probes)) for name in HOSTS}
        for name, caller in self._callers.items():
            pairs = [_ends(probe, name) for probe in self._probes]
            if caller.stdin is not None:
                caller.stdin.write(f"{json.dumps(pairs)}\n")
                caller.stdin.flush()
        reached = {name: json.loads(_answer(caller)) for name, caller in self._callers.items()}
        after = {name: _leaks(name, len(self._probes)) for name in HOSTS}
        return tuple(
            Passage(
                out=reached[DEVICE][n],
                back=reached[AZURE][n],
                out_leaks=after[DEVICE][n] - before[DEVICE][n],
                back_leaks=after[AZURE][n] - before[AZURE][n],
            )
            for n in range(len(self._probes))
        )


def _answer(caller: subprocess.Popen[str]) -> str:
    line = caller.stdout.readline() if caller.stdout is not None else ""
    if not line:
        raise ApplianceError("the hosts of the rehearsal have ended")
    return line


def _leaks(name: str, count: int) -> list[int]:
    listed = json.loads(inside(name, "nft", "-j", "list", "counters", "table", "inet", "twin"))
    counters: Iterable[Mapping[str, Mapping[str, object]]] = listed["nftables"]
    packets = {
        str(one["counter"]["name"]): one["counter"]["packets"]
        for one in counters
        if "counter" in one
    }
    return [int(str(packets[f"p{number}"])) for number in range(count)]
