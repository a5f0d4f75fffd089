"""What the rules of a tunnel amount to in static packet filters, and why they cannot."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model.diagram import Interval
from appliance.model.filters import Filter, Rule, agrees, memoryless
from appliance.model.packets import sessions
from appliance.model.traffic import ICMP, NOTHING, TCP, UDP, Direction, answered
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.rras import names
from vendors.rras.writing.filters import said
from vendors.rras.writing.lists import (
    BUT_PING,
    MEMORYLESS,
    MOST,
    PORT_0,
    WAYS,
    UntellableError,
    lists,
    size,
)

NOTE = (
    "RRAS filters packet by packet: whoever may answer from a UDP port (or by a protocol other "
    "than TCP and ping) may also begin from it; what is denied stays so both ways"
)
DENIED = (
    "RRAS cannot tell TCP that begins from its answers where all but some ports may pass: a `deny` "
    "of ports one way also stops connections the other way that begin from these very ports"
)


def expressed(tunnel: Tunnel) -> tuple[Tunnel, tuple[str, ...]]:
    """The tunnel with what its rules amount to in filters, and notes of what that means.

    Filters see BGP to the server itself: its sessions go before all rules.
    """
    asked = tunnel.filter
    if asked is None:
        return tunnel, ()
    own = tuple(rule for rule in sessions(tunnel) if rule not in asked.rules)
    ruled = Filter(rules=(*own, *asked.rules), within=asked.within)
    usual = _taken(ruled, MEMORYLESS)
    notes = (NOTE,) if usual.passes != memoryless(ruled, ()).passes else ()
    other = None if lists(usual) is not None else _taken(ruled, BUT_PING)
    if other is not None and lists(other) is not None:
        return replace(tunnel, filter=other), (*notes, DENIED)
    return replace(tunnel, filter=usual), notes


def _taken(wanted: Filter, denied: Sequence[Interval]) -> Filter:
    """What the rules amount to, a `deny` being about the answers as well for these protocols."""
    passes = NOTHING
    for rule in reversed(wanted.rules):
        matched = answered(MEMORYLESS if rule.permit else denied, rule.flows())
        passes = passes | matched if rule.permit else passes - matched
    return Filter(passes, rules=wanted.rules, within=wanted.within)


def filtered(tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """The tunnel with its filters: those it has where they do what is asked, else ours.

    Where nobody told what there is they are left alone.
    """
    wanted = tunnel.filter
    kept = {} if running is None else _filters(running)
    theirs = None if running is None else running.filter
    if wanted is None or (running is not None and agrees(wanted, theirs)):
        return replace(tunnel, filter=theirs, objects={**tunnel.objects, **kept})
    found = lists(wanted) or {}
    return replace(tunnel, objects={**tunnel.objects, **said(found)})


def _filters(running: Tunnel) -> dict[str, str]:
    kinds = (names.FILTERS, *(kind(way.lower()) for kind in _KINDS for way in WAYS))
    return {kind: running.objects[kind] for kind in kinds if kind in running.objects}


_KINDS = (names.filter_action, names.filter_lines)


def hindrance(wanted: Filter) -> UntellableError | None:
    """Why no lists say it, naming the rule that takes most lines; None where there are some."""
    if lists(wanted) is not None:
        return None
    untold: list[UntellableError] = []
    sizes: list[tuple[int, Rule]] = []
    for rule in wanted.rules:
        try:
            sizes.append((max(size(wanted, rule, own) for own in Direction), rule))
        except UntellableError as error:
            untold.append(_left(rule) if _zero(error, rule) else error)
    most, rule = max(sizes, key=lambda one: one[0], default=(0, Rule(permit=True)))
    if untold and most <= MOST:
        return untold[0]
    told = f"`{_spelled(rule)}` alone takes {most:,} lines"
    if most <= MOST:
        told = f"all rules together take too many lines, `{_spelled(rule)}` {most:,} of them"
    return UntellableError(
        f"RRAS takes single ports and prefixes: {told} in one direction, and {MOST:,} are the most "
        "we write",
        "the whole protocol, or fewer ports",
        "named networks for `all`, out of which every `deny` is cut into prefixes",
    )


def _zero(error: UntellableError, rule: Rule) -> bool:
    """Whether port 0 is not the rule's own, but of what is left of it."""
    return error.reason == PORT_0 and all(low for low, _ in rule.ports)


def _left(rule: Rule) -> UntellableError:
    return UntellableError(
        f"RRAS takes single ports: `{_spelled(rule)}` without what other rules take out of it is "
        "all ports but some",
        "`deny` for networks, or with single ports beside `protocol: any` both ways",
        "`permit` with single ports",
    )


def _spelled(rule: Rule) -> str:
    kinds = {None: "any", ICMP: "icmp", TCP: "tcp", UDP: "udp"}
    ports = ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in rule.ports)
    words = (
        "permit" if rule.permit else "deny",
        kinds[rule.protocol],
        ports,
        f"{rule.local} {_ARROWS[rule.direction]} {rule.remote}",
    )
    return " ".join(filter(None, words))


_ARROWS = {None: "<->", Direction.TO_AZURE: "->", Direction.FROM_AZURE: "<-"}
