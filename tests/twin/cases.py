"""Sites of every vendor, and the faults that can be put into what their devices hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network

from appliance import driver as drivers
from appliance.azure.expectation import Expectation
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import Encapsulation, EspProposal, IkeProposal, Mode, Tunnel
from appliance.model.tunnel import TrafficSelector as Pair
from appliance.twin import Subject
from tests.vendors.boxes import KINDS
from tests.vendors.intents import custom, expectation, site

KEY = Secret("Canary-4711-in-the-twin")
OTHER = IPv4Address("192.0.2.99")
NETWORKS = [f"10.{number}.0.0/16" for number in (10, 11, 20, 21)]


def subject(driver: str, *, mode: Mode = Mode.ROUTE_BASED, version: int = 2) -> Subject:
    """A site whose device holds what the driver writes for it, as the driver reads it."""
    expected = _expected(mode, IkeVersion(version))
    made = site(driver)
    made = replace(made, device=replace(made.device, mode=mode))
    vendor = drivers.load(driver)
    asked = fit(intend(made, expected, KEY), vendor)
    assert vendor.refusals(asked) == ()
    steps = vendor.render(vendor.place(asked, Observed(driver=driver)))
    text = "".join(f"{step.reveal()}\n" for step in steps)
    (held,) = vendor.parse(KINDS[driver].OUTSIDE + text).tunnels
    return Subject(
        tunnel=held,
        expectation=expected,
        endpoint=expected.endpoints[0],
        public=made.on_premises.address,
        prefixes=made.on_premises.prefixes,
    )


def _expected(mode: Mode, version: IkeVersion) -> Expectation:
    policy = custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048),
    )
    if version is IkeVersion.V1:
        policy = custom(
            (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
            (Encryption.AES256, Integrity.SHA1, None),
        )
    made = expectation(policy=policy, psk=KEY, ike_version=version)
    if mode is Mode.ROUTE_BASED:
        return made
    pairs = [(a, b) for a in made.on_premises.prefixes for b in made.vnet_prefixes]
    selectors = tuple(Pair(local=a, remote=b) for a, b in pairs)
    return replace(made, policy_based=True, selectors=selectors)


def pair(local: str, remote: str) -> Pair:
    """A pair of networks."""
    return Pair(local=IPv4Network(local), remote=IPv4Network(remote))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong, and the field that must be named first, with the kind of finding."""

    name: str
    apply: Callable[[Subject], Subject] = field(repr=False)
    kind: str
    field: str
    mode: Mode = Mode.ROUTE_BASED
    version: int = 2


def _tunnel(change: Callable[[Tunnel], Tunnel]) -> Callable[[Subject], Subject]:
    return lambda subject: replace(subject, tunnel=change(subject.tunnel))


def _ike(**changes: object) -> Callable[[Subject], Subject]:
    def change(tunnel: Tunnel) -> Tunnel:
        proposals = tuple(_with(one, changes) for one in tunnel.ike.proposals)
        return replace(tunnel, ike=replace(tunnel.ike, proposals=proposals))

    return _tunnel(change)


def _with(one: IkeProposal, changes: dict[str, object]) -> IkeProposal:
    return replace(one, **changes)  # type: ignore[arg-type]  # fields by name


def _esp(**changes: object) -> Callable[[Subject], Subject]:
    def change(tunnel: Tunnel) -> Tunnel:
        proposals = tuple(_with_esp(one, changes) for one in tunnel.esp.proposals)
        return replace(tunnel, esp=replace(tunnel.esp, proposals=proposals))

    return _tunnel(change)


def _with_esp(one: EspProposal, changes: dict[str, object]) -> EspProposal:
    return replace(one, **changes)  # type: ignore[arg-type]  # fields by name


def _pfs(group: DhGroup | None) -> Callable[[Subject], Subject]:
    return _tunnel(lambda one: replace(one, esp=replace(one.esp, pfs_group=group)))


def _selectors(*pairs: Pair) -> Callable[[Subject], Subject]:
    return _tunnel(lambda one: replace(one, selectors=pairs))


def _azure(**changes: object) -> Callable[[Subject], Subject]:
    def change(subject: Subject) -> Subject:
        known = subject.expectation
        end = replace(known.on_premises, **changes)  # type: ignore[arg-type]  # fields by name
        return replace(subject, expectation=replace(known, on_premises=end))

    return change


_ALL = [pair(a, b) for a in NETWORKS[:2] for b in NETWORKS[2:]]
_BY_POLICY = Mode.POLICY_BASED

FAULTS = (
    Fault(
        name="another key",
        apply=_tunnel(lambda one: replace(one, psk=Secret("Another-key-4711"))),
        kind="key",
        field="psk",
    ),
    Fault(
        name="no key",
        apply=_tunnel(lambda one: replace(one, psk=None)),
        kind="key",
        field="psk",
    ),
    Fault(
        name="another key, IKEv1",
        apply=_tunnel(lambda one: replace(one, psk=Secret("Another-key-4711"))),
        kind="key",
        field="psk",
        version=1,
    ),
    Fault(
        name="group",
        apply=_ike(groups=(DhGroup.ECP384,)),
        kind="ike-proposal",
        field="ike.proposals.groups",
    ),
    Fault(
        name="IKE cipher",
        apply=_ike(encryption=(Encryption.AES128,)),
        kind="ike-proposal",
        field="ike.proposals.encryption",
    ),
    Fault(
        name="IKE cipher, IKEv1",
        apply=_ike(encryption=(Encryption.AES128,)),
        kind="ike-proposal",
        field="ike.proposals.encryption",
        version=1,
    ),
    Fault(
        name="IKE hash",
        apply=_ike(integrity=(Integrity.SHA384,), prf=(Prf.SHA384,)),
        kind="ike-proposal",
        field="ike.proposals.integrity",
    ),
    Fault(
        name="ESP cipher",
        apply=_esp(encryption=(Encryption.AES128,)),
        kind="esp-proposal",
        field="esp.proposals.encryption",
    ),
    Fault(
        name="ESP hash",
        apply=_esp(integrity=(Integrity.SHA1,)),
        kind="esp-proposal",
        field="esp.proposals.integrity",
    ),
    Fault(name="no PFS", apply=_pfs(None), kind="rekey", field="esp.pfs_group"),
    Fault(name="another PFS", apply=_pfs(DhGroup.ECP256), kind="rekey", field="esp.pfs_group"),
    Fault(
        name="PFS, IKEv1",
        apply=_pfs(DhGroup.ECP256),
        kind="esp-proposal",
        field="esp.pfs_group",
        version=1,
    ),
    Fault(
        name="IKE version",
        apply=_tunnel(lambda one: replace(one, ike=replace(one.ike, version=IkeVersion.V1))),
        kind="peer-or-version",
        field="ike.version",
    ),
    Fault(
        name="another peer",
        apply=_tunnel(
            lambda one: replace(one, remote=replace(one.remote, addresses=(OTHER,), identity=None))
        ),
        kind="no-answer",
        field="remote.addresses",
    ),
    Fault(
        name="our address in Azure",
        apply=_azure(address=OTHER),
        kind="peer-or-version",
        field="azure.on_premises.address",
    ),
    Fault(
        name="our identity",
        apply=_tunnel(lambda one: replace(one, local=replace(one.local, identity="192.0.2.3"))),
        kind="identity",
        field="local.identity",
    ),
    Fault(
        name="identity expected of Azure",
        apply=_tunnel(lambda one: replace(one, remote=replace(one.remote, identity="192.0.2.3"))),
        kind="identity",
        field="remote.identity",
    ),
    Fault(
        name="a route missing",
        apply=_tunnel(lambda one: replace(one, routes=one.routes[:1])),
        kind="leak",
        field="routes",
    ),
    Fault(
        name="a prefix missing in Azure",
        apply=_azure(prefixes=(IPv4Network(NETWORKS[0]),)),
        kind="traffic",
        field="azure.on_premises.prefixes",
    ),
    Fault(
        name="a pair not let through",
        apply=_tunnel(lambda one: replace(one, passes=tuple(_ALL[:3]))),
        kind="traffic",
        field="passes",
    ),
    Fault(
        name="Azure's IKE kept out",
        apply=_tunnel(lambda one: replace(one, permits=(OTHER,))),
        kind="no-answer",
        field="permits",
    ),
    Fault(
        name="selectors missing",
        apply=_selectors(*_ALL[:3]),
        kind="leak",
        field="selectors",
        mode=_BY_POLICY,
    ),
    Fault(
        name="selectors too many",
        apply=_selectors(*_ALL, pair("10.12.0.0/16", NETWORKS[2])),
        kind="selectors",
        field="selectors",
        mode=_BY_POLICY,
    ),
    Fault(
        name="selectors wider",
        apply=_selectors(pair("10.0.0.0/12", NETWORKS[2])),
        kind="selectors",
        field="selectors",
        mode=_BY_POLICY,
    ),
    Fault(
        name="selectors narrower",
        apply=_selectors(*(pair(f"{p.local.network_address}/24", str(p.remote)) for p in _ALL)),
        kind="selectors",
        field="selectors",
        mode=_BY_POLICY,
    ),
    Fault(
        name="any-to-any to selectors",
        apply=_selectors(),
        kind="selectors",
        field="selectors",
        mode=_BY_POLICY,
    ),
    Fault(
        name="shut down",
        apply=_tunnel(lambda one: replace(one, enabled=False)),
        kind="configuration",
        field="enabled",
    ),
    Fault(
        name="GRE",
        apply=_tunnel(lambda one: replace(one, encapsulation=Encapsulation.GRE)),
        kind="configuration",
        field="encapsulation",
    ),
)
