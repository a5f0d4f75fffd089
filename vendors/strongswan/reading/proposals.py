"""Proposals in strongSwan's keywords, of swanctl.conf and ipsec.conf alike."""

from __future__ import annotations

import re

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.tunnel import EspProposal, IkeProposal
from appliance.record import dataclass, field
from vendors.strongswan import names

_MORE = re.compile(r"ke[1-7]_(?!none$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One proposal, its algorithms by kind, each in its order; `unknown` are words without."""

    encryption: tuple[Encryption, ...] = ()
    integrity: tuple[Integrity, ...] = ()
    prf: tuple[Prf, ...] = ()
    groups: tuple[DhGroup, ...] = ()
    unknown: tuple[str, ...] = field(default_factory=tuple)

    @property
    def more(self) -> bool:
        """Whether it asks for one more key exchange (RFC 9370), which Azure never does."""
        asked = {word[:3] for word in self.unknown if _MORE.match(word)}
        return bool(asked - {word[:3] for word in self.unknown if word.endswith("_none")})

    @property
    def partial(self) -> bool:
        """Whether its hash is one that the model has no word for: without it, it says another."""
        return bool(self.unknown and not self.integrity and not self.aead)

    @property
    def aead(self) -> bool:
        """Whether every cipher authenticates by itself: then integrity words name the PRF only."""
        return bool(self.encryption) and all(cipher.aead for cipher in self.encryption)


def suites(text: tuple[str, ...], default: tuple[str, ...]) -> tuple[Suite, ...]:
    """The proposals of a list; `default` is what the word default, or none at all, stands for."""
    words = [word.strip() for word in text] or ["default"]
    spelled = [one for word in words for one in (default if word.lower() == "default" else (word,))]
    return tuple(suite(one) for one in spelled if one)


def suite(text: str) -> Suite:
    """One proposal of keywords and dashes."""
    known: list[Encryption | Integrity | Prf | DhGroup] = []
    unknown: list[str] = []
    for word in text.lower().split("-"):
        meaning = names.WORDS.get(word.strip())
        if meaning is not None:
            known.append(meaning)
        elif word.strip() and word.strip() not in names.WITHOUT_MEANING:
            unknown.append(word.strip())
    return Suite(
        encryption=tuple(dict.fromkeys(one for one in known if isinstance(one, Encryption))),
        integrity=tuple(dict.fromkeys(one for one in known if isinstance(one, Integrity))),
        prf=tuple(dict.fromkeys(one for one in known if isinstance(one, Prf))),
        groups=tuple(dict.fromkeys(one for one in known if isinstance(one, DhGroup))),
        unknown=tuple(unknown),
    )


def single(found: tuple[Suite, ...]) -> tuple[Suite, ...]:
    """As IKEv1 offers them: of each kind a proposal takes the first (swanctl.conf, proposals)."""
    return tuple(
        Suite(
            encryption=one.encryption[:1],
            integrity=one.integrity[:1],
            prf=one.prf[:1],
            groups=one.groups[:1],
            unknown=one.unknown,
        )
        for one in found
    )


def ike_proposals(
    found: tuple[Suite, ...], name: str, lifetime_seconds: int
) -> tuple[IkeProposal, ...]:
    """IKE's side of it: without a PRF the hashes are the PRFs too (charon, check_proposal)."""
    return tuple(
        IkeProposal(
            name=f"{name}.{number}",
            encryption=one.encryption,
            integrity=() if one.aead else one.integrity,
            prf=one.prf or tuple(Prf(hash_.value) for hash_ in one.integrity),
            groups=one.groups,
            lifetime_seconds=lifetime_seconds,
        )
        for number, one in enumerate(found, start=1)
        if one.encryption and not (one.more or one.partial)
    )


def esp_proposals(
    found: tuple[Suite, ...], name: str, *, transport: bool
) -> tuple[EspProposal, ...]:
    """ESP's side of it; classic and AEAD ciphers in one proposal become two."""
    made: list[EspProposal] = []
    for one in found:
        for aead in (False, True) if not one.more else ():
            ciphers = tuple(cipher for cipher in one.encryption if cipher.aead is aead)
            if ciphers and (aead or not one.partial):
                integrity = (Integrity.NONE,) if aead else one.integrity or (Integrity.NONE,)
                made.append(
                    EspProposal(
                        name=f"{name}.{len(made) + 1}",
                        encryption=ciphers,
                        integrity=integrity,
                        transport=transport,
                    )
                )
    return tuple(made)


def ah_proposals(
    found: tuple[Suite, ...], name: str, *, transport: bool
) -> tuple[EspProposal, ...]:
    """AH alone: nothing is encrypted, each hash is one proposal."""
    hashes = [hash_ for one in found for hash_ in one.integrity]
    return tuple(
        EspProposal(
            name=f"{name}.{number}",
            encryption=(Encryption.NULL,),
            integrity=(Integrity.NONE,),
            ah=hash_,
            transport=transport,
        )
        for number, hash_ in enumerate(dict.fromkeys(hashes), start=1)
    )


def pfs_group(found: tuple[Suite, ...]) -> DhGroup | None:
    """The group of the first proposal: with it negotiation begins."""
    taken = [one for one in found if not one.more]
    return next((one.groups[0] for one in taken[:1] if one.groups), None)
