"""What becomes of a statement that does more than being entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node

INVALID = "ERROR: % Invalid input detected at '^' marker."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of a statement: `words` to enter (None: nothing more), and what is said."""

    words: Key | None
    message: str = ""


Action = Callable[[Configuration, Node, Match], Effect]


def refused(text: str) -> Effect:
    """The statement is not entered, and the ASA says why."""
    return Effect(words=None, message=text)


def entered(function: Callable[[Configuration, Node, Match], str]) -> Action:
    """An action whose function enters the statement itself and returns what the ASA says."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=None, message=function(config, parent, found))

    return action
