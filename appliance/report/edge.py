"""What a driver understood of ExpressRoute, as a part of `appliance/observed/1` and for people."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.edge import Clause, Edge, ErLink, Filter, Match
from appliance.model.secret import Hidden, Secret


def document(edge: Edge) -> dict[str, object]:
    """JSON values only; a key is its state."""
    return {
        "asn": edge.asn,
        "links": [_link(link) for link in edge.links],
        "networks": [str(network) for network in edge.networks],
        "host_routes": [{"address": str(one.address), "via": one.via} for one in edge.hosts],
        "tunnel_routes": [
            {"prefix": str(one.prefix), "via": one.via, "distance": one.distance}
            for one in edge.standby
        ],
    }


def _link(link: ErLink) -> dict[str, object]:
    session = link.session
    return {
        "label": link.label,
        "interface": link.interface or None,
        "address": None if link.address is None else str(link.address),
        "vlan": link.vlan,
        "outer_vlan": link.svlan,
        "enabled": link.enabled,
        "bfd": None if link.bfd is None or not session.bfd else _bfd(link),
        "peer": str(session.peer),
        "key": _key(session.key),
        "session_enabled": session.enabled,
        "weight": session.weight,
        "receives": _filter(session.receives),
        "sends": _filter(session.sends),
    }


def _bfd(link: ErLink) -> list[int]:
    timers = link.bfd
    return [] if timers is None else [timers.transmit_ms, timers.receive_ms, timers.multiplier]


def _key(key: Secret | Hidden | None) -> str:
    if isinstance(key, Hidden):
        return "hidden"
    return "none" if key is None else "set"


def _filter(held: Filter | None) -> dict[str, object] | None:
    if held is None:
        return None
    return {
        "rules": [_rule(clause) for clause in held.clauses],
        "otherwise": "passes" if held.otherwise else "refused",
    }


def _rule(clause: Clause) -> dict[str, object]:
    listed = clause.prefixes
    return {
        "action": "goes on" if clause.goes_on else "passes" if clause.permit else "refused",
        "prefixes": None if listed is None else [_match_text(one) for one in listed],
        "local_preference": clause.local_preference,
        "not_judged": list(clause.unread),
    }


def _match_text(match: Match) -> str:
    own = match.network.prefixlen
    exact = match.shortest == match.longest == own
    lengths = "" if exact else f" /{match.shortest} to /{match.longest}"
    return f"{'' if match.permit else 'not '}{match.network}{lengths}"


def lines(edge: Edge) -> Iterator[str]:
    """A few lines for each link."""
    for link in edge.links:
        yield from _paragraph(link)


def _paragraph(link: ErLink) -> Iterator[str]:
    session = link.session
    tags = [str(tag) for tag in (link.svlan, link.vlan) if tag is not None]
    off = "" if link.enabled and session.enabled else ", switched off"
    tagged = f" VLAN {' / '.join(tags)}" if tags else ""
    yield (
        f"ExpressRoute {link.interface or '?'}:{tagged} {link.address} -> {session.peer}, "
        f"AS {session.asn}{off}"
    )
    bfd = "no BFD" if link.bfd is None or not session.bfd else _timers(link)
    yield f"  {bfd}; MD5 key {_key(session.key)}"
    for word, held in (("lets in", session.receives), ("lets out", session.sends)):
        yield f"  {word}: {'; '.join(_told(held))}"


def _timers(link: ErLink) -> str:
    sent, heard, lost = _bfd(link)
    return f"BFD {sent}/{heard} ms x {lost}"


def _told(held: Filter | None) -> Iterator[str]:
    if held is None:
        yield "everything"
        return
    for clause in held.clauses:
        what = "everything" if clause.prefixes is None else _listed(clause)
        preferred = (
            "" if clause.local_preference is None else f" at preference {clause.local_preference}"
        )
        doubt = f" (if {', '.join(clause.unread)})" if clause.unread else ""
        then = ", then" if clause.goes_on else ""
        yield f"{'' if clause.permit else 'not '}{what}{preferred}{doubt}{then}"
    if held.otherwise:
        yield "all else"


def _listed(clause: Clause) -> str:
    return ", ".join(_match_text(one) for one in clause.prefixes or ()) or "nothing"
