"""Commands from one state of a router to another, tunnels and ExpressRoute edge together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from appliance.driver import Refusal
from appliance.model.change import Change, Step
from appliance.model.edge import KEY_LENGTH, Held
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from vendors.cisco.writing.edits import Sections, edits
from vendors.cisco.writing.section import merged
from vendors.cisco_ios.change import between
from vendors.cisco_ios.edge.writing import FILTERS, edge_sections
from vendors.cisco_ios.writing.sections import sections


def change(running: Held, intended: Held) -> Change:
    """Steps from `running` to `intended`; swapped, the rollback.

    Raises `RefusedError` when two parts want different things of one shared object.
    """
    sides = _sections(running), _sections(intended)
    moved = _moved(running, intended)
    cleared = {key: one for key, one in sides[0].items() if key not in moved}
    gone = edits(sides[0], cleared, lambda _section, _after: False)
    made = between((cleared, sides[1]), running.tunnels, intended.tunnels)
    return Change(steps=(*gone.steps, *made.steps, *_refreshed(running, intended, sides)))


def _moved(running: Held, intended: Held) -> frozenset[str]:
    """Sub-interfaces whose session is on another one afterwards. They go first: IOS takes no
    address of a network that another interface still has ("overlaps with").
    """
    edges = (running.edge, intended.edge)
    before, after = (
        {} if edge is None else {one.session.peer: one.interface for one in edge.links}
        for edge in edges
    )
    return frozenset(
        f"interface {name}"
        for peer, name in before.items()
        if name and after.get(peer) not in {None, "", name}
    )


def _sections(held: Held) -> Sections:
    """Two VPN tunnels and two links say `network` alike: statements of one section are one."""
    edge = () if held.edge is None else edge_sections(held.edge)
    return merged(chain(sections(held.tunnels).values(), edge))


def _refreshed(running: Held, intended: Held, sides: tuple[Sections, Sections]) -> Iterator[Step]:
    """A live session takes a changed filter for what comes later only, until it is asked to."""
    before, after = sides
    if running.edge is None or intended.edge is None:
        return
    known = {link.session.peer for link in running.edge.links}
    for link in intended.edge.links:
        names = [link.objects[kind] for kind in FILTERS if kind in link.objects]
        keys = [key for key in {**before, **after} if set(names) & set(key.split())]
        session = f"router bgp {intended.edge.asn} address-family ipv4 neighbor {link.session.peer}"
        changed = any(before.get(key) != after.get(key) for key in (*keys, session))
        if link.session.peer in known and changed:
            text = f"do clear ip bgp {link.session.peer} soft"
            yield Step(text=text, why="lets the session follow its filters, without a reset")


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """What IOS cannot say of an edge."""
    return tuple(_refusals(intent))


def _refusals(intent: Intent) -> Iterator[Refusal]:
    if intent.edge is None:
        return
    for link in intent.edge.links:
        key = link.session.key
        if isinstance(key, Secret):
            text = key.reveal()
            if len(text) > KEY_LENGTH or not (text.isascii() and text.isalnum()):
                yield Refusal(
                    setting=f"express_route: md5 of {link.label}",
                    reason=f"Azure takes at most {KEY_LENGTH} letters and digits as the key of a "
                    "peering, and nothing else",
                )
        if link.svlan is not None and link.svlan == link.vlan:
            yield Refusal(
                setting=f"express_route: tags of {link.label}",
                reason="the outer and the inner tag are the same",
            )
