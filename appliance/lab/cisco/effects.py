"""What becomes of a statement that does more than being entered; IOS and ASA alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node

_Configuration = TypeVar("_Configuration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of a statement: `words` to enter (None: nothing more), and what is said."""

    words: Key | None
    message: str = ""


def entered(
    function: Callable[[_Configuration, Node, Match], str],
) -> Callable[[_Configuration, Node, Match], Effect]:
    """An action whose function enters the statement itself and returns what the device says."""

    def action(config: _Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=None, message=function(config, parent, found))

    return action


def rewritten(
    function: Callable[[_Configuration, Node, Match], Key],
) -> Callable[[_Configuration, Node, Match], Effect]:
    """An action whose function returns the words as they are kept."""

    def action(config: _Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=function(config, parent, found))

    return action
