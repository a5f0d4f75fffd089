"""Azure's words for algorithms, both ways."""

from __future__ import annotations

import pytest

from appliance.azure.spelling import Field, Group, Meaning, azure_word, meaning
from appliance.errors import ExpectationError
from appliance.model.algorithms import DhGroup, Encryption, Integrity

# What the ARM schema of ipsecPolicies[] takes, field by field.
SCHEMA: dict[Field, dict[str, Meaning]] = {
    Field.IKE_ENCRYPTION: {
        "DES": Encryption.DES,
        "DES3": Encryption.TRIPLE_DES,
        "AES128": Encryption.AES128,
        "AES192": Encryption.AES192,
        "AES256": Encryption.AES256,
        "GCMAES128": Encryption.AES128GCM,
        "GCMAES256": Encryption.AES256GCM,
    },
    Field.IKE_INTEGRITY: {
        "MD5": Integrity.MD5,
        "SHA1": Integrity.SHA1,
        "SHA256": Integrity.SHA256,
        "SHA384": Integrity.SHA384,
        "GCMAES128": Encryption.AES128GCM,
        "GCMAES256": Encryption.AES256GCM,
    },
    Field.DH_GROUP: {
        "None": Group.NONE,
        "DHGroup1": DhGroup.MODP768,
        "DHGroup2": DhGroup.MODP1024,
        "DHGroup14": DhGroup.MODP2048,
        "DHGroup2048": DhGroup.MODP2048,
        "ECP256": DhGroup.ECP256,
        "ECP384": DhGroup.ECP384,
        "DHGroup24": DhGroup.MODP2048_256,
    },
    Field.IPSEC_ENCRYPTION: {
        "None": Encryption.NULL,
        "DES": Encryption.DES,
        "DES3": Encryption.TRIPLE_DES,
        "AES128": Encryption.AES128,
        "AES192": Encryption.AES192,
        "AES256": Encryption.AES256,
        "GCMAES128": Encryption.AES128GCM,
        "GCMAES192": Encryption.AES192GCM,
        "GCMAES256": Encryption.AES256GCM,
    },
    Field.IPSEC_INTEGRITY: {
        "MD5": Integrity.MD5,
        "SHA1": Integrity.SHA1,
        "SHA256": Integrity.SHA256,
        "GCMAES128": Encryption.AES128GCM,
        "GCMAES192": Encryption.AES192GCM,
        "GCMAES256": Encryption.AES256GCM,
    },
    Field.PFS_GROUP: {
        "None": Group.NONE,
        "PFS1": DhGroup.MODP768,
        "PFS2": DhGroup.MODP1024,
        "PFS2048": DhGroup.MODP2048,
        "PFS14": DhGroup.MODP2048,
        "ECP256": DhGroup.ECP256,
        "ECP384": DhGroup.ECP384,
        "PFS24": DhGroup.MODP2048_256,
        "PFSMM": Group.MAIN_MODE,
    },
}
WORDS = [(field, word, value) for field, words in SCHEMA.items() for word, value in words.items()]


@pytest.mark.parametrize(("field", "word", "value"), WORDS)
def test_every_word_of_the_schema_in_any_capitals(field: Field, word: str, value: Meaning) -> None:
    for spelled in (word, word.lower(), word.upper()):
        assert meaning(field, spelled, where="") is value


@pytest.mark.parametrize(("field", "word", "value"), WORDS)
def test_back_to_a_word_that_means_the_same(field: Field, word: str, value: Meaning) -> None:
    assert meaning(field, azure_word(field, value), where="") is value
    assert azure_word(field, value) in SCHEMA[field]
    assert word


@pytest.mark.parametrize(
    ("field", "word", "value"),
    [
        (Field.IKE_ENCRYPTION, "3DES", Encryption.TRIPLE_DES),
        (Field.IPSEC_ENCRYPTION, "AES-GCM-256", Encryption.AES256GCM),
        (Field.IPSEC_ENCRYPTION, "gcm_aes_192", Encryption.AES192GCM),
        (Field.IKE_INTEGRITY, "SHA-256", Integrity.SHA256),
        (Field.DH_GROUP, "Group14", DhGroup.MODP2048),
        (Field.DH_GROUP, "20", DhGroup.ECP384),
        (Field.PFS_GROUP, "Pfs 24", DhGroup.MODP2048_256),
    ],
)
def test_spellings_of_people(field: Field, word: str, value: Meaning) -> None:
    assert meaning(field, word, where="") is value


@pytest.mark.parametrize(
    ("field", "word", "near"),
    [
        (Field.DH_GROUP, "ECP284", "ECP384"),
        (Field.IKE_ENCRYPTION, "AES265", "AES256"),
        (Field.IPSEC_ENCRYPTION, "GCMAES257", "GCMAES256"),
        (Field.PFS_GROUP, "PFS2O48", "PFS2048"),
        (Field.IKE_INTEGRITY, "SAH384", "SHA384"),
    ],
)
def test_unknown_word_names_the_nearest(field: Field, word: str, near: str) -> None:
    with pytest.raises(ExpectationError) as caught:
        meaning(field, word, where="gw.json: $.x")
    assert caught.value.where == "gw.json: $.x"
    assert caught.value.hint.startswith(f"did you mean {near}? Azure knows ")


@pytest.mark.parametrize(
    "word", ["ECP521", "DHGroup5", "DHGroup15", "DHGroup16", "Group21", "", "ß"]
)
def test_groups_azure_does_not_have(word: str) -> None:
    with pytest.raises(ExpectationError):
        meaning(Field.DH_GROUP, word, where="")


def test_a_word_of_another_field_is_none_here() -> None:
    for field, word in (
        (Field.IPSEC_INTEGRITY, "SHA384"),
        (Field.IKE_ENCRYPTION, "None"),
        (Field.IKE_ENCRYPTION, "GCMAES192"),
        (Field.DH_GROUP, "PFS2048"),
        (Field.PFS_GROUP, "DHGroup14"),
    ):
        with pytest.raises(ExpectationError):
            meaning(field, word, where="")


def test_what_azure_cannot_say() -> None:
    with pytest.raises(ExpectationError, match="Azure cannot say ECP521 as dhGroup"):
        azure_word(Field.DH_GROUP, DhGroup.ECP521)


def test_long_foreign_word_is_cut_and_printable() -> None:
    with pytest.raises(ExpectationError) as caught:
        meaning(Field.DH_GROUP, "\x1b[2J" * 1000, where="")
    assert str(caught.value).isascii()
    assert len(caught.value.message) < 250
