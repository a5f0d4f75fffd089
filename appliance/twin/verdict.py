"""What kept a tunnel down, read from the daemons' own words.

The answering end has the precise reason; the dialling one sees only the notify that came of it.
"""

from __future__ import annotations

import re
from itertools import product

from appliance.model.failure import Kind
from appliance.record import dataclass
from appliance.twin.scenario import Connection, Scenario, Try


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why one negotiation failed: its kind, the fields concerned, the most telling first.

    `device` and `azure` are what the two ends said of it, in the daemons' words where they tell.
    """

    kind: Kind
    fields: tuple[str, ...]
    reason: str
    device: tuple[str, ...] = ()
    azure: tuple[str, ...] = ()


# Order matters: an early failure may bring the words of a later one with it.
_SIGNS = (
    (Kind.KEY, r"but MAC mismatched|invalid (?:ID_V1|HASH_V1) payload length, decryption failed"),
    (Kind.IDENTITY, r"no matching peer config found|peer config .* unacceptable|IDir .* does not"),
    (Kind.KEY, r"no shared key found"),
    (Kind.IDENTITY, r"no shared key found for|constraint check failed|IDr.*does not match"),
    (Kind.PEER_OR_VERSION, r"no IKE config found for"),
    (Kind.SELECTORS, r"TS_UNACCEPT|INVALID_ID_INFORMATION|no matching CHILD_SA config"),
    (Kind.ESP_PROPOSAL, r"no acceptable proposal found|no matching proposal found, sending"),
    (Kind.IKE_PROPOSAL, r"received proposals unacceptable|no proposal found"),
    (Kind.NO_ANSWER, r"giving up after \d+ retransmits"),
)
_REASONS = {
    Kind.KEY: "the two ends hold different pre-shared keys, or one holds none",
    Kind.IDENTITY: "one end calls itself otherwise than the other expects",
    Kind.PEER_OR_VERSION: "the called end has no connection for this address and IKE version",
    Kind.IKE_PROPOSAL: "no IKE proposal in common",
    Kind.ESP_PROPOSAL: "no ESP proposal in common",
    Kind.SELECTORS: "one end proposes traffic selectors that the other does not have",
    Kind.NO_ANSWER: "nobody answers there",
    Kind.UNKNOWN: "it failed, and its words are not among those known",
}
_TRANSFORMS = (
    ("prf", r"PRF_"),
    ("groups", r"MODP_|ECP_|CURVE_"),
    ("integrity", r"HMAC_|AES_XCBC|AES_CMAC"),
)
_IGNORED = ("NO_EXT_SEQ", "EXT_SEQ")


def cause(tried: Try, scenario: Scenario, *, by_device: bool) -> Cause:
    """Why this negotiation came to nothing, or to no child SA."""
    words = f"{tried.said}\n{tried.log}"
    kind = next((kind for kind, sign in _SIGNS if re.search(sign, words)), Kind.UNKNOWN)
    match kind:
        case Kind.IKE_PROPOSAL | Kind.ESP_PROPOSAL:
            return _proposals(kind, words, by_device=by_device)
        case Kind.UNKNOWN:
            last = tried.said.strip().rpartition("\n")[2]
            return Cause(kind=kind, fields=(), reason=f"{_REASONS[kind]}: {tried.error} ({last})")
        case _:
            return _ends(kind, scenario, tried, by_device=by_device)


def rekeyed(tried: Try, *, by_device: bool) -> Cause:
    """Why new keys for a live SA could not be agreed on: in IKEv2 PFS first acts here."""
    found = _proposals(Kind.ESP_PROPOSAL, f"{tried.said}\n{tried.log}", by_device=by_device)
    what = "the IKE SA" if tried.child == "ike" else "the child SA"
    who = "the device" if by_device else "Azure"
    return Cause(
        kind=Kind.REKEY,
        fields=found.fields if found.device or found.azure else ("esp.pfs_group",),
        reason=f"it comes up, but when {who} renews {what}, hours later, it fails",
        device=found.device,
        azure=found.azure,
    )


def _ends(kind: Kind, scenario: Scenario, tried: Try, *, by_device: bool) -> Cause:
    """The ends as configured tell which of the fields it can only be."""
    dials, answers = _connections(scenario, by_device=by_device)
    device, azure = (dials, answers) if by_device else (answers, dials)
    match kind:
        case Kind.KEY:
            return _told(kind, "psk")
        case Kind.IDENTITY:
            return _identity(device, azure)
        case Kind.SELECTORS:
            return _selectors(dials, answers, tried.child, by_device=by_device)
        case _:
            return _unreached(kind, scenario, (device, azure), by_device=by_device)


def _selectors(dials: Connection, answers: Connection, name: str, *, by_device: bool) -> Cause:
    proposed = tuple(
        (f"{child.ours} <-> {child.theirs}" if by_device else f"{child.theirs} <-> {child.ours}")
        for child in dials.children
        if child.name == name
    )
    held = tuple(
        (f"{child.theirs} <-> {child.ours}" if by_device else f"{child.ours} <-> {child.theirs}")
        for child in answers.children
    )
    device, azure = (proposed, held) if by_device else (held, proposed)
    return _told(Kind.SELECTORS, "selectors", device, azure)


def _identity(device: Connection, azure: Connection) -> Cause:
    ours, expected = device.our_identity, azure.their_identity
    if expected not in ("%any", ours):
        return _told(Kind.IDENTITY, "local.identity", (ours,), (expected,))
    return _told(Kind.IDENTITY, "remote.identity", (device.their_identity,), (azure.our_identity,))


def _unreached(
    kind: Kind, scenario: Scenario, ends: tuple[Connection, Connection], *, by_device: bool
) -> Cause:
    device, azure = ends
    outside = scenario.public or scenario.device.address
    if device.theirs not in ("%any", scenario.azure.address):
        return _told(kind, "remote.addresses", (device.theirs,), (scenario.azure.address,))
    if azure.theirs not in ("%any", outside):
        return _told(kind, "azure.on_premises.address", (outside,), (azure.theirs,))
    if device.version != azure.version:
        versions = ((str(device.version),), (str(azure.version),))
        return _told(kind, "ike.version", *versions)
    if scenario.device.silent:
        return _told(kind, "permits", (), (scenario.azure.address,))
    if by_device or scenario.public is None:
        return Cause(kind=kind, fields=(), reason=_REASONS[kind])
    return _told(kind, "local.address", (scenario.device.address,), (outside,))


def _connections(scenario: Scenario, *, by_device: bool) -> tuple[Connection, Connection]:
    near, far = scenario.device, scenario.azure
    caller, called = (near.dials, far.answers) if by_device else (far.dials, near.answers)
    if caller is None or called is None:
        raise AssertionError("an end that does not dial has not failed to")
    return caller, called


def _told(
    kind: Kind, field: str, device: tuple[str, ...] = (), azure: tuple[str, ...] = ()
) -> Cause:
    return Cause(kind=kind, fields=(field,), reason=_REASONS[kind], device=device, azure=azure)


def _proposals(kind: Kind, words: str, *, by_device: bool) -> Cause:
    """Which transform has no value in common, by the two lists that the called end wrote down."""
    received = _listed(words, "received proposals")
    configured = _listed(words, "configured proposals")
    ours, theirs = (received, configured) if by_device else (configured, received)
    apart = _apart(ours, theirs)
    return Cause(
        kind=kind,
        fields=tuple(_field(kind, one) for one in apart) or _whole(kind),
        reason=_REASONS[kind],
        device=ours,
        azure=theirs,
    )


def _listed(words: str, title: str) -> tuple[str, ...]:
    """The proposals of the last such line: `IKE:A/B/C, IKE:D/E/F` without the protocol."""
    found = re.findall(rf"{title}: (.*)", words)
    lines = [line for line in found if line.strip() and line.strip() != "(null)"]
    parts = lines[-1].split(", ") if lines else []
    return tuple(dict.fromkeys(part.strip().partition(":")[2] for part in parts))


def _apart(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Kinds of transform in which no proposal of one end has a value of the other's.

    Judged by the nearest pair of proposals where each kind alone has something in common.
    """
    if not ours or not theirs:
        return ()
    mine, other = [_sorted(one) for one in ours], [_sorted(one) for one in theirs]
    return _sent(*min(product(mine, other), key=lambda pair: len(_disjoint(*pair))))


def _sent(one: dict[str, set[str]], two: dict[str, set[str]]) -> tuple[str, ...]:
    """The first child SA of IKEv2 has no key exchange of its own, so that no group is sent."""
    apart = _disjoint(one, two)
    unsent = "groups" in apart and ("groups" not in one or "groups" not in two)
    return apart[:-1] if unsent and len(apart) > 1 else apart


def _disjoint(one: dict[str, set[str]], two: dict[str, set[str]]) -> tuple[str, ...]:
    kinds = ("encryption", "integrity", "prf", "groups")
    both = ((kind, one.get(kind, set()), two.get(kind, set())) for kind in kinds)
    return tuple(kind for kind, ours, theirs in both if ours != theirs and not ours & theirs)


def _sorted(proposal: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in proposal.split("/"):
        if word and word not in _IGNORED:
            kind = next((k for k, sign in _TRANSFORMS if re.match(sign, word)), "encryption")
            found.setdefault(kind, set()).add(word)
    return found


def _field(kind: Kind, transform: str) -> str:
    if kind is Kind.IKE_PROPOSAL:
        return f"ike.proposals.{transform}"
    return "esp.pfs_group" if transform == "groups" else f"esp.proposals.{transform}"


def _whole(kind: Kind) -> tuple[str, ...]:
    return ("ike.proposals",) if kind is Kind.IKE_PROPOSAL else ("esp.proposals",)
