"""The IKE part of a tunnel as ASA sections: policies, group policy and tunnel-group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.model.algorithms import IkeVersion, Integrity
from appliance.model.change import KEY_MARK
from appliance.model.pairing import LABEL
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import IkeProposal, Tunnel
from vendors.cisco.writing.section import Line, Section, crypto, line, ours
from vendors.cisco_asa import names
from vendors.cisco_asa.writing.marks import added, lacks
from vendors.cisco_asa.writing.traffic import applied


def ike(tunnel: Tunnel) -> Iterator[Section]:
    """Sections for the IKE SA of one tunnel."""
    kind = f"ikev{tunnel.ike.version:d}"
    write = _ikev2_policy if tunnel.ike.version is IkeVersion.V2 else _ikev1_policy
    for proposal in tunnel.ike.proposals:
        yield _policy(tunnel, f"crypto {kind} policy {proposal.name}", tuple(write(proposal)))
    yield from _group_policy(tunnel, kind)
    yield from _tunnel_group(tunnel)
    enable = f"crypto {kind} enable {tunnel.local.interface}"
    speaks = bool(tunnel.esp.proposals)  # of an entry that offers nothing nobody knows
    if tunnel.local.interface is not None and speaks and not lacks(tunnel, enable):
        new = added(tunnel, enable)
        yield Section(
            key=enable,
            rank=62,
            heading=(),
            lines=(line(enable),),
            why="lets the interface take part in IKE",
            given=not new,
        )


def _policy(tunnel: Tunnel, name: str, lines: tuple[Line, ...]) -> Section:
    """Policies are one global list: every peer of that version is offered all of them."""
    new = added(tunnel, name)
    return Section(
        key=name,
        rank=20,
        heading=(name,),
        lines=lines,
        why="what the IKE SA may be encrypted with, offered to every peer",
        remove=(f"no {name}",) if new else None,
        given=not new,
    )


def _ikev1_policy(proposal: IkeProposal) -> Iterator[Line]:
    yield crypto("authentication pre-share", slot="authentication")
    yield crypto(f"encryption {names.IKEV1_ENCRYPTION[proposal.encryption[0]]}", slot="encryption")
    yield crypto(f"hash {names.IKEV1_HASH[proposal.integrity[0]]}", slot="hash")
    yield crypto(f"group {int(proposal.groups[0])}", slot="group")
    yield line(f"lifetime {_seconds(proposal)}", slot="lifetime")


def _ikev2_policy(proposal: IkeProposal) -> Iterator[Line]:
    ciphers = " ".join(names.IKEV2_ENCRYPTION[cipher] for cipher in proposal.encryption)
    hashes = [names.IKEV2_INTEGRITY[hash_] for hash_ in proposal.integrity]
    prf = " ".join(names.IKEV2_PRF[one] for one in proposal.prf)
    yield crypto(f"encryption {ciphers}", slot="encryption")
    null = names.IKEV2_INTEGRITY[Integrity.NONE]
    yield crypto(f"integrity {' '.join(hashes) or null}", slot="integrity")
    yield crypto(f"group {' '.join(str(int(g)) for g in proposal.groups)}", slot="group")
    yield crypto(f"prf {prf}", slot="prf")
    yield line(f"lifetime seconds {_seconds(proposal)}", slot="lifetime seconds")


def _group_policy(tunnel: Tunnel, kind: str) -> Iterator[Section]:
    """Our own: the default policy may forbid the version of IKE, and belongs to everybody."""
    policy = tunnel.objects.get("group-policy")
    if policy is None or not ours(policy):
        return
    name = f"group-policy {policy}"
    allowed = () if lacks(tunnel, "vpn-tunnel-protocol") else (kind,)
    yield Section(
        key=name,
        rank=30,
        heading=(),
        lines=(line(f"{name} internal", slot=name),),
        why="lets the tunnel use its version of IKE",
        remove=(f"clear configure {name}",),
    )
    yield Section(
        key=f"{name} attributes",
        rank=30,
        heading=(f"{name} attributes",),
        lines=(
            *(line(f"vpn-tunnel-protocol {k}", slot="vpn-tunnel-protocol") for k in allowed),
            *applied(tunnel),
        ),
        why="lets the tunnel use its version of IKE",
        owner=name,
    )


def _tunnel_group(tunnel: Tunnel) -> Iterator[Section]:
    """Named by the gateway's address: with a pre-shared key the ASA looks for nothing else.

    One with a key that the device hides stays when it is not needed any more: nothing could bring
    it back.
    """
    group = _group(tunnel)
    if group is None or group in names.DEFAULT_GROUPS:
        return
    name = f"tunnel-group {group}"
    new = added(tunnel, name)
    own = new or (LABEL in tunnel.objects and isinstance(tunnel.psk, Secret))
    yield Section(
        key=name,
        rank=35,
        heading=(),
        lines=(line(f"{name} type ipsec-l2l", slot=name),),
        why="what the ASA knows of the gateway",
        remove=(f"clear configure {name}",) if own else None,
        given=not own,
    )
    yield from _general(tunnel, name, given=not own)
    yield Section(
        key=f"{name} ipsec-attributes",
        rank=37,
        heading=(f"{name} ipsec-attributes",),
        lines=(*_keys(tunnel, new=new), *_keepalive(tunnel)),
        why="what the ASA knows of the gateway",
        owner=name,
        given=not own,
    )


def _general(tunnel: Tunnel, name: str, *, given: bool) -> Iterator[Section]:
    policy = tunnel.objects.get("group-policy")
    if policy is not None and ours(policy):
        yield Section(
            key=f"{name} general-attributes",
            rank=36,
            heading=(f"{name} general-attributes",),
            lines=(line(f"default-group-policy {policy}", slot="default-group-policy"),),
            why="what the ASA knows of the gateway",
            owner=name,
            given=given,
        )


def _group(tunnel: Tunnel) -> str | None:
    """The name of the tunnel-group: one that is an address goes with the gateway's."""
    held = tunnel.objects.get("tunnel-group")
    peers = [str(address) for address in tunnel.remote.addresses]
    if held is None or held in peers or not peers or not re.fullmatch(r"[\d.]+", held):
        return held
    return peers[0]


def _keys(tunnel: Tunnel, *, new: bool) -> Iterator[Line]:
    """The key's lines; one that the device hides is there, but nobody could write it.

    In a new tunnel-group a key that is not known is a gap, which is told before anything is sent.
    """
    if tunnel.psk is None:
        return
    slots = ["ikev1 pre-shared-key"]
    if tunnel.ike.version is IkeVersion.V2:
        ends = [f"ikev2 {end}-authentication" for end in ("remote", "local")]
        slots = [f"{end} pre-shared-key" for end in ends if not lacks(tunnel, end)]
    kept = isinstance(tunnel.psk, Hidden) and not new and "key wanted" not in tunnel.objects
    for slot in slots:
        yield Line(
            text=f"{slot} {KEY_MARK}",
            slot=slot,
            undo=f"no {slot}",
            secret=_known(tunnel.psk),
            renegotiates=True,
            implied=kept,
        )


def _known(psk: Secret | Hidden) -> Secret | None:
    return psk if isinstance(psk, Secret) else None


def _keepalive(tunnel: Tunnel) -> Iterator[Line]:
    dpd = tunnel.ike.dpd
    text = "isakmp keepalive disable"
    if dpd is not None:
        retry = names.DPD_RETRY if dpd.retry_seconds is None else dpd.retry_seconds
        text = f"isakmp keepalive threshold {dpd.delay_seconds} retry {retry}"
    yield line(text, slot="isakmp keepalive")


def _seconds(proposal: IkeProposal) -> str:
    forever = proposal.lifetime_seconds == names.IKE_FOREVER
    return "none" if forever else str(proposal.lifetime_seconds)
