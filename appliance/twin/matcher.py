"""Would the two ends agree? By rules alone, for machines where no daemon can run.

RFC 7296 and RFC 2409 in outline, as the model's values. It sends no packet: that a rule was
forgotten here is what the daemons are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import product

from appliance.azure.expectation import Expectation
from appliance.model.algorithms import IkeVersion
from appliance.model.failure import Kind
from appliance.model.intent import Dials, EspOffer
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, TrafficSelector, Tunnel
from appliance.record import replace
from appliance.twin.finding import AZURE, DEVICE, Finding, configuration
from appliance.twin.sessions import fault
from appliance.twin.subject import Subject, covered, nameless, wanted

_ANYBODY = (None, "any", "%any", "0.0.0.0")  # noqa: S104 -- identities


def match(subject: Subject, keys: tuple[str | None, str]) -> tuple[Finding, ...]:
    """What keeps the tunnel down; `keys` are the device's and Azure's."""
    tunnel, expectation = subject.tunnel, subject.expectation
    found = [*configuration(tunnel), *_ends(subject)]
    if not found:
        found = [*_ike(tunnel, expectation), *_identities(subject)]
        if keys[0] != keys[1]:
            found.append(_broken(Kind.KEY, "psk", "the two ends hold different pre-shared keys"))
        found += [*_esp(tunnel, expectation), *_selectors(tunnel, expectation)]
        found += _traffic(subject)
    return tuple(sorted(found, key=lambda finding: not finding.breaking))


def _broken(  # noqa: PLR0913 -- a finding has these parts
    kind: Kind,
    field: str,
    reason: str,
    device: Iterable[object] = (),
    azure: Iterable[object] = (),
    *,
    breaking: bool = True,
    dialled: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        kind=kind,
        fields=(field,) if field else (),
        breaking=breaking,
        reason=reason,
        device=tuple(map(str, device)),
        azure=tuple(map(str, azure)),
        dialled=dialled,
    )


def _ends(subject: Subject) -> Iterator[Finding]:
    tunnel, expectation = subject.tunnel, subject.expectation
    version, gateway = tunnel.ike.version, subject.endpoint.address
    known = expectation.on_premises.address
    if known not in (None, subject.public):
        reason = "Azure knows the site by another public address"
        field = "azure.on_premises.address"
        yield _broken(Kind.PEER_OR_VERSION, field, reason, [subject.public], [known])
    if tunnel.remote.addresses and gateway not in tunnel.remote.addresses:
        reason = "the device dials another address than Azure's gateway has"
        yield _broken(
            Kind.NO_ANSWER, "remote.addresses", reason, tunnel.remote.addresses, [gateway]
        )
    if version is not expectation.ike_version:
        values = ([int(version)], [int(expectation.ike_version)])
        yield _broken(Kind.PEER_OR_VERSION, "ike.version", "the IKE versions differ", *values)
    if tunnel.permits is not None and gateway not in tunnel.permits:
        reason = "the device's own filter keeps Azure's IKE out"
        yield _broken(Kind.NO_ANSWER, "permits", reason, tunnel.permits, [gateway])


def _ike(tunnel: Tunnel, expectation: Expectation) -> Iterator[Finding]:
    offers, version = expectation.policy.ike, tunnel.ike.version
    apart = [_ike_apart(one, offer, version) for one in tunnel.ike.proposals for offer in offers]
    nearest = min(apart, key=len, default=())
    if nearest:
        yield Finding(
            kind=Kind.IKE_PROPOSAL,
            fields=tuple(f"ike.proposals.{field}" for field in nearest),
            breaking=True,
            reason="no IKE proposal in common",
            device=tuple(map(_ike_words, tunnel.ike.proposals)),
            azure=tuple(map(_ike_words, offers)),
        )


def _ike_apart(one: IkeProposal, offer: IkeProposal, version: IkeVersion) -> tuple[str, ...]:
    """Fields in which the device's proposal lacks what this exact combination of Azure's has."""
    aead = all(cipher.aead for cipher in offer.encryption)
    missing = {
        "encryption": not set(offer.encryption) <= set(one.encryption),
        "integrity": not aead and not set(offer.integrity) <= set(one.integrity),
        "prf": version is IkeVersion.V2 and not set(offer.prf) <= set(one.prf),
        "groups": not set(offer.groups) <= set(one.groups),
    }
    return tuple(field for field, true in missing.items() if true)


def _ike_words(proposal: IkeProposal) -> str:
    groups = [str(int(group)) for group in proposal.groups]
    parts = (proposal.encryption, proposal.integrity, proposal.prf, groups)
    return "/".join("+".join(part) for part in parts if part)


def _identities(subject: Subject) -> Iterator[Finding]:
    tunnel, expectation, endpoint = subject.tunnel, subject.expectation, subject.endpoint
    own = str(tunnel.local.address or "")
    shown = tunnel.local.identity or own
    wanted = own if nameless(subject) else expectation.on_premises.address
    if expectation.ike_version is IkeVersion.V2 and wanted and shown not in ("", str(wanted)):
        reason = "Azure knows the site by another address than the device calls itself"
        yield _broken(Kind.IDENTITY, "local.identity", reason, [shown], [wanted])
    asked = tunnel.remote.identity
    if asked not in (*_ANYBODY, str(endpoint.address)):
        reason = "the device expects another identity than Azure's gateway shows"
        yield _broken(Kind.IDENTITY, "remote.identity", reason, [asked], [endpoint.address])


def _esp(tunnel: Tunnel, expectation: Expectation) -> Iterator[Finding]:
    """As the device dials, then as Azure does: its lists differ, and the device keeps it up."""
    policy = expectation.policy
    lists = {
        DEVICE: () if policy.dials is Dials.AZURE else policy.responder,
        AZURE: () if policy.dials is Dials.APPLIANCE else policy.initiator,
    }
    decisive = DEVICE if lists[DEVICE] else AZURE
    for dialled, offers in lists.items():
        nearest = _nearest(tunnel, offers)
        if offers and nearest:
            only_group = nearest == ("esp.pfs_group",) and tunnel.ike.version is IkeVersion.V2
            yield Finding(
                kind=Kind.REKEY if only_group else Kind.ESP_PROPOSAL,
                fields=nearest,
                breaking=dialled == decisive,
                reason="it comes up, and fails when the child SA gets new keys, hours later"
                if only_group
                else "no ESP proposal in common",
                dialled=(dialled,),
                device=tuple(_esp_words(one, tunnel) for one in tunnel.esp.proposals),
                azure=tuple(map(_offer_words, offers)),
            )


def _nearest(tunnel: Tunnel, offers: Sequence[EspOffer]) -> tuple[str, ...]:
    apart = [_esp_apart(tunnel, one, offer) for one, offer in product(tunnel.esp.proposals, offers)]
    return min(apart, key=_weight, default=())


def _weight(fields: tuple[str, ...]) -> tuple[int, bool]:
    """A cipher missing is worse than a group."""
    return len([field for field in fields if field != "esp.pfs_group"]), bool(fields)


def _esp_apart(tunnel: Tunnel, one: EspProposal, offer: EspOffer) -> tuple[str, ...]:
    missing = {
        "esp.proposals.encryption": offer.encryption not in one.encryption,
        "esp.proposals.integrity": not offer.encryption.aead
        and offer.integrity not in one.integrity,
        "esp.pfs_group": tunnel.esp.pfs_group is not offer.pfs_group,
        "esp.proposals.ah": one.ah is not None,
        "esp.proposals.transport": one.transport,
    }
    return tuple(field for field, true in missing.items() if true)


def _esp_words(one: EspProposal, tunnel: Tunnel) -> str:
    group = "none" if tunnel.esp.pfs_group is None else str(int(tunnel.esp.pfs_group))
    return "/".join(("+".join(one.encryption), "+".join(one.integrity), group))


def _offer_words(offer: EspOffer) -> str:
    group = "none" if offer.pfs_group is None else str(int(offer.pfs_group))
    return f"{offer.encryption}/{offer.integrity}/{group}"


def _selectors(tunnel: Tunnel, expectation: Expectation) -> Iterator[Finding]:
    ours, theirs = set(tunnel.selectors), set(expectation.selectors)
    if ours == theirs:
        return
    if ours and not theirs:
        reason = "Azure proposes any-to-any: it comes up only when the device dials"
        yield _differing(ours, theirs, reason, breaking=expectation.policy.dials is Dials.AZURE)
    else:
        reason = "the traffic selectors differ, and devices demand the same ones"
        yield _differing(ours, theirs, reason, breaking=True)


def _differing(
    ours: set[TrafficSelector], theirs: set[TrafficSelector], reason: str, *, breaking: bool
) -> Finding:
    device, azure = (
        [str(pair) for pair in sorted(pairs)] or ["any to any"] for pairs in (ours, theirs)
    )
    return _broken(Kind.SELECTORS, "selectors", reason, device, azure, breaking=breaking)


def _traffic(subject: Subject) -> Iterator[Finding]:
    """Pairs that a setting leaves out: nothing leads them into the tunnel, or lets them through."""
    tunnel, expectation = subject.tunnel, subject.expectation
    pairs = wanted(subject)
    silence = fault(subject)
    unrouted = list(_unrouted(tunnel, expectation, pairs))
    if silence is not None:
        yield replace(silence, breaking=bool(unrouted))
    elif expectation.bgp_enabled:
        yield from _untold(tunnel, expectation, pairs)
    else:
        yield from unrouted
    if tunnel.selectors and not expectation.selectors:
        lost = [pair for pair in pairs if not covered(pair, tunnel.selectors)]
        yield from _lost("selectors", "no selectors of the device are for", lost)
    if tunnel.passes is not None:
        lost = [pair for pair in pairs if not covered(pair, tunnel.passes)]
        yield from _lost("passes", "the device's own rules are in the way of", lost)


def _unrouted(
    tunnel: Tunnel, expectation: Expectation, pairs: Sequence[TrafficSelector]
) -> Iterator[Finding]:
    if tunnel.mode is Mode.ROUTE_BASED:
        lost = [pair for pair in pairs if not _inside(pair.remote, tunnel.routes)]
        yield from _lost("routes", "no route of the device is for", lost)
    known = expectation.on_premises.prefixes
    lost = [pair for pair in pairs if not _inside(pair.local, known)]
    yield from _lost("azure.on_premises.prefixes", "Azure does not route back", lost)


def _untold(
    tunnel: Tunnel, expectation: Expectation, pairs: Sequence[TrafficSelector]
) -> Iterator[Finding]:
    """Networks that the device does not announce, and Azure does not know otherwise."""
    told = () if tunnel.bgp is None else tunnel.bgp.networks
    known = (*expectation.on_premises.prefixes, *told)
    lost = [pair for pair in pairs if not _inside(pair.local, known)]
    yield from _lost("bgp.networks", "the device does not announce its side of", lost)


def _lost(field: str, reason: str, pairs: Sequence[TrafficSelector]) -> Iterator[Finding]:
    if pairs:
        yield _broken(Kind.TRAFFIC, field, f"{reason} {', '.join(map(str, pairs))}")


def _inside(network: IPv4Network, all_: Iterable[IPv4Network]) -> bool:
    return any(network.subnet_of(one) for one in all_)
