"""What keeps a tunnel down, in one set of words; and what a log writes when it is so."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from appliance.record import dataclass


class Kind(StrEnum):
    """What went wrong, by where the negotiation or the traffic stopped."""

    KEY = "key"
    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    PEER_OR_VERSION = "peer-or-version"
    IKE_PROPOSAL = "ike-proposal"
    ESP_PROPOSAL = "esp-proposal"
    REKEY = "rekey"
    SELECTORS = "selectors"
    NO_ANSWER = "no-answer"
    PEER_LOST = "peer-lost"
    CLOSED = "closed"
    STALE = "stale"
    DAMAGED = "damaged"
    TRAFFIC = "traffic"
    LEAK = "leak"
    LET_THROUGH = "let-through"
    BGP = "bgp"
    FAILOVER = "failover"
    PATH = "path"
    LIMIT = "limit"
    CONFIGURATION = "configuration"
    LINE = "line"
    RESTART = "restart"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class Weight(IntEnum):
    """How far a sign can be trusted; ordered.

    A `CONSEQUENCE` follows from any of several causes (nobody answered at the end), a `LIKELY`
    sign from one of two, and a `PRECISE` one is the words of the end that refused.
    """

    CONSEQUENCE = 1
    LIKELY = 2
    PRECISE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """Words of a log and what they mean.

    `needle` is a literal in lower case that every such line holds: what makes large logs fast.
    `pattern` is a regular expression for the line, searched without regard to case; empty where
    the needle says it all. `.*` in it reaches 600 characters at most. Its groups may be named
    `peer` (the other end's address), `received` and `wanted` (what this end was offered, and what
    it would have taken).
    `kinds` are what may be the cause, the likeliest first; none means that the tunnel came up
    (precise), that its IKE SA stands (what followed) or is begun anew (likely).
    `says` is for an engineer, in this device's terms.
    """

    needle: str
    kinds: tuple[Kind, ...]
    weight: Weight
    says: str
    pattern: str = ""


def precise(needle: str, kind: Kind, says: str, pattern: str = "") -> Symptom:
    """Words of the end that refused."""
    return Symptom(needle=needle, kinds=(kind,), weight=Weight.PRECISE, says=says, pattern=pattern)


def likely(needle: str, kinds: tuple[Kind, ...], says: str, pattern: str = "") -> Symptom:
    """One of a few causes."""
    return Symptom(needle=needle, kinds=kinds, weight=Weight.LIKELY, says=says, pattern=pattern)


def follows(needle: str, kinds: tuple[Kind, ...], says: str, pattern: str = "") -> Symptom:
    """What many causes end in."""
    return Symptom(
        needle=needle, kinds=kinds, weight=Weight.CONSEQUENCE, says=says, pattern=pattern
    )


def up(needle: str, says: str, pattern: str = "") -> Symptom:
    """The tunnel came up: what was wrong before is over."""
    return Symptom(needle=needle, kinds=(), weight=Weight.PRECISE, says=says, pattern=pattern)


def stands(needle: str, pattern: str = "") -> Symptom:
    """What is only done over an IKE SA that stands: what fails after it is its upkeep."""
    says = "the IKE SA stands"
    return Symptom(needle=needle, kinds=(), weight=Weight.CONSEQUENCE, says=says, pattern=pattern)


def begins(needle: str, pattern: str = "") -> Symptom:
    """A new IKE SA is asked for: what fails now is no renewal of the one before."""
    says = "a new IKE SA is begun"
    return Symptom(needle=needle, kinds=(), weight=Weight.LIKELY, says=says, pattern=pattern)


_ERROR = r"error|code|failure|returned|fehler|erreur|status|reason"
"""What stands before a number that is a reason; a bare number may be anything."""
_RAS = r"coid=\{[\w-]{2,36}\}.*"
"""How a dialled connection's events begin; in every language they end in the number."""


def numbered(number: int, kinds: tuple[Kind, ...], weight: Weight, says: str) -> Symptom:
    """A reason that is told as a number, the same in every language."""
    return Symptom(
        needle=str(number),
        kinds=kinds,
        weight=weight,
        says=f"{says} ({number})",
        pattern=rf"(?:{_ERROR})\W{{0,12}}(?:\w{{1,9}}\W{{1,4}}){{0,4}}{number}\b"
        rf"|{_RAS}(?<!\d){number}(?!\d)\D{{0,24}}$"
        rf"|provider name=.(?:ras|remoteaccess).*<data[^>]{{0,40}}>{number}</data>",
    )
