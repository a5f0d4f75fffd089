"""The first process of the sandbox: plays one scenario and writes what happened.

Standard input brings the scenario as one line of JSON, the key in it, and stays open as long as
somebody waits for the answer. When it ends, this process ends, and with it all that runs here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.machine import EXTRACTED
from appliance.twin import network
from appliance.twin.daemon import Charon
from appliance.twin.network import Hosts
from appliance.twin.scenario import Attempt, Connection, End, Outcome, Scenario, read_scenario


def main() -> None:
    """Answer `{"outcome": ...}` or `{"fault": why}`, and leave."""
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_watch, daemon=True).start()
    try:
        answer = {"outcome": play(read_scenario(json.loads(line))).document()}
    except (ApplianceError, OSError, subprocess.SubprocessError) as error:
        answer = {"fault": {"words": str(error)}}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _watch() -> None:
    """Nobody waits any more: a killed parent cannot clean up, but its end of the pipe closes."""
    sys.stdin.buffer.read(1)
    os._exit(1)


def play(scenario: Scenario) -> Outcome:
    """Both ends dial in turn, each from nothing."""
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)  # noqa: S607 -- its PATH is ours
    Path("/run/netns").mkdir()
    if EXTRACTED:
        _overlay(EXTRACTED)
    network.build(scenario)
    device, azure = Charon(network.DEVICE), Charon(network.AZURE)
    hosts = Hosts(scenario.probes)
    for charon, name, end in (
        (device, network.DEVICE, scenario.device),
        (azure, network.AZURE, scenario.azure),
    ):
        charon.connect()
        network.lead(name, end)
    return Outcome(
        device=_attempt((device, scenario.device), (azure, scenario.azure), hosts),
        azure=_attempt((azure, scenario.azure), (device, scenario.device), hosts),
    )


def _overlay(folder: str) -> None:
    """Unpacked libraries over those installed: charon has the path of its plugins compiled in."""
    layers = f"lowerdir={folder}/usr/lib:/usr/lib"
    subprocess.run(["mount", "-t", "overlay", "none", "-o", layers, "/usr/lib"], check=True)  # noqa: S603, S607 -- as above


def _attempt(
    caller: tuple[Charon, End], called: tuple[Charon, End], hosts: Hosts
) -> Attempt | None:
    """One end dials. The other one listens before, since the first call is the only one."""
    (near, dialling), (far, answering) = caller, called
    if dialling.dials is None or answering.answers is None:
        return None
    far.load(answering.answers)
    near.load(dialling.dials)
    try:
        return _negotiated(near, far, dialling.dials, hosts)
    finally:
        near.hang_up()
        far.hang_up()


def _negotiated(near: Charon, far: Charon, dials: Connection, hosts: Hosts) -> Attempt:
    tries = []
    for child in dials.children:
        tries.append(near.dial(child.name, far))
        if not near.ike():
            break
    ike, sas = near.ike(), near.sas()
    if not sas:
        return Attempt(tries=tuple(tries), ike=ike)
    passages = hosts.call()
    child_rekey = near.rekey("child", far)
    ike_rekey = near.rekey("ike", far)
    return Attempt(
        tries=tuple(tries),
        ike=ike,
        sas=sas,
        passages=passages,
        child_rekey=child_rekey,
        ike_rekey=ike_rekey,
    )
