"""IKE proposals: isakmp policies, IKEv2 proposals, and those that IOS has built in."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.tunnel import IkeProposal
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco_ios import names
from vendors.cisco_ios.reading.esp import group, major
from vendors.cisco_ios.reading.running import Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T", Encryption, Integrity)

LIFETIME = 86400
"""Seconds; `crypto isakmp policy` and `crypto ikev2 profile` default to it and do not show it."""

_ISAKMP_CIPHERS = {word: cipher for cipher, word in names.ISAKMP_ENCRYPTION.items()} | (
    names.ISAKMP_ENCRYPTION_ALIASES
)
_ISAKMP_HASHES = {word: hash_ for hash_, word in names.ISAKMP_HASH.items()} | (
    names.ISAKMP_HASH_ALIASES
)
_CIPHERS = {word: cipher for cipher, word in names.IKEV2_ENCRYPTION.items()}
_HASHES = {word: hash_ for hash_, word in names.IKEV2_INTEGRITY.items()} | (
    names.IKEV2_INTEGRITY_ALIASES
)


def isakmp_policies(running: Running, notes: Notes, *, shared_key: bool) -> tuple[IkeProposal, ...]:
    """The global list in order of priority; with `shared_key` only what a key can authenticate."""
    listed = sorted(
        (block for block in running.blocks("isakmp policy") if number(block.name) is not None),
        key=lambda block: number(block.name) or 0,
    )
    if not listed and not running.names("isakmp policy"):
        return _built_in_policies(running, shared_key=shared_key)
    chosen = [block for block in listed if not shared_key or _pre_share(block)]
    for block in chosen:
        _where(block, notes)
    return tuple(_isakmp_policy(block, notes) for block in chosen)


_FIELDS = (
    ("encryption", ("encryption",)),
    ("integrity", ("integrity", "hash")),
    ("prf", ("prf", "integrity", "hash")),
    ("groups", ("group",)),
    ("lifetime_seconds", ("lifetime",)),
)
"""Fields of a proposal, and the statements that tell them: the first one that is there."""


def _where(block: Block, notes: Notes) -> None:
    """Remember where a proposal stands, and each of its fields that is told."""
    path = f"ike.proposals.{block.name}"
    notes.at("ike.proposals", block.line)
    notes.at(path, block.line)
    for field, statements in _FIELDS:
        for name in statements:
            if said := block.all(name):
                notes.at(f"{path}.{field}", said[-1])
                break


def _pre_share(block: Block) -> bool:
    said = block.last("authentication")
    return said is not None and bool(said.args) and said.args[0].lower().startswith("pre")


def _isakmp_policy(block: Block, notes: Notes) -> IkeProposal:
    """What a policy does not say is DES, SHA-1, group 1 and a day."""
    cipher, hash_ = Encryption.DES, Integrity.SHA1
    said = block.last("encryption")
    if said is not None:
        cipher = _known(_ISAKMP_CIPHERS, " ".join(said.args).lower(), said, notes) or cipher
    said = block.last("hash")
    if said is not None:
        hash_ = _known(_ISAKMP_HASHES, " ".join(said.args).lower(), said, notes) or hash_
    groups = _groups(block.last("group"), notes)
    return IkeProposal(
        name=block.name,
        encryption=(cipher,),
        integrity=(hash_,),
        prf=(Prf(hash_.value),),
        groups=groups or (DhGroup.MODP768,),
        lifetime_seconds=lifetime(block, notes),
    )


def lifetime(block: Block, notes: Notes) -> int:
    """Seconds that `lifetime` says, IOS's default without one."""
    said = block.last("lifetime")
    if said is None:
        return LIFETIME
    value = number(said.words[1]) if len(said.words) > 1 else None
    if value is None:
        notes.odd.append(said.line)
    return LIFETIME if value is None else value


def _known(words: dict[str, T], text: str, said: Said, notes: Notes) -> T | None:
    """What a word means, shortened or not; an unknown one is noted."""
    found = words.get(text)
    if found is None and text:
        longer = {words[word] for word in words if word.startswith(text)}
        found = longer.pop() if len(longer) == 1 else None
    if found is None:
        notes.odd.append(said.line)
    return found


def _groups(said: Said | None, notes: Notes) -> tuple[DhGroup, ...]:
    found = []
    for word in said.args if said is not None else ():
        known = group(word.lower().removeprefix("group"))
        if known is not None:
            found.append(known)
        elif said is not None:
            notes.odd.append(said.line)
    return tuple(dict.fromkeys(found))


def _built_in_policies(running: Running, *, shared_key: bool) -> tuple[IkeProposal, ...]:
    """What IOS offers when nobody configured a policy (12.4(20)T on, "Default IKE Policies")."""
    if running.lines.get("no isakmp default policy"):
        return ()
    rows = [
        (cipher, hash_, dh)
        for cipher, dh in (
            (Encryption.AES128, DhGroup.MODP1536),
            (Encryption.TRIPLE_DES, DhGroup.MODP1024),
        )
        for hash_ in (Integrity.SHA1, Integrity.MD5)
    ]
    policies = []
    for at, (cipher, hash_, dh) in enumerate(rows):
        for number_ in (_BUILT_IN + 2 * at, _BUILT_IN + 2 * at + 1):
            keyed = number_ % 2 == 0
            if keyed or not shared_key:
                policies.append(
                    IkeProposal(
                        name=str(number_),
                        encryption=(cipher,),
                        integrity=(hash_,),
                        prf=(Prf(hash_.value),),
                        groups=(dh,),
                        lifetime_seconds=LIFETIME,
                    )
                )
    return tuple(policies)


_BUILT_IN = 65507
"""Number of the first built-in policy; odd ones use signatures, even ones a key."""


def ikev2_proposal(running: Running, name: str, seconds: int, notes: Notes) -> IkeProposal | None:
    """An IKEv2 proposal by name with the profile's lifetime; None when it is not defined."""
    block = running.block("ikev2 proposal", name)
    if block is None:
        return _built_in_proposal(running, seconds) if name == "default" else None
    _where(block, notes)
    ciphers = _all(_CIPHERS, block.last("encryption"), notes)
    integrity = _all(_HASHES, block.last("integrity"), notes)
    said = block.last("prf")
    prf = tuple(Prf(hash_.value) for hash_ in _all(_HASHES, said, notes))
    return IkeProposal(
        name=name,
        encryption=ciphers,
        integrity=integrity,
        prf=prf or tuple(Prf(hash_.value) for hash_ in integrity),
        groups=_groups(block.last("group"), notes),
        lifetime_seconds=seconds,
    )


def _all(words: dict[str, T], said: Said | None, notes: Notes) -> tuple[T, ...]:
    if said is None:
        return ()
    found = (_known(words, word.lower(), said, notes) for word in said.args)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _built_in_proposal(running: Running, seconds: int) -> IkeProposal | None:
    """As `show crypto ikev2 proposal default` tells it on IOS 15 and on IOS-XE 16 and later."""
    if "default" in running.names("no ikev2 proposal"):
        return None
    old = major(running) < _XE
    hashes: tuple[Integrity, ...] = (Integrity.SHA512, Integrity.SHA384)
    if old:
        hashes = (*hashes, Integrity.SHA256, Integrity.SHA1, Integrity.MD5)
    aes = (Encryption.AES256, Encryption.AES192, Encryption.AES128)
    return IkeProposal(
        name="default",
        encryption=aes if old else aes[:1],
        integrity=hashes,
        prf=tuple(Prf(hash_.value) for hash_ in hashes),
        groups=_OLD_GROUPS if old else _XE_GROUPS,
        lifetime_seconds=seconds,
    )


_XE = 16
_OLD_GROUPS = (DhGroup.MODP1536, DhGroup.MODP1024)
_XE_GROUPS = (DhGroup.ECP256, DhGroup.MODP2048, DhGroup.ECP521, DhGroup.MODP1536)
