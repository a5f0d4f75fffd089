"""Whether a second, independent reading of a configuration finds the same tunnels.

It knows no defaults: a field that the text does not say is compared only where both readings have
words for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.driver import Disagreement
from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.edge import Edge
from appliance.model.edge_facts import Reading, apart, reading
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel
from vendors.juniper_junos import names
from vendors.juniper_junos.edge.second_look import Edges
from vendors.juniper_junos.edge.second_policies import does, prefixes
from vendors.juniper_junos.parse import parse
from vendors.juniper_junos.reading.proposal_sets import esp_set, ike_set
from vendors.juniper_junos.reading.second_look import Rows, key

_IKE, _IPSEC = ("security", "ike"), ("security", "ipsec")
Value = tuple[str, ...]


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """Points where the two readings differ; () when they agree.

    Also () for texts that were typed or inherit from groups, which only the parser can follow.
    Raises `ParseError` as `parse` does.
    """
    observed = parse(text)
    tunnels = {tunnel.name: tunnel for tunnel in observed.tunnels}
    rows = Rows(text)
    if not rows.told:
        return ()
    second = rows.names(*_IPSEC, "vpn")
    manual = {name for name in second if rows.below(*_IPSEC, "vpn", name, "manual")}
    found = [_alone(name, name in tunnels, second) for name in sorted(set(tunnels) ^ set(second))]
    found = [one for one in found if one.tunnel not in manual]
    for name, lines in second.items():
        if name in tunnels and tunnels[name].enabled:
            found += _compare(rows, tunnels[name], tuple(lines))
    if "12076" in text:
        found += _edge(observed.edge, Edges(text))
    return tuple(found)


def _edge(first: Edge | None, edges: Edges) -> Iterator[Disagreement]:
    second = Reading(
        whole=edges.whole(),
        links=edges.links(),
        does=lambda peer, direction, prefix: does(edges, peer, direction, prefix),
        prefixes=prefixes(edges),
    )
    for one in apart(reading(first), second):
        yield Disagreement(tunnel=one.about, field=one.field, first=one.first, second=one.second)


def _alone(name: str, in_first: bool, second: dict[str, list[int]]) -> Disagreement:  # noqa: FBT001
    seen = ("a tunnel", "no tunnel") if in_first else ("no tunnel", "a tunnel")
    lines = tuple(second.get(name, ()))
    return Disagreement(tunnel=name, field="name", first=seen[0], second=seen[1], lines=lines)


def _compare(rows: Rows, tunnel: Tunnel, lines: tuple[int, ...]) -> Iterator[Disagreement]:
    first, second = _first(tunnel), _second(rows, tunnel.name)
    for field in sorted(set(first) | set(second)):
        one, other = first.get(field, ()), second.get(field, ())
        if sorted(set(one)) != sorted(set(other)):
            shown = (one, other) if field != "psk" else _hidden(one, other)
            yield Disagreement(
                tunnel=tunnel.name,
                field=field,
                first=" ".join(shown[0]) or "nothing",
                second=" ".join(shown[1]) or "nothing",
                lines=lines,
            )


def _hidden(one: Value, other: Value) -> tuple[Value, Value]:
    """Keys are told apart without being shown."""
    return ("one key",) if one else (), ("another key",) if other else ()


# --- the first reading, put into the words of the second ------------------------------------------


def _first(tunnel: Tunnel) -> dict[str, Value]:
    """The fields that both readings can tell."""
    interface = tunnel.interface
    told: dict[str, Value] = {
        "remote.addresses": tuple(map(str, tunnel.remote.addresses)),
        "local.interface": _maybe(tunnel.local.interface),
        "ike.version": ("v2",) if tunnel.ike.version is IkeVersion.V2 else ("v1",),
        "interface.name": _maybe(interface and interface.name),
        "ike.proposals": tuple(_ike_words(tunnel)),
        "esp.proposals": tuple(_esp_words(tunnel)),
        "esp.pfs_group": _maybe(tunnel.esp.pfs_group and names.group_word(tunnel.esp.pfs_group)),
        "psk": (tunnel.psk.reveal(),) if isinstance(tunnel.psk, Secret) else (),
        "missing": tuple(one for one in tunnel.missing if one.startswith(("ike ", "ipsec "))),
    }
    if tunnel.mode is Mode.ROUTE_BASED or tunnel.interface is not None:
        told["selectors"] = tuple(map(str, tunnel.selectors))
    return told


def _maybe(value: object) -> Value:
    return (str(value),) if value else ()


def _ike_words(tunnel: Tunnel) -> Iterator[str]:
    for proposal in tunnel.ike.proposals:
        words = [names.IKE_ENCRYPTION[cipher] for cipher in proposal.encryption]
        words += [names.IKE_AUTHENTICATION[hash_] for hash_ in proposal.integrity]
        words += [names.group_word(group) for group in proposal.groups]
        yield "+".join([proposal.name, *words])


def _esp_words(tunnel: Tunnel) -> Iterator[str]:
    for proposal in tunnel.esp.proposals:
        ciphers = [one for one in proposal.encryption if one is not Encryption.NULL]
        words = [names.IPSEC_ENCRYPTION[cipher] for cipher in ciphers]
        hashes = [one for one in proposal.integrity if one is not Integrity.NONE]
        words += [names.IPSEC_AUTHENTICATION[one] for one in hashes]
        words += [names.IPSEC_AUTHENTICATION[proposal.ah]] if proposal.ah else []
        yield "+".join([proposal.name, *dict.fromkeys(words)])


# --- the second reading ---------------------------------------------------------------------------


def _second(rows: Rows, vpn: str) -> dict[str, Value]:
    above = (*_IPSEC, "vpn", vpn)
    gateway = rows.last(*above, "ike", "gateway")
    held = (*_IKE, "gateway", gateway)
    policy = rows.last(*held, "ike-policy")
    child = rows.last(*above, "ike", "ipsec-policy")
    missing = _dangling(rows, gateway, policy, child)
    told = {
        "remote.addresses": tuple(word for word in rows.values(*held, "address") if _is_ipv4(word)),
        "local.interface": _with_unit(rows.last(*held, "external-interface")),
        "ike.version": ("v2",) if rows.last(*held, "version") == "v2-only" else ("v1",),
        "interface.name": _with_unit(rows.last(*above, "bind-interface")),
        "psk": _maybe(_psk(rows, policy)),
        "missing": missing,
        "ike.proposals": tuple(_ike_second(rows, policy)),
        "esp.proposals": tuple(_esp_second(rows, child)),
        "esp.pfs_group": _maybe(_pfs(rows, child)),
    }
    if told["interface.name"]:
        told["selectors"] = tuple(_selectors(rows, above))
    return told


def _psk(rows: Rows, policy: str) -> str:
    """Only a key that both readings can know: masked and encrypted ones are nobody's."""
    found = key(rows, policy)
    masked = found.startswith(("$", "<", "/*")) or not found.strip("*xX.") or "\ufffd" in found
    return "" if masked else found


def _dangling(rows: Rows, gateway: str, policy: str, child: str) -> Value:
    """Names that lead nowhere, in the words of the first reading."""
    wanted = (
        (_IKE, "gateway", "ike gateway", (gateway,)),
        (_IKE, "policy", "ike policy", (policy,)),
        (_IPSEC, "policy", "ipsec policy", (child,)),
        (_IKE, "proposal", "ike proposal", rows.values(*_IKE, "policy", policy, "proposals")),
        (_IPSEC, "proposal", "ipsec proposal", rows.values(*_IPSEC, "policy", child, "proposals")),
    )
    return tuple(
        f"{kind} {name}"
        for above, section, kind, listed in wanted
        for name in listed
        if name and name not in rows.names(*above, section, off=section != "proposal")
    )


def _with_unit(name: str) -> Value:
    return () if not name else (name if "." in name else f"{name}.0",)


def _is_ipv4(word: str) -> bool:
    return word.count(".") == 3 and word.replace(".", "").isdigit()  # noqa: PLR2004 -- dots


def _ike_second(rows: Rows, policy: str) -> Iterator[str]:
    above = (*_IKE, "policy", policy)
    for name in dict.fromkeys(rows.values(*above, "proposals")):
        one = (*_IKE, "proposal", name)
        if name not in rows.names(*_IKE, "proposal", off=False):
            continue
        cipher = rows.last(*one, "encryption-algorithm")
        hash_ = "" if cipher.endswith("gcm") else rows.last(*one, "authentication-algorithm")
        group = rows.last(*one, "dh-group")
        yield "+".join([name, *(word for word in (cipher, _same(hash_), group) if word)])
    for proposal in ike_set(rows.last(*above, "proposal-set")) or ():
        words = [names.IKE_ENCRYPTION[one] for one in proposal.encryption]
        words += [names.IKE_AUTHENTICATION[one] for one in proposal.integrity]
        words += [names.group_word(one) for one in proposal.groups]
        yield "+".join([proposal.name, *words])


def _same(word: str) -> str:
    """The usual spelling of a hash."""
    aliases = {**names.IKE_AUTHENTICATION_ALIASES, **names.IPSEC_AUTHENTICATION_ALIASES}
    table = names.IPSEC_AUTHENTICATION if word.startswith("hmac") else names.IKE_AUTHENTICATION
    return table[aliases[word]] if word in aliases else word


def _esp_second(rows: Rows, policy: str) -> Iterator[str]:
    above = (*_IPSEC, "policy", policy)
    for name in dict.fromkeys(rows.values(*above, "proposals")):
        one = (*_IPSEC, "proposal", name)
        if name not in rows.names(*_IPSEC, "proposal", off=False):
            continue
        cipher = rows.last(*one, "encryption-algorithm")
        hash_ = rows.last(*one, "authentication-algorithm")
        protocol = rows.last(*one, "protocol")
        cipher = "" if protocol == "ah" else cipher
        hash_ = "" if cipher.endswith("gcm") and protocol != "bundle" else _same(hash_)
        yield "+".join([name, *(word for word in (cipher, hash_) if word)])
    for proposal in (esp_set(rows.last(*above, "proposal-set")) or (None, ()))[1]:
        words = [names.IPSEC_ENCRYPTION[one] for one in proposal.encryption]
        words += [names.IPSEC_AUTHENTICATION[i] for i in proposal.integrity if i != Integrity.NONE]
        yield "+".join([proposal.name, *words])


def _pfs(rows: Rows, policy: str) -> str:
    above = (*_IPSEC, "policy", policy)
    said = rows.last(*above, "perfect-forward-secrecy", "keys")
    group = (esp_set(rows.last(*above, "proposal-set")) or (None, ()))[0]
    return said or (names.group_word(group) if group is not None else "")


def _selectors(rows: Rows, above: tuple[str, ...]) -> Iterator[str]:
    """The pairs that are told; any-to-any is what there is without any."""
    told = []
    for name in rows.names(*above, "traffic-selector", off=False):
        one = (*above, "traffic-selector", name)
        terms = [(*one, "term", term) for term in rows.names(*one, "term", off=False)]
        told += [(rows.last(*o, "local-ip"), rows.last(*o, "remote-ip")) for o in terms or [one]]
    if not told:
        identity = (*above, "ike", "proxy-identity")
        told = [(rows.last(*identity, "local"), rows.last(*identity, "remote"))]
    pairs = [(_length(local or _ANY), _length(remote or _ANY)) for local, remote in told]
    if set(pairs) != {(_ANY, _ANY)}:
        yield from (f"{local} <-> {remote}" for local, remote in pairs)


_ANY = "0.0.0.0/0"


def _length(text: str) -> str:
    return text if "/" in text else f"{text}/32"
