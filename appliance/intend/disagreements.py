"""Where the inventory and Azure contradict each other, before any device is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

from appliance.azure.expectation import Expectation
from appliance.azure.translation import translated
from appliance.inventory.model import Site
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.secret import Hidden, Secret

Row = tuple[str, object, object, Severity, str]
_MOST = 10
"""Networks that a sentence names."""


def disagreements(
    site: Site, expectation: Expectation, psk: Secret | Hidden
) -> tuple[Difference, ...]:
    """Where the inventory and Azure contradict each other: `running` is what Azure has."""
    ours, theirs = site.on_premises, expectation.on_premises
    rows: list[Row] = []
    if theirs.address is not None and theirs.address != ours.address:
        rows.append(
            (
                "azure.on_premises.address",
                str(ours.address),
                str(theirs.address),
                Severity.BREAKING,
                "Azure's local network gateway dials another public address than this site has",
            )
        )
    rows += _prefix_rows(_as_listed(ours.prefixes, expectation), theirs.prefixes, expectation)
    rows += _bgp_rows(site, expectation)
    if isinstance(psk, Secret) and expectation.psk is not None and psk != expectation.psk:
        rows.append(
            (
                "azure.psk",
                "set",
                "set, another",
                Severity.BREAKING,
                "the pre-shared key of the inventory is not the one in Azure's export",
            )
        )
    return tuple(
        Difference(
            tunnel=expectation.name,
            path=path,
            intended=intended,
            running=running,
            severity=severity,
            verdict=Verdict.DIFFERENT,
            reason=reason,
        )
        for path, intended, running, severity, reason in rows
    )


def _as_listed(ours: tuple[IPv4Network, ...], expectation: Expectation) -> tuple[IPv4Network, ...]:
    """Our networks as the local network gateway has them: by the addresses they have here, or by
    those that its ingress NAT shows the VNet."""
    ingress = [rule for rule in expectation.nat if not rule.egress]
    seen = translated(ours, ingress)
    return seen if ingress and set(seen) == set(expectation.on_premises.prefixes) else ours


def _prefix_rows(
    ours: tuple[IPv4Network, ...], theirs: tuple[IPv4Network, ...], expectation: Expectation
) -> Iterator[Row]:
    """With BGP the local network gateway may list nothing: prefixes are learnt.

    Where selectors are made of them they must be the same; else they are routes, and two halves
    lead to the same networks as one whole.
    """
    bgp, exact = expectation.bgp_enabled, expectation.policy_based
    if set(ours) == set(theirs) or (bgp and not theirs):
        return
    missing = _outside(ours, theirs, exact=exact)
    extra = _outside(theirs, ours, exact=exact)
    words = []
    if missing:
        words.append(f"Azure does not route {_listed(missing)} to this site")
    if extra:
        words.append(f"Azure routes {_listed(extra)} here, the inventory does not know it")
    if words:
        yield (
            "azure.on_premises.prefixes",
            [str(network) for network in sorted(ours)],
            [str(network) for network in sorted(theirs)],
            Severity.BREAKING if missing and not bgp else Severity.WARNING,
            "; ".join(words),
        )


def _outside(
    some: tuple[IPv4Network, ...], others: tuple[IPv4Network, ...], *, exact: bool
) -> list[IPv4Network]:
    """Those networks that are not in others, or (`exact`) none of them."""
    if exact:
        return sorted(set(some) - set(others))
    whole = tuple(collapse_addresses(others))
    return sorted(net for net in set(some) if not any(net.subnet_of(held) for held in whole))


def _listed(networks: Sequence[IPv4Network]) -> str:
    shown = ", ".join(map(str, networks[:_MOST]))
    return f"{shown} and {len(networks) - _MOST} more" if len(networks) > _MOST else shown


def _bgp_rows(site: Site, expectation: Expectation) -> Iterator[Row]:
    ours, theirs = site.on_premises.bgp, expectation.on_premises
    if (ours is not None) != expectation.bgp_enabled:
        yield (
            "azure.bgp.enabled",
            ours is not None,
            expectation.bgp_enabled,
            Severity.BREAKING,
            "one side speaks BGP and the other does not",
        )
        return
    if ours is None:
        return
    if theirs.bgp_asn not in (None, ours.asn):
        yield (
            "azure.on_premises.bgp.asn",
            ours.asn,
            theirs.bgp_asn,
            Severity.BREAKING,
            "Azure expects another AS number of this site",
        )
    if theirs.bgp_address not in (None, ours.address):
        yield (
            "azure.on_premises.bgp.address",
            str(ours.address),
            str(theirs.bgp_address),
            Severity.BREAKING,
            "Azure opens its BGP session to another address than this site speaks from",
        )
