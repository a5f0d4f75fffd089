"""The child SA side: proposals, PFS and lifetimes of an ipsec profile or crypto map entry."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.tunnel import Esp, EspProposal
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco_asa import names
from vendors.cisco_asa.reading import algorithms as words
from vendors.cisco_asa.reading.running import Running


class Esps:
    """Transform sets and proposals of a configuration."""

    def __init__(self, running: Running, version: str | None) -> None:
        self.running = running
        self.version = version
        self._by_name: dict[str, list[Said]] | None = None

    def esp(self, block: Block, ike: IkeVersion, notes: Notes) -> Esp:
        """How a profile or map entry negotiates child SAs, the ASA's defaults filled in."""
        seconds, kilobytes = self._lifetimes(block, notes)
        return Esp(
            proposals=self._proposals(block, ike, notes),
            pfs_group=self._pfs(block, notes),
            lifetime_seconds=seconds,
            lifetime_kilobytes=kilobytes,
        )

    def _proposals(self, block: Block, ike: IkeVersion, notes: Notes) -> tuple[EspProposal, ...]:
        """Those of the version in use, in order; the other version's must exist all the same."""
        found: dict[IkeVersion, list[EspProposal]] = {IkeVersion.V1: [], IkeVersion.V2: []}
        for version, kind in ((IkeVersion.V2, "ipsec-proposal"), (IkeVersion.V1, "transform-set")):
            said = block.last(kind)
            own = notes if version is ike else Notes()
            if version is ike:
                notes.at("esp.proposals", said or block.line)
            for name in dict.fromkeys(said.args) if said is not None else ():
                one = self._transform_set(name, own) if version is IkeVersion.V1 else None
                one = self._proposal(name, block, own) if version is IkeVersion.V2 else one
                if one is None:
                    notes.lacks(kind, name)
                else:
                    found[version].append(one)
        return tuple(found[ike])

    def _transform_set(self, name: str, notes: Notes) -> EspProposal | None:
        """Algorithms stand in one line, `mode transport` in another of its own."""
        transport, last = False, None
        for said in self._sets().get(name, ()):
            if said.args[1:2] == ["mode"]:
                transport = said.args[2:3] == ["transport"]
                notes.at(f"esp.proposals.{name}.transport", said)
            else:
                last = said
        return None if last is None else _transforms(name, last, notes, transport=transport)

    def _sets(self) -> dict[str, list[Said]]:
        """The lines of all transform sets by name, read once."""
        if self._by_name is None:
            self._by_name = {}
            for kind in ("old transform-set", "transform-set"):
                for said in self.running.said(kind):
                    if len(said.args) > 1:
                        self._by_name.setdefault(said.args[0], []).append(said)
        return self._by_name

    def _proposal(self, name: str, entry: Block, notes: Notes) -> EspProposal | None:
        """An IKEv2 proposal; the mode is set where it is used (`set ikev2 mode transport`)."""
        block = self.running.block("ipsec-proposal", name)
        if block is None:
            return None
        mode = entry.last("ikev2 mode")
        path = f"esp.proposals.{name}"
        notes.at(path, block.line)
        notes.odd.extend(block.unknown)
        cipher, hash_ = block.last("encryption"), block.last("integrity")
        notes.at(f"{path}.encryption", cipher)
        notes.at(f"{path}.integrity", hash_)
        ciphers = words.chosen(words.ESP_CIPHERS, cipher, notes)
        hashes = words.chosen(words.ESP_HASHES, hash_, notes)
        ciphers = ciphers or (words.default_cipher(self.version),)
        if all(cipher.aead for cipher in ciphers):
            hashes = (Integrity.NONE,)  # whatever the line says: there is none with GCM
        notes.at(f"{path}.transport", mode)
        return EspProposal(
            name=name,
            encryption=ciphers,
            integrity=hashes or (Integrity.SHA1,),
            transport=mode is not None and mode.args[0].lower().startswith("transport"),
        )

    def _pfs(self, block: Block, notes: Notes) -> DhGroup | None:
        said = block.last("pfs")
        notes.at("esp.pfs_group", said or block.line)
        if said is None:
            return None
        if not said.args:
            return names.default_group(self.version)
        found = words.group(said.args[0])
        if found is None:
            notes.odd.append(said.line)
        return found

    def _lifetimes(self, block: Block, notes: Notes) -> tuple[int, int | None]:
        """Seconds and kilobytes: the entry's own, else the global ones, else the ASA's."""
        values: dict[str, int | None] = {"s": names.SA_SECONDS, "k": names.SA_KILOBYTES}
        for said in [*self.running.said("lifetime"), *block.all("lifetime")]:
            _one_lifetime(said, values, notes)
        for path in _PATHS.values():
            notes.at(path, block.line)
        return values["s"] or names.SA_SECONDS, values["k"]


_PATHS = {"s": "esp.lifetime_seconds", "k": "esp.lifetime_kilobytes"}


def _one_lifetime(said: Said, values: dict[str, int | None], notes: Notes) -> None:
    """One line with one or both values, in either order; `unlimited` is None."""
    tail = [word.lower() for word in said.words[said.depth - 1 :]]
    for unit, text in zip(tail[::2], tail[1::2], strict=False):
        value, letter = number(text), unit[0]
        if letter not in _PATHS or (value is None and text != "unlimited"):
            notes.odd.append(said.line)
            continue
        values[letter] = value
        notes.sources.lines[_PATHS[letter]] = said.line


def _transforms(name: str, said: Said, notes: Notes, *, transport: bool) -> EspProposal:
    ciphers: list[Encryption] = []
    hashes: list[Integrity] = []
    for word in map(str.lower, said.args[1:]):
        if word in words.SET_CIPHERS:
            ciphers.append(words.SET_CIPHERS[word])
        elif word in words.SET_HASHES:
            hashes.append(words.SET_HASHES[word])
        else:
            notes.odd.append(said.line)
    notes.at(f"esp.proposals.{name}", said)
    return EspProposal(
        name=name,
        encryption=tuple(ciphers) or (Encryption.NULL,),
        integrity=tuple(hashes) or (Integrity.NONE,),
        transport=transport,
    )
