"""One tunnel tried by itself: both ends dial in turn, each from nothing; inside the sandbox."""

from __future__ import annotations

from appliance.twin import network
from appliance.twin.daemon import Charon
from appliance.twin.dialogue import Dialogue, Talk
from appliance.twin.network import AZURE, DEVICE, Hosts
from appliance.twin.scenario import (
    Attempt,
    Connection,
    End,
    Json,
    Outcome,
    Scenario,
    read_scenario,
)
from appliance.twin.talking import PATIENCE_SECONDS, Conversation

_SECOND_TRY_SECONDS = 1.0
"""A session that did not come up in the first tunnel does so in the second at once, or never."""


def played(document: Json) -> dict[str, object]:
    """What came of a scenario, both as documents."""
    return play(read_scenario(document)).document()


def play(scenario: Scenario) -> Outcome:
    """Both ends dial in turn, each from nothing; BGP goes on from one tunnel to the next."""
    network.build(scenario)
    device, azure = Charon(DEVICE), Charon(AZURE)
    hosts = Hosts(scenario.probes)
    for charon, name, end in ((device, DEVICE, scenario.device), (azure, AZURE, scenario.azure)):
        charon.connect()
        network.lead(name, end)
    trial = _Trial(hosts, scenario.dialogue)
    return Outcome(
        device=trial.attempt((device, scenario.device), (azure, scenario.azure)),
        azure=trial.attempt((azure, scenario.azure), (device, scenario.device)),
    )


class _Trial:
    """What both attempts share: the hosts, and the BGP speakers once there is a tunnel."""

    def __init__(self, hosts: Hosts, dialogue: Dialogue | None) -> None:
        self._hosts, self._dialogue = hosts, dialogue
        self._conversation: Conversation | None = None

    def attempt(self, caller: tuple[Charon, End], called: tuple[Charon, End]) -> Attempt | None:
        """One end dials. The other one listens before, since the first call is the only one."""
        (near, dialling), (far, answering) = caller, called
        if dialling.dials is None or answering.answers is None:
            return None
        far.load(answering.answers)
        near.load(dialling.dials)
        try:
            return self._negotiated(near, far, dialling.dials)
        finally:
            near.hang_up()
            far.hang_up()

    def _negotiated(self, near: Charon, far: Charon, dials: Connection) -> Attempt:
        tries = []
        for child in dials.children:
            tries.append(near.dial(child.name, far))
            if not near.ike():
                break
        ike, sas = near.ike(), near.sas()
        if not sas:
            return Attempt(tries=tuple(tries), ike=ike)
        talk = self._talk()
        return Attempt(
            tries=tuple(tries),
            ike=ike,
            sas=sas,
            passages=self._hosts.call(),
            child_rekey=near.rekey("child", far),
            ike_rekey=near.rekey("ike", far),
            talk=talk,
        )

    def _talk(self) -> Talk | None:
        if self._dialogue is None:
            return None
        if self._conversation is not None:
            return self._conversation.talk(_SECOND_TRY_SECONDS)
        self._conversation = Conversation(self._dialogue, DEVICE, AZURE)
        self._conversation.answers()
        return self._conversation.talk(PATIENCE_SECONDS)
