"""Which sizes a tunnel takes over a path of so many bytes; inside the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from appliance.twin import sizing
from appliance.twin.network import AZURE, DEVICE, HOSTS, NAT, TUN
from appliance.twin.plumbing import inside, nft, run
from appliance.twin.scenario import ETHERNET, Fit, Probe, Scenario

_TABLE = "sizes"
_AZURES_LARGEST = 1_400
"""Inside the tunnel ("About VPN devices": an MTU of 1400, or an MSS of 1350)."""


def fits(scenario: Scenario, probe: Probe) -> tuple[Fit, ...]:
    """What gets from the device's side to Azure's over each of the scenario's paths."""
    with _limits(scenario), _server(probe):
        return tuple(_fit(scenario, probe, path) for path in scenario.paths)


def _fit(scenario: Scenario, probe: Probe, path: int) -> Fit:
    """Microsoft's network hands no fragments of ESP on: what does not fit whole is lost."""
    _widen(scenario, path)
    hosts = HOSTS[DEVICE]
    patience = "2" if path == ETHERNET else "0.8"  # what stalls there is no finding
    told = inside(hosts, *_python(), "try", probe.local_host, probe.remote_host, patience)
    inside(hosts, "ip", "route", "flush", "cache")
    largest, flows = json.loads(told)
    return Fit(path=path, largest=largest, tcp=flows)


def _widen(scenario: Scenario, path: int) -> None:
    for name, interface in _wires(scenario):
        run("ip", "-n", name, "link", "set", interface, "mtu", str(path))


def _wires(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield from ((DEVICE, "wan"), (AZURE, "wan"))
    if scenario.public is not None:
        yield from ((NAT, "inside"), (NAT, "outside"))


@contextmanager
def _limits(scenario: Scenario) -> Iterator[None]:
    """The device's own clamp and MTU, and what Azure takes; for this time only.

    Before and after every packet fits: nothing else is to fail for its size.
    """
    device = scenario.device
    run("ip", "-n", DEVICE, "link", "set", TUN, "mtu", str(device.mtu or ETHERNET))
    nft(DEVICE, _clamp(device.mss), table=_TABLE)
    nft(AZURE, _taken(), table=_TABLE)
    try:
        yield
    finally:
        for name in (DEVICE, AZURE):
            inside(name, "nft", "delete", "table", "inet", _TABLE)
        _widen(scenario, ETHERNET)
        run("ip", "-n", DEVICE, "link", "set", TUN, "mtu", str(_AZURES_LARGEST))


def _clamp(mss: int | None) -> Sequence[str]:
    """In both directions, as devices do it on their tunnel interfaces."""
    if mss is None:
        return ()
    lines = ["chain clamp {", "type filter hook forward priority -10"]
    ways = (f"{way} {TUN}" for way in ("iifname", "oifname"))
    return (*lines, *(f"{way} tcp flags syn tcp option maxseg size set {mss}" for way in ways), "}")


def _taken() -> Sequence[str]:
    return (
        "chain taken {",
        "type filter hook prerouting priority -450",
        "iifname wan ip frag-off & 0x3fff != 0 drop",
        f"iifname {TUN} meta length > {_AZURES_LARGEST} drop",
        "}",
    )


@contextmanager
def _server(probe: Probe) -> Iterator[None]:
    words = ("ip", "netns", "exec", HOSTS[AZURE], *_python(), "serve", probe.remote_host)
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 -- our own words
    try:
        if server.stdout is not None:
            server.stdout.readline()
        yield
    finally:
        server.kill()
        server.wait()


def _python() -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", str(Path(sizing.__file__)))
