"""The IKE policies that a device lists though no tunnel uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.tunnel import IkeProposal
from vendors.cisco_asa import names
from vendors.cisco_asa.writing.box import Box

Word = TypeVar("Word")


def policies(box: Box, version: IkeVersion) -> tuple[IkeProposal, ...]:
    """Those with a pre-shared key, by priority; what a line does not tell is the ASA's default."""
    prefix = f"crypto ikev{version:d} policy "
    found = {heading.split()[3]: _values(box.lines(heading)) for heading in box.headings(prefix)}
    numbers = sorted((number for number in found if number.isdigit()), key=int)
    keyed = (n for n in numbers if found[n].get("authentication", ["pre-share"]) == ["pre-share"])
    read = _ikev2 if version is IkeVersion.V2 else _ikev1
    return tuple(read(box, number, found[number]) for number in keyed)


def _values(lines: tuple[str, ...]) -> dict[str, list[str]]:
    return {words[0]: words[1:] for words in map(str.split, lines) if words}


def _chosen(table: Mapping[Word, str], words: list[str]) -> tuple[Word, ...]:
    meanings = {word: meaning for meaning, word in table.items()}
    return tuple(meanings[word] for word in words if word in meanings)


def _groups(box: Box, values: Mapping[str, list[str]]) -> tuple[DhGroup, ...]:
    words = [word for word in values.get("group", ()) if word.isdigit()]
    default = names.default_group(box.environment.version or box.observed.version)
    return tuple(DhGroup(int(word)) for word in words) or (default,)


def _lifetime(values: Mapping[str, list[str]]) -> int:
    words = values.get("lifetime", [])
    number = [word for word in words if word.isdigit()]
    if words[-1:] == ["none"]:
        return names.IKE_FOREVER
    return int(number[0]) if number else names.IKE_SECONDS


def _ikev1(box: Box, number: str, values: Mapping[str, list[str]]) -> IkeProposal:
    hashes = _chosen(names.IKEV1_HASH, values.get("hash", [])) or (Integrity.SHA1,)
    return IkeProposal(
        name=number,
        encryption=_chosen(names.IKEV1_ENCRYPTION, values.get("encryption", []))
        or (Encryption.TRIPLE_DES,),
        integrity=hashes,
        prf=tuple(Prf(one.value) for one in hashes),
        groups=_groups(box, values),
        lifetime_seconds=_lifetime(values),
    )


def _ikev2(box: Box, number: str, values: Mapping[str, list[str]]) -> IkeProposal:
    ciphers = _chosen(names.IKEV2_ENCRYPTION, values.get("encryption", [])) or (
        Encryption.TRIPLE_DES,
    )
    hashes = _chosen(names.IKEV2_INTEGRITY, values.get("integrity", [])) or (Integrity.SHA1,)
    aead = all(cipher.aead for cipher in ciphers)
    return IkeProposal(
        name=number,
        encryption=ciphers,
        integrity=() if aead else tuple(one for one in hashes if one is not Integrity.NONE),
        prf=_chosen(names.IKEV2_PRF, values.get("prf", [])) or (Prf.SHA1,),
        groups=_groups(box, values),
        lifetime_seconds=_lifetime(values),
    )
