"""The IKE part of a tunnel: `security ike proposal`, `policy` and `gateway`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.change import KEY_MARK
from appliance.model.secret import Secret
from appliance.model.tunnel import Dpd, IkeProposal, Tunnel
from appliance.record import replace
from vendors.juniper_junos import names
from vendors.juniper_junos.writing.statement import Statement, Thing, escaped, word


def ike(tunnel: Tunnel) -> Iterator[Statement]:
    """Statements for the IKE SA of one tunnel."""
    policy, gateway = tunnel.objects.get("ike policy"), tunnel.objects.get("gateway")
    listed = tunnel.objects.get("ike proposal-set") is None
    if listed:
        for proposal in tunnel.ike.proposals:
            yield from _proposal(proposal)
    if policy is not None:
        yield from _policy(tunnel, policy)
    if gateway is not None:
        yield from _gateway(tunnel, gateway)


def _proposal(proposal: IkeProposal) -> Iterator[Statement]:
    thing = Thing(
        f"security ike proposal {word(proposal.name)}", "what the IKE SA may be encrypted with"
    )
    yield thing.one("authentication-method", "pre-shared-keys")
    for group in proposal.groups[:1]:
        yield thing.one("dh-group", names.group_word(group))
    for hash_ in proposal.integrity[:1]:
        yield thing.one("authentication-algorithm", names.IKE_AUTHENTICATION[hash_])
    for cipher in proposal.encryption[:1]:
        yield thing.one("encryption-algorithm", names.IKE_ENCRYPTION[cipher])
    for prf in proposal.prf[:1] if proposal.integrity else ():
        if prf not in {str(hash_) for hash_ in proposal.integrity} and prf in names.IKE_PRF:
            yield thing.one("prf-algorithm", names.IKE_PRF[prf])
    yield thing.one("lifetime-seconds", proposal.lifetime_seconds)


def _policy(tunnel: Tunnel, name: str) -> Iterator[Statement]:
    thing = Thing(f"security ike policy {word(name)}", "ties proposals and pre-shared key together")
    if tunnel.ike.version is IkeVersion.V1 and (mode := tunnel.objects.get("ike mode")):
        yield thing.one("mode", mode)
    if chosen := tunnel.objects.get("ike proposal-set"):
        yield thing.one("proposal-set", chosen)
    else:
        for proposal in tunnel.ike.proposals:
            yield thing.each("proposals", proposal.name)
    if tunnel.psk is not None:
        yield _key(tunnel, thing)


def _key(tunnel: Tunnel, thing: Thing) -> Statement:
    known = tunnel.psk if isinstance(tunnel.psk, Secret) else None
    slot = f"{thing.path} pre-shared-key"
    return Statement(
        text=f'{slot} ascii-text "{KEY_MARK}"',
        slot=slot,
        inside=thing.within,
        why='the pre-shared key, in quotes: `"` and `\\` have a backslash before them',
        secret=None if known is None else Secret(escaped(known.reveal())),
    )


def _gateway(tunnel: Tunnel, name: str) -> Iterator[Statement]:
    thing = Thing(f"security ike gateway {word(name)}", "Azure's gateway, and how to speak to it")
    if policy := tunnel.objects.get("ike policy"):
        yield thing.one("ike-policy", policy)
    if named := tunnel.objects.get("remote name"):
        yield thing.each("address", named)
    for address in tunnel.remote.addresses:
        yield thing.each("address", address)
    yield from _dpd(thing, tunnel.ike.dpd, tunnel.objects.get("dpd"))
    yield from _identity(thing, "local-identity", tunnel.local.identity)
    if str(tunnel.remote.identity) not in map(str, tunnel.remote.addresses):
        yield from _identity(thing, "remote-identity", tunnel.remote.identity)
    if tunnel.local.interface is not None:
        yield thing.one("external-interface", tunnel.local.interface)
    version = "v2-only" if tunnel.ike.version is IkeVersion.V2 else "v1-only"
    yield thing.one("version", version)


def _dpd(gateway: Thing, dpd: Dpd | None, kind: str | None) -> Iterator[Statement]:
    if dpd is None:
        return
    thing = replace(gateway.part("dead-peer-detection"), why="notices when Azure is gone")
    if not dpd.on_demand:
        yield thing.has(kind or "always-send")
    yield thing.one("interval", min(max(dpd.delay_seconds, 2), 60))
    yield thing.one("threshold", threshold(dpd))


def threshold(dpd: Dpd) -> int:
    """How many probes may be lost: 1 to 5."""
    timeout = dpd.timeout_seconds or dpd.delay_seconds * names.DPD_THRESHOLD
    return min(max(timeout // dpd.delay_seconds, 1), 5)


def _identity(gateway: Thing, leaf: str, value: str | None) -> Iterator[Statement]:
    """An identity is one of several kinds; a new one takes the place of the old."""
    if value is None:
        return
    slot = f"{gateway.path} {leaf}"
    yield Statement(
        text=f"{slot} {_kind(value)}",
        slot=slot,
        inside=gateway.within,
        why="what it is called in IKE",
    )


def _kind(value: str) -> str:
    try:
        return f"inet {IPv4Address(value)}"
    except ValueError:
        pass
    if named := re.match(r"(distinguished-name (?:container|wildcard)) (.+)", value):
        return f"{named[1]} {word(named[2])}"
    if told := re.match(r"(hostname|user-at-hostname|inet6|key-id) (.+)", value):
        return f"{told[1]} {word(told[2])}"
    if re.match(r"distinguished-name\b", value):
        return value
    return f"{'user-at-hostname' if '@' in value else 'hostname'} {word(value)}"
