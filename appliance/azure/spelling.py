"""Azure's words for algorithms, as its API, CLI, PowerShell, portal and Terraform write them.

One table for both directions. The words and which field takes them are those of the ARM schema of
`ipsecPolicies[]` (resource type Microsoft.Network/connections); group numbers are from "About
cryptographic requirements and Azure VPN gateways". Azure has no group 5, 15, 16 or 21.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from types import MappingProxyType

from appliance.errors import ExpectationError
from appliance.model.algorithms import DhGroup, Encryption, Integrity


class Field(StrEnum):
    """A member of an IPsec policy that holds a word; the value is Azure's name of it.

    Azure's own API reference calls `ipsec*` "IKE phase 1" and `ike*` "IKE phase 2": it has them
    the wrong way round. `ike*` and `dhGroup` are of the IKE SA, the others of the child SA.
    """

    IKE_ENCRYPTION = "ikeEncryption"
    IKE_INTEGRITY = "ikeIntegrity"
    DH_GROUP = "dhGroup"
    IPSEC_ENCRYPTION = "ipsecEncryption"
    IPSEC_INTEGRITY = "ipsecIntegrity"
    PFS_GROUP = "pfsGroup"


class Group(Enum):
    """Group words that are no group: none at all, or that of the IKE SA once more."""

    NONE = "None"
    MAIN_MODE = "PFSMM"


Meaning = Encryption | Integrity | DhGroup | Group
"""What a word says. A GCM word means its cipher in an integrity field too."""

_CIPHERS: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("DES", Encryption.DES, ()),
    ("DES3", Encryption.TRIPLE_DES, ("3DES", "TripleDES")),
    ("AES128", Encryption.AES128, ("AES-CBC-128", "AES-128-CBC")),
    ("AES192", Encryption.AES192, ("AES-CBC-192", "AES-192-CBC")),
    ("AES256", Encryption.AES256, ("AES-CBC-256", "AES-256-CBC")),
)
_NULL: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("None", Encryption.NULL, ("NULL", "ESP-NULL")),
)
_GCM: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("GCMAES128", Encryption.AES128GCM, ("AES-GCM-128", "AES128GCM", "AES-128-GCM")),
    ("GCMAES256", Encryption.AES256GCM, ("AES-GCM-256", "AES256GCM", "AES-256-GCM")),
)
_GCM192: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("GCMAES192", Encryption.AES192GCM, ("AES-GCM-192", "AES192GCM", "AES-192-GCM")),
)
_HASHES: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("MD5", Integrity.MD5, ("HMAC-MD5",)),
    ("SHA1", Integrity.SHA1, ("SHA", "HMAC-SHA1")),
    ("SHA256", Integrity.SHA256, ("SHA2-256", "HMAC-SHA256")),
)
_SHA384: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("SHA384", Integrity.SHA384, ("SHA2-384", "HMAC-SHA384")),
)
_CURVES: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (
    ("ECP256", DhGroup.ECP256, ("DHGroup19", "PFS19", "Group19", "19")),
    ("ECP384", DhGroup.ECP384, ("DHGroup20", "PFS20", "Group20", "20")),
)
_NO_GROUP: tuple[tuple[str, Meaning, tuple[str, ...]], ...] = (("None", Group.NONE, ("NoPFS",)),)

_TABLE: MappingProxyType[Field, tuple[tuple[str, Meaning, tuple[str, ...]], ...]] = (
    MappingProxyType(
        {
            Field.IKE_ENCRYPTION: (*_CIPHERS, *_GCM),
            Field.IKE_INTEGRITY: (*_HASHES, *_SHA384, *_GCM),
            Field.DH_GROUP: (
                ("DHGroup1", DhGroup.MODP768, ("Group1", "1")),
                ("DHGroup2", DhGroup.MODP1024, ("Group2", "2")),
                ("DHGroup14", DhGroup.MODP2048, ("DHGroup2048", "Group14", "14")),
                *_CURVES,
                ("DHGroup24", DhGroup.MODP2048_256, ("Group24", "24")),
                *_NO_GROUP,
            ),
            Field.IPSEC_ENCRYPTION: (*_NULL, *_CIPHERS, *_GCM, *_GCM192),
            Field.IPSEC_INTEGRITY: (*_HASHES, *_GCM, *_GCM192),
            Field.PFS_GROUP: (
                ("PFS1", DhGroup.MODP768, ("Group1", "1")),
                ("PFS2", DhGroup.MODP1024, ("Group2", "2")),
                ("PFS2048", DhGroup.MODP2048, ("PFS14", "Group14", "14")),
                *_CURVES,
                ("PFS24", DhGroup.MODP2048_256, ("Group24", "24")),
                ("PFSMM", Group.MAIN_MODE, ()),
                *_NO_GROUP,
            ),
        }
    )
)
"""Field -> (Azure's word, meaning, other spellings); where Azure has two, the one it shows."""


def meaning(field: Field, word: str, *, where: str) -> Meaning:
    """What `word` says in `field`; capitals, blanks, `-` and `_` make no difference.

    Raises `ExpectationError` with the nearest word Azure knows.
    """
    wanted = _fold(word)
    for canonical, value, others in _TABLE[field]:
        if wanted == _fold(canonical) or wanted in map(_fold, others):
            return value
    raise ExpectationError(
        f"{field} has no value {shorten(word)}", where=where, hint=_suggest(field, wanted)
    )


def azure_word(field: Field, value: Meaning) -> str:
    """Azure's own word for a meaning. Raises `ExpectationError` when Azure cannot say it."""
    for canonical, known, _ in _TABLE[field]:
        if known is value:
            return canonical
    raise ExpectationError(
        f"Azure cannot say {value.name} as {field}", where="", hint=f"it knows {_words(field)}"
    )


def shorten(word: str) -> str:
    """A foreign word fit for a message: quoted, printable, at most 40 characters of it."""
    return ascii(word if len(word) <= 40 else word[:40] + "...")  # noqa: PLR2004 -- one line


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The one of `known` most like `word`, None when nothing is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only on the way to an error message

    folded = {_fold(name): name for name in known}
    found = get_close_matches(_fold(word)[:80], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _fold(word: str) -> str:
    return word.translate(_SEPARATORS).casefold()


_SEPARATORS = {ord(mark): None for mark in " -_\t"}


def _words(field: Field) -> str:
    return ", ".join(canonical for canonical, _, _ in _TABLE[field])


def _suggest(field: Field, wanted: str) -> str:
    spellings = {name: row[0] for row in _TABLE[field] for name in (row[0], *row[2])}
    near = nearest(wanted, tuple(spellings))
    guess = f"did you mean {spellings[near]}? " if near else ""
    return f"{guess}Azure knows {_words(field)}"
