"""What an action on an ASA is: it decides what becomes of a statement."""

from __future__ import annotations

from collections.abc import Callable

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.effects import Effect
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Node

INVALID = "ERROR: % Invalid input detected at '^' marker."

Action = Callable[[Configuration, Node, Match], Effect]


def refused(text: str) -> Effect:
    """The statement is not entered, and the ASA says why."""
    return Effect(words=None, message=text)
