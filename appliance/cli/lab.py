"""`appliance lab`: sites' devices and the Azure gateways behind them, on loopback."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from ipaddress import IPv4Interface
from shlex import quote

from appliance.cli.common import FAILED, OK, one_site, tell, unwind_on_sigterm, with_inventory
from appliance.errors import UsageError
from appliance.inventory.model import Site
from appliance.job import Job, prepare
from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.lab import AzurePeer, BgpPeer, Policy
    from appliance.lab.circuit import Msee
    from appliance.lab.lab import Site as Served
    from appliance.lab.shell import Device, Host
    from appliance.model.edge import ErLink

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance lab site-a                  then, in another terminal: appliance push site-a\n"
    "  appliance lab site-a --port 2222\n"
    "  appliance lab tour                    every site: push, verify, break, find, repair"
)
TOUR = "tour"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE", help=f"a site; `{TOUR}` shows all of them at work")
    options.add_argument("--port", type=int, metavar="N", help="default: the site's device.port")
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, or take the tour."""
    if arguments.site == TOUR:
        need_servers()
        from appliance.cli.tour import take  # noqa: PLC0415 -- each verb pays for itself

        return take(arguments)
    site = one_site(arguments)
    played(site)
    need_servers()
    job = prepare(site, key=True)
    unwind_on_sigterm()
    port = job.port if arguments.port is None else arguments.port
    if not 0 <= port <= 65535:  # noqa: PLR2004 -- what TCP has
        raise UsageError(f"there is no port {port}", hint="1 to 65535; 0 takes any that is free")
    words = "" if arguments.inventory is None else f" -i {quote(arguments.inventory)}"
    return _serve(job, port, words)


def _serve(job: Job, port: int, words: str) -> int:
    from appliance import lab  # noqa: PLC0415 -- each verb pays for itself

    try:
        for served in lab.run({job.site.name: device(job)}, port=port):
            for one in served:
                print(f"{one.name}: {way_in(one)}", flush=True)
                enable = f", enable secret {one.enable}" if one.ssh and one.enable else ""
                print(f"  password {one.password}{enable}", flush=True)
                print("\n".join(_to_push(job, one, words)), flush=True)
            tell("Ctrl-C ends it; nothing is kept")
    except OSError as error:
        raise UsageError(
            f"cannot serve on port {port}: {error.strerror}", hint="choose another with --port"
        ) from error
    return OK


def _to_push(job: Job, served: Served, words: str) -> Iterator[str]:
    """What a person types in another terminal before the first push."""
    device, name = job.site.device, job.site.name
    if (device.host, job.port) != (served.host, served.port):
        yield f"  to push to it, write host: {served.host}, port: {served.port} in the inventory"
        return
    circuits = job.site.express_route.circuits if job.site.express_route else ()
    keys = [str(ref) for ref in (job.site.psk, *(one.md5 for one in circuits)) if ref]
    yield f"  to push to it, in another terminal with the same keys ({', '.join(keys)}):"
    secrets = ((device.password, served.password), (device.enable, served.enable))
    given = [f"{ref.path}={value}" for ref, value in secrets if ref and ref.scheme == "env"]
    if given:
        yield f"    export {' '.join(given)}"
    yield f"    appliance trust {name} --fingerprint {_fingerprint(served)}{words}"
    yield f"    appliance push {name}{words}"


def _fingerprint(served: Served) -> str:
    from appliance.session import hostkeys  # noqa: PLC0415 -- see run

    shown = "".join(served.certificate.splitlines()[1:-1])
    return hostkeys.fingerprint(served.host_key or f"{hostkeys.CERTIFICATE} {shown}")


def way_in(served: Served) -> str:
    """How a person gets to a served device."""
    return served.ssh or f"https://{served.host}:{served.port}/wsman as {served.username}"


def played(site: Site) -> None:
    """Raises `UsageError` when the lab has no device for the site's driver, or not here."""
    from appliance.lab.kinds import KINDS, unavailable  # noqa: PLC0415 -- each verb pays for itself

    if site.device.driver not in KINDS:
        raise UsageError(
            f"the lab has no {site.device.driver}", hint=f"it can play: {', '.join(KINDS)}"
        )
    why = unavailable(site.device.driver)
    if why:
        part = "lab-linux" if site.device.driver == "strongswan" else "lab"
        raise UsageError(
            f"the lab cannot play a {site.device.driver} here: {why}",
            hint=f"`appliance doctor {part}` tells how to get it",
        )


def need_servers() -> None:
    """Raises `UsageError` when the lab's extra is not installed."""
    from importlib.util import find_spec  # noqa: PLC0415 -- each verb pays for itself

    if find_spec("asyncssh") is None:
        raise UsageError(
            "the lab needs asyncssh, which is not installed", hint="pip install 'appliance[lab]'"
        )


def device(job: Job) -> Device | Host:
    """The site's device as it comes out of its box, wired as the inventory says."""
    from appliance.lab import kinds  # noqa: PLC0415 -- each verb pays for itself
    from appliance.lab.circuit import Edge  # noqa: PLC0415 -- as above
    from appliance.lab.wiring import Wiring  # noqa: PLC0415 -- as above

    links = job.intent.edge.links if job.intent.edge else ()
    ours = job.site.on_premises
    network = ours.prefixes[0]
    wiring = Wiring(
        outside=str(ours.private_address or ours.address),
        inside=str(IPv4Interface((network.network_address + 1, network.prefixlen))),
        lines=tuple(dict.fromkeys(link.interface.rpartition(".")[0] for link in links)),
    )
    driver = job.site.device.driver
    peers = [peer for one in (job, *_beside(job)) for peer in gateways(one)]
    made = kinds.make(driver, job.site.name, peers=peers, wiring=wiring)
    if isinstance(made, Edge):
        made.circuits += (_microsoft(job, link) for link in links)
    return made


def _beside(job: Job) -> Iterator[Job]:
    """Other sites on the same device, whose gateways answer it as well; without their keys
    where these cannot be read."""
    for other in job.site.beside:
        if other.site is not None:
            yield prepare(other.site)


def _microsoft(job: Job, link: ErLink) -> Msee:
    """Microsoft's end of one link of a circuit, as the export describes it."""
    from appliance.lab.circuit import Msee  # noqa: PLC0415 -- see run

    edge, session = job.intent.edge, link.session
    return Msee(
        address=str(session.peer),
        device_address=str(link.address),
        device_asn=(edge.asn or 0) if edge else 0,
        vlan=link.vlan,
        svlan=link.svlan,
        key=session.key.reveal() if isinstance(session.key, Secret) else "",
        prefixes=tuple(str(network) for network in job.expectation.vnet_prefixes),
        asn=session.asn,
    )


def gateways(job: Job) -> tuple[AzurePeer, ...]:
    """Azure's end as the export describes it: one gateway instance for each tunnel."""
    return tuple(_gateway(job, tunnel) for tunnel in job.intent.tunnels)


def _gateway(job: Job, tunnel: Tunnel) -> AzurePeer:
    from appliance.lab import AzurePeer  # noqa: PLC0415 -- see run

    on_premises = job.site.on_premises
    return AzurePeer(
        address=str(tunnel.remote.addresses[0]),
        psk=tunnel.psk.reveal() if isinstance(tunnel.psk, Secret) else "",
        device_address=str(on_premises.private_address or on_premises.address),
        ike_version=int(job.expectation.ike_version),
        policy=None if job.expectation.policy.default else _policy(job),
        selectors=tuple((str(pair.local), str(pair.remote)) for pair in job.expectation.selectors),
        bgp=_bgp(job, tunnel),
        initiates=job.expectation.ike_version is IkeVersion.V2,
    )


def _policy(job: Job) -> Policy:
    from appliance.lab import Policy  # noqa: PLC0415 -- see run

    ike, esp = job.expectation.policy.ike[0], job.expectation.policy.responder[0]
    digest = (ike.integrity or ike.prf)[0]
    return Policy(
        ike=(str(ike.encryption[0]), str(digest), int(ike.groups[0])),
        esp=(
            str(esp.encryption),
            "" if esp.encryption.aead else str(esp.integrity),
            int(esp.pfs_group or 0),
        ),
    )


def _bgp(job: Job, tunnel: Tunnel) -> BgpPeer | None:
    from appliance.lab import BgpPeer  # noqa: PLC0415 -- see run

    if tunnel.bgp is None:
        return None
    peer = tunnel.bgp.peers[0]
    return BgpPeer(
        address=str(peer.address),
        asn=peer.asn,
        device_address=str(peer.local_address),
        device_asn=tunnel.bgp.local_asn,
        prefixes=tuple(str(network) for network in job.expectation.vnet_prefixes),
    )
