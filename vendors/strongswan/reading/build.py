"""From a connection to tunnels: one for each kind of child SA it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.pairing import LABEL
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Encapsulation,
    Esp,
    Ike,
    Local,
    Mode,
    Remote,
    Source,
    TrafficSelector,
    Tunnel,
)
from appliance.record import dataclass
from vendors.strongswan import names, own
from vendors.strongswan.reading import proposals
from vendors.strongswan.reading.conn import Child, Conn, Sources
from vendors.strongswan.reading.keys import Keyring, plain
from vendors.strongswan.reading.networkd import Link, Units
from vendors.strongswan.reading.selectors import ANY, pairs, protocol

FILE, CONNECTION, INTERFACE_ID, HOST = "file", "connection", "interface id", "remote name"
RULES = "rules"
"""Kinds of `Tunnel.objects`; the last is the text of the file with rules on traffic."""

_ANYWHERE = ("%any", "%any4", "%any6", "0.0.0.0", "::", "%defaultroute", "%group")  # noqa: S104 -- no address to bind
_SHUNTS = ("pass", "drop", "passthrough")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What connections refer to: keys and tunnel interfaces. `hidden` is why there are no keys."""

    keys: Keyring
    units: Units
    hidden: str = ""


def tunnels(conn: Conn, host: Host) -> Iterator[Tunnel]:
    """The tunnels of a connection; its children stand together where they ask for the same.

    Children that only let traffic pass, or drop it, are no tunnels.
    """
    kept = [child for child in conn.children if child.mode not in _SHUNTS]
    if not kept and (conn.children or not conn.remote):
        return
    groups: dict[tuple[object, ...], list[Child]] = {}
    for child in kept:
        groups.setdefault(_kind(child), []).append(child)
    several = len(groups) > 1
    for children in groups.values():
        name = f"{conn.name}/{children[0].name}" if several else conn.name
        yield _tunnel(conn, name, children, host)
    if not groups:
        yield _tunnel(conn, conn.name, [], host)


def odd_words(conn: Conn) -> Iterator[Source]:
    """Lines that name algorithms or selectors which no tunnel can be said to have."""
    default = conn.sources.get("ike.proposals", conn.source)
    if any(one.unknown for one in proposals.suites(conn.ike, names.DEFAULT_IKE)):
        yield default
    for child in conn.children:
        words = (*proposals.suites(child.esp, ()), *proposals.suites(child.ah, ()))
        if any(one.unknown for one in words):
            yield child.sources.get("esp.proposals", child.source)
        yield from _limited(child)


def _limited(child: Child) -> Iterator[Source]:
    """Lines whose selectors let only some protocols or ports through."""
    for words, path in ((child.local, "esp.selectors"), (child.remote, "esp.selectors.remote")):
        limits = {protocol(word) for word in words} - {"", "any", "gre", "47"}
        if limits and child.mode not in _SHUNTS:
            yield child.sources.get(path, child.source)


def _kind(child: Child) -> tuple[object, ...]:
    return (
        child.esp,
        child.ah,
        child.mode,
        child.lifetime_seconds,
        child.lifetime_kilobytes,
        child.interface_id,
        child.mark,
        child.policies,
    )


def _tunnel(conn: Conn, name: str, children: list[Child], host: Host) -> Tunnel:
    first = children[0] if children else None
    link, missing = _link(first, host.units, conn)
    found = tuple(dict.fromkeys(pair for child in children for pair in _pairs(conn, child)))
    mode = _mode(first)
    if mode is Mode.ROUTE_BASED and TrafficSelector(local=ANY, remote=ANY) in found:
        found = ()  # the interface decides
    key, apart, found_at = _key(conn, host)
    absent = () if children else ("children",)
    return Tunnel(
        name=name,
        mode=mode,
        encapsulation=_encapsulation(children),
        enabled=conn.enabled and (link is None or link.up),
        dynamic=not any(word not in _ANYWHERE and not _many(word) for word in conn.remote),
        missing=(*conn.missing, *missing, *absent),
        quirks=_quirks(conn, children),
        local=Local(address=_first(conn.local), identity=conn.local_id, apart=apart),
        remote=Remote(addresses=_addresses(conn.remote), identity=conn.remote_id),
        interface=None if link is None else link.interface,
        ike=_ike(conn),
        esp=_esp(name, first, old=conn.version == 1),
        psk=key,
        selectors=found,
        routes=() if link is None else link.routes,
        routes_unseen=_unseen(conn, link) if mode is Mode.ROUTE_BASED and not missing else "",
        objects=_objects(conn, first),
        sources=_sources(conn, children, link, found_at),
    )


def _quirks(conn: Conn, children: list[Child]) -> tuple[str, ...]:
    """What the connection and its children are set to, each once."""
    found = (*conn.quirks, *(quirk for child in children for quirk in child.quirks))
    return tuple(dict.fromkeys(quirk.words for quirk in found))


def _mode(child: Child | None) -> Mode:
    """With an interface ID or a mark policies match only what a tunnel interface brings.

    Without policies something else must bring it: if_ipsec of FreeBSD, or routes into a TUN device.
    """
    routed = child is not None and (child.interface_id or child.mark or not child.policies)
    return Mode.ROUTE_BASED if routed else Mode.POLICY_BASED


def _link(child: Child | None, units: Units, conn: Conn) -> tuple[Link | None, tuple[str, ...]]:
    """The tunnel interface, and what is missing of it.

    Others may make theirs by scripts: where the only units are ours, nothing is known of that.
    """
    if child is None or not (child.interface_id or child.mark):
        return None, ()
    if child.interface_id:
        link = units.xfrm(child.interface_id)
        name = f"xfrm interface {child.interface_id}"
    else:
        link = units.vti(child.mark)
        name = f"tunnel interface with key {child.mark}"
    fixed = not (child.interface_id or child.mark).startswith("%")
    ours = own.label(conn.path) is not None
    shown = [unit for unit in units.netdevs if ours or not own.is_netdev(unit.path)]
    return link, (name,) if link is None and fixed and shown else ()


def _unseen(conn: Conn, link: Link | None) -> str:
    """Where other programs care for the interface: scripts, FRR, the system of a firewall."""
    if own.label(conn.path) is not None or (link is not None and link.told):
        return ""
    return "no unit of systemd-networkd in what was read tells; `ip route` does on the host"


def _pairs(conn: Conn, child: Child) -> tuple[TrafficSelector, ...]:
    """IKEv1 takes one pair only, the first (swanctl.conf, local_ts)."""
    ours, theirs = _first(conn.local), _first(conn.remote)
    left, right = child.local, child.remote
    if conn.version == 1:
        left, right = left[:1], right[:1]
    return pairs(left, right, ours, theirs)


def _encapsulation(children: list[Child]) -> Encapsulation:
    """GRE is told by selectors that let nothing else in."""
    words = [word for child in children for word in (*child.local, *child.remote)]
    gre = bool(words) and all(protocol(word) in ("gre", "47") for word in words)
    return Encapsulation.GRE if gre else Encapsulation.IPSEC


def _many(word: str) -> bool:
    """Whether it stands for a subnet or a range, not for one peer."""
    return "/" in word or ("-" in word and word.replace("-", "").replace(".", "").isdigit())


def _addresses(words: Iterable[str]) -> tuple[IPv4Address, ...]:
    found: list[IPv4Address] = []
    for word in words:
        try:
            found.append(IPv4Address(word))
        except ValueError:
            continue  # a name, a range or IPv6
    return tuple(one for one in dict.fromkeys(found) if int(one))


def _is_name(word: str) -> bool:
    """Whether it has to be looked up: neither an address of IPv4 nor of IPv6."""
    return ":" not in word and not _addresses([word])


def _first(words: Iterable[str]) -> IPv4Address | None:
    return next(iter(_addresses(words)), None)


def _ike(conn: Conn) -> Ike:
    found = proposals.suites(conn.ike, names.DEFAULT_IKE)
    if conn.version == 1:
        found = tuple(one for one in proposals.single(found) if not one.aead)
    return Ike(
        version=IkeVersion.V1 if conn.version == 1 else IkeVersion.V2,
        proposals=proposals.ike_proposals(found, conn.name, conn.ike_lifetime_seconds),
        dpd=conn.dpd,
    )


def _esp(name: str, child: Child | None, *, old: bool) -> Esp:
    if child is None:
        return Esp(proposals=())
    transport = child.mode in ("transport", "transport_proxy", "beet")
    if child.ah and not child.esp:
        suites = proposals.suites(child.ah, names.DEFAULT_AH)
        made = proposals.ah_proposals(suites, name, transport=transport)
    else:
        suites = proposals.suites(child.esp, names.DEFAULT_ESP)
        suites = proposals.single(suites) if old else suites
        made = proposals.esp_proposals(suites, name, transport=transport)
    return Esp(
        proposals=made,
        pfs_group=proposals.pfs_group(suites),
        lifetime_seconds=child.lifetime_seconds,
        lifetime_kilobytes=child.lifetime_kilobytes,
    )


def _key(conn: Conn, host: Host) -> tuple[Secret | Hidden | None, bool, Source | None]:
    """The key, whether it is for this end by name, and where it stands.

    With IKEv1 a key is also looked for by address: identities come encrypted, too late.
    """
    if not conn.psk:
        return None, False, None
    theirs = (conn.remote_id,) if conn.remote_id else conn.remote
    if conn.version == 1:
        theirs = (*theirs, *conn.remote)
    ours = (conn.local_id,) if conn.local_id else conn.local
    chosen = host.keys.choose(tuple(ours), tuple(theirs))
    if chosen is None:
        elsewhere = host.hidden and own.label(conn.path) is None  # our files have their keys
        return Hidden(host.hidden) if elsewhere else None, False, None
    named = {plain(one) for one in ours}
    return chosen.key, any(plain(one) in named for one in chosen.ids), chosen.source


def _objects(conn: Conn, child: Child | None) -> dict[str, str]:
    found = {CONNECTION: conn.name}
    if conn.path:
        found[FILE] = conn.path
    label = own.label(conn.path)
    if label is not None:
        found[LABEL] = label
    if child is not None and child.interface_id:
        found[INTERFACE_ID] = child.interface_id
    name = next(
        (w for w in conn.remote if w not in _ANYWHERE and not _many(w) and _is_name(w)), None
    )
    if name is not None:
        found[HOST] = name
    return found


def _sources(conn: Conn, children: list[Child], link: Link | None, key: Source | None) -> Sources:
    """Lines by path; what a section leaves out points to its heading."""
    first = children[0] if children else None
    section = conn.source
    found: Sources = dict.fromkeys(("tunnel", "ike", "local", "remote", "psk", "missing"), section)
    if first is not None:
        found |= dict.fromkeys(("mode", "esp", "selectors"), first.source)
        found |= {_top(path): source for path, source in first.sources.items()}
    found |= conn.sources
    if link is not None:
        found |= link.sources
        found.setdefault("routes", link.sources["interface"])
        found.setdefault("enabled", link.sources["interface"])
    if key is not None:
        found["psk"] = key
    return found


def _top(path: str) -> str:
    """A path as the document has it: a child says selectors and quirks of the whole tunnel."""
    rest = path.removeprefix("esp.")
    return rest if rest.startswith(("selectors", "quirks.")) else path
