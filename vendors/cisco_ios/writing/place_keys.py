"""Placing the pre-shared key and the profile that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from appliance.errors import RefusedError
from appliance.model.algorithms import IkeVersion
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco.writing.section import PREFIX
from vendors.cisco_ios.names import NAMED_BY, TWO_KEYS
from vendors.cisco_ios.writing.box import Box

Key = Secret | Hidden | None


def keys_v2(box: Box, tunnel: Tunnel, running: Tunnel | None, key: Key) -> Tunnel:
    """IKEv2 profile and keyring: kept when private or unchanged, else our own.

    Raises `RefusedError` when the key stands in the profile itself and has to change.
    """
    held = {} if running is None else running.objects
    if tunnel.local.apart:
        _check_apart(box, tunnel)
    if running is not None and _inline(running):
        _check_inline(box, tunnel, running)
        return tunnel
    own = f"{PREFIX}{box.label(tunnel)}"
    keyring, peer = held.get("ikev2 keyring", own), held.get("ikev2 keyring peer", own)
    if running is None or "ikev2 keyring peer" not in held or _needs_own(box, tunnel, running):
        keyring, peer = own, own
    profile = held.get("ikev2 profile", own)
    if box.shared("ikev2 profile", profile) and _profile_differs(tunnel, running):
        profile = own
    fresh = keyring == own and held.get("ikev2 keyring") != own
    if fresh and box.common("ikev2 profile", profile):
        profile = own  # one profile leads to one keyring
    objects = {
        **tunnel.objects,
        "ikev2 keyring": keyring,
        "ikev2 keyring peer": peer,
        "ikev2 profile": profile,
    }
    if keyring == own:
        objects.pop("psk form", None)
    return replace(tunnel, psk=_known(key, tunnel) if fresh else tunnel.psk, objects=objects)


def _check_apart(box: Box, tunnel: Tunnel) -> None:
    """Raise `RefusedError` where the profile of another tunnel would answer for this one too.

    "Configuring Internet Key Exchange Version 2": of several profiles that match none is selected.
    """
    for other in box.others:
        same = set(other.remote.addresses) & set(tunnel.remote.addresses)
        if same and other.ike.version is tunnel.ike.version and not other.local.apart:
            profile = other.objects.get("ikev2 profile", "none")
            peers = ", ".join(map(str, sorted(same)))
            raise RefusedError(
                f"IKEv2 profile {profile} of {other.name} takes {peers} in at any local address: "
                "IOS would choose neither it nor the one of this site",
                where=f"site {box.site}",
                hint="push the site of that tunnel first: its profile then says `match address "
                "local`; of a tunnel that is no site, enter that by hand",
            )


def _inline(running: Tunnel) -> bool:
    """`authentication local pre-share key ...`: the profile needs no keyring."""
    held = running.objects
    return "ikev2 profile" in held and "ikev2 keyring" not in held and running.psk is not None


def _check_inline(box: Box, tunnel: Tunnel, running: Tunnel) -> None:
    if running.psk != tunnel.psk:
        raise RefusedError(
            f"IKEv2 profile {running.objects['ikev2 profile']} holds its key itself",
            where=f"site {box.site}",
            hint="move the key into a keyring by hand, then push again",
        )


def _needs_own(box: Box, tunnel: Tunnel, running: Tunnel) -> bool:
    """Whether the keyring's peer would have to change in a way that is not ours alone to make."""
    held, moved = running.objects, running.remote.addresses != tunnel.remote.addresses
    if held.get("psk form") == TWO_KEYS:
        return True
    if running.psk == tunnel.psk and not moved:
        return False
    if box.shared("ikev2 keyring peer", held["ikev2 keyring peer"]) or _for_many(box, running):
        return True
    return moved and not held["ikev2 keyring"].startswith(PREFIX)


def _for_many(box: Box, running: Tunnel) -> bool:
    """Whether the key is that of a whole network: peers may come that no tunnel here names."""
    kept = iter(box.lines(f"crypto ikev2 keyring {running.objects['ikev2 keyring']}"))
    peer = f"peer {running.objects['ikev2 keyring peer']}"
    for line in kept:
        if line == peer:
            break
    said = next((line for line in kept if line.startswith(("address ", "peer "))), "").split()
    return said[:1] == ["address"] and wide(" ".join(said[1:]))


def wide(name: str) -> bool:
    """Whether `ADDRESS [MASK]`, as a key is kept under, is more than one host."""
    words = name.removesuffix(" no-xauth").split()
    return words[0] == str(IPv4Address(0)) or words[1:] not in ([], ["255.255.255.255"])


def _profile_differs(tunnel: Tunnel, running: Tunnel | None) -> bool:
    return running is None or (
        (running.local.identity, running.remote.identity, running.ike.dpd, running.local.apart)
        != (tunnel.local.identity, tunnel.remote.identity, tunnel.ike.dpd, tunnel.local.apart)
        or running.psk != tunnel.psk
        or running.ike.proposals[0].lifetime_seconds != tunnel.ike.proposals[0].lifetime_seconds
    )


_KEPT = frozenset(("isakmp key", "keyring key", "psk form"))


def keys_v1(box: Box, tunnel: Tunnel, running: Tunnel | None, key: Key) -> Tunnel:
    """isakmp key, keyring and profile: kept when private or unchanged, else our own."""
    kept = running is not None and running.psk is not None
    moved = running is not None and running.remote.addresses != tunnel.remote.addresses
    if kept and not moved and not _shared_key(box, tunnel, running):
        return tunnel
    own = f"{PREFIX}{box.label(tunnel)}"
    objects = {k: v for k, v in tunnel.objects.items() if k not in _KEPT}
    if running is not None and running.local.identity is not None:
        objects["self-identity"] = "address"  # `crypto isakmp identity` is for all tunnels
    fresh = running is None or running.objects.get("keyring") != own
    return replace(
        tunnel,
        psk=_known(key, tunnel) if fresh else tunnel.psk,
        objects={**objects, "keyring": own, "isakmp profile": own},
    )


def _known(key: Key, tunnel: Tunnel) -> Key:
    """A keyring of our own needs the key itself, whatever the device hid in the old one."""
    return key if isinstance(key, Secret) else tunnel.psk


def _shared_key(box: Box, tunnel: Tunnel, running: Tunnel | None) -> bool:
    """Whether the key must change while others use the same statement or profile."""
    if running is None or (running.psk == tunnel.psk and running.ike.dpd == tunnel.ike.dpd):
        return False
    kinds = ("keyring", "isakmp profile")  # a key by one address is that gateway's own
    used = any(box.shared(kind, running.objects[kind]) for kind in kinds if kind in running.objects)
    keys = [
        running.objects[kind] for kind in ("isakmp key", "keyring key") if kind in running.objects
    ]
    if running.psk != tunnel.psk and any(map(wide, keys)):
        return True
    return used or (running.ike.dpd != tunnel.ike.dpd and "isakmp profile" not in running.objects)


def following(others: Tunnels, placed: Sequence[Tunnel]) -> Tunnels:
    """Tunnels of others as IOS takes them afterwards: one gateway has one key in IKEv1.

    A key by address serves whatever reaches it, and a profile is picked by the peer's identity
    where none is named: an entry that was left behind in another map changes along.
    """
    return tuple(_follower(other, placed) for other in others)


def _follower(other: Tunnel, placed: Sequence[Tunnel]) -> Tunnel:
    for tunnel in placed:
        key = tunnel.objects.get("isakmp key")
        if key is not None and key == other.objects.get("isakmp key"):
            return replace(other, psk=tunnel.psk)
        if _picks(other, tunnel):
            return _picked(other, tunnel)
    return other


def _picks(other: Tunnel, tunnel: Tunnel) -> bool:
    """Whether a tunnel that names no profile gets this one's."""
    return (
        IkeVersion.V1 is other.ike.version is tunnel.ike.version
        and "isakmp profile" in tunnel.objects
        and "isakmp profile" not in other.objects
        and other.local.vrf == tunnel.local.vrf
        and other.remote.addresses[:1] == tunnel.remote.addresses[:1]
    )


def _picked(other: Tunnel, tunnel: Tunnel) -> Tunnel:
    kept = {kind: name for kind, name in other.objects.items() if kind not in _KEPT}
    taken = {k: tunnel.objects[k] for k in _PROFILE if k in tunnel.objects}
    return replace(
        other,
        psk=tunnel.psk,
        ike=replace(other.ike, dpd=tunnel.ike.dpd),
        local=replace(other.local, identity=tunnel.local.identity),
        remote=replace(other.remote, identity=tunnel.remote.identity),
        objects={**kept, **taken, NAMED_BY: "the peer's identity"},
    )


_PROFILE = ("isakmp profile", "keyring", "keyring key", "self-identity")
