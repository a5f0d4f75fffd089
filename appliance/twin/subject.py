"""What is rehearsed: one tunnel of a device and the gateway instance that it is for."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import product

from appliance.azure.expectation import Endpoint, Expectation
from appliance.job import Job
from appliance.model.algorithms import IkeVersion
from appliance.model.pairing import pair
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector, Tunnel, Tunnels
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One tunnel of the device and the instance of Azure's gateway that it is for.

    `public` is the site's address as the Internet sees it, `nat` whether a translator stands in
    between; `prefixes` are the site's networks; `key` the one that the inventory names;
    `meant` the tunnel as it is wanted, in what the platform can say; `stays`: its static routes
    stay while it is down.
    """

    tunnel: Tunnel
    expectation: Expectation
    endpoint: Endpoint
    public: IPv4Address
    nat: bool = False
    prefixes: tuple[IPv4Network, ...] = ()
    key: Secret | None = None
    meant: Tunnel | None = None
    stays: bool = False


def of_site(job: Job, tunnels: Tunnels) -> tuple[Subject, ...]:
    """Each of the site's tunnels that the device holds, with the instance it is for."""
    site, expectation = job.site, job.expectation
    endpoints = {one.address: one for one in expectation.endpoints}
    key = next((one.psk for one in job.intent.tunnels), None)
    said = {one.remote.addresses: one for one in job.driver.express(job.intent).tunnels}
    return tuple(
        Subject(
            tunnel=held,
            expectation=expectation,
            endpoint=endpoints[meant.remote.addresses[0]],
            public=site.on_premises.address,
            nat=site.on_premises.nat,
            prefixes=site.on_premises.prefixes,
            key=key if isinstance(key, Secret) else None,
            meant=said.get(meant.remote.addresses),
            stays=job.driver.routes_stay,
        )
        for meant, held in pair(job.intent, tunnels)
        if held is not None
    )


def nameless(subject: Subject) -> bool:
    """Whether the device stands behind NAT and has no words for what to call itself there: it says
    its own address, which Azure is taken to accept with a pre-shared key.
    """
    meant = subject.meant
    told = meant is None or meant.local.identity is not None
    return subject.nat and not told and subject.expectation.ike_version is IkeVersion.V2


def locals_(subject: Subject) -> tuple[IPv4Network, ...]:
    """The site's networks; Azure's idea of them where the inventory has none."""
    return subject.prefixes or subject.expectation.on_premises.prefixes


def wanted(subject: Subject) -> tuple[TrafficSelector, ...]:
    """What the tunnel is for: Azure's selectors if they were set one by one, else everything."""
    expectation = subject.expectation
    if expectation.custom_selectors:
        return expectation.selectors
    pairs = product(locals_(subject), expectation.vnet_prefixes)
    return tuple(TrafficSelector(local=ours, remote=theirs) for ours, theirs in pairs)


def covered(pair: TrafficSelector, all_: tuple[TrafficSelector, ...]) -> bool:
    """Whether one of them holds the whole pair."""
    return any(
        pair.local.subnet_of(one.local) and pair.remote.subnet_of(one.remote) for one in all_
    )
