"""What two BGP speakers made of it: whether the session stands, or the setting it fails at."""

from __future__ import annotations

import dataclasses

from appliance.twin.dialogue import Talk
from appliance.twin.finding import Finding
from appliance.twin.scenario import End, Outcome, Scenario
from appliance.twin.sessions import down, fault
from appliance.twin.subject import Subject


def silence(subject: Subject, outcome: Outcome) -> Finding | None:
    """Why the session does not come up; None where it does. Where none was spoken rules tell."""
    spoken = talk(outcome)
    if spoken is None:
        return fault(subject)
    return None if spoken.up else _refused(subject, spoken) or fault(subject) or _silent(spoken)


def talk(outcome: Outcome) -> Talk | None:
    """What became of BGP in the attempt that decides."""
    attempts = (outcome.device, outcome.azure)
    return next((one.talk for one in attempts if one is not None and one.talk is not None), None)


def _refused(subject: Subject, spoken: Talk) -> Finding | None:
    """AS numbers are told first, and who finds the other's wrong says so (RFC 4271 6.2)."""
    bgp, expectation = subject.tunnel.bgp, subject.expectation
    sign = "BGP Error: Bad peer AS"
    if bgp is not None and sign in spoken.azure.errors:
        known = expectation.on_premises.bgp_asn
        reason = "Azure knows the site by another AS number"
        return down("bgp.local_asn", reason, bgp.local_asn, known)
    if bgp is not None and sign in spoken.device.errors:
        reason = "Azure's gateway has another AS number"
        return down("bgp.peers.asn", reason, bgp.peers[0].asn, expectation.bgp_asn)
    return None


def _silent(spoken: Talk) -> Finding:
    """No rule knows why: in the words of the speakers."""
    told = [word for word in (*spoken.device.errors, *spoken.azure.errors) if word]
    states = ", ".join((*spoken.device.states, *spoken.azure.states)) or "no session"
    return down("bgp", f"it is tried in vain ({'; '.join(told) or states})")


def learnt(scenario: Scenario, outcome: Outcome) -> Scenario:
    """With the routes that both ends had in the end, whoever told them."""
    spoken = talk(outcome)
    if spoken is None:
        return scenario

    def led(end: End, more: tuple[str, ...]) -> End:
        return dataclasses.replace(end, routes=tuple(dict.fromkeys((*end.routes, *more))))

    return dataclasses.replace(
        scenario,
        device=led(scenario.device, spoken.device.learnt),
        azure=led(scenario.azure, spoken.azure.learnt),
    )
