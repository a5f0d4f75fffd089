"""One tunnel tried by itself: both ends dial in turn, each from nothing; inside the sandbox."""

from __future__ import annotations

from appliance.twin import network
from appliance.twin.daemon import Charon
from appliance.twin.network import Hosts
from appliance.twin.scenario import (
    Attempt,
    Connection,
    End,
    Json,
    Outcome,
    Scenario,
    read_scenario,
)


def played(document: Json) -> dict[str, object]:
    """What came of a scenario, both as documents."""
    return play(read_scenario(document)).document()


def play(scenario: Scenario) -> Outcome:
    """Both ends dial in turn, each from nothing."""
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
