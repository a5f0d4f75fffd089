"""IKE policies of an ASA: global lists in order of priority, of which every peer is offered all."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, IkeVersion, Integrity, Prf
from appliance.model.tunnel import IkeProposal
from vendors.cisco.sections import Block, Notes, number
from vendors.cisco_asa import names
from vendors.cisco_asa.reading import algorithms as words
from vendors.cisco_asa.reading.running import Running


class Policies:
    """The lists of one configuration, each read once."""

    def __init__(self, running: Running, version: str | None) -> None:
        self.running = running
        self.version = version
        self._known: dict[tuple[IkeVersion, bool], tuple[tuple[IkeProposal, ...], Notes]] = {}

    def offered(
        self, version: IkeVersion, notes: Notes, *, shared_key: bool
    ) -> tuple[IkeProposal, ...]:
        """All policies; with `shared_key` only what a key can authenticate (IKEv1 tells)."""
        asked = (version, shared_key)
        if asked not in self._known:
            own = Notes()
            self._known[asked] = (tuple(self._read(version, own, shared_key=shared_key)), own)
        proposals, own = self._known[asked]
        for path, line in own.sources.lines.items():
            notes.at(path, line)
        notes.odd.extend(own.odd)
        return proposals

    def _read(self, version: IkeVersion, notes: Notes, *, shared_key: bool) -> list[IkeProposal]:
        kind = f"ikev{version:d} policy"
        listed = sorted(
            (block for block in self.running.blocks(kind) if number(block.name) is not None),
            key=lambda block: number(block.name) or 0,
        )
        if version is IkeVersion.V2:
            return [self._ikev2(block, notes) for block in listed]
        return [self._ikev1(block, notes) for block in listed if not shared_key or _keyed(block)]

    def _ikev1(self, block: Block, notes: Notes) -> IkeProposal:
        _where(block, notes)
        notes.odd.extend(block.unknown)
        ciphers = words.chosen(words.IKEV1_CIPHERS, block.last("encryption"), notes)
        hashes = words.chosen(words.IKEV1_HASHES, block.last("hash"), notes) or (Integrity.SHA1,)
        return IkeProposal(
            name=block.name,
            encryption=ciphers or (words.default_cipher(self.version),),
            integrity=hashes,
            prf=tuple(Prf(hash_.value) for hash_ in hashes if hash_ is not Integrity.NONE),
            groups=self._groups(block, notes),
            lifetime_seconds=words.lifetime(block, notes),
        )

    def _ikev2(self, block: Block, notes: Notes) -> IkeProposal:
        """`integrity null` goes with GCM; beside a real hash it stands for the GCM of a mixed list.

        The PRF is chosen apart and is SHA-1 where it is not ("Configuring IKE" of the VPN guide).
        """
        _where(block, notes)
        notes.odd.extend(block.unknown)
        ciphers = words.chosen(words.IKEV2_CIPHERS, block.last("encryption"), notes)
        ciphers = ciphers or (words.default_cipher(self.version),)
        hashes = words.chosen(words.IKEV2_HASHES, block.last("integrity"), notes)
        real = tuple(hash_ for hash_ in hashes if hash_ is not Integrity.NONE)
        if all(cipher.aead for cipher in ciphers):
            real = ()
        elif not hashes:
            real = (Integrity.SHA1,)
        return IkeProposal(
            name=block.name,
            encryption=ciphers,
            integrity=real,
            prf=words.chosen(words.PRFS, block.last("prf"), notes) or (Prf.SHA1,),
            groups=self._groups(block, notes),
            lifetime_seconds=words.lifetime(block, notes),
        )

    def _groups(self, block: Block, notes: Notes) -> tuple[DhGroup, ...]:
        said = block.last("group")
        return (names.default_group(self.version),) if said is None else words.groups(said, notes)


_FIELDS = (
    ("encryption", ("encryption",)),
    ("integrity", ("integrity", "hash")),
    ("prf", ("prf", "hash")),
    ("groups", ("group",)),
    ("lifetime_seconds", ("lifetime",)),
)
"""Fields of a proposal, and the statements that tell them: the first one that is there."""


def _where(block: Block, notes: Notes) -> None:
    """Remember where a proposal stands, and each of its fields that is told."""
    path = f"ike.proposals.{block.name}"
    notes.at("ike.proposals", block.line)
    notes.at(path, block.line)
    for field, statements in _FIELDS:
        for name in statements:
            if said := block.all(name):
                notes.at(f"{path}.{field}", said[-1])
                break


def _keyed(block: Block) -> bool:
    """Whether a policy authenticates by a shared key, which it does unless it says otherwise."""
    said = block.last("authentication")
    return said is None or not said.args or said.args[0].lower().startswith("pre")
