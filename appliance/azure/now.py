"""A connection's life for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.azure.runtime import BgpPeer, ChildSa, IkeSa, Route, Runtime, TunnelStatus


def lines(now: Runtime) -> Iterator[str]:
    """What stands below a connection's expectation."""
    yield f"  now           {now.status or 'not told'}"
    for tunnel in now.tunnels:
        yield f"    tunnel      {_tunnel(tunnel)}"
    for sa in now.sas:
        yield f"    IKE         {_sa(sa)}"
        for child in sa.children:
            yield f"      ESP       {_child(child)}"
    for peer in now.peers:
        yield f"    BGP         {_peer(peer)}"
    for word, routes in (("learned", now.learned), ("advertised", now.advertised)):
        for route in routes:
            yield f"    {word:<12}{_route(route)}"
    yield from (f"    none told   {what}" for what in now.absent)
    yield from (f"    not known   {what}" for what in now.unknown)


def document(now: Runtime) -> dict[str, object]:
    """The member `now` of a connection in `import azure -o json`. Seconds and bytes."""
    return {
        "read_at": now.read_at,
        "status": now.status,
        "tunnels": [_members(each) for each in now.tunnels],
        "sas": [
            {**_members(each), "children": [_members(child) for child in each.children]}
            for each in now.sas
        ],
        "bgp": [{**_members(each), "up": each.up} for each in now.peers],
        "learned": [_members(each) for each in now.learned],
        "advertised": [_members(each) for each in now.advertised],
        "absent": list(now.absent),
        "unknown": list(now.unknown),
    }


def _members(record: TunnelStatus | IkeSa | ChildSa | BgpPeer | Route) -> dict[str, object]:
    names: tuple[str, ...] = getattr(type(record), "__slots__", ())
    found = {name: getattr(record, name) for name in names if name != "children"}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    }


def _tunnel(tunnel: TunnelStatus) -> str:
    since = f" since {tunnel.since}" if tunnel.since else ""
    moved = f", {_bytes(tunnel.bytes_in)} from the site, {_bytes(tunnel.bytes_out)} to it"
    return f"{tunnel.name}: {tunnel.status or 'not told'}{since}{moved}"


def _bytes(count: int | None) -> str:
    return "unknown bytes" if count is None else f"{count} bytes"


def _sa(sa: IkeSa) -> str:
    by = "Azure" if sa.dialled else "the appliance"
    nat = ", through NAT" if sa.nat else ""
    return (
        f"{sa.local} - {sa.remote}: {_words(sa.encryption, sa.integrity, sa.group)}, "
        f"{_age(sa.elapsed_seconds, sa.lifetime_seconds)}, dialled by {by}{nat}"
    )


def _child(child: ChildSa) -> str:
    ends = f"{' '.join(child.remote_selectors)} = {' '.join(child.local_selectors)}"
    what = _words(child.encryption, child.integrity, child.pfs_group)
    return f"{what}, {_age(child.elapsed_seconds, child.lifetime_seconds)}, {ends}"


def _peer(peer: BgpPeer) -> str:
    received = "" if peer.routes_received is None else f", {peer.routes_received} routes"
    lasting = f" for {peer.duration}" if peer.up and peer.duration else ""
    state = f"{peer.state or 'not told'}{lasting}{received}"
    return f"{peer.local} - {peer.neighbor} AS {peer.asn}: {state}"


def _route(route: Route) -> str:
    path = f", AS path {' '.join(map(str, route.as_path))}" if route.as_path else ""
    return f"{route.network} via {route.next_hop or 'the gateway'}{path}"


def _words(*words: str | None) -> str:
    return " ".join(word for word in words if word) or "algorithms not told"


def _age(elapsed: int | None, lifetime: int | None) -> str:
    return f"{'?' if elapsed is None else elapsed} of {lifetime or '?'} s"
