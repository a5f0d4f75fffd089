"""Checks of what goes through the tunnels: selectors, sizes, routes, instances.

From "About VPN devices", "Connect to policy-based devices" and "Highly available connectivity".
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one
from appliance.model.intent import Dials
from appliance.model.tunnel import Tunnel

MOST_PAIRS = 100
LARGEST_MSS = 1_350
LARGEST_MTU = 1_400


def _unpaired(subject: Subject) -> Iterator[str]:
    wanted = set(subject.expectation.selectors)
    for tunnel in subject.intent.tunnels:
        missing = sorted(wanted - set(tunnel.selectors))
        yield from one(missing, f"{tunnel.name} lacks {{}}")


def _many_pairs(subject: Subject) -> Iterator[str]:
    count = len(subject.expectation.selectors)
    if count > MOST_PAIRS:
        yield f"{count} pairs of networks"


def _narrowed(subject: Subject) -> Iterator[str]:
    told = subject.expectation
    if not told.policy_based and told.policy.dials is not Dials.APPLIANCE:
        narrow = [tunnel.name for tunnel in subject.intent.tunnels if tunnel.selectors]
        yield from one(narrow, "{}: selectors on the appliance, any-to-any in Azure")


def _unclamped(subject: Subject) -> Iterator[str]:
    settings = subject.site.device.tunnel
    if subject.route_based and settings.mss is None and settings.mtu is None:
        yield "`device.tunnel.mss` and `.mtu` are both null"


def _large(subject: Subject) -> Iterator[str]:
    settings = subject.site.device.tunnel
    if not subject.route_based:
        return
    if settings.mss is not None and settings.mss > LARGEST_MSS:
        yield f"MSS {settings.mss}"
    if settings.mtu is not None and settings.mtu > LARGEST_MTU:
        yield f"MTU {settings.mtu}"


def _instances(subject: Subject) -> tuple[int, int]:
    """How many instances the gateway has, and how many tunnels there will be."""
    return len(subject.expectation.endpoints), len(subject.intent.tunnels)


def _half(subject: Subject) -> Iterator[str]:
    instances, tunnels = _instances(subject)
    if tunnels < instances and not subject.speaks_bgp:
        yield f"{tunnels} of {instances} instances have a tunnel"


def _half_with_bgp(subject: Subject) -> Iterator[str]:
    instances, tunnels = _instances(subject)
    if tunnels < instances and subject.speaks_bgp:
        yield f"{tunnels} of {instances} instances have a tunnel, and BGP is on"


def _asymmetric(subject: Subject) -> Iterator[str]:
    if len(subject.intent.tunnels) > 1:
        yield f"{len(subject.intent.tunnels)} tunnels carry traffic at the same time"


def _unrouted(subject: Subject) -> Iterator[str]:
    if subject.speaks_bgp or not subject.route_based:
        return
    for tunnel in subject.intent.tunnels:
        missing = [net for net in subject.expectation.vnet_prefixes if not _drawn(tunnel, net)]
        yield from one(missing, f"{tunnel.name}: no route to {{}}")


def _drawn(tunnel: Tunnel, network: object) -> bool:
    """Routes of some platforms are those of the selectors."""
    return network in tunnel.routes or any(network == pair.remote for pair in tunnel.selectors)


def _slow_dpd(subject: Subject) -> Iterator[str]:
    """A check slower than Azure's leaves routes in a tunnel that Azure has given up."""
    limit = subject.expectation.dpd_seconds
    delay = subject.site.device.tunnel.dpd_seconds
    if delay is not None and delay > limit:
        yield f"first probe after {delay} s, Azure gives up after {limit} s"


CHECKS = (
    Check(
        id="AZ-TRF-001",
        severity=BREAKING,
        title="Azure has traffic selectors that the appliance would not have",
        page="""With `usePolicyBasedTrafficSelectors` Azure demands every pair of an
on-premises and a VNet prefix (or exactly the pairs of `trafficSelectorPolicies`). Traffic of a
pair that the appliance lacks is dropped, and Azure's attempts to set it up fail again and again.

Bring `on_premises.prefixes` and the local network gateway into step.""",
        find=_unpaired,
    ),
    Check(
        id="AZ-TRF-002",
        severity=BREAKING,
        title="more than 100 pairs of networks in one tunnel",
        page=f"""Azure keeps at most {MOST_PAIRS} child SAs in a tunnel, one for each pair.
Summarise prefixes, or use any-to-any selectors with a tunnel interface on the appliance.""",
        find=_many_pairs,
    ),
    Check(
        id="AZ-TRF-003",
        severity=WARNING,
        title="the appliance narrows the traffic selectors, Azure does not",
        page="""Azure proposes 0.0.0.0/0 on both sides of this connection. An appliance with
narrower selectors refuses that, so the child SA comes up only when the appliance dials, and a
rekey by Azure takes it down.

Set `usePolicyBasedTrafficSelectors` in Azure, take a tunnel interface (`device.mode:
route-based`), or let only the appliance dial (`connectionMode` ResponderOnly).""",
        find=_narrowed,
    ),
    Check(
        id="AZ-TRF-004",
        severity=BREAKING,
        title="nothing keeps packets small enough for the tunnel",
        page="""ESP packets that had to be fragmented are dropped by Azure: large transfers
hang while ping works. Clamp the TCP MSS to 1350, or where a platform cannot, set the MTU of the
tunnel to 1400.

With `device.tunnel.mss: null` the appliance's own setting is left alone: accept the finding when
that is known to be small enough.""",
        find=_unclamped,
    ),
    Check(
        id="AZ-TRF-005",
        severity=WARNING,
        title="packets may become too large for the tunnel",
        page=f"""Azure advises an MSS of {LARGEST_MSS}, or an MTU of {LARGEST_MTU} on the
tunnel. Larger values work on some paths and with some ciphers, until they change.""",
        find=_large,
    ),
    Check(
        id="AZ-TRF-006",
        severity=WARNING,
        title="an instance of the gateway has no tunnel",
        page="""An active-active gateway sends traffic through both of its instances. When one
is serviced and the other has no tunnel, the site is cut off; and Azure keeps trying to dial.

Export the public addresses of both instances (`az network public-ip show`).""",
        find=_half,
    ),
    Check(
        id="AZ-TRF-007",
        severity=BREAKING,
        title="an instance of the gateway has no tunnel, and BGP is on",
        page="""Each instance speaks BGP by itself and expects its own session through its own
tunnel. With one of them missing, routes disappear with the instance that has one.

Export the public addresses of both instances (`az network public-ip show`).""",
        find=_half_with_bgp,
    ),
    Check(
        id="AZ-TRF-008",
        severity=INFORMATION,
        title="packets of one connection may use both tunnels",
        page="""Azure spreads flows over both instances, and answers may come back through the
other tunnel. A firewall that tracks connections by interface drops these: its tunnels belong into
one zone, or asymmetric routing has to be permitted.""",
        find=_asymmetric,
    ),
    Check(
        id="AZ-TRF-009",
        severity=BREAKING,
        title="no route leads to a network of Azure",
        page="""Without BGP the appliance needs a route for every prefix of the VNet, of peered
VNets with gateway transit and of point-to-site clients. What would be pushed lacks one.""",
        find=_unrouted,
    ),
    Check(
        id="AZ-TRF-010",
        severity=WARNING,
        title="the appliance notices a dead peer later than Azure",
        page="""Azure takes a silent peer for dead after `dpdTimeoutSeconds` and removes the
SAs. Until the appliance notices too, it sends into a tunnel that is gone.

Lower `device.tunnel.dpd.delay_seconds`, or leave it out: it then follows Azure's value.""",
        find=_slow_dpd,
    ),
)
