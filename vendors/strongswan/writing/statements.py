"""The files that tunnels amount to, statement by statement: the one source of all text."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import DhGroup, IkeVersion, Integrity
from appliance.model.pairing import LABEL
from appliance.model.secret import KEY_MARK, Secret
from appliance.model.tunnel import (
    EspProposal,
    IkeProposal,
    Tunnel,
    TunnelInterface,
    Tunnels,
)
from appliance.record import dataclass
from vendors.strongswan import names, own, quirks
from vendors.strongswan.reading.build import CONNECTION, FILE, INTERFACE_ID, RULES
from vendors.strongswan.reading.keys import encoded
from vendors.strongswan.settings import quoted

_PLAIN_ENDS = frozenset(" \t#{}\"'\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One setting. `slot` is its place: `connections.a.version` or `[Link] MTUBytes`; of several
    like ones (routes) it holds the value too, and `value` is empty.

    `quiet` ones take effect without a new negotiation.
    """

    slot: str
    value: str = ""
    secret: Secret | None = None
    quiet: bool = False

    @property
    def text(self) -> str:
        """The statement as a line of a plan."""
        if not self.value:
            return self.slot
        return f"{self.slot}{'=' if self.slot.startswith('[') else ' = '}{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One file of ours: what is in it, for which tunnel, and what it is for.

    One with `lines` has no statements: their order matters, and it is only ever replaced whole.
    """

    path: str
    why: str
    user: Tunnel
    statements: dict[str, Statement]
    lines: tuple[str, ...] = ()


def papers(tunnels: Tunnels) -> dict[str, Paper]:
    """All files of ours that these tunnels need; those of others have none."""
    return {paper.path: paper for tunnel in tunnels for paper in _papers(tunnel)}


def connection(tunnel: Tunnel) -> str:
    """The name by which charon knows a tunnel of ours."""
    return tunnel.objects.get(CONNECTION, tunnel.name)


def children(tunnel: Tunnel) -> tuple[str, ...]:
    """The names of its child configurations."""
    return tuple(name for name, _, _ in _children(tunnel))


def spelled(value: str) -> str:
    """A value of swanctl.conf, in quotes where it would not be read as one word."""
    return quoted(value) if not value or _PLAIN_ENDS & set(value) else value


def _papers(tunnel: Tunnel) -> Iterator[Paper]:
    path = tunnel.objects.get(FILE, "")
    label = own.label(path)
    if label is None or LABEL not in tunnel.objects:
        return
    rules = tunnel.objects.get(RULES)
    if rules is not None:
        yield Paper(
            path=own.rules_file(label),
            why=f"{tunnel.name}: what may cross the tunnel",
            user=tunnel,
            statements={},
            lines=tuple(rules.split("\n")),
        )
    if tunnel.interface is not None:
        yield _paper(own.netdev_file(label), "tunnel interface", tunnel, _netdev(tunnel))
        yield _paper(own.network_file(label), "routes into the tunnel", tunnel, _network(tunnel))
    yield _paper(path, "connection and key", tunnel, _swanctl(tunnel))


def _paper(path: str, why: str, tunnel: Tunnel, made: Iterator[Statement]) -> Paper:
    held = {statement.slot: statement for statement in made}
    return Paper(path=path, why=f"{tunnel.name}: {why}", user=tunnel, statements=held)


def _swanctl(tunnel: Tunnel) -> Iterator[Statement]:
    name = connection(tunnel)
    at = f"connections.{name}"
    for key, value in _connection(tunnel):
        yield Statement(slot=f"{at}.{key}", value=spelled(value))
    for child, local, remote in _children(tunnel):
        for key, value in (("local_ts", local), ("remote_ts", remote), *_child(tunnel)):
            yield Statement(slot=f"{at}.children.{child}.{key}", value=spelled(value))
    yield from _quirks(tunnel, at)
    if tunnel.psk is not None:
        yield from _secret(tunnel, f"secrets.ike-{name}")


def _quirks(tunnel: Tunnel, at: str) -> Iterator[Statement]:
    """Only a tunnel that was read has some: told so, that they can be taken away and put back."""
    for quirk in quirks.told(tunnel.quirks):
        for part in children(tunnel) if quirk.child else ("",):
            place = f"{at}.children.{part}" if part else at
            if quirk.key != quirks.ESN:
                yield Statement(slot=f"{place}.{quirk.key}", value=quirk.values[0])


def _connection(tunnel: Tunnel) -> Iterator[tuple[str, str]]:
    ike, local, remote = tunnel.ike, tunnel.local, tunnel.remote
    yield "version", str(int(ike.version))
    if local.address is not None:
        yield "local_addrs", str(local.address)
    if remote.addresses:
        yield "remote_addrs", ",".join(map(str, remote.addresses))
    yield "proposals", ",".join(ike_word(one, ike.version) for one in ike.proposals)
    yield "rekey_time", f"{min(one.lifetime_seconds for one in ike.proposals)}s"
    if ike.dpd is not None:
        yield "dpd_delay", f"{ike.dpd.delay_seconds}s"
        if ike.dpd.timeout_seconds is not None:
            yield "dpd_timeout", f"{ike.dpd.timeout_seconds}s"
    yield "keyingtries", "0"
    if ike.version is IkeVersion.V2:
        yield "mobike", "no"  # Azure's addresses are fixed
    yield "local.auth", "psk"
    if local.identity is not None:
        yield "local.id", local.identity
    yield "remote.auth", "psk"
    if remote.identity is not None:
        yield "remote.id", remote.identity


def _children(tunnel: Tunnel) -> tuple[tuple[str, str, str], ...]:
    """One child for each pair: Azure makes one of several selectors into the first only."""
    if not tunnel.selectors:
        return (("net", "0.0.0.0/0", "0.0.0.0/0"),)
    return tuple(
        (_named(f"{pair.local}_{pair.remote}"), str(pair.local), str(pair.remote))
        for pair in tunnel.selectors
    )


def _named(text: str) -> str:
    """A section's name may hold no dots."""
    return text.replace(".", "-").replace("/", "-")


def _child(tunnel: Tunnel) -> Iterator[tuple[str, str]]:
    esp = tunnel.esp
    extended = "-esn" if any(one.key == quirks.ESN for one in quirks.told(tunnel.quirks)) else ""
    words = (esp_word(one, esp.pfs_group) + extended for one in esp.proposals)
    yield "esp_proposals", ",".join(words)
    yield "rekey_time", f"{esp.lifetime_seconds or 0}s"
    if esp.lifetime_kilobytes is not None:
        yield "rekey_bytes", f"{esp.lifetime_kilobytes}k"
    if any(one.transport for one in esp.proposals):
        yield "mode", "transport"
    number = tunnel.objects.get(INTERFACE_ID)
    if number is not None:
        yield "if_id_in", number
        yield "if_id_out", number
    yield "start_action", "start"
    yield "dpd_action", "restart"
    yield "close_action", "start"


def _secret(tunnel: Tunnel, at: str) -> Iterator[Statement]:
    """The key belongs to the gateway: that is what charon compares first, then who we are."""
    owner = tunnel.remote.identity
    owners = (owner,) if owner is not None else tuple(map(str, tunnel.remote.addresses))
    if tunnel.local.apart:
        owners = (*owners, tunnel.local.identity or str(tunnel.local.address))
    for number, one in enumerate(owners, start=1):
        yield Statement(slot=f"{at}.id-{number}", value=spelled(one))
    known = isinstance(tunnel.psk, Secret)
    secret = (
        Secret(quoted(encoded(tunnel.psk.reveal()))) if isinstance(tunnel.psk, Secret) else None
    )
    yield Statement(slot=f"{at}.secret", value=KEY_MARK, secret=secret if known else None)


def ike_word(proposal: IkeProposal, version: IkeVersion) -> str:
    """A proposal for the IKE SA. In IKEv1 the hash is the PRF, there is no word for it."""
    same = [i.value for i in proposal.integrity] == [p.value for p in proposal.prf]
    words = [names.ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.INTEGRITY[hash_] for hash_ in proposal.integrity]
    if version is IkeVersion.V2 and not same:
        words += [names.PRF[prf] for prf in proposal.prf]
    return "-".join((*words, *(names.GROUPS[group] for group in proposal.groups)))


def esp_word(proposal: EspProposal, pfs: DhGroup | None) -> str:
    """A proposal for the child SA, its group at the end."""
    words = [names.ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.INTEGRITY[hash_] for hash_ in proposal.integrity if hash_ is not Integrity.NONE]
    return "-".join((*words, *((names.GROUPS[pfs],) if pfs is not None else ())))


def _netdev(tunnel: Tunnel) -> Iterator[Statement]:
    yield _quiet("[NetDev] Name", _interface(tunnel).name)
    yield _quiet("[NetDev] Kind", "xfrm")
    yield _quiet("[Xfrm] InterfaceId", tunnel.objects[INTERFACE_ID])
    yield _quiet("[Xfrm] Independent", "yes")


def _network(tunnel: Tunnel) -> Iterator[Statement]:
    interface = _interface(tunnel)
    yield _quiet("[Match] Name", interface.name)
    if interface.mtu is not None:
        yield _quiet("[Link] MTUBytes", str(interface.mtu))
    if not tunnel.enabled:
        yield _quiet("[Link] ActivationPolicy", "always-down")
    yield _quiet("[Link] RequiredForOnline", "no")
    if interface.address is not None:
        yield _quiet("[Network] Address", str(interface.address))
    yield _quiet("[Network] LinkLocalAddressing", "no")
    yield _quiet("[Network] ConfigureWithoutCarrier", "yes")
    for route in tunnel.routes:
        yield Statement(slot=f"[Route] Destination={route}", quiet=True)


def _interface(tunnel: Tunnel) -> TunnelInterface:
    if tunnel.interface is None:
        raise ValueError(f"{tunnel.name} has no tunnel interface")
    return tunnel.interface


def _quiet(slot: str, value: str) -> Statement:
    return Statement(slot=slot, value=value, quiet=True)
