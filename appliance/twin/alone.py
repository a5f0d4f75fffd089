"""One tunnel tried by itself: both ends dial in turn, each from nothing; inside the sandbox."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.twin import network
from appliance.twin.daemon import Charon
from appliance.twin.dialogue import Talk
from appliance.twin.fitting import fits
from appliance.twin.network import AZURE, DEVICE, Hosts
from appliance.twin.scenario import (
    Attempt,
    Connection,
    End,
    Fit,
    Json,
    Outcome,
    Passage,
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
    trial = _Trial(hosts, scenario)
    return Outcome(
        device=trial.attempt((device, scenario.device), (azure, scenario.azure)),
        azure=trial.attempt((azure, scenario.azure), (device, scenario.device)),
    )


class _Trial:
    """What both attempts share: the hosts, and the BGP speakers once there is a tunnel."""

    def __init__(self, hosts: Hosts, scenario: Scenario) -> None:
        self._hosts, self._scenario = hosts, scenario
        self._conversation: Conversation | None = None
        self._sized = False

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
        talk, passages = self._talk(), self._hosts.call()
        return Attempt(
            tries=tuple(tries),
            ike=ike,
            sas=sas,
            passages=passages,
            fits=self._fitting(passages),
            child_rekey=near.rekey("child", far),
            ike_rekey=near.rekey("ike", far),
            talk=talk,
        )

    def _fitting(self, passages: Sequence[Passage]) -> tuple[Fit, ...]:
        """Tried and told once, for a pair that arrives: sizes do not depend on who dialled."""
        pairs = zip(self._scenario.probes, passages, strict=True)
        known = [probe for probe, seen in pairs if probe.permitted and seen.out and seen.back]
        if self._sized or not known or not self._scenario.paths:
            return ()
        self._sized = True
        return fits(self._scenario, known[0])

    def _talk(self) -> Talk | None:
        dialogue = self._scenario.dialogue
        if dialogue is None:
            return None
        if self._conversation is not None:
            return self._conversation.talk(_SECOND_TRY_SECONDS)
        self._conversation = Conversation(dialogue, DEVICE, AZURE)
        self._conversation.answers()
        return self._conversation.talk(PATIENCE_SECONDS)
