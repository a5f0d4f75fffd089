"""Whether traffic gets through, end to end: exactly, and by which line of the device or of Azure.

Everything in the way is a chain of lines that takes a part of the flows between two networks:
routes, selectors, NAT exemption, access rules, the networks that Azure knows, its security groups
and routes. What no chain stops passes; what hangs on something that is not known is said to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from appliance.model.filters import Chain, Decision, Fate, Rule, decisions
from appliance.model.pairing import pair
from appliance.model.traffic import EVERYTHING, NOTHING, Direction, Flows, between
from appliance.model.tunnel import TrafficSelector, Tunnel
from appliance.proof.path import cloud_chains, device_chains
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.expectation import Expectation
    from appliance.model.intent import Intent, Observed

__all__ = ["Result", "Row", "prove", "walk"]


class Result(StrEnum):
    """What becomes of all the flows of a row together."""

    PASSES = "passes"
    BLOCKED = "blocked"
    PARTLY = "partly"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What becomes of the flows of one tunnel between two networks, in one direction.

    `rule` is the prohibition that the row is about, None for what the site is there for. `passes`
    are the flows that get through, `stopped` those that do not and `unknown` those of which that
    cannot be told, each with the line. `intended` are those that should get through.
    """

    tunnel: str
    local: str
    remote: str
    direction: Direction
    rule: Rule | None
    intended: Flows
    passes: Flows
    stopped: tuple[Decision, ...]
    unknown: tuple[Decision, ...]
    let: tuple[Decision, ...] = ()

    @property
    def result(self) -> Result:
        """In one word."""
        if self.passes:
            return Result.PARTLY if self.stopped or self.unknown else Result.PASSES
        if self.unknown:
            return Result.PARTLY if self.stopped else Result.UNKNOWN
        return Result.BLOCKED

    @property
    def leaking(self) -> Flows:
        """What gets through and should not."""
        return self.passes - self.intended

    @property
    def missing(self) -> Flows:
        """What should get through and is stopped."""
        stopped = NOTHING
        for one in self.stopped:
            stopped |= one.flows
        return self.intended & stopped


def prove(
    intent: Intent, observed: Observed, expectation: Expectation, cloud: Sequence[Chain] = ()
) -> tuple[Row, ...]:
    """Every pair of the site's networks both ways, then every prohibition, for each tunnel.

    `cloud` are Azure's security groups and routes, as far as they were exported.
    """
    rows: list[Row] = []
    for wanted, running in pair(intent, observed.tunnels):
        chains = (*device_chains(wanted, running), *cloud_chains(wanted, expectation), *cloud)
        rules = running.filter.chains if running is not None and running.filter is not None else ()
        way = _Way(wanted=wanted, chains=chains, rules=rules)
        rows += way.rows(tuple(_pairs(intent, expectation)))
    return tuple(rows)


def _pairs(intent: Intent, expectation: Expectation) -> Iterator[TrafficSelector]:
    """The pairs of networks that the site is there for."""
    networks = [
        network for tunnel in intent.tunnels if tunnel.bgp for network in tunnel.bgp.networks
    ]
    known = expectation.on_premises.prefixes or tuple(dict.fromkeys(networks))
    if expectation.selectors:
        yield from expectation.selectors
        return
    for local in known:
        for remote in expectation.vnet_prefixes:
            yield TrafficSelector(local=local, remote=remote)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A tunnel with all that is in the way of its traffic; `rules` are the access rules in it."""

    wanted: Tunnel
    chains: tuple[Chain, ...]
    rules: tuple[Chain, ...]

    def rows(self, pairs: Sequence[TrafficSelector]) -> Iterator[Row]:
        """Every pair both ways, then what is prohibited of them."""
        whole = NOTHING
        for one in pairs:
            for way in Direction:
                asked = between(one.local, one.remote, way)
                whole |= asked
                yield self._row(asked, (str(one.local), str(one.remote)), way, None)
        for rule in self.wanted.filter.rules if self.wanted.filter is not None else ():
            for way in rule.directions if not rule.permit else ():
                asked = rule.flows() & whole & between(rule.local, rule.remote, way)
                if asked:
                    yield self._row(asked, (_place(rule.local), _place(rule.remote)), way, rule)

    def _row(self, asked: Flows, ends: tuple[str, str], way: Direction, rule: Rule | None) -> Row:
        passes, stopped, unknown = walk(self.chains, asked)
        allowed = EVERYTHING if self.wanted.filter is None else self.wanted.filter.passes
        leaking = passes - allowed
        return Row(
            tunnel=self.wanted.name,
            local=ends[0],
            remote=ends[1],
            direction=way,
            rule=rule,
            intended=asked & allowed,
            passes=passes,
            stopped=stopped,
            unknown=unknown,
            let=tuple(self._let(leaking)),
        )

    def _let(self, leaking: Flows) -> Iterator[Decision]:
        """The access rules that let flows through: of each the first, where they begin."""
        for chain in self.rules:
            for one in decisions(chain, leaking):
                yield one
                leaking -= one.flows


def _place(network: object) -> str:
    return "all" if str(network) == "0.0.0.0/0" else str(network)


def walk(
    chains: Sequence[Chain], asked: Flows
) -> tuple[Flows, tuple[Decision, ...], tuple[Decision, ...]]:
    """What of the flows gets through, what is stopped where, and what cannot be told.

    A flow that something surely stops is stopped, whatever else is not known of it.
    """
    left, stopped, unknown = asked, list[Decision](), list[Decision]()
    for chain in chains:
        for one in decisions(chain, left):
            if one.fate is Fate.BLOCKED:
                stopped.append(one)
                left -= one.flows
    for chain in chains:
        for one in decisions(chain, left):
            if one.fate is Fate.UNKNOWN:
                unknown.append(one)
                left -= one.flows
    return left, tuple(stopped), tuple(unknown)
