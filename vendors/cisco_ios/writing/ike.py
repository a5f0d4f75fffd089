"""The IKE part of a tunnel as IOS sections: `crypto ikev2 ...` and `crypto isakmp ...`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.algorithms import IkeVersion
from appliance.model.change import KEY_MARK
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, IkeProposal, Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import Line, Section, crypto, line, ours, removal
from vendors.cisco_ios import names


def ike(tunnel: Tunnel) -> Iterator[Section]:
    """Sections for the IKE SA of one tunnel."""
    yield from _ikev2(tunnel) if tunnel.ike.version is IkeVersion.V2 else _ikev1(tunnel)


def _ikev2(tunnel: Tunnel) -> Iterator[Section]:
    policy = tunnel.objects.get("ikev2 policy")
    if policy is not None:
        for proposal in tunnel.ike.proposals:
            yield _ikev2_proposal(proposal)
        yield _ikev2_policy(tunnel, policy)
    yield from _ikev2_keyring(tunnel)
    if profile := tunnel.objects.get("ikev2 profile"):
        yield _ikev2_profile(tunnel, profile)


def _ikev2_proposal(proposal: IkeProposal) -> Section:
    name = f"crypto ikev2 proposal {proposal.name}"
    encryption = " ".join(names.IKEV2_ENCRYPTION[cipher] for cipher in proposal.encryption)
    integrity = " ".join(names.IKEV2_INTEGRITY[hash_] for hash_ in proposal.integrity)
    prf = " ".join(proposal.prf)
    lines = [crypto(f"encryption {encryption}", slot="encryption")]
    if integrity:
        lines.append(crypto(f"integrity {integrity}", slot="integrity"))
    if prf != " ".join(proposal.integrity):
        lines.append(crypto(f"prf {prf}", slot="prf"))
    groups = " ".join(str(int(group)) for group in proposal.groups)
    lines.append(crypto(f"group {groups}", slot="group"))
    return Section(
        key=name,
        rank=10,
        heading=(name,),
        lines=tuple(lines),
        why="what the IKE SA may be encrypted with",
        remove=removal(name, proposal.name),
    )


def _ikev2_policy(tunnel: Tunnel, policy: str) -> Section:
    """IOS picks a policy by front-door VRF and local address, never by peer: ours names both."""
    name = f"crypto ikev2 policy {policy}"
    lines = []
    if ours(policy):
        lines.append(crypto(f"match fvrf {tunnel.local.vrf or 'any'}", slot="match fvrf"))
        if tunnel.local.address is not None:
            lines.append(crypto(f"match address local {tunnel.local.address}"))
    lines += [
        replace(crypto(f"proposal {proposal.name}"), adds=True) for proposal in tunnel.ike.proposals
    ]
    return Section(
        key=name,
        rank=20,
        heading=(name,),
        lines=tuple(lines),
        why="offers the proposal from this local address",
        remove=removal(name, policy),
    )


def _ikev2_keyring(tunnel: Tunnel) -> Iterator[Section]:
    keyring, peer = tunnel.objects.get("ikev2 keyring"), tunnel.objects.get("ikev2 keyring peer")
    if keyring is None or peer is None:
        return
    name = f"crypto ikev2 keyring {keyring}"
    yield Section(
        key=name,
        rank=30,
        heading=(name,),
        lines=(),
        why="holds the pre-shared key",
        remove=removal(name, keyring),
    )
    lines = []
    if ours(keyring):
        lines.append(crypto(f"address {tunnel.remote.addresses[0]}", slot="address"))
    if tunnel.psk is not None:
        two = "psk form" in tunnel.objects
        ends = ("local", "remote") if two else ("",)
        lines += [_ikev2_key(f"pre-shared-key {end}".rstrip(), tunnel.psk) for end in ends]
    yield Section(
        key=f"{name} peer {peer}",
        rank=30,
        heading=(name, f"peer {peer}"),
        lines=tuple(lines),
        why="the pre-shared key for Azure's address",
        remove=(name, f"no peer {peer}") if ours(peer) else None,
        owner=name if ours(keyring) or ours(peer) else None,
    )


def _ikev2_key(slot: str, psk: Secret | Hidden) -> Line:
    return Line(
        text=f"{slot} {KEY_MARK}",
        slot=slot,
        undo=f"no {slot}",
        secret=_known(psk),
        renegotiates=True,
    )


def _known(psk: Secret | Hidden) -> Secret | None:
    return psk if isinstance(psk, Secret) else None


def _ikev2_profile(tunnel: Tunnel, profile: str) -> Section:
    name = f"crypto ikev2 profile {profile}"
    lines = []
    if fvrf := tunnel.objects.get("match fvrf", tunnel.local.vrf):
        lines.append(crypto(f"match fvrf {fvrf}", slot="match fvrf", undo=f"no match fvrf {fvrf}"))
    if tunnel.local.apart:
        where = tunnel.objects.get("match address local") or (
            tunnel.local.address or f"interface {tunnel.local.interface}"
        )
        lines.append(crypto(f"match address local {where}", slot="match address local"))
    if (identity := _expected(tunnel, profile)) is not None:
        lines.append(crypto(f"match identity remote {_identity(identity)}"))
    if tunnel.local.identity is not None:
        value = _identity(tunnel.local.identity, mask=False)
        lines.append(crypto(f"identity local {value}", slot="identity local"))
    lines += _authentication(tunnel, profile)
    if keyring := tunnel.objects.get("ikev2 keyring"):
        lines.append(crypto(f"keyring local {keyring}", slot="keyring local"))
    if tunnel.ike.proposals:
        lifetime = tunnel.ike.proposals[0].lifetime_seconds
        lines.append(line(f"lifetime {lifetime}", slot="lifetime"))
    if tunnel.ike.dpd is not None:
        lines.append(line(f"dpd {_dpd(tunnel.ike.dpd)}", slot="dpd"))
    return Section(
        key=name,
        rank=40,
        heading=(name,),
        lines=tuple(lines),
        why="how the two ends name and prove themselves",
        remove=removal(name, profile),
    )


def _expected(tunnel: Tunnel, profile: str) -> str | None:
    """Whom a profile takes; one of our own has to say so, even where the one before took anybody.

    "A profile is deemed incomplete until it has match identity statements", and answers nobody.
    """
    if tunnel.remote.identity is None and ours(profile) and tunnel.remote.addresses:
        return str(tunnel.remote.addresses[0])
    return tunnel.remote.identity


def _authentication(tunnel: Tunnel, profile: str) -> Iterator[Line]:
    if tunnel.psk is None and "ikev2 keyring" not in tunnel.objects:
        return
    for end in ("remote", "local"):
        if f"authentication {end} in ikev2 profile {profile}" not in tunnel.missing:
            slot = "authentication local" if end == "local" else ""
            yield crypto(f"authentication {end} pre-share", slot=slot)


def _identity(value: str, *, mask: bool = True) -> str:
    if not _is_address(value):
        return value if " " in value else f"fqdn {value}"
    return f"address {value} 255.255.255.255" if mask else f"address {value}"


def _is_address(value: str) -> bool:
    try:
        IPv4Address(value)
    except ValueError:
        return False
    return True


def _dpd(dpd: Dpd) -> str:
    """`dpd INTERVAL RETRY on-demand|periodic`; IOS wants a retry interval of 2 to 60 s."""
    kind = "on-demand" if dpd.on_demand else "periodic"
    return f"{dpd.delay_seconds} {dpd.retry_seconds or 2} {kind}"


def _ikev1(tunnel: Tunnel) -> Iterator[Section]:
    for proposal in tunnel.ike.proposals:
        if names.configured_policy(proposal.name):
            yield _isakmp_policy(proposal, keyed=tunnel.psk is not None)
    if tunnel.psk is not None and (address := tunnel.objects.get("isakmp key")):
        yield _isakmp_key(tunnel.psk, address)
    if keyring := tunnel.objects.get("keyring"):
        yield _isakmp_keyring(tunnel, keyring)
    if profile := tunnel.objects.get("isakmp profile"):
        yield _isakmp_profile(tunnel, profile)


def _isakmp_policy(proposal: IkeProposal, *, keyed: bool) -> Section:
    """Without a key there may be certificates: what such a policy authenticates by stays so."""
    name = f"crypto isakmp policy {proposal.name}"
    return Section(
        key=name,
        rank=10,
        heading=(name,),
        lines=(
            crypto(
                f"encryption {names.ISAKMP_ENCRYPTION[proposal.encryption[0]]}", slot="encryption"
            ),
            crypto(f"hash {names.ISAKMP_HASH[proposal.integrity[0]]}", slot="hash"),
            replace(crypto("authentication pre-share", slot="authentication"), implied=not keyed),
            crypto(f"group {int(proposal.groups[0])}", slot="group"),
            line(f"lifetime {proposal.lifetime_seconds}", slot="lifetime"),
        ),
        why="what the IKE SA may be encrypted with, offered to every IKEv1 peer",
        remove=(f"no {name}",),
    )


def _isakmp_key(psk: Secret | Hidden, address: str) -> Section:
    """IOS answers an error to a second key for one address, and wants the key to remove one."""
    text = f"crypto isakmp key {KEY_MARK} address {address}"
    key = Line(
        text=text,
        slot=f"isakmp key {address}",
        undo=f"no {text}",
        secret=_known(psk),
        first_undo=True,
        renegotiates=True,
    )
    return Section(
        key=f"crypto isakmp key {address}",
        rank=30,
        heading=(),
        lines=(key,),
        why="the pre-shared key for Azure's address",
    )


def _isakmp_keyring(tunnel: Tunnel, keyring: str) -> Section:
    name = f"crypto keyring {keyring}"
    address = tunnel.objects.get("keyring key") or str(tunnel.remote.addresses[0])
    lines: tuple[Line, ...] = ()
    if tunnel.psk is not None and "isakmp key" not in tunnel.objects:
        text = f"pre-shared-key address {address} key {KEY_MARK}"
        undo = f"no pre-shared-key address {address} key {KEY_MARK}"
        lines = (
            Line(
                text=text,
                slot=f"pre-shared-key address {address}",
                undo=undo,
                secret=_known(tunnel.psk),
                first_undo=True,
                renegotiates=True,
            ),
        )
    vrf = f" vrf {tunnel.local.vrf}" if tunnel.local.vrf else ""
    return Section(
        key=name,
        rank=30,
        heading=(f"{name}{vrf}",),
        lines=lines,
        why="the pre-shared key for Azure's address",
        remove=removal(name, keyring),
    )


def _isakmp_profile(tunnel: Tunnel, profile: str) -> Section:
    name = f"crypto isakmp profile {profile}"
    lines = []
    if keyring := tunnel.objects.get("keyring"):
        lines.append(crypto(f"keyring {keyring}", slot="keyring"))
    if "self-identity" in tunnel.objects:
        lines.append(crypto("self-identity address", slot="self-identity"))
    if (identity := _expected(tunnel, profile)) is not None:
        vrf = f" {tunnel.local.vrf}" if tunnel.local.vrf and _is_address(identity) else ""
        lines.append(crypto(f"match identity {_identity(identity)}{vrf}"))
    if tunnel.ike.dpd is not None:
        retry = tunnel.ike.dpd.retry_seconds or 2
        lines.append(
            line(f"keepalive {tunnel.ike.dpd.delay_seconds} retry {retry}", slot="keepalive")
        )
    return Section(
        key=name,
        rank=40,
        heading=(name,),
        lines=tuple(lines),
        why="how the two ends name and prove themselves",
        remove=removal(name, profile),
    )
