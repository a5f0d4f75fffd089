"""One tunnel rehearsed: the scenario made, played, and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as changed
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Encapsulation, TrafficSelector
from appliance.record import dataclass, replace
from appliance.twin import azure, heard, matcher, onpremises
from appliance.twin.dialogue import Dialogue
from appliance.twin.finding import Finding, segments, sized
from appliance.twin.judging import judge
from appliance.twin.namespaces import play
from appliance.twin.needs import missing_bgp
from appliance.twin.scenario import ETHERNET, Outcome, Probe, Scenario
from appliance.twin.sessions import speaks
from appliance.twin.speaking import dialogue
from appliance.twin.subject import Subject, covered, locals_, nameless, wanted

STRANGERS = IPv4Network("198.18.0.0/24"), IPv4Network("198.19.0.0/24")
"""Networks of nobody's (RFC 2544), one at each end: no tunnel is there for their traffic."""
NARROW = 1_400
"""Bytes of a path on which something else takes some for itself: a further tunnel, PPPoE."""
_MOST_PROBES = 400
_UNSAID_KEY = "rehearsed-without-the-real-one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What came of it. `outcome` None: no daemon ran, and `why` says why not.

    `unproven` are things about this tunnel that stayed unproven, besides those that always do.
    """

    tunnel: str
    gateway: IPv4Address | None
    findings: tuple[Finding, ...]
    probes: tuple[Probe, ...] = ()
    outcome: Outcome | None = None
    why: str = ""
    unproven: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether nothing was found that keeps the tunnel, or traffic in it, down."""
        return not any(finding.breaking for finding in self.findings)

    @property
    def carries(self) -> bool:
        """Whether a tunnel came up at all, whoever dialled."""
        tried = () if self.outcome is None else (self.outcome.device, self.outcome.azure)
        return any(attempt.sas for attempt in tried if attempt is not None)


def rehearse(subject: Subject, *, thorough: bool = False) -> Rehearsal:
    """Let two daemons try. What they cannot be told is judged on paper.

    `thorough`: full sizes are tried over a narrow path, too: what would fit there is told.
    Raises `ApplianceError` when the sandbox fails.
    """
    unplayable = _unplayable(subject)
    if unplayable:
        return replace(on_paper(subject), why=unplayable)
    made = scenario(subject, spoken=not missing_bgp())
    if sized(subject.tunnel, subject.meant):
        made = changed(made, paths=(ETHERNET, NARROW) if thorough else (ETHERNET,))
    outcome = play(made)
    return Rehearsal(
        tunnel=subject.tunnel.name,
        gateway=subject.endpoint.address,
        findings=(
            *judge(
                heard.learnt(made, outcome),
                outcome,
                subject.tunnel,
                silence=heard.silence(subject, outcome),
            ),
            *segments(subject.tunnel, subject.meant, flows=_flows(outcome)),
        ),
        probes=made.probes,
        outcome=outcome,
        unproven=tuple(_unproven(subject)),
    )


def _flows(outcome: Outcome) -> bool | None:
    """Whether full segments got through over the usual path; None where none were sent."""
    attempts = (outcome.device, outcome.azure)
    fits = (fit for one in attempts if one is not None for fit in one.fits)
    return next((fit.tcp for fit in fits if fit.path == ETHERNET), None)


def on_paper(subject: Subject, why: str = "") -> Rehearsal:
    """The same question answered by rules alone: version, proposals, identities, selectors, key."""
    return Rehearsal(
        tunnel=subject.tunnel.name,
        gateway=subject.endpoint.address,
        findings=(
            *matcher.match(subject, _keys(subject)),
            *segments(subject.tunnel, subject.meant),
        ),
        why=why,
        unproven=tuple(_unproven(subject)),
    )


def scenario(subject: Subject, *, spoken: bool = False) -> Scenario:
    """Both ends translated, and what to probe; `spoken`: BGP's routes are to be learnt there."""
    gateway = subject.endpoint.address
    if gateway is None:
        raise AssertionError("an endpoint without an address is not rehearsed")
    ours, theirs = _keys(subject)
    here = subject.tunnel.local.address or subject.public
    talks = dialogue(subject) if spoken else None
    learns = talks is None and speaks(subject)
    return Scenario(
        device=onpremises.gateway(
            subject.tunnel,
            azure=gateway,
            address=here,
            learnt=subject.expectation.vnet_prefixes if learns else (),
            key=ours,
        ),
        azure=azure.gateway(
            subject.expectation,
            address=gateway,
            learnt=_announced(subject) if learns else (),
            key=theirs,
            named=str(here) if nameless(subject) else None,
        ),
        probes=tuple(_probes(subject, _speakers(talks)))[:_MOST_PROBES],
        public=str(subject.public) if subject.nat and here != subject.public else None,
        bgp=subject.expectation.bgp_enabled,
        dialogue=talks,
    )


def _unplayable(subject: Subject) -> str:
    """Why no daemon can stand for this tunnel; empty when two can."""
    tunnel = subject.tunnel
    if not tunnel.enabled or tunnel.encapsulation is not Encapsulation.IPSEC or tunnel.dynamic:
        return "the tunnel cannot come up, whatever the other end is"
    if not tunnel.ike.proposals or not tunnel.esp.proposals:
        return "the tunnel refers to something that the configuration does not hold"
    odd = onpremises.expressible(tunnel) or azure.expressible(subject.expectation)
    return f"no daemon here speaks {odd}" if odd else ""


def _keys(subject: Subject) -> tuple[str | None, str]:
    """The device's key and Azure's; one that is not known is taken to be the other end's."""
    held, told = subject.tunnel.psk, subject.expectation.psk or subject.key
    ours = held.reveal() if isinstance(held, Secret) else None
    theirs = told.reveal() if told is not None else ours or _UNSAID_KEY
    return (theirs if isinstance(held, Hidden) else ours), theirs


def _unproven(subject: Subject) -> Iterator[str]:
    if isinstance(subject.tunnel.psk, Hidden):
        yield f"the key: the device's is not known ({subject.tunnel.psk.reason})"
    if subject.expectation.psk is None:
        yield "the key: Azure's export does not hold it, the device's side is taken to be right"
    if subject.expectation.bgp_enabled and missing_bgp():
        yield f"BGP: by rules alone, its routes are taken as learnt: {missing_bgp()}"
    if nameless(subject):
        yield "our identity: the device says its private address, and Azure is taken to accept it"
    if subject.expectation.on_premises.address is None:
        yield "our address: Azure looks a name up, any address was let in"


def _announced(subject: Subject) -> tuple[IPv4Network, ...]:
    bgp = subject.tunnel.bgp
    return () if bgp is None else bgp.networks


def _speakers(talks: Dialogue | None) -> tuple[IPv4Network, ...]:
    """Addresses that the gateways have themselves for BGP: no host has one of them."""
    held = () if talks is None else (*talks.here, *talks.there)
    return tuple(IPv4Network(one.partition("/")[0]) for one in held)


def _probes(subject: Subject, taken: tuple[IPv4Network, ...]) -> Iterator[Probe]:
    asked = wanted(subject)
    known = [pair.local for pair in asked], [pair.remote for pair in asked]
    ours = dict.fromkeys((*known[0], *locals_(subject), STRANGERS[0]))
    theirs = dict.fromkeys((*known[1], *subject.expectation.vnet_prefixes, STRANGERS[1]))
    every = [TrafficSelector(local=a, remote=b) for a, b in product(ours, theirs)]
    for pair in (*asked, *(one for one in every if not covered(one, asked))):
        if pair.local is STRANGERS[0] and pair.remote is STRANGERS[1]:
            continue
        if pair.local in taken or pair.remote in taken:
            continue  # that is the gateway itself, and its session goes there
        yield Probe(
            local=str(pair.local),
            remote=str(pair.remote),
            local_host=host_in(pair.local, (*ours, *taken)),
            remote_host=host_in(pair.remote, (*theirs, *taken)),
            permitted=pair in asked,
        )


def host_in(network: IPv4Network, all_: tuple[IPv4Network, ...]) -> str:
    """An address of the network that is in none of its parts, if there is one near its start."""
    parts = [part for part in all_ if part != network and part.subnet_of(network)]
    first = 10 if network.num_addresses > 16 else network.num_addresses // 2  # noqa: PLR2004 -- past the usual gateways
    step = max(1, network.num_addresses // 16)
    offers = [network[first], *(network[n] for n in range(first, network.num_addresses, step))]
    free = (one for one in offers if not any(one in part for part in parts))
    return str(next(free, offers[0]))
