"""From the ASA's words to algorithms."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco_asa import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    T = TypeVar("T")


def _backwards(*tables: Mapping[T, str]) -> dict[str, T]:
    return {word: member for table in tables for member, word in table.items()}


IKEV1_CIPHERS = _backwards(names.IKEV1_ENCRYPTION) | names.ENCRYPTION_ALIASES
IKEV2_CIPHERS = _backwards(names.IKEV2_ENCRYPTION) | names.ENCRYPTION_ALIASES
ESP_CIPHERS = _backwards(names.PROPOSAL_ENCRYPTION) | names.ENCRYPTION_ALIASES
SET_CIPHERS = _backwards(names.TRANSFORM_ENCRYPTION) | names.ENCRYPTION_ALIASES
IKEV1_HASHES = _backwards(names.IKEV1_HASH) | names.HASH_ALIASES
IKEV2_HASHES = _backwards(names.IKEV2_INTEGRITY) | names.HASH_ALIASES
ESP_HASHES = _backwards(names.PROPOSAL_INTEGRITY) | names.HASH_ALIASES
SET_HASHES = _backwards(names.TRANSFORM_INTEGRITY) | names.HASH_ALIASES
PRFS = {
    word: Prf(hash_.value) for word, hash_ in IKEV2_HASHES.items() if hash_ is not Integrity.NONE
}

_GROUPS = frozenset(int(member) for member in DhGroup)


def chosen(words: Mapping[str, T], said: Said | None, notes: Notes) -> tuple[T, ...]:
    """What the words of a statement mean, each once; one that nobody knows is noted."""
    found: dict[T, None] = {}
    for word in said.args if said is not None else ():
        known = words.get(word.lower())
        if known is not None:
            found[known] = None
        elif said is not None:
            notes.odd.append(said.line)
    return tuple(found)


def groups(said: Said | None, notes: Notes) -> tuple[DhGroup, ...]:
    """Key exchange groups by number, the word `group` before them or not."""
    found = []
    for word in said.args if said is not None else ():
        one = group(word)
        if one is not None:
            found.append(one)
        elif said is not None:
            notes.odd.append(said.line)
    return tuple(dict.fromkeys(found))


def group(word: str) -> DhGroup | None:
    """A key exchange group by its number; None when it is none we know."""
    value = number(word.lower().removeprefix("group"))
    return DhGroup(value) if value in _GROUPS else None


def lifetime(block: Block, notes: Notes) -> int:
    """Seconds of an IKE policy, the ASA's default without the line, its longest with `none`."""
    said = block.last("lifetime")
    if said is None:
        return names.IKE_SECONDS
    if said.words[-1].lower() == "none":
        return names.IKE_FOREVER
    value = number(said.words[-1])
    if value is None:
        notes.odd.append(said.line)
    return names.IKE_SECONDS if value is None else value


def default_cipher(version: str | None) -> Encryption:
    """What an IKE policy encrypts with where it does not say: 3DES until 9.15(1) removed it."""
    known = names.release(version)
    return Encryption.AES128 if known is not None and known >= (9, 15) else Encryption.TRIPLE_DES
