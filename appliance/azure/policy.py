"""The policy that acts on a connection: its own single combination, or Azure's default offers.

Rules of combination are from "About cryptographic requirements and Azure VPN gateways".
"""

from __future__ import annotations

from collections.abc import Mapping

from appliance.azure.defaults import POLICY_BASED, WAN, Defaults
from appliance.azure.expectation import IKE_LIFETIME_SECONDS
from appliance.azure.spelling import Field, Group, Meaning, azure_word, meaning
from appliance.azure.tree import Faults
from appliance.errors import ExpectationError
from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, PeerPolicy
from appliance.model.tunnel import IkeProposal
from appliance.record import dataclass

_GCM_PRF = {Encryption.AES128GCM: Prf.SHA256, Encryption.AES256GCM: Prf.SHA384}
"""Azure does not say which PRF goes with a GCM word for IKE integrity; as in RFC 6379."""
_NO_CHOICE = (
    "a policy-based gateway takes no custom policy: its default list acts, and IKE uses group 2 "
    "(1024 bit, weak); only a route-based gateway takes a stronger one"
)
_WAN_SUGGESTION = (
    "no custom policy, so Virtual WAN's default lists act and IKE uses group 2 (1024 bit, weak); "
    "stronger: az network vpn-gateway connection ipsec-policy add (ECP384 or ECP256 and GCMAES256)"
)
_SUGGESTION = (
    "no custom policy, so Azure's default lists act and IKE uses group 2 (1024 bit, weak); "
    "stronger: az network vpn-connection ipsec-policy add -g RESOURCE_GROUP --connection-name "
    "NAME --ike-encryption AES256 --ike-integrity SHA256 --dh-group DHGroup14 "
    "--ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group PFS2048 "
    "--sa-lifetime 27000 --sa-max-size 102400000"
)


@dataclass(frozen=True, slots=True)
class Words:
    """A custom policy as written: its words, its place, and what its members are called there.

    `places` are those of its words.
    """

    said: Mapping[Field, str]
    where: str
    names: Mapping[Field, str]
    faults: Faults
    places: Mapping[Field, str]

    def place(self, field: Field) -> str:
        """Where a member stands."""
        return self.places.get(field) or f"{self.where}.{self.names[field]}"


def effective_policy(
    words: Words | None, *, defaults: Defaults, dials: Dials, notes: list[str]
) -> PeerPolicy | None:
    """The policy of a connection whose custom policy is `words`; None: it has no custom one.

    Everything wrong with the words goes to their `faults`, and the answer is then None. What is
    legal but questionable goes to `notes`.
    """
    if words is None:
        weak = _WAN_SUGGESTION if defaults is WAN else _SUGGESTION
        notes.append(_NO_CHOICE if defaults is POLICY_BASED else weak)
        return defaults.policy(dials)
    said = _meanings(words)
    ike, esp = _ike(said, words, notes), _esp(said, words)
    if ike is None or esp is None:
        return None
    return PeerPolicy(default=False, ike=(ike,), initiator=(esp,), responder=(esp,), dials=dials)


def policy_words(policy: PeerPolicy) -> dict[Field, str]:
    """A custom policy in Azure's words; the inverse of `effective_policy`."""
    ike, esp = policy.ike[0], policy.responder[0]
    integrity: Meaning = Integrity(ike.prf[0].value)
    esp_integrity: Meaning = esp.encryption if esp.encryption.aead else esp.integrity
    return {
        Field.IKE_ENCRYPTION: azure_word(Field.IKE_ENCRYPTION, ike.encryption[0]),
        Field.IKE_INTEGRITY: azure_word(Field.IKE_INTEGRITY, integrity),
        Field.DH_GROUP: azure_word(Field.DH_GROUP, ike.groups[0]),
        Field.IPSEC_ENCRYPTION: azure_word(Field.IPSEC_ENCRYPTION, esp.encryption),
        Field.IPSEC_INTEGRITY: azure_word(Field.IPSEC_INTEGRITY, esp_integrity),
        Field.PFS_GROUP: azure_word(Field.PFS_GROUP, esp.pfs_group or Group.NONE),
    }


def _meanings(words: Words) -> dict[Field, Meaning]:
    said: dict[Field, Meaning] = {}
    for field, word in words.said.items():
        try:
            said[field] = meaning(field, word, where=words.place(field))
        except ExpectationError as error:
            words.faults.take(error)
    if missing := [name for field, name in words.names.items() if field not in words.said]:
        words.faults.add(
            f"the policy lacks {', '.join(missing)}",
            where=words.where,
            hint=f"Azure takes a policy only whole: {', '.join(words.names.values())}",
        )
    return said


def _ike(said: Mapping[Field, Meaning], words: Words, notes: list[str]) -> IkeProposal | None:
    cipher, integrity = said.get(Field.IKE_ENCRYPTION), said.get(Field.IKE_INTEGRITY)
    group = said.get(Field.DH_GROUP)
    if group is Group.NONE:
        words.faults.add(
            "dhGroup None: IKE needs a key exchange",
            where=words.place(Field.DH_GROUP),
            hint="set DHGroup14, ECP256 or ECP384 in Azure's policy",
        )
    if not (isinstance(cipher, Encryption) and integrity and isinstance(group, DhGroup)):
        return None
    if isinstance(integrity, Encryption) and not cipher.aead:
        words.faults.add(
            f"ikeIntegrity {azure_word(Field.IKE_INTEGRITY, integrity)} goes only with a GCM "
            "cipher in ikeEncryption",
            where=words.place(Field.IKE_INTEGRITY),
            hint="set ikeIntegrity SHA256 or SHA384",
        )
        return None
    prf = _prf(integrity, words, notes)
    return IkeProposal(
        name="custom",
        encryption=(cipher,),
        integrity=() if cipher.aead else (Integrity(prf.value),),
        prf=(prf,),
        groups=(group,),
        lifetime_seconds=IKE_LIFETIME_SECONDS,
    )


def _prf(integrity: Meaning, words: Words, notes: list[str]) -> Prf:
    """PRF of the IKE SA: Azure's ikeIntegrity is integrity and PRF, with GCM the PRF only."""
    if not isinstance(integrity, Encryption):
        return Prf(str(integrity))
    prf = _GCM_PRF[integrity]
    notes.append(
        f"{words.place(Field.IKE_INTEGRITY)}: a GCM word does not tell the PRF; {prf} is assumed. "
        "Setting ikeIntegrity SHA256 or SHA384 in Azure makes it certain"
    )
    return prf


def _esp(said: Mapping[Field, Meaning], words: Words) -> EspOffer | None:
    cipher, integrity = said.get(Field.IPSEC_ENCRYPTION), said.get(Field.IPSEC_INTEGRITY)
    pfs = said.get(Field.PFS_GROUP)
    if pfs is Group.MAIN_MODE:
        pfs = said.get(Field.DH_GROUP)
    if not (isinstance(cipher, Encryption) and integrity and pfs):
        return None
    if (cipher.aead or isinstance(integrity, Encryption)) and cipher is not integrity:
        words.faults.add(
            f"ipsecEncryption {azure_word(Field.IPSEC_ENCRYPTION, cipher)} with ipsecIntegrity "
            f"{azure_word(Field.IPSEC_INTEGRITY, integrity)}: GCM must be the same in both",
            where=words.where,
            hint="set both to GCMAES256, or neither to a GCM word",
        )
        return None
    return EspOffer(
        encryption=cipher,
        integrity=integrity if isinstance(integrity, Integrity) else Integrity.NONE,
        pfs_group=pfs if isinstance(pfs, DhGroup) else None,
    )
