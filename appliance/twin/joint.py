"""All tunnels of a site at once: does its traffic survive the loss of either instance?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

from appliance.azure.expectation import Expectation
from appliance.model.failure import Kind
from appliance.model.tunnel import Mode
from appliance.record import dataclass, replace
from appliance.twin import survival
from appliance.twin.finding import Finding
from appliance.twin.namespaces import ask
from appliance.twin.needs import missing_bgp
from appliance.twin.rehearsal import Rehearsal, scenario
from appliance.twin.scenario import Connection, End, Probe, Scenario
from appliance.twin.subject import Subject
from appliance.twin.together import Lane, Losses, Together, read_losses

_OF_TRAFFIC = (Kind.TRAFFIC, Kind.LEAK)
_MOST_STREAMS = 12
"""Pairs of networks that have packets all the time; of more than that every second, or third."""
AZURE_HOLD_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """What came of it. `tunnels` are their names in the order of `losses`, `ends` what is lost with
    each: the address of an instance, or with `devices` the site of a device.

    `losses` None: nothing was lost here, and `why` says why not. `findings` never break: while all
    is well the tunnels work. `checks` are the device's own seconds between liveness checks, None
    where it has no such setting, and `gives_up` Azure's until it takes the site for dead; `hold` is
    the hold time that BGP's two ends would agree on, None without BGP.
    """

    tunnels: tuple[str, ...]
    ends: tuple[str, ...]
    findings: tuple[Finding, ...]
    probes: tuple[Probe, ...] = ()
    losses: Losses | None = None
    why: str = ""
    checks: int | None = None
    gives_up: int = 0
    hold: int | None = None
    devices: bool = False

    @property
    def survives(self) -> bool | None:
        """Whether all traffic outlives the loss of either; None where that stayed untried."""
        if self.findings:
            return False
        return None if self.losses is None else True


Played = Callable[[], tuple[Together, Losses]]
"""What was played, and what came of it; raises `ApplianceError` when the sandbox failed."""


def rehearse(
    subjects: Sequence[Subject], alone: Sequence[Rehearsal], played: Played | None = None
) -> Joint | None:
    """The gateway's instances lost in turn; None where it has but one.

    `alone` is what came of each tunnel by itself; `played` is asked where all of them came up. It
    may be None where they are not `playable`.
    """
    expectation = subjects[0].expectation
    if _lonely(expectation):
        return None
    joint = begun(subjects, tuple(str(one.endpoint.address) for one in subjects))
    found = (*_absent(subjects, expectation), *down(alone))
    if found:
        return replace(joint, findings=found, why="not both of them come up")
    return judged(joint, subjects, alone, played)


def on_paper(subjects: Sequence[Subject], alone: Sequence[Rehearsal], why: str) -> Joint | None:
    """The same question answered by rules alone: they find what stops traffic, or find nothing."""
    expectation = subjects[0].expectation
    if _lonely(expectation):
        return None
    joint = begun(subjects, tuple(str(one.endpoint.address) for one in subjects))
    found = (*_absent(subjects, expectation), *down(alone))
    if not found and not _apart(subjects) and not any(_unsaid(one) for one in alone):
        found = tuple(survival.ruled(together(subjects), joint.ends))
    return replace(joint, findings=found, why=f"by rules alone: {why}")


def _unsaid(one: Rehearsal) -> bool:
    """Whether something keeps it down that no finding of a loss could add to."""
    return any(found.breaking and found.kind not in _OF_TRAFFIC for found in one.findings)


def _lonely(expectation: Expectation) -> bool:
    return len([one for one in expectation.endpoints if one.address is not None]) == 1


def begun(subjects: Sequence[Subject], ends: tuple[str, ...]) -> Joint:
    """Before anything is tried."""
    return Joint(
        tunnels=tuple(subject.tunnel.name for subject in subjects),
        ends=ends,
        findings=(),
        checks=_seconds(subjects),
        gives_up=subjects[0].expectation.dpd_seconds,
        hold=_hold(subjects),
    )


def play(subjects: Sequence[Subject], *, devices: bool = False) -> tuple[Together, Losses]:
    """All tunnels in one network, and what came of it. Raises `ApplianceError`."""
    made = dataclasses.replace(together(subjects), devices=devices)
    return made, read_losses(ask("appliance.twin.loss", made.document()))


def judged(
    joint: Joint,
    subjects: Sequence[Subject],
    alone: Sequence[Rehearsal],
    played: Played | None = None,
) -> Joint:
    """With what came of the losses, or why none was tried."""
    why = _unplayable(subjects, alone)
    if why or played is None:
        return replace(joint, why=why or "they were not tried")
    made, losses = played()
    if not made.probes:
        return replace(joint, why="no networks of the site are known, so that there is no traffic")
    found = tuple(_judged(made, losses, joint.ends))
    return replace(joint, findings=found, probes=made.probes, losses=losses)


def together(subjects: Sequence[Subject]) -> Together:
    """All tunnels between the same networks."""
    made = [scenario(subject, spoken=not missing_bgp()) for subject in subjects]
    permitted = [probe for one in made for probe in one.probes if probe.permitted]
    once = {(probe.local, probe.remote): probe for probe in permitted}
    step = -(-len(once) // _MOST_STREAMS)
    return Together(
        lanes=tuple(map(_lane, subjects, made)),
        probes=tuple(once.values())[:: max(step, 1)],
    )


def _lane(subject: Subject, made: Scenario) -> Lane:
    """Address translation is left out here: each tunnel has been tried behind it by itself."""
    return Lane(
        name=subject.tunnel.name,
        device=made.device if made.public is None else _outside(made.device, made.public),
        azure=made.azure,
        checks=_checks(subject) or (made.bgp and made.dialogue is None),  # BGP would notice
        stays=subject.stays,
        dialogue=made.dialogue,
    )


def _outside(end: End, public: str) -> End:
    def moved(held: Connection | None) -> Connection | None:
        return None if held is None else dataclasses.replace(held, ours=public)

    return dataclasses.replace(
        end, address=public, dials=moved(end.dials), answers=moved(end.answers)
    )


def _checks(subject: Subject) -> bool:
    """Whether the device looks if Azure lives. Where its platform has no such setting it does."""
    unsaid = subject.meant is not None and subject.meant.ike.dpd is None
    return unsaid or subject.tunnel.ike.dpd is not None


def _seconds(subjects: Sequence[Subject]) -> int | None:
    held = [subject.tunnel.ike.dpd for subject in subjects]
    return max((dpd.delay_seconds for dpd in held if dpd is not None), default=None)


def _hold(subjects: Sequence[Subject]) -> int | None:
    """The lower one counts (RFC 4271 4.2); Azure's is 180 s."""
    spoken = [one.tunnel.bgp for one in subjects if one.expectation.bgp_enabled]
    held = [peer.hold_seconds for bgp in spoken if bgp is not None for peer in bgp.peers]
    return min(AZURE_HOLD_SECONDS, max(held)) if held else None


def _absent(subjects: Sequence[Subject], expectation: Expectation) -> Iterator[Finding]:
    """Instances that the device has no tunnel to."""
    led = {subject.endpoint.address for subject in subjects}
    wanted = [one.address for one in expectation.endpoints if one.address is not None]
    lacking = [address for address in wanted if address not in led]
    if lacking:
        yield survival.finding(
            "remote.addresses",
            f"the device has no tunnel to {_listed(lacking)}: when the other instance is lost, or "
            "maintained by Azure, all traffic stops",
            device=tuple(map(str, (one for one in wanted if one in led))),
            azure=tuple(map(str, wanted)),
        )


def down(alone: Sequence[Rehearsal]) -> Iterator[Finding]:
    """Tunnels that do not come up by themselves: what keeps them down is named there."""
    for one in alone:
        fields = [found.fields[:1] for found in one.findings if found.breaking and found.fields]
        silent = any(found.kind is Kind.BGP and found.breaking for found in one.findings)
        carries = one.carries if one.outcome is not None else silent or not _unsaid(one)
        if fields and (silent or not carries):
            what = "has no BGP session" if carries else "does not come up"
            reason = f"{one.tunnel} {what}: losing the other one stops all traffic"
            yield survival.finding(fields[0][0], reason)


def playable(subjects: Sequence[Subject]) -> bool:
    """Whether it makes sense to play them before it is known what comes of each by itself."""
    absent = any(True for _ in _absent(subjects, subjects[0].expectation))
    return len(subjects) > 1 and not absent and not _apart(subjects)


def _unplayable(subjects: Sequence[Subject], alone: Sequence[Rehearsal]) -> str:
    if any(one.outcome is None for one in alone):
        return "no daemon ran for each of the tunnels"
    if not all(one.carries for one in alone):
        return "not both of them come up"
    return "they have selectors of their own" if _apart(subjects) else ""


def _apart(subjects: Sequence[Subject]) -> bool:
    """Whether a tunnel takes but part of the traffic by itself."""
    return any(one.tunnel.mode is Mode.POLICY_BASED or one.tunnel.selectors for one in subjects)


def _judged(made: Together, losses: Losses, ends: Sequence[str]) -> Iterator[Finding]:
    if not all(losses.up):
        stay = [lane.name for lane, up in zip(made.lanes, losses.up, strict=True) if not up]
        yield survival.finding("", f"beside the other one {_listed(stay)} does not come up")
        return
    yield from survival.stopped(made, ends, _lost(made, losses))


def _lost(made: Together, losses: Losses) -> Iterator[tuple[int, Probe]]:
    """Lanes, and pairs that had no traffic without them."""
    for loss in losses.losses:
        for probe, stream in zip(made.probes, loss.during, strict=True):
            if stream.out is None or stream.back is None:
                yield loss.lane, probe


def _listed(values: Iterable[object]) -> str:
    return " and ".join(map(str, values))
