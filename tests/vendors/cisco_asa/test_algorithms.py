"""Every algorithm that the spelling table knows survives being written and read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.driver import load
from appliance.intend import intend
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Observed
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, Tunnel
from tests.vendors import intents
from tests.vendors.cisco_asa.box import OUTSIDE
from vendors.cisco_asa import names

ASA = load("cisco_asa")


def _round_trip(version: IkeVersion, **changes: object) -> Tunnel:
    """The tunnel as read back from what was written for it."""
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA1, None),
    )
    expected = intents.expectation(ike_version=version, policy=policy)
    site = intents.site("cisco_asa")
    made = ASA.express(intend(site, expected, Secret("one-key-for-both-ends")))
    tunnel = made.tunnels[0]
    ike, esp = tunnel.ike.proposals[0], tunnel.esp.proposals[0]
    known = {name: value for name, value in changes.items() if hasattr(ike, name)}
    ike = replace(ike, **known)  # type: ignore[arg-type]  # fields by name
    esp = replace(esp, **changes.get("esp", {}))  # type: ignore[arg-type]  # fields by name
    tunnel = replace(
        tunnel,
        ike=replace(tunnel.ike, proposals=(ike,)),
        esp=replace(tunnel.esp, proposals=(esp,), pfs_group=changes.get("pfs")),  # type: ignore[arg-type]  # by name
    )
    target = ASA.place(replace(made, tunnels=(tunnel,)), Observed(driver="cisco_asa"))
    text = "".join(f"{step.reveal()}\n" for step in ASA.render(target))
    observed = ASA.parse(OUTSIDE + text)
    assert observed.unrecognized == ()
    assert not ASA.change(observed.tunnels, target)
    assert not ASA.change(target, observed.tunnels)
    (found,) = observed.tunnels
    return found


def _ike(tunnel: Tunnel) -> IkeProposal:
    (proposal,) = tunnel.ike.proposals
    return proposal


@pytest.mark.parametrize("cipher", names.IKEV2_ENCRYPTION)
def test_ikev2_encryption(cipher: Encryption) -> None:
    aead = {"integrity": (), "prf": (Prf.SHA384,)} if cipher.aead else {}
    found = _ike(_round_trip(IkeVersion.V2, encryption=(cipher,), **aead))
    assert found.encryption == (cipher,)
    assert found.integrity == (() if cipher.aead else (Integrity.SHA1,))


@pytest.mark.parametrize("hash_", [h for h in names.IKEV2_INTEGRITY if h is not Integrity.NONE])
def test_ikev2_integrity_and_prf(hash_: Integrity) -> None:
    same = _round_trip(IkeVersion.V2, integrity=(hash_,), prf=(Prf(hash_.value),))
    assert (_ike(same).integrity, _ike(same).prf) == ((hash_,), (Prf(hash_.value),))
    apart = _round_trip(IkeVersion.V2, integrity=(Integrity.SHA256,), prf=(Prf(hash_.value),))
    assert _ike(apart).prf == (Prf(hash_.value),)


@pytest.mark.parametrize("cipher", names.IKEV1_ENCRYPTION)
def test_ikev1_encryption(cipher: Encryption) -> None:
    assert _ike(_round_trip(IkeVersion.V1, encryption=(cipher,))).encryption == (cipher,)


@pytest.mark.parametrize("hash_", names.IKEV1_HASH)
def test_ikev1_hash(hash_: Integrity) -> None:
    found = _round_trip(IkeVersion.V1, integrity=(hash_,), prf=(Prf(hash_.value),))
    assert _ike(found).integrity == (hash_,)


@pytest.mark.parametrize("number", names.GROUPS)
@pytest.mark.parametrize("version", IkeVersion)
def test_groups_and_pfs(version: IkeVersion, number: int) -> None:
    group = DhGroup(number)
    found = _round_trip(version, groups=(group,), pfs=group)
    assert (_ike(found).groups, found.esp.pfs_group) == ((group,), group)


@pytest.mark.parametrize("cipher", names.PROPOSAL_ENCRYPTION)
def test_esp_encryption_with_ikev2(cipher: Encryption) -> None:
    hash_ = Integrity.NONE if cipher.aead else Integrity.SHA1
    change = {"encryption": (cipher,), "integrity": (hash_,)}
    (found,) = _round_trip(IkeVersion.V2, esp=change).esp.proposals
    assert (found.encryption, found.integrity) == ((cipher,), (hash_,))


@pytest.mark.parametrize("hash_", [h for h in names.PROPOSAL_INTEGRITY if h is not Integrity.NONE])
def test_esp_integrity_with_ikev2(hash_: Integrity) -> None:
    (found,) = _round_trip(IkeVersion.V2, esp={"integrity": (hash_,)}).esp.proposals
    assert found.integrity == (hash_,)


@pytest.mark.parametrize("cipher", names.TRANSFORM_ENCRYPTION)
def test_esp_encryption_with_ikev1(cipher: Encryption) -> None:
    (found,) = _round_trip(IkeVersion.V1, esp={"encryption": (cipher,)}).esp.proposals
    assert (found.encryption, found.integrity) == ((cipher,), (Integrity.SHA1,))


@pytest.mark.parametrize("hash_", names.TRANSFORM_INTEGRITY)
def test_esp_integrity_with_ikev1(hash_: Integrity) -> None:
    (found,) = _round_trip(IkeVersion.V1, esp={"integrity": (hash_,)}).esp.proposals
    assert found.integrity == (hash_,)


def test_pfs_is_written_with_its_number() -> None:
    """A bare `set pfs` means 2 before 9.13 and 14 after."""
    made = intend(intents.site("cisco_asa"), intents.expectation(), Secret("one-key-for-both"))
    target = ASA.place(ASA.express(made), Observed(driver="cisco_asa"))
    assert " set pfs group14" in [step.text for step in ASA.render(target)]
