"""What an action on IOS is: it decides what becomes of a statement."""

from __future__ import annotations

from collections.abc import Callable

from appliance.lab.cisco.effects import Effect
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Node
from appliance.lab.ios.configuration import Configuration

Action = Callable[[Configuration, Node, Match], Effect]
