"""Several devices, each a site of its own, before one gateway: either may be lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.record import replace
from appliance.twin.finding import Finding
from appliance.twin.joint import Joint, begun, down, judged, play
from appliance.twin.rehearsal import Rehearsal
from appliance.twin.subject import Subject
from appliance.twin.survival import finding

Tried = tuple[str, tuple[Subject, ...], tuple[Rehearsal, ...]]
"""A site's name, its tunnels, and what came of each by itself."""


def rehearse(sites: Sequence[Tried]) -> Joint:
    """Each site's first tunnel that carries traffic, side by side; each device lost in turn.

    Raises `ApplianceError` when the sandbox fails.
    """
    chosen = [_carrying(site) for site in sites]
    subjects, alone = [one for one, _ in chosen], [one for _, one in chosen]
    joint = replace(begun(subjects, tuple(name for name, _, _ in sites)), devices=True)
    found = (*_unlike(sites, subjects), *down(alone))
    if found:
        return replace(joint, findings=found, why="they do not stand for each other")
    return judged(joint, subjects, alone, lambda: play(subjects, devices=True))


def _carrying(site: Tried) -> tuple[Subject, Rehearsal]:
    pairs = list(zip(*site[1:], strict=True))
    return next((pair for pair in pairs if pair[1].carries), pairs[0])


def _unlike(sites: Sequence[Tried], subjects: Sequence[Subject]) -> Iterator[Finding]:
    """What keeps one device from standing for the other, before anything is sent."""
    names = " and ".join(name for name, _, _ in sites)
    known = [set(subject.expectation.vnet_prefixes) for subject in subjects]
    if not set.intersection(*known):
        yield finding("azure.vnet_prefixes", f"{names} lead to no network of Azure's in common")
    if not all(subject.expectation.bgp_enabled for subject in subjects):
        yield finding(
            "bgp",
            "without BGP Azure takes a network of the site by one connection only: two local "
            "network gateways with the same prefix exclude each other",
        )
    addresses = {subject.public for subject in subjects}
    if len(addresses) < len(subjects):
        yield finding(
            "local.address", "both have the same public address: Azure wants one for each"
        )
