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
from tests.vendors.juniper_junos.box import OUTSIDE, make
from vendors.juniper_junos import names

JUNOS = load("juniper_junos")


def _round_trip(version: IkeVersion, **changes: object) -> Tunnel:
    """The tunnel as read back from what was written for it, as text and by a device."""
    policy = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA1, None),
    )
    expected = intents.expectation(ike_version=version, policy=policy)
    made = intend(intents.site("juniper_junos"), expected, Secret("one-key-for-both-ends"))
    tunnel = JUNOS.express(made).tunnels[0]
    ike, esp = tunnel.ike.proposals[0], tunnel.esp.proposals[0]
    known = {name: value for name, value in changes.items() if hasattr(ike, name)}
    ike = replace(ike, **known)  # type: ignore[arg-type]  # fields by name
    esp = replace(esp, **changes.get("esp", {}))  # type: ignore[arg-type]  # fields by name
    tunnel = replace(
        tunnel,
        ike=replace(tunnel.ike, proposals=(ike,)),
        esp=replace(tunnel.esp, proposals=(esp,), pfs_group=changes.get("pfs")),  # type: ignore[arg-type]  # by name
    )
    intent = JUNOS.express(replace(made, tunnels=(tunnel,)))
    target = JUNOS.place(intent, Observed(driver="juniper_junos"))
    text = "".join(f"{step.reveal()}\n" for step in JUNOS.render(target))
    observed = JUNOS.parse(OUTSIDE + text)
    assert observed.unrecognized == ()
    assert not JUNOS.change(observed.tunnels, target)
    box = make()
    before = JUNOS.parse(box.running())
    box.apply(JUNOS.change(before.tunnels, JUNOS.place(intent, before)))
    held = next(one for one in JUNOS.parse(box.running()).tunnels if one.name == "site-a-1")
    (found,) = observed.tunnels
    assert (held.ike, held.esp) == (found.ike, found.esp)
    return found


def _ike(tunnel: Tunnel) -> IkeProposal:
    (proposal,) = tunnel.ike.proposals
    return proposal


@pytest.mark.parametrize("cipher", names.IKE_ENCRYPTION)
def test_ikev2_encryption(cipher: Encryption) -> None:
    aead = {"integrity": (), "prf": (Prf.SHA256,)} if cipher.aead else {}
    found = _ike(_round_trip(IkeVersion.V2, encryption=(cipher,), **aead))
    assert found.encryption == (cipher,)
    assert found.integrity == (() if cipher.aead else (Integrity.SHA1,))
    assert found.prf == ((names.GCM_PRF[cipher],) if cipher.aead else (Prf.SHA1,))


@pytest.mark.parametrize("cipher", [c for c in names.IKE_ENCRYPTION if not c.aead])
def test_ikev1_encryption(cipher: Encryption) -> None:
    assert _ike(_round_trip(IkeVersion.V1, encryption=(cipher,))).encryption == (cipher,)


@pytest.mark.parametrize("hash_", names.IKE_AUTHENTICATION)
@pytest.mark.parametrize("version", IkeVersion)
def test_hashes(version: IkeVersion, hash_: Integrity) -> None:
    found = _ike(_round_trip(version, integrity=(hash_,), prf=(Prf(hash_.value),)))
    assert (found.integrity, found.prf) == ((hash_,), (Prf(hash_.value),))


@pytest.mark.parametrize("number", names.GROUPS)
@pytest.mark.parametrize("version", IkeVersion)
def test_groups_and_pfs(version: IkeVersion, number: int) -> None:
    group = DhGroup(number)
    found = _round_trip(version, groups=(group,), pfs=group)
    assert (_ike(found).groups, found.esp.pfs_group) == ((group,), group)


@pytest.mark.parametrize("cipher", [*names.IPSEC_ENCRYPTION, Encryption.NULL])
def test_esp_encryption(cipher: Encryption) -> None:
    hash_ = Integrity.NONE if cipher.aead else Integrity.SHA1
    change = {"encryption": (cipher,), "integrity": (hash_,)}
    (found,) = _round_trip(IkeVersion.V2, esp=change).esp.proposals
    assert (found.encryption, found.integrity) == ((cipher,), (hash_,))


@pytest.mark.parametrize("hash_", names.IPSEC_AUTHENTICATION)
def test_esp_integrity(hash_: Integrity) -> None:
    (found,) = _round_trip(IkeVersion.V2, esp={"integrity": (hash_,)}).esp.proposals
    assert found.integrity == (hash_,)


@pytest.mark.parametrize("hash_", names.IPSEC_AUTHENTICATION)
def test_ah(hash_: Integrity) -> None:
    none = {"encryption": (Encryption.NULL,), "integrity": (Integrity.NONE,), "ah": hash_}
    (found,) = _round_trip(IkeVersion.V2, esp=none).esp.proposals
    assert found.ah is hash_
