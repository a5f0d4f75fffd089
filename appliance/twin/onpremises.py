"""The device's end: what its tunnel will hold, as charon's connection and a gateway's behaviour."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.tunnel import Esp, IkeProposal, Mode, TrafficSelector, Tunnel
from appliance.twin.scenario import Child, Connection, End

_EVERYTHING = IPv4Network("0.0.0.0/0")
_ANYBODY = "%any"
_SPELLED_GROUPS = {
    DhGroup.MODP1024_160: "modp1024s160",
    DhGroup.MODP2048_224: "modp2048s224",
    DhGroup.MODP2048_256: "modp2048s256",
}


def gateway(
    tunnel: Tunnel,
    *,
    azure: IPv4Address,
    address: IPv4Address,
    learnt: tuple[IPv4Network, ...],
    key: str | None,
) -> End:
    """The device's side of the tunnel to Azure's instance at `azure`.

    `address` is the device's own where its configuration has none (it gets one by DHCP); `learnt`
    are networks that come by BGP. Of several gateways in the tunnel Azure's is dialled if it is
    among them, else the first.
    """
    here = tunnel.local.address or address
    held = _connection(tunnel, here, azure, key)
    by_policy = tunnel.mode is Mode.POLICY_BASED
    routed = () if by_policy else dict.fromkeys((*tunnel.routes, *learnt))
    return End(
        address=str(here),
        dials=held,
        answers=held,
        routes=tuple(map(str, routed)),
        pairs=_words(pairs(tunnel)) if by_policy else (),
        passes=None if tunnel.passes is None else _words(tunnel.passes),
        silent=tunnel.permits is not None and azure not in tunnel.permits,
        mss=None if tunnel.interface is None else tunnel.interface.mss,
        mtu=None if tunnel.interface is None else tunnel.interface.mtu,
    )


def _connection(
    tunnel: Tunnel, here: IPv4Address, azure: IPv4Address, key: str | None
) -> Connection:
    version, proposals = tunnel.ike.version, tuple(dict.fromkeys(_esp(tunnel.esp)))
    return Connection(
        version=int(version),
        ours=str(here),
        theirs=_theirs(tunnel, azure),
        our_identity=tunnel.local.identity or str(here),
        their_identity=_anybody(tunnel.remote.identity),
        proposals=tuple(word for one in tunnel.ike.proposals for word in _ike(one, version)),
        children=tuple(
            Child(
                name=f"net{number}",
                ours=str(pair.local),
                theirs=str(pair.remote),
                proposals=proposals,
            )
            for number, pair in enumerate(pairs(tunnel), start=1)
        ),
        key=key,
    )


def pairs(tunnel: Tunnel) -> tuple[TrafficSelector, ...]:
    """The tunnel's selectors, any-to-any where it has none."""
    return tunnel.selectors or (TrafficSelector(local=_EVERYTHING, remote=_EVERYTHING),)


def expressible(tunnel: Tunnel) -> str:
    """What of this tunnel no daemon here can be told; empty when all of it can."""
    if any(proposal.ah is not None or proposal.transport for proposal in tunnel.esp.proposals):
        return "AH, or ESP in transport mode"
    ciphers = {
        *(cipher for proposal in tunnel.ike.proposals for cipher in proposal.encryption),
        *(cipher for proposal in tunnel.esp.proposals for cipher in proposal.encryption),
    }
    odd = sorted(c for c in ciphers if c.value.endswith("gmac") or c is Encryption.SEAL)
    return f"cipher {', '.join(odd)}" if odd else ""


def _theirs(tunnel: Tunnel, azure: IPv4Address) -> str:
    known = tunnel.remote.addresses
    return str(azure if azure in known else known[0]) if known else _ANYBODY


def _anybody(identity: str | None) -> str:
    return _ANYBODY if identity in (None, "any", "0.0.0.0") else str(identity)  # noqa: S104 -- an identity


def _words(found: tuple[TrafficSelector, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((str(pair.local), str(pair.remote)) for pair in found)


def _ike(proposal: IkeProposal, version: IkeVersion) -> Iterator[str]:
    """One proposal for AEAD ciphers and one for the others: IKEv2 does not mix them (RFC 7296 3.3).

    IKEv1 has only exact combinations, and negotiates no PRF (RFC 2409 appendix A).
    """
    groups = [_group(group) for group in proposal.groups]
    hashes = [str(hash_) for hash_ in proposal.integrity if hash_ is not Integrity.NONE]
    if version is IkeVersion.V1:
        every = product(map(_cipher, proposal.encryption), hashes, groups)
        yield from map("-".join, every)
        return
    prfs = [f"prf{prf}" for prf in proposal.prf]
    for aead in (True, False):
        ciphers = [_cipher(cipher) for cipher in proposal.encryption if cipher.aead is aead]
        if ciphers:
            yield "-".join((*ciphers, *(() if aead else hashes), *prfs, *groups))


def _esp(esp: Esp) -> Iterator[str]:
    """Exact combinations, as both versions of IKE take them."""
    group = [] if esp.pfs_group is None else [_group(esp.pfs_group)]
    for proposal in esp.proposals:
        for cipher, hash_ in product(proposal.encryption, proposal.integrity or (Integrity.NONE,)):
            alone = cipher.aead or hash_ is Integrity.NONE
            yield "-".join((_cipher(cipher), *(() if alone else (str(hash_),)), *group))


def _cipher(cipher: Encryption) -> str:
    return f"{cipher}16" if cipher.value.endswith("gcm") else str(cipher)


def _group(group: DhGroup) -> str:
    return _SPELLED_GROUPS.get(group, group.name.lower())
