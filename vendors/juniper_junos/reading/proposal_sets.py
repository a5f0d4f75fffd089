"""What `proposal-set` stands for: "CLI Reference", proposal-set (Security IKE and IPsec)."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.tunnel import EspProposal, IkeProposal
from vendors.juniper_junos.names import IKE_LIFETIME

_DES, _3DES, _AES = Encryption.DES, Encryption.TRIPLE_DES, Encryption.AES128
_G1, _G2 = DhGroup.MODP768, DhGroup.MODP1024
_MD5, _SHA = Integrity.MD5, Integrity.SHA1
_AES256, _GCM128, _GCM256 = Encryption.AES256, Encryption.AES128GCM, Encryption.AES256GCM
_SHA256, _SHA384 = Integrity.SHA256, Integrity.SHA384
_P256, _P384 = DhGroup.ECP256, DhGroup.ECP384

_IKE = {
    "basic": (("pre-g1-des-sha", _DES, _SHA, _G1), ("pre-g1-des-md5", _DES, _MD5, _G1)),
    "compatible": (
        ("pre-g2-3des-sha", _3DES, _SHA, _G2),
        ("pre-g2-3des-md5", _3DES, _MD5, _G2),
        ("pre-g2-des-sha", _DES, _SHA, _G2),
        ("pre-g2-des-md5", _DES, _MD5, _G2),
    ),
    "standard": (("pre-g2-3des-sha", _3DES, _SHA, _G2), ("pre-g2-aes128-sha", _AES, _SHA, _G2)),
    "suiteb-gcm-128": (("suiteb-gcm-128", _AES, _SHA256, _P256),),
    "suiteb-gcm-256": (("suiteb-gcm-256", _AES256, _SHA384, _P384),),
    "prime-128": (("prime-128", _GCM128, _SHA256, _P256),),
    "prime-256": (("prime-256", _GCM256, _SHA384, _P384),),
}
_ESP: dict[str, tuple[DhGroup | None, tuple[tuple[str, Encryption, Integrity], ...]]] = {
    "basic": (None, (("nopfs-esp-des-sha", _DES, _SHA), ("nopfs-esp-des-md5", _DES, _MD5))),
    "compatible": (
        None,
        (
            ("nopfs-esp-3des-sha", _3DES, _SHA),
            ("nopfs-esp-3des-md5", _3DES, _MD5),
            ("nopfs-esp-des-sha", _DES, _SHA),
            ("nopfs-esp-des-md5", _DES, _MD5),
        ),
    ),
    "standard": (_G2, (("g2-esp-3des-sha", _3DES, _SHA), ("g2-esp-aes128-sha", _AES, _SHA))),
    "suiteb-gcm-128": (_P256, (("suiteb-gcm-128", _GCM128, Integrity.NONE),)),
    "suiteb-gcm-256": (_P384, (("suiteb-gcm-256", _GCM256, Integrity.NONE),)),
    "prime-128": (_P256, (("prime-128", _GCM128, Integrity.NONE),)),
    "prime-256": (_P384, (("prime-256", _GCM256, Integrity.NONE),)),
}


def ike_set(name: str) -> tuple[IkeProposal, ...] | None:
    """The IKE proposals of a set, None when there is no such set."""
    rows = _IKE.get(name)
    if rows is None:
        return None
    return tuple(
        IkeProposal(
            name=named,
            encryption=(cipher,),
            integrity=() if cipher.aead else (hash_,),
            prf=(Prf(hash_.value),),
            groups=(group,),
            lifetime_seconds=IKE_LIFETIME,
        )
        for named, cipher, hash_, group in rows
    )


def esp_set(name: str) -> tuple[DhGroup | None, tuple[EspProposal, ...]] | None:
    """The PFS group and the ESP proposals of a set, None when there is no such set."""
    if name not in _ESP:
        return None
    group, rows = _ESP[name]
    return group, tuple(
        EspProposal(name=named, encryption=(cipher,), integrity=(hash_,))
        for named, cipher, hash_ in rows
    )
