"""Checks of the connection itself: is it ready, and can what it says be relied on."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one, shown


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
        yield f"gatewayDefaultSite is {site}" + (", this site" if _is_default(subject) else "")


def _is_default(subject: Subject) -> bool:
    """Whether what leaves Azure for the Internet comes through this very site."""
    site = subject.expectation.gateway.default_site
    own = (subject.expectation.on_premises.id or "").rpartition("/")[2]
    return site is not None and site.casefold() == own.casefold()


def _not_taken(subject: Subject) -> Iterator[str]:
    """A tunnel whose selectors have no place for what comes from the VNets for the Internet."""
    narrow = [
        tunnel.name
        for tunnel in subject.intent.tunnels
        if tunnel.selectors and all(pair.local.prefixlen for pair in tunnel.selectors)
    ]
    if _is_default(subject):
        yield from one(narrow, "{} has no selector with 0.0.0.0/0 as its local side")


def _ambiguous(subject: Subject) -> Iterator[str]:
    name, found = subject.expectation.on_premises.fqdn, subject.resolved
    if name is not None and found is not None and len(found) != 1:
        yield f"{name} has {shown(found) if found else 'no IPv4 address'}"


def _elsewhere(subject: Subject) -> Iterator[str]:
    name, found = subject.expectation.on_premises.fqdn, subject.resolved or ()
    ours = subject.site.on_premises.address
    if name is not None and found and ours not in found:
        yield f"{name} is {shown(found)}, `on_premises.public_ip` {ours}"


def _certified(subject: Subject) -> Iterator[str]:
    if subject.expectation.certificate:
        yield "authenticationType is Certificate"


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
Whether it is `on_premises.public_ip` cannot be told from the export: `appliance validate
--resolve` asks the resolver of this machine.""",
        find=_by_name,
    ),
    Check(
        id="AZ-CON-003",
        severity=INFORMATION,
        title="the gateway sends all traffic to the Internet to one site",
        page="""With a default site (forced tunnelling) the VNets reach the Internet through
that site. Its appliance must take 0.0.0.0/0 in the selectors (AZ-CON-007), which a tunnel
interface with any-to-any selectors does, and then do what is no part of a tunnel and is not
rendered: let the VNets' networks from the tunnel out to the Internet, translate their sources
there, and exempt nothing of that from translation.""",
        find=_forced,
    ),
    Check(
        id="AZ-CON-004",
        severity=WARNING,
        title="the appliance's name does not stand for one address",
        page="""Azure dials the first IPv4 address that the local network gateway's name
resolves to, and no IPv6. With none the tunnel never comes up from Azure's side; with several Azure
may look for the appliance elsewhere, after any rekey that failed.

Give the name one A record. Asked of the resolver of this machine, by `appliance validate --resolve`
alone: a name that is answered otherwise inside is Azure's view only when it is asked outside.""",
        find=_ambiguous,
    ),
    Check(
        id="AZ-CON-005",
        severity=WARNING,
        title="the appliance's name stands for another address",
        page="""Azure dials where the local network gateway's name leads to, and the
inventory has another public address. Either the name has not followed a change of the line, or
`on_premises.public_ip` has not. Azure looks again only while the tunnel is down, 5 minutes later
at the latest.

Asked of the resolver of this machine, by `appliance validate --resolve` alone.""",
        find=_elsewhere,
    ),
    Check(
        id="AZ-CON-006",
        severity=BREAKING,
        title="Azure authenticates by certificate",
        page="""The connection has no pre-shared key, and a tunnel with one never comes up.
Certificates, and the clock and trust that they need on the appliance, are not rendered: set the
connection to a key (`az network vpn-connection update --authentication-type PSK`), or build this
tunnel by hand.""",
        find=_certified,
    ),
    Check(
        id="AZ-CON-007",
        severity=BREAKING,
        title="the site takes all traffic to the Internet, but its selectors do not",
        page="""The gateway sends what the VNets have for the Internet to this site
(`gatewayDefaultSite`), and the appliance would set up child SAs for the site's own networks only:
that traffic is dropped.

Use a tunnel interface with any-to-any selectors: switch `usePolicyBasedTrafficSelectors` off in
Azure. Or take the default site off the gateway (`az network vnet-gateway update
--gateway-default-site ""`).""",
        find=_not_taken,
    ),
)
