"""Does traffic move to the VPN when the circuit is lost, and back when it returns?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from appliance.model.edge import Edge
from appliance.model.secret import Hidden
from appliance.model.tunnel import Mode
from appliance.record import dataclass, replace
from appliance.twin.circuit import customer, provider, weighing
from appliance.twin.circuit.crossing import Crossed, Crossing, Line, read_crossed
from appliance.twin.circuit.customer import Timers
from appliance.twin.circuit.standing import MOST_PAIRS, REDISTRIBUTES, Standing, every_pair, pairs
from appliance.twin.finding import Finding
from appliance.twin.namespaces import ask
from appliance.twin.needs import missing_bgp
from appliance.twin.rehearsal import Rehearsal, host_in, scenario
from appliance.twin.scenario import End, Probe, Scenario
from appliance.twin.subject import Subject

_KEYLESS = "ExpressRoute: MD5 keys are compared, not tried: this kernel signs no TCP segments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """What came of it. `crossed` None: nothing was lost here, and `why` says why not.

    `lines` are the names of links as they are called in `crossed`, with their labels and timers;
    `probes` the pairs of networks whose traffic was watched, in its order. `unproven` are things
    about this circuit that stayed so. `lacking`: this machine has no BIRD.
    """

    tunnel: str
    findings: tuple[Finding, ...]
    lines: tuple[tuple[str, str, Timers | None], ...]
    probes: tuple[Probe, ...] = ()
    crossed: Crossed | None = None
    why: str = ""
    unproven: tuple[str, ...] = ()
    lacking: bool = False

    @property
    def works(self) -> bool:
        """Whether nothing was found that breaks it."""
        return not any(finding.breaking for finding in self.findings)


def rehearse(
    subjects: Sequence[Subject],
    alone: Sequence[Rehearsal],
    edges: tuple[Edge | None, Edge | None],
) -> Failover | None:
    """The circuit lost and mended; None where the site has none.

    `alone` is what came of each tunnel by itself, `edges` the edge as it is wanted and as the
    device will hold it. Raises `ApplianceError` when the sandbox fails.
    """
    asked, held = edges
    if asked is None:
        return None
    carrying = next(
        (one for one, tried in zip(subjects, alone, strict=True) if tried.carries), None
    )
    standing = Standing(subject=carrying or subjects[0], wanted=asked, held=held or Edge())
    absent = missing_bgp()
    why = _untried(alone, carrying) or absent or _unplayable(standing)
    if why:
        return replace(_ruled(standing, why, len(subjects)), lacking=why == absent)
    made = crossing(standing)
    crossed = read_crossed(ask("appliance.twin.circuit.outage", made.document()))
    begun = _begun(standing, len(subjects))
    return replace(
        begun,
        findings=tuple(weighing.judged(standing, made.tunnel.probes, crossed)),
        probes=made.tunnel.probes,
        crossed=crossed,
        unproven=begun.unproven if crossed.keys else (*begun.unproven, _KEYLESS),
    )


def on_paper(
    subjects: Sequence[Subject], edges: tuple[Edge | None, Edge | None], why: str
) -> Failover | None:
    """The same question answered by rules alone; None where the site has no circuit."""
    asked, held = edges
    if asked is None:
        return None
    standing = Standing(subject=subjects[0], wanted=asked, held=held or Edge())
    return _ruled(standing, why, len(subjects))


def _ruled(standing: Standing, why: str, tunnels: int) -> Failover:
    found = tuple(weighing.on_paper(standing))
    return replace(_begun(standing, tunnels), findings=found, why=why)


def _begun(standing: Standing, tunnels: int) -> Failover:
    return Failover(
        tunnel=standing.subject.tunnel.name,
        findings=(),
        lines=tuple(
            (link.name, link.azure.label, None if link.held is None else customer.timers(link.held))
            for link in standing.links
        ),
        unproven=tuple(_unproven(standing, tunnels)),
    )


def _untried(alone: Sequence[Rehearsal], carrying: Subject | None) -> str:
    """Two any-to-any tunnels would take each other's packets: one stands by, the first that works.

    Where none does, that is told with the tunnels.
    """
    if carrying is not None:
        return ""
    return next((one.why for one in alone if one.why), "the VPN does not come up")


def _unplayable(standing: Standing) -> str:
    subject = standing.subject
    if subject.tunnel.mode is Mode.POLICY_BASED or subject.tunnel.selectors:
        return "the tunnel has selectors of its own, and takes its traffic before any route"
    if subject.expectation.nat:
        return "the gateway translates addresses in the tunnel, and the circuit does not"
    return _apart(standing)


def _apart(standing: Standing) -> str:
    """Routing tables that do not meet; here there is one."""
    inside = standing.subject.tunnel.interface
    table = None if inside is None else inside.vrf
    held = [link.held.objects for link in standing.links if link.held is not None]
    others = {one.get("vrf") or one.get("instance") for one in held} - {table}
    if not others:
        return ""
    names = ", ".join(sorted(name or "the main one" for name in others))
    return f"the circuit's routing table is {names}, the tunnel's {table or 'the main one'}"


def crossing(standing: Standing) -> Crossing:
    """All that is played, out of both translators."""
    peer = customer.peer_of(standing)
    subject = standing.subject
    end = subject.expectation.on_premises
    return Crossing(
        tunnel=_tunnel(standing),
        device=customer.speaker(standing),
        azure=provider.vnet(standing),
        lines=tuple(_lines(standing)),
        here=() if peer is None else (str(peer.local_address or end.bgp_address),),
        there=() if peer is None else (str(peer.address),),
        apart=tuple((str(address), over) for address, over in customer.apart(standing)),
    )


def _tunnel(standing: Standing) -> Scenario:
    """The tunnel without routes of its own: here routers decide."""
    made = scenario(standing.subject)
    return dataclasses.replace(
        made,
        device=_unled(made.device),
        azure=_unled(made.azure),
        probes=tuple(_probes(standing)),
    )


def _probes(standing: Standing) -> Iterator[Probe]:
    known = every_pair(standing)
    ours, theirs = tuple(local for local, _ in known), tuple(remote for _, remote in known)
    for local, remote in pairs(standing):
        yield Probe(
            local=str(local),
            remote=str(remote),
            local_host=host_in(local, ours),
            remote_host=host_in(remote, theirs),
            permitted=True,
        )


def _unled(end: End) -> End:
    return dataclasses.replace(end, routes=())


def _lines(standing: Standing) -> Iterator[Line]:
    for number, link in enumerate(standing.links):
        held = None if link.held is None else link.held.address
        yield Line(
            name=link.name,
            microsoft=str(link.azure.microsoft),
            device=None if held is None else str(held),
            connected=customer.connected(link),
            vnet=provider.between(number),
            speaker=provider.router(standing, link, number),
        )


def _unproven(standing: Standing, tunnels: int) -> Iterator[str]:
    yield "ExpressRoute: VLAN tags are compared, not sent: this kernel's wires carry none"
    fed = standing.held.objects.get(REDISTRIBUTES)
    if fed is not None:
        told = fed.replace("\n", "; ")
        yield f"ExpressRoute: what BGP takes from elsewhere ({told}) is taken for all of the site's"
    for link in standing.links:
        held = link.held
        for key in (link.azure.key, None if held is None else held.session.key):
            if isinstance(key, Hidden):
                yield f"{link.azure.label}: one end's MD5 key is not known ({key.reason})"
        filters = () if held is None else (held.session.receives, held.session.sends)
        words = [w for f in filters if f is not None for c in f.clauses for w in c.unread]
        if words:
            told = "; ".join(dict.fromkeys(words))
            yield f"{link.azure.label}: its filters also ask for {told}, taken as fulfilled"
    if tunnels > 1:
        yield f"ExpressRoute: failover was tried with one of the {tunnels} tunnels"
    count = len(every_pair(standing))
    if count > MOST_PAIRS:
        yield f"ExpressRoute: {MOST_PAIRS} of {count} pairs of networks were watched"
