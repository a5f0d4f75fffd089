"""Azure's end, against what Azure's own words mean to strongSwan."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.spelling import Field, meaning
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.intent import Dials
from appliance.twin import azure
from appliance.twin.scenario import End
from tests.vendors.intents import custom, expectation

HERE = IPv4Address("198.51.100.7")
# encryption, integrity and group of Azure's policy -> the IKE proposal
IKE = {
    ("AES256", "SHA256", "DHGroup14"): "aes256-sha256-prfsha256-modp2048",
    ("AES256", "SHA384", "ECP384"): "aes256-sha384-prfsha384-ecp384",
    ("AES128", "SHA1", "DHGroup2"): "aes128-sha1-prfsha1-modp1024",
    ("AES192", "MD5", "DHGroup1"): "aes192-md5-prfmd5-modp768",
    ("DES3", "SHA256", "ECP256"): "3des-sha256-prfsha256-ecp256",
    ("DES", "SHA1", "DHGroup24"): "des-sha1-prfsha1-modp2048s256",
    ("AES256", "SHA256", "DHGroup2048"): "aes256-sha256-prfsha256-modp2048",
}
# the same for the child SA
ESP = {
    ("GCMAES256", "None"): "aes256gcm16",
    ("GCMAES192", "PFS24"): "aes192gcm16-modp2048s256",
    ("GCMAES128", "ECP384"): "aes128gcm16-ecp384",
    ("AES256", "PFS2048"): "aes256-sha256-modp2048",
    ("AES192", "PFS14"): "aes192-sha256-modp2048",
    ("AES128", "PFS1"): "aes128-sha256-modp768",
    ("DES3", "PFS2"): "3des-sha256-modp1024",
    ("DES", "ECP256"): "des-sha256-ecp256",
    ("None", "None"): "null-sha256",
}


def _gateway(**changes: object) -> End:
    return azure.gateway(expectation(**changes), address=HERE, learnt=(), key="x")


@pytest.mark.parametrize(("words", "spelled"), IKE.items(), ids="-".join)
def test_ike_words(words: tuple[str, str, str], spelled: str) -> None:
    cipher = meaning(Field.IKE_ENCRYPTION, words[0], where="x")
    hash_ = meaning(Field.IKE_INTEGRITY, words[1], where="x")
    group = meaning(Field.DH_GROUP, words[2], where="x")
    assert isinstance(cipher, Encryption)
    assert isinstance(hash_, Integrity)
    assert isinstance(group, DhGroup)
    esp = (Encryption.AES256, Integrity.SHA256, None)
    end = _gateway(policy=custom((cipher, hash_, group), esp))
    assert end.dials is not None
    assert end.dials.proposals == (spelled,)
    old = _gateway(policy=custom((cipher, hash_, group), esp), ike_version=IkeVersion.V1)
    assert old.dials is not None
    assert "prf" not in old.dials.proposals[0]


@pytest.mark.parametrize(("words", "spelled"), ESP.items(), ids="-".join)
def test_esp_words(words: tuple[str, str], spelled: str) -> None:
    cipher = meaning(Field.IPSEC_ENCRYPTION, words[0], where="x")
    group = meaning(Field.PFS_GROUP, words[1], where="x")
    assert isinstance(cipher, Encryption)
    chosen = group if isinstance(group, DhGroup) else None
    ike = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
    end = _gateway(policy=custom(ike, (cipher, Integrity.SHA256, chosen)))
    assert end.answers is not None
    assert [child.proposals for child in end.answers.children] == [(spelled,)]


def test_it_proposes_less_than_it_takes() -> None:
    end = _gateway(policy=ROUTE_BASED.policy(Dials.EITHER))
    assert end.dials is not None
    assert end.answers is not None
    proposed = end.dials.children[0].proposals
    taken = end.answers.children[0].proposals
    assert proposed[:2] == ("aes256gcm16", "aes256-sha1")
    assert len(proposed) == 6
    assert set(proposed) < set(taken)
    assert "aes256-sha256-modp2048" in taken
    assert len(end.dials.proposals) == 6


def test_connection_mode() -> None:
    assert _gateway(policy=ROUTE_BASED.policy(Dials.AZURE)).answers is None
    assert _gateway(policy=ROUTE_BASED.policy(Dials.APPLIANCE)).dials is None


def test_gmac_is_said_to_be_beyond_the_daemons() -> None:
    ike = (Encryption.AES256, Integrity.SHA256, DhGroup.MODP2048)
    made = expectation(policy=custom(ike, (Encryption.AES256GMAC, Integrity.NONE, None)))
    assert azure.expressible(made) == "cipher aes256gmac"
    assert azure.expressible(expectation()) == ""


def test_a_site_without_an_address_may_call_from_anywhere() -> None:
    made = expectation()
    end = azure.gateway(
        replace(made, on_premises=replace(made.on_premises, address=None)),
        address=HERE,
        learnt=(),
        key="x",
    )
    assert end.answers is not None
    assert (end.answers.theirs, end.answers.their_identity) == ("%any", "%any")
