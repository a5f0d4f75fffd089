"""Which sizes a tunnel takes over a path of so many bytes; inside the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.twin import sizing
from appliance.twin.network import AZURE, DEVICE, HOSTS, NAT, TUN
from appliance.twin.plumbing import inside, nft, run
from appliance.twin.scenario import ETHERNET, Fit, Probe, Scenario

_TABLE = "sizes"
_AZURES_LARGEST = 1_400
"""Inside the tunnel ("About VPN devices": an MTU of 1400, or an MSS of 1350)."""


def fits(scenario: Scenario, probe: Probe) -> tuple[Fit, ...]:
    """What gets from the device's side to Azure's over each of the scenario's paths."""
    ends = probe.local_host, probe.remote_host
    with (
        _host(AZURE, "serve", ends[1]) as server,
        _host(DEVICE, "try", *ends) as caller,
        _limits(scenario),
    ):
        _line(server)  # it hears from now on
        return tuple(_fit(scenario, caller, path) for path in scenario.paths)


def _fit(scenario: Scenario, caller: subprocess.Popen[str], path: int) -> Fit:
    """Microsoft's network hands no fragments of ESP on: what does not fit whole is lost."""
    _widen(scenario, path)
    inside(HOSTS[DEVICE], "ip", "route", "flush", "cache")  # what it has learnt of the path before
    if caller.stdin is not None:
        # What stalls on a narrow path is no finding: a shorter wait will do.
        caller.stdin.write("2\n" if path == ETHERNET else "0.6\n")
        caller.stdin.flush()
    largest, flows = json.loads(_line(caller))
    return Fit(path=path, largest=largest, tcp=flows)


def _line(host: subprocess.Popen[str]) -> str:
    line = "" if host.stdout is None else host.stdout.readline()
    if not line:
        raise ApplianceError("the hosts of the rehearsal have ended")
    return line


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
def _host(side: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    python = (sys.executable, "-I", "-S", str(Path(sizing.__file__)))
    host = subprocess.Popen(  # noqa: S603 -- our own words
        ["ip", "netns", "exec", HOSTS[side], *python, *words],  # noqa: S607 -- the PATH is ours
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield host
    finally:
        host.kill()
        host.wait()
