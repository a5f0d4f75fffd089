"""What a log says of one tunnel: its causes, most telling first, each with its evidence."""

from __future__ import annotations

from appliance.model.failure import Kind, Weight
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One record of the log: the number of its (first) line, and its text without keys."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a tunnel is down, as far as a log tells.

    `instead` are what else the same words may mean. `received` and `wanted` are what the end that
    wrote the log was offered and would have taken, in its own words. `count` is how often it was
    said, `evidence` its first and last places.
    """

    kind: Kind
    weight: Weight
    says: str
    instead: tuple[Kind, ...] = ()
    received: str = ""
    wanted: str = ""
    count: int = 1
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One other end, as the log names it; `address` is None for what was said of nobody.

    `connection` is the name the device gives it, where its log does. `up` tells that the last word
    was that it came up: the causes are then of before.
    """

    address: str | None
    connection: str | None = None
    causes: tuple[Cause, ...]
    up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A whole log: its peers, the one with the most telling cause first."""

    records: int
    peers: tuple[Peer, ...]
