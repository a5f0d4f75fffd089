"""What an interface negotiates: its six custom values, or what Windows takes without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.record import dataclass, field, replace
from vendors.rras import names
from vendors.rras.reading.fields import Fields

_GCM = "GCM"
Algorithm = TypeVar("Algorithm", Encryption, Integrity, DhGroup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crypto:
    """The algorithms. `objects` are words the model does not hold, `unread` parameters whose value
    is unknown, `quirks` what contradicts itself."""

    ike_encryption: tuple[Encryption, ...]
    ike_integrity: tuple[Integrity, ...]
    groups: tuple[DhGroup, ...]
    esp_encryption: tuple[Encryption, ...]
    esp_integrity: tuple[Integrity, ...]
    pfs_group: DhGroup | None = None
    objects: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()


def crypto(fields: Fields) -> Crypto:
    """The algorithms of one interface."""
    custom = fields.flag("CustomPolicy")
    if custom is False or (custom is None and not any(name in fields for name in names.CRYPTO)):
        return _default(fields)
    return _custom(fields)


def _default(fields: Fields) -> Crypto:
    word = fields.text("EncryptionType")
    known = word in names.ENCRYPTION_TYPES
    kind = word if known else names.DEFAULT_ENCRYPTION_TYPE
    return Crypto(
        ike_encryption=names.DEFAULT_IKE_ENCRYPTION,
        ike_integrity=names.DEFAULT_IKE_INTEGRITY,
        groups=names.DEFAULT_IKE_GROUPS,
        esp_encryption=names.ENCRYPTION_TYPES[kind],
        esp_integrity=(Integrity.SHA1,),
        objects={"EncryptionType": kind},
        unread=("EncryptionType",) if word and not known else (),
    )


def _custom(fields: Fields) -> Crypto:
    words = {name: fields.word(name) or names.CUSTOM_DEFAULTS[name] for name in names.CRYPTO}
    cipher, hash_ = words["CipherTransformConstants"], words["AuthenticationTransformConstants"]
    groups = _one(names.DH_GROUP, words["DHGroup"])
    known, pfs = _pfs(words["PfsGroup"], groups)
    read = Crypto(
        ike_encryption=_one(names.ENCRYPTION_METHOD, words["EncryptionMethod"]),
        ike_integrity=_one(names.INTEGRITY_METHOD, words["IntegrityCheckMethod"]),
        groups=groups,
        esp_encryption=_one(names.CIPHER_TRANSFORM, cipher),
        esp_integrity=_esp_integrity(cipher, hash_),
        pfs_group=pfs,
        objects=_objects(words),
        quirks=_quirks(cipher, hash_),
    )
    told = {
        "EncryptionMethod": read.ike_encryption,
        "IntegrityCheckMethod": read.ike_integrity,
        "DHGroup": read.groups or words["DHGroup"] == "None",
        "CipherTransformConstants": read.esp_encryption,
        "AuthenticationTransformConstants": read.esp_integrity,
        "PfsGroup": known,
    }
    return replace(read, unread=tuple(name for name, value in told.items() if not value))


def _one(table: Mapping[Algorithm, str], word: str) -> tuple[Algorithm, ...]:
    return tuple(model for model, spelled in table.items() if spelled.lower() == word.lower())


def _esp_integrity(cipher: str, hash_: str) -> tuple[Integrity, ...]:
    gcm = (hash_.startswith(_GCM), cipher.startswith(_GCM))
    if any(gcm) or hash_ == "None":
        return (Integrity.NONE,)
    return _one(names.AUTHENTICATION_TRANSFORM, hash_)


def _pfs(word: str, groups: tuple[DhGroup, ...]) -> tuple[bool, DhGroup | None]:
    """Whether the word is known, and its group."""
    if word == names.PFS_MAIN_MODE:
        return True, groups[0] if groups else None
    by_word = {spelled: group for group, spelled in names.PFS_GROUP.items()}
    return word in by_word, by_word.get(word)


def _objects(words: Mapping[str, str]) -> dict[str, str]:
    """Words that say more than the model: PFS by the IKE SA's group, a hash beside GCM."""
    kept = {"PfsGroup": words["PfsGroup"]} if words["PfsGroup"] == names.PFS_MAIN_MODE else {}
    cipher, hash_ = words["CipherTransformConstants"], words["AuthenticationTransformConstants"]
    if hash_ != cipher and _GCM in f"{cipher} {hash_}":
        kept["AuthenticationTransformConstants"] = hash_
    return kept


def _quirks(cipher: str, hash_: str) -> tuple[str, ...]:
    if hash_ == cipher or _GCM not in f"{cipher} {hash_}" or hash_.isdigit() or cipher.isdigit():
        return ()
    return (
        f"AuthenticationTransformConstants {hash_}: Windows wants the same word as the cipher's, "
        f"{cipher}, where one of the two is GCM",
    )
