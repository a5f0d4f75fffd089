"""Effective policies: Azure's default lists, and custom policies."""

from __future__ import annotations

from itertools import product

import pytest

from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED, WAN
from appliance.azure.policy import Words, effective_policy, policy_words
from appliance.azure.spelling import Field
from appliance.azure.tree import Faults
from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, PeerPolicy
from appliance.model.tunnel import IkeProposal

NAMES = {field: field.value for field in Field}


def effective(words: dict[Field, str]) -> tuple[PeerPolicy | None, Faults, list[str]]:
    faults, notes = Faults(), list[str]()
    said = Words(words, "c.json: $.ipsecPolicies[0]", NAMES, faults, {})
    policy = effective_policy(said, defaults=ROUTE_BASED, dials=Dials.EITHER, notes=notes)
    return policy, faults, notes


def words(*values: str) -> dict[Field, str]:
    return dict(zip(Field, values, strict=True))


def ike(proposals: tuple[IkeProposal, ...]) -> list[tuple[str, str, str, int, int]]:
    return [
        (
            str(*each.encryption),
            str(*each.integrity),
            str(*each.prf),
            int(*each.groups),
            each.lifetime_seconds,
        )
        for each in proposals
    ]


def esp(offers: tuple[EspOffer, ...]) -> list[tuple[str, str, int | None]]:
    return [
        (str(each.encryption), str(each.integrity), each.pfs_group and int(each.pfs_group))
        for each in offers
    ]


SIX = [
    ("aes256gcm", "none", None),
    ("aes256", "sha1", None),
    ("3des", "sha1", None),
    ("aes256", "sha256", None),
    ("aes128", "sha1", None),
    ("3des", "sha256", None),
]
TWENTY = [
    ("des", "sha1", None),
    ("aes256", "sha1", 1),
    ("aes256", "sha1", 2),
    ("aes256", "sha1", 14),
    ("aes128", "sha1", 1),
    ("aes128", "sha1", 2),
    ("aes128", "sha1", 14),
    ("3des", "sha1", 1),
    ("3des", "sha1", 2),
    ("3des", "sha256", 2),
    ("aes256", "sha256", 1),
    ("aes256", "sha256", 2),
    ("aes256", "sha256", 14),
    ("aes256", "sha1", 24),
    ("aes256", "sha256", 24),
    ("aes128", "sha256", None),
    ("aes128", "sha256", 1),
    ("aes128", "sha256", 2),
    ("aes128", "sha256", 14),
    ("3des", "sha1", 14),
]


def test_default_of_a_route_based_gateway() -> None:
    notes: list[str] = []
    found = effective_policy(None, defaults=ROUTE_BASED, dials=Dials.AZURE, notes=notes)
    assert found is not None
    assert (found.default, found.dials) == (True, Dials.AZURE)
    assert ike(found.ike) == [
        ("aes256", "sha1", "sha1", 2, 28_800),
        ("aes256", "sha256", "sha256", 2, 28_800),
        ("aes128", "sha1", "sha1", 2, 28_800),
        ("aes128", "sha256", "sha256", 2, 28_800),
        ("3des", "sha1", "sha1", 2, 28_800),
        ("3des", "sha256", "sha256", 2, 28_800),
    ]
    assert esp(found.initiator) == SIX
    assert esp(found.responder) == SIX + TWENTY
    assert ROUTE_BASED.lifetime_seconds == 27_000
    assert "group 2 (1024 bit, weak)" in notes[0]


def test_default_of_a_policy_based_gateway() -> None:
    four = [("aes256", "sha256"), ("aes256", "sha1"), ("aes128", "sha1"), ("3des", "sha1")]
    found = POLICY_BASED.policy(Dials.EITHER)
    assert ike(found.ike) == [(cipher, mac, mac, 2, 28_800) for cipher, mac in four]
    assert esp(found.initiator) == esp(found.responder) == [(*pair, None) for pair in four]
    assert POLICY_BASED.lifetime_seconds == 3_600


def test_default_of_virtual_wan() -> None:
    found = WAN.policy(Dials.EITHER)
    assert [each[:2] for each in ike(found.ike)] == [
        ("aes256", "sha1"),
        ("aes256", "sha256"),
        ("aes128", "sha1"),
        ("aes128", "sha256"),
    ]
    assert esp(found.initiator) == [SIX[0], SIX[1], SIX[3], SIX[4]]
    assert len(found.responder) == 19
    assert not {"3des", "des"} & {each[0] for each in esp(found.responder)}


def test_custom_policy_is_one_combination_for_both_roles() -> None:
    said = words("AES256", "SHA384", "ECP384", "AES192", "SHA256", "PFS24")
    found, faults, notes = effective(said)
    assert found is not None
    assert not found.default
    assert ike(found.ike) == [("aes256", "sha384", "sha384", 20, 28_800)]
    assert esp(found.initiator) == esp(found.responder) == [("aes192", "sha256", 24)]
    assert (faults.found, notes) == ([], [])


@pytest.mark.parametrize(
    ("integrity", "prf"), [("SHA256", Prf.SHA256), ("SHA384", Prf.SHA384), ("SHA1", Prf.SHA1)]
)
def test_gcm_for_ike_takes_integrity_as_prf(integrity: str, prf: Prf) -> None:
    found, _, notes = effective(
        words("GCMAES256", integrity, "ECP256", "GCMAES128", "GCMAES128", "None")
    )
    assert found is not None
    assert found.ike[0].encryption == (Encryption.AES256GCM,)
    assert (found.ike[0].integrity, found.ike[0].prf) == ((), (prf,))
    offer = EspOffer(encryption=Encryption.AES128GCM, integrity=Integrity.NONE, pfs_group=None)
    assert found.responder == (offer,)
    assert notes == []


def test_gcm_as_ike_integrity_leaves_the_prf_to_a_guess_that_is_told() -> None:
    found, _, notes = effective(
        words("GCMAES256", "GCMAES256", "ECP384", "AES256", "SHA256", "PFSMM")
    )
    assert found is not None
    assert found.ike[0].prf == (Prf.SHA384,)
    assert "sha384 is assumed" in notes[0]


def test_pfs_of_main_mode_is_the_group_of_ike() -> None:
    found, _, _ = effective(words("AES128", "SHA1", "DHGroup24", "AES256", "SHA256", "PFSMM"))
    assert found is not None
    assert found.responder[0].pfs_group is DhGroup.MODP2048_256


def test_null_encryption_keeps_its_integrity() -> None:
    found, _, _ = effective(words("AES128", "SHA1", "DHGroup2", "None", "SHA256", "None"))
    assert found is not None
    assert esp(found.responder) == [("null", "sha256", None)]


def test_every_fault_of_a_policy_is_told() -> None:
    found, faults, _ = effective(words("AES512", "SHA0", "None", "GCMAES256", "MD5", "PFS7"))
    assert found is None
    assert [fault.where.rpartition(".")[2] for fault in faults.found] == [
        "ikeEncryption",
        "ikeIntegrity",
        "pfsGroup",
        "dhGroup",
    ]


def test_all_legal_policies_survive_the_way_to_words_and_back() -> None:
    ciphers = ("DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES256")
    hashes = ("MD5", "SHA1", "SHA256", "SHA384")
    groups = ("DHGroup1", "DHGroup2", "DHGroup14", "ECP256", "ECP384", "DHGroup24")
    pairs = [("AES256", "SHA256"), ("None", "SHA1"), ("GCMAES192", "GCMAES192"), ("DES3", "MD5")]
    pfs = ("None", "PFS1", "PFS2", "PFS2048", "ECP256", "ECP384", "PFS24")
    for cipher, mac, group, pair, pfs_group in product(ciphers, hashes, groups, pairs, pfs):
        said = words(cipher, mac, group, *pair, pfs_group)
        found, _, _ = effective(said)
        assert found is not None
        assert policy_words(found) == said
