"""Statements that lead from one state of a device to another, tunnels and edge together."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.driver import Refusal
from appliance.model.change import Change
from appliance.model.edge import KEY_LENGTH, Held
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from vendors.juniper_junos.change import between
from vendors.juniper_junos.edge.writing import edge_statements
from vendors.juniper_junos.writing.statements import Statements, statements


def change(running: Held, intended: Held) -> Change:
    """Steps from `running` to `intended`; swapped, the rollback.

    Raises `RefusedError` when two parts want different values of one statement.
    """
    sides = _statements(running), _statements(intended)
    return between(sides, running.tunnels, intended.tunnels)


def _statements(held: Held) -> Statements:
    return statements(held.tunnels, () if held.edge is None else edge_statements(held.edge))


def refusals(intent: Intent) -> tuple[Refusal, ...]:
    """What Junos, or Azure over it, cannot take of an edge."""
    return tuple(_refusals(intent))


def _refusals(intent: Intent) -> Iterator[Refusal]:
    for link in () if intent.edge is None else intent.edge.links:
        key = link.session.key
        text = key.reveal() if isinstance(key, Secret) else ""
        if len(text) > KEY_LENGTH or not (text.isascii() and (text.isalnum() or not text)):
            yield Refusal(
                setting=f"express_route: md5 of {link.label}",
                reason=f"Azure takes at most {KEY_LENGTH} letters and digits as the key of a "
                "peering, and nothing else",
            )
