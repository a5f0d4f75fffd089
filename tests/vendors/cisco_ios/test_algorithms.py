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
from tests.vendors.cisco_ios.box import OUTSIDE
from vendors.cisco_ios import names

IOS = load("cisco_ios")


def _round_trip(version: IkeVersion, **changes: object) -> Tunnel:
    """The tunnel as read back from what was written for it."""
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA1, None),
    )
    expected = intents.expectation(ike_version=version, policy=policy)
    made = intend(intents.site("cisco_ios"), expected, Secret("one-key-for-both-ends"))
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
    target = IOS.place(replace(made, tunnels=(tunnel,)), Observed(driver="cisco_ios"))
    text = "".join(f"{step.reveal()}\n" for step in IOS.render(target))
    observed = IOS.parse(OUTSIDE + text)
    assert observed.unrecognized == ()
    assert not IOS.change(observed.tunnels, target)
    (found,) = observed.tunnels
    return found


def _ike(tunnel: Tunnel) -> IkeProposal:
    (proposal,) = tunnel.ike.proposals
    return proposal


@pytest.mark.parametrize("cipher", names.IKEV2_ENCRYPTION)
def test_ikev2_encryption(cipher: Encryption) -> None:
    aead = {"integrity": (), "prf": (Prf.SHA256,)} if cipher.aead else {}
    assert _ike(_round_trip(IkeVersion.V2, encryption=(cipher,), **aead)).encryption == (cipher,)


@pytest.mark.parametrize("hash_", names.IKEV2_INTEGRITY)
def test_ikev2_integrity_and_prf(hash_: Integrity) -> None:
    same = _round_trip(IkeVersion.V2, integrity=(hash_,), prf=(Prf(hash_.value),))
    assert (_ike(same).integrity, _ike(same).prf) == ((hash_,), (Prf(hash_.value),))
    apart = _round_trip(IkeVersion.V2, integrity=(Integrity.SHA256,), prf=(Prf(hash_.value),))
    assert _ike(apart).prf == (Prf(hash_.value),)


@pytest.mark.parametrize("cipher", names.ISAKMP_ENCRYPTION)
def test_ikev1_encryption(cipher: Encryption) -> None:
    assert _ike(_round_trip(IkeVersion.V1, encryption=(cipher,))).encryption == (cipher,)


@pytest.mark.parametrize("hash_", names.ISAKMP_HASH)
def test_ikev1_hash(hash_: Integrity) -> None:
    found = _round_trip(IkeVersion.V1, integrity=(hash_,), prf=(Prf(hash_.value),))
    assert _ike(found).integrity == (hash_,)


@pytest.mark.parametrize("number", names.GROUPS)
@pytest.mark.parametrize("version", IkeVersion)
def test_groups_and_pfs(version: IkeVersion, number: int) -> None:
    group = DhGroup(number)
    found = _round_trip(version, groups=(group,), pfs=group)
    assert (_ike(found).groups, found.esp.pfs_group) == ((group,), group)


@pytest.mark.parametrize("cipher", names.TRANSFORM_ENCRYPTION)
def test_esp_encryption(cipher: Encryption) -> None:
    hash_ = Integrity.NONE if cipher.aead else Integrity.SHA1
    change = {"encryption": (cipher,), "integrity": (hash_,)}
    (found,) = _round_trip(IkeVersion.V2, esp=change).esp.proposals
    assert (found.encryption, found.integrity) == ((cipher,), (hash_,))


@pytest.mark.parametrize("hash_", names.TRANSFORM_INTEGRITY)
def test_esp_integrity(hash_: Integrity) -> None:
    (found,) = _round_trip(IkeVersion.V2, esp={"integrity": (hash_,)}).esp.proposals
    assert found.integrity == (hash_,)


@pytest.mark.parametrize("hash_", names.TRANSFORM_AH)
def test_ah(hash_: Integrity) -> None:
    (found,) = _round_trip(IkeVersion.V2, esp={"ah": hash_}).esp.proposals
    assert found.ah is hash_


def test_transport_mode() -> None:
    (found,) = _round_trip(IkeVersion.V2, esp={"transport": True}).esp.proposals
    assert found.transport
