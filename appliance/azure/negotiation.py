"""What a connection negotiates: IKE version, policy, lifetimes, liveness."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.azure import defaults
from appliance.azure.expectation import DPD_SECONDS, ESP_LIFETIME_KILOBYTES
from appliance.azure.policy import Words, effective_policy
from appliance.azure.spelling import Field, nearest, shorten
from appliance.azure.tree import Node, fold
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials, PeerPolicy
from appliance.record import dataclass

_DPD_RANGE = range(9, 3_601)
_MIN_SECONDS = 300
_MIN_KILOBYTES = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The outcome for one connection; lifetimes in seconds and kilobytes."""

    version: IkeVersion
    policy: PeerPolicy
    lifetime_seconds: int
    lifetime_kilobytes: int
    dpd_seconds: int


def terms(connection: Node, notes: list[str], offers: defaults.Defaults) -> Terms | None:
    """What both sides must agree on; None when faults (noted in the nodes) leave no answer.

    `offers` act where the connection has no policy of its own.
    """
    version = _version(connection, notes, policy_based=offers is defaults.POLICY_BASED)
    custom = _custom(connection, notes)
    policy = _policy(connection, custom, offers, notes)
    seconds = _lifetime(custom, "saLifeTimeSeconds", offers.lifetime_seconds, _MIN_SECONDS, notes)
    kilobytes = _lifetime(
        custom, "saDataSizeKilobytes", ESP_LIFETIME_KILOBYTES, _MIN_KILOBYTES, notes
    )
    dpd = dpd_seconds(connection, "dpdTimeoutSeconds", notes)
    if version is None or policy is None:
        return None
    _suspect(connection, version, policy, notes)
    return Terms(
        version=version,
        policy=policy,
        lifetime_seconds=seconds,
        lifetime_kilobytes=kilobytes,
        dpd_seconds=dpd,
    )


def words(policy: Node, names: Mapping[Field, str]) -> Words:
    """The algorithm words of a policy object, under the member names given for its fields."""
    found = ((field, policy.text(name)) for field, name in names.items())
    said = {field: word for field, word in found if word is not None}
    told = ((field, policy.get(name)) for field, name in names.items())
    places = {field: member.where for field, member in told if member is not None}
    return Words(said, policy.where, names, policy.faults, places)


def dials(node: Node, name: str) -> Dials | None:
    """A member `connectionMode`; None (and a fault) for a word Azure does not have."""
    word = node.text(name) or Dials.EITHER
    for mode in Dials:
        if fold(mode) == fold(word):
            return mode
    near = nearest(word, tuple(Dials))
    guess = f"did you mean {near}? " if near else ""
    node.faults.add(
        f"connectionMode has no value {shorten(word)}",
        where=node.at(name),
        hint=f"{guess}Azure knows {', '.join(Dials)}",
    )
    return None


def dpd_seconds(node: Node, name: str, notes: list[str]) -> int:
    """Seconds until Azure takes a silent peer for dead; 0 and nothing mean its default."""
    seconds = node.number(name)
    if not seconds:
        return DPD_SECONDS
    if seconds not in _DPD_RANGE:
        notes.append(f"{node.at(name)}: {seconds} s is outside Azure's range 9-3600")
    return seconds


def _version(connection: Node, notes: list[str], *, policy_based: bool) -> IkeVersion | None:
    """IKEv2 unless said otherwise; a policy-based gateway speaks IKEv1 only."""
    word = connection.text("connectionProtocol")
    known = {"ikev1": IkeVersion.V1, "ikev2": IkeVersion.V2}
    said = known.get(fold(word)) if word else None
    if word and said is None:
        connection.faults.add(
            f"connectionProtocol has no value {shorten(word)}",
            where=connection.at("connectionProtocol"),
            hint="Azure knows IKEv1, IKEv2",
        )
        return None
    if policy_based and said is IkeVersion.V2:
        notes.append(
            f"{connection.at('connectionProtocol')}: IKEv2, but the gateway is policy-based and "
            "speaks IKEv1 only; IKEv1 is taken"
        )
    return IkeVersion.V1 if policy_based else said or IkeVersion.V2


def _custom(connection: Node, notes: list[str]) -> Node | None:
    """The one custom policy; None when Azure's defaults act."""
    if connection.get("ipsecPolicies") is None and _is_part(connection):
        connection.fault(
            "only a part of the connection, and ipsecPolicies is not in it: whether Azure's "
            "defaults act is not known",
            "export all of it, or add `ipsecPolicies: ipsecPolicies` to --query",
        )
    policies = connection.items("ipsecPolicies")
    if len(policies) > 1:
        notes.append(
            f"{connection.at('ipsecPolicies')}: {len(policies)} policies, but Azure acts on one; "
            "the first is taken"
        )
    return policies[0] if policies else None


def _is_part(connection: Node) -> bool:
    """Whether somebody chose the members (--query, Select-Object): Azure shows all of them."""
    told = connection.value if isinstance(connection.value, dict) else {}
    shown = ("ipsecPolicies", "ipsec_policies", "IpsecPolicies", "properties")
    always = ("provisioningState", "etag", "location", "resourceGuid", "authenticationType")
    return not any(name in told for name in shown) and not any(
        connection.get(name) is not None for name in always
    )


def _policy(
    connection: Node, custom: Node | None, offers: defaults.Defaults, notes: list[str]
) -> PeerPolicy | None:
    mode = dials(connection, "connectionMode")
    said = None if custom is None else words(custom, {field: field.value for field in Field})
    if custom is not None and not custom.is_object:
        return None
    policy = effective_policy(said, defaults=offers, dials=mode or Dials.EITHER, notes=notes)
    return None if mode is None else policy


def _lifetime(custom: Node | None, name: str, default: int, minimum: int, notes: list[str]) -> int:
    """A lifetime of the child SA. Lifetimes are local: a strange one is worth a note, no more."""
    if custom is None:
        return default
    told = custom.number(name)
    if not told:
        what = "0" if told == 0 else "missing"
        notes.append(f"{custom.at(name)}: {what}; Azure's default {default} is taken")
        return default
    if told < minimum:
        notes.append(f"{custom.at(name)}: {told} is below Azure's minimum of {minimum}")
    return told


def _suspect(connection: Node, version: IkeVersion, policy: PeerPolicy, notes: list[str]) -> None:
    """AEAD for the IKE SA is defined for IKEv2 only (RFC 5282)."""
    if version is IkeVersion.V1 and any(not proposal.integrity for proposal in policy.ike):
        notes.append(
            f"{connection.where}: a GCM cipher for IKE with IKEv1, which has no such thing "
            "(RFC 5282 is for IKEv2)"
        )
    if version is IkeVersion.V1 and policy.dials is not Dials.EITHER:
        notes.append(f"{connection.at('connectionMode')}: acts with IKEv2 only")
