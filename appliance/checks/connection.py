"""Checks of the connection itself: is it ready, and can what it says be relied on."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.checks.check import INFORMATION, WARNING, Check, Subject


def _unready(subject: Subject) -> Iterator[str]:
    for kind, state in subject.expectation.provisioning.items():
        if state.casefold() not in ("succeeded", ""):
            yield f"the {kind} is {state}"


def _by_name(subject: Subject) -> Iterator[str]:
    end = subject.expectation.on_premises
    if end.fqdn is not None and end.address is None:
        yield f"Azure looks for {end.fqdn}"


def _forced(subject: Subject) -> Iterator[str]:
    site = subject.expectation.gateway.default_site
    if site is not None:
        yield f"gatewayDefaultSite is {site}"


CHECKS = (
    Check(
        id="AZ-CON-001",
        severity=WARNING,
        title="Azure has not finished a change, or it failed",
        page="""While `provisioningState` is not Succeeded, what runs may differ from what is
shown. Wait and export again; of a failed one look at the activity log, and repeat the last change
in Azure. The gate `azure-updating` keeps a push from beginning meanwhile.""",
        find=_unready,
    ),
    Check(
        id="AZ-CON-002",
        severity=INFORMATION,
        title="Azure finds the appliance by name",
        page="""The local network gateway has an FQDN. Azure takes the first address it
resolves to, looks again only while the tunnel is down, and needs exactly one IPv4 address there.
Whether it is `on_premises.public_ip` cannot be told from the export.""",
        find=_by_name,
    ),
    Check(
        id="AZ-CON-003",
        severity=INFORMATION,
        title="the gateway sends all traffic to the Internet to one site",
        page="""With a default site (forced tunnelling) the VNets reach the Internet through
that site: its appliance must take 0.0.0.0/0 in the selectors, and translate and forward that
traffic.""",
        find=_forced,
    ),
)
